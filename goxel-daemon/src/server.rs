//! [`Server`]: from a frame to its replies. Batches, ids, notifications and tools end here;
//! handlers never see them.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use goxel_io::{Class, Job, Output, Service, Status, Verdict};
use goxel_proto::json::{Unread, Value, Writer};
use goxel_proto::limits::BATCH_LEN_MAX;
use goxel_proto::request::{Message, Refusal};
use goxel_proto::tool::ToolCall;
use goxel_proto::{Args, ErrorCode, Method, RequestView, RpcError, response};

use crate::dispatch::{self, Done, Held, Outcome};
use crate::door::Rights;
use crate::engine;
use crate::fault::Fault;
use crate::gate::Projects;
use crate::jobs::leaves_something;
use crate::protocol::Protocol;
use crate::reply::{Style, Waiting};
use crate::session::{Batch, Session};
use crate::state::State;
use crate::text::Text;

/// The daemon as the loop drives it.
#[derive(Debug, Default)]
pub(crate) struct Server {
    pub(crate) state: State,
    /// What clients may do when they come by the daemon's socket.
    rights: Rights,
    /// The same for further sockets, in their order.
    others: Vec<Rights>,
    /// What waits for its turn, by connection.
    held: BTreeMap<goxel_io::Client, Held>,
}

impl Service for Server {
    type Session = Session;
    type Done = Done;

    fn open(&mut self, client: goxel_io::Client) -> Session {
        let rights = match client.entrance() {
            0 => &self.rights,
            entrance => &self.others[entrance - 1],
        };
        Session::new(client, rights.clone())
    }

    fn frame(&mut self, session: &mut Session, frame: &[u8], out: &mut Output) -> Verdict<Done> {
        match Message::read(frame) {
            Err(error) => line(out, |out| refuse(out, Style::NULL, error)),
            Ok(Message::Single(text)) => line(out, |out| self.request(session, text, out)),
            Ok(Message::Batch(value)) => self.batch(session, value, out),
        }
    }

    fn finish(&mut self, session: &mut Session, done: Done, out: &mut Output) -> Verdict<Done> {
        self.go_on_with(session, out, |server, session, out| server.answer(session, done, out))
    }

    fn resume(&mut self, session: &mut Session, out: &mut Output) -> Verdict<Done> {
        let Some(held) = self.held.remove(&session.client) else {
            // In the middle of a batch, after the others had their turn.
            return match session.batch.take() {
                Some(batch) => self.go_on(session, batch, out),
                None => Verdict::Answered,
            };
        };
        self.go_on_with(session, out, |server, session, out| server.serve(session, held, out))
    }

    fn busy(&mut self, session: &mut Session, job: Job<Done>, out: &mut Output) -> Verdict<Done> {
        if let Some(number) = session.job {
            self.state.jobs.turn_away(number);
        }
        // It does no more than give back what it owns.
        self.finish(session, job.run(), out)
    }

    fn next_ready(&mut self) -> Option<goxel_io::Client> {
        self.state.projects.next_ready()
    }

    fn attach(&mut self, wake: Box<dyn Fn() + Send + Sync>) {
        self.state.jobs.set_wake(wake);
    }

    fn next_told(&mut self) -> Option<goxel_io::Client> {
        self.state.jobs.next_told()
    }

    fn tell(&mut self, session: &mut Session, out: &mut Output) {
        self.tell_progress(session, out);
    }

    fn next_job(&mut self) -> Option<Job<Done>> {
        let dropped = self.state.projects.take_dropped();
        (!dropped.is_empty()).then(|| Job::new(Class::Free, move || Done::freeing(dropped)))
    }

    fn gone(&mut self, session: &mut Session) {
        if let Some(number) = session.job {
            self.state.jobs.abandon(number);
        }
    }

    fn refuse(&mut self, refusal: goxel_io::Refusal, out: &mut Output) {
        line(out, |out| refuse(out, Style::NULL, engine::error(refusal)));
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
        Self { state, rights, others, held: BTreeMap::new() }
    }

