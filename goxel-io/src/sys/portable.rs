//! Any Unix: macOS, the BSDs.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd};
use std::path::Path;

use memmap2::{MmapMut, MmapOptions};
use rustix::fs::{AtFlags, CWD, Mode, chownat};
use rustix::io::{FdFlags, fcntl_setfd, ioctl_fionbio};
use rustix::net::{AddressFamily, SendFlags, SocketAddrUnix, SocketType};
use rustix::process::{Gid, Uid};

use super::Peer;
use crate::buffers::Pages;

/// Nothing beyond the portable: see [`crate::facilities`].
pub(crate) const FACILITIES: &[&str] = &[];

/// A stream socket that does not block, and that no child process inherits.
pub(crate) fn stream_socket() -> rustix::io::Result<OwnedFd> {
    prepared(rustix::net::socket(AddressFamily::UNIX, SocketType::STREAM, None)?)
}

/// Sockets are made and prepared in two steps here; a child that is forked in between has one more.
fn prepared(socket: OwnedFd) -> rustix::io::Result<OwnedFd> {
    fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
    ioctl_fionbio(&socket, true)?;
    Ok(socket)
}

/// Binds a socket to a path. A socket has no mode of its own here, so the process masks what
/// `mode` does not allow: at no time may more connect than it says.
pub(crate) fn bind(socket: &OwnedFd, address: &SocketAddrUnix, mode: u32) -> io::Result<()> {
    let forbidden = Mode::from_raw_mode((!mode & 0o777) as _);
    let before = rustix::process::umask(forbidden);
    let bound = rustix::net::bind(socket, address);
    rustix::process::umask(before);
    Ok(bound?)
}

/// A socket's file has its whole mode since it was bound.
pub(crate) fn set_socket_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

/// Gives a socket's file to a user and a group. A link in its place is not followed.
pub(crate) fn set_socket_owner(
    path: &Path,
    user: Option<u32>,
    group: Option<u32>,
) -> io::Result<()> {
    let (user, group) = (user.map(Uid::from_raw), group.map(Gid::from_raw));
    Ok(chownat(CWD, path, user, group, AtFlags::SYMLINK_NOFOLLOW)?)
}

/// A client that waits to be accepted. Its socket does not block, and no child inherits it.
pub(crate) fn accept(listener: BorrowedFd<'_>) -> rustix::io::Result<OwnedFd> {
    prepared(rustix::net::accept(listener)?)
}

/// Sends what the socket takes at once. A peer that is gone is an error and no signal: Rust's
/// programs ignore that signal from the start.
pub(crate) fn send(socket: BorrowedFd<'_>, bytes: &[u8]) -> rustix::io::Result<usize> {
    rustix::net::send(socket, bytes, SendFlags::DONTWAIT)
}

/// Who is at the other end.
pub(crate) fn peer(socket: BorrowedFd<'_>) -> io::Result<Peer> {
    let (mut uid, mut gid) = (0, 0);
    // SAFETY: the call writes two numbers, which are ours, and keeps no pointer to them.
    let result = unsafe { libc::getpeereid(socket.as_raw_fd(), &raw mut uid, &raw mut gid) };
    if result == 0 { Ok(Peer { pid: 0, uid, gid }) } else { Err(io::Error::last_os_error()) }
}

/// Whether the process at the other end is no more. Here a socket can only be connected to while
/// its listener lives.
pub(crate) fn peer_has_ended(_: BorrowedFd<'_>) -> bool {
    false
}

/// Memory on ordinary pages. `None` where the system has none.
pub(crate) fn map(len: usize) -> Option<(MmapMut, Pages)> {
    Some((MmapOptions::new().len(len).map_anon().ok()?, Pages::Ordinary))
}

/// Memory that takes none before it is written to. `None` where the system has no room.
pub(crate) fn map_plain(len: usize) -> Option<MmapMut> {
    MmapOptions::new().len(len).map_anon().ok()
}

/// Makes a mapping longer, by copying it: there is no other way here.
pub(crate) fn grow(memory: &mut MmapMut, len: usize) -> io::Result<()> {
    let mut longer = MmapOptions::new().len(len).map_anon()?;
    longer[..memory.len()].copy_from_slice(memory);
    *memory = longer;
    Ok(())
}

/// The cores that this thread may choose from: none.
pub(crate) fn allowed_cores() -> Vec<usize> {
    Vec::new()
}

/// The core that runs this thread, which nobody says.
pub(crate) fn current_core() -> Option<usize> {
    None
}

/// Threads stay where the system puts them.
pub(crate) fn pin(_: usize) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Memory comes from wherever the system takes it.
pub(crate) fn prefer_node(_: &mut [u8], _: usize) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A priority is the whole process's here, and the loop's must stay.
pub(crate) fn lower_priority(_: i32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Slices of the processor are as long as the system gives them.
pub(crate) fn set_slice(_: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A timer that interrupts a thread: there is none.
#[derive(Debug)]
pub(crate) enum Ticker {}

impl Ticker {
    pub(crate) fn new(_: extern "C" fn(i32)) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn set(&self, _: Option<std::time::Duration>) {
        match *self {}
    }
}

/// Does something in the middle of anything, which is never called here.
pub(crate) fn keeping_errno(act: impl FnOnce()) {
    act();
}

/// How often this process had to leave a processor to another one that wanted it. Not every system
/// counts that for one thread.
pub(crate) fn preemptions() -> u64 {
    // SAFETY: all-zero bytes are a valid `rusage`, a structure of numbers.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: the call fills the structure, which is ours, and keeps no pointer to it.
    let result = unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) };
    if result == 0 { usage.ru_nivcsw.unsigned_abs() } else { 0 }
}
