//! Keeps records of edits on a disk, so that nothing is lost where the process or the machine stops.
//!
//! ```text
//! edit -> record -> journal -> log of segments -> disk (a real one, or one that tests break)
//! ```
//!
//! What a record holds is bytes here: whoever edits knows what they mean.

pub mod disk;
pub mod journal;
pub mod log;
