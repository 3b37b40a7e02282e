//! What only C or the system tells: the engine's own knowledge of errors, what its bindings have to be promised,
//! memory that goes back to the system, and what holds a process back.

mod engine;
mod held;
#[cfg(target_os = "linux")]
mod linux;
mod numbers;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
mod portable;
#[cfg(not(target_os = "linux"))]
use portable as system;

pub(crate) mod probe;

pub(crate) use engine::{back_trace, check, set_memory_limit};
pub(crate) use held::{Held, with_bytes};
pub(crate) use numbers::{Item, as_array, as_object, call, item};
pub(crate) use system::{ADDRESSES_ARE_COUNTED, give_memory_back, lock_files, lock_system};
