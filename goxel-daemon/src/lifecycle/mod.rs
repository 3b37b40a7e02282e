//! The life of a daemon: from flags to clients that are served, and to its end.
//!
//! The order matters. The socket is bound first, so that clients can connect while the rest is
//! built; the process goes to the background while it has one thread; what needs rights is done
//! before they are given up; and it says that it is ready once a signal would end it in order.

mod background;
mod control;
mod pid_file;
mod sockets;
mod sys;
mod user;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use goxel_daemon::{Options, SlowAfter, Source};
use goxel_io::Settings;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sd_notify::NotifyState;

pub(crate) use self::control::{Action, control};
use self::pid_file::PidFile;
use self::sockets::Sockets;
use crate::config::Config;
use crate::flags::Flags;
use crate::log::Log;

/// Descriptors besides those of clients: the log, the loop's own, files that jobs read and write.
const DESCRIPTORS_SPARE: u64 = 64;

/// Of the time after which systemd takes a silent daemon for dead, this share passes between two
/// signs of life: one may come late.
const WATCHDOG_SHARE: u32 = 2;

/// Serves until a signal or a request ends it.
pub(crate) fn serve(flags: Flags, config: Config) -> Result<()> {
    let config = config.made_absolute()?;
    let flags = flags.made_absolute()?;
    let sockets = Sockets::bind(&config)?;
    let parent = if flags.daemonize { Some(background::leave(&config, &sockets)?) } else { None };
    let users = user::trusted(&config)?;
    let pid_file = config.pid_file_to_write(&flags);
    let pid_file = pid_file.as_deref().map(|path| PidFile::create(path, &users)).transpose()?;
    raise_descriptor_limit(config.settings.connections_max);
    let log = Log::start(&config, users)?;
    user::become_asked(&config, |user, group| {
        sockets.give_to(user, group)?;
        pid_file.as_ref().map_or(Ok(()), |file| file.give_to(user, group))?;
        log.give_to(user, group)
    })?;
    if let Some(dir) = config.working_dir.as_ref().or(config.roots.first()) {
        std::env::set_current_dir(dir).with_context(|| dir.display().to_string())?;
    }
    goxel_daemon::limit_memory(config.memory_max);
    let data = config.data_dir.as_deref();
    let open = |dir| goxel_daemon::open_data(dir, config.durability, config.history_max);
    let data = data.map(open).transpose()?;
    let data = data.map(|data| data.waiting_for(config.acks).following(config.follow.clone()));
    let slow = SlowAfter::new(config.slow_ms);
    let socket = config.socket.clone();
    let (main, others) = sockets.entrances(&config)?;
    let events = {
        let options = Options {
            protocol: config.protocol,
            transaction_idle: config.transaction_idle,
            slow: slow.clone(),
            script_program: config.script_program.clone(),
        };
        let settings = within_memory(config.settings);
        goxel_daemon::event_loop(main, others, settings, options, data)?
    };
    let events = events.on_reload(move || reload(&flags, &config, &log, &slow));
    let events = match sd_notify::watchdog_enabled() {
        Some(patience) => events.when_alive(patience / WATCHDOG_SHARE, || {
            let _ = sd_notify::notify(&[NotifyState::Watchdog]);
        }),
        None => events,
    };
    tracing::info!(socket = %socket.display(), pid = std::process::id(), "listening");
    announce(&socket, parent);
    let served = events.run();
    let _ = sd_notify::notify(&[NotifyState::Stopping]);
    Ok(served?)
}

/// As many descriptors as clients may need, as far as the system lets us.
fn raise_descriptor_limit(connections: usize) {
    let limit = getrlimit(Resource::Nofile);
    let wanted = connections as u64 + DESCRIPTORS_SPARE;
    if limit.current.is_none_or(|current| current >= wanted) {
        return;
    }
    let raised = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    // Where it fails, accepting pauses when descriptors run out.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), ..limit });
}

/// Tells whoever started this that clients can connect. Nobody need listen.
fn announce(socket: &Path, parent: Option<background::Parent>) {
    let _ = sd_notify::notify(&[NotifyState::Ready]);
    match parent {
        Some(parent) => parent.release(),
        None => {
            let mut out = io::stdout();
            let _ = writeln!(out, "listening on {}", socket.display()).and_then(|()| out.flush());
        }
    }
}

/// Settings whose bounds fit into the memory that there may be.
fn within_memory(settings: Settings) -> Settings {
    let large_bytes_max = settings.large_bytes_max.min(goxel_daemon::messages_max());
    Settings { large_bytes_max, ..settings }
}

/// Reads the configuration anew. What cannot be changed while the loop runs stays as it is.
fn reload(flags: &Flags, old: &Config, log: &Log, slow: &SlowAfter) -> Option<Settings> {
    let _ = sd_notify::notify(&[NotifyState::Reloading]);
    let read = Config::read(flags).and_then(Config::made_absolute);
    let read = read.and_then(|new| log.reopen(&new).map(|()| new));
    let settings = match read {
        Ok(new) => {
            let Settings { io, queue_length_max, pin, .. } = old.settings;
            goxel_daemon::limit_memory(new.memory_max);
            slow.set(new.slow_ms.into());
            tracing::info!("the configuration was read anew");
            Some(within_memory(Settings { io, queue_length_max, pin, ..new.settings }))
        }
        Err(error) => {
            tracing::error!("the configuration stays as it was: {error:#}");
            None
        }
    };
    let _ = sd_notify::notify(&[NotifyState::Ready]);
    settings
}

impl Config {
    /// With paths that do not depend on where the daemon stands.
    fn made_absolute(mut self) -> Result<Self> {
        self.socket = std::path::absolute(&self.socket)?;
        if let Some(Source::Socket(path)) = &mut self.follow {
            *path = std::path::absolute(&path)?;
        }
        for path in
            [&mut self.pid_file, &mut self.log_file, &mut self.data_dir, &mut self.script_program]
        {
            *path = path.as_deref().map(std::path::absolute).transpose()?;
        }
        let further =
            self.listen.iter_mut().flat_map(|one| one.roots.iter_mut().chain([&mut one.path]));
        for path in self.roots.iter_mut().chain(further) {
            *path = std::path::absolute(&path)?;
        }
        Ok(self)
    }

    /// Where the process id is written: where it was asked for, or to the background.
    fn pid_file_to_write(&self, flags: &Flags) -> Option<PathBuf> {
        let default = flags.daemonize.then(|| self.default_pid_file());
        self.pid_file.clone().or(default)
    }

    /// Beside the socket: `/tmp/goxel-daemon.pid` for `/tmp/goxel-daemon.sock`.
    fn default_pid_file(&self) -> PathBuf {
        self.socket.with_extension("pid")
    }
}

impl Flags {
    fn made_absolute(mut self) -> Result<Self> {
        self.config = self.config.as_deref().map(std::path::absolute).transpose()?;
        self.log_file = self.log_file.as_deref().map(std::path::absolute).transpose()?;
        Ok(self)
    }
}
