//! [`Pool`]: connections to the daemon. A call has one for itself, so that calls do not wait for each
//! other, and a transaction that it begins is seen by nobody else.
//!
//! Each is confined before anything else is asked of it. Those that have done a call well are kept for
//! the next; one that broke, or whose call failed, is closed, and whatever it had begun ends with it.
//! Where the daemon is gone, the next call starts it again.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use goxel_client::{Client, Daemon, Error, Found};
use goxel_proto::Method;
use tokio::sync::Notify;

use crate::lookout::{Lookout, Slot, Ticket};

/// Connections that are kept while nobody uses them: as many as calls that models make at once. Each
/// is a descriptor here and in the daemon.
const IDLE_MAX: usize = 16;

/// What the connections of a pool may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confinement {
    /// The directory that paths of files stay beneath.
    pub workspace: PathBuf,
    /// Whether nothing may be changed.
    pub read_only: bool,
}

/// Connections to a daemon.
#[derive(Debug)]
pub struct Pool {
    daemon: Daemon,
    confinement: Confinement,
    idle: Mutex<Vec<Connection>>,
    /// Who connects anew. One at a time, so that a daemon that is gone is started once.
    connecting: Mutex<()>,
    /// Tells who waits for a daemon that there is one.
    reached: Arc<Notify>,
}

#[derive(Debug)]
struct Connection {
    client: Client,
    slot: Slot,
}

impl Pool {
    /// None yet. Those that are made may do what the confinement says.
    #[must_use]
    pub fn new(daemon: Daemon, confinement: Confinement) -> Self {
        Self {
            daemon,
            confinement,
            idle: Mutex::default(),
            connecting: Mutex::default(),
            reached: Arc::default(),
        }
    }

    /// What tells that a call has reached a daemon, which may be another one.
    pub(crate) fn reached(&self) -> Arc<Notify> {
        Arc::clone(&self.reached)
    }

    /// A connection that may do nothing but listen, where a daemon runs.
    ///
    /// # Errors
    /// Where none does, or it does not confine the connection.
    pub(crate) fn listener(&self) -> Result<Client, Error> {
        let mut client = self.daemon.connect_running()?;
        client.call(Method::Confine, None, |params| {
            params.member("roots", [""; 0]);
            params.member("read_only", true);
        })?;
        Ok(client)
    }

    /// Has `work` done with a connection. It says whether that is of use afterwards.
    ///
    /// # Errors
    /// Where the daemon cannot be reached, nor started, or does not confine the connection.
    pub(crate) fn with<T>(
        &self,
        ticket: &Arc<Ticket>,
        work: impl FnOnce(&mut Client) -> (T, bool),
    ) -> Result<T, Error> {
        let mut connection = match self.take_idle() {
            Some(connection) => connection,
            None => self.connect(&self.confinement)?,
        };
        connection.slot.set(Some(Arc::clone(ticket)));
        let (outcome, is_whole) = work(&mut connection.client);
        connection.slot.set(None);
        if is_whole && ticket.stopped().is_none() {
            self.keep(connection);
        }
        Ok(outcome)
    }

    /// As [`Self::with`], for reads alone: a refusal leaves nothing behind.
    ///
    /// # Errors
    /// As there, and those of the work.
    pub(crate) fn with_kept<T>(
        &self,
        ticket: &Arc<Ticket>,
        work: impl FnOnce(&mut Client) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.with(ticket, |client| {
            let done = work(client);
            let is_whole = matches!(done, Ok(_) | Err(Error::Refused(_)));
            (done, is_whole)
        })?
    }

    /// As [`Self::with`], on a connection that may do something else, and is closed then.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn with_other<T>(
        &self,
        confinement: &Confinement,
        ticket: &Arc<Ticket>,
        work: impl FnOnce(&mut Client) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut connection = self.connect(confinement)?;
        connection.slot.set(Some(Arc::clone(ticket)));
        work(&mut connection.client)
    }

    fn take_idle(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(connection) = idle.pop() {
            if connection.client.is_idle() {
                return Some(connection);
            }
        }
        None
    }

    fn keep(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.push(connection);
        }
    }

    fn connect(&self, confinement: &Confinement) -> Result<Connection, Error> {
        let client = {
            let _alone = self.connecting.lock().unwrap_or_else(PoisonError::into_inner);
            match self.daemon.connect_or_start()? {
                Found::Running(client) | Found::Started(client) => client,
            }
        };
        let slot = Slot::default();
        let mut client = self.daemon.watch(client, Box::new(Lookout(slot.clone())));
        client.call(Method::Confine, None, |params| {
            params.member("roots", [confinement.workspace.to_string_lossy().into_owned()]);
            params.member("read_only", confinement.read_only);
        })?;
        self.reached.notify_waiters();
        Ok(Connection { client, slot })
    }
}
