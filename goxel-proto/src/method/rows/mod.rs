//! The rows, a file a family. A method is added by adding a row.

mod kinds;
mod shared;

mod analysis;
mod edits;
mod events;
mod file_options;
mod following;
mod history;
mod layers;
mod many;
mod picture_options;
mod pictures;
mod projects;
mod reshape;
mod scene;
mod scripts;
mod system;
mod versions;
mod voxels;
mod watch;

use super::Method;
use super::row::Row;

pub use kinds::named_kinds;

/// Gives each row of a family its constant in [`Method`]. Rows are numbered through all families:
/// those of this one follow the family named first.
macro_rules! rows {
    (after $before:expr; $($variant:ident: $row:expr;)*) => {
        /// The rows of this family.
        pub(super) const ROWS: &[Row] = &[$(super::whole!($row)),*];
        /// The number of the first row behind this family.
        pub(super) const END: usize = $before + ROWS.len();

        enum Place {
            $($variant),*
        }

        // A method is one of a set and is written like the variant of an enum. An enum would need
        // a second list of all variants, beside the rows.
        #[allow(non_upper_case_globals)]
        impl $crate::method::Method {
            $(
                #[doc = concat!("See its row, `", stringify!($variant), "`.")]
                pub const $variant: Self = $crate::method::Method::numbered($before + Place::$variant as usize);
            )*
        }
    };
}
use rows;

/// A row, with the parameters that all calls have which may become jobs, and what the results of all
/// edits may have.
macro_rules! whole {
    ($row:expr) => {{
        const ROW: $crate::method::Row = $row;
        const COUNT: usize = ROW.params.len() + super::shared::job_params(&ROW).len();
        const PARAMS: [$crate::method::Field; COUNT] = super::shared::joined(&ROW);
        const GIVEN: usize = super::shared::given(&ROW).len();
        const RESULT: [$crate::method::Field; GIVEN + 1] = super::shared::and_undoable(&ROW);
        let row = ROW.params(&PARAMS);
        if ROW.undoable && GIVEN > 0 { row.gives(&RESULT) } else { row }
    }};
}
use whole;

/// All families, each behind the one that it names as the one before.
const FAMILIES: [&[Row]; 16] = [
    system::ROWS,
    projects::ROWS,
    pictures::ROWS,
    history::ROWS,
    analysis::ROWS,
    voxels::ROWS,
    many::ROWS,
    edits::ROWS,
    layers::ROWS,
    scene::ROWS,
    reshape::ROWS,
    watch::ROWS,
    following::ROWS,
    versions::ROWS,
    events::ROWS,
    scripts::ROWS,
];

/// How many rows there are.
pub(super) const COUNT: usize = scripts::END;

/// All rows, by number.
pub(super) const fn table() -> [Row; COUNT] {
    let mut table = [system::ROWS[0]; COUNT];
    let (mut next, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut index = 0;
        while index < FAMILIES[family].len() {
            table[next] = FAMILIES[family][index];
            next += 1;
            index += 1;
        }
        family += 1;
    }
    assert!(next == COUNT, "a family is missing in the list");
    table
}

/// How many names and aliases there are.
const NAME_COUNT: usize = {
    let (table, mut count, mut index) = (table(), COUNT, 0);
    while index < COUNT {
        count += table[index].aliases.len();
        index += 1;
    }
    count
};

/// Every name and what it stands for.
pub(super) const NAMES: [(&str, Method); NAME_COUNT] = {
    let (table, mut names) = (table(), [("", Method(0)); NAME_COUNT]);
    let (mut next, mut index) = (0, 0);
    while index < COUNT {
        let method = Method(index as u8);
        names[next] = (table[index].name, method);
        next += 1;
        let mut alias = 0;
        while alias < table[index].aliases.len() {
            names[next] = (table[index].aliases[alias], method);
            next += 1;
            alias += 1;
        }
        index += 1;
    }
    names
};
