//! Linux.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use memmap2::{Advice, MmapMut, MmapOptions, RemapOptions};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, chownat, fstat, open};
use rustix::io::Errno;
use rustix::net::sockopt::socket_peercred;
use rustix::net::{AddressFamily, SendFlags, SocketAddrUnix, SocketFlags, SocketType};
use rustix::process::{Gid, PidfdFlags, Uid, pidfd_open};
use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

use super::Peer;
use crate::buffers::Pages;

/// What this system has beyond the portable: see [`crate::facilities`]. io_uring is not listed, as
/// the kernel may refuse it.
pub(crate) const FACILITIES: &[&str] =
    &["affinity", "huge_pages", "memory_nodes", "peer_process", "worker_priority"];

/// The binary logarithm of a huge page's size, as `mmap` wants it.
const HUGE_PAGE_BITS: u8 = 21;

/// A stream socket that does not block, and that no child process inherits.
pub(crate) fn stream_socket() -> rustix::io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)
}

/// Binds a socket to a path. The file that this makes has the socket's own mode, so that at no
/// time may more connect than `mode` says.
pub(crate) fn bind(socket: &OwnedFd, address: &SocketAddrUnix, mode: u32) -> io::Result<()> {
    rustix::fs::fchmod(socket, mode.into())?;
    Ok(rustix::net::bind(socket, address)?)
}

/// Gives a socket's file its whole mode, of which the process' mask may have taken a part. The
/// file is held, so that no other one that is put in its place is meant.
pub(crate) fn set_socket_mode(path: &Path, mode: u32) -> io::Result<()> {
    let (file, there) = socket_file(path)?;
    if there.st_mode & 0o777 == mode {
        return Ok(());
    }
    let held = format!("/proc/self/fd/{}", file.as_raw_fd());
    std::fs::set_permissions(held, std::fs::Permissions::from_mode(mode))
}

/// Gives a socket's file to a user and a group.
pub(crate) fn set_socket_owner(
    path: &Path,
    user: Option<u32>,
    group: Option<u32>,
) -> io::Result<()> {
    let (file, _) = socket_file(path)?;
    let (user, group) = (user.map(Uid::from_raw), group.map(Gid::from_raw));
    Ok(chownat(&file, "", user, group, AtFlags::EMPTY_PATH)?)
}

/// The file itself, which is a socket of this process' user.
fn socket_file(path: &Path) -> io::Result<(OwnedFd, Stat)> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = open(path, flags, Mode::empty())?;
    let there = fstat(&file)?;
    let ours = rustix::process::geteuid().as_raw();
    if FileType::from_raw_mode(there.st_mode) != FileType::Socket || there.st_uid != ours {
        let what = "somebody has put another file in the socket's place";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
    }
    Ok((file, there))
}

/// A client that waits to be accepted. Its socket does not block, and no child inherits it.
pub(crate) fn accept(listener: BorrowedFd<'_>) -> rustix::io::Result<OwnedFd> {
    rustix::net::accept_with(listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC)
}

/// Sends what the socket takes at once.
pub(crate) fn send(socket: BorrowedFd<'_>, bytes: &[u8]) -> rustix::io::Result<usize> {
    rustix::net::send(socket, bytes, SendFlags::NOSIGNAL | SendFlags::DONTWAIT)
}

/// Who is at the other end.
pub(crate) fn peer(socket: BorrowedFd<'_>) -> io::Result<Peer> {
    let peer = socket_peercred(socket)?;
    let pid = peer.pid.as_raw_pid().unsigned_abs();
    Ok(Peer { pid, uid: peer.uid.as_raw(), gid: peer.gid.as_raw() })
}

/// Whether the process at the other end is no more. One of which the kernel does not tell, as it
/// is in another container, counts as alive.
pub(crate) fn peer_has_ended(socket: BorrowedFd<'_>) -> bool {
    let Ok(peer) = socket_peercred(socket) else { return false };
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    match pidfd_open(peer.pid, PidfdFlags::empty()) {
        Err(error) => error == Errno::SRCH,
        Ok(process) => poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&now))
            .is_ok_and(|ended| ended == 1),
    }
}

