//! [`Style`]: how a request is answered. Every reply is written here.

use goxel_io::Output;
use goxel_proto::json::Writer;
use goxel_proto::{Id, RpcError, response, tool};

use crate::fault::Result;

/// How a request is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Style<'a> {
    /// As JSON-RPC has it, under an id.
    JsonRpc(Id<'a>),
    /// As a tool's request.
    Tool,
}

/// A [`Style`] that outlives its request, while a job runs.
#[derive(Debug)]
pub(crate) enum Waiting {
    /// Under this id, or not at all.
    JsonRpc(Option<Vec<u8>>),
    /// As a tool's request.
    Tool,
}

impl Style<'_> {
    /// The style of replies to what could not be read.
    pub(crate) const NULL: Style<'static> = Style::JsonRpc(Id::NULL);

    /// Appends the reply that `result` makes.
    pub(crate) fn reply(
        self,
        out: &mut Vec<u8>,
        result: impl FnOnce(&mut Writer<'_>) -> Result<(), RpcError>,
    ) {
        match self {
            Self::JsonRpc(id) => response::reply(out, id, result),
            Self::Tool => tool::reply(out, result),
        }
    }

    /// Appends an error reply.
    pub(crate) fn error(self, out: &mut Vec<u8>, error: RpcError) {
        self.reply(out, |_| Err(error));
    }

    /// Appends the reply with this result, which is not copied where it is long.
    pub(crate) fn hand_over(self, out: &mut Output, json: Vec<u8>) {
        // What is around it, with one byte in its place that is in no reply.
        let mut around = Vec::new();
        self.reply(&mut around, |writer| {
            writer.raw(&[0]);
            Ok(())
        });
        let Some(place) = around.iter().position(|byte| *byte == 0) else { return };
        out.extend_from_slice(&around[..place]);
        out.hand_over(json);
        out.extend_from_slice(&around[place + 1..]);
    }

    /// Keeps it while a job runs.
    pub(crate) fn to_waiting(self) -> Waiting {
        match self {
            Self::JsonRpc(Id::Absent) => Waiting::JsonRpc(None),
            Self::JsonRpc(Id::Raw(raw)) => Waiting::JsonRpc(Some(raw.to_vec())),
            Self::Tool => Waiting::Tool,
        }
    }
}

impl Waiting {
    /// The style as it was.
    pub(crate) fn style(&self) -> Style<'_> {
        match self {
            Self::JsonRpc(id) => Style::JsonRpc(id.as_deref().map_or(Id::Absent, Id::Raw)),
            Self::Tool => Style::Tool,
        }
    }
}
