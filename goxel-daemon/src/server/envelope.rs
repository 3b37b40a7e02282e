//! Envelopes of long requests, which are read on workers: which method is called, by which form, and its
//! short parameters. The loop goes on with what was found, and never looks at the text itself; nothing
//! of it that the loop has to copy is long.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use goxel_io::{Class, Job, Output, Verdict};
use goxel_proto::json::{Unread, Value};
use goxel_proto::request::{Message, Refusal};
use goxel_proto::tool::ToolCall;
use goxel_proto::{Args, ErrorCode, Head, Id, Method, RequestView, RpcError};

use super::batches;
use super::requests::unknown_method;
use super::{Server, refuse};
use crate::dispatch::Done;
use crate::engine;
use crate::fault::Fault;
use crate::protocol::Protocol;
use crate::reply::Style;
use crate::session::Session;
use crate::text::{Element, Envelope, Found, Piece, Text};

/// Bytes of a request that is read on the loop as a whole: that takes a tenth of a millisecond.
pub(super) const PARSED_HERE_BYTES: usize = 128 << 10;
/// Bytes of a long request's id, which stands in its reply: numbers and UUIDs have some tens.
const ID_BYTES_MAX: usize = 4096;
/// Bytes of an error about a long request: more is read by nobody.
const MESSAGE_BYTES_MAX: usize = 4096;

impl Server {
    /// Answers a request that is a part of a large frame, or hands out the job that reads it.
    pub(super) fn piece(
        &mut self,
        session: &mut Session,
        piece: Piece,
        out: &mut Output,
    ) -> Verdict<Done> {
        if piece.bytes().len() <= PARSED_HERE_BYTES {
            return self.request(session, piece.bytes(), Some(&piece), out);
        }
        let (protocol, turned_away) = (self.state.protocol, Arc::new(AtomicBool::new(false)));
        session.parsing = Some(Arc::clone(&turned_away));
        Verdict::Wait(Job::new(Class::Read, move || {
            Done::found(if turned_away.load(Ordering::Relaxed) {
                refused(Style::NULL, busy())
            } else {
                let found = catch_unwind(AssertUnwindSafe(|| read(piece, protocol)));
                found.unwrap_or_else(|panic| {
                    refused(Style::NULL, Fault::panic(&*panic).into_rpc(ErrorCode::Internal))
                })
            })
        }))
    }

    /// Goes on with what a worker found.
    pub(super) fn found(
        &mut self,
        session: &mut Session,
        found: Found,
        out: &mut Output,
    ) -> Verdict<Done> {
        session.parsing = None;
        match found {
            Found::Call(piece, envelope) => self.call_of(session, &piece, &envelope, out),
            Found::Batch(piece, elements) => {
                // Inside of a batch an array is no request.
                if session.in_batch {
                    return refuse(out, Style::NULL, no_object());
                }
                self.begin_batch(session, piece.bytes().len(), elements.into(), out)
            }
            Found::Refused(style, error) => refuse(out, style.style(), error),
        }
    }

    /// Carries out a call by what is known of it.
    pub(super) fn call_of(
        &mut self,
        session: &mut Session,
        piece: &Piece,
        envelope: &Arc<Envelope>,
        out: &mut Output,
    ) -> Verdict<Done> {
        let (text, style) = (Text::of_envelope(piece, envelope), envelope.style.style());
        // It was written for this.
        match envelope.head.params.as_deref().map(Value::parse).transpose() {
            Ok(params) => {
                let params = (text, params.map(Unread::from));
                self.call(session, style, envelope.method, params, out)
            }
            Err(error) => refuse(out, style, RpcError::parse(error)),
        }
    }
}

fn busy() -> RpcError {
    RpcError::new(ErrorCode::Internal, "The daemon is busy: too many jobs wait")
}

fn no_object() -> RpcError {
    RpcError::new(ErrorCode::InvalidRequest, "Invalid request: it must be an object")
}

/// What is told of a text that is refused: it may be quoted at any length in the error.
fn refused(style: Style<'_>, mut error: RpcError) -> Found {
    if error.message.len() > MESSAGE_BYTES_MAX {
        let is_between = |end: &usize| error.message.is_char_boundary(*end);
        let end = (0..=MESSAGE_BYTES_MAX).rev().find(is_between);
        error.message.truncate(end.unwrap_or_default());
        error.message.push_str(" ...");
    }
    Found::Refused(style.to_waiting(), error)
}

/// Whether the loop can write an id without others noticing.
fn check_id(id: Id<'_>) -> Result<(), RpcError> {
    match id {
        Id::Raw(raw) if raw.len() > ID_BYTES_MAX => {
            let what = format_args!(
                "Invalid request: the id has {} bytes, and {ID_BYTES_MAX} are enough",
                raw.len()
            );
            Err(RpcError::new(ErrorCode::InvalidRequest, what))
        }
        _ => Ok(()),
    }
}

/// Reads a long text as far as the loop has to know it.
fn read(piece: Piece, protocol: Protocol) -> Found {
    let request = match Message::read(piece.bytes()) {
        Err(error) => return refused(Style::NULL, error),
        Ok(Message::Batch(value)) => {
            return match batches::elements(value) {
                Ok(elements) => {
                    let elements = elements.into_iter().map(|raw| Element::Shared(piece.part(raw)));
                    let elements = elements.collect();
                    Found::Batch(piece, elements)
                }
                Err(error) => refused(Style::NULL, error),
            };
        }
        Ok(Message::Single(text)) => RequestView::read(text),
    };
    let request = match request {
        Ok(request) => request,
        Err(refusal) => return read_tool(&piece, protocol, &refusal),
    };
    if let Err(error) = check_id(request.id) {
        return refused(Style::NULL, error);
    }
    let style = Style::JsonRpc(request.id);
    if !protocol.takes_requests() {
        return refused(style, engine::tools_only());
    }
    match Method::find(request.method.decode().as_ref()) {
        None => refused(style, unknown_method(&request)),
        Some(method) => {
            let args = Args::new(method, request.params);
            found(&piece, style, method, args.and_then(|args| args.head()))
        }
    }
}

/// What is not a request may be one in the form of a tool.
fn read_tool(piece: &Piece, protocol: Protocol, refusal: &Refusal<'_>) -> Found {
    let tool = Value::parse(piece.bytes()).ok().and_then(ToolCall::read);
    let Some(call) = tool.filter(|_| protocol.takes_tools()) else {
        return match check_id(refusal.id) {
            Ok(()) => refused(Style::JsonRpc(refusal.id), refusal.error.clone()),
            Err(error) => refused(Style::NULL, error),
        };
    };
    let (method, params) = match call.resolve() {
        Ok(resolved) => resolved,
        Err(error) => return refused(Style::Tool, error),
    };
    let head =
        params.value().and_then(|params| Args::new(method, params.map(Unread::from))?.head());
    found(piece, Style::Tool, method, head)
}

fn found(piece: &Piece, style: Style<'_>, method: Method, head: Result<Head, RpcError>) -> Found {
    match head {
        Ok(head) => {
            let envelope = Envelope { style: style.to_waiting(), method, head };
            Found::Call(piece.clone(), Arc::new(envelope))
        }
        Err(error) => refused(style, error),
    }
}
