//! [`salvage_parts`]: what is left of a project whose only state is damaged.

use goxel_core::{Identity, Project};

use super::head::Head;
use super::names::Name;
use super::{Chain, Versions};
use crate::disk::Disk;
use crate::state::{self, Loss};

/// What is left of a project.
#[derive(Debug)]
pub(crate) struct Rest {
    pub(crate) project: Project,
    /// What is not.
    pub(crate) lost: Vec<Loss>,
    /// The version of the state that is damaged.
    pub(crate) state: u64,
}

/// What is whole of the newest state of a project, with the changes behind it as far as they fit what is left.
/// `None` where there is nothing, or it takes more than so many bytes of memory.
pub(crate) fn salvage_parts(
    disk: &dyn Disk,
    names: &[String],
    identity: u64,
    memory: u64,
) -> Option<Rest> {
    let versions = Versions::of(names).remove(&identity)?;
    let chain = versions.chain();
    let chain = match chain.state {
        Some(_) => chain,
        None => Chain { state: versions.states.iter().copied().max(), ..Chain::default() },
    };
    let state = chain.state?;
    let bytes = read(disk, Name::State { identity, version: state }, memory)?;
    let found = state::salvage(&bytes, Identity::of(identity), state, memory)?;
    let mut rest = Rest { project: found.project, lost: found.lost, state };
    for &(from, version) in &chain.changes {
        let name = Name::Change { identity, from, version };
        let changed =
            read(disk, name, memory).and_then(|bytes| apply(&mut rest.project, &bytes, memory));
        if changed.is_none() {
            rest.lost.push(Loss::Later { version: from });
            break;
        }
    }
    Some(rest)
}

fn read(disk: &dyn Disk, name: Name, memory: u64) -> Option<Vec<u8>> {
    disk.open(&name.to_string()).ok()?.read_all(memory).ok()
}

/// Makes the change that a file holds, where it fits.
fn apply(project: &mut Project, bytes: &[u8], memory: u64) -> Option<()> {
    let (_, start) = Head::read(bytes).ok()?;
    state::apply_within(project, &bytes[start..], memory).ok()
}
