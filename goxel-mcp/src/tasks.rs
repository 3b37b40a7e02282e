//! [`call`]: a tool call from its beginning to its end: its progress is told, it ends when it is
//! cancelled, and one that takes long becomes a task, where the client knows tasks.
//!
//! Which calls those are depends on the model, not on the tool: a picture takes a millisecond or an
//! hour. So every call begins as one that is waited for, and what is not done by then goes on as a task.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use goxel_client::Told;
use rmcp::RoleServer;
use rmcp::model::{
    CallToolResponse, CallToolResult, CreateTaskResult, ErrorData, GetTaskResult,
    ProgressNotificationParam, ProgressToken, Task,
};
use rmcp::service::{Peer, RequestContext};
use rmcp::task_manager::{TaskContext, TaskExit, TaskManager, TaskOptions};
use tokio::sync::watch;

use crate::calls::{Asked, Calls, Running};

/// A call that is not done by then becomes a task. Most are done in milliseconds, and asking for a
/// task takes a client a second, too.
const TASK_AFTER: Duration = Duration::from_millis(1500);
/// How often a client may ask for a task, in milliseconds.
const POLL_EVERY_MS: u64 = 1000;
/// How long a task's outcome is kept for who does not ask at once.
const KEPT_FOR: Duration = Duration::from_secs(10 * 60);
/// Tasks that are kept at once, done or not. Each outcome may hold pictures.
const TASKS_MAX: usize = 32;
/// How often progress is told: people see it move.
const PROGRESS_EVERY: Duration = Duration::from_millis(250);

/// The calls that became tasks.
pub(crate) struct Tasks {
    manager: TaskManager,
    /// How long one is kept, from its beginning.
    ttl: Duration,
    /// When each of those that may still be kept began.
    begun: Mutex<VecDeque<Instant>>,
}

impl Tasks {
    /// None yet; each may take so long.
    pub(crate) fn new(time: Duration) -> Self {
        let ttl = time.saturating_add(KEPT_FOR);
        Self { manager: TaskManager::new(), ttl, begun: Mutex::default() }
    }

    /// How a task is.
    ///
    /// # Errors
    /// Where there is no such task, or none any more.
    pub(crate) fn get(&self, id: &str) -> Result<GetTaskResult, ErrorData> {
        self.manager.get_task(id).map(GetTaskResult::new).map_err(|_| unknown(id))
    }

    /// Has a task stopped.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub(crate) fn cancel(&self, id: &str) -> Result<(), ErrorData> {
        self.manager.cancel_task(id).map_err(|_| unknown(id))
    }

    /// Whether there is room for one more, which is taken.
    fn has_room(&self) -> bool {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        // The SDK keeps one that is done as long again.
        let kept = self.ttl.saturating_mul(2);
        while begun.front().is_some_and(|begun| begun.elapsed() >= kept) {
            begun.pop_front();
        }
        let has_room = begun.len() < TASKS_MAX;
        if has_room {
            begun.push_back(Instant::now());
        }
        has_room
    }

    fn go_on(&self, running: Running) -> Task {
        let options = TaskOptions::new()
            .with_ttl_ms(u64::try_from(self.ttl.as_millis()).ok())
            .with_poll_interval_ms(POLL_EVERY_MS);
        self.manager.spawn(options, |context| Box::pin(task(running, context)))
    }
}

fn unknown(id: &str) -> ErrorData {
    let what = format!("no task {id:?}: it never was, or its outcome is kept no longer");
    ErrorData::invalid_params(what, None)
}

