//! [`Process`]: the daemon's process, whose end may come some time after its last answer: a thread of it may
//! wait for a slow disk until then, and what it has locked stays locked.

use std::io;
use std::time::Duration;

use goxel_proto::Method;

use crate::{Client, Error};

/// The process of a daemon.
pub struct Process {
    /// Its number.
    pub id: u64,
    held: sys::Held,
}

impl Process {
    /// The process of the daemon at the other end, where it is one of this machine and known to be: not one behind
    /// another program that passes on what is sent, nor on a socket that systemd has made.
    ///
    /// # Errors
    /// Where the daemon does not answer.
    pub fn of(client: &mut Client) -> Result<Option<Self>, Error> {
        let told = match client.call(Method::Ping, None, |_| ()) {
            Ok(told) => told,
            // It may be one that only takes some calls.
            Err(Error::Refused(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let id = told.get("pid").and_then(|pid| pid.as_number()?.to_i64());
        let Some(id) = id.and_then(|id| u64::try_from(id).ok()) else { return Ok(None) };
        Ok(sys::hold(client.stream(), id).map(|held| Self { id, held }))
    }

    /// Waits for its end; false where it did not come in time.
    ///
    /// # Errors
    /// What the system says.
    pub fn ends_within(&self, patience: Duration) -> io::Result<bool> {
        self.held.ends_within(patience)
    }
}

#[cfg(target_os = "linux")]
mod sys {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::net::sockopt::socket_peercred;
    use rustix::process::{PidfdFlags, pidfd_open};

    /// A process is held by a descriptor, so no other one that gets its number is meant.
    pub(super) struct Held(OwnedFd);

    pub(super) fn hold(stream: &UnixStream, id: u64) -> Option<Held> {
        let pid = socket_peercred(stream).ok()?.pid;
        let is_it = u64::try_from(pid.as_raw_pid()).is_ok_and(|peer| peer == id);
        let held = is_it.then(|| pidfd_open(pid, PidfdFlags::empty()))?;
        held.ok().map(Held)
    }

    impl Held {
        pub(super) fn ends_within(&self, patience: Duration) -> io::Result<bool> {
            let patience = Timespec::try_from(patience).map_err(io::Error::other)?;
            // A process's descriptor can be read when it has ended.
            Ok(poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&patience))? == 1)
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod sys {
    use std::io;
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    /// Other systems do not say who listens at the other end.
    pub(super) enum Held {}

    pub(super) fn hold(_: &UnixStream, _: u64) -> Option<Held> {
        None
    }

    impl Held {
        pub(super) fn ends_within(&self, _: Duration) -> io::Result<bool> {
            match *self {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn a_process_is_known_by_what_it_says_and_who_listens() {
        let own = u64::from(std::process::id());
        for (told, is_known) in [(own, std::env::consts::OS == "linux"), (own + 1, false)] {
            let (mut client, _) = testing::daemon(move |_, method, _| match method {
                ping if ping.ends_with("ping") => Ok(format!("{{\"pid\": {told}}}")),
                _ => Err("-1|no"),
            });
            let process = Process::of(&mut client).unwrap();
            assert_eq!(process.is_some(), is_known);
            if let Some(process) = process {
                assert_eq!(process.id, own);
                assert!(!process.ends_within(Duration::ZERO).unwrap(), "this runs in it");
            }
        }
        let (mut client, _) = testing::daemon(|_, _, _| Err("-1034|not allowed"));
        assert!(Process::of(&mut client).unwrap().is_none());
    }
}
