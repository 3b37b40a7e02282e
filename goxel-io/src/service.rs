//! [`Service`]: what the loop drives. The daemon is one; tests have their own.
//!
//! All of a service is called on the loop's thread, so whatever takes long is for a worker:
//!
//! ```text
//! frame --> Answered                                   the next frame
//!       --> Wait(job) --> worker --> finish            the next frame waits for it
//!       --> Hold, until next_ready names the client --> resume
//!       --> Yield, then all others have their turn --> resume
//! ```
//!
//! `finish` and `resume` say the same, so one frame can take many steps. A client that leaves on
//! the way is told of by [`Service::gone`], goes through the rest of its steps, and is handed back
//! by [`Service::closed`].

use std::time::{Duration, Instant};

use crate::buffers::LargeFrame;
use crate::output::Output;

/// Names a connection for as long as it is there, and is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Client {
    /// The loop's own name of it.
    pub(crate) token: u64,
    number: u64,
    entrance: usize,
}

impl Client {
    pub(crate) fn new(token: u64, number: u64, entrance: usize) -> Self {
        Self { token, number, entrance }
    }

    /// A client of no loop, for who drives a service by hand.
    #[must_use]
    pub fn without_loop(number: u64) -> Self {
        Self { token: number, number, entrance: 0 }
    }

    /// What people call it: it was the n-th to connect, counted from 1.
    #[must_use]
    pub fn number(self) -> u64 {
        self.number
    }

    /// Which of the loop's listeners it came by, counted from 0.
    #[must_use]
    pub fn entrance(self) -> usize {
        self.entrance
    }
}

/// Whom a job must not wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A change that others wait for. It never waits behind the other classes.
    Edit,
    /// What one client alone waits for: long reads, pictures, files.
    Read,
    /// What one client alone waits for, and may run for as long as it likes: scripts.
    Script,
    /// What nobody waits for: memory that is given back.
    Free,
}

/// Work for a worker thread. What it gives comes back through [`Service::finish`].
pub struct Job<D> {
    /// Its place among the others.
    pub class: Class,
    /// What is to be done. It owns all that it needs.
    pub work: Box<dyn FnOnce() -> D + Send>,
}

impl<D> Job<D> {
    /// A job of this class.
    pub fn new(class: Class, work: impl FnOnce() -> D + Send + 'static) -> Self {
        Self { class, work: Box::new(work) }
    }

    /// Does it, on the calling thread.
    pub fn run(self) -> D {
        (self.work)()
    }
}

/// What the service did with a frame.
pub enum Verdict<D> {
    /// It is done with: the reply, if there is one, is in the output.
    Answered,
    /// The connection waits for this job; its next frame is looked at afterwards.
    Wait(Job<D>),
    /// The connection waits until [`Service::next_ready`] names it.
    Hold,
    /// There is more to do, after all others had their turn and the client has read most of what
    /// it was sent: [`Service::resume`] is called then. See [`Output::must_yield`].
    Yield,
}

/// Why a connection is closed by the loop. The client is told before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A message is longer than so many bytes.
    TooLong(usize),
    /// So many clients are connected already.
    TooMany(usize),
    /// The unfinished messages of all clients together are longer than so many bytes.
    NoRoom(usize),
}

/// What a service asks of the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// To tell who is connected, by [`Service::listed`].
    List,
    /// To close the connection of this number, whatever it is at. A job under way still comes
    /// back; what is not looked at yet is not looked at any more.
    Close(u64),
}

/// What the loop knows of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientInfo {
    /// Its name.
    pub client: Client,
    /// Its process, as the kernel knew it when it connected; 0 where it did not say.
    pub pid: u32,
    /// Its user.
    pub uid: u32,
    /// Its user's group.
    pub gid: u32,
    /// For how long it has been connected.
    pub connected: Duration,
    /// Since it was last served.
    pub idle: Duration,
    /// Bytes that it has sent.
    pub received: u64,
    /// Bytes that it was sent.
    pub sent: u64,
    /// Its requests so far.
    pub requests: u64,
    /// Bytes of its replies that it has not read yet.
    pub unread: usize,
    /// Whether it waits for a job or is on hold.
    pub waits: bool,
}

/// Turns frames into replies, on the loop's thread.
pub trait Service {
    /// What is remembered of a connection.
    type Session;
    /// What a job gives.
    type Done: Send + 'static;

    /// A client has connected.
    fn open(&mut self, client: Client) -> Self::Session;

    /// Answers a frame. Replies are appended to `out`, each with its line break.
    fn frame(
        &mut self,
        session: &mut Self::Session,
        frame: &[u8],
        out: &mut Output,
    ) -> Verdict<Self::Done>;

