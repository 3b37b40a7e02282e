//! [`Watched`]: a connection's waits, on which somebody looks on, and which are ended by cancelling
//! the call on a second connection: the daemon reads the first one only when it has answered.

use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use goxel_proto::Method;
use goxel_proto::json::Value;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::client::Client;
use crate::daemon::Daemon;
use crate::error::Error;
use crate::onlooker::{Onlooker, Told, Wish};

/// What comes within this time was not waited for: people see no delay yet, and nobody looks on.
const SOON: Duration = Duration::from_millis(20);

/// How often the onlooker looks, and how often a job is looked for that shall be cancelled: as often
/// as a line on a terminal is worth redrawing.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long the second connection waits for the daemon, which may be at its end.
const CANCEL_TIMEOUT: Duration = Duration::from_millis(500);

/// Who looks on at a connection, and what is known of the wait.
#[derive(Debug)]
pub(crate) struct Watched {
    daemon: Daemon,
    pub(crate) onlooker: Box<dyn Onlooker>,
    since: Option<Instant>,
    told: Option<Told>,
    /// Over which calls are cancelled, once one was.
    second: Option<Client>,
    /// A call was to be cancelled.
    pub(crate) is_stopped: bool,
    /// All that is under way is to be cancelled.
    cancels: bool,
}

impl Watched {
    pub(crate) fn new(daemon: Daemon, onlooker: Box<dyn Onlooker>) -> Self {
        Self {
            daemon,
            onlooker,
            since: None,
            told: None,
            second: None,
            is_stopped: false,
            cancels: false,
        }
    }

    /// What is sent now came after the wish to cancel, so it is not meant.
    pub(crate) fn begin(&mut self) {
        self.cancels = false;
    }

    /// The daemon has told how far the call is.
    pub(crate) fn tell(&mut self, told: Told) {
        self.told = Some(told);
    }

    /// Waits until there is something to read.
    pub(crate) fn wait(&mut self, stream: &UnixStream) -> Result<(), Error> {
        let begin = Instant::now();
        if self.since.is_none() && is_readable(stream, None, SOON)? {
            return Ok(());
        }
        let since = *self.since.get_or_insert(begin);
        loop {
            if self.onlooker.look(since.elapsed(), self.told.as_ref()) == Wish::Cancel {
                self.stop();
            }
            if self.cancels {
                // One that is not found yet is looked for again; whoever waits for it in vain can
                // still end.
                let _ = self.cancel();
            }
            if is_readable(stream, Some(&*self.onlooker), LOOK_EVERY)? {
                return Ok(());
            }
        }
    }

    /// A reply is there.
    pub(crate) fn end(&mut self) {
        self.told = None;
        if self.since.take().is_some() && self.onlooker.end() == Wish::Cancel {
            self.stop();
        }
    }

    fn stop(&mut self) {
        self.is_stopped = true;
        self.cancels = true;
    }

    /// Cancels the job that the daemon told of, or else all jobs of this process.
    fn cancel(&mut self) -> Result<(), Error> {
        let client = match &mut self.second {
            Some(client) => client,
            second => {
                let client = Client::new(self.daemon.open()?);
                client.set_timeout(Some(CANCEL_TIMEOUT))?;
                second.insert(client)
            }
        };
        let outcome = match &self.told {
            Some(told) => cancel(client, told.job),
            None => cancel_all(client),
        };
        if outcome.is_err() {
            self.second = None;
        }
        outcome
    }
}

fn cancel(client: &mut Client, job: u64) -> Result<(), Error> {
    client.call(Method::Cancel, None, |params| params.member("job", job))?;
    Ok(())
}

/// Cancels what runs or waits for any connection of this process.
fn cancel_all(client: &mut Client) -> Result<(), Error> {
    let list = client.call(Method::ListClients, None, |_| ())?;
    let pid = u64::from(std::process::id());
    let ours = of_list(&list, "clients", |one| number(one, "pid") == Some(pid), "client");
    let list = client.call(Method::ListJobs, None, |_| ())?;
    let is_ours = |job: &Value<'_>| number(job, "client").is_some_and(|of| ours.contains(&of));
    let jobs = of_list(&list, "jobs", is_ours, "job");
    jobs.into_iter().try_for_each(|job| cancel(client, job))
}

/// A number of each element of a list that `holds`.
fn of_list(
    reply: &Value<'_>,
    list: &str,
    holds: impl Fn(&Value<'_>) -> bool,
    name: &str,
) -> Vec<u64> {
    let list = reply.get(list);
    let elements = list.iter().flat_map(Value::elements).filter(|one| holds(one));
    elements.filter_map(|one| number(&one, name)).collect()
}

fn number(of: &Value<'_>, name: &str) -> Option<u64> {
    u64::try_from(of.get(name)?.as_number()?.to_i64()?).ok()
}

/// Whether something comes within this time. It comes back early where the onlooker wants to look.
fn is_readable(
    stream: &UnixStream,
    onlooker: Option<&dyn Onlooker>,
    within: Duration,
) -> Result<bool, Error> {
    let wake = onlooker.and_then(Onlooker::wake);
    let mut fds = [PollFd::new(stream, PollFlags::IN), PollFd::new(stream, PollFlags::IN)];
    let mut count = 1;
    if let Some(wake) = &wake {
        fds[1] = PollFd::from_borrowed_fd(wake.as_fd(), PollFlags::IN);
        count = 2;
    }
    let within = Timespec { tv_sec: 0, tv_nsec: i64::from(within.subsec_nanos()) };
    match poll(&mut fds[..count], Some(&within)) {
        // What is closed or broken shows when it is read.
        Ok(_) => Ok(!fds[0].revents().is_empty()),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(Error::Connection(error.into())),
    }
}
