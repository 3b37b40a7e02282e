//! A service whose frames take many steps, and which notes all that it is told. For tests.

use std::collections::VecDeque;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::tests::Server;
use crate::buffers::LargeFrame;
use crate::limits::TURN_US;
use crate::output::Output;
use crate::service::{Class, Client, ClientInfo, Command, Job, Refusal, Service, Verdict};
use crate::settings::Settings;

/// What the service was told, in order.
pub(super) type Log = Arc<Mutex<Vec<String>>>;

/// Does what frames say:
///
/// - `[wait]` waits for a `[go]` of anybody, `[fill N]` too, once it has written N bytes;
/// - `[many N]` answers in N steps;
/// - `[spin]` takes longer than a turn, while nobody has said `[enough]`;
/// - `[job]` waits for a job that runs until the test lets it go;
/// - `[make N]` is answered by N bytes that a worker makes;
/// - `[leave]` hands out a job of nobody's;
/// - `[edit]` and `[edit N]`, of N bytes, are not durable before the service has committed;
/// - `[late]` is durable when somebody has said `[go]`, however often the service commits;
/// - `[break]` has commits fail from then on;
/// - `[list]` tells who is there, `[kill N]` closes the connection of the n-th;
/// - `[stop]` ends the loop; any other is given back, one of more than 64 KiB as its length.
pub(super) struct StepService {
    log: Log,
    held: Arc<Mutex<Receiver<()>>>,
    waiting: Vec<Client>,
    ready: VecDeque<Client>,
    jobs: VecDeque<Job<Vec<u8>>>,
    commands: VecDeque<Command>,
    clients: Option<Vec<ClientInfo>>,
    enough: bool,
    stop: bool,
    /// Commits so far.
    commits: u64,
    /// How often somebody said `[go]`.
    goes: u64,
    /// They fail.
    is_broken: bool,
}

pub(super) struct Session {
    client: Client,
    /// Steps that are left.
    steps: usize,
    lists: bool,
    /// Commits before its last edit.
    edited: Option<u64>,
    /// How often `[go]` was said before its last `[late]`.
    late: Option<u64>,
}

/// A loop with such a service, what it was told, and what lets its jobs go when it is dropped.
pub(super) fn start(settings: Settings) -> (Server, Log, Sender<()>) {
    let (hold, held) = mpsc::channel();
    let log = Log::default();
    let service = StepService {
        log: Arc::clone(&log),
        held: Arc::new(Mutex::new(held)),
        waiting: Vec::new(),
        ready: VecDeque::new(),
        jobs: VecDeque::new(),
        commands: VecDeque::new(),
        clients: None,
        enough: false,
        stop: false,
        commits: 0,
        goes: 0,
        is_broken: false,
    };
    (Server::start_service(settings, service, || None), log, hold)
}

impl StepService {
    fn note(&self, session: &Session, what: &str) {
        self.log.lock().unwrap().push(format!("{} {what}", session.client.number()));
    }

    fn job(&self, class: Class) -> Job<Vec<u8>> {
        let held = Arc::clone(&self.held);
        Job::new(class, move || {
            // It ends when the sender is dropped.
            let _ = held.lock().unwrap().recv();
            b"done\n".to_vec()
        })
    }

    fn steps(&self, session: &mut Session, out: &mut Output) -> Verdict<Vec<u8>> {
        while session.steps > 0 {
            out.extend_from_slice(b"step\n");
            session.steps -= 1;
            if out.must_yield() && session.steps > 0 {
                return Verdict::Yield;
            }
        }
        self.note(session, "stepped");
        Verdict::Answered
    }

    fn hold(&mut self, session: &Session) -> Verdict<Vec<u8>> {
        self.waiting.push(session.client);
        Verdict::Hold
    }
}

impl Service for StepService {
    type Session = Session;
    type Done = Vec<u8>;

    fn open(&mut self, client: Client) -> Session {
        Session { client, steps: 0, lists: false, edited: None, late: None }
    }

