//! Long requests are read on workers: which method is called, by which form, and its short parameters.
//! The loop goes on with what was found, and never looks at the text itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use goxel_io::{Class, Job, Output, Verdict};
use goxel_proto::json::{Unread, Value};
use goxel_proto::request::{Message, Refusal};
use goxel_proto::tool::ToolCall;
use goxel_proto::{Args, ErrorCode, Method, RequestView, RpcError};

use super::batches;
use super::{Server, refuse, unknown_method};
use crate::dispatch::Done;
use crate::engine;
use crate::protocol::Protocol;
use crate::reply::{Style, Waiting};
use crate::session::Session;
use crate::text::{Element, Found, Piece, Sorted, Text};

/// Bytes of a request that is read on the loop as a whole: that takes a tenth of a millisecond.
pub(super) const SORTED_HERE_BYTES: usize = 128 << 10;

impl Server {
    /// Answers a request that is a part of a large frame, or hands out the job that reads it.
    pub(super) fn piece(
        &mut self,
        session: &mut Session,
        piece: Piece,
        out: &mut Output,
    ) -> Verdict<Done> {
        if piece.bytes().len() <= SORTED_HERE_BYTES {
            return self.request(session, piece.bytes(), Some(&piece), out);
        }
        let (protocol, turned_away) = (self.state.protocol, Arc::new(AtomicBool::new(false)));
        session.sorting = Some(Arc::clone(&turned_away));
        Verdict::Wait(Job::new(Class::Read, move || {
            Done::sorted(if turned_away.load(Ordering::Relaxed) {
                Found::Refused(Style::NULL.to_waiting(), busy())
            } else {
                sort(piece, protocol)
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
        session.sorting = None;
        match found {
            Found::Call(piece, sorted) => self.sorted_call(session, &piece, &sorted, out),
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
    pub(super) fn sorted_call(
        &mut self,
        session: &mut Session,
        piece: &Piece,
        sorted: &Arc<Sorted>,
        out: &mut Output,
    ) -> Verdict<Done> {
        let (text, style) = (Text::sorted(piece, sorted), sorted.style.style());
        let params = sorted.head.as_ref().map(|head| head.params.as_deref());
        let params = params.map_err(Clone::clone).and_then(|params| {
            let value = params.map(Value::parse).transpose().map_err(RpcError::parse)?;
            Ok(value.map(Unread::from))
        });
        match params {
            Ok(params) => self.call(session, style, sorted.method, (text, params), out),
            Err(error) => refuse(out, style, error),
        }
    }
}

fn busy() -> RpcError {
    RpcError::new(ErrorCode::Internal, "The daemon is busy: too many jobs wait")
}

fn no_object() -> RpcError {
    RpcError::new(ErrorCode::InvalidRequest, "Invalid request: it must be an object")
}

/// Reads a long text as far as the loop has to know it.
fn sort(piece: Piece, protocol: Protocol) -> Found {
    let refused = |style: Style<'_>, error| Found::Refused(style.to_waiting(), error);
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
        Err(refusal) => return sort_tool(&piece, protocol, &refusal),
    };
    let style = Style::JsonRpc(request.id);
    if !protocol.takes_requests() {
        return refused(style, engine::tools_only());
    }
    match Method::find(request.method.decode().as_ref()) {
        None => refused(style, unknown_method(&request)),
        Some(method) => {
            let args = Args::new(method, request.params);
            let head = args.and_then(|args| args.head());
            let sorted = Sorted { style: style.to_waiting(), method, head };
            Found::Call(piece.clone(), Arc::new(sorted))
        }
    }
}

/// What is not a request may be one in the form of a tool.
fn sort_tool(piece: &Piece, protocol: Protocol, refusal: &Refusal<'_>) -> Found {
    let tool = Value::parse(piece.bytes()).ok().and_then(ToolCall::read);
    let Some(call) = tool.filter(|_| protocol.takes_tools()) else {
        let style = Style::JsonRpc(refusal.id).to_waiting();
        return Found::Refused(style, refusal.error.clone());
    };
    let (method, params) = match call.resolve() {
        Ok(resolved) => resolved,
        Err(error) => return Found::Refused(Waiting::Tool, error),
    };
    let head =
        params.value().and_then(|params| Args::new(method, params.map(Unread::from))?.head());
    let sorted = Sorted { style: Waiting::Tool, method, head };
    Found::Call(piece.clone(), Arc::new(sorted))
}
