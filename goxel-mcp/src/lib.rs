//! goxel-mcp: language models build voxel models, by the Model Context Protocol.
//!
//! It is one more client of goxel-daemon, which holds the projects and knows nothing of the protocol.

#![forbid(unsafe_code)]

pub mod tool;
pub mod tools;
