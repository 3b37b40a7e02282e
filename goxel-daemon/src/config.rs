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
use goxel_daemon::{Durability, Protocol, SLOW_MS, TRANSACTION_IDLE_S};
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
            data_dir: match flags.no_data_dir {
                true => None,
                false => flags.data_dir.clone().or(self.data_dir),
            },
            durability: match flags.durability {
                Some(durability) => durability,
                None => key("durability", self.durability, parse_durability)?.unwrap_or_default(),
            },
            history_max: match flags.history_max {
                Some(bytes) => bytes,
                None => key("history_max", self.history_max, parse_bytes)?
                    .unwrap_or(goxel_daemon::HISTORY_BYTES_MAX),
            },
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
            settings,
        })
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
mod tests {
    use super::*;
    use clap::Parser as _;

    fn merged(args: &[&str], file: &str, env: &[(&str, &str)]) -> Result<Config, String> {
        let flags = Flags::try_parse_from(["goxel-daemon"].iter().chain(args)).unwrap();
        let file: File = toml::from_str(file).map_err(|error| error.message().to_owned())?;
        let look_up = |name: &str| {
            env.iter().find(|(known, _)| *known == name).map(|(_, value)| PathBuf::from(value))
        };
        file.merge(&flags, look_up).map_err(|error| error.to_string())
    }

    #[test]
    fn the_nearer_wins() {
        let check = |args: &[&str], file: &str, env: &[(&str, &str)], expected: &str| {
            assert_eq!(merged(args, file, env).unwrap().socket, Path::new(expected));
        };
        let both = [("GOXEL_SOCKET", "/e"), ("XDG_RUNTIME_DIR", "/run/user/1")];
        check(&["-s", "/f"], "socket = '/c'", &both, "/f");
        check(&["-s", ""], "socket = '/c'", &both, "/e");
        check(&[], "socket = '/c'", &both[1..], "/c");
        check(&[], "", &both[1..], "/run/user/1/goxel/goxel.sock");
        check(&[], "", &[("GOXEL_SOCKET", "")], FALLBACK_SOCKET);
    }

    #[test]
    fn everything_can_stand_in_the_file() {
        let file = "socket_mode = '0660'\nlog_level = 'debug'\nworkers = 3\nqueue_size = 7\n\
                    max_connections = 9\nmax_request_bytes = 4096\nprotocol = 'mcp'\nio = 'mio'\n\
                    spin_us = 0\npin = true\nmemory_max = '2G'\ntransaction_idle_s = 7\nslow_ms = 8\n\
                    user = 'u'\ngroup = 'g'\npid_file = 'p'\n\
                    log_file = 'l'\nworking_dir = 'w'\nroots = ['/r', 'q']\nread_only = true";
        let config = merged(&["-j", "4"], file, &[]).unwrap();
        let settings = Settings {
            io: Io::Mio,
            connections_max: 9,
            workers_max: 4,
            queue_length_max: 7,
            spin_us: 0,
            pin: true,
            ..Settings::new(4096)
        };
        assert_eq!((config.settings, config.socket_mode), (settings, 0o660));
        assert_eq!((config.protocol, config.log_level), (Protocol::Mcp, Level::DEBUG));
        assert_eq!(config.memory_max, Some(2 << 30));
        assert_eq!((config.transaction_idle, config.slow_ms), (Duration::from_secs(7), 8));
        assert_eq!(merged(&["--slow", "9"], file, &[]).unwrap().slow_ms, 9);
        assert_eq!(merged(&[], "", &[]).unwrap().slow_ms, SLOW_MS);
        assert_eq!((config.user.as_deref(), config.group.as_deref()), (Some("u"), Some("g")));
        assert!(config.read_only && config.roots == [Path::new("/r"), Path::new("q")]);
        let other = merged(&["--root", "/s", "--root", "/t"], file, &[]).unwrap();
        assert_eq!(other.roots, [Path::new("/s"), Path::new("/t")]);
        let paths = [&config.pid_file, &config.log_file, &config.working_dir];
        assert_eq!(
            paths.map(|path| path.as_deref().and_then(Path::to_str)),
            [Some("p"), Some("l"), Some("w")]
        );
    }

