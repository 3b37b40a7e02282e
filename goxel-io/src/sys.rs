//! System calls that no library wraps safely, and descriptors that live in client records.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{BorrowedFd, FromRawFd as _, OwnedFd};

use goxel_core::client::ClientHot;

/// The socket of a client.
pub(crate) fn socket(client: &ClientHot) -> BorrowedFd<'_> {
    // SAFETY: a client's descriptor is open from the moment its record is made to the moment
    // `close` takes the record, so it is open for as long as the record is borrowed.
    unsafe { BorrowedFd::borrow_raw(client.descriptor) }
}

/// Closes the socket of a client. Takes the record, since its descriptor is no more.
#[expect(clippy::needless_pass_by_value, reason = "a record whose socket is closed is of no use")]
pub(crate) fn close(client: ClientHot) {
    // SAFETY: the record owned its descriptor, and is the only one of it: it came from an
    // `OwnedFd` that was given up, and slabs hand a record out once.
    drop(unsafe { OwnedFd::from_raw_fd(client.descriptor) });
}

/// Has the pages of `memory` come from a memory node, where that has some left.
pub(crate) fn prefer_node(memory: &mut [u8], node: usize) -> io::Result<()> {
    let mask: libc::c_ulong = 1 << (node % libc::c_ulong::BITS as usize);
    // SAFETY: `mbind` reads one word of the mask, which lives until it returns, and changes where
    // the pages of `memory` come from, never what is in them. It refuses unaligned memory.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mbind,
            memory.as_mut_ptr(),
            memory.len(),
            libc::MPOL_PREFERRED,
            &raw const mask,
            libc::c_ulong::from(libc::c_ulong::BITS),
            0,
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// How often the calling thread had to leave its processor to another one that wanted it.
pub(crate) fn preemptions() -> u64 {
    // SAFETY: all-zero bytes are a valid `rusage`, a structure of numbers.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the call fills the structure, which is ours, and keeps no pointer to it.
    let result = unsafe { libc::getrusage(libc::RUSAGE_THREAD, &raw mut usage) };
    if result == 0 { usage.ru_nivcsw.unsigned_abs() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::os::fd::IntoRawFd as _;
    use std::os::unix::net::UnixStream;

    #[test]
    fn memory_is_placed_and_keeps_what_it_holds() {
        let mut memory = memmap2::MmapOptions::new().len(1 << 20).map_anon().unwrap();
        memory.fill(3);
        match prefer_node(&mut memory, 0) {
            Ok(()) => {}
            // A kernel without memory nodes, or a container that forbids the call.
            Err(error) => {
                assert!(
                    matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EPERM)),
                    "{error}"
                );
            }
        }
        assert!(memory.iter().all(|&byte| byte == 3));
    }

    #[test]
    fn preemptions_are_counted_up() {
        let before = preemptions();
        assert!(preemptions() >= before);
    }

    #[test]
    fn a_client_s_socket_is_open_until_it_is_closed() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let client = ClientHot::new(ours.into_raw_fd(), 0);
        rustix::io::write(socket(&client), b"x").unwrap();
        theirs.write_all(b"y").unwrap();
        let mut byte = [0];
        assert_eq!((rustix::io::read(socket(&client), &mut byte), byte), (Ok(1), *b"y"));
        close(client);
        let mut rest = Vec::new();
        theirs.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, b"x");
    }
}
