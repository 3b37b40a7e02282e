//! What random histories have found, each as a short one.

use std::sync::Arc;

use goxel_io::Service as _;
use goxel_store::disk::{Disk as _, SimulatedDisk};
use goxel_store::journal::{Durability, Settings};

use super::super::checkpoints::Limits;
use super::super::recovery::open_disk;
use super::super::retention::{Retention, system_clock};
use super::world::Found;
use crate::server::Server;
use crate::server::long_tests::{self, Peer};

/// A daemon on a disk, in which whatever is more than a few voxels is a long edit, and whatever was edited is
/// due for a checkpoint.
pub(super) fn start(disk: &SimulatedDisk) -> Server {
    start_by(disk, &Settings { has_writer: false, ..Settings::new(Durability::Always) })
}

pub(super) fn start_by(disk: &SimulatedDisk, settings: &Settings) -> Server {
    let mut opened =
        open_disk(Arc::new(disk.clone()), settings, nothing_older()).expect("it is whole");
    opened.storage.limits = Limits { look_bytes: 1, journal_bytes_min: 1, journal_bytes_max: 1 };
    let mut server = long_tests::server();
    server.state.projects.use_storage(opened).expect("room");
    server
}

/// No older versions are kept.
pub(super) fn nothing_older() -> Retention {
    Retention::new(0, system_clock())
}

/// The names and the numbers of voxels of all projects that a start finds.
pub(super) fn found(disk: &SimulatedDisk) -> Vec<(String, u64)> {
    let settings = Settings { has_writer: false, ..Settings::new(Durability::Always) };
    let mut opened =
        open_disk(Arc::new(disk.clone()), &settings, nothing_older()).expect("it is whole");
    let found = Found::of(&mut opened);
    assert_eq!(found.refused, Vec::<String>::new());
    let told = |project: &goxel_core::Project| (project.name().to_owned(), project.count());
    found.projects.values().map(told).collect()
}

pub(super) fn call(server: &mut Server, peer: &mut Peer, method: &str, params: &str) {
    peer.call(server, method, params);
    let reply = peer.replies();
    assert!(reply.contains("\"result\""), "{method}: {reply}");
}

/// All that a worker would write is written.
pub(super) fn write_checkpoints(server: &mut Server) -> usize {
    let mut count = 0;
    while let Some(job) = server.next_job() {
        server.finish_orphan(job.run());
        count += 1;
    }
    count
}

#[test]
fn a_transaction_that_a_long_edit_is_in_is_rolled_back_however_the_daemon_ends() {
    for ends in [false, true] {
        let disk = SimulatedDisk::new(1);
        let mut server = start(&disk);
        let mut peer = Peer::new(&mut server, 1);
        call(&mut server, &mut peer, "create_project", "[\"p\"]");
        call(&mut server, &mut peer, "add_voxel", "[1, 2, 3, 4, 5, 6]");
        call(&mut server, &mut peer, "begin", "{}");
        call(&mut server, &mut peer, "add_voxel", "[7, 7, 7, 4, 5, 6]");
        peer.call(&mut server, "add_voxels", r#"{"boxes": [[0,0,0,90,90,90]]}"#);
        assert!(peer.job.is_some(), "it is long");
        assert!(server.commit());
        assert_eq!(write_checkpoints(&mut server), 0, "only the fork knows of the transaction");
        if ends {
            server.ended();
        }
        assert_eq!(found(&disk.crash()), [("p".to_owned(), 1)], "ends: {ends}");
    }
}

#[test]
fn a_transaction_that_was_undone_is_committed_again() {
    let disk = SimulatedDisk::new(1);
    let mut server = start(&disk);
    let mut peer = Peer::new(&mut server, 1);
    call(&mut server, &mut peer, "create_project", "[\"p\"]");
    for (method, params) in [
        ("begin", "{}"),
        ("add_voxel", "[1, 2, 3, 4, 5, 6]"),
        ("undo", "{}"),
        ("commit", "{}"),
        ("add_voxel", "[3, 2, 1, 4, 5, 6]"),
    ] {
        call(&mut server, &mut peer, method, params);
    }
    assert!(server.commit());
    assert_eq!(found(&disk.crash()), [("p".to_owned(), 1)]);
}

#[test]
fn a_deletion_is_durable_before_it_is_answered_also_where_a_worker_is_about_to_write_it() {
    let disk = SimulatedDisk::new(1);
    let mut server = start(&disk);
    let mut peer = Peer::new(&mut server, 1);
    call(&mut server, &mut peer, "create_project", "[\"p\"]");
    assert!(server.commit());
    call(&mut server, &mut peer, "delete_project", "[\"p\"]");
    // It takes the record along, and has not begun.
    let job = server.next_job().expect("files are to be removed");
    assert!(server.holds_replies(&peer.session));
    assert!(server.commit());
    assert_eq!(found(&disk.crash()), []);
    drop(job);
}

#[test]
fn a_deletion_that_could_not_be_written_forgets_nothing() {
    let disk = SimulatedDisk::new(1);
    let mut server = start(&disk);
    let mut peer = Peer::new(&mut server, 1);
    call(&mut server, &mut peer, "create_project", "[\"p\"]");
    assert!(server.commit());
    assert!(write_checkpoints(&mut server) > 0);
    call(&mut server, &mut peer, "delete_project", "[\"p\"]");
    disk.fail_sync_after(0);
    let job = server.next_job().expect("files are to be removed");
    server.finish_orphan(job.run());
    assert!(!server.commit(), "the reply is thrown away");
    let names = disk.names().expect("it is readable");
    assert!(names.iter().any(|name| name.starts_with("state-")), "{names:?}");
    server.state.projects.storage_mut().expect("it has one").journal.write_now(false);
    let logs = |names: &[String]| names.iter().filter(|name| name.starts_with("log-")).count();
    assert_eq!(logs(&disk.names().expect("it is readable")), logs(&names));
}

#[test]
fn what_a_worker_is_writing_is_not_written_a_second_time_at_the_end() {
    let disk = SimulatedDisk::new(1);
    let mut server = start(&disk);
    let mut peer = Peer::new(&mut server, 1);
    call(&mut server, &mut peer, "create_project", "[\"p\"]");
    call(&mut server, &mut peer, "add_voxel", "[1, 2, 3, 4, 5, 6]");
    assert!(server.commit());
    let job = server.next_job().expect("a checkpoint is due");
    server.ended();
    let names = disk.names().expect("it is readable");
    assert!(!names.iter().any(|name| name.starts_with("state-")), "{names:?}");
    assert_eq!(found(&disk.copy()), [("p".to_owned(), 1)], "the journal has it");
    job.run();
    assert_eq!(found(&disk.copy()), [("p".to_owned(), 1)]);
}
