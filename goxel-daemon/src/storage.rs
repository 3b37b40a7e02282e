//! [`Storage`]: the data directory, as the gate writes it.
//!
//! ```text
//! edit -> gate -> journal (one log) -> disk
//!                   |  when it has grown
//!                   v
//!               checkpoint (files of each project), written by a worker from a snapshot
//! ```
//!
//! What is open lives in memory; the directory has all of it too, and what is closed lives there alone,
//! until somebody asks for it. At the start the newest checkpoints are looked up, and what the journal
//! has behind them is done again ([`open`](recovery)).

mod batch;
mod checkpoints;
mod commits;
mod faults;
mod followers;
mod inspection;
mod not_open;
mod past;
mod points;
mod recovery;
mod replay;
mod replica;
mod restore;
mod retention;
mod states;
mod tag_lock;
pub(crate) mod time;
mod versions;
mod waiting;
mod written;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use goxel_core::{Identity, Project};
use goxel_io::Client;
use goxel_proto::{ErrorCode, RpcError};
use goxel_store::checkpoint::Stored;
use goxel_store::disk::Disk;
use goxel_store::journal::{Durability, Journal, Record};
use goxel_store::log::{kind, record_bytes};

pub(crate) use self::batch::{Batch, Shown};
use self::checkpoints::Limits;
pub(crate) use self::checkpoints::{Checkpoint, Checkpointed};
use self::commits::Commits;
use self::faults::{missing, unwritten};
pub use self::followers::{Acks, FOLLOWERS_MAX};
pub(crate) use self::followers::{Followed, Followers, Had};
pub(crate) use self::inspection::check_disk;
pub use self::inspection::{check, repair};
pub(crate) use self::not_open::NotOpen;
pub(crate) use self::past::{Past, When};
use self::points::Turn;
pub(crate) use self::recovery::{Opened, open};
pub(crate) use self::replica::Replica;
pub use self::retention::HISTORY_BYTES_MAX;
use self::retention::Retention;
pub(crate) use self::states::{STREAM_FORMAT, Stated, Stating};
pub(crate) use self::versions::{By, Entry};
use self::written::call_head;
pub(crate) use self::written::{MEANING, Made, Written};
use crate::fault::{Fault, Result, Waits};

/// What the daemon keeps on a disk.
pub(crate) struct Storage {
    journal: Journal,
    /// Voxels that were set in this turn, and that the journal does not have yet.
    points: Turn,
    disk: Arc<dyn Disk>,
    durability: Durability,
    /// All projects that there are, by the number of their identity.
    kept: BTreeMap<u64, Kept>,
    /// Those that were deleted.
    deleted: Deleted,
    /// The project that is current, where it is not open.
    current: Option<u64>,
    /// When checkpoints are made.
    limits: Limits,
    /// What is kept of older versions.
    retention: Retention,
    /// Bytes in the journal since projects were last looked through for checkpoints that are due.
    unlooked_bytes: u64,
    /// The project that a worker writes a checkpoint of, or removes.
    writing: Option<u64>,
    /// Replies of edits are held until their commit is done.
    commits: Commits,
    /// Who is sent all that is written.
    followers: Followers,
    /// Whether anything was appended since. The journal may have it on the way to the disk already, for
    /// another reason, and not there yet.
    has_uncommitted: bool,
    /// Who waits until the disk has caught up.
    behind: VecDeque<Client>,
    /// The projects that workers read in, and who else waits for each.
    reading: BTreeMap<u64, Vec<Client>>,
    /// Those of them who can go on.
    ready: VecDeque<Client>,
    /// Each version that was written, and whether a transaction was open then.
    #[cfg(test)]
    witnessed: Vec<(Project, bool)>,
}

/// A project in the data directory.
#[derive(Debug, Default)]
struct Kept {
    name: String,
    /// What there is in files.
    stored: Option<Stored>,
    /// What those files hold, where the next checkpoint may be what changed since.
    before: Option<Project>,
    /// It was closed, and the files do not have all of it yet.
    closed: Option<Project>,
    /// Why it cannot be used.
    refused: Option<String>,
}