/// Memory on huge pages where some are reserved, else on ordinary ones that the kernel is asked to
/// join. `None` where the system has no memory.
pub(crate) fn map(len: usize) -> Option<(MmapMut, Pages)> {
    if let Ok(memory) = MmapOptions::new().len(len).huge(Some(HUGE_PAGE_BITS)).map_anon() {
        return Some((memory, Pages::Huge));
    }
    let memory = MmapOptions::new().len(len).map_anon().ok()?;
    let advised = memory.advise(Advice::HugePage).is_ok();
    Some((memory, if advised { Pages::Advised } else { Pages::Ordinary }))
}

/// Memory on ordinary pages, which takes none before it is written to. `None` where the system has
/// no room.
pub(crate) fn map_plain(len: usize) -> Option<MmapMut> {
    MmapOptions::new().len(len).no_reserve_swap().map_anon().ok()
}

/// Makes a mapping longer, in another place where need be, without touching what is in it.
pub(crate) fn grow(memory: &mut MmapMut, len: usize) -> io::Result<()> {
    // SAFETY: whoever calls has the mapping to themselves, so nobody has its old address; it is
    // private memory and no file, so all of the new length can be read.
    unsafe { memory.remap(len, RemapOptions::new().may_move(true)) }
}

/// The cores that this thread may use.
pub(crate) fn allowed_cores() -> Vec<usize> {
    let Ok(allowed) = sched_getaffinity(None) else { return Vec::new() };
    (0..CpuSet::MAX_CPU).filter(|&core| allowed.is_set(core)).collect()
}

/// The core that runs this thread.
pub(crate) fn current_core() -> Option<usize> {
    Some(sched_getcpu())
}

/// Keeps the calling thread on a core.
pub(crate) fn pin(core: usize) -> io::Result<()> {
    let mut set = CpuSet::new();
    set.set(core);
    Ok(sched_setaffinity(None, &set)?)
}

/// The slice that threads ask for which give way, in nanoseconds: longer than the 3 ms of those that ask
/// for none, so that clients and other programs need not wait for its end when they wake.
const LOW_PRIORITY_SLICE_NS: u64 = 10_000_000;

/// Has the calling thread, and no other one, give way by so much more than it does.
pub(crate) fn lower_priority(by: i32) -> io::Result<()> {
    rustix::process::setpriority_process(None, niceness()? + by)?;
    set_slice(LOW_PRIORITY_SLICE_NS)
}

/// Has the calling thread ask for slices of the processor of so many nanoseconds. Who has short ones need not
/// wait for the end of longer ones when it wakes. Kernels before 6.12 give all threads the same.
pub(crate) fn set_slice(ns: u64) -> io::Result<()> {
    let attributes = libc::sched_attr {
        size: size_of::<libc::sched_attr>() as u32,
        sched_policy: 0,
        sched_flags: libc::SCHED_FLAG_KEEP_POLICY as u64,
        sched_nice: niceness()?,
        sched_priority: 0,
        sched_runtime: ns,
        sched_deadline: 0,
        sched_period: 0,
    };
    // SAFETY: the call reads the structure, which says how long it is, and keeps no pointer to it.
    let result = unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const attributes, 0) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// How much the calling thread gives way: -20 to 19.
fn niceness() -> io::Result<i32> {
    Ok(rustix::process::getpriority_process(None)?)
}

/// The signal that interrupts a thread. Where nobody handles it it is ignored, and so is one that comes late.
const TICK: libc::c_int = libc::SIGURG;

/// A timer that interrupts the thread that made it.
#[derive(Debug)]
pub(crate) struct Ticker(libc::timer_t);

