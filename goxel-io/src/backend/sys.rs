//! io_uring where there is such a thing. Only Linux has it, and not every Linux lets us use it.

use std::io;
use std::os::fd::BorrowedFd;

use super::Backend;

/// The backend of io_uring.
///
/// # Errors
/// Where the kernel refuses it.
#[cfg(target_os = "linux")]
pub(crate) fn uring(
    listeners: &[BorrowedFd<'_>],
    wake: BorrowedFd<'_>,
) -> io::Result<impl Backend + use<>> {
    super::uring::Uring::new(listeners, wake)
}

/// The same on a system that has none: the type is that of the other backend, and never made.
#[cfg(not(target_os = "linux"))]
pub(crate) fn uring(_: &[BorrowedFd<'_>], _: BorrowedFd<'_>) -> io::Result<impl Backend + use<>> {
    Err::<super::Readiness, _>(io::ErrorKind::Unsupported.into())
}

/// Whether the kernel lets us use io_uring.
#[cfg(target_os = "linux")]
pub(crate) fn has_uring() -> bool {
    super::uring::is_allowed()
}

/// There is none.
#[cfg(not(target_os = "linux"))]
pub(crate) fn has_uring() -> bool {
    false
}
