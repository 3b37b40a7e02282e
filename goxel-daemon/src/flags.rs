//! [`Flags`]: the command line of `goxel-daemon`.

use std::path::PathBuf;

use clap::Parser;
use clap::builder::TypedValueParser as _;
use goxel_daemon::{Durability, FOLLOWERS_MAX, MEMORY_MAX_MIN, Protocol};
use goxel_io::Io;

/// Workers, queue and connections that can be asked for, as with older daemons.
const WORKERS: std::ops::RangeInclusive<i64> = 1..=64;
const COUNTS: std::ops::RangeInclusive<i64> = 1..=65_536;

/// Permissions of a socket: those of owner, group and others, no more.
const MODE_MAX: u32 = 0o777;

/// Holds voxel projects in memory and serves them over JSON-RPC on a Unix socket.
///
/// What is not said here stands in the configuration file, and what is not said there is as
/// docs/DAEMON.md describes.
#[derive(Debug, Default, Parser)]
#[command(name = "goxel-daemon", version = concat!("version ", env!("CARGO_PKG_VERSION")))]
#[command(disable_version_flag = true)]
pub(crate) struct Flags {
    /// The socket [default: $GOXEL_SOCKET, else $XDG_RUNTIME_DIR/goxel/goxel.sock, else
    /// /tmp/goxel-daemon.sock]
    #[arg(short, long, value_name = "PATH", value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from))]
    pub(crate) socket: Option<PathBuf>,
    /// Who may connect, in octal [default: 0600]
    #[arg(long, value_name = "MODE", value_parser = parse_mode)]
    pub(crate) socket_mode: Option<u32>,
    /// Read the configuration from this file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Stay in the foreground (the default)
    #[arg(short, long, conflicts_with = "daemonize")]
    pub(crate) foreground: bool,
    /// Go to the background once clients can connect
    #[arg(short = 'D', long)]
    pub(crate) daemonize: bool,
    /// Write the process id to this file [default with --daemonize: beside the socket]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) pid_file: Option<PathBuf>,
    /// Log to this file, not to standard error
    #[arg(short, long, value_name = "FILE")]
    pub(crate) log_file: Option<PathBuf>,
    /// Change to this directory, so that paths in requests are relative to it
    #[arg(short, long, value_name = "DIR")]
    pub(crate) working_dir: Option<PathBuf>,
    /// Keep paths in requests beneath this directory; may be given several times
    #[arg(long = "root", value_name = "DIR")]
    pub(crate) roots: Vec<PathBuf>,
    /// Keep every project in this directory, so that nothing is lost where the daemon or the machine
    /// stops; it is made where it is missing [default: none]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Keep nothing, whatever the configuration says
    #[arg(long, conflicts_with = "data_dir")]
    pub(crate) no_data_dir: bool,
    /// When an edit is on the disk: always (before it is answered), everysec (a second later at the
    /// most), off (when the system thinks so) [default: everysec]
    #[arg(long, value_name = "WHEN", value_parser = parse_durability)]
    pub(crate) durability: Option<Durability>,
    /// What the data directory may have of older versions, in bytes or with K, M, G or T behind the
    /// number; 0 keeps none but those with tags [default: 1G]
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    pub(crate) history_max: Option<u64>,
    /// Have all projects of the daemon at this socket, and edit none of them, until goxel-cli promote
    #[arg(long, value_name = "SOCKET", conflicts_with = "follow_command")]
    pub(crate) follow: Option<PathBuf>,
    /// The same, where this command's standard input and output lead to that daemon, as those of
    /// `ssh host goxel-cli pipe` do
    #[arg(long, value_name = "COMMAND")]
    pub(crate) follow_command: Option<String>,
    /// With --durability always: answer edits when so many followers have them on their disks, too: 0 to
    /// 16 [default: 0]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(0..=FOLLOWERS_MAX as i64))]
    pub(crate) ack_followers: Option<u32>,
    /// Seconds after which edits are refused that too few followers have: 1 to 3600 [default: 10]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) ack_timeout: Option<u32>,
    /// Open files to be looked at; edit no project and write no file
    #[arg(long)]
    pub(crate) read_only: bool,
    /// Become this user once the socket is there (needs root)
    #[arg(short, long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// Become this group (needs root)
    #[arg(short, long, value_name = "NAME")]
    pub(crate) group: Option<String>,

