//! Goxel from the outside: real daemons on private sockets, driven by the real command line.
//!
//! One binary, a module a topic. [`world`] builds the programs and gives each test a place of its
//! own.

// What clippy knows of tests are `#[test]` functions; here are their helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cancel;
mod castle;
mod command_line;
mod command_line_pages;
mod completion;
mod crowd;
mod docs;
mod door;
mod engine;
mod events;
mod examples;
mod gallery;
mod golden;
mod json_suite;
mod kills;
mod lifecycle;
mod mcp;
mod memory;
mod methods;
mod peer_faults;
mod random;
mod scripts;
mod service;
mod sessions;
mod tools;
mod transcript;
mod units;
mod versions;
mod wire;
mod world;
