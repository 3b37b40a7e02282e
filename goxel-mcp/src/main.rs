//! The program: from flags to a server.
//!
//! Standard output carries the protocol and nothing else. What people are told goes to standard error.

#![forbid(unsafe_code)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser;
use goxel_client::Daemon;
use goxel_mcp::audit::Audit;
use goxel_mcp::http::{Door, Listener, PATH};
use goxel_mcp::pool::Confinement;
use goxel_mcp::server::{Server, Settings};
use goxel_mcp::token::Token;
use goxel_mcp::tool::Limits;
use goxel_mcp::{stdio, workspace};

/// What is still under way at the end may take so long to stop.
const END_WITHIN: Duration = Duration::from_secs(3);

/// A server of the Model Context Protocol: language models build voxel models with goxel-daemon, which
/// it starts where none runs. Without --http it speaks over standard input and output
#[derive(Debug, Parser)]
#[command(name = "goxel-mcp", version, max_term_width = 100)]
struct Flags {
    /// The one directory whose files can be read and written [default: $GOXEL_WORKSPACE, else ~/goxel]
    #[arg(short, long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// Change nothing: tools that would refuse
    #[arg(long)]
    read_only: bool,
    /// Write over no file, whatever a call asks for
    #[arg(long)]
    no_overwrite: bool,
    /// Throw away no unsaved project, whatever a call asks for
    #[arg(long)]
    no_discard: bool,
    /// Voxels that one call may name or fill, at the most
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    max_voxels: Option<u64>,
    /// Seconds that one call may take: 1 to 86400
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,
    /// Write a line about each tool call to this file
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    /// Write these lines to standard error, where they go to no file
    #[arg(short, long)]
    verbose: bool,
    /// The daemon's socket [default: $GOXEL_SOCKET, else $XDG_RUNTIME_DIR/goxel/goxel.sock, else
    /// /tmp/goxel-daemon.sock]
    #[arg(short, long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Listen for HTTP on this address, 127.0.0.1:8765 say; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS:PORT")]
    http: Option<SocketAddr>,
    /// Take the token that clients over HTTP have to show from this file; else one is made and printed
    #[arg(long, value_name = "FILE", requires = "http")]
    token_file: Option<PathBuf>,
    /// Let other machines come: the address may be one that they reach. There is no encryption
    #[arg(long, requires = "http")]
    allow_remote: bool,
    /// A name or an address that clients know this machine by, besides localhost
    #[arg(long, value_name = "NAME", requires = "http")]
    allow_host: Vec<String>,
}

fn main() -> ExitCode {
    match run(&Flags::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("goxel-mcp: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags) -> Result<()> {
    let door = door(flags)?;
    let server = server(flags)?;
    // One thread for the protocol; calls are carried out on others.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        match door {
            None => stdio::serve(server).await,
            Some(door) => listen(server, door, flags.token_file.is_none()).await,
        }
    });
    runtime.shutdown_timeout(END_WITHIN);
    served
}

fn door(flags: &Flags) -> Result<Option<Door>> {
    let Some(address) = flags.http else { return Ok(None) };
    let token = match &flags.token_file {
        Some(path) => Token::read(path)?,
        None => Token::new()?,
    };
    let (allow_remote, hosts) = (flags.allow_remote, flags.allow_host.clone());
    Ok(Some(Door { address, token, allow_remote, hosts }))
}

fn server(flags: &Flags) -> Result<Server> {
    let workspace = workspace::open(flags.workspace.as_deref())?;
    eprintln!("goxel-mcp: workspace {}", workspace.display());
    let audit = match &flags.audit {
        Some(path) => {
            Audit::to(path).with_context(|| format!("cannot write to {}", path.display()))?
        }
        None if flags.verbose => Audit::Stderr,
        None => Audit::None,
    };
    let mut limits = Limits {
        overwrite: !flags.no_overwrite,
        discard: !flags.no_discard,
        workspace: workspace.clone(),
        ..Limits::default()
    };
    if let Some(voxels) = flags.max_voxels {
        limits.voxels = voxels;
    }
    let settings = Settings {
        confinement: Confinement { workspace, read_only: flags.read_only },
        limits,
        time: Duration::from_secs(flags.timeout),
        audit,
    };
    Ok(Server::new(Daemon::find(flags.socket.as_deref()), settings))
}

async fn listen(server: Server, door: Door, tells_token: bool) -> Result<()> {
    let token = door.token.clone();
    let listener = Listener::open(server, door).await?;
    if tells_token {
        eprintln!("goxel-mcp: token {}", token.secret());
    }
    eprintln!("goxel-mcp: listening on http://{}{PATH}", listener.address()?);
    listener.serve().await
}