impl Ticker {
    /// One that does not tick yet. Each tick calls `on_tick` on the calling thread, wherever that is: it may
    /// not allocate, lock, or panic. All tickers of a process call the same one.
    pub(crate) fn new(on_tick: extern "C" fn(libc::c_int)) -> io::Result<Self> {
        // SAFETY: all-zero bytes are a valid `sigaction`, a structure of numbers and a mask.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = on_tick as *const () as libc::sighandler_t;
        // System calls that it interrupts go on.
        action.sa_flags = libc::SA_RESTART;
        // SAFETY: the call reads the structure and keeps no pointer to it; the handler is a function that
        // takes what handlers are given, and does what is allowed there: whoever calls says so.
        if unsafe { libc::sigaction(TICK, &raw const action, std::ptr::null_mut()) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: as above, and the fields that count are set.
        let mut event: libc::sigevent = unsafe { std::mem::zeroed() };
        event.sigev_notify = libc::SIGEV_THREAD_ID;
        event.sigev_signo = TICK;
        event.sigev_notify_thread_id = rustix::thread::gettid().as_raw_nonzero().get();
        let mut timer = std::ptr::null_mut();
        // SAFETY: the call reads the one structure and writes the other, both ours.
        let result =
            unsafe { libc::timer_create(libc::CLOCK_MONOTONIC, &raw mut event, &raw mut timer) };
        if result == 0 { Ok(Self(timer)) } else { Err(io::Error::last_os_error()) }
    }

    /// Ticks so often from now on, or not at all.
    pub(crate) fn set(&self, period: Option<Duration>) {
        let period = period.unwrap_or_default();
        let interval = libc::timespec {
            tv_sec: period.as_secs().cast_signed(),
            tv_nsec: period.subsec_nanos().into(),
        };
        let times = libc::itimerspec { it_interval: interval, it_value: interval };
        // SAFETY: the timer is there as long as `self`, and the call reads a structure of ours.
        let result =
            unsafe { libc::timer_settime(self.0, 0, &raw const times, std::ptr::null_mut()) };
        debug_assert_eq!(result, 0, "{}", io::Error::last_os_error());
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        // SAFETY: nobody else has the timer.
        unsafe { libc::timer_delete(self.0) };
    }
}

/// Does something in the middle of anything, which is not to see another `errno` for it.
pub(crate) fn keeping_errno(act: impl FnOnce()) {
    // SAFETY: the place is this thread's own, and there as long as the thread.
    let before = unsafe { *libc::__errno_location() };
    act();
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = before };
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
    use std::cell::Cell;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn a_thread_gives_way_by_itself() {
        let ours = niceness().unwrap();
        let theirs = std::thread::spawn(|| {
            set_slice(100_000).unwrap();
            lower_priority(2).unwrap();
            niceness().unwrap()
        });
        assert_eq!(theirs.join().unwrap(), (ours + 2).min(19));
        assert_eq!(niceness().unwrap(), ours);
    }

    #[test]
    fn a_thread_is_interrupted_by_its_own_ticker_alone() {
        static TICKS: AtomicU32 = AtomicU32::new(0);
        thread_local!(static MINE: Cell<u32> = const { Cell::new(0) });
        extern "C" fn on_tick(_: libc::c_int) {
            keeping_errno(|| {
                MINE.set(MINE.get() + 1);
                TICKS.fetch_add(1, Ordering::Relaxed);
                // What fails here is not seen by who is interrupted.
                let _ = open("", OFlags::RDONLY, Mode::empty());
            });
        }
        std::thread::spawn(|| {
            let ticker = Ticker::new(on_tick).unwrap();
            assert_eq!(MINE.get(), 0);
            ticker.set(Some(Duration::from_micros(100)));
            // SAFETY: the place is this thread's own.
            unsafe { *libc::__errno_location() = 7 };
            while MINE.get() < 3 {
                std::hint::spin_loop();
            }
            // SAFETY: as above.
            assert_eq!(unsafe { *libc::__errno_location() }, 7);
            ticker.set(None);
            let last = MINE.get();
            std::thread::yield_now();
            assert!((last..=last + 1).contains(&MINE.get()), "one may have been on its way");
        })
        .join()
        .unwrap();
        assert!(TICKS.load(Ordering::Relaxed) >= 3);
        assert_eq!(MINE.get(), 0, "this thread has none");
    }

    #[test]
    fn memory_is_placed_and_keeps_what_it_holds() {
        let mut memory = MmapOptions::new().len(1 << 20).map_anon().unwrap();
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
}