    /// Threads for long work, at the most: 1 to 64 [default: 16]
    #[arg(short = 'j', long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(WORKERS))]
    pub(crate) workers: Option<u32>,
    /// Long work that may wait for a thread: 1 to 65536 [default: 1024]
    #[arg(short, long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(COUNTS))]
    pub(crate) queue_size: Option<u32>,
    /// Clients at once: 1 to 65536 [default: 10000]
    #[arg(short, long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(COUNTS))]
    pub(crate) max_connections: Option<u32>,
    /// Which forms of requests are answered: auto, jsonrpc, tool-calls [default: auto]
    #[arg(short = 'P', long, value_name = "FORM")]
    pub(crate) protocol: Option<Protocol>,
    /// The kernel's interface: auto, mio (epoll, kqueue), uring (io_uring) [default: auto]
    #[arg(long, value_name = "NAME")]
    pub(crate) io: Option<Io>,
    /// Microseconds to poll for the next request before blocking, at the most; 0 is never
    /// [default: 50]
    #[arg(long, value_name = "MICROSECONDS", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub(crate) spin: Option<u32>,
    /// Memory that the daemon may take, in bytes or with K, M, G or T behind the number [default:
    /// $GOXEL_MEMORY_MAX, else three quarters of what the machine or its control group has]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) memory_max: Option<u64>,
    /// Seconds after which a transaction is rolled back whose client calls nothing: 1 to 86400
    /// [default: 300]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub(crate) transaction_idle: Option<u32>,
    /// Milliseconds after which a call is kept in the log of slow ones (goxel.slow_log); 0 is every
    /// call [default: 10]
    #[arg(long, value_name = "MILLISECONDS", value_parser = clap::value_parser!(u32).range(0..=3_600_000))]
    pub(crate) slow: Option<u32>,
    /// The program that runs scripts [default: goxel-script beside this one, else in PATH]
    #[arg(long, value_name = "PATH")]
    pub(crate) script_program: Option<PathBuf>,
    /// Keep the loop and the workers on processor cores of their own
    #[arg(long)]
    pub(crate) pin: bool,
    /// Taken for the sake of older scripts; requests are answered in their order
    #[arg(long)]
    pub(crate) priority_queue: bool,

    /// Say whether the daemon of the pid file, or else of the socket, runs
    #[arg(long, group = "control")]
    pub(crate) status: bool,
    /// End that daemon, and wait for its end
    #[arg(long, group = "control")]
    pub(crate) stop: bool,
    /// Have that daemon read its configuration anew
    #[arg(long, group = "control")]
    pub(crate) reload: bool,
    /// Check every byte of the data directory, which no daemon may use meanwhile
    #[arg(long, group = "control")]
    pub(crate) check: bool,
    /// Keep what can be kept of a damaged data directory, and move aside what cannot
    #[arg(long, group = "control")]
    pub(crate) repair: bool,
    /// Make the data directory, which has to be empty or missing, of a backup
    #[arg(long, group = "control", value_name = "FILE")]
    pub(crate) restore_backup: Option<PathBuf>,

    /// What is logged: error, warn, info, debug [default: info with a log file, else warn]
    #[arg(long, value_name = "LEVEL")]
    pub(crate) log_level: Option<tracing::Level>,
    /// Log more: debug
    #[arg(short = 'V', long)]
    pub(crate) verbose: bool,
    /// Print the version
    #[arg(short, long, action = clap::ArgAction::Version)]
    version: Option<bool>,
    /// Words that older scripts pass; they are ignored
    #[arg(hide = true)]
    words: Vec<String>,
}

