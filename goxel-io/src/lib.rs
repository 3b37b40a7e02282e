//! The engine room: sockets, the event loop, and the workers.
//!
//! ```text
//!  clients --socket--> loop thread: EventLoop -> Connection -> Service (the daemon)
//!                         |  ^
//!                    jobs |  | what they gave, and a wake-up
//!                         v  |
//!                      worker threads: Workers
//! ```
//!
//! Nothing here knows what a request means: a [`Service`] is handed frames and appends replies.

mod connection;
mod event_loop;
mod listener;
mod service;
mod workers;

pub use event_loop::{EventLoop, Settings};
pub use listener::{Listener, bind};
pub use service::{Job, Service, Verdict};
