//! [`Link`]: where the thread that follows asks the loop, one question at a time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use goxel_core::Identity;
use goxel_store::journal::Commit;

use super::Wake;
use crate::storage::{Batch, Had, Load};

/// What the thread asks.
pub(super) enum Question {
    /// What is here already?
    Has,
    /// What is this project?
    Base(Identity),
    /// To write and show this, which is of that run of the leader; and to make it durable, where it says so.
    Take { batch: Box<Batch>, run: u64, commits: bool },
}

/// What the loop says.
pub(super) enum Answer {
    Has(Vec<Had>),
    Base(Result<Load, String>),
    /// It is written. This makes it durable.
    Taken(Option<Commit>),
    /// It cannot be.
    Refused(String),
}

/// How far following is, for those who ask.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// Whether the leader is there.
    pub(crate) is_connected: bool,
    /// Whether every project of it was received, since it is.
    pub(crate) is_complete: bool,
    /// Messages that were received and are durable, since it is.
    pub(crate) durable: u64,
    /// Why it was lost last.
    pub(crate) error: Option<String>,
}

/// What both share.
pub(crate) struct Link {
    slot: Mutex<Slot>,
    turn: Condvar,
    wake: Wake,
    has_asked: AtomicBool,
    has_ended: AtomicBool,
}

#[derive(Default)]
struct Slot {
    question: Option<Question>,
    answer: Option<Answer>,
    state: State,
}

/// Nobody follows any more.
#[derive(Debug)]
pub(super) struct Ended;

impl Link {
    pub(super) fn new(wake: Wake) -> Self {
        Self {
            slot: Mutex::default(),
            turn: Condvar::new(),
            wake,
            has_asked: AtomicBool::new(false),
            has_ended: AtomicBool::new(false),
        }
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask(&self, question: Question) -> Result<Answer, Ended> {
        let mut slot = self.slot();
        slot.question = Some(question);
        self.has_asked.store(true, Ordering::Release);
        drop(slot);
        (self.wake)();
        let mut slot = self.slot();
        loop {
            if let Some(answer) = slot.answer.take() {
                return Ok(answer);
            }
            if self.has_ended() {
                return Err(Ended);
            }
            slot = self.turn.wait(slot).unwrap_or_else(PoisonError::into_inner);
        }
    }

    #[inline]
    pub(super) fn has_asked(&self) -> bool {
        self.has_asked.load(Ordering::Acquire)
    }

    pub(super) fn take_question(&self) -> Option<Question> {
        self.has_asked.store(false, Ordering::Release);
        self.slot().question.take()
    }

    pub(super) fn answer(&self, answer: Answer) {
        self.slot().answer = Some(answer);
        self.turn.notify_all();
    }

    /// Has the thread end as soon as it can.
    pub(super) fn end(&self) {
        let _slot = self.slot();
        self.has_ended.store(true, Ordering::Release);
        self.turn.notify_all();
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::Acquire)
    }

    /// Waits for so long, unless it is to end.
    pub(super) fn pause(&self, time: Duration) {
        let slot = self.slot();
        if !self.has_ended() {
            let _ = self.turn.wait_timeout(slot, time);
        }
    }

    pub(super) fn state(&self) -> State {
        self.slot().state.clone()
    }

    pub(super) fn set_state(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.slot().state);
    }
}
