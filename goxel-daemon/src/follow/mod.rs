//! [`Following`]: a daemon that follows another has all projects of that one, and goes on in its place when
//! it is told to.
//!
//! ```text
//! leader --> pipe --> thread: messages, done again to projects of its own (replica)
//!                       |  one batch at a time
//!                       v
//!                     loop: into the journal, then shown to those who read
//!                       |  what makes the journal durable
//!                       v
//! leader <-- pipe <-- thread: syncs, and says how many messages are durable
//! ```
//!
//! The loop never waits for the thread. What the thread asks of it lies in a [`Link`], where the loop looks
//! at the end of each wake-up ([`Following::serve`]).

mod link;
mod pipe;
pub(crate) mod thread;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use goxel_core::Identity;
use goxel_proto::ErrorCode;

use self::link::{Answer, Question};
pub(crate) use self::link::{Link, State as LinkState};
use crate::fault::{Fault, Result};
use crate::gate::Projects;
use crate::storage::{Batch, Had};

/// How the daemon is reached that this one follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// It listens on this socket.
    Socket(PathBuf),
    /// A shell starts this command, and its standard input and output lead there.
    Command(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => write!(f, "{}", path.display()),
            Self::Command(command) => write!(f, "`{command}`"),
        }
    }
}

/// Has the loop wake up.
pub(crate) type Wake = Arc<dyn Fn() + Send + Sync>;

/// What starts the thread: it does all that edits do, and those know of this.
pub(crate) type Start = fn(Source, Arc<Link>);

/// Whom the daemon follows, if anybody.
#[derive(Default)]
pub(crate) struct Following {
    source: Option<Source>,
    /// What starts the thread.
    start: Option<Start>,
    link: Option<Arc<Link>>,
    /// Which run of the leader each project is from, as it is here.
    runs: BTreeMap<u64, u64>,
    /// Projects whose records lead into a transaction, and the version of the last: they are shown as they
    /// were before it.
    undecided: BTreeMap<u64, u64>,
    /// What the thread has asked and cannot be answered yet.
    held: Option<Question>,
}

/// Following.
impl Following {
    /// Follows this one, once the loop runs: `start` starts the thread.
    pub(crate) fn follow(&mut self, source: Source, projects: &mut Projects, start: Option<Start>) {
        projects.set_leader(Some(&source.to_string()));
        (self.source, self.start) = (Some(source), start);
    }

    /// The loop runs: `wake` has it look at what the thread asks.
    pub(crate) fn set_wake(&mut self, wake: Wake) {
        let (Some(source), Some(start)) = (self.source.clone(), self.start) else { return };
        let link = Arc::new(Link::new(wake));
        self.link = Some(Arc::clone(&link));
        start(source, link);
    }

    /// Answers what the thread has asked, if it has.
    #[inline]
    pub(crate) fn serve(&mut self, projects: &mut Projects) {
        if let Some(link) = &self.link
            && (self.held.is_some() || link.has_asked())
        {
            self.answer(projects);
        }
    }

    #[cold]
    fn answer(&mut self, projects: &mut Projects) {
        let Some(link) = self.link.clone() else { return };
        let Some(question) = self.held.take().or_else(|| link.take_question()) else { return };
        let answer = match question {
            Question::Has => Answer::Has(self.has(projects)),
            Question::Base(identity) => Answer::Base(projects.base(identity).map_err(in_words)),
            Question::Take { mut batch, run, commits } => {
                match self.take(projects, &mut batch, run) {
                    Ok(true) => {
                        Answer::Taken(commits.then(|| projects.commit_elsewhere()).flatten())
                    }
                    Ok(false) | Err(Fault::Wait(_)) => {
                        self.held = Some(Question::Take { batch, run, commits });
                        return;
                    }
                    Err(refused) => Answer::Refused(in_words(refused)),
                }
            }
        };
        link.answer(answer);
    }

    /// What there is here, and from which run of the leader.
    pub(crate) fn has(&self, projects: &Projects) -> Vec<Had> {
        let had = |(number, version)| match self.undecided.get(&number) {
            // It is neither what the leader has nor what is shown.
            Some(&last) => Had { number, version: last, run: 0 },
            None => Had { number, version, run: self.runs.get(&number).copied().unwrap_or(0) },
        };
        projects.versions().into_iter().map(had).collect()
    }

    /// Takes in what was received of that run of the leader. `false` where that is for later.
    ///
    /// # Errors
    /// As of [`Projects::take_batch`].
    pub(crate) fn take(
        &mut self,
        projects: &mut Projects,
        batch: &mut Batch,
        run: u64,
    ) -> Result<bool> {
        let numbers = batch.numbers();
        if !projects.take_batch(batch)? {
            return Ok(false);
        }
        for (number, is_there) in numbers {
            match is_there {
                true => self.runs.insert(number, run),
                false => self.runs.remove(&number),
            };
            match batch.undecided.get(&number) {
                Some(&last) => self.undecided.insert(number, last),
                None => self.undecided.remove(&number),
            };
        }
        if batch.complete.is_some() {
            // Those of which nothing came are what the leader has.
            for (number, _) in projects.versions() {
                self.runs.insert(number, run);
            }
        }
        Ok(true)
    }

    /// Follows nobody any more: what was received and can be kept is, and transactions are rolled back.
    ///
    /// # Errors
    /// Where nobody was followed, or the rolling back cannot be kept: it can be tried again then.
    pub(crate) fn promote(&mut self, projects: &mut Projects) -> Result {
        if self.source.is_none() {
            return Err(Fault::conflict("this daemon follows nobody, so it is on its own already"));
        }
        if let Some(link) = self.link.take() {
            link.end();
            let last = self.held.take().or_else(|| link.take_question());
            if let Some(Question::Take { mut batch, run, .. }) = last {
                // Nobody was told that it is here.
                let _ = self.take(projects, &mut batch, run);
            }
        }
        while let Some((&number, &last)) = self.undecided.first_key_value() {
            projects.roll_back_followed(Identity::of(number), last)?;
            self.undecided.remove(&number);
        }
        projects.set_leader(None);
        let source = self.source.take();
        if let Some(source) = source {
            tracing::info!("this daemon follows {source} no longer, and is on its own");
        }
        Ok(())
    }

    /// The daemon ends.
    pub(crate) fn end(&mut self) {
        if let Some(link) = self.link.take() {
            link.end();
        }
    }

    /// Whom it follows, and how far that is.
    pub(crate) fn state(&self) -> Option<(&Source, LinkState)> {
        let source = self.source.as_ref()?;
        Some((source, self.link.as_ref().map_or_else(LinkState::default, |link| link.state())))
    }
}

fn in_words(fault: Fault) -> String {
    fault.into_rpc(ErrorCode::Storage).message
}

impl fmt::Debug for Following {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Following").field("source", &self.source).finish_non_exhaustive()
    }
}
