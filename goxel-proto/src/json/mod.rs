//! JSON without a document: a pull reader over borrowed bytes, and a writer into a buffer.
//!
//! What is read is exactly what RFC 8259 allows, in UTF-8, nested at most
//! [`DEPTH_MAX`](crate::limits::DEPTH_MAX) deep.

mod blocks;
mod check;
mod levels;
mod lexer;
mod number;
mod reader;
mod string;
mod value;
mod walk;
mod writer;

pub use number::Number;
pub use reader::Reader;
pub use string::Str;
pub use value::{Kind, Unread, Value};
pub use walk::{Elements, Members};
pub use writer::{ToJson, Writer};

use std::fmt;

/// Why bytes are not JSON, and at which of them that showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Bytes from the start of what was read.
    pub offset: usize,
    /// What was wrong.
    pub what: &'static str,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.what, self.offset)
    }
}

impl std::error::Error for SyntaxError {}

#[cfg(test)]
mod block_tests;
#[cfg(test)]
mod tests;
