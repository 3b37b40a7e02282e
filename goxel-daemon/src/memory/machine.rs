//! How much memory there is: the machine's, or what the process's control group may have.

use std::fs;
use std::path::Path;

/// Bytes that the daemon could have; `None` where the system does not say.
pub(super) fn bytes() -> Option<u64> {
    bytes_below(Path::new("/"))
}

/// The same, with the system's files below `root`.
fn bytes_below(root: &Path) -> Option<u64> {
    let read = |path: &str| fs::read_to_string(root.join(path)).ok();
    let machine = read("proc/meminfo").as_deref().and_then(total);
    let groups = read("proc/self/cgroup").unwrap_or_default();
    let limits = groups.lines().filter_map(directory_and_file).flat_map(|(directory, file)| {
        // A group has no more than those that it is in. In a container the path may be that outside of it,
        // and then the root is the container's own.
        let directories: Vec<String> =
            Path::new(&directory).ancestors().map(|dir| dir.display().to_string()).collect();
        directories.into_iter().filter_map(move |dir| read(&format!("{dir}/{file}")))
    });
    limits.filter_map(|text| text.trim().parse().ok()).chain(machine).min()
}

/// `MemTotal:       24683940 kB`
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Where a line of `/proc/self/cgroup` says that the group is, and its file with the limit: `0::/a/b` in the
/// second version of control groups, `4:memory:/a/b` in the first.
fn directory_and_file(line: &str) -> Option<(String, &'static str)> {
    let (_, group) = line.split_once(':')?;
    let (controllers, path) = group.split_once(':')?;
    match controllers {
        "" => Some((format!("sys/fs/cgroup{path}"), "memory.max")),
        _ if controllers.split(',').any(|name| name == "memory") => {
            Some((format!("sys/fs/cgroup/memory{path}"), "memory.limit_in_bytes"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_limit_counts() {
        let check = |files: &[(&str, &str)], expected| {
            let root = tempfile::tempdir().unwrap();
            for (path, text) in files {
                let path = root.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            assert_eq!(bytes_below(root.path()), expected, "{files:?}");
        };
        let machine = ("proc/meminfo", "MemFree: 5 kB\nMemTotal:    1024 kB\n");
        check(&[], None);
        check(&[machine], Some(1 << 20));
        let second = ("proc/self/cgroup", "0::/a/b\n");
        check(&[machine, second, ("sys/fs/cgroup/a/b/memory.max", "max\n")], Some(1 << 20));
        check(&[machine, second, ("sys/fs/cgroup/a/memory.max", "4096\n")], Some(4096));
        check(&[second, ("sys/fs/cgroup/memory.max", "8192\n")], Some(8192));
        let first = ("proc/self/cgroup", "7:blkio:/\n4:memory:/x\n0::/\n");
        check(&[first, ("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "77\n")], Some(77));
        let none = ("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "9223372036854771712\n");
        check(&[machine, first, none], Some(1 << 20));
    }

    #[test]
    fn this_machine_has_some() {
        assert!(bytes().is_none_or(|bytes| bytes > 64 << 20));
    }
}
