//! [`TOOLS`]: every tool, in the order in which they are listed.

use crate::tool::Tool;

/// Every tool.
pub static TOOLS: &[Tool] = &[];
