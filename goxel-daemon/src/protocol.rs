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
    /// Tool calls alone.
    Mcp,
}

impl Protocol {
    /// Whether `{"tool": ...}` is answered.
    pub(crate) fn takes_tools(self) -> bool {
        self != Self::JsonRpc
    }

    /// Whether JSON-RPC is answered.
    pub(crate) fn takes_requests(self) -> bool {
        self != Self::Mcp
    }
}

impl FromStr for Protocol {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "jsonrpc" => Ok(Self::JsonRpc),
            "mcp" => Ok(Self::Mcp),
            _ => Err(format!("`{text}` is none of auto, jsonrpc, mcp")),
        }
    }
}
