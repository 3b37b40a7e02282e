//! [`is_made_up`]: files that are on no disk.

use std::io;
use std::os::fd::OwnedFd;

/// File systems whose files the kernel makes up while they are read: they are regular files by
/// their type, say that they have no bytes, and some wait for news that may never come. The numbers
/// are those of `linux/magic.h`.
#[cfg(target_os = "linux")]
const MADE_UP: [u32; 13] = [
    0x9fa0,      // procfs
    0x6265_6572, // sysfs
    0x6462_6720, // debugfs
    0x7472_6163, // tracefs
    0x7363_6673, // securityfs
    0x0027_e0eb, // cgroup
    0x6367_7270, // cgroup2
    0xf97c_ff8c, // selinuxfs
    0x4341_5d53, // smackfs
    0x6265_6570, // configfs
    0x6165_676c, // pstore
    0xde5e_81e4, // efivarfs
    0x4249_4e4d, // binfmt_misc
];

/// Whether the file is one of those.
#[cfg(target_os = "linux")]
pub(super) fn is_made_up(file: &OwnedFd) -> io::Result<bool> {
    Ok(MADE_UP.contains(&(rustix::fs::fstatfs(file)?.f_type as u32)))
}

/// Other systems have none of their own that is usually there.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_made_up(_: &OwnedFd) -> io::Result<bool> {
    Ok(false)
}
