//! What a data directory promises, whatever happens to the daemon and to its disk.
//!
//! ```text
//! requests at random -> the server, without a loop -> the gate -> journal and checkpoints
//!    (calls)             jobs run when the test says so             -> a disk in memory that fails
//!                         |
//!                         v  each version, and what was acknowledged
//!                        model  <- compared after each start
//! ```

mod backups;
mod calls;
mod cases;
mod events;
mod flips;
mod followers;
mod formats;
mod histories;
mod model;
mod versions;
mod wholes;
mod world;
