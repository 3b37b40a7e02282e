//! Promises: their jobs are run until none is left, and one that is rejected with nobody to take it fails the
//! script.

use std::cell::RefCell;
use std::rc::Rc;

use goxel_proto::worker::Failed;
use rquickjs::promise::PromiseState;
use rquickjs::runtime::RejectionTracker;
use rquickjs::{Ctx, Persistent, Promise, Value};

use crate::ending::Ending;
use crate::failure::Script;

/// How many rejected promises are remembered: the first is told, and those after it may still be taken.
const REJECTIONS_MAX: usize = 1000;

/// Runs jobs until none is left, or the script is to end. The interrupt handler is asked while they run, so jobs
/// that make jobs for ever are no other than a loop.
pub(super) fn run_jobs(ctx: &Ctx<'_>, ending: &Ending) {
    while !ending.is_called() && ctx.execute_pending_job() {}
}

/// What a promise becomes, where it becomes anything.
pub(super) fn settle<'js>(
    promise: &Promise<'js>,
    ending: &Ending,
) -> Option<rquickjs::Result<Value<'js>>> {
    while promise.state() == PromiseState::Pending {
        if ending.is_called() || !promise.ctx().execute_pending_job() {
            return None;
        }
    }
    promise.result()
}

/// Promises that are rejected, and by nobody taken so far.
#[derive(Clone, Default)]
pub(super) struct Rejections(Rc<RefCell<Vec<Rejection>>>);

struct Rejection {
    promise: Persistent<Value<'static>>,
    failed: Failed,
}

impl Rejections {
    /// What the engine tells of promises.
    pub(super) fn tracker(&self, script: &Rc<Script>) -> RejectionTracker {
        let (rejections, script) = (self.0.clone(), script.clone());
        Box::new(move |ctx, promise, reason, is_handled| {
            let mut known = rejections.borrow_mut();
            if is_handled {
                known.retain(|rejection| !is(&rejection.promise, &promise));
            } else if known.len() < REJECTIONS_MAX {
                let promise = Persistent::save(&ctx, promise);
                // Looking at the reason may call getters, which may reject others.
                drop(known);
                let failed = script.rejected(&reason);
                rejections.borrow_mut().push(Rejection { promise, failed });
            }
        })
    }

    /// The first that nobody took.
    pub(super) fn first(&self) -> Option<Failed> {
        self.0.borrow().first().map(|rejection| rejection.failed.clone())
    }

    /// Lets go of the promises.
    pub(super) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

fn is(known: &Persistent<Value<'static>>, promise: &Value<'_>) -> bool {
    known.clone().restore(promise.ctx()).is_ok_and(|known| known == *promise)
}
