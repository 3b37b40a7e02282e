//! [`Config`]: what was asked for, from flags, the environment and the configuration file.
//!
//! A flag wins over the environment, the environment over the file, and the file over what is
//! built in. The file is TOML; `docs/DAEMON.md` lists its keys. A key that is not known is an
//! error: a misspelt one would be ignored in silence.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use goxel_daemon::{Acks, Durability, Protocol, SLOW_MS, Source, TRANSACTION_IDLE_S};
use goxel_io::{Io, SOCKET_MODE, Settings};
use goxel_proto::limits::FRAME_BYTES_MAX;
use serde::Deserialize;
use tracing::Level;

use crate::flags::{Flags, parse_bytes, parse_durability, parse_mode, parse_size};

/// Where the socket is when nothing says otherwise, as clients of older daemons expect.
const FALLBACK_SOCKET: &str = "/tmp/goxel-daemon.sock";
/// The least that a message may be limited to: no ordinary request is longer.
const FRAME_BYTES_MIN: usize = 4 << 10;
/// The most: positions within a message are kept in 32 bits.
const FRAME_BYTES_CEILING: usize = 1 << 30;
/// A configuration is a page; what is longer is not one.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// An hour: what is longer means never.
const SLOW_MS_MAX: usize = 3_600_000;

/// Each follower is sent all that is written: more than this are fed from followers.
const ACK_FOLLOWERS_MAX: usize = 16;
/// A follower that starts anew is back by then, and a client still waits.
const ACK_TIMEOUT_S: u32 = 10;

/// What was asked for, after all is taken into account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) socket: PathBuf,
    pub(crate) socket_mode: u32,
    pub(crate) pid_file: Option<PathBuf>,
    pub(crate) log_file: Option<PathBuf>,
    pub(crate) log_level: Level,
    pub(crate) working_dir: Option<PathBuf>,
    /// Where projects are kept, if they are.
    pub(crate) data_dir: Option<PathBuf>,
    /// When an edit is on the disk.
    pub(crate) durability: Durability,
    /// Bytes that there may be of older versions.
    pub(crate) history_max: u64,
    /// Whose projects this daemon has, if they are not its own.
    pub(crate) follow: Option<Source>,
    /// How many other daemons have to have an edit.
    pub(crate) acks: Acks,
    pub(crate) user: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) roots: Vec<PathBuf>,
    pub(crate) read_only: bool,
    pub(crate) listen: Vec<Listen>,
    pub(crate) protocol: Protocol,
    /// Bytes that the daemon may take; `None` is a share of what there is.
    pub(crate) memory_max: Option<u64>,
    /// How long a transaction may be left alone.
    pub(crate) transaction_idle: Duration,
    /// After how many milliseconds a call is slow.
    pub(crate) slow_ms: u32,
    /// The program that runs scripts, where it was said.
    pub(crate) script_program: Option<PathBuf>,
    pub(crate) settings: Settings,
}

/// A further socket, and what those may do who come by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listen {
    pub(crate) path: PathBuf,
    pub(crate) mode: u32,
    pub(crate) group: Option<String>,
    pub(crate) roots: Vec<PathBuf>,
    pub(crate) read_only: bool,
    pub(crate) allow: Option<Vec<String>>,
}

/// The keys of a further socket.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListenKeys {
    path: PathBuf,
    mode: Option<String>,
    group: Option<String>,
    #[serde(default)]
    roots: Vec<PathBuf>,
    #[serde(default)]
    read_only: bool,
    allow: Option<Vec<String>>,
}

impl ListenKeys {
    fn read(self) -> Result<Listen> {
        let Self { path, mode, group, roots, read_only, allow } = self;
        let mode = key("listen.mode", mode, parse_mode)?.unwrap_or(SOCKET_MODE);
        Ok(Listen { path, mode, group, roots, read_only, allow })
    }
}

/// The file's keys.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    socket: Option<PathBuf>,
    socket_mode: Option<String>,
    pid_file: Option<PathBuf>,
    log_file: Option<PathBuf>,
    log_level: Option<String>,
    working_dir: Option<PathBuf>,
    data_dir: Option<PathBuf>,
    durability: Option<String>,
    history_max: Option<String>,
    follow: Option<PathBuf>,
    follow_command: Option<String>,
    ack_followers: Option<u32>,
    ack_timeout_s: Option<u32>,
    user: Option<String>,
    group: Option<String>,
    roots: Vec<PathBuf>,
    read_only: bool,
    listen: Vec<ListenKeys>,
    workers: Option<u32>,
    queue_size: Option<u32>,
    max_connections: Option<u32>,
    max_request_bytes: Option<usize>,
    protocol: Option<String>,
    io: Option<String>,
    spin_us: Option<u32>,
    pin: Option<bool>,
    memory_max: Option<String>,
    transaction_idle_s: Option<u32>,
    slow_ms: Option<u32>,
    script_program: Option<PathBuf>,
}

