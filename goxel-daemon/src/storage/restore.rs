//! Finds older versions of a project.
//!
//! ```text
//! a checkpoint before the version --> its records behind that, done again --> the version
//! ```

use goxel_core::{Project, Work};
use goxel_proto::ErrorCode;
use goxel_proto::RpcError;
use goxel_store::checkpoint::{self, Bases, Tag};
use goxel_store::log::{Part, kind};

use super::past::{Past, When};
use super::replay::{memory_left, opened, replay_to};
use super::versions::{Scanned, scan};
use crate::fault::{Fault, Result};

/// Tags of a project, at the most: each is a state of its own on the disk, which nothing else bounds.
pub(super) const TAGS_MAX: usize = 256;

impl Past {
    /// The project as it was.
    ///
    /// # Errors
    /// Where there is no such version, or not any more; `place` is the parameter that named it.
    pub(crate) fn read(&mut self, when: &When, place: &str, work: &Work<'_>) -> Result<Project> {
        self.ready()?;
        let version = match when {
            When::Now => return self.read_now(place, work),
            When::Version(version) => *version,
            When::Time(ms) => self.version_at(*ms, place, work)?,
            When::Tag(name) => {
                let tag = self.tag(name, place)?;
                return Ok(checkpoint::read_tag(&*self.disk, &tag, memory_left())?);
            }
        };
        if let Some(now) = self.now.as_ref().filter(|now| now.version() == version)
            && !self.in_transaction
        {
            return Ok(now.snapshot());
        }
        if version > self.version {
            let what =
                format_args!("version {version} is not there: {} is the newest", self.version);
            return Err(RpcError::params(place, what).into());
        }
        self.read_version(version, place, work)
    }

    fn read_now(&self, place: &str, work: &Work<'_>) -> Result<Project> {
        match &self.now {
            Some(now) => Ok(now.snapshot()),
            None => self.read_version(self.version, place, work),
        }
    }

    fn read_version(&self, version: u64, place: &str, work: &Work<'_>) -> Result<Project> {
        let bases = Bases::of(&*self.disk, self.identity.number())?;
        let mut project = bases.read(&*self.disk, version, memory_left())?;
        let base = project.as_ref().map_or(0, Project::version);
        let needed = |part: &&Part| part.share.last_version > base;
        let parts: Vec<&Part> = self.parts.iter().filter(needed).collect();
        work.expect(parts.iter().map(|part| part.share.bytes).sum())?;
        let mut scratch = Vec::new();
        let (mut before, mut missing) = (base, "nothing leads to it".to_owned());
        for part in parts {
            if project.as_ref().is_some_and(|project| project.version() >= version) {
                break;
            }
            let past = self.records(part)?;
            for index in 0..past.len() {
                let Some((found, _)) = past.get(index) else { break };
                if found.version <= base || matches!(found.kind, kind::CURRENT | kind::DELETED) {
                    continue;
                }
                work.spend(found.bytes())?;
                work.check()?;
                if project.as_ref().is_some_and(|project| project.version() >= version) {
                    break;
                }
                if found.kind == kind::OPENED {
                    if found.version > version {
                        break;
                    }
                    project = Some(opened(&found).map_err(|why| self.broken(version, &why))?);
                } else if let Some(mut older) = project.take() {
                    before = older.version();
                    // What leads on from elsewhere says so. It does no harm where the project was replaced
                    // behind that.
                    match replay_to(&mut older, &found, version, &mut scratch) {
                        Ok(()) => project = Some(older),
                        Err(why) => missing = why,
                    }
                }
            }
        }
        match project {
            Some(project) if project.in_transaction() => {
                let what = format_args!(
                    "version {version} is one of a transaction, of which only the whole is a version"
                );
                Err(RpcError::params(place, what).into())
            }
            Some(project) if project.version() == version => Ok(project),
            Some(project) if project.version() > version => {
                let what = format_args!(
                    "version {version} is not there: one edit led from version {before} to version {}",
                    project.version()
                );
                Err(RpcError::params(place, what).into())
            }
            _ => Err(self.gone(version, place, &missing, work)),
        }
    }

    /// A record that should be whole is none.
    fn broken(&self, version: u64, why: &str) -> Fault {
        let what = format_args!("version {version} of project \"{}\": {why}", self.name);
        RpcError::new(ErrorCode::Storage, what).into()
    }

    /// A version that there was, and of which too little is left.
    fn gone(&self, version: u64, place: &str, why: &str, work: &Work<'_>) -> Fault {
        let oldest = self.oldest(work).map_or(String::new(), |oldest| {
            format!("; the oldest that can be had is version {oldest}")
        });
        let what = format_args!(
            "version {version} of project \"{}\" is not kept any more ({why}){oldest}",
            self.name
        );
        RpcError::params(place, what).into()
    }

