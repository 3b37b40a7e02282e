//! What the event loop has and got, for `goxel.get_status`, and its refusals in words.

use std::sync::atomic::Ordering;

use goxel_io::{Refusal, Status};
use goxel_proto::json::Writer;
use goxel_proto::{ErrorCode, RpcError};

/// The names of the tiers of buffers, in the order of [`goxel_io::BufferUsage::buffers`].
const TIERS: [&str; 4] = ["512", "4096", "65536", "larger"];

/// Writes the figures as one object.
pub(crate) fn write(status: &Status, w: &mut Writer<'_>) {
    let buffers = status.buffers();
    w.object(|w| {
        w.member("os", std::env::consts::OS);
        w.member("arch", std::env::consts::ARCH);
        let facilities = goxel_io::facilities();
        w.key("facilities").array(|w| facilities.iter().for_each(|name| w.element(*name)));
        w.member("io", status.io.get().copied().unwrap_or("none"));
        w.member("pages", buffers.pages.name());
        w.member("memory_nodes", status.memory_nodes.get().copied().unwrap_or(1));
        w.member("connections", status.connections.load(Ordering::Relaxed));
        w.member("held_back", status.held_back.load(Ordering::Relaxed));
        w.member("unread_bytes", status.unread_bytes.load(Ordering::Relaxed));
        w.member("accepted", status.accepted.load(Ordering::Relaxed));
        w.member("workers", status.workers.load(Ordering::Relaxed));
        w.member("jobs", status.jobs.load(Ordering::Relaxed));
        w.key("buffers").object(|w| {
            TIERS.iter().zip(buffers.buffers).for_each(|(tier, count)| w.member(tier, count));
        });
        w.member("buffer_bytes_larger", buffers.large_bytes);
        w.member("arena_bytes", buffers.arena_bytes);
        w.member("spins_paid", status.spins[0].load(Ordering::Relaxed));
        w.member("spins_missed", status.spins[1].load(Ordering::Relaxed));
    });
}

/// Why the loop closes a connection.
pub(crate) fn error(refusal: Refusal) -> RpcError {
    match refusal {
        Refusal::TooLong(limit) => RpcError::new(
            ErrorCode::Parse,
            format_args!("Parse error: the message is longer than {limit} bytes"),
        ),
        Refusal::TooMany(limit) => RpcError::new(
            ErrorCode::Internal,
            format_args!("The daemon is busy: {limit} clients are connected"),
        ),
        Refusal::NoRoom(limit) => RpcError::new(
            ErrorCode::Internal,
            format_args!("The daemon is busy: unfinished messages take {limit} bytes"),
        ),
    }
}

/// Requests are not answered: `--protocol tool-calls`.
pub(crate) fn tools_only() -> RpcError {
    RpcError::new(ErrorCode::InvalidRequest, "Invalid request: this daemon only takes tool calls")
}
