//! The thread that follows: it reads the leader's stream, and begins again where that ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use goxel_core::{Identity, Project};
use goxel_proto::ErrorCode;
use goxel_proto::json::{Value, Writer};
use goxel_store::journal::Commit;
use goxel_store::stream::Incoming;

use super::link::{Answer, Ended, Link, Question};
use super::pipe::Pipe;
use super::{Source, in_words};
use crate::storage::{Had, Load, MEANING, Replica, STREAM_FORMAT};

/// After a leader is lost it is looked for again behind this time, and twice that each time, up to the other.
const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(10);
/// A leader that says nothing for so long is lost: it says something every second.
const SILENT_MAX: Duration = Duration::from_secs(10);
/// The thread looks so often whether it is to end.
const TICK: Duration = Duration::from_millis(200);
/// What is read at once.
const READ_BYTES: usize = 256 << 10;
/// The leader's answer is a line of a hundred bytes or so.
const REPLY_BYTES_MAX: usize = 64 << 10;
/// What no edit waits for is made durable so often, as with `--durability everysec`.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// Why a stream has ended.
enum Lost {
    /// Nobody follows any more.
    Ended,
    Because(String),
}

impl From<Ended> for Lost {
    fn from(_: Ended) -> Self {
        Self::Ended
    }
}

impl From<std::io::Error> for Lost {
    fn from(error: std::io::Error) -> Self {
        Self::Because(error.to_string())
    }
}

/// Follows until the link ends.
pub(crate) fn start(source: Source, link: Arc<Link>) {
    let run = move || {
        let mut retry = RETRY_MIN;
        while !link.has_ended() {
            let why = match follow(&source, &link, &mut retry) {
                Err(Lost::Because(why)) => why,
                Ok(()) | Err(Lost::Ended) => return,
            };
            tracing::warn!(
                "the leader {source} is lost: {why}; it is looked for again in {retry:?}"
            );
            link.set_state(|state| {
                (state.is_connected, state.is_complete) = (false, false);
                state.error = Some(why);
            });
            link.pause(retry);
            retry = (retry * 2).min(RETRY_MAX);
        }
    };
    if let Err(error) = std::thread::Builder::new().name("follow".to_owned()).spawn(run) {
        tracing::error!("nothing can be followed: {error}");
    }
}

/// A stream under way.
struct Stream<'a> {
    link: &'a Link,
    pipe: Pipe,
    incoming: Incoming,
    replica: Replica,
    /// Which run of the leader it is of.
    run: u64,
    /// Edits wait there until they are durable here.
    is_waited_for: bool,
    /// Messages that were received, and up to which the leader knows them to be durable.
    received: u64,
    told: u64,
    synced: Instant,
    bytes: Vec<u8>,
}

fn follow(source: &Source, link: &Link, retry: &mut Duration) -> Result<(), Lost> {
    let mut pipe = Pipe::open(source)?;
    let Answer::Has(has) = link.ask(Question::Has)? else { return Err(unexpected()) };
    pipe.write(&hello(&has))?;
    let mut stream = Stream {
        link,
        pipe,
        incoming: Incoming::default(),
        replica: Replica::default(),
        run: 0,
        is_waited_for: false,
        received: 0,
        told: 0,
        synced: Instant::now(),
        bytes: vec![0; READ_BYTES],
    };
    stream.begin()?;
    tracing::info!("follows {source}");
    link.set_state(|state| *state = super::LinkState { is_connected: true, ..Default::default() });
    loop {
        let was_complete = link.state().is_complete;
        stream.receive()?;
        if !was_complete && link.state().is_complete {
            *retry = RETRY_MIN;
            tracing::info!("has every project of {source}");
        }
    }
}

/// What a follower says first.
fn hello(has: &[Had]) -> Vec<u8> {
    let mut out = Vec::new();
    goxel_proto::response::request(&mut out, "goxel.follow", 1, |w| {
        w.object(|w| {
            w.member("format", STREAM_FORMAT);
            w.member("meaning", u32::from(MEANING));
            w.key("projects").array(|w| has.iter().for_each(|had| write_had(had, w.item())));
        });
    });
    out
}

fn write_had(had: &Had, w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("project_id", Identity::of(had.number).to_string().as_str());
        w.member("version", had.version);
        w.member("run", format!("{:016x}", had.run).as_str());
    });
}

fn unexpected() -> Lost {
    Lost::Because("the daemon answered another question".to_owned())
}

