//! Processes: what the systems do each in its own way. `linux.rs` and `portable.rs` hold the same.
#![allow(unsafe_code)]

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod portable;

#[cfg(target_os = "linux")]
pub(super) use self::linux::*;
#[cfg(not(target_os = "linux"))]
pub(super) use self::portable::*;

use nix::unistd::ForkResult;

/// Forks. To be called while there is one thread.
pub(super) fn fork() -> nix::Result<ForkResult> {
    // SAFETY: the process has one thread, so the child finds no lock held by a thread that it does
    // not have, and may do anything that the parent may.
    unsafe { nix::unistd::fork() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    use rustix::process::{Pid, Signal};

    #[test]
    fn a_process_is_signalled_and_awaited() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let process = Process::open(Pid::from_child(&child)).unwrap();
        assert!(!process.ends_within(0).unwrap(), "it waits for its input");
        process.signal(Signal::TERM).unwrap();
        assert!(process.ends_within(60).unwrap());
        assert!(!child.wait().unwrap().success());
    }
}
