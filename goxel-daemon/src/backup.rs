//! Backups: all projects in one file, and a data directory made of one.
//!
//! The file is a tar archive of the files that a data directory has: of each project a state, or the files
//! that lead to it, and at the end the one that says the format of the directory. So `tar xf` makes a data
//! directory of it, too; [`restore`] also looks whether all of it is what was written, and all there.

mod restore;
mod write;

pub use self::restore::restore;
pub(crate) use self::write::{Written, write};

#[cfg(test)]
mod tests;
