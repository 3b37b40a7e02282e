//! Projects as wholes in a data directory: replaced, closed, read in, deleted.

use goxel_io::Service as _;
use goxel_store::disk::{Disk as _, SimulatedDisk};
use goxel_store::journal::{Durability, Settings};

use super::cases::{call, found, start, start_by, write_checkpoints};
use crate::server::Server;
use crate::server::long_tests::Peer;

/// What a call is answered that may need a worker.
fn answer(server: &mut Server, peer: &mut Peer, method: &str, params: &str) -> String {
    peer.call(server, method, params);
    while peer.job.is_some() {
        peer.work(server);
    }
    peer.replies()
}

/// A directory with a project of one voxel that is not open, and a daemon on it.
fn closed(disk: &SimulatedDisk) -> (Server, Peer) {
    let mut server = start(disk);
    let mut peer = Peer::new(&mut server, 1);
    call(&mut server, &mut peer, "create_project", "[\"p\"]");
    call(&mut server, &mut peer, "add_voxel", "[1, 2, 3, 4, 5, 6]");
    call(&mut server, &mut peer, "close_project", "[\"p\"]");
    assert!(server.commit() && write_checkpoints(&mut server) > 0);
    (server, peer)
}

#[test]
fn what_is_in_no_file_is_replaced_only_where_somebody_says_so() {
    let disk = SimulatedDisk::new(1);
    let mut server = start(&disk);
    let mut peer = Peer::new(&mut server, 1);
    let careful = r#"{"name": "p", "replace": false}"#;
    call(&mut server, &mut peer, "create_project", careful);
    call(&mut server, &mut peer, "create_project", careful);
    call(&mut server, &mut peer, "add_voxel", "[1, 2, 3, 4, 5, 6]");
    let refused = |server: &mut Server, peer: &mut Peer, state: &str| {
        let reply = answer(server, peer, "create_project", careful);
        let expected = "params.replace: needed, since project \\\"p\\\" is in the data directory and nowhere else";
        assert!(reply.contains("-1030") && reply.contains(expected), "{state}: {reply}");
    };
    refused(&mut server, &mut peer, "open");
    call(&mut server, &mut peer, "close_project", "[\"p\"]");
    refused(&mut server, &mut peer, "closed");
    write_checkpoints(&mut server);
    refused(&mut server, &mut peer, "in files");
    server.ended();
    let mut server = start(&disk);
    let mut peer = Peer::new(&mut server, 1);
    refused(&mut server, &mut peer, "after a start");
    assert!(answer(&mut server, &mut peer, "get_voxel", "[1, 2, 3]").contains("true"));
    refused(&mut server, &mut peer, "read in");
    call(&mut server, &mut peer, "create_project", "[\"p\"]");
    assert!(server.commit());
    assert_eq!(found(&disk.crash()), [("p".to_owned(), 0)]);
}

