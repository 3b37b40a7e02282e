//! [`Word`]: an enum whose values have names that people and programs write.
//!
//! The names stand once, beside the values, in a block of [`words!`]. The wire reads and writes them,
//! the command line offers them, error texts and documents list them.

use std::fmt::Write;

/// One value of a [`Word`].
#[derive(Clone, Copy, Debug)]
pub struct WordRow<T: 'static> {
    /// The value.
    pub value: T,
    /// The name that is written.
    pub name: &'static str,
    /// Other names that are read.
    pub aliases: &'static [&'static str],
    /// What the value means, as the text of its documentation: use [`Word::sentence`].
    doc: &'static str,
}

impl<T> WordRow<T> {
    /// A row, as [`words!`] makes it.
    pub(super) const fn new(
        value: T,
        name: &'static str,
        aliases: &'static [&'static str],
        doc: &'static str,
    ) -> Self {
        Self { value, name, aliases, doc }
    }

    /// The name that is written, then the others that are read.
    fn spellings(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

/// An enum whose values have names.
pub trait Word: Copy + Eq + Send + Sync + 'static {
    /// What one of the values is, such as "axis": for error texts.
    const WHAT: &'static str;
    /// Every value once, in the order in which lists show them.
    const TABLE: &'static [WordRow<Self>];

    /// The value's row in the table.
    #[must_use]
    fn row(self) -> &'static WordRow<Self> {
        // Every value has a row: the macro makes both from the same line.
        Self::TABLE.iter().find(|row| row.value == self).unwrap_or(&Self::TABLE[0])
    }

    /// The name that is written for this value.
    #[must_use]
    fn name(self) -> &'static str {
        self.row().name
    }

    /// What the value means, in a sentence.
    #[must_use]
    fn sentence(self) -> &'static str {
        self.row().doc.trim()
    }

    /// The value that a name means, in any case.
    #[must_use]
    fn named(text: &str) -> Option<Self> {
        let means =
            |row: &WordRow<Self>| row.spellings().any(|name| name.eq_ignore_ascii_case(text));
        Self::TABLE.iter().find(|row| means(row)).map(|row| row.value)
    }

    /// Every value.
    fn all() -> impl Iterator<Item = Self> {
        Self::TABLE.iter().map(|row| row.value)
    }

    /// The names that are written, one a value.
    fn names() -> impl Iterator<Item = &'static str> {
        Self::TABLE.iter().map(|row| row.name)
    }

    /// The names that are read: those that are written, each followed by its others.
    fn spellings() -> impl Iterator<Item = &'static str> {
        Self::TABLE.iter().flat_map(WordRow::spellings)
    }

    /// The names as an error says them: `"x", "y" or "z"`.
    #[must_use]
    fn choices() -> String {
        let mut text = String::new();
        let last = Self::TABLE.len() - 1;
        for (index, name) in Self::names().enumerate() {
            let joint = match index {
                0 => "",
                index if index == last => " or ",
                _ => ", ",
            };
            // Writing to a string does not fail.
            let _ = write!(text, "{joint}\"{name}\"");
        }
        text
    }
}

/// Defines an enum with its names: `VARIANT: NAME | ALIAS ...`, each with one line of
/// documentation that is also its [`Word::sentence`].
macro_rules! words {
    (
        $(#[$meta:meta])*
        $word:ident, $what:literal {
            $(
                #[doc = $doc:literal]
                $(#[$attribute:meta])*
                $variant:ident $(= $number:literal)?: $name:literal $(| $alias:literal)*,
            )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $word {
            $(
                #[doc = $doc]
                $(#[$attribute])*
                $variant $(= $number)?,
            )+
        }

        impl $crate::types::Word for $word {
            const WHAT: &'static str = $what;
            const TABLE: &'static [$crate::types::WordRow<Self>] = &[
                $($crate::types::WordRow::new(Self::$variant, $name, &[$($alias),*], $doc),)+
            ];
        }
    };
}
pub(super) use words;

#[cfg(test)]
mod tests {
    use super::super::{
        Axis, BlendMode, CameraPreset, Combine, Connectivity, Encoding, EventKind, Fill, Happening,
        Loss, Medium, MeshColors, Origin, ShapeKind, Side, Surface, Unit, Up,
    };
    use super::super::{Edges, Ground, Pass, Projection, Quality, Shadow};
    use super::*;

    fn check<T: Word + std::fmt::Debug>() {
        let mut seen = Vec::new();
        for row in T::TABLE {
            assert!(row.value.sentence().ends_with('.'), "{row:?}");
            for name in row.spellings() {
                assert_eq!(T::named(&name.to_ascii_uppercase()), Some(row.value), "{name}");
                assert!(!seen.contains(&name), "{name} twice");
                seen.push(name);
            }
            assert_eq!(row.value.name(), row.name);
        }
        assert!(T::spellings().eq(seen.iter().copied()));
        assert!(T::all().map(Word::name).eq(T::names()));
        assert_eq!(T::named(""), None);
        assert!(!T::WHAT.is_empty());
    }

    #[test]
    fn every_name_means_one_value() {
        check::<Axis>();
        check::<BlendMode>();
        check::<CameraPreset>();
        check::<Combine>();
        check::<Connectivity>();
        check::<Edges>();
        check::<Encoding>();
        check::<EventKind>();
        check::<Happening>();
        check::<Fill>();
        check::<Ground>();
        check::<Loss>();
        check::<Medium>();
        check::<MeshColors>();
        check::<Origin>();
        check::<Pass>();
        check::<Projection>();
        check::<Quality>();
        check::<Shadow>();
        check::<ShapeKind>();
        check::<Side>();
        check::<Surface>();
        check::<Unit>();
        check::<Up>();
    }

    #[test]
    fn choices() {
        assert_eq!(Side::choices(), r#""low" or "high""#);
        assert_eq!(Axis::choices(), r#""x", "y" or "z""#);
    }

    #[test]
    fn sentences_are_the_documentation() {
        assert_eq!(Axis::Z.sentence(), "Up.");
    }
}
