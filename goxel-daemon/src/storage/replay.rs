//! Does again what the journal says of a project.

use goxel_core::{Control, Identity, Project, Work};
use goxel_proto::json::{Unread, Value, Writer};
use goxel_proto::{Args, Method};
use goxel_store::log::{Found, kind};
use goxel_store::state;

use super::written::{MEANING, read_call, read_change, read_effect, read_point, read_points};
use crate::dispatch::handler;
use crate::handler::{Editing, Handler};
use crate::memory;
use crate::thread_pool::EditThreads;

/// Bytes of a history that is dropped on the way: nothing before the start can be undone.
const UNDO_DROPPED_BYTES: usize = 16 << 20;

/// Nobody waits for it, but it has to fit.
struct InMemory;

impl Control for InMemory {
    fn check(&self, _: u64, _: u64) -> goxel_core::Result<()> {
        memory::check()
    }
}

/// Bytes that may still be taken.
pub(super) fn memory_left() -> u64 {
    memory::max().saturating_sub(goxel_io::bytes_in_use())
}

/// The project that a record says was opened.
pub(super) fn opened(found: &Found) -> Result<Project, String> {
    let bytes = payload(found)?;
    let project = state::decode_within(bytes, memory_left()).map_err(|error| error.to_string())?;
    Ok(project.known_as(Identity::of(found.project), found.version))
}

/// Does again what a record says was done to a project.
///
/// # Errors
/// Why it cannot be done: the project is not what it should be then.
pub(super) fn replay(
    project: &mut Project,
    found: &Found,
    scratch: &mut Vec<u8>,
) -> Result<(), String> {
    replay_to(project, found, u64::MAX, scratch)
}

/// As [`replay`], of voxels that were set only those up to a version.
pub(super) fn replay_to(
    project: &mut Project,
    found: &Found,
    version: u64,
    scratch: &mut Vec<u8>,
) -> Result<(), String> {
    memory::check().map_err(|error| error.to_string())?;
    let bytes = payload(found)?;
    let before = project.version();
    match found.kind {
        kind::POINT => points(project, bytes, version)?,
        kind::POINTS => {
            let (versions, bytes) = read_points(bytes).ok_or("it is cut off")?;
            if before.checked_add(versions.into()) != Some(found.version) {
                return Err(missing(before, found.version));
            }
            points(project, bytes, version)?;
            if project.version() == version {
                return Ok(());
            }
        }
        kind::CALL if call(project, bytes, scratch)? == Method::Commit => {
            commit(project, before, found.version);
        }
        kind::CALL => {}
        kind::CHANGE | kind::EFFECT => change(project, found.kind, bytes)?,
        other => return Err(format!("there is no record of kind {other}")),
    }
    if project.version() != found.version {
        return Err(missing(project.version(), found.version));
    }
    if project.undo_bytes() > UNDO_DROPPED_BYTES && !project.in_transaction() {
        project.forget_history();
    }
    Ok(())
}

fn payload(found: &Found) -> Result<&[u8], String> {
    match found.payload.split_first() {
        Some((&MEANING, bytes)) => Ok(bytes),
        Some((meaning, _)) => Err(format!(
            "it is of version {meaning} of what commands mean, this program knows {MEANING}: use the \
             version of Goxel that wrote it"
        )),
        None => Err("it is empty".to_owned()),
    }
}

fn missing(is: u64, was: u64) -> String {
    format!("it leads to version {is}, not to {was}: one before it is missing")
}

fn points(project: &mut Project, mut bytes: &[u8], version: u64) -> Result<(), String> {
    while !bytes.is_empty() && project.version() != version {
        let (method, plain) = read_point(&mut bytes).ok_or("it is no point")?;
        let Handler::EditVoxel { fast, .. } = *handler(method) else { return Err(no_edit(method)) };
        fast(project, &plain).ok_or_else(|| "the voxel cannot be set".to_owned())?;
    }
    Ok(())
}

/// The version that a commit led to. Where there was a step to be undone as a whole it is one more: what is
/// done again may have another history, in which undone edits count.
fn commit(project: &mut Project, before: u64, version: u64) {
    let mut led_to = before.saturating_add(1)..=before.saturating_add(2);
    if led_to.any(|one| one == version) {
        project.set_version(version);
    }
}

fn call(project: &mut Project, bytes: &[u8], scratch: &mut Vec<u8>) -> Result<Method, String> {
    let (method, params) = read_call(bytes).ok_or("it is no call that is known")?;
    let (Handler::Edit(edit) | Handler::EditVoxel { full: edit, .. } | Handler::Step { edit, .. }) =
        *handler(method)
    else {
        return Err(no_edit(method));
    };
    let params = if params.is_empty() { None } else { Some(params) };
    let params = params.map(Value::parse).transpose().map_err(|error| error.to_string())?;
    let args = Args::new(method, params.map(Unread::from)).map_err(|error| error.message)?;
    let work = Work::new(u64::MAX, &InMemory, &EditThreads);
    scratch.clear();
    let mut writer = Writer::new(scratch);
    let done = edit(&mut Editing::new(project, &work), &args, &mut writer);
    done.map_err(|fault| fault.into_rpc(method.info().code).message)?;
    Ok(method)
}

fn change(project: &mut Project, kind: u8, bytes: &[u8]) -> Result<(), String> {
    let (before, rest) = read_change(bytes).ok_or("it is no change")?;
    let effect =
        if kind == kind::EFFECT { read_effect(rest).map(|(_, rest)| rest) } else { Some(rest) };
    let change = effect.ok_or("it is no effect")?;
    if project.version() != before {
        let is = project.version();
        return Err(format!("it changes version {before}, not {is}: one before it is missing"));
    }
    state::apply_within(project, change, memory_left()).map_err(|error| error.to_string())
}

fn no_edit(method: Method) -> String {
    format!("{} is no edit", method.info().name)
}

#[cfg(test)]
mod tests {
    use goxel_core::Layer;
    use goxel_proto::types::{LayerId, Pos, Rgba};
    use goxel_store::log::Place;

    use super::*;

    #[test]
    fn a_voxel_that_has_a_record_of_its_own_is_read_as_ever() {
        let mut project = Project::from_layers("a", [64; 3], vec![Layer::new(LayerId(1), "a")]);
        let version = project.version() + 1;
        let place = Place { segment: 1, offset: 40 };
        // Goxel wrote these before it put the voxels of a turn together.
        let payload = vec![MEANING, 6 << 5, 2, 3, 4, 0xfe, 0x03, 0x80, 0x02, 0, 0xfe, 0x03];
        let found = Found { place, project: 7, version, kind: kind::POINT, payload };
        assert_eq!(replay(&mut project, &found, &mut Vec::new()), Ok(()));
        let voxel = project.layers()[0].volume.get(Pos::new(1, -2, 2));
        assert_eq!(voxel, Rgba::new(255, 128, 0, 255));
    }
}
