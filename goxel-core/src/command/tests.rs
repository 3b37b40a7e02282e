//! Commands, undone and done again.

use goxel_proto::types::Pos;

use super::*;
use crate::{Error, TilePos, limits};

fn voxel(x: i32, rgba: Rgba) -> Voxel {
    Voxel { pos: Pos::new(x, 0, 0), rgba }
}

fn project() -> Project {
    Project::new("p", [0, 8, 9])
}

#[test]
fn edits_are_undone_and_done_again() {
    let mut project = project();
    let red = Rgba::opaque(255, 0, 0);
    let layer = LayerRef::Active;
    let mut states = vec![project.stack.clone()];
    let block = Aabb::spanning(Pos::ZERO, Pos::from([40; 3]));
    let commands = [
        Command::SetVoxels { layer, boxes: &[], voxels: &[voxel(1, red), voxel(1, Rgba::WHITE)] },
        Command::SetVoxels { layer, boxes: &[(block, red)], voxels: &[voxel(99, red)] },
        Command::CreateLayer { name: "top", visible: false },
        Command::SetVoxels { layer, boxes: &[], voxels: &[voxel(1, red), voxel(2, red)] },
        Command::SetVoxels { layer, boxes: &[(Aabb::EVERYTHING, red)], voxels: &[] },
        Command::SetVoxels { layer, boxes: &[(Aabb::EVERYTHING, Rgba::EMPTY)], voxels: &[] },
        Command::SetActiveLayer(LayerRef::Id(LayerId(1))),
    ];
    for command in commands {
        if project.apply(command).is_ok() {
            states.push(project.stack.clone());
        }
    }
    assert_eq!(states.len(), 7, "one is refused");
    assert_eq!(project.history_depth(), (6, 0));
    assert_eq!(project.version(), 6, "the refused one changed nothing");
    for state in states.iter().rev().skip(1) {
        assert!(project.undo());
        assert_eq!(&project.stack, state);
    }
    assert!(!project.undo());
    for state in states.iter().skip(1) {
        assert!(project.redo());
        assert_eq!(&project.stack, state);
    }
    assert!(!project.redo());
    assert_eq!(project.version(), 18);
}

#[test]
fn a_refused_command_changes_nothing() {
    let mut project = project();
    let before = project.stack.clone();
    let layer = LayerRef::Id(LayerId(7));
    let refused = [
        project.apply(Command::SetVoxels { layer, boxes: &[], voxels: &[voxel(0, Rgba::WHITE)] }),
        project.apply(Command::CreateLayer { name: &"n".repeat(256), visible: true }),
        project.apply(Command::SetVoxels {
            layer: LayerRef::Active,
            boxes: &[(Aabb::EVERYTHING, Rgba::WHITE)],
            voxels: &[],
        }),
    ];
    let expected =
        [Error::UnknownLayer(LayerId(7)), Error::NameTooLong(256), Error::FillTooLarge(1 << 96)];
    assert_eq!(refused.map(|result| result.unwrap_err()), expected);
    assert_eq!((project.stack.clone(), project.history_depth()), (before, (0, 0)));
    assert_eq!(project.size(), [64, 8, 9]);
}

#[test]
fn the_history_is_bounded_by_its_bytes() {
    let mut project = project();
    // Each edit replaces 4097 voxels of 16 bytes that are not all alike.
    let voxels = |colour: i32| {
        let at = move |x| voxel(17 * x, Rgba::opaque(colour as u8, x as u8, 1));
        (0..4097).map(at).collect::<Vec<_>>()
    };
    let kept = limits::UNDO_BYTES_MAX / (4097 * size_of::<Voxel>());
    for colour in 0..kept as i32 + 10 {
        let voxels = voxels(colour);
        let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels: &voxels };
        assert!(project.apply(command).is_ok());
        let expected = (colour as usize + 1).min(kept);
        assert!(project.history_depth().0.abs_diff(expected) <= 1);
    }
    assert!(project.history_truncated());
}

#[test]
fn layer_edits_hold_no_voxels_that_they_left_alone() {
    let mut project = project();
    let boxes = &[(Aabb::spanning(Pos::ZERO, Pos::from([15; 3])), Rgba::WHITE)];
    let voxels = &[voxel(3, Rgba::BLACK)];
    let set = Command::SetVoxels { layer: LayerRef::Active, boxes, voxels };
    assert!(project.apply(set).is_ok());
    let rename = Command::RenameLayer { layer: LayerRef::Active, name: "a" };
    assert!(project.apply(rename).is_ok());
    let address =
        |project: &Project| project.layers()[0].volume.tile(TilePos([0; 3])).to_tile().address();
    let before = address(&project);
    let voxels = &[voxel(4, Rgba::BLACK)];
    let point = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels };
    assert!(project.apply(point).is_ok());
    assert_eq!(address(&project), before, "written in place, not copied");
    assert!(project.undo() && project.undo());
    assert_eq!((project.layers()[0].name.as_str(), project.count()), ("background", 4096));
    assert!(project.redo() && project.redo());
    assert_eq!(project.layers()[0].volume.get(Pos::new(4, 0, 0)), Rgba::BLACK);
}

#[test]
fn layers_are_changed_and_brought_back() {
    let mut project = project();
    let id = |id| LayerRef::Id(LayerId(id));
    let names = |project: &Project| {
        project
            .layers()
            .iter()
            .map(|l| format!("{}{}", l.id.0, l.name))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let mut check = |command: Command<'_>, expected: &str, active: u32| {
        let before = project.stack.clone();
        assert!(project.apply(command.clone()).is_ok(), "{command:?}");
        assert_eq!(
            (names(&project), project.active().0),
            (expected.to_owned(), active),
            "{command:?}"
        );
        let after = project.stack.clone();
        assert!(project.undo() && project.stack == before && project.redo());
        assert_eq!(project.stack, after);
    };
    check(Command::RenameLayer { layer: id(1), name: "a" }, "1a", 1);
    check(
        Command::SetVoxels { layer: id(1), boxes: &[], voxels: &[voxel(0, Rgba::BLACK)] },
        "1a",
        1,
    );
    check(Command::DuplicateLayer(id(1)), "1a 2a", 2);
    check(Command::CreateLayer { name: "b", visible: true }, "1a 2a 3b", 3);
    check(Command::DuplicateLayer(id(1)), "1a 4a 2a 3b", 4);
    check(Command::MoveLayer { layer: id(3), index: 0 }, "3b 1a 4a 2a", 4);
    check(Command::SetVisible { layer: id(3), visible: false }, "3b 1a 4a 2a", 4);
    check(Command::ClearLayer(id(4)), "3b 1a 4a 2a", 4);
    check(Command::MergeLayers { source: id(4), target: id(3) }, "3b 1a 2a", 3);
    check(Command::MergeLayers { source: id(2), target: id(3) }, "3b 1a", 3);
    check(Command::DeleteLayer(id(3)), "1a", 1);
    check(Command::DeleteLayer(id(1)), "5a", 5);
    assert!(project.layers()[0].volume.is_empty());
    assert_eq!(
        project.apply(Command::MergeLayers { source: id(5), target: id(5) }),
        Err(Error::SameLayer(LayerId(5)))
    );
    assert_eq!(
        project.apply(Command::MoveLayer { layer: id(5), index: 1 }),
        Err(Error::LayerIndex { index: 1, count: 1 })
    );
}
