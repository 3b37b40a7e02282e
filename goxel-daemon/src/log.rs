//! [`Log`]: where messages go, and which. Both can change while the daemon runs.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::fchown;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use goxel_io::{Access, open_own};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Registry, fmt, reload};

use crate::config::Config;

/// Requests may name files, so a log is for its owner and their group.
const MODE: u32 = 0o640;

/// The log that was started.
pub(crate) struct Log {
    target: Target,
    users: Vec<u32>,
    level: reload::Handle<LevelFilter, Registry>,
}

/// A file, or standard error where there is none.
#[derive(Clone, Default)]
struct Target(Arc<Mutex<Option<File>>>);

impl Log {
    /// Begins to log. A file that is there may belong to one of `users`.
    ///
    /// # Errors
    /// Where the file cannot be opened; the message names it.
    pub(crate) fn start(config: &Config, users: Vec<u32>) -> Result<Self> {
        let target = Target::default();
        target.open(config.log_file.as_deref(), &users)?;
        let (filter, level) = reload::Layer::new(LevelFilter::from_level(config.log_level));
        let lines = fmt::layer().with_writer(target.clone()).with_ansi(false).with_target(false);
        tracing_subscriber::registry().with(filter).with(lines).init();
        Ok(Self { target, users, level })
    }

    /// Opens the file anew, so that one that was moved away is left alone, and logs what is asked
    /// for now.
    ///
    /// # Errors
    /// Where the file cannot be opened. The log then goes on as it was.
    pub(crate) fn reopen(&self, config: &Config) -> Result<()> {
        self.target.open(config.log_file.as_deref(), &self.users)?;
        self.level.reload(LevelFilter::from_level(config.log_level))?;
        Ok(())
    }

    /// Gives the file, where there is one, to a user and a group.
    ///
    /// # Errors
    /// Where this process may not.
    pub(crate) fn give_to(&self, user: u32, group: u32) -> Result<()> {
        match &*self.target.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(file) => Ok(fchown(file, Some(user), Some(group)).context("the log")?),
            None => Ok(()),
        }
    }
}

impl Target {
    fn open(&self, path: Option<&Path>, users: &[u32]) -> Result<()> {
        let opened = path.map(|path| {
            let file = open_own(path, Access::Append, MODE, users);
            file.with_context(|| path.display().to_string())
        });
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = opened.transpose()?;
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Target {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(file) => file.write(bytes),
            None => io::stderr().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
