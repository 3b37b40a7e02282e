//! [`Text`]: a request as it came, which is read a second time where it waits or goes to a worker.
//!
//! Long ones are not copied for that, and the longest are read on workers only: of those the loop
//! knows the [`Head`]. Whatever a request means by "the active layer" or a name is looked up when it
//! is carried out.

use std::ops::Range;
use std::sync::Arc;

use goxel_io::LargeFrame;
use goxel_proto::json::{Unread, Value};
use goxel_proto::tool::ToolCall;
use goxel_proto::{Args, Head, Method, RequestView, RpcError};

use crate::fault::Result;
use crate::reply::Waiting;

/// Bytes of a request whose parameters are read on the loop. Longer ones are read on a worker.
pub(crate) const READ_HERE_BYTES: usize = 64 << 10;

/// A part of a large frame, which others share.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    frame: Arc<LargeFrame>,
    range: Range<usize>,
}

impl Piece {
    /// All of a frame.
    pub(crate) fn whole(frame: LargeFrame) -> Self {
        let range = 0..frame.len();
        Self { frame: Arc::new(frame), range }
    }

    /// The part of it that these bytes are, which were found in it.
    pub(crate) fn part(&self, bytes: &[u8]) -> Self {
        let start = bytes.as_ptr().addr() - self.frame.as_ptr().addr();
        Self { frame: Arc::clone(&self.frame), range: start..start + bytes.len() }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.frame[self.range.clone()]
    }
}

/// What the loop knows of a call that was read on a worker.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) style: Waiting,
    pub(crate) method: Method,
    /// Its short parameters.
    pub(crate) head: Head,
}

/// A request of a batch.
#[derive(Debug)]
pub(crate) enum Element {
    Own(Vec<u8>),
    /// It is a part of a large frame.
    Shared(Piece),
}

/// What a long text was found to be.
#[derive(Debug)]
pub(crate) enum Found {
    Call(Piece, Arc<Envelope>),
    /// An array of requests.
    Batch(Piece, Vec<Element>),
    Refused(Waiting, RpcError),
}

/// A request as it came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    bytes: &'a [u8],
    /// Whether it is a tool's request, rather than as JSON-RPC has it.
    is_tool: bool,
    /// The same bytes, where they are a part of a frame that can be kept.
    piece: Option<&'a Piece>,
    envelope: Option<&'a Arc<Envelope>>,
}

impl<'a> Text<'a> {
    /// A request in these bytes. `piece` has the same ones, where it is told.
    pub(crate) fn new(bytes: &'a [u8], is_tool: bool, piece: Option<&'a Piece>) -> Self {
        Self { bytes, is_tool, piece, envelope: None }
    }

    /// One that was read on a worker.
    pub(crate) fn of_envelope(piece: &'a Piece, envelope: &'a Arc<Envelope>) -> Self {
        let is_tool = matches!(envelope.style, Waiting::Tool);
        Self { envelope: Some(envelope), ..Self::new(piece.bytes(), is_tool, Some(piece)) }
    }

    /// Whether its parameters are to be read on a worker.
    pub(crate) fn is_large(&self) -> bool {
        self.bytes.len() > READ_HERE_BYTES
    }

    /// The name of a parameter that the loop does not know, because it is long.
    pub(crate) fn left_out(&self) -> Option<&'static str> {
        self.envelope?.head.left_out
    }

    /// Keeps it for later.
    pub(crate) fn keep(&self) -> Kept {
        let bytes = match self.piece {
            Some(piece) => Bytes::Shared(piece.clone()),
            None => Bytes::Own(self.bytes.to_vec()),
        };
        Kept { bytes, is_tool: self.is_tool, envelope: self.envelope.cloned() }
    }
}

#[derive(Debug)]
enum Bytes {
    Own(Vec<u8>),
    Shared(Piece),
}

/// A request that is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    bytes: Bytes,
    is_tool: bool,
    envelope: Option<Arc<Envelope>>,
}

impl Kept {
    /// Its bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Own(bytes) => bytes,
            Bytes::Shared(piece) => piece.bytes(),
        }
    }

    /// Its bytes once more, where others share them.
    pub(crate) fn piece(&self) -> Option<&Piece> {
        match &self.bytes {
            Bytes::Own(_) => None,
            Bytes::Shared(piece) => Some(piece),
        }
    }

    /// What is known of it where it was read on a worker.
    pub(crate) fn envelope(&self) -> Option<(&Piece, &Arc<Envelope>)> {
        Some((self.piece()?, self.envelope.as_ref()?))
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
