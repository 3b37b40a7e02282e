//! [`Sockets`]: where clients come in, and what they may do.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use goxel_daemon::{Entrance, Rights};
use goxel_io::Listener;
use listenfd::ListenFd;

use super::user;
use crate::config::{Config, Listen};

/// The daemon's socket, and further ones with what the configuration says of each.
pub(super) struct Sockets {
    main: Listener,
    others: Vec<(Listener, Listen)>,
}

impl Sockets {
    /// Binds all of them. The daemon's own is the one that systemd hands over, where it does.
    ///
    /// # Errors
    /// Where one cannot be had; the message names it.
    pub(super) fn bind(config: &Config) -> Result<Self> {
        let main = match ListenFd::from_env().take_unix_listener(0)? {
            Some(socket) => goxel_io::adopt(socket, config.socket_mode)?,
            None => bind(&config.socket, config.socket_mode)?,
        };
        let further = |listen: &Listen| {
            let group = listen.group.as_deref().map(user::find_group).transpose()?;
            let listener = match group {
                None => bind(&listen.path, listen.mode)?,
                Some(group) => {
                    // Nobody else connects before the file has its group.
                    let listener = bind(&listen.path, listen.mode & 0o700)?;
                    listener.give_to(None, Some(group.as_raw()))?;
                    listener.open_to(listen.mode)?
                }
            };
            Ok((listener, listen.clone()))
        };
        let others = config.listen.iter().map(further).collect::<Result<_>>()?;
        Ok(Self { main, others })
    }

    /// Has the kernel take this process for the one that listens: to be called after a fork.
    pub(super) fn claim(&self) -> io::Result<()> {
        self.main.claim()?;
        self.others.iter().try_for_each(|(listener, _)| listener.claim())
    }

    /// Gives their files to a user, and to a group where they have none of their own.
    pub(super) fn give_to(&self, user: u32, group: u32) -> io::Result<()> {
        self.main.give_to(Some(user), Some(group))?;
        self.others.iter().try_for_each(|(listener, listen)| {
            listener.give_to(Some(user), listen.group.is_none().then_some(group))
        })
    }

    /// The daemon's way in, and the further ones. Whatever the whole daemon may not do, nobody may
    /// who comes by a further one.
    ///
    /// # Errors
    /// Where a directory cannot be entered, or a pattern names no method.
    pub(super) fn entrances(self, config: &Config) -> Result<(Entrance, Vec<Entrance>)> {
        let mut rights = Rights::default().beneath(&config.roots)?;
        if config.read_only {
            rights = rights.read_only();
        }
        let further = |(listener, listen)| {
            let rights = narrowed(rights.clone(), &listen);
            let rights = rights.with_context(|| listen.path.display().to_string())?;
            Ok(Entrance { listener, rights })
        };
        let others = self.others.into_iter().map(further).collect::<Result<_>>()?;
        Ok((Entrance { listener: self.main, rights }, others))
    }
}

fn narrowed(rights: Rights, listen: &Listen) -> Result<Rights> {
    let mut rights = rights.beneath(&listen.roots)?;
    if listen.read_only {
        rights = rights.looking_only();
    }
    match &listen.allow {
        Some(patterns) => {
            rights.calling(patterns).map_err(|error| anyhow!("listen.allow: {error}"))
        }
        None => Ok(rights),
    }
}

fn bind(path: &Path, mode: u32) -> Result<Listener> {
    make_home(path)?;
    Ok(goxel_io::bind(path, mode)?)
}

/// The socket's directory is made where it is the one of our own in `$XDG_RUNTIME_DIR`.
fn make_home(socket: &Path) -> Result<()> {
    let Some(home) = socket.parent().filter(|home| home.ends_with("goxel") && !home.exists())
    else {
        return Ok(());
    };
    match DirBuilder::new().mode(0o700).create(home) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.with_context(|| home.display().to_string()),
    }
}
