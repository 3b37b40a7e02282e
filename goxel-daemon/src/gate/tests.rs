//! The gate without a wire in front of it. `server/gate_tests.rs` goes through it by every method.

use std::time::Duration;

use goxel_core::Command;
use goxel_proto::types::LayerRef;
use goxel_proto::{ErrorCode, Method, RpcError};

use super::*;

/// Two sessions that work on the same project, in which the first one has begun a transaction.
fn held() -> (Projects, Session, Session) {
    let (mut projects, mut mine, mut other) =
        (Projects::default(), Session::default(), Session::default());
    let id = projects.open(&mut mine, Project::new("p", [8; 3]), true).expect("room");
    other.project = Some(id);
    begin(&mut projects, &mut mine, id).expect("none is open");
    (projects, mine, other)
}

fn begin(projects: &mut Projects, session: &mut Session, id: ProjectId) -> Result {
    let edit = Edit { session, project: Some(id), written: Written::Effect(Method::Undo) };
    projects.admit_step(edit, Then::Hold)?;
    projects.edit(edit, |project| project.begin().map_err(Fault::from))?;
    projects.then(Then::Hold, id, session);
    Ok(())
}

fn locked() -> RpcError {
    let what = "another connection's transaction is open on this project";
    RpcError::new(ErrorCode::Conflict, what)
}

fn add_layer(projects: &mut Projects, session: &Session) -> Result {
    let edit = Edit { session, project: session.project, written: Written::Effect(Method::Undo) };
    let command = Command::CreateLayer { name: "a", visible: true };
    projects.edit(edit, |project| Ok(project.apply(command).map(|_| ())?))
}

fn layers(projects: &Projects) -> usize {
    projects.read(None).expect("it is open").layers().len()
}

#[test]
fn each_way_in_asks_whose_transaction_is_open() {
    let (mut projects, mine, other) = held();
    let project = other.project;
    let version = projects.read(project).expect("it is open").version();
    let refused = |result: Result, way: &str| {
        assert_eq!(result.expect_err(way).into_rpc(ErrorCode::AddVoxel), locked(), "{way}");
    };
    refused(add_layer(&mut projects, &other), "edit");
    let edit = Edit { session: &other, project, written: Written::Effect(Method::Undo) };
    let source = |_: &Projects| -> Result { unreachable!("the edit is refused before it reads") };
    refused(projects.edit_from(edit, source, |_, ()| Ok(())), "edit_from");
    refused(projects.prepare(edit).map(|_| ()), "prepare");
    refused(projects.fork(edit).map(|_| ()), "fork");
    assert_eq!(projects.read(project).expect("it is open").version(), version);
    add_layer(&mut projects, &mine).expect("its own transaction is no hindrance");
    let edit = Edit { session: &mine, project, written: Written::Effect(Method::Undo) };
    projects.edit(edit, |project| project.commit().map_err(Fault::from)).expect("it has begun");
    projects.transactions.forget(project.expect("it is open"));
    add_layer(&mut projects, &other).expect("the transaction is over");
}

#[test]
fn what_another_session_holds_is_neither_replaced_nor_closed() {
    let (mut projects, mut mine, mut other) = held();
    let id = mine.project.expect("it works on one");
    let refused = |error: Fault| assert_eq!(error.into_rpc(ErrorCode::Load), locked());
    let replaced = projects.open(&mut other, Project::new("p", [8; 3]), true);
    refused(replaced.expect_err("it is held"));
    refused(projects.close(&mut other, id, true).expect_err("it is held"));
    projects.open(&mut mine, Project::new("p", [8; 3]), true).expect("it holds it itself");
    assert!(projects.is_calm());
    add_layer(&mut projects, &other).expect("the new one is in no transaction");
    begin(&mut projects, &mut mine, id).expect("none is open");
    projects.close(&mut mine, id, true).expect("it holds it itself");
    assert!(projects.is_calm() && mine.project.is_none());
    let error = projects.read(other.project).map(|_| ()).expect_err("it is closed");
    assert!(matches!(error, Fault::Model(goxel_core::Error::ClosedProject)));
}