#[test]
fn a_project_is_read_for_one_and_the_others_wait() {
    let disk = SimulatedDisk::new(1);
    let (mut server, mut peer) = closed(&disk);
    let mut others: Vec<Peer> = (2..5).map(|number| Peer::new(&mut server, number)).collect();
    let (method, params) = ("get_voxel", r#"{"x": 1, "y": 2, "z": 3, "project": "p"}"#);
    peer.call(&mut server, method, params);
    for other in &mut others {
        other.call(&mut server, method, params);
        assert!(other.job.is_none() && !other.is_at_rest(), "it waits");
    }
    peer.work(&mut server);
    assert!(peer.replies().contains("true"));
    for other in &mut others {
        assert_eq!(server.next_ready(), Some(other.session.client));
        other.resume(&mut server);
        assert!(other.replies().contains("true"));
    }
    assert_eq!(server.next_ready(), None);
}

#[test]
fn who_waits_for_a_project_that_cannot_be_read_is_told_so_too() {
    let disk = SimulatedDisk::new(1);
    let (mut server, mut peer) = closed(&disk);
    let mut other = Peer::new(&mut server, 2);
    let (method, params) = ("get_voxel", r#"{"x": 1, "y": 2, "z": 3, "project": "p"}"#);
    peer.call(&mut server, method, params);
    other.call(&mut server, method, params);
    peer.busy(&mut server);
    assert!(peer.replies().contains("too many jobs wait"));
    assert_eq!(server.next_ready(), Some(other.session.client));
    other.resume(&mut server);
    other.work(&mut server);
    assert!(other.replies().contains("true"), "its own job had room");
}

#[test]
fn closing_what_is_closed_reads_nothing() {
    let disk = SimulatedDisk::new(1);
    let (mut server, mut peer) = closed(&disk);
    call(&mut server, &mut peer, "close_project", "[\"p\"]");
    assert!(peer.job.is_none());
    let list = answer(&mut server, &mut peer, "list_projects", "{}");
    assert!(list.contains(r#""open": false"#) && list.contains(r#""voxel_count": 1"#), "{list}");
}

#[test]
fn a_copy_from_one_closed_project_to_another_opens_both() {
    let disk = SimulatedDisk::new(1);
    let (mut server, mut peer) = closed(&disk);
    call(&mut server, &mut peer, "create_project", "[\"q\"]");
    call(&mut server, &mut peer, "close_project", "[\"q\"]");
    let params = r#"{"region": {"min": [1,2,3], "max": [1,2,3]}, "to": [0,0,0], "from_project": "p", "project": "q"}"#;
    for files in [false, true] {
        if files {
            for name in ["p", "q"] {
                call(&mut server, &mut peer, "close_project", &format!("[\"{name}\"]"));
            }
            write_checkpoints(&mut server);
        }
        let reply = answer(&mut server, &mut peer, "copy", params);
        assert!(reply.contains("\"result\""), "{reply}");
    }
}

#[test]
fn what_was_deleted_is_forgotten_with_its_records() {
    let disk = SimulatedDisk::new(1);
    let settings = Settings::new(Durability::Always);
    let settings =
        Settings { has_writer: false, segment_bytes: 4096, step_bytes: 1024, ..settings };
    let mut server = start_by(&disk, &settings);
    let mut peer = Peer::new(&mut server, 1);
    for _ in 0..300 {
        call(&mut server, &mut peer, "create_project", "[\"p\"]");
        call(&mut server, &mut peer, "delete_project", "[\"p\"]");
        assert!(server.commit());
        write_checkpoints(&mut server);
    }
    let storage = server.state.projects.storage_mut().expect("it has one");
    let remembered = storage.deleted.gone.len() + storage.deleted.doomed.len();
    assert!(storage.kept.is_empty() && remembered < 50, "{remembered}");
    assert_eq!(found(&disk.crash()), []);
}

#[test]
fn more_projects_than_may_be_open_are_no_reason_not_to_start() {
    let disk = SimulatedDisk::new(1);
    let mut server = start(&disk);
    let mut peer = Peer::new(&mut server, 1);
    let most = goxel_core::limits::PROJECTS_MAX;
    for number in 0..most + 3 {
        if number >= most {
            call(&mut server, &mut peer, "close_project", &format!("[\"{}\"]", number - most));
        }
        call(&mut server, &mut peer, "create_project", &format!("[\"{number}\"]"));
        call(&mut server, &mut peer, "add_voxel", "[1, 2, 3, 4, 5, 6]");
    }
    assert!(server.commit());
    let mut server = start(&disk.crash());
    let mut peer = Peer::new(&mut server, 1);
    let list = answer(&mut server, &mut peer, "list_projects", "{}");
    assert!(list.contains(&format!(r#""count": {}"#, most + 3)), "all are there");
    assert_eq!(list.matches(r#""open": false"#).count(), 3);
}

#[test]
fn starts_and_ends_leave_nothing_behind() {
    let disk = SimulatedDisk::new(1);
    let (mut server, _) = closed(&disk);
    for _ in 0..5 {
        server.ended();
        server = start(&disk);
        assert!(server.commit());
        server.state.projects.storage_mut().expect("it has one").journal.write_now(false);
    }
    let names = disk.names().expect("it is readable");
    assert!(names.len() <= 3, "{names:?}");
    assert_eq!(found(&disk.crash()), [("p".to_owned(), 1)]);
}

#[test]
fn a_name_is_kept_whether_or_not_the_project_is_open() {
    let disk = SimulatedDisk::new(1);
    let (mut server, mut peer) = closed(&disk);
    let renamed = answer(&mut server, &mut peer, "rename_project", r#"["p", "q"]"#);
    assert!(renamed.contains("\"name\": \"q\""), "it is read in first: {renamed}");
    // The old name is free, for another one that is not the same.
    call(&mut server, &mut peer, "create_project", r#"{"name": "p", "replace": false}"#);
    let taken = answer(&mut server, &mut peer, "rename_project", r#"["q", "p"]"#);
    assert!(taken.contains("params.to: a project is named \\\"p\\\" already"), "{taken}");
    call(&mut server, &mut peer, "close_project", "[\"p\"]");
    let taken = answer(&mut server, &mut peer, "rename_project", r#"["q", "p"]"#);
    assert!(taken.contains("params.to: a project is named"), "it is kept: {taken}");
    assert!(server.commit());
    let expected = [("q".to_owned(), 1), ("p".to_owned(), 0)];
    assert_eq!(found(&disk.crash()), expected, "from the journal");
    write_checkpoints(&mut server);
    assert!(server.commit());
    server.ended();
    assert_eq!(found(&disk.crash()), expected, "from files");
}

#[test]
fn nothing_is_told_of_an_edit_before_it_is_durable() {
    let disk = SimulatedDisk::new(1);
    let mut server = start(&disk);
    let [mut works, mut listens] = [1, 2].map(|number| Peer::new(&mut server, number));
    call(&mut server, &mut works, "create_project", "[\"p\"]");
    assert!(server.commit());
    call(&mut server, &mut listens, "subscribe", "{\"notify\": false}");
    let told = |server: &mut Server, listens: &mut Peer| answer(server, listens, "poll", "{}");
    call(&mut server, &mut works, "add_voxel", "[1, 2, 3, 4, 5, 6]");
    assert!(told(&mut server, &mut listens).contains("\"events\": []"), "it may be lost yet");
    assert!(server.commit());
    assert!(told(&mut server, &mut listens).contains("\"kind\": \"change\""));
    assert!(told(&mut server, &mut listens).contains("\"events\": []"), "once");
}
