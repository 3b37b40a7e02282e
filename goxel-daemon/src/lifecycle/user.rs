//! `--user` and `--group`: giving up what root may do.

use anyhow::{Context as _, Result, ensure};
use nix::unistd::{Gid, Group, Uid, User, geteuid, setgid, setuid};

use super::sys;
use crate::config::Config;

/// Becomes the user and group that were asked for, if any. What is the daemon's by then becomes
/// theirs, so that it can be removed and written anew: `hand_over` is told to whom.
///
/// # Errors
/// Where there is no such user or group, or this process may not become it.
pub(super) fn become_asked(
    config: &Config,
    hand_over: impl FnOnce(u32, u32) -> Result<()>,
) -> Result<()> {
    let Some((user, gid)) = asked(config)? else { return Ok(()) };
    let uid = user.as_ref().map_or_else(geteuid, |user| user.uid);
    if uid == geteuid() && gid == nix::unistd::getegid() {
        return Ok(());
    }
    ensure!(geteuid().is_root(), "only root can become another user or group");
    hand_over(uid.as_raw(), gid.as_raw())?;
    give_up(user.as_ref(), uid, gid)
}

/// Whose files a daemon of this configuration may find where it puts its own, besides those of the
/// user who starts it: the user's that it becomes, and root's.
///
/// # Errors
/// Where there is no such user.
pub(super) fn trusted(config: &Config) -> Result<Vec<u32>> {
    let user = config.user.as_deref().map(find_user).transpose()?;
    Ok(user.map(|user| user.uid.as_raw()).into_iter().chain([0]).collect())
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

pub(super) fn find_group(name: &str) -> Result<Gid> {
    let found = Group::from_name(name)?.with_context(|| format!("there is no group `{name}`"))?;
    Ok(found.gid)
}
