//! [`Project::become_with`]: what somebody made of an older state of a project, made of the project as it is now.
//!
//! What is merged is tiles, the list of layers and the scene, each as a whole: one that was changed here and
//! there in different ways is a conflict, and nothing is changed then. So nobody's edit is ever half there.

use goxel_proto::types::{LayerId, LayerRef, Pos};
use triomphe::Arc;

use super::{Project, Stack};
use crate::{Error, Layer, Scene, TILE_EDGE, TILE_UNITS, TilePos, TileRef, Volume, Work};

/// What it takes to compare two tiles that are stored in different places, in units of [`Work`].
const COMPARE_UNITS: u64 = 4096;

impl Project {
    /// Changes the project as `after` was changed from `before`, as one step that can be undone. Both are of this
    /// project, which may have gone on since `before`: that stays where it is elsewhere. Name and image box
    /// stay. It costs what differs.
    ///
    /// # Errors
    /// [`Error::Overtaken`], and what `work` says; nothing has changed then.
    pub fn become_with(
        &mut self,
        before: &Self,
        after: &Self,
        work: &Work<'_>,
    ) -> Result<(), Error> {
        let merged = merge(&before.stack, &after.stack, &self.stack, work)?;
        self.take_on(merged, work)
    }
}

/// What `theirs` becomes where `ours` was made of `base`.
fn merge(base: &Stack, ours: &Stack, theirs: &Stack, work: &Work<'_>) -> Result<Stack, Error> {
    let list = either(base, ours, theirs, same_list).ok_or_else(|| overtaken("the layers"))?;
    let mut merged = list.clone();
    for layer in &mut merged.layers {
        let find = |stack: &Stack| volume(stack, layer.id);
        let [base, ours, theirs] = [find(base), find(ours), find(theirs)];
        layer.volume = merge_volumes(layer.id, &base, &ours, &theirs, work)?;
    }
    check_removed(base, ours, theirs)?;
    let same_scene = |a: &Stack, b: &Stack| same_scene(&a.scene, &b.scene);
    let scene = either(base, ours, theirs, same_scene).ok_or_else(|| overtaken("the scene"))?;
    merged.scene = Arc::clone(&scene.scene);
    // It says where the next edit goes, and takes nothing away from anybody.
    let is_there = |id| merged.layers.iter().any(|layer: &Layer| layer.id == id);
    let wanted = if ours.active == base.active { theirs.active } else { ours.active };
    merged.active =
        [wanted, ours.active].into_iter().find(|id| is_there(*id)).unwrap_or(list.active);
    // Ids are never given twice.
    merged.next_id = ours.next_id.max(theirs.next_id);
    Ok(merged)
}

/// The one of two that was changed; none where both were, in different ways.
fn either<'a>(
    base: &Stack,
    ours: &'a Stack,
    theirs: &'a Stack,
    same: impl Fn(&Stack, &Stack) -> bool,
) -> Option<&'a Stack> {
    if same(base, ours) || same(ours, theirs) {
        return Some(theirs);
    }
    same(base, theirs).then_some(ours)
}

/// Whether both have the same layers in the same order, whatever is in them.
fn same_list(a: &Stack, b: &Stack) -> bool {
    a.layers.len() == b.layers.len()
        && a.layers.iter().zip(&b.layers).all(|(a, b)| same_settings(a, b))
}

fn same_settings(a: &Layer, b: &Layer) -> bool {
    let Layer { id, name, visible, mode, volume: _, material, transform, bounds, picture } = a;
    (id, name, visible, mode) == (&b.id, &b.name, &b.visible, &b.mode)
        && (material, transform, bounds, picture)
            == (&b.material, &b.transform, &b.bounds, &b.picture)
}

fn same_scene(a: &Arc<Scene>, b: &Arc<Scene>) -> bool {
    Arc::ptr_eq(a, b) || **a == **b
}

/// The voxels of a layer; none where there is no such layer.
fn volume(stack: &Stack, layer: LayerId) -> Volume {
    let index = stack.index(LayerRef::Id(layer));
    index.map(|index| stack.layers[index].volume.clone()).unwrap_or_default()
}

fn merge_volumes(
    layer: LayerId,
    base: &Volume,
    ours: &Volume,
    theirs: &Volume,
    work: &Work<'_>,
) -> Result<Volume, Error> {
    if base.is_empty() && theirs.is_empty() {
        return Ok(ours.clone());
    }
    let mut merged = theirs.clone();
    for at in ours.changed_tiles(base) {
        let (was, is, now) = (base.tile(at), ours.tile(at), theirs.tile(at));
        work.spend(if was.uniform().is_some() { TILE_UNITS } else { COMPARE_UNITS })?;
        if same_voxels(was, is) || same_voxels(is, now) {
            continue;
        }
        if !same_voxels(was, now) {
            return Err(overtaken(&tile(layer, at)));
        }
        merged.replace_tile(at, is.to_tile());
    }
    Ok(merged)
}