impl Stream<'_> {
    /// Reads what is there.
    fn read(&mut self) -> Result<usize, Lost> {
        let began = Instant::now();
        loop {
            if self.link.has_ended() {
                return Err(Lost::Ended);
            }
            match self.pipe.read(&mut self.bytes, TICK)? {
                Some(0) => return Err(Lost::Because("it has closed the connection".to_owned())),
                Some(count) => return Ok(count),
                None if began.elapsed() >= SILENT_MAX => {
                    let seconds = SILENT_MAX.as_secs();
                    return Err(Lost::Because(format!("it said nothing for {seconds} s")));
                }
                None => {}
            }
        }
    }

    /// Reads the answer to the hello.
    fn begin(&mut self) -> Result<(), Lost> {
        let mut line = Vec::new();
        let rest = loop {
            let count = self.read()?;
            let end = self.bytes[..count].iter().position(|byte| *byte == b'\n');
            line.extend_from_slice(&self.bytes[..end.unwrap_or(count)]);
            if let Some(end) = end {
                break end + 1..count;
            }
            if line.len() > REPLY_BYTES_MAX {
                return Err(Lost::Because("its answer has no end".to_owned()));
            }
        };
        self.incoming.take(&self.bytes[rest]);
        let reply = Reply::read(&line).map_err(Lost::Because)?;
        (self.run, self.is_waited_for) = (reply.run, reply.is_waited_for);
        Ok(())
    }

    /// Takes what has come.
    fn receive(&mut self) -> Result<(), Lost> {
        let count = self.read()?;
        self.incoming.take(&self.bytes[..count]);
        let (mut counted, mut is_alive) = (0, false);
        while let Some(message) = self.incoming.next_message().map_err(in_text)? {
            let link = self.link;
            match self.replica.take(message, |identity| base(link, identity)) {
                Ok(true) => counted += 1,
                Ok(false) => is_alive = true,
                // The loop is gone, so this could not be asked.
                Err(_) if link.has_ended() => return Err(Lost::Ended),
                Err(why) => return Err(Lost::Because(why)),
            }
        }
        self.received += counted;
        let syncs =
            self.is_waited_for && counted > 0 || self.synced.elapsed() >= SYNC_EVERY || is_alive;
        let batch = self.replica.take_batch();
        let is_complete = batch.complete.is_some();
        if batch.is_empty() && !(syncs && self.told < self.received) {
            if is_alive {
                self.tell()?;
            }
            return Ok(());
        }
        let commits = syncs || is_complete;
        let question = Question::Take { batch: Box::new(batch), run: self.run, commits };
        match self.link.ask(question)? {
            Answer::Taken(Some(commit)) => self.commit(commit)?,
            Answer::Taken(None) => {}
            Answer::Refused(why) => return Err(Lost::Because(format!("it cannot be kept: {why}"))),
            _ => return Err(unexpected()),
        }
        if is_complete {
            self.link.set_state(|state| state.is_complete = true);
        }
        Ok(())
    }

    fn commit(&mut self, commit: Commit) -> Result<(), Lost> {
        commit.run().map_err(|error| Lost::Because(error.to_string()))?;
        self.synced = Instant::now();
        self.told = self.received;
        let durable = self.told;
        self.link.set_state(|state| state.durable = durable);
        self.tell()
    }

    /// Says what is durable here.
    fn tell(&mut self) -> Result<(), Lost> {
        let mut out = Vec::new();
        let through = self.told;
        goxel_proto::response::notification(&mut out, "goxel.followed", |w| {
            w.object(|w| w.member("through", through));
        });
        Ok(self.pipe.write(&out)?)
    }
}

fn in_text(error: impl std::fmt::Display) -> Lost {
    Lost::Because(error.to_string())
}

/// A project as it is here.
fn base(link: &Link, identity: Identity) -> Result<Project, String> {
    match link.ask(Question::Base(identity)) {
        Ok(Answer::Base(Ok(Load::AtHand(project)))) => Ok(*project),
        Ok(Answer::Base(Ok(Load::Read(read)))) => read().map(|project| *project).map_err(in_words),
        Ok(Answer::Base(Err(why))) => Err(why),
        Ok(_) => Err("the daemon answered another question".to_owned()),
        Err(Ended) => Err("nobody follows any more".to_owned()),
    }
}

/// What a leader answers.
#[derive(Debug, PartialEq, Eq)]
struct Reply {
    run: u64,
    is_waited_for: bool,
}

impl Reply {
    fn read(line: &[u8]) -> Result<Self, String> {
        let no_answer = || {
            let begin = String::from_utf8_lossy(&line[..line.len().min(200)]).into_owned();
            format!("it answers no question of a follower: {begin}")
        };
        let reply = Value::parse(line).map_err(|_| no_answer())?;
        if let Some(error) = reply.get("error") {
            let message = error.get("message").and_then(|message| message.as_str());
            let code = error.get("code").and_then(|code| code.as_number()?.to_i64());
            let message =
                message.map(|message| message.decode().into_owned()).ok_or_else(no_answer)?;
            return Err(match code == Some(ErrorCode::MethodNotFound as i64) {
                true => format!("it is of a version that cannot be followed ({message})"),
                false => message,
            });
        }
        let result = reply.get("result").ok_or_else(no_answer)?;
        let run = result.get("run").and_then(|run| run.as_str()).ok_or_else(no_answer)?;
        let run = u64::from_str_radix(&run.decode(), 16).map_err(|_| no_answer())?;
        let waits = result.get("waits").map(|waits| waits.raw() == b"true");
        Ok(Self { run, is_waited_for: waits.ok_or_else(no_answer)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_or_told_in_words() {
        let read = |text: &str| Reply::read(text.as_bytes());
        let good = r#"{ "jsonrpc": "2.0", "result": { "run": "00000000000000ff", "waits": true }, "id": 1 }"#;
        assert_eq!(read(good), Ok(Reply { run: 255, is_waited_for: true }));
        let refused = r#"{"error": {"code": -1034, "message": "not by this socket"}, "id": 1}"#;
        assert_eq!(read(refused), Err("not by this socket".to_owned()));
        let old = r#"{"error": {"code": -32601, "message": "Method not found"}, "id": 1}"#;
        assert!(read(old).is_err_and(|why| why.contains("of a version that cannot be followed")));
        for bad in
            ["", "hello", "{}", r#"{"result": 1}"#, r#"{"result": {"run": "x"}}"#, "{\"result\": "]
        {
            assert!(read(bad).is_err_and(|why| why.contains("answers no question")), "{bad}");
        }
    }
}
