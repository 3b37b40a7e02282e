//! The gate without a wire in front of it. `server/gate_tests.rs` goes through it by every method.

use goxel_core::Command;
use goxel_proto::types::LayerRef;

use super::*;

/// Two sessions that work on the same project, in which the first one has begun a transaction.
fn locked() -> (Projects, Session, Session) {
    let (mut projects, mut mine, mut other) =
        (Projects::default(), Session::default(), Session::default());
    let id = projects.open(&mut mine, Project::new("p", [8; 3])).expect("room");
    other.project = Some(id);
    begin(&mut projects, &mut mine, id).expect("none is open");
    (projects, mine, other)
}

fn begin(projects: &mut Projects, session: &mut Session, id: ProjectId) -> Result {
    projects.edit(Edit { session, project: Some(id) }, |project| {
        project.begin().map_err(Fault::from)
    })?;
    projects.then(Then::Hold, id, session);
    Ok(())
}

fn add_layer(projects: &mut Projects, session: &Session) -> Result {
    let edit = Edit { session, project: session.project };
    let command = Command::CreateLayer { name: "a", visible: true };
    projects.edit(edit, |project| Ok(project.apply(command).map(|_| ())?))
}

fn layers(projects: &Projects) -> usize {
    projects.read(None).expect("it is open").layers().len()
}

#[test]
fn each_way_in_asks_whose_transaction_is_open() {
    let (mut projects, mine, other) = locked();
    let project = other.project;
    let version = projects.read(project).expect("it is open").version();
    let refused = |result: Result, way: &str| {
        let error = result.expect_err(way).into_rpc(ErrorCode::AddVoxel);
        let what = "another connection's transaction is open on this project";
        assert_eq!(error, RpcError::new(ErrorCode::Internal, what), "{way}");
    };
    refused(add_layer(&mut projects, &other), "edit");
    let edit = Edit { session: &other, project };
    let source = |_: &Projects| -> Result { unreachable!("the edit is refused before it reads") };
    refused(projects.edit_from(edit, source, |_, ()| Ok(())), "edit_from");
    refused(projects.prepare(edit).map(|_| ()), "prepare");
    refused(projects.fork(edit).map(|_| ()), "fork");
    assert_eq!(projects.read(project).expect("it is open").version(), version);
    add_layer(&mut projects, &mine).expect("its own transaction is no hindrance");
    let edit = Edit { session: &mine, project };
    projects.edit(edit, |project| project.commit().map_err(Fault::from)).expect("it has begun");
    projects.transactions.forget(project.expect("it is open"));
    add_layer(&mut projects, &other).expect("the transaction is over");
}

#[test]
fn opening_and_closing_end_a_transaction() {
    let (mut projects, mine, mut other) = locked();
    projects.open(&mut other, Project::new("p", [8; 3])).expect("one is replaced");
    assert!(projects.is_calm());
    add_layer(&mut projects, &other).expect("the new one is in no transaction");
    drop(mine);
    let (mut projects, mine, mut other) = locked();
    let id = mine.project.expect("it works on one");
    projects.close(&mut other, id).expect("anybody may");
    assert!(projects.is_calm() && other.project.is_none());
    let error = projects.read(mine.project).map(|_| ()).expect_err("it is closed");
    assert!(matches!(error, Fault::Model(goxel_core::Error::ClosedProject)));
}

#[test]
fn what_is_abandoned_is_rolled_back() {
    let (mut projects, mine, other) = locked();
    add_layer(&mut projects, &mine).expect("it is its own transaction");
    projects.settle();
    assert_eq!(layers(&projects), 2);
    drop(mine);
    projects.settle();
    assert!(projects.is_calm());
    assert_eq!(layers(&projects), 1);
    add_layer(&mut projects, &other).expect("nobody holds it any more");
}

#[test]
fn an_edit_that_fails_leaves_the_version() {
    let (mut projects, mine, _) = locked();
    let project = mine.project;
    let version = |projects: &Projects| projects.read(project).expect("it is open").version();
    let before = version(&projects);
    let edit = Edit { session: &mine, project };
    let command = Command::MergeLayers { source: LayerRef::Active, target: LayerRef::Active };
    let outcome: Result<_> = projects.edit(edit, |project| Ok(project.apply(command)?));
    assert!(outcome.is_err() && version(&projects) == before);
    add_layer(&mut projects, &mine).expect("it may");
    assert!(version(&projects) > before);
}

/// Something that nobody foresaw.
fn panic() -> Result {
    std::panic::resume_unwind(Box::new("oh"))
}

#[test]
fn an_edit_that_panics_leaves_the_project_as_it_was() {
    let (mut projects, mut session) = (Projects::default(), Session::default());
    let id = projects.open(&mut session, Project::new("p", [8; 3])).expect("room");
    for _ in 0..3 {
        add_layer(&mut projects, &session).expect("room");
    }
    let edit = Edit { session: &session, project: Some(id) };
    let undo = |project: &mut Project| -> Result { Ok(assert!(project.undo())) };
    projects.edit(edit, undo).expect("there are three");
    let state = |projects: &Projects| {
        let project = projects.read(None).expect("it is open");
        (layers(projects), project.history_depth(), project.version())
    };
    let before = state(&projects);
    type Change = fn(&mut Project) -> Result;
    let changes: [Change; 4] = [
        |_| panic(),
        |project| {
            project.apply(Command::CreateLayer { name: "b", visible: true })?;
            panic()
        },
        |project| {
            project.undo();
            panic()
        },
        |project| {
            project.redo();
            panic()
        },
    ];
    for change in changes {
        let outcome: Result = projects.edit(edit, change);
        let error = outcome.expect_err("it panics").into_rpc(ErrorCode::Layer);
        assert_eq!(error, RpcError::new(ErrorCode::Internal, "Internal error: oh"));
        assert_eq!(state(&projects), before);
    }
    let redo = |project: &mut Project| -> Result { Ok(assert!(project.redo())) };
    projects.edit(edit, redo).expect("it can still be done again");
    assert_eq!(layers(&projects), 4);
}