/// The permissions of a socket, in octal.
///
/// # Errors
/// Where it is none.
pub(crate) fn parse_mode(text: &str) -> Result<u32, String> {
    let mode = u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= MODE_MAX);
    mode.ok_or_else(|| format!("`{text}` is no octal number up to 0777"))
}

/// When an edit is on the disk.
///
/// # Errors
/// Where it is none of the words.
pub(crate) fn parse_durability(text: &str) -> Result<Durability, String> {
    match text {
        "always" => Ok(Durability::Always),
        "everysec" => Ok(Durability::EverySec),
        "off" => Ok(Durability::Off),
        other => Err(format!("`{other}` is none of always, everysec, off")),
    }
}

/// A number of bytes, as [`parse_bytes`], that is no less than the daemon needs of memory.
///
/// # Errors
/// Where it is none, or less.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    match parse_bytes(text)? {
        bytes if bytes >= MEMORY_MAX_MIN => Ok(bytes),
        _ => Err(format!("`{text}` is less than the daemon needs: {}M", MEMORY_MAX_MIN >> 20)),
    }
}

/// A number of bytes: `512M`, `1073741824`.
///
/// # Errors
/// Where it is none.
pub(crate) fn parse_bytes(text: &str) -> Result<u64, String> {
    let (number, shift) = match text.as_bytes() {
        [.., b'K' | b'k'] => (&text[..text.len() - 1], 10),
        [.., b'M' | b'm'] => (&text[..text.len() - 1], 20),
        [.., b'G' | b'g'] => (&text[..text.len() - 1], 30),
        [.., b'T' | b't'] => (&text[..text.len() - 1], 40),
        _ => (text, 0),
    };
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    bytes.ok_or_else(|| format!("`{text}` is no number of bytes, as 512M or 1073741824 are"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Flags, clap::error::ErrorKind> {
        let args = ["goxel-daemon"].iter().chain(args);
        Flags::try_parse_from(args).map_err(|error| error.kind())
    }

    #[test]
    fn limits_at_and_past_them() {
        use clap::error::ErrorKind::ValueValidation;
        for (flag, good, bad) in [
            ("-j", ["1", "64"], ["0", "65"]),
            ("-q", ["1", "65536"], ["0", "65537"]),
            ("-m", ["1", "65536"], ["0", "x"]),
            ("--spin", ["0", "10000"], ["10001", "1.5"]),
            ("-P", ["tool-calls", "mcp"], ["MCP", "xml"]),
            ("--io", ["uring", "mio"], ["epoll", ""]),
            ("--transaction-idle", ["1", "86400"], ["0", "86401"]),
            ("--slow", ["0", "3600000"], ["3600001", "x"]),
            ("--ack-followers", ["0", "16"], ["17", "x"]),
            ("--ack-timeout", ["1", "3600"], ["0", "3601"]),
            ("--socket-mode", ["0660", "700"], ["0999", "1777"]),
            ("--log-level", ["warn", "debug"], ["loud", ""]),
            ("--durability", ["always", "off"], ["never", ""]),
            ("--memory-max", ["64M", "67108864"], ["65535K", "12X"]),
            ("--memory-max", ["2g", "16777215T"], ["16777216T", "0"]),
            ("--history-max", ["0", "16777215T"], ["16777216T", "x"]),
        ] {
            good.iter().for_each(|value| assert!(parse(&[flag, value]).is_ok(), "{flag} {value}"));
            for value in bad {
                assert_eq!(parse(&[flag, value]).err(), Some(ValueValidation), "{flag} {value}");
            }
        }
    }

    #[test]
    fn what_older_scripts_pass() {
        let flags =
            parse(&["start", "-f", "-j", "4", "--priority-queue", "-V", "-s", "/s"]).unwrap();
        assert!(flags.foreground && flags.verbose && flags.workers == Some(4));
        assert!(parse(&["-f", "-D"]).is_err() && parse(&["--stop", "--status"]).is_err());
        assert!(parse(&["--no-such-flag"]).is_err());
    }
}
