//! [`Salvaged`]: projects of which a damaged state is all that there is.
//!
//! What is whole of it is kept, with what the log has behind it as far as that can be done again. It becomes a
//! new state, of a version above all that there was: so nothing that is still there of those leads on from it.

use std::collections::BTreeMap;

use goxel_core::{Identity, Project};

use super::{Meaning, RepairError, Step, follow, is_damage};
use crate::check::Begins;
use crate::checkpoint::{CheckpointError, Name, Rest, Verified, salvage_parts, write_state};
use crate::disk::Disk;
use crate::log::{Found, Seen, inspect};
use crate::state::Loss;

/// A project of which what was whole was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salvaged {
    /// What it is called.
    pub name: String,
    /// The version whose state was damaged.
    pub damaged: u64,
    /// The version that it is now.
    pub version: u64,
    /// What is lost.
    pub lost: Vec<Loss>,
}

/// What is left of a project, on the way through the log.
struct OnTheWay {
    rest: Rest,
    /// The highest version that there is a record or a file of.
    newest: u64,
    /// A record did not fit.
    is_over: bool,
}

/// Writes new states of the projects that nothing but a damaged state is there of. Files are moved later: so a
/// repair that is stopped finds them again, or what was made of them.
pub(super) fn salvage(
    disk: &dyn Disk,
    memory: u64,
    names: &[String],
    verified: &[Verified],
    meaning: &Meaning<'_>,
) -> Result<BTreeMap<u64, Salvaged>, RepairError> {
    let mut candidates: Vec<u64> = verified
        .iter()
        .filter(|project| has_no_state(project, names))
        .map(|of| of.identity)
        .collect();
    if candidates.is_empty() {
        return Ok(BTreeMap::new());
    }
    // The log may have all of a project.
    let followed = follow(disk, verified, meaning.begins, &mut |_: Step<'_>| {})?;
    let lost: BTreeMap<u64, Option<u64>> = followed.lost().collect();
    candidates.retain(|identity| lost.get(identity) == Some(&None));
    let mut all = BTreeMap::new();
    for identity in candidates {
        if let Some(rest) = salvage_parts(disk, names, identity, memory) {
            let of = names.iter().filter_map(|name| Name::parse(name));
            let newest = of.filter(|name| name.identity() == identity).map(Name::version).max();
            let newest = newest.unwrap_or(rest.state);
            all.insert(identity, OnTheWay { rest, newest, is_over: false });
        }
    }
    inspect(disk, &mut |seen| {
        if let Seen::Record(found) = seen
            && let Some(project) = all.get_mut(&found.project)
        {
            project.take(&found, meaning);
        }
    })?;
    all.into_iter()
        .map(|(identity, project)| Ok((identity, project.write(disk, identity)?)))
        .collect()
}

/// Whether all states of a project are damaged.
fn has_no_state(project: &Verified, names: &[String]) -> bool {
    let is_damaged =
        |name: Name| project.errors.iter().any(|(bad, error)| *bad == name && is_damage(error));
    let mut states = names
        .iter()
        .filter_map(|name| Name::parse(name))
        .filter(
            |name| matches!(name, Name::State { identity, .. } if *identity == project.identity),
        )
        .peekable();
    states.peek().is_some() && states.all(is_damaged)
}

impl OnTheWay {
    /// Does again what a record says, where that leads on from what is left.
    fn take(&mut self, found: &Found, meaning: &Meaning<'_>) {
        let begins = (meaning.begins)(found);
        if begins == Begins::Nowhere {
            return;
        }
        self.newest = self.newest.max(found.version);
        let project = &mut self.rest.project;
        if self.is_over || found.version <= self.rest.state {
            return;
        }
        let leads_on = !matches!(begins, Begins::After(from) if from > project.version());
        if !leads_on || (meaning.replay)(project, found).is_err() {
            self.is_over = true;
            self.rest.lost.push(Loss::Later { version: project.version() });
        }
    }

    fn write(self, disk: &dyn Disk, identity: u64) -> Result<Salvaged, CheckpointError> {
        let Rest { mut project, lost, state } = self.rest;
        // What a transaction did that was open then counts for nothing, as at every start.
        if project.in_transaction() {
            let _ = project.roll_back();
        }
        let version = self.newest.max(project.version()).saturating_add(1);
        let project: Project = project.known_as(Identity::of(identity), version);
        write_state(disk, None, &project)?;
        let name = project.name().to_owned();
        Ok(Salvaged { name, damaged: state, version, lost })
    }
}