    /// Answers a frame of more than 64 KiB, which the service may keep.
    fn large_frame(
        &mut self,
        session: &mut Self::Session,
        frame: LargeFrame,
        out: &mut Output,
    ) -> Verdict<Self::Done> {
        self.frame(session, &frame, out)
    }

    /// Takes what a job gave.
    fn finish(
        &mut self,
        session: &mut Self::Session,
        done: Self::Done,
        out: &mut Output,
    ) -> Verdict<Self::Done>;

    /// Goes on with a connection that said [`Verdict::Yield`], or [`Verdict::Hold`] and was then
    /// named by [`Service::next_ready`].
    fn resume(&mut self, session: &mut Self::Session, out: &mut Output) -> Verdict<Self::Done>;

    /// The job could not be queued, as too many are. It comes back, since it may own what is
    /// needed further.
    fn busy(
        &mut self,
        session: &mut Self::Session,
        job: Job<Self::Done>,
        out: &mut Output,
    ) -> Verdict<Self::Done>;

    /// A connection on [`Verdict::Hold`] that can go on, if there is one. Asked at every wake-up,
    /// until there is none.
    fn next_ready(&mut self) -> Option<Client> {
        None
    }

    /// Hands over how any thread has the loop wake up and ask [`Service::next_told`]. Called once,
    /// before anybody connects.
    fn attach(&mut self, _wake: Box<dyn Fn() + Send + Sync>) {}

    /// A connection that there is something to tell to beside its replies, if there is one. Asked
    /// at every wake-up, before and behind [`Service::commit`], until there is none.
    fn next_told(&mut self) -> Option<Client> {
        None
    }

    /// Tells it. Its frame may be in the middle of being answered.
    fn tell(&mut self, _session: &mut Self::Session, _out: &mut Output) {}

    /// A connection that is to be told by now what others did, if there is one. Asked at every wake-up behind
    /// [`Service::commit`] and all that has to be told, for as long as there is time: there may be thousands
    /// of them. The loop comes round at once where it has come to no end.
    fn next_listener(&mut self, _now: Instant) -> Option<Client> {
        None
    }

    /// Tells it, where it was named by [`Service::next_listener`]. It has not read so many bytes of what it
    /// was sent; whether that is too much the service says. Its frame may be in the middle of being
    /// answered.
    fn notify(
        &mut self,
        _session: &mut Self::Session,
        _unread: usize,
        _now: Instant,
        _out: &mut Output,
    ) {
    }

    /// A job that is no connection's: freeing, or an edit of somebody who has left. Asked at every
    /// wake-up, for as long as there is room for jobs.
    fn next_job(&mut self) -> Option<Job<Self::Done>> {
        None
    }

    /// Takes what a job of [`Service::next_job`] gave.
    fn finish_orphan(&mut self, _done: Self::Done) {}

    /// Something that the loop shall do. Asked at every wake-up, until there is none.
    fn next_command(&mut self) -> Option<Command> {
        None
    }

    /// Takes what [`Command::List`] asked for. Who waits for it is best on [`Verdict::Hold`]
    /// meanwhile.
    fn listed(&mut self, _clients: Vec<ClientInfo>) {}

    /// Whether the replies that this session was just given must not leave before
    /// [`Service::commit`]: they tell of what is not durable yet. It is asked again behind each commit;
    /// whose replies did not leave with the first is not read until they do.
    fn holds_replies(&self, _session: &Self::Session) -> bool {
        false
    }

    /// Makes durable what was done since the last time. Called at the end of every wake-up; the replies
    /// that were held leave behind it. Where it is false that failed, and nobody knows what is durable:
    /// those replies are thrown away, and their clients let go.
    fn commit(&mut self) -> bool {
        true
    }

    /// When the loop is to wake up at the latest, though nothing happens.
    fn due(&self) -> Option<Instant> {
        None
    }

    /// The loop has come to its end: nothing is called any more, and no job comes back.
    fn ended(&mut self) {}

    /// The peer is no more, or reads no more. What it sent whole still comes, as do the jobs under
    /// way, but replies are thrown away from here on: what makes nothing else need not be done.
    fn gone(&mut self, _session: &mut Self::Session) {}

    /// The connection is closed, and nothing of it is under way.
    fn closed(&mut self, _session: Self::Session) {}

    /// Says why the connection is closed.
    fn refuse(&mut self, refusal: Refusal, out: &mut Output);

    /// Whether the loop shall come to its end.
    fn stopping(&self) -> bool;
}
