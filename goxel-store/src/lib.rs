//! Keeps projects on a disk, so that nothing is lost where the process or the machine stops: a
//! journal of edits, and checkpoints of whole projects.
//!
//! ```text
//! edit -> record -> journal -> log of segments --\
//!                                                 > disk (a real one, or one that tests break)
//! snapshot -> state -> checkpoint ---------------/
//! ```

pub mod disk;
pub mod journal;
pub mod log;
pub mod state;
