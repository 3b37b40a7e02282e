//! What the rows of methods say, for people and for programs: `docs/METHODS.md`, help on the command
//! line, JSON Schemas, and the OpenRPC document that `rpc.discover` answers with.

mod markdown;
mod openrpc;
pub mod schema;

pub use markdown::{markdown, plain};
pub use openrpc::openrpc;

/// JSON that may stand on several lines of a row, on one.
fn one_line(json: &str) -> String {
    json.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