impl Config {
    /// What the flags, the environment and the file that the flags name come to.
    ///
    /// # Errors
    /// Where the file cannot be read or says what cannot be; the message names the key.
    pub(crate) fn read(flags: &Flags) -> Result<Self> {
        let file = match &flags.config {
            Some(path) => File::read(path).with_context(|| path.display().to_string())?,
            None => File::default(),
        };
        file.merge(flags, |name| std::env::var_os(name).map(PathBuf::from))
    }

    /// The same of a file's text and an environment, for whoever tries them all.
    #[cfg(fuzzing)]
    pub(crate) fn parse(
        text: &str,
        flags: &Flags,
        env: impl Fn(&str) -> Option<PathBuf>,
    ) -> Result<Self> {
        toml::from_str::<File>(text)?.merge(flags, env)
    }
}

impl File {
    fn read(path: &Path) -> Result<Self> {
        // It may be a pipe, so its length is known once it is read.
        let mut text = String::new();
        std::fs::File::open(path)?.take(FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
        let fits = text.len() as u64 <= FILE_BYTES_MAX;
        ensure!(fits, "a configuration has {FILE_BYTES_MAX} bytes at the most");
        Ok(toml::from_str(&text)?)
    }

    fn merge(self, flags: &Flags, env: impl Fn(&str) -> Option<PathBuf>) -> Result<Config> {
        let settings = self.settings(flags)?;
        let data_dir = match flags.no_data_dir {
            true => None,
            false => flags.data_dir.clone().or(self.data_dir.clone()),
        };
        let durability = match flags.durability {
            Some(durability) => durability,
            None => {
                key("durability", self.durability.clone(), parse_durability)?.unwrap_or_default()
            }
        };
        let follow = self.follow(flags, data_dir.is_some())?;
        let acks = self.acks(flags, data_dir.is_some() && durability == Durability::Always)?;
        let socket_mode = match flags.socket_mode {
            Some(mode) => mode,
            None => key("socket_mode", self.socket_mode, parse_mode)?.unwrap_or(SOCKET_MODE),
        };
        let memory_max = env("GOXEL_MEMORY_MAX").map(|size| size.to_string_lossy().into_owned());
        let memory_max = match memory_max.filter(|size| !size.is_empty()) {
            Some(size) => key("GOXEL_MEMORY_MAX", Some(size), parse_size)?,
            None => key("memory_max", self.memory_max, parse_size)?,
        };
        let log_file = flags.log_file.clone().or(self.log_file);
        let quiet = if log_file.is_some() { Level::INFO } else { Level::WARN };
        let asked = flags.log_level.or_else(|| flags.verbose.then_some(Level::DEBUG));
        let log_level = asked.or(key("log_level", self.log_level, Level::from_str)?);
        let idle = flags.transaction_idle.or(self.transaction_idle_s);
        let idle = idle.unwrap_or(TRANSACTION_IDLE_S);
        within("transaction_idle_s", idle as usize, 1, 86_400)?;
        let slow_ms = flags.slow.or(self.slow_ms).unwrap_or(SLOW_MS);
        within("slow_ms", slow_ms as usize, 0, SLOW_MS_MAX)?;
        Ok(Config {
            socket: socket(flags.socket.clone(), self.socket, env),
            socket_mode,
            pid_file: flags.pid_file.clone().or(self.pid_file),
            log_file,
            log_level: log_level.unwrap_or(quiet),
            working_dir: flags.working_dir.clone().or(self.working_dir),
            data_dir,
            durability,
            history_max: match flags.history_max {
                Some(bytes) => bytes,
                None => key("history_max", self.history_max, parse_bytes)?
                    .unwrap_or(goxel_daemon::HISTORY_BYTES_MAX),
            },
            follow,
            acks,
            user: flags.user.clone().or(self.user),
            group: flags.group.clone().or(self.group),
            roots: if flags.roots.is_empty() { self.roots } else { flags.roots.clone() },
            read_only: flags.read_only || self.read_only,
            listen: self.listen.into_iter().map(ListenKeys::read).collect::<Result<_>>()?,
            protocol: match flags.protocol {
                Some(protocol) => protocol,
                None => {
                    key("protocol", self.protocol.clone(), Protocol::from_str)?.unwrap_or_default()
                }
            },
            memory_max: flags.memory_max.or(memory_max),
            transaction_idle: Duration::from_secs(idle.into()),
            slow_ms,
            script_program: flags.script_program.clone().or(self.script_program),
            settings,
        })
    }

    /// Whom to follow. A follower keeps what it gets.
    fn follow(&self, flags: &Flags, is_kept: bool) -> Result<Option<Source>> {
        let is_flag = flags.follow.is_some() || flags.follow_command.is_some();
        let (socket, command) = match is_flag {
            true => (flags.follow.clone(), flags.follow_command.clone()),
            false => (self.follow.clone(), self.follow_command.clone()),
        };
        ensure!(
            socket.is_none() || command.is_none(),
            "follow and follow_command: there is one leader, so say one of them"
        );
        let source = socket.map(Source::Socket).or(command.map(Source::Command));
        ensure!(
            source.is_none() || is_kept,
            "to follow needs a data directory of its own: say --data-dir"
        );
        Ok(source)
    }

    /// Who has to have an edit before it is answered.
    fn acks(&self, flags: &Flags, is_always: bool) -> Result<Acks> {
        let followers = flags.ack_followers.or(self.ack_followers).unwrap_or(0) as usize;
        within("ack_followers", followers, 0, ACK_FOLLOWERS_MAX)?;
        let seconds = flags.ack_timeout.or(self.ack_timeout_s).unwrap_or(ACK_TIMEOUT_S);
        within("ack_timeout_s", seconds as usize, 1, 3600)?;
        ensure!(
            followers == 0 || is_always,
            "ack_followers needs a data directory and durability always: an edit that this daemon may \
             lose need not be waited for elsewhere"
        );
        Ok(Acks { followers, timeout: Duration::from_secs(seconds.into()) })
    }

    fn settings(&self, flags: &Flags) -> Result<Settings> {
        let bytes = self.max_request_bytes.unwrap_or(FRAME_BYTES_MAX);
        within("max_request_bytes", bytes, FRAME_BYTES_MIN, FRAME_BYTES_CEILING)?;
        let built_in = Settings::new(bytes);
        let count = |name, flag: Option<u32>, file: Option<u32>, most, default: usize| {
            let value = flag.or(file).map_or(default, |count| count as usize);
            within(name, value, 1, most).map(|()| value)
        };
        let spin_us = flags.spin.or(self.spin_us).unwrap_or(built_in.spin_us);
        within("spin_us", spin_us as usize, 0, 10_000)?;
        Ok(Settings {
            io: match flags.io {
                Some(io) => io,
                None => key("io", self.io.clone(), Io::from_str)?.unwrap_or_default(),
            },
            workers_max: count("workers", flags.workers, self.workers, 64, built_in.workers_max)?,
            queue_length_max: count(
                "queue_size",
                flags.queue_size,
                self.queue_size,
                65_536,
                built_in.queue_length_max,
            )?,
            connections_max: count(
                "max_connections",
                flags.max_connections,
                self.max_connections,
                65_536,
                built_in.connections_max,
            )?,
            spin_us,
            pin: flags.pin || self.pin.unwrap_or(false),
            ..built_in
        })
    }
}

/// A key of the file that is text with a meaning.
fn key<T, E: std::fmt::Display>(
    name: &str,
    text: Option<String>,
    parse: impl Fn(&str) -> std::result::Result<T, E>,
) -> Result<Option<T>> {
    let parsed = text.map(|text| parse(&text)).transpose();
    parsed.map_err(|error| anyhow::anyhow!("{name}: {error}"))
}

fn within(name: &str, value: usize, least: usize, most: usize) -> Result<()> {
    ensure!((least..=most).contains(&value), "{name} is {least} to {most}, not {value}");
    Ok(())
}

/// An empty path counts as none.
fn socket(
    flag: Option<PathBuf>,
    file: Option<PathBuf>,
    env: impl Fn(&str) -> Option<PathBuf>,
) -> PathBuf {
    let said = |path: Option<PathBuf>| path.filter(|path| !path.as_os_str().is_empty());
    said(flag)
        .or_else(|| said(env("GOXEL_SOCKET")))
        .or_else(|| said(file))
        .or_else(|| Some(said(env("XDG_RUNTIME_DIR"))?.join("goxel").join("goxel.sock")))
        .unwrap_or_else(|| FALLBACK_SOCKET.into())
}

#[cfg(test)]
mod tests;
