//! `--user` and `--group`: giving up what root may do.

use std::os::unix::fs::chown;

use anyhow::{Context as _, Result, ensure};
use nix::unistd::{Gid, Group, Uid, User, geteuid, setgid, setuid};

use super::sys;
use crate::config::Config;

/// Becomes the user and group that were asked for, if any. The socket, the pid file and the log
/// become theirs, so that they can be removed and written anew.
///
/// # Errors
/// Where there is no such user or group, or this process may not become it.
pub(super) fn become_asked(config: &Config) -> Result<()> {
    let Some((user, gid)) = asked(config)? else { return Ok(()) };
    let uid = user.as_ref().map_or_else(geteuid, |user| user.uid);
    if uid == geteuid() && gid == nix::unistd::getegid() {
        return Ok(());
    }
    ensure!(geteuid().is_root(), "only root can become another user or group");
    let paths = [Some(&config.socket), config.pid_file.as_ref(), config.log_file.as_ref()];
    for path in paths.into_iter().flatten().filter(|path| path.exists()) {
        chown(path, Some(uid.as_raw()), Some(gid.as_raw()))
            .with_context(|| path.display().to_string())?;
    }
    give_up(user.as_ref(), uid, gid)
}

/// The group first: who is no longer root cannot change it.
fn give_up(user: Option<&User>, uid: Uid, gid: Gid) -> Result<()> {
    sys::change_groups(user, gid).context("cannot give up root's groups")?;
    setgid(gid).context("cannot become the group")?;
    setuid(uid).context("cannot become the user")
}

/// The user, and the group: the one that was asked for, else the user's own.
fn asked(config: &Config) -> Result<Option<(Option<User>, Gid)>> {
    let user = config.user.as_deref().map(find_user).transpose()?;
    let group = config.group.as_deref().map(find_group).transpose()?;
    let gid = group.or(user.as_ref().map(|user| user.gid));
    Ok(gid.map(|gid| (user, gid)))
}

fn find_user(name: &str) -> Result<User> {
    User::from_name(name)?.with_context(|| format!("there is no user `{name}`"))
}

fn find_group(name: &str) -> Result<Gid> {
    let found = Group::from_name(name)?.with_context(|| format!("there is no group `{name}`"))?;
    Ok(found.gid)
}
