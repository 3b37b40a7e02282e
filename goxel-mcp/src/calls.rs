//! [`Calls`]: carries out tool calls on connections of the pool, so many at once, each with its time,
//! its progress and its end; and writes a line about each.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use goxel_client::Told;
use goxel_proto::base64;
use rmcp::model::{CallToolResult, ContentBlock};
use serde_json::{Map, Value};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::audit::{Audit, Entry, Fate};
use crate::lookout::{Ticket, Why};
use crate::pool::Pool;
use crate::tool::{Call, Limits, Outcome, Refused, Tool};

/// Calls that are carried out at once: each takes a thread, and a connection of the daemon.
const CALLS_MAX: usize = 16;
/// Calls that wait for their turn. Each holds its arguments, which may be megabytes.
const CALLS_WAITING_MAX: usize = 64;

/// What is needed to carry out calls.
pub(crate) struct Calls {
    pub(crate) pool: Arc<Pool>,
    limits: Limits,
    time: Duration,
    audit: Audit,
    turns: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// Who calls, and what.
pub(crate) struct Asked {
    pub(crate) tool: &'static Tool,
    pub(crate) arguments: Map<String, Value>,
    /// What the client calls itself.
    pub(crate) client: String,
}

/// A call that is under way. It is stopped when this is dropped.
pub(crate) struct Running {
    ticket: Arc<Ticket>,
    done: JoinHandle<CallToolResult>,
}

impl Calls {
    /// Calls may take so long, and do so much.
    pub(crate) fn new(pool: Arc<Pool>, limits: Limits, time: Duration, audit: Audit) -> Self {
        let turns = Arc::new(Semaphore::new(CALLS_MAX));
        Self { pool, limits, time, audit, turns, waiting: AtomicUsize::new(0) }
    }

    /// Begins a call, once it has its turn.
    ///
    /// # Errors
    /// In words, where too many wait already.
    pub(crate) async fn begin(self: &Arc<Self>, asked: Asked) -> Result<Running, CallToolResult> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= CALLS_MAX + CALLS_WAITING_MAX {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(refused(&format!(
                "{} calls are under way or wait already: wait for some of them, then call again",
                CALLS_MAX + CALLS_WAITING_MAX
            )));
        }
        let place = Place(Arc::clone(self));
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let ticket = Ticket::new(self.time);
        let (calls, of_call) = (Arc::clone(self), Arc::clone(&ticket));
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, turn);
            calls.carry_out(asked, &of_call)
        });
        Ok(Running { ticket, done })
    }

    fn carry_out(&self, asked: Asked, ticket: &Arc<Ticket>) -> CallToolResult {
        let began = Instant::now();
        let Asked { tool, arguments, client } = asked;
        let project = arguments.get("project_id").and_then(Value::as_str).map(str::to_owned);
        // Its line is written whatever becomes of it, a panic too.
        let mut line = AuditLine {
            audit: &self.audit,
            client,
            tool: tool.name,
            project,
            began,
            fate: Fate::Failed,
        };
        let outcome = self.run(tool, arguments, ticket);
        let (result, fate) = match (outcome, ticket.stopped()) {
            (Ok(outcome), _) => (shown(outcome), Fate::Done),
            (Err(_), Some(Why::TooLong)) => {
                let words = self.too_long();
                (refused(&words), Fate::Refused(words))
            }
            (Err(refusal), Some(Why::Cancelled)) => (refused(&refusal.words), Fate::Cancelled),
            (Err(refusal), None) => (refused(&refusal.words), Fate::Refused(refusal.words)),
        };
        line.fate = fate;
        result
    }

    fn run(
        &self,
        tool: &Tool,
        arguments: Map<String, Value>,
        ticket: &Arc<Ticket>,
    ) -> Result<Outcome, Refused> {
        let done = self.pool.with(ticket, |client| {
            let outcome = (tool.run)(&mut Call { client, limits: &self.limits }, arguments);
            // What a call that failed has begun, a transaction say, ends with its connection.
            let is_whole = outcome.is_ok();
            (outcome, is_whole)
        });
        done.unwrap_or_else(|error| Err(Refused::new(unreachable(&error))))
    }

    fn too_long(&self) -> String {
        format!(
            "stopped after {} s, which is the longest that a call may take: ask for less in one call, \
             or start goxel-mcp with a longer --timeout",
            self.time.as_secs()
        )
    }
}

/// What to do where there is no daemon.
pub(crate) fn unreachable(error: &goxel_client::Error) -> String {
    format!(
        "goxel-daemon cannot be worked with: {error}. Nothing was changed. The next call tries again; \
         `goxel-cli daemon status` says more to a person"
    )
}

impl Running {
    /// What it comes to. Whoever gives up waiting can go on waiting later.
    pub(crate) async fn done(&mut self) -> CallToolResult {
        (&mut self.done).await.unwrap_or_else(|_| {
            refused(
                "the tool failed in itself, which is a fault of goxel-mcp. Look at the project before \
                 you call again: what was asked may be done in part",
            )
        })
    }

    /// Has it stopped; it is done soon then.
    pub(crate) fn stop(&self) {
        self.ticket.stop();
    }

    /// How far it is.
    pub(crate) fn progress(&self) -> watch::Receiver<Option<Told>> {
        self.ticket.progress()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.ticket.stop();
    }
}

/// A place among those that wait or are carried out.
struct Place(Arc<Calls>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

struct AuditLine<'a> {
    audit: &'a Audit,
    client: String,
    tool: &'a str,
    project: Option<String>,
    began: Instant,
    fate: Fate,
}

impl Drop for AuditLine<'_> {
    fn drop(&mut self) {
        self.audit.write(&Entry {
            client: &self.client,
            tool: self.tool,
            project: self.project.as_deref(),
            fate: &self.fate,
            time: self.began.elapsed(),
        });
    }
}

/// The result of a call that was carried out.
fn shown(outcome: Outcome) -> CallToolResult {
    let text = outcome.text.unwrap_or_else(|| outcome.structured.to_string());
    let mut content = vec![ContentBlock::text(text)];
    for picture in outcome.pictures {
        if !picture.label.is_empty() {
            content.push(ContentBlock::text(picture.label));
        }
        content.push(ContentBlock::image(encoded(&picture.png), "image/png"));
    }
    let mut result = CallToolResult::success(content);
    result.structured_content = Some(outcome.structured);
    result
}

/// The result of one that was not.
fn refused(words: &str) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(words)])
}

/// Bytes as base64.
pub(crate) fn encoded(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    base64::encode(bytes, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
