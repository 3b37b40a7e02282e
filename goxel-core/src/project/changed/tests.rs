//! What edits tell of themselves, against a comparison of all voxels.

use goxel_proto::types::{Aabb, LayerRef, Pos, Rgba, Voxel};

use super::*;
use crate::{Command, Context, Motion, Reshape};

fn set(project: &mut Project, at: [i32; 3]) {
    let voxels = [Voxel { pos: Pos::from(at), rgba: Rgba::WHITE }];
    let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels: &voxels };
    project.apply(command).expect("room");
}

fn fill(project: &mut Project, min: [i64; 3], max: [i64; 3]) {
    let boxes = [(Aabb { min, max }, Rgba::opaque(1, 2, 3))];
    let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &boxes, voxels: &[] };
    project.apply(command).expect("room");
}

fn create_layer(project: &mut Project) {
    project.apply(Command::CreateLayer { name: "b", visible: true }).expect("room");
}

/// Every voxel of every layer that differs lies in the area, and in its tiles.
fn covers(area: &ChangedArea, before: &Project, after: &Project) {
    let none = Volume::new();
    let volume = |project: &'_ Project, id| {
        project.layers().iter().find(|layer| layer.id == id).map(|layer| layer.volume.clone())
    };
    let layers = before.layers().iter().chain(after.layers());
    for id in layers.map(|layer| layer.id) {
        let [old, new] = [before, after].map(|project| volume(project, id).unwrap_or(none.clone()));
        for (pos, _) in old.voxels().chain(new.voxels()) {
            if old.get(pos) != new.get(pos) && !area.is_anywhere() {
                assert!(area.bounds().is_some_and(|bounds| bounds.contains(pos)), "{pos:?}");
                let named =
                    |tiles: &std::collections::BTreeSet<TilePos>| tiles.contains(&TilePos::of(pos));
                assert!(area.tiles().is_none_or(named), "{pos:?}");
            }
        }
    }
}

fn check(project: &mut Project, edit: impl FnOnce(&mut Project)) -> Changed {
    let (before, mark) = (project.snapshot(), project.mark());
    edit(project);
    let changed = project.changed_since(&mark);
    covers(&changed.voxels, &before, project);
    covers(&Changed::between(&before, project).voxels, &before, project);
    changed
}

fn corners(changed: &Changed) -> Option<([i64; 3], [i64; 3])> {
    changed.voxels.bounds().map(|bounds| (bounds.min, bounds.max))
}

#[test]
fn each_edit_and_each_step_tells_where_it_was() {
    let mut project = Project::new("p", [64; 3]);
    let one = Some(([5, -6, 7], [6, -5, 8]));
    assert_eq!(corners(&check(&mut project, |project| set(project, [5, -6, 7]))), one);
    let tile = check(&mut project, |project| fill(project, [0; 3], [20, 5, 5]));
    assert_eq!(corners(&tile), Some(([0; 3], [32, 16, 16])));
    assert!(!tile.layers && !tile.scene);
    let back = check(&mut project, |project| assert!(project.undo()));
    assert_eq!((back.voxels.bounds(), back.layers), (tile.voxels.bounds(), false));
    let again = check(&mut project, |project| assert!(project.redo()));
    assert_eq!(again.voxels.bounds(), tile.voxels.bounds());
    check(&mut project, |project| {
        let shape = Reshape::Move(Motion::translation([40, 0, 0]));
        project.apply(Command::Reshape { layer: LayerRef::Active, reshape: shape }).expect("room");
    });
    let cleared = check(&mut project, |project| {
        project.apply(Command::ClearLayer(LayerRef::Active)).expect("it is there");
    });
    assert!(!cleared.voxels.is_empty() && !cleared.layers && cleared.looks.is_empty());
    let none = check(&mut project, |_| ());
    assert_eq!(none, Changed::default());
}