    #[test]
    fn further_sockets() {
        let file = "[[listen]]\npath = 'a'\n[[listen]]\npath = 'b'\nmode = '0660'\ngroup = 'g'\n\
                    roots = ['r']\nread_only = true\nallow = ['ping', 'goxel.get_*']";
        let listen = merged(&[], file, &[]).unwrap().listen;
        let plain = Listen {
            path: "a".into(),
            mode: SOCKET_MODE,
            group: None,
            roots: Vec::new(),
            read_only: false,
            allow: None,
        };
        let narrow = Listen {
            path: "b".into(),
            mode: 0o660,
            group: Some("g".to_owned()),
            roots: vec!["r".into()],
            read_only: true,
            allow: Some(vec!["ping".to_owned(), "goxel.get_*".to_owned()]),
        };
        assert_eq!(listen, [plain, narrow]);
    }

    #[test]
    fn what_cannot_be_is_named() {
        let check = |file: &str, expected: &str| {
            let error = merged(&[], file, &[]).unwrap_err();
            assert!(error.contains(expected), "{file}: {error}");
        };
        check("sokcet = 'x'", "unknown field `sokcet`");
        check("workers = 65", "workers is 1 to 64, not 65");
        check("queue_size = 0", "queue_size is 1 to 65536, not 0");
        check("max_connections = 65537", "max_connections is 1 to 65536");
        check("max_request_bytes = 4095", "max_request_bytes is 4096 to");
        check("max_request_bytes = 1073741825", "to 1073741824, not 1073741825");
        check("spin_us = 10001", "spin_us is 0 to 10000");
        check("transaction_idle_s = 0", "transaction_idle_s is 1 to 86400, not 0");
        check("slow_ms = 3600001", "slow_ms is 0 to 3600000, not 3600001");
        check("socket_mode = '888'", "socket_mode: `888` is no octal number");
        check("io = 'epoll'", "io: `epoll` is none of");
        check("protocol = 'x'", "protocol: `x` is none of");
        check("workers = 'many'", "invalid type");
        check("[[listen]]\nmode = '0660'", "missing field `path`");
        check("[[listen]]\npath = 's'\nmode = 'x'", "listen.mode: `x` is no octal number");
        check("[[listen]]\npath = 's'\nalow = []", "unknown field `alow`");
        check("memory_max = '1M'", "memory_max: `1M` is less than the daemon needs: 64M");
    }

    #[test]
    fn memory() {
        let max = |args: &[&str], file, env: &[(&str, &str)]| {
            merged(args, file, env).map(|config| config.memory_max)
        };
        let (file, env) = ("memory_max = '1G'", [("GOXEL_MEMORY_MAX", "2G")]);
        assert_eq!(max(&[], "", &[]), Ok(None));
        assert_eq!(max(&[], file, &[("GOXEL_MEMORY_MAX", "")]), Ok(Some(1 << 30)));
        assert_eq!(max(&[], file, &env), Ok(Some(2 << 30)));
        assert_eq!(max(&["--memory-max", "3G"], file, &env), Ok(Some(3 << 30)));
        let error = max(&[], "", &[("GOXEL_MEMORY_MAX", "much")]).unwrap_err();
        assert!(error.starts_with("GOXEL_MEMORY_MAX: `much` is no number of bytes"), "{error}");
    }

    #[test]
    fn where_projects_are_kept() {
        let kept = |args: &[&str], file| {
            merged(args, file, &[]).map(|config| (config.data_dir, config.durability))
        };
        let file = "data_dir = '/d'\ndurability = 'always'";
        assert_eq!(kept(&[], ""), Ok((None, Durability::EverySec)));
        assert_eq!(kept(&[], file), Ok((Some("/d".into()), Durability::Always)));
        let flags = ["--data-dir", "/e", "--durability", "off"];
        assert_eq!(kept(&flags, file), Ok((Some("/e".into()), Durability::Off)));
        assert_eq!(kept(&["--no-data-dir"], file).map(|(dir, _)| dir), Ok(None));
        let error = kept(&[], "durability = 'never'").unwrap_err();
        assert_eq!(error, "durability: `never` is none of always, everysec, off");
    }

    #[test]
    fn levels() {
        let level = |args: &[&str], file: &str| merged(args, file, &[]).unwrap().log_level;
        assert_eq!((level(&[], ""), level(&["-l", "f"], "")), (Level::WARN, Level::INFO));
        assert_eq!(level(&["-V"], "log_level = 'error'"), Level::DEBUG);
        assert_eq!(level(&["-V", "--log-level", "info"], ""), Level::INFO);
        assert_eq!(level(&[], "log_level = 'error'"), Level::ERROR);
    }
}
