//! [`StateError`]: why bytes are no project, in words.

use std::io;

use goxel_core::Unfit;
use thiserror::Error;

/// What is wrong with the bytes of a project, or of a change.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StateError {
    /// They do not begin as those of a project do.
    #[error("these bytes are no project: they do not begin with \"goxstate\"; name another file")]
    NoState,
    /// They were written by a version of Goxel that came later.
    #[error(
        "version {found} of the format, where this program reads up to {ours}: \
         use the version of Goxel that wrote it"
    )]
    Format {
        /// The version that they have.
        found: u32,
        /// The version that this program writes.
        ours: u32,
    },
    /// They are not what was written.
    #[error("section {section} at byte {offset} is damaged: {what}; use an older copy")]
    Damaged {
        /// The section, as it is called in the description of the format.
        section: String,
        /// Where the fault was found, in bytes from the beginning.
        offset: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A section that this program does not know, and that must not be skipped.
    #[error(
        "section {section} at byte {offset} is one that this program does not know and may not skip: \
         use the version of Goxel that wrote it"
    )]
    Unknown {
        /// What it is called.
        section: String,
        /// Where it begins.
        offset: u64,
    },
    /// It would take more memory than it may.
    #[error(
        "section {section} at byte {offset}: the project takes more than {max} bytes of memory, \
         which is the most: give it more, or close projects"
    )]
    TooLarge {
        /// The section that came to it.
        section: String,
        /// Where it was.
        offset: u64,
        /// What there may be.
        max: u64,
    },
    /// Voxels of a layer that the project does not have.
    #[error(
        "voxels of a layer of the id {layer}, which the project does not have: use what is of this project"
    )]
    UnknownLayer {
        /// The layer's id.
        layer: u32,
    },
    /// The parts make no project.
    #[error("the parts make no project: {0}; use an older copy")]
    Unfit(#[from] Unfit),
}

/// Why a project cannot be read from where its bytes come.
#[derive(Debug, Error)]
pub enum ReadError {
    /// They are none of a project, or too many.
    #[error(transparent)]
    State(#[from] StateError),
    /// They do not come.
    #[error(transparent)]
    Io(#[from] io::Error),
}
