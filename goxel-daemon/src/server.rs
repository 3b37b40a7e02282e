//! [`Server`]: from a frame to its replies. Batches, ids, notifications and tools end here;
//! handlers never see them.

mod batches;
mod envelope;
mod requests;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Instant, SystemTime};

use goxel_io::{Class, ClientInfo, Command, Job, LargeFrame, Output, Service, Status, Verdict};
use goxel_proto::json::{Unread, Writer};
use goxel_proto::request::Message;
use goxel_proto::{Args, ErrorCode, Method, RpcError, response};

use self::envelope::PARSED_HERE_BYTES;
use crate::dispatch::{self, Done, Held, Loaded, Orphan, Outcome};
use crate::door::Rights;
use crate::events::Turn;
use crate::fault::Fault;
use crate::gate::Projects;
use crate::jobs::leaves_something;
use crate::reply::{Style, Waiting};
use crate::scripts::Scripts;
use crate::session::Session;
use crate::state::{INLINE_TIME, State};
use crate::text::{Found, Kept, Piece, Text};
use crate::watch;
use crate::{Options, engine};

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
    /// Connections that waited to be told who is connected.
    told_clients: Vec<goxel_io::Client>,
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
        self.message(session, frame, None, out)
    }

    fn large_frame(
        &mut self,
        session: &mut Session,
        frame: LargeFrame,
        out: &mut Output,
    ) -> Verdict<Done> {
        let piece = Piece::whole(frame);
        if piece.bytes().len() <= PARSED_HERE_BYTES {
            return self.message(session, piece.bytes(), Some(&piece), out);
        }
        line(out, |out| self.piece(session, piece, out))
    }

    fn finish(&mut self, session: &mut Session, done: Done, out: &mut Output) -> Verdict<Done> {
        let done = match done.into_found() {
            Ok(found @ Found::Batch(..)) if !session.in_batch => {
                return self.found(session, found, out);
            }
            Ok(found) => {
                return self.go_on_with(session, out, |server, session, out| {
                    server.found(session, found, out)
                });
            }
            Err(done) => done,
        };
        self.go_on_with(session, out, |server, session, out| match done.into_loaded() {
            Ok(loaded) => server.loaded(session, loaded, out),
            Err(done) => server.answer(session, done, out),
        })
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
        if let Some(turned_away) = &session.parsing {
            turned_away.store(true, Ordering::Relaxed);
        }
        // It does no more than give back what it owns.
        self.finish(session, job.run(), out)
    }

    fn next_ready(&mut self) -> Option<goxel_io::Client> {
        self.told_clients.pop().or_else(|| self.state.projects.next_ready())
    }

    fn next_command(&mut self) -> Option<Command> {
        let dismissed = || {
            let follower = self.state.projects.next_dismissed()?;
            Some(Command::Close(follower.number()))
        };
        self.state.commands.pop_front().or_else(dismissed)
    }

    fn listed(&mut self, clients: Vec<ClientInfo>) {
        let clients: Rc<[ClientInfo]> = clients.into();
        for (client, held) in &mut self.held {
            if let Held::Clients(_, told @ None) = held {
                *told = Some(Rc::clone(&clients));
                self.told_clients.push(*client);
            }
        }
    }

    fn attach(&mut self, wake: Box<dyn Fn() + Send + Sync>) {
        let wake: Arc<dyn Fn() + Send + Sync> = wake.into();
        let also = Arc::clone(&wake);
        self.state.projects.set_wake(Box::new(move || also()));
        self.state.following.set_wake(Arc::clone(&wake));
        self.state.jobs.set_wake(Box::new(move || wake()));
    }

    fn next_told(&mut self) -> Option<goxel_io::Client> {
        self.state.jobs.next_told().or_else(|| self.state.projects.next_follower_told())
    }

    fn tell(&mut self, session: &mut Session, out: &mut Output) {
        match session.follows {
            true => self.state.projects.tell_follower(session, out),
            false => self.tell_progress(session, out),
        }
    }

    fn next_job(&mut self) -> Option<Job<Done>> {
        let projects = &mut self.state.projects;
        let dropped = projects.take_dropped();
        if !dropped.is_empty() {
            return Some(Job::new(Class::Free, move || Done::freeing(dropped)));
        }
        if let Some(state) = projects.next_state() {
            return Some(Job::new(Class::Read, move || Done::stating(state)));
        }
        let checkpoint = projects.next_checkpoint()?;
        Some(Job::new(Class::Free, move || Done::checkpointing(checkpoint)))
    }

    fn finish_orphan(&mut self, done: Done) {
        match done.into_orphan() {
            Some(Orphan::Checkpointed(done)) => self.state.projects.checkpointed(*done),
            Some(Orphan::Stated(done)) => self.state.projects.stated(*done),
            None => {}
        }
    }

    fn holds_replies(&self, session: &Session) -> bool {
        self.state.projects.holds_replies(session)
    }

    fn commit(&mut self) -> bool {
        self.state.following.serve(&mut self.state.projects);
        self.state.projects.commit(self.state.stopping)
    }

    fn next_listener(&mut self, now: Instant) -> Option<goxel_io::Client> {
        self.state.look_at_jobs(now);
        self.state.projects.next_listener(now)
    }

    fn notify(&mut self, session: &mut Session, unread: usize, now: Instant, out: &mut Output) {
        // Not inside of a batch, whose replies are one array.
        let turn = Turn { client: session.client, unread, may_tell: !session.in_batch };
        if let Some(listeners) = self.state.projects.events().heard() {
            listeners.tell(turn, now, out);
        }
    }

    fn due(&self) -> Option<Instant> {
        self.state.projects.due().into_iter().chain(self.state.events_due()).min()
    }

    fn ended(&mut self) {
        self.state.following.end();
        self.state.scripts.end();
        self.state.projects.end();
    }

    fn gone(&mut self, session: &mut Session) {
        if let Some(number) = session.job {
            self.state.jobs.abandon(number);
        }
    }

    fn closed(&mut self, session: Session) {
        self.held.remove(&session.client);
        self.state.scripts.left(session.client.number());
        self.state.projects.left(&session);
        if let Some(number) = session.job {
            self.state.end_job(number, Some(ErrorCode::Stopped as i32));
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
        options: Options,
    ) -> Self {
        let Options { protocol, transaction_idle, slow, script_program } = options;
        let projects = Projects::begun_at(SystemTime::now());
        let mut state = State {
            projects,
            engine: status,
            protocol,
            transaction_idle,
            inline_time: INLINE_TIME,
            scripts: Scripts::of(script_program),
            ..State::default()
        };
        state.watch.slow.after = slow;
        Self { state, rights, others, held: BTreeMap::new(), told_clients: Vec::new() }
    }

    /// Answers a request, or a batch of them.
    fn message(
        &mut self,
        session: &mut Session,
        text: &[u8],
        piece: Option<&Piece>,
        out: &mut Output,
    ) -> Verdict<Done> {
        match Message::read(text) {
            Err(error) => line(out, |out| refuse(out, Style::NULL, error)),
            Ok(Message::Single(text)) => line(out, |out| self.request(session, text, piece, out)),
            Ok(Message::Batch(value)) => self.batch(session, value, out),
        }
    }

    /// Has those who come from now on have these rights.
    #[cfg(fuzzing)]
    pub(crate) fn admit(&mut self, rights: Rights) {
        self.rights = rights;
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
            (Held::Done(done), Some(error)) => {
                let (done, made) = done.stopped(error);
                self.state.projects.drop_made(made);
                self.answer(session, done, out)
            }
            (Held::Done(done), None) => self.answer(session, done, out),
            (Held::Request(_, method, _), Some(error)) => {
                self.answer(session, Done::of(method, Err(error.into())), out)
            }
            (Held::Clients(text, clients), _) => {
                session.clients = clients;
                self.again(session, &text, out)
            }
            (Held::Request(text, _, project), None) => {
                session.pinned = project;
                self.again(session, &text, out)
            }
        };
        session.pinned = None;
        self.state.projects.served(session);
        verdict
    }

    /// A project was read in, which this request needs: it is carried out.
    fn loaded(
        &mut self,
        session: &mut Session,
        (method, loaded): (Method, Loaded),
        out: &mut Output,
    ) -> Verdict<Done> {
        let Loaded { identity, project, text } = loaded;
        let projects = &mut self.state.projects;
        projects.was_read(identity);
        match project.and_then(|project| projects.loaded(*project)) {
            Ok(()) => self.again(session, &text, out),
            Err(refused) => self.answer(session, Done::of(method, Err(refused)), out),
        }
    }

    /// Answers a request that was kept.
    fn again(&mut self, session: &mut Session, text: &Kept, out: &mut Output) -> Verdict<Done> {
        match text.envelope() {
            Some((piece, envelope)) => self.call_of(session, piece, envelope, out),
            None => self.request(session, text.bytes(), text.piece(), out),
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
        // One that waited began when it came.
        session.began.get_or_insert_with(|| (method, Instant::now()));
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
        let mut error = None;
        style.reply(out, |writer| {
            let acted = AssertUnwindSafe(|| act(&mut self.state, session, writer));
            let acted = catch_unwind(acted)
                .unwrap_or_else(|panic| Err(Fault::panic(&*panic).into_rpc(ErrorCode::Internal)));
            outcome = acted.inspect_err(|failed| error = Some(failed.code))?;
            Ok(())
        });
        if let Outcome::Written | Outcome::Json(_) = outcome {
            if let Some(number) = session.job.take() {
                self.state.end_job(number, error.map(|code| code as i32));
            }
            if let Some((method, began)) = session.began.take() {
                let (client, took) = (session.client.number(), began.elapsed());
                self.state.watch.note(watch::Call { method, client, took, error });
            }
        }
        if let Outcome::Written = outcome {
            return Verdict::Answered;
        }
        // A reply without a result is there: it is written anew when there is one.
        out.truncate(start);
        if let Outcome::Json(json) = outcome {
            style.hand_over(out, json);
            return Verdict::Answered;
        }
        session.waiting = Some(style.to_waiting());
        self.tell_progress(session, out);
        match outcome {
            Outcome::Written | Outcome::Json(_) => Verdict::Answered,
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

#[cfg(test)]
mod bulk_tests;
#[cfg(test)]
mod closing_tests;
#[cfg(test)]
mod envelope_tests;
#[cfg(test)]
mod event_tests;
#[cfg(test)]
mod gate_tests;
#[cfg(test)]
mod layer_tests;
#[cfg(test)]
pub(crate) mod long_tests;
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
