//! [`Server`]: from a frame to its replies. Batches, ids, notifications and tools end here;
//! handlers never see them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use goxel_io::{Class, Output, Service, Status, Verdict};
use goxel_proto::json::{Unread, Value};
use goxel_proto::limits::BATCH_LEN_MAX;
use goxel_proto::request::{Message, Refusal};
use goxel_proto::tool::ToolCall;
use goxel_proto::{Args, ErrorCode, Method, RequestView, RpcError};

use crate::dispatch::{self, Job, Outcome};
use crate::door::Rights;
use crate::engine;
use crate::gate::Projects;
use crate::protocol::Protocol;
use crate::reply::{Style, Waiting};
use crate::session::{Batch, Session};
use crate::state::State;

/// The daemon as the loop drives it.
#[derive(Debug, Default)]
pub(crate) struct Server {
    pub(crate) state: State,
    /// What clients may do when they come by the daemon's socket.
    rights: Rights,
    /// The same for further sockets, in their order.
    others: Vec<Rights>,
}

/// What came of a job. Its session knows how it is answered.
type Done = Result<dispatch::Done, RpcError>;

impl Service for Server {
    type Session = Session;
    type Done = Done;

    fn open(&mut self, client: goxel_io::Client) -> Session {
        let rights = match client.entrance() {
            0 => &self.rights,
            entrance => &self.others[entrance - 1],
        };
        Session { rights: rights.clone(), ..Session::default() }
    }

    fn frame(&mut self, session: &mut Session, frame: &[u8], out: &mut Output) -> Verdict<Done> {
        match Message::read(frame) {
            Err(error) => self.line(out, |_, out| refuse(out, Style::NULL, error)),
            Ok(Message::Single(text)) => {
                self.line(out, |server, out| server.request(session, text, out))
            }
            Ok(Message::Batch(value)) => self.batch(session, value, out),
        }
    }

    fn finish(&mut self, session: &mut Session, done: Done, out: &mut Output) -> Verdict<Done> {
        let waiting = session.waiting.take();
        let style = waiting.as_ref().map_or(Style::NULL, Waiting::style);
        let answer = |server: &mut Self, session: &mut Session, out: &mut Vec<u8>| {
            style.reply(out, |writer| {
                let done = done?;
                dispatch::finish(&mut server.state, session, done, writer)
            });
            Verdict::Answered
        };
        match session.batch.take() {
            None => self.line(out, |server, out| answer(server, session, out)),
            Some(mut batch) => {
                self.element(&mut batch, out, |server, out| answer(server, session, out));
                self.go_on(session, batch, out)
            }
        }
    }

    fn resume(&mut self, _: &mut Session, _: &mut Output) -> Verdict<Done> {
        Verdict::Answered
    }

    fn busy(
        &mut self,
        session: &mut Session,
        _: goxel_io::Job<Done>,
        out: &mut Output,
    ) -> Verdict<Done> {
        let error = RpcError::new(ErrorCode::Internal, "The daemon is busy: too many jobs wait");
        self.finish(session, Err(error), out)
    }

    fn refuse(&mut self, refusal: goxel_io::Refusal, out: &mut Output) {
        self.line(out, |_, out| refuse(out, Style::NULL, engine::error(refusal)));
    }

    fn stopping(&self) -> bool {
        self.state.stopping
    }
}

impl Server {
    /// A daemon over a loop that keeps these figures, for clients of these rights by each way in,
    /// which answers these forms of requests.
    pub(crate) fn new(
        status: Arc<Status>,
        rights: Rights,
        others: Vec<Rights>,
        protocol: Protocol,
        transaction_idle: Duration,
    ) -> Self {
        let projects = Projects::begun_at(SystemTime::now());
        let state =
            State { projects, engine: status, protocol, transaction_idle, ..State::default() };
        Self { state, rights, others }
    }

