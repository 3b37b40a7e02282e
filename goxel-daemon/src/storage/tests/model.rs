//! [`Model`]: what each project was at each of its versions, and which of them were acknowledged.

use std::collections::BTreeMap;

use goxel_core::{Identity, Project};
use goxel_store::state;

/// All projects that there ever were, by the number of their identity.
#[derive(Default)]
pub(super) struct Model {
    projects: BTreeMap<u64, Versions>,
    /// What projects were before the last start: the number of the identity, the version.
    past: BTreeMap<(u64, u64), Project>,
}

/// What a client was told of: a version of a project, or that it is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Version(u64, u64),
    Deleted(u64),
}

#[derive(Default)]
struct Versions {
    states: BTreeMap<u64, State>,
    /// As it is without what its transaction has done.
    decided: Option<Project>,
    /// Somebody was told of this version.
    acknowledged: u64,
    /// It was deleted, and whether somebody was told.
    deleted: Option<bool>,
}

/// What is there after a start where the journal ends with a version.
struct State {
    version: u64,
    project: Project,
    /// It was in a transaction: so it is no version that anybody can have back.
    in_transaction: bool,
}

impl Model {
    /// Whether this version of a project was seen.
    pub(super) fn knows(&self, number: u64, version: u64) -> bool {
        self.projects.get(&number).is_some_and(|versions| versions.states.contains_key(&version))
    }

    /// A project came to be this. What a transaction did is rolled back by a start, which is a version
    /// more.
    pub(super) fn see(&mut self, project: Project, in_transaction: bool) {
        let version = project.version();
        let versions = self.projects.entry(project.identity().number()).or_default();
        assert!(versions.deleted.is_none(), "it was deleted, and its number is never used again");
        let state = if in_transaction {
            let decided = versions.decided.as_ref().expect("it was there before its transaction");
            State { version: version + 1, project: decided.snapshot(), in_transaction }
        } else {
            versions.decided = Some(project.snapshot());
            State { version, project, in_transaction }
        };
        versions.states.insert(version, state);
    }

    /// Which version each project has that there is, but for what an open transaction has done.
    pub(super) fn decided(&self) -> BTreeMap<u64, u64> {
        let there = self.projects.iter().filter(|(_, versions)| versions.deleted.is_none());
        there.filter_map(|(number, of)| Some((*number, of.decided.as_ref()?.version()))).collect()
    }

    /// Whether a project was deleted.
    pub(super) fn is_deleted(&self, number: u64) -> bool {
        self.projects.get(&number).is_some_and(|versions| versions.deleted.is_some())
    }

    /// A project was deleted. Gives whether that is new.
    pub(super) fn delete(&mut self, number: u64) -> bool {
        let versions = self.projects.entry(number).or_default();
        let is_new = versions.deleted.is_none();
        versions.deleted.get_or_insert(false);
        is_new
    }

    /// Somebody was told: a start has to lead there, or further.
    pub(super) fn acknowledge(&mut self, told: Told) {
        match told {
            Told::Version(number, version) => {
                if let Some(versions) = self.projects.get_mut(&number) {
                    versions.acknowledged = versions.acknowledged.max(version);
                }
            }
            Told::Deleted(number) => {
                if let Some(versions) = self.projects.get_mut(&number) {
                    versions.deleted = Some(true);
                }
            }
        }
    }

    /// All that there is, as it would be told of.
    pub(super) fn all(&self) -> Vec<Told> {
        let told = |(number, versions): (&u64, &Versions)| match versions.deleted {
            Some(_) => Some(Told::Deleted(*number)),
            None => {
                let (version, _) = versions.states.last_key_value()?;
                Some(Told::Version(*number, *version))
            }
        };
        self.projects.iter().filter_map(told).collect()
    }

    /// Says what is wrong with what a start found, if anything is.
    pub(super) fn check(&self, found: &BTreeMap<u64, Project>) -> Result<(), String> {
        for (number, project) in found {
            self.check_found(*number, project)?;
        }
        for (number, versions) in &self.projects {
            if versions.is_due() && !found.contains_key(number) {
                let (name, version) = (Identity::of(*number), versions.acknowledged);
                return Err(format!(
                    "project {name} is gone, whose version {version} was acknowledged"
                ));
            }
        }
        Ok(())
    }

