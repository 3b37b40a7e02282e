//! [`Method`]: the one table of what can be called, and the look-up of a name in it.
//!
//! A method is a [`Row`] in one of the files of `rows/`: its names, parameters and result with
//! their kinds, what it does, where it runs, the code of its errors, and examples. The reader of
//! parameters, JSON Schemas, `rpc.discover`, `list_methods`, `docs/METHODS.md` and the help of the
//! command line follow from the rows; nothing else lists the methods.
//!
//! Names are looked up by a perfect hash over the same rows: module `find`.

mod find;
mod kind;
mod places;
mod row;
mod rows;

pub use kind::{COLOUR_WORDS, Field, Kind, Named, Words};
pub(crate) use places::Known;
pub use row::{Arguments, Does, Example, Files, Row, Runs};
pub use rows::named_kinds;

/// A method that can be called: the number of its row. Each has a constant, `Method::Ping`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Method(u8);

impl Method {
    /// How many there are.
    pub const COUNT: usize = rows::COUNT;

    /// All of them, in the order of the table.
    pub const ALL: &'static [Self] = &{
        let mut all = [Self(0); Self::COUNT];
        let mut index = 0;
        while index < all.len() {
            all[index] = Self(index as u8);
            index += 1;
        }
        all
    };

    /// The method of a row's number.
    const fn numbered(index: usize) -> Self {
        Self(index as u8)
    }

    /// Its number: that of its row in the table, below [`Method::COUNT`].
    #[inline]
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// What the table says of this method.
    #[inline]
    #[must_use]
    pub const fn info(self) -> &'static Row {
        &TABLE[self.0 as usize]
    }
}

impl std::fmt::Debug for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.info().name)
    }
}

static TABLE: [Row; Method::COUNT] = rows::table();

#[cfg(test)]
mod tests;