impl Deleted {
    fn has(&self, number: u64) -> bool {
        self.doomed.contains(&number) || self.gone.contains(&number)
    }
}

/// Projects that were deleted, by the number of their identity.
#[derive(Debug, Default)]
struct Deleted {
    /// Their files may still be there.
    doomed: BTreeSet<u64>,
    /// Only the journal has something of them.
    gone: BTreeSet<u64>,
}

/// What a project that is not open is called, and what is known of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed<'a> {
    pub(crate) name: &'a str,
    pub(crate) identity: Identity,
    /// Whether it is the current one.
    pub(crate) current: bool,
    /// Voxels and layers, where that is known.
    pub(crate) counts: Option<(u64, u32)>,
    /// Why it cannot be read.
    pub(crate) refused: Option<&'a str>,
}

/// Edits.
impl Storage {
    /// Makes room for the record of an edit, before it is made.
    #[inline]
    pub(crate) fn reserve(&mut self, written: Written<'_>) -> Result {
        self.admit_beside_followers()?;
        self.retention.stamp(&mut self.journal)?;
        Ok(self.journal.reserve(self.points.bytes() + written.record_bytes())?)
    }

    /// Makes room for a record that was made already.
    pub(crate) fn reserve_made(&mut self, made: &Made) -> Result {
        self.admit_beside_followers()?;
        self.retention.stamp(&mut self.journal)?;
        Ok(self.journal.reserve(self.points.bytes() + made.record_bytes())?)
    }

    /// Says whether enough followers are there, or may still come.
    #[inline]
    fn admit_beside_followers(&self) -> Result {
        match self.followers.are_none() {
            true => Ok(()),
            false => self.followers.admit(),
        }
    }

    /// Writes an edit that was made of a version of the project. `before` is the project as it was, where the
    /// effect is written.
    #[inline]
    pub(crate) fn append(
        &mut self,
        project: &Project,
        written: Written<'_>,
        version_before: u64,
        before: Option<&Project>,
    ) -> Result {
        let versions = project.version() - version_before;
        match written {
            Written::Plain(method, call) => {
                let must_flush = self.points.put(project, versions, method, call);
                if must_flush.ok_or_else(unwritten)? {
                    self.flush_points();
                }
                #[cfg(test)]
                self.witness(project);
                Ok(())
            }
            Written::Call(method, params) => {
                let (head, length) = call_head(method, versions);
                let params: &[u8] = params.as_ref().map_or(&[], |params| params.raw());
                self.put(project, kind::CALL, &[&head[..length], params])
            }
            Written::Step(method) => {
                let (head, length) = call_head(method, versions);
                self.put(project, kind::CALL, &[&head[..length]])
            }
            Written::Effect(method) => {
                let made = before.and_then(|before| Made::effect(method, before, project));
                self.append_made(project, made.ok_or_else(unwritten)?)
            }
        }
    }

    #[cfg(test)]
    fn witness(&mut self, project: &Project) {
        self.witnessed.push((project.snapshot(), project.in_transaction()));
    }

    fn put(&mut self, project: &Project, kind: u8, payload: &[&[u8]]) -> Result {
        self.flush_points();
        let number = project.identity().number();
        self.journal.append(&Record {
            project: number,
            version: project.version(),
            kind,
            payload,
        })?;
        self.followers.put(kind, number, project.version(), payload);
        self.unlooked_bytes += record_bytes(payload.iter().map(|part| part.len()).sum());
        self.has_uncommitted = true;
        #[cfg(test)]
        self.witness(project);
        Ok(())
    }

    /// Writes an edit whose record was made on a worker.
    pub(crate) fn append_made(&mut self, project: &Project, made: Made) -> Result {
        self.put_made(project.identity().number(), project.version(), made)?;
        #[cfg(test)]
        self.witness(project);
        Ok(())
    }

