//! Scripts: JavaScript that edits a project, in a process of its own.
//!
//! The process is started by the daemon, which never links this crate: whatever a script does, it takes
//! down no more than itself. It holds a project of its own, without voxels at first, asks the daemon for
//! the tiles that the script looks at, and gives back what the script changed.

pub mod api;
pub mod model;
mod noise;
mod random;
mod sys;
