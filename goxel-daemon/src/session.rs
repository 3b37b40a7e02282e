//! [`Session`]: what is remembered of a connection.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use goxel_core::ProjectId;
use goxel_io::{Client, ClientInfo};
use goxel_proto::request::{PlainRequest, Template};
use goxel_proto::{Method, RequestView};

use crate::door::Rights;
use crate::meant::Meant;
use crate::reply::Waiting;
use crate::text::Element;

/// What is remembered of a connection.
#[derive(Debug)]
pub(crate) struct Session {
    /// Which connection it is.
    pub(crate) client: Client,
    /// What this connection may do.
    pub(crate) rights: Rights,
    /// How the requests are written that come again and again.
    pub(crate) templates: TemplateCache,
    /// The project that this connection last made, loaded or selected.
    pub(crate) project: Option<ProjectId>,
    /// The session of several connections that this one belongs to.
    pub(crate) named: Option<NamedSession>,
    /// The commit that makes durable what was last done here: replies wait for it.
    pub(crate) commit: Cell<u64>,
    /// Held while transactions of this connection are open: without it they are rolled back.
    pub(crate) transaction: Option<Arc<Hold>>,
    /// The call that is being carried out, and since when.
    pub(crate) began: Option<(Method, Instant)>,
    /// Who is connected, where the loop was asked for the call that is being carried out.
    pub(crate) clients: Option<Rc<[ClientInfo]>>,
    /// How the job that runs is answered.
    pub(crate) waiting: Option<Waiting>,
    /// The number of the job that runs, or of the edit that waits.
    pub(crate) job: Option<u64>,
    /// To be set where there is no room for the job that reads a long request.
    pub(crate) parsing: Option<Arc<AtomicBool>>,
    /// The project that a call which waited is about, whichever one is current by now.
    pub(crate) pinned: Option<ProjectId>,
    /// Whether it is a daemon that follows this one.
    pub(crate) follows: bool,
    /// Whether a batch is being answered.
    pub(crate) in_batch: bool,
    /// What is left of a batch while one of its jobs runs.
    pub(crate) batch: Option<Batch>,
}

/// What a session has in its hand while transactions of it are open.
#[derive(Debug, Default)]
pub(crate) struct Hold {
    /// When the session's last call was over, in milliseconds since the daemon began; [`IN_CALL`]
    /// while one is under way.
    rests_since_ms: AtomicU64,
}

/// A call of the session is under way, however long it takes.
const IN_CALL: u64 = u64::MAX;

impl Hold {
    /// A call of the session has come.
    pub(crate) fn wake(&self) {
        self.rests_since_ms.store(IN_CALL, Ordering::Relaxed);
    }

    /// The session's call is over.
    pub(crate) fn rest(&self, now: Duration) {
        self.rests_since_ms.store(milliseconds(now), Ordering::Relaxed);
    }

    /// Whether nothing was called for longer than `limit`.
    pub(crate) fn is_idle(&self, now: Duration, limit: Duration) -> bool {
        let since = self.rests_since_ms.load(Ordering::Relaxed);
        milliseconds(now).saturating_sub(since) > milliseconds(limit)
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(IN_CALL)
}

impl Session {
    /// Of a connection that has said nothing yet.
    pub(crate) fn new(client: Client, rights: Rights) -> Self {
        Self {
            client,
            rights,
            templates: TemplateCache::default(),
            project: None,
            named: None,
            commit: Cell::new(0),
            transaction: None,
            began: None,
            clients: None,
            waiting: None,
            job: None,
            parsing: None,
            pinned: None,
            follows: false,
            in_batch: false,
            batch: None,
        }
    }
}

/// How the requests of a connection are written that come again and again.
#[derive(Debug, Default)]
pub(crate) struct TemplateCache {
    /// The last call that the fast path took.
    last: Option<Method>,
    template: Option<Box<Template>>,
}

impl TemplateCache {
    /// Reads a request that is written as usual.
    #[inline]
    pub(crate) fn read<'a>(&self, text: &'a [u8]) -> Option<PlainRequest<'a>> {
        self.template.as_ref()?.read(text)
    }

    /// The fast path took a request that was not as usual. What comes twice in a row is usual from now
    /// on: who has several calls by turns would have each of them learnt for the next to forget it.
    pub(crate) fn learn(&mut self, text: &[u8], request: &RequestView<'_>, method: Method) {
        if self.last.replace(method) != Some(method) {
            return;
        }
        if let Some(template) = Template::of(text, request, method) {
            match &mut self.template {
                Some(usual) => **usual = template,
                usual @ None => *usual = Some(Box::new(template)),
            }
        }
    }
}

#[cfg(test)]
impl Default for Session {
    fn default() -> Self {
        use std::sync::atomic::{AtomicU64, Ordering};
        static LAST: AtomicU64 = AtomicU64::new(0);
        let client = Client::without_loop(LAST.fetch_add(1, Ordering::Relaxed));
        Self::new(client, Rights::default())
    }
}

/// The session of several connections that one belongs to.
#[derive(Debug)]
pub(crate) struct NamedSession {
    pub(crate) name: Box<str>,
    /// What it chose before this connection came, or by it. Other connections of the session that
    /// choose meanwhile do not change it: what is under way goes on where it began.
    pub(crate) project: Option<Meant>,
}

/// A batch in the middle of being answered.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Requests that are still to come.
    pub(crate) rest: VecDeque<Element>,
    /// Whether a reply was written yet.
    pub(crate) answered: bool,
}
