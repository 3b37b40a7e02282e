//! [`Text`]: a request as it came, which is read a second time where it waits or goes to a worker.
//!
//! Long ones are not copied for that. Reading it again costs little beside what it then does, and whatever a request means by "the
//! active layer" or a name is looked up when it is carried out.

use std::sync::Arc;

use goxel_io::LargeFrame;
use goxel_proto::json::{Unread, Value};
use goxel_proto::tool::ToolCall;
use goxel_proto::{Args, Method, RequestView, RpcError};

use crate::fault::Result;

/// Bytes of a request whose parameters are read on the loop. Longer ones are read on a worker.
pub(crate) const READ_HERE_BYTES: usize = 64 << 10;

/// A request as it came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    bytes: &'a [u8],
    /// Whether it is a tool's request, rather than as JSON-RPC has it.
    is_tool: bool,
    /// Who owns the bytes, where they are many and all of them are this request.
    owner: Option<&'a Arc<LargeFrame>>,
}

impl<'a> Text<'a> {
    /// A request in these bytes. `owner` has the same ones, where it is told.
    pub(crate) fn new(bytes: &'a [u8], is_tool: bool, owner: Option<&'a Arc<LargeFrame>>) -> Self {
        Self { bytes, is_tool, owner: owner.filter(|owner| owner.len() == bytes.len()) }
    }

    /// Whether its parameters are to be read on a worker.
    pub(crate) fn is_large(&self) -> bool {
        self.bytes.len() > READ_HERE_BYTES
    }

    /// Keeps it for later.
    pub(crate) fn keep(&self) -> Kept {
        let bytes = match self.owner {
            Some(owner) => Bytes::Shared(Arc::clone(owner)),
            None => Bytes::Own(self.bytes.to_vec()),
        };
        Kept { bytes, is_tool: self.is_tool }
    }
}

#[derive(Debug)]
enum Bytes {
    Own(Vec<u8>),
    Shared(Arc<LargeFrame>),
}

/// A request that is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    bytes: Bytes,
    is_tool: bool,
}

impl Kept {
    /// Its bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Own(bytes) => bytes,
            Bytes::Shared(frame) => frame,
        }
    }

    /// Its bytes once more, where many requests share them.
    pub(crate) fn owner(&self) -> Option<&Arc<LargeFrame>> {
        match &self.bytes {
            Bytes::Own(_) => None,
            Bytes::Shared(frame) => Some(frame),
        }
    }

    /// Does something with its parameters, which were found to be in order before as far as
    /// [`Args::new`] looks.
    pub(crate) fn with_args<T>(
        &self,
        method: Method,
        act: impl FnOnce(&Args<'_>) -> Result<T>,
    ) -> Result<T> {
        if self.is_tool {
            let value = Value::parse(self.bytes()).map_err(RpcError::parse)?;
            let call = ToolCall::read(value).ok_or_else(unreadable)?;
            let (_, params) = call.resolve()?;
            return act(&Args::new(method, params.value()?.map(Unread::from))?);
        }
        let request = RequestView::read(self.bytes()).map_err(|refusal| refusal.error)?;
        act(&Args::new(method, request.params)?)
    }
}

/// It could be read before.
#[cold]
fn unreadable() -> RpcError {
    RpcError::new(goxel_proto::ErrorCode::InvalidRequest, "Invalid request: it is no tool's")
}
