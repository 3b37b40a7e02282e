//! [`Conversions`]: many files that become others, several at a time, each told by a line.

mod plan;

use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use anyhow::{Result, bail};
use goxel_client::{Client, Error};
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};

use crate::commands::{self, counted, text};
use crate::error;
use crate::output::Output;
use plan::Plan;
pub(crate) use plan::{is_for_several, is_several};

/// Files that are converted at a time, at the most: each has a connection, and the daemon so many workers.
pub(crate) const JOBS_MAX: u8 = 16;

/// How it is told what became of each file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Telling {
    /// As lines of JSON.
    pub(crate) json: bool,
    /// Only what went wrong.
    pub(crate) quiet: bool,
}

/// Files that become others.
pub(crate) struct Conversions<'a> {
    /// What makes the one of the other.
    pub(crate) method: Method,
    /// Files, folders and patterns.
    pub(crate) from: &'a [std::path::PathBuf],
    /// A folder, or a path with `{}` in it.
    pub(crate) to: &'a Path,
    /// Whether that is a folder, though it may not be there yet and nothing in its name says so.
    pub(crate) to_folder: bool,
    pub(crate) format: Option<&'a str>,
    pub(crate) jobs: u8,
    /// Writes the other members of each call.
    pub(crate) write: Box<dyn Fn(&mut Writer<'_>) + Sync + 'a>,
}

/// What became of a file: its number in the plan, and the daemon's result as it was sent, or why not.
type Told = (usize, Result<Vec<u8>, anyhow::Error>);

impl Conversions<'_> {
    /// Converts all of them. A file that fails is told, and the others go on.
    ///
    /// # Errors
    /// Where there is nothing to convert, two files would become one, or some of them failed.
    pub(crate) fn run<'c, W: Write>(
        &self,
        connect: impl FnOnce() -> Result<&'c mut Client>,
        telling: Telling,
        output: &mut Output<W>,
    ) -> Result<()> {
        let client = connect()?;
        let plan = Plan::new(self, client)?;
        let queue =
            Queue { plan: &plan, next: AtomicUsize::new(0), stopped: AtomicBool::new(false) };
        let (told, news) = channel();
        let mut tally = Tally { plan: &plan, telling, output, failed: 0, done: 0 };
        let others = usize::from(self.jobs).min(plan.files.len()).saturating_sub(1);
        // Each of the others has a connection of its own: the daemon answers one after the other on each.
        let others: Result<Vec<Client>, Error> = (0..others).map(|_| client.another()).collect();
        let others = others?;
        std::thread::scope(|scope| {
            for mut other in others {
                let (told, queue) = (told.clone(), &queue);
                scope.spawn(move || while queue.step(self, &mut other, &told) {});
            }
            let mut outcome = Ok(());
            while outcome.is_ok() && queue.step(self, client, &told) {
                if client.is_stopped() {
                    queue.stopped.store(true, Ordering::Relaxed);
                }
                outcome = tally.tell(news.try_iter());
            }
            queue.stopped.fetch_or(outcome.is_err(), Ordering::Relaxed);
            drop(told);
            outcome.and_then(|()| tally.tell_all(&news))
        })?;
        tally.end()
    }

    fn convert(&self, at: usize, plan: &Plan, client: &mut Client) -> Result<Vec<u8>> {
        let (from, to) = &plan.files[at];
        plan.make_folder(to)?;
        let (from, to) = (commands::absolute(from)?, commands::absolute(to)?);
        let result = client.call(self.method, None, |writer| {
            writer.member("path", from);
            writer.member("output_path", to);
            (self.write)(writer);
        })?;
        Ok(result.raw().to_vec())
    }
}

/// The files that are still to be converted.
struct Queue<'p> {
    plan: &'p Plan,
    next: AtomicUsize,
    stopped: AtomicBool,
}

impl Queue<'_> {
    /// Converts the next file; false where there is none, or somebody stopped it.
    fn step(&self, all: &Conversions<'_>, client: &mut Client, told: &Sender<Told>) -> bool {
        if self.stopped.load(Ordering::Relaxed) {
            return false;
        }
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        if at >= self.plan.files.len() {
            return false;
        }
        // Who counts is there as long as somebody converts.
        let _ = told.send((at, all.convert(at, self.plan, client)));
        true
    }
}

/// What was told so far.
struct Tally<'t, W> {
    plan: &'t Plan,
    telling: Telling,
    output: &'t mut Output<W>,
    failed: usize,
    done: usize,
}

impl<W: Write> Tally<'_, W> {
    fn tell(&mut self, news: impl Iterator<Item = Told>) -> Result<()> {
        for (at, outcome) in news {
            let (from, to) = &self.plan.files[at];
            let (from, to) = (from.display().to_string(), to.display().to_string());
            match outcome {
                Ok(result) => self.converted(&from, &to, &result)?,
                Err(error) => self.refused(&from, &to, &error)?,
            }
        }
        Ok(())
    }

    fn tell_all(&mut self, news: &Receiver<Told>) -> Result<()> {
        self.tell(news.iter())
    }

    fn converted(&mut self, from: &str, to: &str, result: &[u8]) -> Result<()> {
        self.done += 1;
        if self.telling.json {
            return Ok(self.output.line(&String::from_utf8_lossy(result))?);
        }
        let value = Value::parse(result)?;
        for warning in value.get("warnings").iter().flat_map(Value::elements) {
            let (what, count) = (text(&warning, "what"), commands::count(&warning, "count"));
            error::complain(&format!("{from}: warning: {what} ({count})"));
        }
        if !self.telling.quiet {
            self.output.line(&format!("{from} -> {to}"))?;
        }
        Ok(())
    }

    fn refused(&mut self, from: &str, to: &str, error: &anyhow::Error) -> Result<()> {
        self.failed += 1;
        let why = error::text(error);
        if !self.telling.json {
            error::complain(&format!("{from}: {why}"));
            return Ok(());
        }
        let mut line = Vec::new();
        let mut writer = Writer::new(&mut line);
        writer.object(|writer| {
            writer.member("success", false);
            writer.member("path", from);
            writer.member("output_path", to);
            writer.member("error", &why);
        });
        Ok(self.output.line(&String::from_utf8_lossy(&line))?)
    }

    /// The whole as one line, or as an error where files failed or were left.
    fn end(self) -> Result<()> {
        let all = self.plan.files.len();
        let left = all - self.done - self.failed;
        let files = |count: usize| counted(count as u64, "file");
        match (self.failed, left) {
            (0, 0) => Ok(()),
            (0, left) => bail!("stopped: {} of {all} not converted", files(left)),
            (failed, 0) => bail!("{} of {all} not converted", files(failed)),
            (failed, left) => bail!("stopped: {} of {all} not converted", files(failed + left)),
        }
    }
}
