//! The server's input and output: sockets, the event loop, buffers, and a thread pool.
//!
//! ```text
//!  clients --socket--> loop thread: Backend -> EventLoop -> Connection -> Service (the daemon)
//!                         |  ^        (epoll, kqueue or io_uring)
//!                    jobs |  | their results, and a wake-up
//!                         v  |
//!                      thread pool: Workers
//! ```
//!
//! Nothing here knows what a request means: a [`Service`] is handed frames and appends replies.

mod allocator;
mod backend;
mod backlog;
mod buffers;
mod busy_poll;
mod clock;
mod connection;
mod event_loop;

pub mod limits;
mod listener;
mod output;
mod own_file;
mod placement;
pub mod preemption;
mod service;
mod settings;

mod status;
mod sys;
mod wake;
mod workers;

pub use allocator::{HugePageAllocator, bytes_in_use};
pub use buffers::{BufferPool, BufferUsage, LargeFrame, Pages};
pub use event_loop::EventLoop;
#[cfg(fuzzing)]
pub use event_loop::fuzzing;
pub use listener::{Listener, SOCKET_MODE, adopt, bind};
pub use output::Output;
pub use own_file::{Access, open_own};
pub use service::{Class, Client, ClientInfo, Command, Job, Refusal, Service, Verdict};
pub use settings::{Io, Settings};
pub use status::{Status, facilities};
