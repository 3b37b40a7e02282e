//! Opening files: what the systems do each in its own way. `linux.rs` and `portable.rs` hold the
//! same.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod portable;

#[cfg(target_os = "linux")]
pub(super) use self::linux::*;
#[cfg(not(target_os = "linux"))]
pub(super) use self::portable::*;
