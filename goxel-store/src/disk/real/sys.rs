//! Taking space for a file, as far as the system can.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod portable;

#[cfg(target_os = "linux")]
pub(super) use self::linux::reserve;
#[cfg(not(target_os = "linux"))]
pub(super) use self::portable::reserve;
