//! Going on as two processes.
#![allow(unsafe_code)]

use nix::unistd::ForkResult;

/// Forks. To be called while there is one thread.
pub(super) fn fork() -> nix::Result<ForkResult> {
    // SAFETY: the process has one thread, so the child finds no lock held by a thread that it does
    // not have, and may do anything that the parent may.
    unsafe { nix::unistd::fork() }
}
