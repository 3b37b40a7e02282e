//! What the system gives that not every system has.
//!
//! `linux.rs` and `portable.rs` hold the same functions; the rest of the crate does not know which
//! it calls. Where a system has no such thing, the portable one does without and says so.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod portable;

#[cfg(target_os = "linux")]
pub(crate) use self::linux::*;
#[cfg(not(target_os = "linux"))]
pub(crate) use self::portable::*;

/// Who is at the other end of a socket, as the kernel knew it when it connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// The process; 0 where the system does not say.
    pub(crate) pid: u32,
    /// Its user.
    pub(crate) uid: u32,
    /// Its group.
    pub(crate) gid: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd as _;
    use std::os::unix::net::UnixStream;

    use rustix::io::Errno;

    #[test]
    fn preemptions_are_counted_up() {
        let before = preemptions();
        assert!(preemptions() >= before);
    }

    #[test]
    fn a_peer_is_this_process() {
        let (ours, _theirs) = UnixStream::pair().unwrap();
        let peer = peer(ours.as_fd()).unwrap();
        assert_eq!(peer.uid, rustix::process::geteuid().as_raw());
        assert!([0, std::process::id()].contains(&peer.pid));
        assert!(!peer_has_ended(ours.as_fd()));
    }

    #[test]
    fn a_thread_stays_on_its_core() {
        std::thread::spawn(|| {
            let Some(&core) = allowed_cores().last() else { return };
            pin(core).unwrap();
            assert_eq!((allowed_cores(), current_core()), (vec![core], Some(core)));
        })
        .join()
        .unwrap();
    }

    #[test]
    fn sending_does_not_wait() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        assert_eq!(send(ours.as_fd(), b"x"), Ok(1));
        while send(ours.as_fd(), &[0; 4096]).is_ok() {}
        assert_eq!(send(ours.as_fd(), b"x"), Err(Errno::AGAIN));
        drop(theirs);
        assert_eq!(send(ours.as_fd(), b"x"), Err(Errno::PIPE));
    }
}
