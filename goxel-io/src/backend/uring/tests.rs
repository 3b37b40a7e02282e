//! The backend of io_uring alone, where the kernel has it.

use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;

use super::*;
use crate::backend::needs_uring;

#[test]
fn nothing_is_received_for_a_client_that_has_left() {
    if !needs_uring() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let listener = crate::bind(&dir.path().join("s"), crate::SOCKET_MODE).unwrap();
    let (wake, _writer) = io::pipe().unwrap();
    let mut uring = Uring::new(&[listener.socket.as_fd()], wake.as_fd()).unwrap();
    let (ours, _theirs) = UnixStream::pair().unwrap();
    let mut ours = OwnedFd::from(ours);
    let token = 7;
    uring.open(token, ours.as_fd()).unwrap();
    uring.wait(Some(Duration::ZERO)).unwrap();
    // The kernel had no buffer for it, and before it is asked again the client leaves.
    uring.starved.push(token);
    uring.close(token, ours.as_fd());
    // Another socket under the same number.
    let (mut next, mut peer) = UnixStream::pair().unwrap();
    rustix::io::dup2(&next, &mut ours).unwrap();
    uring.wait(Some(Duration::ZERO)).unwrap();
    peer.write_all(b"mine").unwrap();
    uring.wait(Some(Duration::ZERO)).unwrap();
    let mut got = [0; 4];
    next.set_nonblocking(true).unwrap();
    next.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"mine");
}
