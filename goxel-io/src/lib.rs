//! The engine room: sockets, the event loop, buffers, and the workers.
//!
//! ```text
//!  clients --socket--> loop thread: Backend -> EventLoop -> Connection -> Service (the daemon)
//!                         |  ^        (epoll or io_uring)
//!                    jobs |  | what they gave, and a wake-up
//!                         v  |
//!                      worker threads: Workers
//! ```
//!
//! Nothing here knows what a request means: a [`Service`] is handed frames and appends replies.

mod backend;
mod buffers;
mod connection;
mod event_loop;
mod heap;
pub mod limits;
mod listener;
mod placement;
mod service;
mod settings;
mod spin;
mod status;
mod sys;
mod wake;
mod workers;

pub use buffers::{Pages, Pool, PoolUse};
pub use event_loop::EventLoop;
pub use heap::Heap;
pub use listener::{Listener, SOCKET_MODE, adopt, bind};
pub use service::{Job, Refusal, Service, Verdict};
pub use settings::{Io, Settings};
pub use status::{Status, facilities};