/// A layer that one has removed is one that the other has not changed.
fn check_removed(base: &Stack, ours: &Stack, theirs: &Stack) -> Result<(), Error> {
    for layer in &base.layers {
        let [in_ours, in_theirs] = [ours, theirs].map(|stack| stack.index(LayerRef::Id(layer.id)));
        let kept = match (in_ours, in_theirs) {
            (Ok(index), Err(_)) => &ours.layers[index],
            (Err(_), Ok(index)) => &theirs.layers[index],
            _ => continue,
        };
        if !kept.volume.same(&layer.volume) {
            return Err(overtaken(&format!("layer {}", layer.id.0)));
        }
    }
    Ok(())
}

/// Whether tiles hold the same, shared or not.
pub(super) fn same_voxels(one: TileRef<'_>, other: TileRef<'_>) -> bool {
    match (one.uniform(), other.uniform()) {
        _ if one.same(other) => true,
        (Some(one), Some(other)) => one == other,
        _ => one.to_tile().to_dense() == other.to_tile().to_dense(),
    }
}

fn tile(layer: LayerId, at: TilePos) -> String {
    let Pos { x, y, z } = at.min();
    let last = TILE_EDGE as i32 - 1;
    let [low, high] = [0, last].map(|more| format!("[{}, {}, {}]", x + more, y + more, z + more));
    format!("voxels between {low} and {high} of layer {}", layer.0)
}

fn overtaken(what: &str) -> Error {
    Error::Overtaken { what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::{Rgba, Voxel};

    use super::*;
    use crate::Command;

    fn set(project: &mut Project, x: i32) {
        let voxels = [Voxel { pos: Pos::new(x, 0, 0), rgba: Rgba::WHITE }];
        let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels: &voxels };
        project.apply(command).expect("room");
    }

    fn add_layer(project: &mut Project) {
        project.apply(Command::CreateLayer { name: "a", visible: true }).expect("room");
    }

    /// What a project of some voxels becomes where one changes it by `ours` and another by `theirs` meanwhile.
    fn check(
        ours: fn(&mut Project),
        theirs: fn(&mut Project),
        both: Result<fn(&mut Project), &str>,
    ) {
        let mut project = Project::new("p", [8; 3]);
        (0..4).for_each(|x| set(&mut project, 100 * x));
        let base = project.snapshot();
        let mut after = base.snapshot();
        ours(&mut after);
        theirs(&mut project);
        let (stood, steps) = (project.snapshot(), project.history_depth().0);
        let merged = project.become_with(&base, &after, &Work::unbounded());
        let Ok(both) = both else {
            let words = merged.expect_err("both have changed it").to_string();
            assert!(words.contains(both.unwrap_err()), "{words}");
            assert!(project.stack == stood.stack && project.version() == stood.version());
            return;
        };
        merged.expect("they are apart");
        let mut expected = base.snapshot();
        both(&mut expected);
        assert!(project.layers() == expected.layers() && project.scene() == expected.scene());
        let made = usize::from(project.version() > stood.version());
        assert_eq!(project.history_depth().0, steps + made, "it is one step at the most");
        assert!(made == 0 || project.undo() && project.stack == stood.stack);
    }

    #[test]
    fn what_was_changed_elsewhere_stays() {
        check(|p| set(p, 1), |_| (), Ok(|p| set(p, 1)));
        check(|p| set(p, 1), |p| set(p, 101), Ok(|p| [1, 101].into_iter().for_each(|x| set(p, x))));
        check(
            |p| {
                add_layer(p);
                set(p, 5);
            },
            |p| set(p, 101),
            Ok(|p| {
                set(p, 101);
                add_layer(p);
                set(p, 5);
            }),
        );
        check(
            |p| set(p, 900),
            |p| set(p, 901 + 16),
            Ok(|p| [900, 917].into_iter().for_each(|x| set(p, x))),
        );
        check(|p| set(p, 0), |_| (), Ok(|_| ()));
        check(|p| set(p, 1), |p| set(p, 1), Ok(|p| set(p, 1)));
    }

    #[test]
    fn what_both_have_changed_is_a_conflict() {
        check(|p| set(p, 1), |p| set(p, 2), Err("between [0, 0, 0] and [15, 15, 15] of layer 1"));
        check(
            add_layer,
            |p| {
                add_layer(p);
                add_layer(p);
            },
            Err("the layers"),
        );
        let remove: fn(&mut Project) = |p| {
            add_layer(p);
            p.apply(Command::DeleteLayer(LayerRef::Id(LayerId(1)))).expect("there are two");
        };
        check(|p| set(p, 1), remove, Err("layer 1"));
        check(remove, |p| set(p, 1), Err("layer 1"));
    }
}
