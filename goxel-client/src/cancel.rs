//! [`Canceller`]: cancels jobs on a second connection: the daemon reads the first one only when it has
//! answered.

use std::time::Duration;

use goxel_proto::Method;
use goxel_proto::json::Value;

use crate::client::Client;
use crate::daemon::Daemon;
use crate::error::Error;
use crate::onlooker::Onlooker;

/// How long the second connection waits for the daemon, which may be at its end.
const CANCEL_TIMEOUT: Duration = Duration::from_millis(500);

impl Daemon {
    /// A connection to this daemon with somebody who looks on while replies are waited for, and may
    /// have calls cancelled.
    #[must_use]
    pub fn watch(&self, client: Client, onlooker: Box<dyn Onlooker>) -> Client {
        let mut canceller = Canceller { daemon: self.clone(), second: None };
        client.watched_by(onlooker, Box::new(move |job| canceller.cancel(job)))
    }
}

struct Canceller {
    daemon: Daemon,
    /// Over which calls are cancelled, once one was.
    second: Option<Client>,
}

impl Canceller {
    /// Cancels the job of this number, or else all jobs of this process.
    fn cancel(&mut self, job: Option<u64>) -> Result<(), Error> {
        let client = match &mut self.second {
            Some(client) => client,
            second => {
                let client = Client::new(self.daemon.open()?);
                client.set_timeout(Some(CANCEL_TIMEOUT))?;
                second.insert(client)
            }
        };
        let outcome = match job {
            Some(job) => cancel(client, job),
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
