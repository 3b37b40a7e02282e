//! Calls of the system that a worker has no use for, and that must fail in it.

#![allow(unsafe_code)]

use std::io;

/// Asks to be traced by the parent.
pub(crate) fn be_traced() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    // SAFETY: this request takes no pointer.
    let result = unsafe { libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) };
    #[cfg(not(target_os = "linux"))]
    let result = 0;
    done(result == 0)
}

/// Asks whether the first process could be sent a signal.
pub(crate) fn send_signal() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    // SAFETY: it takes numbers, and this signal is none: nothing is sent.
    let result = unsafe { libc::kill(1, 0) };
    #[cfg(not(target_os = "linux"))]
    let result = 0;
    done(result == 0)
}

/// Reads a descriptor that is open, and that only writing is allowed for.
pub(crate) fn read_standard_error() -> io::Result<()> {
    let mut byte = [0];
    Ok(rustix::io::read(rustix::stdio::stderr(), &mut byte).map(drop)?)
}

/// Maps a page that can be run.
pub(crate) fn map_code() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    // SAFETY: a fresh page at no set address touches no memory that is in use.
    let page = unsafe {
        let protection = libc::PROT_READ | libc::PROT_EXEC;
        libc::mmap(
            std::ptr::null_mut(),
            4096,
            protection,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        ) as isize
    };
    #[cfg(not(target_os = "linux"))]
    let page = 0;
    done(page != -1)
}

fn done(is_done: bool) -> io::Result<()> {
    if is_done { Ok(()) } else { Err(io::Error::last_os_error()) }
}
