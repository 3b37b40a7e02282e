//! [`Text`]: a request as it came, which is read a second time where it waits or goes to a worker.
//!
//! Reading it again costs little beside what it then does, and whatever a request means by "the
//! active layer" or a name is looked up when it is carried out.

use goxel_proto::json::{Unread, Value};
use goxel_proto::tool::ToolCall;
use goxel_proto::{Args, Method, RequestView, RpcError};

use crate::fault::Result;

/// A request as it came.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Text<'a> {
    /// As JSON-RPC has it.
    Request(&'a [u8]),
    /// As a tool's request.
    Tool(&'a [u8]),
}

impl Text<'_> {
    /// Its bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        let (Self::Request(bytes) | Self::Tool(bytes)) = self;
        bytes
    }

    /// Keeps it for later.
    pub(crate) fn keep(&self) -> Kept {
        Kept { bytes: self.bytes().to_vec(), is_tool: matches!(self, Self::Tool(_)) }
    }
}

/// A request that is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    bytes: Vec<u8>,
    is_tool: bool,
}

impl Kept {
    /// Its bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Does something with its parameters, which were found to be in order before as far as
    /// [`Args::new`] looks.
    pub(crate) fn with_args<T>(
        &self,
        method: Method,
        act: impl FnOnce(&Args<'_>) -> Result<T>,
    ) -> Result<T> {
        if self.is_tool {
            let value = Value::parse(&self.bytes).map_err(RpcError::parse)?;
            let call = ToolCall::read(value).ok_or_else(unreadable)?;
            let (_, params) = call.resolve()?;
            return act(&Args::new(method, params.value()?.map(Unread::from))?);
        }
        let request = RequestView::read(&self.bytes).map_err(|refusal| refusal.error)?;
        act(&Args::new(method, request.params)?)
    }
}

/// It could be read before.
#[cold]
fn unreadable() -> RpcError {
    RpcError::new(goxel_proto::ErrorCode::InvalidRequest, "Invalid request: it is no tool's")
}
