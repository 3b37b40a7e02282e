//! Scripts: JavaScript that edits a project, in a process of its own.
//!
//! The process is started by the daemon, which never links this crate: whatever a script does, it takes
//! down no more than itself. It holds a project of its own, without voxels at first, asks the daemon for
//! the tiles that the script looks at, and gives back what the script changed.
//!
//! ```text
//! process    one script after another, over the socket          remote     tiles and answers of the daemon
//! sandbox    what holds the process back                        engine     a runtime for each script
//! model      the project as a script sees it                    api        what a script can call of it
//! console    what it prints                                     modules    what it can import
//! ```

pub mod api;
mod console;
mod ending;
pub mod engine;
mod failure;
#[cfg(fuzzing)]
pub mod fuzzing;
mod link;
pub mod model;
mod modules;
mod noise;
pub mod outside;
mod probe;
pub mod process;
mod random;
mod remote;
mod sandbox;
mod sys;

pub use ending::Ending;
