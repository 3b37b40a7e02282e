//! macOS and the BSDs: the end of a process is an event of a kernel queue.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::ptr;
use std::time::Duration;

use nix::unistd::{Gid, User};
use rustix::buffer::spare_capacity;
use rustix::event::kqueue::{Event, EventFilter, EventFlags, ProcessEvents, kevent, kqueue};
use rustix::process::{Pid, Signal, kill_process};

/// Another process.
pub(crate) struct Process {
    pid: Pid,
    queue: OwnedFd,
}

impl Process {
    /// Of this number.
    pub(crate) fn open(pid: Pid) -> io::Result<Self> {
        let queue = kqueue()?;
        let end = EventFilter::Proc { pid, flags: ProcessEvents::EXIT };
        let change = Event::new(end, EventFlags::ADD | EventFlags::ONESHOT, ptr::null_mut());
        let mut none: [Event; 0] = [];
        // SAFETY: the event is of a process and names no descriptor.
        unsafe { kevent(&queue, &[change], &mut none, Some(Duration::ZERO))? };
        Ok(Self { pid, queue })
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        Ok(kill_process(self.pid, signal)?)
    }

    /// Waits for its end; false where it did not come in time.
    pub(crate) fn ends_within(&self, seconds: u32) -> io::Result<bool> {
        let patience = Duration::from_secs(seconds.into());
        let mut ended = Vec::with_capacity(1);
        // SAFETY: no event is added, and the one that was names no descriptor.
        unsafe { kevent(&self.queue, &[], spare_capacity(&mut ended), Some(patience))? };
        Ok(!ended.is_empty())
    }
}

/// The process that listens at the other end, which not every system says.
pub(crate) fn listening_process(_: &UnixStream) -> Option<Pid> {
    None
}

/// Leaves the groups that this process is in, for those of a user, else for one alone.
#[cfg(not(target_vendor = "apple"))]
pub(crate) fn change_groups(user: Option<&User>, group: Gid) -> io::Result<()> {
    match user {
        Some(user) => {
            nix::unistd::initgroups(&std::ffi::CString::new(user.name.as_str())?, group)?;
        }
        None => nix::unistd::setgroups(&[group])?,
    }
    Ok(())
}

/// On macOS a process cannot leave its user's groups for good: the system asks its directory again.
#[cfg(target_vendor = "apple")]
pub(crate) fn change_groups(_: Option<&User>, _: Gid) -> io::Result<()> {
    let message = "this system does not let a process leave its groups for good; start the daemon \
                   as that user (`sudo -u USER goxel-daemon`)";
    Err(io::Error::new(io::ErrorKind::Unsupported, message))
}
