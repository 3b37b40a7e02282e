//! What every client of goxel-daemon needs, and nothing that only a terminal does.
//!
//! ```text
//! Daemon -- connect, or start and connect --> Client -- call: one request, its reply
//!                                                    -- send, reply: one's own rhythm
//!                                             Pipeline -- many requests in flight, bounded
//! ```
//!
//! A client finds the daemon's socket ([`Daemon::find`]), connects to it or starts a daemon there
//! ([`Daemon::connect_or_start`]), and calls methods:
//!
//! ```no_run
//! use goxel_client::{Daemon, Found};
//! use goxel_proto::Method;
//!
//! # fn main() -> Result<(), goxel_client::Error> {
//! let mut client = match Daemon::find(None).connect_or_start()? {
//!     Found::Running(client) | Found::Started(client) => client,
//! };
//! let reply = client.call(Method::AddVoxel, Some("castle"), |params| {
//!     params.member("x", 1);
//!     params.member("y", 2);
//!     params.member("z", 3);
//!     params.member("color", [255, 0, 0, 255]);
//! })?;
//! println!("{}", String::from_utf8_lossy(reply.raw()));
//! # Ok(())
//! # }
//! ```
//!
//! Programs that send many requests build them in [`Requests`] and let a [`Pipeline`] send them:
//! some are on their way while earlier ones are answered, and never so many that daemon and client
//! each wait for the other to read. Everything blocks: a client has one connection and no threads.
//!
//! What others do meanwhile a connection is told of that called `goxel.subscribe`:
//! [`Client::next_event`] gives each [`Event`].
//!
//! Where a call may take long, an [`Onlooker`] can look on ([`Daemon::watch`]): it is told how
//! far the call is, and may have it cancelled, for which a second connection is made.

#![forbid(unsafe_code)]

mod cancel;
mod client;
mod daemon;
mod ending;
mod error;
mod event;
mod exchange;
mod onlooker;
mod pipeline;
mod reply;
mod requests;
mod start;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod watched;

pub use client::{Client, SessionName};
pub use daemon::{Daemon, Found};
pub use ending::Process;
pub use error::{Error, Refusal};
pub use event::{Event, Job, Missed};
pub use onlooker::{Onlooker, Told, Wish};
pub use pipeline::{Bounds, Pipeline};
pub use requests::Requests;