#[test]
fn what_is_not_saved_is_lost_only_where_somebody_says_so() {
    let mut projects = Projects::default();
    let mut session = Session::default();
    let id = projects.open(&mut session, Project::new("p", [8; 3]), false).expect("room");
    projects
        .open(&mut session, Project::new("p", [8; 3]), false)
        .expect("there is nothing to lose");
    add_layer(&mut projects, &session).expect("it may");
    let conflict = |result: Result, expected: &str| {
        let error = result.expect_err("there is something to lose").into_rpc(ErrorCode::Load);
        assert_eq!(error, RpcError::new(ErrorCode::Conflict, expected));
    };
    let again = projects.open(&mut session, Project::new("p", [8; 3]), false).map(|_| ());
    let what = "needed, since the open project \"p\" has changes that are not saved";
    conflict(again, &format!("params.replace: {what}"));
    let what = "params.discard: needed, since project \"p\" has changes that are not saved";
    conflict(projects.close(&mut session, id, false), what);
    conflict(projects.all_saved(), what);
    projects.open(&mut session, Project::new("q", [8; 3]), true).expect("room");
    add_layer(&mut projects, &session).expect("it may");
    let what = "needed, since projects \"p\", \"q\" have changes that are not saved";
    conflict(projects.all_saved(), &format!("params.discard: {what}"));
    let project = projects.read(Some(id)).expect("it is open");
    let (identity, version) = (project.identity(), project.version());
    projects.saved(identity, version);
    projects.close(&mut session, id, false).expect("it is saved");
    projects.saved(identity, version);
}

#[test]
fn what_is_abandoned_is_rolled_back() {
    let (mut projects, mine, other) = held();
    add_layer(&mut projects, &mine).expect("it is its own transaction");
    let settle = |projects: &mut Projects| {
        projects.settle(&Session::default(), Duration::ZERO, Duration::from_secs(1));
    };
    settle(&mut projects);
    assert_eq!(layers(&projects), 2);
    drop(mine);
    settle(&mut projects);
    assert!(projects.is_calm());
    assert_eq!(layers(&projects), 1);
    add_layer(&mut projects, &other).expect("nobody holds it any more");
}

#[test]
fn what_is_left_alone_for_too_long_is_rolled_back() {
    let (mut projects, mut mine, other) = held();
    let project = mine.project;
    let idle = Duration::from_secs(10);
    let at = |projects: &mut Projects, seconds, session: &Session| {
        projects.settle(session, Duration::from_secs(seconds), idle);
    };
    add_layer(&mut projects, &mine).expect("it is its own transaction");
    at(&mut projects, 1000, &other);
    assert!(!projects.is_calm(), "the call that began it is not over");
    projects.rest(&mut mine, Duration::from_secs(1000));
    at(&mut projects, 1010, &other);
    assert!(!projects.is_calm(), "the limit is not passed");
    at(&mut projects, 1010, &mine);
    projects.rest(&mut mine, Duration::from_secs(1015));
    at(&mut projects, 1025, &other);
    assert!(!projects.is_calm(), "something was called meanwhile");
    at(&mut projects, 1026, &mine);
    assert!(projects.is_calm() && layers(&projects) == 1);
    let told = |result: Result<()>| {
        let error = result.expect_err("it is told").into_rpc(ErrorCode::AddVoxel);
        assert_eq!(error.code, ErrorCode::Conflict);
        assert!(error.message.contains("was rolled back"), "{error}");
    };
    add_layer(&mut projects, &other).expect("nobody holds it any more");
    told(add_layer(&mut projects, &mine));
    told(add_layer(&mut projects, &mine));
    projects.rest(&mut mine, Duration::from_secs(1026));
    let edit = Edit { session: &mine, project, written: Written::Effect(Method::Undo) };
    told(projects.admit_step(edit, Then::LetGo));
    add_layer(&mut projects, &mine).expect("it knows");
    projects.rest(&mut mine, Duration::from_secs(1026));
    assert!(mine.transaction.is_none());
    let id = project.expect("it works on one");
    begin(&mut projects, &mut mine, id).expect("none is open");
    projects.rest(&mut mine, Duration::from_secs(1026));
    at(&mut projects, 2000, &other);
    begin(&mut projects, &mut mine, id).expect("who begins anew is done with the last one");
    add_layer(&mut projects, &mine).expect("one is open");
}

#[test]
fn an_edit_that_fails_leaves_the_version() {
    let (mut projects, mine, _) = held();
    let project = mine.project;
    let version = |projects: &Projects| projects.read(project).expect("it is open").version();
    let before = version(&projects);
    let edit = Edit { session: &mine, project, written: Written::Effect(Method::Undo) };
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
    let id = projects.open(&mut session, Project::new("p", [8; 3]), true).expect("room");
    for _ in 0..3 {
        add_layer(&mut projects, &session).expect("room");
    }
    let edit =
        Edit { session: &session, project: Some(id), written: Written::Effect(Method::Undo) };
    let undo = |project: &mut Project| -> Result {
        assert!(project.undo());
        Ok(())
    };
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
    let redo = |project: &mut Project| -> Result {
        assert!(project.redo());
        Ok(())
    };
    projects.edit(edit, redo).expect("it can still be done again");
    assert_eq!(layers(&projects), 4);
}