    /// Answers what a job was for.
    fn answer(&mut self, session: &mut Session, done: Done, out: &mut Output) -> Verdict<Done> {
        let waiting = session.waiting.take();
        let style = waiting.as_ref().map_or(Style::NULL, Waiting::style);
        self.carry_out(session, style, out, |state, session, writer| {
            dispatch::finish(state, session, done, writer)
        })
    }

    /// Carries out what has waited for its turn, unless somebody wants it no more.
    fn serve(&mut self, session: &mut Session, held: Held, out: &mut Output) -> Verdict<Done> {
        let stopped = session.job.and_then(|number| self.state.jobs.look(number).err());
        let verdict = match (held, stopped) {
            (Held::Done(done), Some(error)) => self.answer(session, done.stopped(error), out),
            (Held::Done(done), None) => self.answer(session, done, out),
            (Held::Request(_, method, _), Some(error)) => {
                self.answer(session, Done::of(method, Err(error.into())), out)
            }
            (Held::Request(text, _, project), None) => {
                session.pinned = Some(project);
                self.request(session, text.bytes(), out)
            }
        };
        session.pinned = None;
        self.state.projects.served(session);
        verdict
    }

    /// Answers one request, or hands out the job that will.
    fn request(&mut self, session: &mut Session, text: &[u8], out: &mut Output) -> Verdict<Done> {
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
                let params = (Text::Request(text), request.params);
                return self.call(session, style, method, params, out);
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
        out: &mut Output,
    ) -> Verdict<Done> {
        match Value::parse(text).ok().and_then(ToolCall::read) {
            Some(call) if self.state.protocol.takes_tools() => self.tool(session, text, &call, out),
            _ => refuse(out, Style::JsonRpc(refusal.id), refusal.error),
        }
    }

