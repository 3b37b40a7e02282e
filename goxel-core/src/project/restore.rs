//! [`Parts`]: a project taken apart, for whoever keeps projects as bytes, and put together again.
//!
//! What is put together is what was taken apart: ids, the ids that come next and the version too. So
//! nothing is mended here: what breaks a promise of [`Project`] or [`Scene`] is refused.

use std::collections::BTreeSet;

use goxel_proto::types::{Aabb, LayerId, LayerRef};
use triomphe::Arc;

use super::entry::{Entry, ReplacedStack};
use super::overtaking::same_voxels;
use super::replaced::ReplacedTiles;
use super::{History, Project, Stack};
use crate::{Error, Identity, Layer, Scene, TILE_UNITS, Volume, Work};

/// All that makes a project, but for its history.
#[derive(Clone, Debug)]
pub struct Parts {
    /// What tells it from every other project.
    pub identity: Identity,
    /// See [`Project::version`].
    pub version: u64,
    /// What it is called.
    pub name: String,
    /// The image box, which holds a voxel.
    pub image: Aabb,
    /// The layers, bottom first.
    pub layers: Vec<Layer>,
    /// The layer that a call works on where it names none.
    pub active: LayerId,
    /// The id that the next layer gets.
    pub next_layer: u32,
    /// The scene; `None` stands for the one that is there.
    pub scene: Option<Scene>,
}

/// Why parts make no project.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A project has a layer at least.
    #[error("a project without layers")]
    NoLayer,
    /// The image box holds nothing, or its low corner is not the low one.
    #[error("an image box that is empty")]
    EmptyImage,
    /// The active layer is none of the layers.
    #[error("an active layer that is not there, of the id {}", .0.0)]
    NoActive(LayerId),
    /// An id that two have, that is 0, or that would be given again.
    #[error("a {kind} of the id {id}, which is taken, is 0 or is still to be given")]
    BadId {
        /// "layer", "material" or "camera".
        kind: &'static str,
        /// The id.
        id: u32,
    },
    /// A material or a camera without a name.
    #[error("a {0} without a name")]
    NoName(&'static str),
    /// A number, a name or an id that no command would have let in.
    #[error(transparent)]
    Refused(#[from] Error),
}

impl Project {
    /// The project of these parts. It has no history, and nothing in it is unsaved.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn restored(mut parts: Parts) -> Result<Self, Unfit> {
        let scene = Arc::new(parts.scene.take().unwrap_or_default());
        check(&parts, &scene)?;
        let Parts { identity, version, name, image, layers, active, next_layer, .. } = parts;
        let stack = Stack { layers, active, next_id: next_layer, scene };
        let history = History::of_version(version);
        let (since, kept) = (version, false);
        Ok(Self { identity, since, kept, name, image, stack, history, transaction: None })
    }

    /// Puts these parts in the places of its own, all but its identity. Nothing of that can be undone,
    /// nor what was done before; an open transaction stays open, and what it can be rolled back to.
    ///
    /// # Errors
    /// [`Unfit`]; the project is then as it was.
    pub fn put(&mut self, mut parts: Parts) -> Result<(), Unfit> {
        let scene = parts.scene.take().map_or_else(|| Arc::clone(&self.stack.scene), Arc::new);
        check(&parts, &scene)?;
        let Parts { version, name, image, layers, active, next_layer, .. } = parts;
        self.stack = Stack { layers, active, next_id: next_layer, scene };
        (self.name, self.image) = (name, image);
        self.history.forget(version);
        Ok(())
    }

    /// Makes the layers and the scene those of an older version of it, as one step that can be undone. What both
    /// have is shared, so that the step costs what differs. Its name and its image box stay.
    ///
    /// # Errors
    /// What `work` says; nothing has changed then.
    pub fn go_back_to(&mut self, older: &Self, work: &Work<'_>) -> Result<(), Error> {
        let mut after = older.stack.clone();
        for layer in &mut after.layers {
            if let Ok(index) = self.stack.index(LayerRef::Id(layer.id)) {
                let now = &self.stack.layers[index].volume;
                layer.volume = shared(now, &layer.volume, work)?;
            }
        }
        // Ids are never given twice.
        after.next_id = after.next_id.max(self.stack.next_id);
        if *after.scene == *self.stack.scene {
            after.scene = Arc::clone(&self.stack.scene);
        }
        self.take_on(after, work)
    }

    /// Makes the stack another one, as one step that can be undone, where it is another one.
    pub(super) fn take_on(&mut self, after: Stack, work: &Work<'_>) -> Result<(), Error> {
        if after == self.stack {
            return Ok(());
        }
        let step = self.step_to(&after, work)?;
        self.history.push(step);
        self.stack = after;
        Ok(())
    }

    /// What the stack has that `after` has not. A volume that both have layers of costs the tiles that differ.
    fn step_to(&self, after: &Stack, work: &Work<'_>) -> Result<Entry, Error> {
        let mut steps = Vec::new();
        // In the order in which they are undone last to first: the tiles, then the stack.
        let mut between = self.stack.clone();
        for layer in &mut between.layers {
            let Ok(index) = after.index(LayerRef::Id(layer.id)) else { continue };
            let later = &after.layers[index].volume;
            if !later.same(&layer.volume) {
                let tiles = ReplacedTiles::between(&layer.volume, later, work)?;
                steps.push(Entry::Tiles(layer.id, Box::new(tiles)));
                layer.volume = later.clone();
            }
        }
        if between != *after {
            steps.push(Entry::Stack(Box::new(ReplacedStack::new(between, after))));
        }
        Ok(Entry::group(steps))
    }

    /// The same project under this identity and version: for whoever kept both apart from it.
    #[must_use]
    pub fn known_as(mut self, identity: Identity, version: u64) -> Self {
        self.identity = identity;
        self.set_version(version);
        self
    }

    /// Forgets all that could be undone or done again.
    pub fn forget_history(&mut self) {
        self.history.forget(self.version());
    }

    /// Whoever has it keeps every change of it, so that nothing of it is ever unsaved.
    pub fn set_kept(&mut self, kept: bool) {
        self.kept = kept;
    }

    /// Nobody knows of a file that has it.
    pub fn forget_saved(&mut self) {
        self.history.saved.mark(true);
    }

    /// What it is made of. Voxels are shared, and the scene is left out, which `None` stands for.
    #[must_use]
    pub fn parts(&self) -> Parts {
        Parts {
            identity: self.identity,
            version: self.version(),
            name: self.name.clone(),
            image: self.image,
            layers: self.stack.layers.clone(),
            active: self.stack.active,
            next_layer: self.stack.next_id,
            scene: None,
        }
    }

    /// The id that the next layer gets.
    #[must_use]
    pub fn next_layer(&self) -> u32 {
        self.stack.next_id
    }

    /// Says which version this state has: for whoever does again what was recorded of a project that
    /// came to the same state on another way.
    pub fn set_version(&mut self, version: u64) {
        self.history.set_version(version);
    }
}