    /// Hands the voxels of this turn to the journal: before any other record, which may be of a later
    /// version, and before anybody asks what the journal has.
    #[inline]
    fn flush_points(&mut self) {
        if !self.points.is_empty() {
            self.append_points();
        }
    }

    fn append_points(&mut self) {
        for points in self.points.take() {
            let (project, version) = (points.project, points.version);
            let payload = points.payload();
            self.unlooked_bytes += record_bytes(payload.len());
            let record = Record { project, version, kind: kind::POINTS, payload: &[payload] };
            // Its space is reserved, so this fails where writing has failed meanwhile, and then for good:
            // a commit says so.
            if let Err(error) = self.journal.append(&record) {
                tracing::error!("{error}");
            } else {
                self.followers.put(kind::POINTS, project, version, &[payload]);
            }
        }
        self.has_uncommitted = true;
    }

    fn put_made(&mut self, number: u64, version: u64, made: Made) -> Result {
        self.flush_points();
        let bytes = made.record_bytes();
        let record = Record { project: number, version, kind: made.kind, payload: &[] };
        match made.copy {
            Some(copy) => self.followers.put_copied(made.kind, number, version, &copy),
            None => self.followers.put(made.kind, number, version, &[made.payload.bytes()]),
        }
        let appended = self.journal.append_payload(&record, made.payload);
        if appended.is_err() {
            // They were told of what is not so.
            self.followers.dismiss_all();
        }
        appended?;
        self.unlooked_bytes += bytes;
        self.has_uncommitted = true;
        Ok(())
    }

    /// Whether edits that were answered may be lost: writing failed since the last commit.
    pub(crate) fn failed(&self) -> Option<String> {
        self.journal.failed()
    }

    /// Has `wake` called when those who wait for the disk can go on.
    pub(crate) fn set_wake(&self, wake: Box<dyn Fn() + Send + Sync>) {
        self.journal.on_room(wake);
    }
}

/// Projects as wholes.
impl Storage {
    /// The identity and the next version of the project of this name that is not open.
    ///
    /// # Errors
    /// Where it cannot be read: nobody knows which version is next.
    pub(crate) fn closed_named(&self, name: &str) -> Result<Option<(Identity, u64)>> {
        let Some((number, kept)) = self.kept.iter().find(|(_, kept)| kept.name == name) else {
            return Ok(None);
        };
        if let Some(why) = &kept.refused {
            return Err(RpcError::new(ErrorCode::Storage, why).into());
        }
        Ok(Some((Identity::of(*number), kept.version().saturating_add(1))))
    }

    /// The project of this name or identity, whether or not it is open.
    pub(crate) fn find(&self, text: &str) -> Option<Identity> {
        let named = self.kept.iter().find(|(_, kept)| kept.name == text);
        if let Some((number, _)) = named {
            return Some(Identity::of(*number));
        }
        Identity::parse(text).filter(|identity| self.has(*identity))
    }

