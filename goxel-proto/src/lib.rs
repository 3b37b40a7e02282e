//! The wire: from bytes to typed calls, and from results to bytes.
//!
//! ```text
//! bytes -> frame -> request (RequestView) -> method (Method) -> args -> calls (typed)
//!                                                  result -> response -> bytes
//! ```
//!
//! Everything that is read borrows from the input; replies are appended to the output buffer.
//! This crate does no I/O, looks at no clock, and knows no volume.

pub mod args;
pub mod base64;
mod brackets;
pub mod calls;
pub mod docs;
pub mod error;
pub mod frame;
pub mod json;
mod kernels;
pub mod limits;
pub mod method;
pub mod request;
pub mod response;
pub mod suggest;
pub mod tool;
pub mod types;
pub mod worker;

pub use args::{Args, Head};
pub use error::{ErrorCode, RpcError};
pub use method::Method;
pub use request::{Id, RequestView};
