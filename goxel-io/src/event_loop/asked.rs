//! What the service has by itself, beside its clients: jobs, who goes on, what it asks for, and its
//! commits.

use std::time::Instant;

use goxel_core::client::ClientFlags;

use super::Running;
use super::queues::Share;
use super::turn::NextStep;
use crate::backend::{Backend, Token};
use crate::service::{Command, Service};

/// What asking for a listener costs beside what it is sent, in the units of the clock.
const LISTENER_UNITS: u64 = 200;
/// The token of no client: keys do not come that far.
const NOBODY: Token = Token::MAX;

impl<S: Service, B: Backend> Running<S, B> {
    /// Takes what jobs gave, for as long as there is time: one at the least.
    pub(super) fn take_results(&mut self) {
        while self.more_results {
            match self.workers.take() {
                Some((token, done)) => self.finish(token, done),
                None => self.more_results = false,
            }
            if self.out.clock.wake_is_over() {
                return;
            }
        }
    }

    /// Takes what a job gave.
    fn finish(&mut self, token: Token, done: S::Done) {
        let mut done = Some(done);
        self.with(token, |turn| {
            if let Some(done) = done.take() {
                // The output was another client's until now.
                turn.connection.tell_gone();
                turn.connection.finish(done);
            }
        });
        match done {
            None => self.turn(token),
            Some(done) => {
                // It was nobody's.
                self.service.finish_orphan(done);
                self.out.clock.read();
            }
        }
    }

    /// Asks for what the service has by itself: who is to be told something, who goes on, jobs that
    /// are nobody's, commands.
    pub(super) fn ask_service(&mut self) {
        while let Some(client) = self.service.next_told() {
            self.with(client.token, |turn| {
                turn.connection.tell_gone();
                turn.connection.tell();
            });
            self.turn(client.token);
        }
        while let Some(command) = self.service.next_command() {
            self.carry_out(command);
        }
        // After the commands, whose outcome some wait for.
        while let Some(client) = self.service.next_ready() {
            if let Some((hot, _)) = self.clients.get_mut(client.token) {
                hot.flags.set(ClientFlags::ON_HOLD, false);
                hot.flags.set(ClientFlags::UNFINISHED, true);
                hot.flags.set(ClientFlags::NAMED, true);
                self.queue(client.token, Share::Soon);
            }
        }
        while let Some(job) = self.waiting_job.take().or_else(|| self.service.next_job()) {
            if let Err(job) = self.workers.submit(NOBODY, job) {
                self.waiting_job = Some(job);
                return;
            }
        }
    }

    /// Does what is left to do after a turn.
    pub(super) fn step(&mut self, token: Token, next: NextStep) {
        match next {
            NextStep::Wait => {}
            NextStep::Requeue => self.queue(token, Share::Late),
            NextStep::Close => self.close(token),
        }
    }

    /// Has the service make durable what it did in this wake-up, and sends what waited for that and need
    /// wait no longer.
    pub(super) fn commit(&mut self) {
        let is_durable = self.service.commit();
        // Most wake-ups leave nobody waiting.
        let mut waiting = std::mem::take(&mut self.uncommitted);
        waiting.retain(|&token| {
            let (mut next, mut waits) = (NextStep::Wait, false);
            self.with(token, |turn| {
                if !is_durable {
                    next = turn.uncommitted();
                } else if turn.connection.holds_replies() {
                    turn.connection.hot.flags.set(ClientFlags::AWAITS_COMMIT, true);
                    waits = true;
                } else {
                    next = turn.committed();
                }
            });
            self.step(token, next);
            waits
        });
        // None came meanwhile: no turn was given.
        self.uncommitted = waiting;
    }

    /// Sends what the service has for others since its commit. Nothing of theirs is read: what that made
    /// would come behind the commit.
    pub(super) fn send_told(&mut self) {
        while let Some(client) = self.service.next_told() {
            let mut more = false;
            self.with(client.token, |turn| {
                turn.connection.tell_gone();
                turn.connection.tell();
                more = turn.flush();
            });
            if more {
                self.queue(client.token, Share::Late);
            }
        }
    }

    /// Tells those who listen, for as long as there is time: one at the least.
    pub(super) fn notify_listeners(&mut self) {
        let now = self.out.clock.now().unwrap_or_else(Instant::now);
        self.more_listeners = false;
        while let Some(client) = self.service.next_listener(now) {
            let mut more = false;
            self.with(client.token, |turn| {
                turn.connection.tell_gone();
                turn.connection.notify(now);
                more = turn.flush();
            });
            if more {
                self.queue(client.token, Share::Late);
            }
            self.out.clock.spend(LISTENER_UNITS);
            if self.out.clock.wake_is_over() {
                self.more_listeners = true;
                return;
            }
        }
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::List => self.service.listed(self.clients.list(self.now_ms)),
            Command::Close(number) => {
                if let Some(token) = self.clients.find(number) {
                    self.with(token, |turn| {
                        turn.kill();
                    });
                    self.queue(token, Share::Soon);
                }
            }
        }
    }
}