    fn frame(&mut self, session: &mut Session, frame: &[u8], out: &mut Output) -> Verdict<Vec<u8>> {
        let text = String::from_utf8_lossy(frame).into_owned();
        self.note(session, &format!("{text}{}", if out.is_deaf() { " deaf" } else { "" }));
        let (word, number) = text.trim_matches(['[', ']']).split_once(' ').unwrap_or((&text, ""));
        let number = number.parse().unwrap_or(0);
        match word {
            "[wait]" => return self.hold(session),
            "fill" => {
                out.hand_over(vec![b'x'; number]);
                return self.hold(session);
            }
            "[go]" => {
                self.goes += 1;
                self.ready.extend(self.waiting.drain(..));
            }
            "[late]" => session.late = Some(self.goes),
            "many" => {
                session.steps = number;
                return self.steps(session, out);
            }
            "[job]" => return Verdict::Wait(self.job(Class::Edit)),
            "make" => {
                return Verdict::Wait(Job::new(Class::Read, move || {
                    let mut line = vec![b'x'; number];
                    line.push(b'\n');
                    line
                }));
            }
            "[leave]" => self.jobs.push_back(self.job(Class::Edit)),
            "[list]" => {
                session.lists = true;
                self.commands.push_back(Command::List);
                return self.hold(session);
            }
            "[spin]" => {
                let end = Instant::now() + Duration::from_micros(2 * TURN_US);
                while !self.enough && Instant::now() < end {}
            }
            "edit" => {
                session.edited = Some(self.commits);
                out.hand_over(vec![b'x'; number]);
            }
            "[edit]" => session.edited = Some(self.commits),
            "[break]" => self.is_broken = true,
            "[enough]" => self.enough = true,
            "kill" => self.commands.push_back(Command::Close(number as u64)),
            "[stop]" => self.stop = true,
            _ => {}
        }
        out.extend_from_slice(frame);
        out.push(b'\n');
        Verdict::Answered
    }

    fn large_frame(
        &mut self,
        session: &mut Session,
        frame: LargeFrame,
        out: &mut Output,
    ) -> Verdict<Vec<u8>> {
        self.note(session, "large");
        let sum: usize = frame.iter().map(|&byte| usize::from(byte)).sum();
        out.extend_from_slice(format!("{} {sum}\n", frame.len()).as_bytes());
        Verdict::Answered
    }

    fn finish(
        &mut self,
        session: &mut Session,
        done: Vec<u8>,
        out: &mut Output,
    ) -> Verdict<Vec<u8>> {
        self.note(session, if out.is_deaf() { "finished deaf" } else { "finished" });
        out.hand_over(done);
        Verdict::Answered
    }

    fn resume(&mut self, session: &mut Session, out: &mut Output) -> Verdict<Vec<u8>> {
        if session.steps > 0 {
            return self.steps(session, out);
        }
        self.note(session, "resumed");
        if std::mem::take(&mut session.lists) {
            for info in self.clients.iter().flatten() {
                let ClientInfo { client, received, sent, requests, unread, waits, .. } = info;
                let number = client.number();
                let line = format!("{number} {received} {sent} {requests} {unread} {waits}, ");
                out.extend_from_slice(line.as_bytes());
            }
        }
        out.extend_from_slice(b"resumed\n");
        Verdict::Answered
    }

    fn busy(&mut self, _: &mut Session, _: Job<Vec<u8>>, out: &mut Output) -> Verdict<Vec<u8>> {
        out.extend_from_slice(b"busy\n");
        Verdict::Answered
    }

    fn next_ready(&mut self) -> Option<Client> {
        self.ready.pop_front()
    }

    fn next_job(&mut self) -> Option<Job<Vec<u8>>> {
        self.jobs.pop_front()
    }

    fn finish_orphan(&mut self, _: Vec<u8>) {
        self.log.lock().unwrap().push("orphan finished".to_owned());
    }

    fn next_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    fn listed(&mut self, clients: Vec<ClientInfo>) {
        self.clients = Some(clients);
        self.ready.extend(self.waiting.drain(..));
    }

    fn holds_replies(&self, session: &Session) -> bool {
        session.edited == Some(self.commits) || session.late == Some(self.goes)
    }

    fn commit(&mut self) -> bool {
        self.commits += 1;
        let mut log = self.log.lock().unwrap();
        if log.iter().rev().take_while(|line| *line != "commit").any(|line| line.contains("[edit"))
        {
            log.push("commit".to_owned());
        }
        !self.is_broken
    }

    fn gone(&mut self, session: &mut Session) {
        self.note(session, "gone");
    }

    fn closed(&mut self, session: Session) {
        self.note(&session, "closed");
    }

    fn refuse(&mut self, refusal: Refusal, out: &mut Output) {
        out.extend_from_slice(format!("{refusal:?}\n").as_bytes());
    }

    fn stopping(&self) -> bool {
        self.stop
    }
}
