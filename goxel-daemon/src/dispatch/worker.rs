//! [`Worker`]: what every job has in common: its number, how it is stopped, and that a panic in it is an
//! error like any other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use goxel_core::{Control as _, Executor, Work};
use goxel_proto::{ErrorCode, RpcError};

use crate::fault::{Fault, Result};
use crate::jobs::Ticket;
use crate::state::State;
use crate::thread_pool::Threads;

/// A job on its worker.
pub(super) struct Worker(Option<Arc<Ticket>>);

impl Worker {
    pub(super) fn new(state: &mut State, number: u64) -> Self {
        Self(state.jobs.start(number))
    }

    /// Does the job; a panic in it is an error like any other. One that there was no room for is not
    /// begun.
    pub(super) fn run<T>(&self, job: impl FnOnce() -> Result<T>) -> Result<T> {
        if self.0.as_ref().is_some_and(|ticket| ticket.is_turned_away()) {
            let what = "The daemon is busy: too many jobs wait";
            return Err(RpcError::new(ErrorCode::Internal, what).into());
        }
        // What it leaves behind half-changed is thrown away.
        let outcome = catch_unwind(AssertUnwindSafe(job));
        outcome.unwrap_or_else(|panic| Err(Fault::panic(&*panic)))
    }

    /// It has printed this.
    pub(super) fn print(&self, text: &str) {
        if let Some(ticket) = &self.0 {
            ticket.print(text);
        }
    }

    /// It is so far, of so much.
    pub(super) fn is_at(&self, done: u64, of: u64) -> Result {
        Ok(self.0.as_ref().map_or(Ok(()), |ticket| ticket.check(done, of))?)
    }

    /// Does its work: with all threads for reads, and until somebody stops it.
    pub(super) fn work<T>(&self, act: impl FnOnce(&Work<'_>) -> Result<T>) -> Result<T> {
        self.work_on(&Threads, act)
    }

    pub(super) fn work_on<T>(
        &self,
        threads: &dyn Executor,
        act: impl FnOnce(&Work<'_>) -> Result<T>,
    ) -> Result<T> {
        let Some(ticket) = &self.0 else { return act(&Work::unbounded()) };
        ticket.look()?;
        act(&Work::new(u64::MAX, &**ticket, threads))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_in_a_job_is_an_error() {
        let worker = Worker(None);
        let result: Result<()> =
            worker.run(|| std::panic::resume_unwind(Box::new("oh".to_owned())));
        let error = result.expect_err("the job panics").into_rpc(ErrorCode::Layer);
        assert_eq!(error, RpcError::new(ErrorCode::Internal, "Internal error: oh"));
    }
}
