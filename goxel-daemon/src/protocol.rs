//! [`Protocol`]: which forms of requests the daemon answers.

use std::str::FromStr;

/// Which forms of requests are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// Both.
    #[default]
    Auto,
    /// JSON-RPC alone.
    JsonRpc,
    /// `{"tool": ...}` alone.
    ToolCalls,
}

impl Protocol {
    /// Whether `{"tool": ...}` is answered.
    pub(crate) fn takes_tools(self) -> bool {
        self != Self::JsonRpc
    }

    /// Whether JSON-RPC is answered.
    pub(crate) fn takes_requests(self) -> bool {
        self != Self::ToolCalls
    }
}

impl FromStr for Protocol {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "jsonrpc" => Ok(Self::JsonRpc),
            // What it was called before there was a server of the Model Context Protocol, which this
            // form of requests is not.
            "tool-calls" | "mcp" => Ok(Self::ToolCalls),
            _ => Err(format!("`{text}` is none of auto, jsonrpc, tool-calls")),
        }
    }
}