    fn check_found(&self, number: u64, found: &Project) -> Result<(), String> {
        let (name, version) = (Identity::of(number), found.version());
        let versions =
            self.projects.get(&number).ok_or_else(|| format!("project {name} was never there"))?;
        if versions.deleted == Some(true) {
            return Err(format!("project {name} is back, which was deleted"));
        }
        let mut due = versions.states.range(versions.acknowledged..);
        if due.any(|(_, state)| state.version == version && is_same(&state.project, found)) {
            return Ok(());
        }
        let same: Vec<u64> = versions.was(found);
        let (acknowledged, last) = (versions.acknowledged, versions.states.last_key_value());
        Err(format!(
            "project {name} was found at version {version}, with the state of versions {same:?}; \
             {acknowledged} was acknowledged, {:?} the last; found is {}, due was {:?}",
            last.map(|(version, _)| version),
            outline(found),
            versions.states.get(&version).map(|state| outline(&state.project))
        ))
    }

    /// What projects were at versions before the last start: the number of the identity, the version.
    pub(super) fn past(&self) -> Vec<(u64, u64)> {
        self.past.keys().copied().collect()
    }

    /// Whether a project was this at a version, where that is known.
    pub(super) fn was(&self, number: u64, found: &Project) -> Option<bool> {
        self.past.get(&(number, found.version())).map(|was| is_same(was, found))
    }

    /// Whether a project ever was this, acknowledged or not.
    pub(super) fn ever_was(&self, number: u64, found: &Project) -> bool {
        let versions = self.projects.get(&number);
        versions.is_some_and(|versions| versions.was(found).contains(&found.version()))
    }

    /// Whether a project ever was this, as whatever version.
    pub(super) fn ever_was_so(&self, number: u64, found: &Project) -> bool {
        self.projects.get(&number).is_some_and(|versions| !versions.was(found).is_empty())
    }

    /// What was found is what there is from here on, all of it durable. What was deleted stays so.
    pub(super) fn restart(&mut self, found: &BTreeMap<u64, Project>) {
        self.past.retain(|(number, _), _| found.contains_key(number));
        for (number, project) in found {
            let states = self.projects.get(number).map(|versions| &versions.states);
            for (version, state) in states.into_iter().flatten() {
                // A transaction that was rolled back meanwhile has the number of what was lost.
                if *version < project.version() && !state.in_transaction {
                    self.past.insert((*number, *version), state.project.snapshot());
                }
            }
            // What was lost is no version, and its number is given again.
            let is_lost = |(of, version): &(u64, u64)| of == number && *version > project.version();
            self.past.retain(|key, _| !is_lost(key));
            self.past.insert((*number, project.version()), project.snapshot());
        }
        let is_gone = |number: &u64, versions: &mut Versions| {
            versions.deleted.is_some() && !found.contains_key(number)
        };
        self.projects.retain(|number, versions| is_gone(number, versions));
        for versions in self.projects.values_mut() {
            *versions = Versions { deleted: Some(true), ..Versions::default() };
        }
        for (number, project) in found {
            self.projects.remove(number);
            self.see(project.snapshot(), false);
            self.acknowledge(Told::Version(*number, project.version()));
        }
    }
}

impl Versions {
    fn is_due(&self) -> bool {
        self.acknowledged > 0 && self.deleted.is_none()
    }

    /// The versions that are found so.
    fn was(&self, found: &Project) -> Vec<u64> {
        let same = self.states.values().filter(|state| is_same(&state.project, found));
        same.map(|state| state.version).collect()
    }
}

/// Whether two are the same but for which project and which version they are.
pub(super) fn is_same(one: &Project, other: &Project) -> bool {
    let bytes = |project: &Project| state::encode(&project.snapshot().known_as(Identity::of(1), 1));
    let (one_bytes, other_bytes) = (bytes(one), bytes(other));
    // How tiles are kept may differ where voxels do not: read again they are kept alike.
    let again = |bytes: &[u8]| state::decode(bytes).map(|project| state::encode(&project)).ok();
    one_bytes == other_bytes
        || (one.layers() == other.layers() && again(&one_bytes) == again(&other_bytes))
}

/// A project in a few words, for whoever looks for what went wrong.
fn outline(project: &Project) -> String {
    let layers = project.layers().iter().map(|layer| (&layer.name, layer.volume.count()));
    let layers: Vec<_> = layers.collect();
    format!("{:?} {:?} {layers:?}", project.name(), project.size())
}