#[test]
fn layers_tell_what_looks_other_though_no_voxel_changed() {
    let mut project = Project::new("p", [64; 3]);
    fill(&mut project, [0; 3], [16; 3]);
    let made = check(&mut project, create_layer);
    assert!(made.layers && made.voxels.is_empty());
    set(&mut project, [100, 0, 0]);
    let hidden = check(&mut project, |project| {
        let layer = LayerRef::Active;
        project.apply(Command::SetVisible { layer, visible: false }).expect("it is there");
    });
    assert!(hidden.layers && hidden.voxels.is_empty());
    assert_eq!(hidden.looks.bounds().map(|bounds| bounds.min), Some([96, 0, 0]));
    let gone = check(&mut project, |project| {
        project.apply(Command::DeleteLayer(LayerRef::Active)).expect("it is there");
    });
    assert!(gone.layers && gone.voxels.bounds().is_some());
    let back = check(&mut project, |project| assert!(project.undo()));
    assert!(back.layers && back.voxels.bounds() == gone.voxels.bounds());
    let moved = check(&mut project, |project| {
        project
            .apply(Command::MoveLayer { layer: LayerRef::Active, index: 0 })
            .expect("it is there");
    });
    assert!(moved.layers && moved.looks.is_anywhere() && moved.voxels.is_empty());
    let palette = check(&mut project, |project| {
        project.apply(Command::SetPalette(&[Rgba::WHITE.into()])).expect("one");
    });
    assert!(palette.scene && !palette.layers && palette.voxels.is_empty());
}

#[test]
fn a_transaction_tells_all_of_it_at_its_commit() {
    let mut project = Project::new("p", [64; 3]);
    set(&mut project, [0; 3]);
    let (before, decided) = (project.snapshot(), project.version());
    let begun = check(&mut project, |project| project.begin().expect("the first"));
    assert_eq!((begun, project.decided_version()), (Changed::default(), decided));
    let mark = project.mark();
    set(&mut project, [9, 9, 9]);
    create_layer(&mut project);
    set(&mut project, [90, 9, 9]);
    assert_eq!(project.changed_since(&mark), Changed::default(), "nothing is decided");
    let mark = project.mark();
    project.commit().expect("one");
    let changed = project.changed_since(&mark);
    covers(&changed.voxels, &before, &project);
    assert!(changed.layers && !changed.voxels.is_empty());
    assert_eq!(project.decided_version(), project.version());
    type End = fn(&mut Project) -> crate::Result<()>;
    let ends: [(End, bool); 2] = [(Project::roll_back, true), (Project::commit, false)];
    for (end, does_something) in ends {
        project.begin().expect("one at a time");
        if does_something {
            set(&mut project, [1; 3]);
        }
        let mark = project.mark();
        end(&mut project).expect("one is open");
        assert_eq!(project.changed_since(&mark), Changed::default());
    }
}

#[test]
fn what_the_history_does_not_keep_tells_where_it_was() {
    let mut context = Context::default();
    context.limit_undo(1000);
    context.insert(Project::new("p", [64; 3])).expect("room");
    let project = context.project_mut(None).expect("it is open");
    let mark = project.mark();
    set(project, [0; 3]);
    create_layer(project);
    fill(project, [0; 3], [2000, 8, 8]);
    assert!(!project.last_edit_undoable());
    let changed = project.changed_since(&mark);
    assert_eq!(changed.voxels.bounds().map(|bounds| bounds.max), Some([2000, 16, 16]));
    assert!(changed.layers);
    drop(project.take_leftovers());
    assert_eq!(project.changed_since(&mark), Changed::anything(), "too late");
}

#[test]
fn a_large_layer_that_goes_tells_its_pages_or_nothing_at_all() {
    let mut project = Project::new("p", [64; 3]);
    fill(&mut project, [0; 3], [272, 272, 2]);
    let changed = check(&mut project, |project| {
        project.apply(Command::DeleteLayer(LayerRef::Active)).expect("it is there");
    });
    assert!(changed.voxels.bounds().is_some() && changed.voxels.tiles().is_none());
    let mut wide = Project::new("p", [64; 3]);
    let apart = |at: usize| Pos::new(at as i32 * 128, 0, 0);
    let voxels: Vec<_> =
        (0..=PAGES_MAX).map(|at| Voxel { pos: apart(at), rgba: Rgba::WHITE }).collect();
    let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels: &voxels };
    wide.apply(command).expect("room");
    let changed = check(&mut wide, |project| {
        project.apply(Command::DeleteLayer(LayerRef::Active)).expect("it is there");
    });
    assert!(changed.voxels.is_anywhere());
}
