//! What histories hold, and what they forget.

use goxel_proto::types::{LayerRef, Pos, Rgba, Voxel};

use crate::{Command, Context, Error, Project, ProjectId, Volume, Work};

fn set(project: &mut Project, voxels: &[Voxel]) {
    let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels };
    project.apply(command).expect("room");
}

/// So many voxels, each in a tile of its own.
fn scattered(count: i32) -> Vec<Voxel> {
    let place = |at| Pos::new(at % 100 * 17, at / 100 * 17, 0);
    (0..count).map(|at| Voxel { pos: place(at), rgba: Rgba::opaque(at as u8, 1, 2) }).collect()
}

/// A square of 128 voxels in some two hundred colours.
fn slice(z: i32) -> Vec<Voxel> {
    let colour = |at: i32| Rgba::opaque((at * 37 % 199) as u8, (at % 7) as u8, 1);
    (0..128 * 128)
        .map(|at| Voxel { pos: Pos::new(at % 128, at / 128, z), rgba: colour(at + z) })
        .collect()
}

fn volume(project: &Project) -> Volume {
    project.layers()[0].volume.clone()
}

#[test]
fn slices_take_less_to_be_undone_than_to_be_held() {
    let mut project = Project::new("p", [128; 3]);
    let mut states = vec![volume(&project)];
    for z in 0..128 {
        set(&mut project, &slice(z));
        states.push(volume(&project));
    }
    let voxels = project.count() as usize;
    assert!(project.undo_bytes() < 2 * voxels, "{} of {voxels}", project.undo_bytes());
    assert_eq!(project.redo_bytes(), 0);
    for state in states.iter().rev().skip(1) {
        assert!(project.undo() && volume(&project) == *state);
    }
    assert!(project.redo_bytes() > 0);
    for state in states.iter().skip(1) {
        assert!(project.redo() && volume(&project) == *state);
    }
    assert_eq!(project.redo_bytes(), 0);
    assert!(!project.history_truncated());
}

/// A context with these projects, whose histories may hold so many bytes.
fn context(bytes: usize, names: &[&str]) -> (Context, Vec<ProjectId>) {
    let mut context = Context::default();
    context.limit_undo(bytes);
    let open = |name: &&str| context.insert(Project::new(*name, [8; 3])).expect("room").0;
    let ids = names.iter().map(open).collect();
    (context, ids)
}

#[test]
fn what_takes_more_than_all_may_is_done_and_cannot_be_undone() {
    let (mut context, _) = context(100 << 10, &["p"]);
    let project = context.project_mut(None).expect("it is open");
    set(project, &scattered(10));
    assert!(project.last_edit_undoable() && !project.history_truncated());
    let mark = project.mark();
    set(project, &scattered(7000));
    assert_eq!((project.count(), project.history_depth()), (7000, (0, 0)));
    assert!(!project.last_edit_undoable() && project.history_truncated());
    assert_eq!(project.undo_bytes(), 0);
    project.return_to(mark);
    assert_eq!((project.count(), project.history_depth()), (10, (1, 0)));
    set(project, &scattered(7000));
    drop(project.take_leftovers());
    set(project, &scattered(5));
    assert!(project.last_edit_undoable() && project.undo() && !project.undo());
    assert_eq!(project.count(), 7000);
}

#[test]
fn the_oldest_steps_of_all_projects_go_first() {
    const MAX: usize = 1 << 20;
    let (mut context, ids) = context(MAX, &["p", "q"]);
    let edit = |context: &mut Context, id: usize| {
        set(context.project_mut(Some(ids[id])).expect("it is open"), &scattered(1000));
    };
    (0..40).for_each(|_| edit(&mut context, 0));
    assert!(context.trim_undo().is_none(), "there is room");
    (0..40).for_each(|_| edit(&mut context, 1));
    assert!(context.trim_undo().is_some());
    let depth = |id: usize| context.project(Some(ids[id])).expect("it is open").history_depth().0;
    assert!((1..40).contains(&depth(0)), "{} of p are left", depth(0));
    assert_eq!(depth(1), 40);
    let bytes = |id: usize| context.project(Some(ids[id])).expect("it is open").undo_bytes();
    assert!(bytes(0) + bytes(1) <= MAX + (32 << 10));
    // What is closed gives its room to the others.
    context.close(ids[0]);
    (0..20).for_each(|_| edit(&mut context, 1));
    assert!(context.trim_undo().is_none());
}

#[test]
fn what_could_be_done_again_goes_before_anybody_s_undo() {
    const MAX: usize = 1 << 20;
    let (mut context, ids) = context(MAX, &["p", "q"]);
    let edit = |context: &mut Context, id: usize| {
        set(context.project_mut(Some(ids[id])).expect("it is open"), &scattered(1000));
    };
    (0..20).for_each(|_| edit(&mut context, 0));
    (0..30).for_each(|_| edit(&mut context, 1));
    let q = context.project_mut(Some(ids[1])).expect("it is open");
    (0..30).for_each(|_| assert!(q.undo()));
    (0..30).for_each(|_| edit(&mut context, 0));
    let depth = |context: &Context, id: usize| {
        context.project(Some(ids[id])).expect("it is open").history_depth()
    };
    assert_eq!((depth(&context, 0), depth(&context, 1)), ((50, 0), (0, 30)));
    assert!(context.trim_undo().is_some());
    assert_eq!((depth(&context, 0), depth(&context, 1)), ((50, 0), (0, 0)));
}

#[test]
fn taking_back_what_removed_much_is_much_work() {
    let mut project = Project::new("p", [128; 3]);
    (0..16).for_each(|z| set(&mut project, &slice(z)));
    let before = volume(&project);
    for remove in [Command::ClearLayer(LayerRef::Active), Command::DeleteLayer(LayerRef::Active)] {
        project.apply(remove).expect("it is there");
        // Whoever keeps the change writes all voxels that come back.
        let work = Work::within(project.undo_bytes() as u64 / 100);
        assert!(matches!(project.undo_within(&work), Err(Error::OverBudget(_))));
        assert_eq!(project.count(), 0);
        assert!(project.undo() && volume(&project) == before);
    }
}