    /// Answers one request in the form of a tool, as [`Server::request`].
    fn tool(
        &mut self,
        session: &mut Session,
        text: &[u8],
        call: &ToolCall<'_>,
        out: &mut Output,
    ) -> Verdict<Done> {
        let (method, params) = match call.resolve() {
            Ok(resolved) => resolved,
            Err(error) => return refuse(out, Style::Tool, error),
        };
        match params.value() {
            Ok(params) => {
                let params = (Text::Tool(text), params.map(Unread::from));
                self.call(session, Style::Tool, method, params, out)
            }
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
        (text, params): (Text<'_>, Option<Unread<'_>>),
        out: &mut Output,
    ) -> Verdict<Done> {
        if out.is_deaf() && !leaves_something(method) {
            return Verdict::Answered;
        }
        self.carry_out(session, style, out, |state, session, writer| {
            let args = Args::new(method, params)?;
            dispatch::call(state, session, method, text, &args, writer)
        })
    }

    /// Answers with what `act` comes to.
    fn carry_out(
        &mut self,
        session: &mut Session,
        style: Style<'_>,
        out: &mut Output,
        act: impl FnOnce(&mut State, &mut Session, &mut Writer<'_>) -> Result<Outcome, RpcError>,
    ) -> Verdict<Done> {
        let start = out.len();
        let mut outcome = Outcome::Written;
        style.reply(out, |writer| {
            let acted = AssertUnwindSafe(|| act(&mut self.state, session, writer));
            let acted = catch_unwind(acted)
                .unwrap_or_else(|panic| Err(Fault::panic(&*panic).into_rpc(ErrorCode::Internal)));
            outcome = acted?;
            Ok(())
        });
        if let Outcome::Written = outcome {
            if let Some(number) = session.job.take() {
                self.state.jobs.end(number);
            }
            return Verdict::Answered;
        }
        // A reply without a result is there: it is written anew when there is one.
        out.truncate(start);
        session.waiting = Some(style.to_waiting());
        self.tell_progress(session, out);
        match outcome {
            Outcome::Written => Verdict::Answered,
            Outcome::Job(job) => Verdict::Wait(job),
            Outcome::Hold(held) => {
                self.held.insert(session.client, held);
                Verdict::Hold
            }
        }
    }

    /// Tells how far the connection's job is, where it wants to know. Not inside of a batch, whose
    /// replies are one array.
    fn tell_progress(&mut self, session: &Session, out: &mut Output) {
        let number = session.job.filter(|number| self.state.jobs.tells(*number));
        if let Some(number) = number.filter(|_| !session.in_batch) {
            let write = |writer: &mut Writer<'_>| self.state.jobs.write_progress(number, writer);
            response::notification(out, "goxel.progress", write);
        }
    }

    /// Answers an array of requests with an array of replies.
    fn batch(
        &mut self,
        session: &mut Session,
        value: Value<'_>,
        out: &mut Output,
    ) -> Verdict<Done> {
        let count = value.elements().take(BATCH_LEN_MAX + 1).count();
        if count == 0 || count > BATCH_LEN_MAX {
            let what = format_args!("Invalid request: a batch holds 1 to {BATCH_LEN_MAX} requests");
            return line(out, |out| {
                refuse(out, Style::NULL, RpcError::new(ErrorCode::InvalidRequest, what))
            });
        }
        session.in_batch = true;
        let mut batch = Batch { rest: VecDeque::new(), answered: false };
        let mut elements = value.elements();
        while let Some(element) = elements.next() {
            let verdict = self.element(session, &mut batch, out, |server, session, out| {
                server.request(session, element.raw(), out)
            });
            if !matches!(verdict, Verdict::Answered) {
                batch.rest = elements.map(|element| element.raw().to_vec()).collect();
                session.batch = Some(batch);
                return verdict;
            }
        }
        end_batch(session, &batch, out)
    }

    /// Goes on with what was not answered at once, alone or in a batch.
    fn go_on_with(
        &mut self,
        session: &mut Session,
        out: &mut Output,
        answer: impl FnOnce(&mut Self, &mut Session, &mut Output) -> Verdict<Done>,
    ) -> Verdict<Done> {
        let Some(mut batch) = session.batch.take() else {
            return line(out, |out| answer(self, session, out));
        };
        match self.element(session, &mut batch, out, answer) {
            Verdict::Answered => self.go_on(session, batch, out),
            verdict => {
                session.batch = Some(batch);
                verdict
            }
        }
    }

    /// Goes on with the rest of a batch.
    fn go_on(
        &mut self,
        session: &mut Session,
        mut batch: Batch,
        out: &mut Output,
    ) -> Verdict<Done> {
        while let Some(element) = batch.rest.pop_front() {
            let verdict = self.element(session, &mut batch, out, |server, session, out| {
                server.request(session, &element, out)
            });
            if !matches!(verdict, Verdict::Answered) {
                session.batch = Some(batch);
                return verdict;
            }
        }
        end_batch(session, &batch, out)
    }

    /// Writes one reply of a batch, with what separates it from the one before. Where others must
    /// have their turn before the next one, that is the verdict.
    fn element(
        &mut self,
        session: &mut Session,
        batch: &mut Batch,
        out: &mut Output,
        write: impl FnOnce(&mut Self, &mut Session, &mut Output) -> Verdict<Done>,
    ) -> Verdict<Done> {
        let start = out.len();
        out.extend_from_slice(if batch.answered { b", " } else { b"[ " });
        let body = out.len();
        let verdict = write(self, session, out);
        if out.len() == body {
            out.truncate(start);
        } else {
            batch.answered = true;
        }
        match verdict {
            Verdict::Answered if out.must_yield() => Verdict::Yield,
            verdict => verdict,
        }
    }
}

/// Ends what was written, if anything was, with a line break.
fn line(out: &mut Output, write: impl FnOnce(&mut Output) -> Verdict<Done>) -> Verdict<Done> {
    let start = out.len();
    let verdict = write(out);
    if out.len() > start && matches!(verdict, Verdict::Answered) {
        out.push(b'\n');
    }
    verdict
}

fn refuse(out: &mut Output, style: Style<'_>, error: RpcError) -> Verdict<Done> {
    style.error(out, error);
    Verdict::Answered
}

fn end_batch(session: &mut Session, batch: &Batch, out: &mut Output) -> Verdict<Done> {
    session.in_batch = false;
    if batch.answered {
        out.extend_from_slice(b" ]\n");
    }
    Verdict::Answered
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
mod long_tests;
#[cfg(test)]
mod method_tests;
#[cfg(test)]
mod model_tests;
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