/// The voxels of `other`, in the storage of `now` where both have the same.
fn shared(now: &Volume, other: &Volume, work: &Work<'_>) -> Result<Volume, Error> {
    let mut shared = now.clone();
    let places: Vec<_> = now.changed_tiles(other).collect();
    for at in places {
        work.spend(TILE_UNITS)?;
        if !same_voxels(now.tile(at), other.tile(at)) {
            shared.replace_tile(at, other.tile(at).to_tile());
        }
    }
    Ok(shared)
}

fn check(parts: &Parts, scene: &Scene) -> Result<(), Unfit> {
    if parts.layers.is_empty() {
        return Err(Unfit::NoLayer);
    }
    if parts.image.is_empty() {
        return Err(Unfit::EmptyImage);
    }
    check_ids("layer", parts.layers.iter().map(|layer| layer.id.0), parts.next_layer)?;
    if !parts.layers.iter().any(|layer| layer.id == parts.active) {
        return Err(Unfit::NoActive(parts.active));
    }
    for material in parts.layers.iter().filter_map(|layer| layer.material) {
        scene.material(material)?;
    }
    Ok(())
}

/// Refuses ids of which one is 0, there twice, or not below the one that is given next. The highest
/// number there is has none above it.
pub(crate) fn check_ids(
    kind: &'static str,
    ids: impl Iterator<Item = u32>,
    next: u32,
) -> Result<(), Unfit> {
    let mut seen = BTreeSet::new();
    for id in ids {
        let is_given = id < next || next == u32::MAX;
        if id == 0 || !is_given || !seen.insert(id) {
            return Err(Unfit::BadId { kind, id });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::{LayerRef, MaterialId, Pos, Rgba, Voxel};

    use super::*;
    use crate::Command;

    fn set(project: &mut Project, x: i32) {
        let voxels = [Voxel { pos: Pos::new(x, 0, 0), rgba: Rgba::WHITE }];
        let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels: &voxels };
        project.apply(command).expect("room");
    }

    fn sample() -> Project {
        let mut project = Project::new("p", [8; 3]);
        project.apply(Command::CreateLayer { name: "a", visible: true }).expect("room");
        set(&mut project, 1);
        project
    }

    #[test]
    fn what_was_taken_apart_is_put_together() {
        let project = sample();
        let again = Project::restored(project.parts()).expect("it was one");
        assert!(again.stack == project.stack && again.name == project.name);
        assert_eq!((again.version(), again.identity()), (project.version(), project.identity()));
        assert_eq!((again.history_depth(), again.unsaved()), ((0, 0), false));
    }

    #[test]
    fn what_breaks_a_promise_is_refused() {
        let refused = |change: fn(&mut Parts)| {
            let mut parts = sample().parts();
            change(&mut parts);
            let mut project = sample();
            let before = project.snapshot();
            let why = project.put(parts.clone()).expect_err("refused");
            assert!(project.stack == before.stack && project.version() == before.version());
            assert_eq!(Project::restored(parts).map(|_| ()), Err(why.clone()));
            why
        };
        assert_eq!(refused(|parts| parts.layers.clear()), Unfit::NoLayer);
        assert_eq!(refused(|parts| parts.image.max = parts.image.min), Unfit::EmptyImage);
        assert_eq!(refused(|parts| parts.active.0 = 7), Unfit::NoActive(LayerId(7)));
        let bad = |id| Unfit::BadId { kind: "layer", id };
        assert_eq!(refused(|parts| parts.layers[1].id.0 = 1), bad(1));
        assert_eq!(refused(|parts| parts.layers[1].id.0 = 0), bad(0));
        assert_eq!(refused(|parts| parts.next_layer = 2), bad(2));
        let unknown = Unfit::Refused(Error::Unknown { kind: "material", id: 3 });
        assert_eq!(refused(|parts| parts.layers[0].material = Some(MaterialId(3))), unknown);
    }

    #[test]
    fn going_back_is_one_step_that_holds_what_differs() {
        let mut project = sample();
        (0..100).for_each(|x| set(&mut project, 16 * x));
        // Read from a disk it shares nothing.
        let mut older = Project::restored(project.parts()).expect("it was one");
        let mut again = Volume::new();
        project.layers()[1].volume.voxels().for_each(|(pos, rgba)| _ = again.set(pos, rgba));
        older.stack.layers[1].volume = again;
        project.apply(Command::CreateLayer { name: "b", visible: true }).expect("room");
        set(&mut project, 7);
        project.apply(Command::SetActiveLayer(LayerRef::Id(LayerId(2)))).expect("it is there");
        set(&mut project, 8);
        let (before, steps, bytes) =
            (project.snapshot(), project.history_depth().0, project.undo_bytes());
        project.go_back_to(&older, &Work::unbounded()).expect("no bound");
        assert!(project.layers() == older.layers() && project.version() == before.version() + 1);
        assert_eq!(project.next_layer(), before.next_layer(), "ids are never given twice");
        assert_eq!(project.history_depth(), (steps + 1, 0));
        assert!(project.undo_bytes() - bytes < 4000, "{}", project.undo_bytes() - bytes);
        let back = project.snapshot();
        assert!(project.undo() && project.stack == before.stack);
        assert!(project.redo() && project.stack == back.stack);
        let version = project.version();
        project.go_back_to(&older, &Work::unbounded()).expect("no bound");
        assert_eq!(project.version(), version, "there is nothing to do");
    }

    #[test]
    fn what_is_put_within_a_transaction_can_be_rolled_back_and_undone() {
        let mut other = sample();
        set(&mut other, 5);
        let mut project = sample();
        let before = project.stack.clone();
        for ends_well in [false, true] {
            project.begin().expect("the first");
            set(&mut project, 9);
            project.put(Parts { version: 77, ..other.parts() }).expect("it fits");
            assert_eq!((project.version(), project.history_depth()), (77, (0, 0)));
            assert!(project.stack == other.stack && project.unsaved());
            if ends_well {
                project.commit().expect("one");
                assert!(project.stack == other.stack && project.undo());
            } else {
                project.roll_back().expect("one");
            }
            assert!(project.stack == before);
        }
    }
}
