//! goxel-mcp: language models build voxel models, by the Model Context Protocol.
//!
//! ```text
//! client -- stdio: lines --+                        +-- connection --+
//! client -- http ----------+-- server -- calls -- pool -- connection --+-- goxel-daemon
//!                              |  |   \      |                         |
//!                              |  |    \     +-- tool: what a call does
//!                              |  |     resources, prompts, completion
//!                              |  tasks: calls that take long
//!                              audit: a line a call
//! ```
//!
//! It is one more client of goxel-daemon, which holds the projects and knows nothing of the protocol.
//! The protocol itself is the official SDK's. What stands between is here: which connection a call has
//! and what that may do, how long a call may take, how it is stopped, and what tools there are.

#![forbid(unsafe_code)]

pub mod audit;
mod calls;
mod completion;
mod events;
mod files;
pub mod http;
pub mod lines;
mod listing;
mod lookout;
pub mod pool;
mod prompts;
mod resources;
pub mod server;
pub mod stdio;
mod tasks;
#[cfg(test)]
mod testing;
pub mod token;
pub mod tool;
pub mod tools;
pub mod workspace;
