//! [`Service`]: what the loop drives. The daemon is one; tests have their own.

/// Work for a worker thread. What it gives comes back through [`Service::finish`].
pub type Job<D> = Box<dyn FnOnce() -> D + Send>;

/// What the service did with a frame.
pub enum Verdict<D> {
    /// It is done with: the reply, if there is one, is in the output.
    Answered,
    /// The connection waits for this job; its next frame is looked at afterwards.
    Wait(Job<D>),
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

/// Turns frames into replies, on the loop's thread.
pub trait Service {
    /// What is remembered of a connection.
    type Session;
    /// What a job gives.
    type Done: Send + 'static;

    /// A client has connected.
    fn open(&mut self) -> Self::Session;

    /// Answers a frame. Replies are appended to `out`, each with its line break.
    fn frame(
        &mut self,
        session: &mut Self::Session,
        frame: &[u8],
        out: &mut Vec<u8>,
    ) -> Verdict<Self::Done>;

    /// Takes what a job gave.
    fn finish(
        &mut self,
        session: &mut Self::Session,
        done: Self::Done,
        out: &mut Vec<u8>,
    ) -> Verdict<Self::Done>;

    /// The job could not be queued: too many are.
    fn busy(&mut self, session: &mut Self::Session, out: &mut Vec<u8>) -> Verdict<Self::Done>;

    /// Says why the connection is closed.
    fn refuse(&mut self, refusal: Refusal, out: &mut Vec<u8>);

    /// Whether the loop shall come to its end.
    fn stopping(&self) -> bool;
}