    /// Ends what was written, if anything was, with a line break.
    fn line(
        &mut self,
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut Self, &mut Vec<u8>) -> Verdict<Done>,
    ) -> Verdict<Done> {
        let start = out.len();
        let verdict = write(self, out);
        if out.len() > start {
            out.push(b'\n');
        }
        verdict
    }

    /// Answers one request, or hands out the job that will.
    fn request(&mut self, session: &mut Session, text: &[u8], out: &mut Vec<u8>) -> Verdict<Done> {
        let request = match RequestView::read(text) {
            Ok(request) => request,
            Err(refusal) => return self.no_request(session, text, refusal, out),
        };
        let style = Style::JsonRpc(request.id);
        if !self.state.protocol.takes_requests() {
            return refuse(out, style, engine::tools_only());
        }
        let found = match request.method.plain() {
            Some(name) => Method::find(name),
            None => Method::find(request.method.decode().as_ref()),
        };
        if let Some(method) = found {
            let reply = request
                .plain
                .and_then(|plain| dispatch::fast(&mut self.state, session, method, &plain));
            let Some(reply) = reply else {
                return self.call(session, style, method, request.params, out);
            };
            style.reply(out, |writer| {
                reply.write(writer);
                Ok(())
            });
            return Verdict::Answered;
        }
        let name = request.method.decode();
        // Nobody reads these parameters, so it is found here where they are no JSON.
        let error = match request.params.map(|params| params.check()).transpose() {
            Ok(_) => {
                let what = format_args!("Method not found: {name}");
                RpcError::new(ErrorCode::MethodNotFound, what)
            }
            Err(error) => RpcError::parse(error),
        };
        refuse(out, style, error)
    }

    /// Answers what is not a request, unless it is one in the form of a tool.
    fn no_request(
        &mut self,
        session: &mut Session,
        text: &[u8],
        refusal: Refusal<'_>,
        out: &mut Vec<u8>,
    ) -> Verdict<Done> {
        match Value::parse(text).ok().and_then(ToolCall::read) {
            Some(call) if self.state.protocol.takes_tools() => self.tool(session, &call, out),
            _ => refuse(out, Style::JsonRpc(refusal.id), refusal.error),
        }
    }

    /// Answers one request in the form of a tool, as [`Server::request`].
    fn tool(
        &mut self,
        session: &mut Session,
        call: &ToolCall<'_>,
        out: &mut Vec<u8>,
    ) -> Verdict<Done> {
        let (method, params) = match call.resolve() {
            Ok(resolved) => resolved,
            Err(error) => return refuse(out, Style::Tool, error),
        };
        match params.value() {
            Ok(params) => self.call(session, Style::Tool, method, params.map(Unread::from), out),
            Err(error) => refuse(out, Style::Tool, error),
        }
    }

    /// Carries out a call as far as this thread does.
    #[inline(never)]
    fn call(
        &mut self,
        session: &mut Session,
        style: Style<'_>,
        method: Method,
        params: Option<Unread<'_>>,
        out: &mut Vec<u8>,
    ) -> Verdict<Done> {
        let start = out.len();
        let mut job = None;
        style.reply(out, |writer| {
            let args = Args::new(method, params)?;
            match dispatch::call(&mut self.state, session, method, &args, writer)? {
                Outcome::Written => {}
                Outcome::Job(work) => job = Some(work),
            }
            Ok(())
        });
        let Some(work) = job else { return Verdict::Answered };
        // A reply without a result is there: it is written anew when the job is done.
        out.truncate(start);
        session.waiting = Some(style.to_waiting());
        Verdict::Wait(goxel_io::Job::new(Class::Read, move || guarded(work)))
    }

    /// Answers an array of requests with an array of replies.
    fn batch(
        &mut self,
        session: &mut Session,
        value: Value<'_>,
        out: &mut Vec<u8>,
    ) -> Verdict<Done> {
        let count = value.elements().take(BATCH_LEN_MAX + 1).count();
        if count == 0 || count > BATCH_LEN_MAX {
            let what = format_args!("Invalid request: a batch holds 1 to {BATCH_LEN_MAX} requests");
            return self.line(out, |_, out| {
                refuse(out, Style::NULL, RpcError::new(ErrorCode::InvalidRequest, what))
            });
        }
        let mut batch = Batch { rest: std::collections::VecDeque::new(), answered: false };
        let mut elements = value.elements();
        while let Some(element) = elements.next() {
            let verdict = self.element(&mut batch, out, |server, out| {
                server.request(session, element.raw(), out)
            });
            if let Verdict::Wait(_) = verdict {
                batch.rest = elements.map(|element| element.raw().to_vec()).collect();
                session.batch = Some(batch);
                return verdict;
            }
        }
        end_batch(&batch, out);
        Verdict::Answered
    }

    /// Goes on with a batch after one of its jobs.
    fn go_on(
        &mut self,
        session: &mut Session,
        mut batch: Batch,
        out: &mut Vec<u8>,
    ) -> Verdict<Done> {
        while let Some(element) = batch.rest.pop_front() {
            let verdict =
                self.element(&mut batch, out, |server, out| server.request(session, &element, out));
            if let Verdict::Wait(_) = verdict {
                session.batch = Some(batch);
                return verdict;
            }
        }
        end_batch(&batch, out);
        Verdict::Answered
    }

    /// Writes one reply of a batch, with what separates it from the one before.
    fn element(
        &mut self,
        batch: &mut Batch,
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut Self, &mut Vec<u8>) -> Verdict<Done>,
    ) -> Verdict<Done> {
        let start = out.len();
        out.extend_from_slice(if batch.answered { b", " } else { b"[ " });
        let body = out.len();
        let verdict = write(self, out);
        if out.len() == body || matches!(verdict, Verdict::Wait(_)) {
            out.truncate(start);
        } else {
            batch.answered = true;
        }
        verdict
    }
}

fn refuse(out: &mut Vec<u8>, style: Style<'_>, error: RpcError) -> Verdict<Done> {
    style.error(out, error);
    Verdict::Answered
}

fn end_batch(batch: &Batch, out: &mut Vec<u8>) {
    if batch.answered {
        out.extend_from_slice(b" ]\n");
    }
}

/// Carries out a job; a panic in it is an error like any other.
fn guarded(work: Job) -> Done {
    // The job owns all that it works on, so nothing half-changed is left behind.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        tracing::error!(panic = %text, "a job panicked");
        Err(RpcError::new(ErrorCode::Internal, format_args!("Internal error: {text}")))
    })
}

#[cfg(test)]
mod bulk_tests;
#[cfg(test)]
mod closing_tests;
#[cfg(test)]
mod gate_tests;
#[cfg(test)]
mod layer_tests;
#[cfg(test)]
mod method_tests;
#[cfg(test)]
mod project_tests;
#[cfg(test)]
mod render_tests;
#[cfg(test)]
mod reshape_tests;
#[cfg(test)]
mod scene_tests;
#[cfg(test)]
mod shape_tests;
#[cfg(test)]
mod structure_tests;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod tool_tests;
#[cfg(test)]
mod transaction_tests;
