//! `goxel-daemon`: flags, the log, and [`goxel_daemon::serve`].

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tracing::Level;

/// Where the socket is when nothing says otherwise, as clients of older daemons expect.
const FALLBACK_SOCKET: &str = "/tmp/goxel-daemon.sock";

/// Holds voxel projects in memory and serves them over JSON-RPC on a Unix socket.
#[derive(Debug, Parser)]
#[command(name = "goxel-daemon", version, disable_version_flag = true)]
struct Flags {
    /// The socket [default: $GOXEL_SOCKET, else $XDG_RUNTIME_DIR/goxel/goxel.sock, else
    /// /tmp/goxel-daemon.sock]
    #[arg(short, long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Stay in the foreground (the default)
    #[arg(short, long)]
    foreground: bool,
    /// Log more
    #[arg(short = 'V', long)]
    verbose: bool,
    /// Print the version
    #[arg(short, long, action = clap::ArgAction::Version)]
    version: Option<bool>,
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_max_level(if flags.verbose { Level::DEBUG } else { Level::WARN })
        .init();
    let socket = flags.socket.unwrap_or_else(default_socket);
    let ready = || {
        // Whoever started this waits for the line; nobody need read it.
        let mut out = std::io::stdout();
        let _ = writeln!(out, "listening on {}", socket.display()).and_then(|()| out.flush());
    };
    match goxel_daemon::serve(&socket, ready) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "goxel-daemon: {error}");
            ExitCode::FAILURE
        }
    }
}

fn default_socket() -> PathBuf {
    let path = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    path("GOXEL_SOCKET").unwrap_or_else(|| match path("XDG_RUNTIME_DIR") {
        Some(dir) => dir.join("goxel").join("goxel.sock"),
        None => FALLBACK_SOCKET.into(),
    })
}