    /// The oldest version that can be had, tags aside.
    fn oldest(&self, work: &Work<'_>) -> Option<u64> {
        let mut oldest = Some(self.version);
        let mut take = |scanned: &Scanned| {
            oldest = Some(scanned.version);
            true
        };
        let bases = Bases::of(&*self.disk, self.identity.number()).ok()?.versions();
        scan(self, &bases, u64::MAX, work, &mut take).ok()?;
        bases.first().copied().into_iter().chain(oldest).min()
    }

    /// The version that the project had at a time.
    fn version_at(&self, ms: u64, place: &str, work: &Work<'_>) -> Result<u64> {
        let bases = Bases::of(&*self.disk, self.identity.number())?.versions();
        let mut found = None;
        let mut oldest = None;
        scan(self, &bases, u64::MAX, work, &mut |scanned| {
            // Older versions of Goxel kept no times.
            if scanned.time_ms == 0 {
                return true;
            }
            oldest = Some(scanned.time_ms);
            if scanned.time_ms <= ms {
                found = Some(scanned.version);
            }
            found.is_none()
        })?;
        let missing = || {
            let since = match oldest {
                Some(ms) => format!("the oldest that is kept is of {}", super::time::text(ms)),
                None => "no times are kept of it".to_owned(),
            };
            let what =
                format_args!("nothing is kept of project \"{}\" from then: {since}", self.name);
            RpcError::params(place, what).into()
        };
        found.ok_or_else(missing)
    }

    /// The tag of a name.
    fn tag(&self, name: &str, place: &str) -> Result<Tag> {
        let tags = self.all_tags()?;
        let names: Vec<String> = tags.iter().map(|tag| format!("\"{}\"", tag.name)).collect();
        tags.into_iter().find(|tag| tag.name == name).ok_or_else(|| {
            let there = match names.as_slice() {
                [] => "it has none".to_owned(),
                names => format!("it has {}", names.join(", ")),
            };
            let what = format_args!("project \"{}\" has no tag \"{name}\": {there}", self.name);
            RpcError::params(place, what).into()
        })
    }

    /// All tags of the project, by version.
    pub(crate) fn all_tags(&self) -> Result<Vec<Tag>> {
        Ok(checkpoint::tags(&*self.disk, self.identity.number())?)
    }

    /// Gives a version a name.
    ///
    /// # Errors
    /// Where there is one of the name, no such version, or too many tags.
    pub(crate) fn set_tag(&mut self, name: &str, when: &When, work: &Work<'_>) -> Result<Tag> {
        if !checkpoint::is_tag_name(name) || super::time::is_version_or_time(name) {
            let what = format_args!(
                "a tag has 1 to {} bytes, no control characters, no spaces around it, and is neither a \
                 version nor a time",
                checkpoint::TAG_NAME_BYTES_MAX
            );
            return Err(RpcError::params("params.name", what).into());
        }
        if *when == When::Now && self.in_transaction {
            let what = "a transaction is open on the project: end it, or name a version";
            return Err(Fault::conflict(what));
        }
        let project = self.read(when, "params.version", work)?;
        let tags = self.tags.clone();
        let deleted = tags.lock();
        if deleted.contains(&self.identity.number()) {
            return Err(goxel_core::Error::ClosedProject.into());
        }
        let all = self.all_tags()?;
        if let Some(tag) = all.iter().find(|tag| tag.name == name) {
            let what = format_args!(
                "there is a tag \"{name}\" already, of version {}: remove it first",
                tag.version
            );
            return Err(RpcError::params("params.name", what).into());
        }
        if all.len() >= TAGS_MAX {
            let what = format_args!(
                "project \"{}\" has {TAGS_MAX} tags already, which is the most: remove one first",
                self.name
            );
            return Err(RpcError::params("params.name", what).into());
        }
        let (identity, version) = (self.identity.number(), project.version());
        let tag = Tag { identity, version, name: name.to_owned(), time_ms: self.time_ms };
        checkpoint::write_tag(&*self.disk, &tag, &project)?;
        Ok(tag)
    }

    /// Removes a tag. What it kept is gone where nothing else has it.
    ///
    /// # Errors
    /// Where there is none of the name.
    pub(crate) fn remove_tag(&mut self, name: &str) -> Result<Tag> {
        let tags = self.tags.clone();
        let _locked = tags.lock();
        let tag = self.tag(name, "params.name")?;
        checkpoint::remove_tag(&*self.disk, &tag)?;
        Ok(tag)
    }
}
