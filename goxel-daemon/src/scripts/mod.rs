//! Scripts: they run in processes of their own, which the daemon starts, speaks with and ends.
//!
//! ```text
//! order (what a call wants) --> run: a thread for scripts, a worker process, a snapshot of the project
//!     worker asks for tiles, places, methods that change nothing  --> tiles, dispatch/asked
//!     worker is done: what it changed, as bytes                   --> a project beside the snapshot
//! outcome: what differs becomes one edit, through the gate like any other
//! ```
//!
//! A script holds nothing meanwhile: others edit the project that it reads a snapshot of. A worker that fails, is
//! killed or speaks nonsense costs its script; the next one gets another. Whatever a worker says is looked at as if
//! a stranger said it.

mod formats;
mod order;
mod outcome;
mod pool;
mod process;
mod run;
mod talk;
mod tiles;

pub(crate) use self::formats::{Format, Owner};
pub(crate) use self::order::Order;
pub(crate) use self::outcome::{Outcome, Output};
pub(crate) use self::pool::Scripts;
pub(crate) use self::run::{Listener, run};
pub(crate) use self::talk::nonsense;
