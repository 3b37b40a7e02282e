//! Linux: a process is held by a descriptor, so no other one that gets its number is meant.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use nix::unistd::{Gid, User};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::sockopt::socket_peercred;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// Another process.
pub(crate) struct Process(OwnedFd);

impl Process {
    /// Of this number.
    pub(crate) fn open(pid: Pid) -> io::Result<Self> {
        Ok(Self(pidfd_open(pid, PidfdFlags::empty())?))
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        Ok(pidfd_send_signal(&self.0, signal)?)
    }

    /// Waits for its end; false where it did not come in time.
    pub(crate) fn ends_within(&self, seconds: u32) -> io::Result<bool> {
        let patience = Timespec { tv_sec: seconds.into(), tv_nsec: 0 };
        // A process's descriptor can be read when it has ended.
        Ok(poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&patience))? == 1)
    }
}

/// The process that listens at the other end.
pub(crate) fn listening_process(stream: &UnixStream) -> Option<Pid> {
    Some(socket_peercred(stream).ok()?.pid)
}

/// Leaves the groups that this process is in, for those of a user, else for one alone.
pub(crate) fn change_groups(user: Option<&User>, group: Gid) -> io::Result<()> {
    match user {
        Some(user) => {
            nix::unistd::initgroups(&std::ffi::CString::new(user.name.as_str())?, group)?;
        }
        None => nix::unistd::setgroups(&[group])?,
    }
    Ok(())
}
