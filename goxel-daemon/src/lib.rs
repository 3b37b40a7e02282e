//! The daemon: the one place where the wire meets the model.
//!
//! ```text
//! frame -> server (batches, ids) -> dispatch (which kind of handler) -> handlers (one file a topic)
//!                                      `-> gate (every change of a project) --^
//! ```
//!
//! The binary is a thin layer of flags over [`serve`].

mod backup;
mod dispatch;
mod door;
mod engine;
mod events;
mod fault;
mod follow;
#[cfg(fuzzing)]
pub mod fuzzing;
mod gate;
mod handler;
mod handlers;
mod jobs;
mod meant;
mod memory;
mod process;
mod protocol;
mod renders;
mod reply;
mod scripts;
mod server;
mod session;
mod state;
mod stoppable;
mod storage;
mod text;
mod thread_pool;
mod voxel_reply;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use goxel_io::{EventLoop, Listener, SOCKET_MODE, Service, Settings, Status};
use goxel_proto::ErrorCode;
use goxel_proto::limits::FRAME_BYTES_MAX;
pub use goxel_store::journal::Durability;

pub use self::door::Rights;
pub use self::follow::Source;
pub use self::gate::TRANSACTION_IDLE_S;
pub use self::memory::{MEMORY_MAX_MIN, limit_memory, messages_max};
pub use self::protocol::Protocol;
use self::state::State;
pub use self::watch::{SLOW_MS, SlowAfter};

/// Serves on the socket at `socket` until a signal or a request ends it. `ready` is called when
/// clients can connect. The socket's file is removed at the end.
///
/// # Errors
/// Where the socket cannot be had, or the system refuses what the loop needs.
pub fn serve(socket: &Path, ready: impl FnOnce()) -> std::io::Result<()> {
    let listener = goxel_io::bind(socket, SOCKET_MODE)?;
    let settings = Settings::new(FRAME_BYTES_MAX);
    let entrance = Entrance { listener, rights: Rights::default() };
    let events = event_loop(entrance, Vec::new(), settings, Options::default(), None)?;
    // Not before: a signal that comes now ends the loop in order, one that came earlier would not.
    ready();
    events.run()
}

/// A data directory that was read, and what it shares with those of other daemons.
#[derive(Debug)]
pub struct Data {
    opened: storage::Opened,
    acks: Acks,
    source: Option<Source>,
}

impl Data {
    /// With edits answered when other daemons have them, too.
    #[must_use]
    pub fn waiting_for(self, acks: Acks) -> Self {
        Self { acks, ..self }
    }

    /// With the projects of another daemon, and none of its own.
    #[must_use]
    pub fn following(self, source: Option<Source>) -> Self {
        Self { source, ..self }
    }
}

/// Reads the directory that projects are kept in, and makes it where it is missing. Nobody else may use
/// it until the daemon ends. Of older versions it has so many bytes at the most.
///
/// # Errors
/// Where it cannot be had or read; a project that is damaged is told of in the log, and by calls that
/// want it.
pub fn open_data(
    path: &Path,
    durability: Durability,
    history_bytes_max: u64,
) -> anyhow::Result<Data> {
    let opened = storage::open(path, durability, history_bytes_max)?;
    Ok(Data { opened, acks: Acks::default(), source: None })
}

pub use self::backup::restore as restore_backup;
pub use self::storage::{
    Acks, FOLLOWERS_MAX, HISTORY_BYTES_MAX, check as check_data, repair as repair_data,
};

/// A way in, and what those may do who come by it.
#[derive(Debug)]
pub struct Entrance {
    /// Where they connect.
    pub listener: Listener,
    /// What they may do.
    pub rights: Rights,
}

/// How a daemon deals with its clients.
#[derive(Debug)]
pub struct Options {
    /// Which forms of requests are answered.
    pub protocol: Protocol,
    /// How long a transaction may be left alone.
    pub transaction_idle: Duration,
    /// Which calls are remembered as slow.
    pub slow: SlowAfter,
    /// The program that runs scripts; the one beside the daemon's own where it is not said, else that in `PATH`.
    pub script_program: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            protocol: Protocol::Auto,
            transaction_idle: Duration::from_secs(TRANSACTION_IDLE_S.into()),
            slow: SlowAfter::default(),
            script_program: None,
        }
    }
}

/// A daemon that serves by these ways in when it is run. `data` is where projects are kept, if they are.
///
/// # Errors
/// Where the system refuses what the loop needs.
pub fn event_loop(
    main: Entrance,
    others: Vec<Entrance>,
    settings: Settings,
    options: Options,
    data: Option<Data>,
) -> std::io::Result<EventLoop<impl Service>> {
    let status = Arc::new(Status::default());
    let (listeners, others): (Vec<_>, Vec<_>) =
        others.into_iter().map(|entrance| (entrance.listener, entrance.rights)).unzip();
    let engine = Arc::clone(&status);
    let mut server = server::Server::new(engine, main.rights, others, options);
    if let Some(Data { opened, acks, source }) = data {
        let State { projects, following, .. } = &mut server.state;
        let used = projects.use_storage(opened);
        used.map_err(|fault| std::io::Error::other(fault.into_rpc(ErrorCode::Storage).message))?;
        projects.want_followers(acks);
        if let Some(source) = source {
            following.follow(source, projects, Some(follow::thread::start));
        }
    }
    let events = EventLoop::new(main.listener, settings, status, server)?;
    Ok(listeners.into_iter().fold(events, EventLoop::and))
}