/// Carries out a tool call.
pub(crate) async fn call(
    calls: &Arc<Calls>,
    tasks: &Tasks,
    asked: Asked,
    context: &RequestContext<RoleServer>,
) -> CallToolResponse {
    let begun = tokio::select! {
        begun = calls.begin(asked) => begun,
        // It never began, and nobody reads what is answered.
        () = context.ct.cancelled() => return CallToolResult::default().into(),
    };
    let mut running = match begun {
        Ok(running) => running,
        Err(refused) => return refused.into(),
    };
    let telling = context
        .meta
        .get_progress_token()
        .map(|token| tokio::spawn(tell(context.peer.clone(), token, running.progress())));
    let takes_tasks = context.client_capabilities().is_some_and(|client| client.supports_tasks());
    let answer = tokio::select! {
        result = running.done() => Some(result),
        () = context.ct.cancelled() => {
            running.stop();
            Some(running.done().await)
        }
        () = tokio::time::sleep(TASK_AFTER), if takes_tasks => None,
    };
    let answer = match answer {
        Some(result) => result.into(),
        None if tasks.has_room() => CreateTaskResult::new(tasks.go_on(running)).into(),
        None => wait(&mut running, context).await.into(),
    };
    if let Some(telling) = telling {
        telling.abort();
    }
    answer
}

async fn wait(running: &mut Running, context: &RequestContext<RoleServer>) -> CallToolResult {
    tokio::select! {
        result = running.done() => return result,
        () = context.ct.cancelled() => running.stop(),
    }
    running.done().await
}

/// A call that goes on as a task.
async fn task(mut running: Running, context: TaskContext) -> Result<CallToolResult, TaskExit> {
    let mut progress = running.progress();
    // What was told before it became a task counts, too: it may be the last for a while.
    progress.mark_changed();
    loop {
        tokio::select! {
            result = running.done() => return Ok(result),
            () = context.cancelled() => break,
            Ok(()) = progress.changed() => {
                let words = progress.borrow_and_update().as_ref().map(words);
                if let Some(words) = words {
                    context.set_status_message(words);
                }
            }
        }
    }
    running.stop();
    running.done().await;
    Err(TaskExit::Cancelled)
}

/// Tells a client how far its call is, until that is over.
async fn tell(
    peer: Peer<RoleServer>,
    token: ProgressToken,
    mut progress: watch::Receiver<Option<Told>>,
) {
    // It must grow with each notification, while a call may be several jobs one after the other.
    let mut steps = Steps::default();
    while progress.changed().await.is_ok() {
        let Some(told) = progress.borrow_and_update().clone() else { continue };
        let (done, total) = steps.of(&told);
        let mut news =
            ProgressNotificationParam::new(token.clone(), done as f64).with_message(words(&told));
        if total > 0 {
            news = news.with_total(total as f64);
        }
        if peer.notify_progress(news).await.is_err() {
            return;
        }
        tokio::time::sleep(PROGRESS_EVERY).await;
    }
}

/// How far a call is whose jobs come one after the other.
#[derive(Default)]
struct Steps {
    job: u64,
    /// What the jobs before this one did.
    before: u64,
    done: u64,
}

impl Steps {
    fn of(&mut self, told: &Told) -> (u64, u64) {
        if told.job != self.job {
            self.job = told.job;
            self.before = self.done;
        }
        self.done = self.done.max(self.before + told.done);
        (self.done, if told.total == 0 { 0 } else { self.before + told.total })
    }
}

fn words(told: &Told) -> String {
    match told.total {
        0 => format!("{} {}", told.done, told.unit),
        total => format!("{} of {total} {}", told.done, told.unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_never_goes_back() {
        let mut steps = Steps::default();
        let mut of = |job, done, total| {
            steps.of(&Told { job, done, total, unit: "voxels".to_owned(), output: String::new() })
        };
        assert_eq!(of(7, 10, 100), (10, 100));
        assert_eq!(of(7, 90, 100), (90, 100));
        assert_eq!(of(8, 0, 50), (90, 140));
        assert_eq!(of(8, 40, 0), (130, 0));
    }

    #[test]
    fn there_is_room_for_so_many_tasks() {
        let tasks = Tasks::new(Duration::from_secs(60));
        assert!((0..TASKS_MAX).all(|_| tasks.has_room()));
        assert!(!tasks.has_room());
        let tasks = Tasks { ttl: Duration::ZERO, ..tasks };
        assert!(tasks.has_room(), "those are gone by now");
    }
}
