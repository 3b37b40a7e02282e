//! What holds the process back from everything but computing, put on before it runs its first script.
//!
//! ```text
//! limits        of addresses and descriptors, no dump of its memory, no child        every system
//! no privileges are gained by running a program                                     Linux
//! Landlock      no file, no TCP, no abstract socket and no signal to others          Linux 5.13 and later
//! seccomp       no system call but those of memory, clocks and the one socket       Linux, x86-64 and aarch64
//! ```
//!
//! Each is put on as far as the system has it, and what is in force is told ([`Ready`]).

use goxel_proto::worker::Ready;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::sys;

/// Standard input, output and error, and no descriptor more.
const DESCRIPTORS_MAX: u64 = 3;

/// How large the stack of the first thread may grow: four times what the engine uses of it, since functions of
/// ours and of the C library stand between two looks of the engine.
const STACK_BYTES: u64 = 16 << 20;

/// Limits what the process may take: of addresses so many bytes, unless that is 0.
pub(crate) fn limit(address_space: u64) -> u64 {
    lower(Resource::Core, 0);
    lower(Resource::Nofile, DESCRIPTORS_MAX);
    let stack = getrlimit(Resource::Stack);
    let most = stack.maximum.map_or(STACK_BYTES, |most| most.min(STACK_BYTES));
    let _ = setrlimit(Resource::Stack, Rlimit { current: Some(most), maximum: stack.maximum });
    if address_space == 0 || !sys::ADDRESSES_ARE_COUNTED {
        return 0;
    }
    lower(Resource::As, address_space);
    getrlimit(Resource::As).current.unwrap_or(0)
}

/// Lowers a limit for good. Where the system refuses, what comes next still holds.
fn lower(resource: Resource, to: u64) {
    let most = getrlimit(resource).maximum.map_or(to, |most| most.min(to));
    let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
}

/// Takes away everything but computing, from all threads, and tells what is in force.
pub(crate) fn lock(address_space: u64, landlock: bool) -> Ready {
    lower(Resource::Nproc, 0);
    Ready { seccomp: sys::lock_system(), landlock, address_space }
}

/// How much of the stack scripts may use: a quarter of what it may grow to.
pub(crate) fn script_stack_bytes() -> usize {
    let most = getrlimit(Resource::Stack).current.map_or(STACK_BYTES, |most| most.min(STACK_BYTES));
    usize::try_from(most / 4).unwrap_or(usize::MAX)
}