    /// Whether there is a project of this name, open or not.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.kept.values().any(|kept| kept.name == name)
    }

    /// Whether there is a project of this identity.
    pub(crate) fn has(&self, identity: Identity) -> bool {
        self.kept.contains_key(&identity.number())
    }

    /// The current project, where it is not open.
    pub(crate) fn current(&self) -> Option<Identity> {
        self.current.map(Identity::of)
    }

    /// Another project is current.
    pub(crate) fn set_current(&mut self, closed: Option<Identity>) {
        self.current = closed.map(Identity::number);
    }

    /// The projects that are not open, which `is_open` says.
    pub(crate) fn closed(&self, is_open: impl Fn(Identity) -> bool) -> Vec<Listed<'_>> {
        let all = self.kept.iter().filter(|(number, _)| !is_open(Identity::of(**number)));
        all.map(|(number, kept)| kept.listed(*number, self.current)).collect()
    }

    /// A project is open from now on, under the identity and the version of its record.
    pub(crate) fn append_opened(
        &mut self,
        name: &str,
        (identity, version): (Identity, u64),
        made: Made,
    ) -> Result {
        #[cfg(test)]
        let opened = goxel_store::state::decode(&made.payload.bytes()[1..]);
        self.put_made(identity.number(), version, made)?;
        #[cfg(test)]
        if let Ok(opened) = opened {
            self.witness(&opened.known_as(identity, version));
        }
        let kept = self.kept.entry(identity.number()).or_default();
        name.clone_into(&mut kept.name);
        // A project in the place of another may have nothing in common with it.
        (kept.before, kept.closed, kept.refused) = (None, None, None);
        Ok(())
    }

    /// A project is not open any more; the directory goes on to have it.
    pub(crate) fn close(&mut self, project: Project) {
        let number = project.identity().number();
        // Followers hear of its last edits first.
        self.flush_points();
        self.followers.closed(number);
        let Some(kept) = self.kept.get_mut(&number) else { return };
        kept.before = None;
        if kept.version_in_files() != Some(project.version()) {
            kept.closed = Some(project);
            // It is written now.
            self.unlooked_bytes = u64::MAX / 2;
        }
    }

    /// What reads a project that is not open, on a worker; or the project, where it is still at hand.
    ///
    /// # Errors
    /// Where it cannot be read; [`Fault::Wait`] where it is read for somebody else: two at once would take the
    /// memory twice.
    pub(crate) fn load(&mut self, identity: Identity) -> Result<Load> {
        let kept = self.kept.get(&identity.number());
        let kept = kept.ok_or(goxel_core::Error::ClosedProject)?;
        if let Some(why) = &kept.refused {
            return Err(RpcError::new(ErrorCode::Storage, why).into());
        }
        if let Some(project) = &kept.closed {
            return Ok(Load::AtHand(Box::new(project.snapshot())));
        }
        let stored = kept.stored.clone().ok_or_else(|| missing(&kept.name))?;
        if self.reading.contains_key(&identity.number()) {
            return Err(Fault::Wait(Waits::Reading(identity)));
        }
        self.reading.insert(identity.number(), Vec::new());
        let disk = Arc::clone(&self.disk);
        Ok(Load::Read(Box::new(move || {
            let project = goxel_store::checkpoint::read(&*disk, &stored, replay::memory_left())?;
            Ok(Box::new(project))
        })))
    }

    /// Whether what was read of a project is still what there is of it.
    pub(crate) fn is_newest(&self, project: &Project) -> bool {
        let kept = self.kept.get(&project.identity().number());
        kept.is_some_and(|kept| kept.version() == project.version())
    }
}

/// How a project that is not open is had.
pub(crate) enum Load {
    AtHand(Box<Project>),
    Read(Box<dyn FnOnce() -> Result<Box<Project>> + Send>),
}

impl Kept {
    fn version_in_files(&self) -> Option<u64> {
        self.stored.as_ref().map(|stored| stored.version)
    }

    /// The newest version there is of it while it is not open.
    fn version(&self) -> u64 {
        let closed = self.closed.as_ref().map(Project::version);
        closed.or(self.version_in_files()).unwrap_or(0)
    }

    fn listed(&self, number: u64, current: Option<u64>) -> Listed<'_> {
        let counts = match (&self.closed, &self.stored) {
            (Some(project), _) => {
                Some((project.count(), u32::try_from(project.layers().len()).unwrap_or(u32::MAX)))
            }
            (None, Some(Stored { summary: Ok(summary), .. })) => {
                Some((summary.voxels, summary.layers))
            }
            _ => None,
        };
        Listed {
            name: &self.name,
            identity: Identity::of(number),
            current: current == Some(number),
            counts,
            refused: self.refused.as_deref(),
        }
    }
}

impl std::fmt::Debug for Storage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Storage").field("place", &self.disk.place()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
