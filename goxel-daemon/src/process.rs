//! What this process is, and what the system says of it.

/// What the daemon calls itself.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Bytes of memory that are resident; 0 where the system does not say.
pub(crate) fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    resident(&status).unwrap_or(0)
}

/// The same of a process of this one's, where the system says.
pub(crate) fn resident_bytes_of(process: u32) -> Option<u64> {
    resident(&std::fs::read_to_string(format!("/proc/{process}/status")).ok()?)
}

/// `VmRSS:      4096 kB`
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// What the machine is called.
pub(crate) fn hostname() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The time here and now: `2026-11-23 21:11:16`.
pub(crate) fn local_time() -> String {
    jiff::ZonedDateTime::now().strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory() {
        assert_eq!(resident("Name:\tx\nVmRSS:\t    1234 kB\nThreads:\t1\n"), Some(1234 * 1024));
        assert_eq!(resident("Name:\tx\n"), None);
        let told = std::path::Path::new("/proc/self/status").exists();
        assert!(resident_bytes() > 100_000 || !told);
    }

    #[test]
    fn the_time_is_one_that_people_read() {
        let time = local_time();
        let digits = time.bytes().map(|b| if b.is_ascii_digit() { b'0' } else { b });
        assert_eq!(digits.collect::<Vec<_>>(), b"0000-00-00 00:00:00", "{time}");
    }
}
