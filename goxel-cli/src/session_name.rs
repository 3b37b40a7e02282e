//! Which session the commands of this process belong to: the shell or program that runs them.
//!
//! It is `$GOXEL_SESSION`, else the parent process, which is told from later ones of the same
//! number by the moment when it began. Commands of a shell have the same parent, and two shells
//! side by side are two.
//!
//! A shell may turn into the last command of its script instead of running it: `sh -c "a; b"` does.
//! That command then *is* the process that the commands before it had for a parent, so a session of
//! this process goes before one of its parent.

use goxel_client::SessionName;

/// What the environment says, else what the processes are.
pub(crate) fn find() -> SessionName {
    match std::env::var("GOXEL_SESSION") {
        Ok(name) if !name.is_empty() => SessionName { name, prefer: None },
        _ => of_processes(std::process::id(), std::os::unix::process::parent_id()),
    }
}

fn of_processes(own: u32, parent: u32) -> SessionName {
    let own = process(own);
    if parent > 1 {
        return SessionName { name: process(parent), prefer: Some(own) };
    }
    // The first process of a system runs commands that have nothing to do with each other, and
    // number 0 stands for one outside of this system.
    SessionName { name: own, prefer: None }
}

/// A process: its number, when it began, and in which set of processes the number counts. Where the
/// system does not tell the latter the number has to do.
fn process(id: u32) -> String {
    let mut name = format!("process {id}");
    if let Some(began) =
        std::fs::read_to_string(format!("/proc/{id}/stat")).ok().as_deref().and_then(began)
    {
        name.push_str(&format!(" begun at {began}"));
    }
    if let Ok(set) = std::fs::read_link("/proc/self/ns/pid") {
        name.push_str(&format!(" in {}", set.display()));
    }
    name
}

/// When a process began, in what Linux tells of it: the 22nd word. The second is its program's name
/// in brackets, which may have spaces and brackets itself.
fn began(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 8837221 9 10";
        assert_eq!(began(stat), Some(8_837_221));
        assert_eq!(began(""), None);
        let own = std::process::id();
        let [session, orphan] = [own, 1].map(|parent| of_processes(u32::MAX, parent));
        assert!(session.name.starts_with(&format!("process {own}")));
        assert_eq!(session.prefer.as_ref(), Some(&orphan.name));
        assert_eq!(orphan.prefer, None);
        assert_eq!(session, of_processes(u32::MAX, own));
    }
}
