//! Linux: the kernel keeps a path beneath a directory itself, and files can be held without being
//! opened.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{Mode, OFlags, ResolveFlags, fstatfs, openat2};
use rustix::io::Errno;

use crate::door::outside::outside;

/// How a directory is opened that files are looked for in: that needs no right to list it.
pub(in crate::door) const DIRECTORY: OFlags = OFlags::PATH.union(OFlags::DIRECTORY);

/// How a file is held to be looked at, without opening it: opening does things to some devices.
pub(in crate::door) const HELD: Option<OFlags> = Some(OFlags::PATH);

/// How often a path is looked up again that somebody moved about meanwhile. The kernel gives up in
/// such a case, since it cannot tell whether the path still stays beneath.
const MOVED_MAX: usize = 100;

/// Opens what is there at a path beneath a directory; `None` where the kernel has no such call, or
/// is told to refuse it.
pub(in crate::door) fn open_beneath(
    root: BorrowedFd<'_>,
    path: &Path,
    flags: OFlags,
) -> Option<io::Result<OwnedFd>> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    for _ in 0..MOVED_MAX {
        match openat2(root, path, flags | OFlags::CLOEXEC, Mode::empty(), resolve) {
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(Errno::NOSYS | Errno::PERM) => return None,
            Err(Errno::XDEV) => return Some(Err(outside())),
            opened => return Some(opened.map_err(io::Error::from)),
        }
    }
    Some(Err(Errno::AGAIN.into()))
}

/// File systems whose files the kernel makes up while they are read: they are regular files by
/// their type, say that they have no bytes, and some wait for news that may never come. The numbers
/// are those of `linux/magic.h`.
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

/// Whether a file is one of those.
pub(in crate::door) fn is_made_up(file: &OwnedFd) -> io::Result<bool> {
    Ok(MADE_UP.contains(&(fstatfs(file)?.f_type as u32)))
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn the_system_s_own_files_are_known() {
        for (path, expected) in
            [("/proc/kmsg", true), ("/sys/kernel/uevent_seqnum", true), ("/dev/null", false)]
        {
            // Held and not opened, as that takes no rights and waits for nobody.
            let held = rustix::fs::open(path, OFlags::PATH, Mode::empty());
            if let Ok(held) = held {
                assert_eq!(is_made_up(&held).unwrap(), expected, "{path}");
            }
        }
        let file = OwnedFd::from(File::open(std::env::current_exe().unwrap()).unwrap());
        assert!(!is_made_up(&file).unwrap());
    }
}
