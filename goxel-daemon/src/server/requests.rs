//! Single requests: those on the fast path, all others, and those in the form of a tool.

use goxel_io::{Output, Verdict};
use goxel_proto::json::{Unread, Value};
use goxel_proto::request::{PlainRequest, Refusal};
use goxel_proto::tool::ToolCall;
use goxel_proto::{ErrorCode, Method, RequestView, RpcError};

use super::{Server, refuse};
use crate::dispatch::{self, Done};
use crate::engine;
use crate::reply::Style;
use crate::session::Session;
use crate::text::{Piece, Text};

impl Server {
    /// Answers one request, or hands out the job that will.
    pub(super) fn request(
        &mut self,
        session: &mut Session,
        text: &[u8],
        piece: Option<&Piece>,
        out: &mut Output,
    ) -> Verdict<Done> {
        if let Some(usual) = session.templates.read(text)
            && self.state.protocol.takes_requests()
            && self.fast(session, &usual, out)
        {
            return Verdict::Answered;
        }
        self.any_request(session, text, piece, out)
    }

    /// As [`Server::request`], of one that is not written as usual.
    fn any_request(
        &mut self,
        session: &mut Session,
        text: &[u8],
        piece: Option<&Piece>,
        out: &mut Output,
    ) -> Verdict<Done> {
        let request = match RequestView::read(text) {
            Ok(request) => request,
            Err(refusal) => return self.no_request(session, text, piece, refusal, out),
        };
        let style = Style::JsonRpc(request.id);
        if !self.state.protocol.takes_requests() {
            return refuse(out, style, engine::tools_only());
        }
        let found = match request.method.plain() {
            Some(name) => Method::find(name),
            None => Method::find(request.method.decode().as_ref()),
        };
        let Some(method) = found else {
            return refuse(out, style, unknown_method(&request));
        };
        if let Some(params) = request.plain {
            let plain = PlainRequest { method, params, id: request.id };
            if self.fast(session, &plain, out) {
                session.templates.learn(text, &request, method);
                return Verdict::Answered;
            }
        }
        let params = (Text::new(text, false, piece), request.params);
        self.call(session, style, method, params, out)
    }

    /// Answers one request on the fast path. False where nothing was done.
    #[inline]
    fn fast(&mut self, session: &Session, request: &PlainRequest<'_>, out: &mut Output) -> bool {
        let began = self.state.watch.begin_fast();
        let reply = dispatch::fast(&mut self.state, session, request.method, &request.params);
        let Some(reply) = reply else { return false };
        Style::JsonRpc(request.id).reply(out, |writer| {
            reply.write(writer);
            Ok(())
        });
        if let Some(began) = began {
            self.state.watch.end_fast(request.method, began);
        }
        true
    }

    /// Answers what is not a request, unless it is one in the form of a tool.
    fn no_request(
        &mut self,
        session: &mut Session,
        text: &[u8],
        piece: Option<&Piece>,
        refusal: Refusal<'_>,
        out: &mut Output,
    ) -> Verdict<Done> {
        match Value::parse(text).ok().and_then(ToolCall::read) {
            Some(call) if self.state.protocol.takes_tools() => {
                self.tool(session, Text::new(text, true, piece), &call, out)
            }
            _ => refuse(out, Style::JsonRpc(refusal.id), refusal.error),
        }
    }

    /// Answers one request in the form of a tool, as [`Server::request`].
    fn tool(
        &mut self,
        session: &mut Session,
        text: Text<'_>,
        call: &ToolCall<'_>,
        out: &mut Output,
    ) -> Verdict<Done> {
        let (method, params) = match call.resolve() {
            Ok(resolved) => resolved,
            Err(error) => return refuse(out, Style::Tool, error),
        };
        match params.value() {
            Ok(params) => {
                let params = (text, params.map(Unread::from));
                self.call(session, Style::Tool, method, params, out)
            }
            Err(error) => refuse(out, Style::Tool, error),
        }
    }
}

/// What is wrong with a request whose method there is not.
#[cold]
pub(super) fn unknown_method(request: &RequestView<'_>) -> RpcError {
    // Nobody reads its parameters, so it is found here where they are no JSON.
    if let Err(error) = request.params.map(|params| params.check()).transpose() {
        return RpcError::parse(error);
    }
    let what = format_args!("Method not found: {}", request.method.decode());
    RpcError::new(ErrorCode::MethodNotFound, what)
}
