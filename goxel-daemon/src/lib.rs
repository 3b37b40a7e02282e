//! The daemon: the one place where the wire meets the model.
//!
//! ```text
//! frame -> server (batches, ids) -> dispatch (which kind of handler) -> handlers (one file a topic)
//! ```
//!
//! The binary is a thin layer of flags over [`serve`].

mod dispatch;
mod handlers;
mod process;
mod renders;
mod server;
mod state;

use std::path::Path;

use goxel_io::{EventLoop, Settings};
use goxel_proto::limits::FRAME_BYTES_MAX;

/// Serves on the socket at `socket` until a signal or a request ends it. `ready` is called when
/// clients can connect. The socket's file is removed at the end.
///
/// # Errors
/// Where the socket cannot be had, or the system refuses what the loop needs.
pub fn serve(socket: &Path, ready: impl FnOnce()) -> std::io::Result<()> {
    let listener = goxel_io::bind(socket)?;
    let settings = Settings { frame_bytes_max: FRAME_BYTES_MAX };
    let events = EventLoop::new(listener, settings, server::Server::default())?;
    // Not before: a signal that comes now ends the loop in order, one that came earlier would not.
    ready();
    events.run()
}
