//! Keeps records of edits on a disk, so that nothing is lost where the process or the machine stops.
//!
//! ```text
//! edit -> record -> journal -> log of segments -> disk (a real one, or one that tests break)
//! ```
//!
//! What a record holds is bytes there: whoever edits knows what they mean. Apart from that, [`state`] makes
//! bytes of a project, and of what an edit changed in it, and [`checkpoint`] keeps these in files. What kinds
//! of files a directory has is its [`mod@format`].

pub mod check;
pub mod checkpoint;
pub mod disk;
pub mod format;
pub mod journal;
pub mod log;
pub mod repair;
pub mod state;
pub mod stream;
