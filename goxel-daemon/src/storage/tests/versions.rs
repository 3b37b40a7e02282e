//! Older versions: what can be had back, for how long, and what is said of what cannot.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use goxel_io::Service as _;
use goxel_store::disk::{Disk as _, SimulatedDisk};
use goxel_store::journal::{Durability, Settings};

use super::super::checkpoints::Limits;
use super::super::recovery::open_disk;
use super::super::restore::TAGS_MAX;
use super::super::retention::Retention;
use super::cases::{call, found, write_checkpoints};
use crate::server::Server;
use crate::server::long_tests::{self, Peer};

const NOON: u64 = 1_795_780_800_000;

/// A data directory, and the clock of its daemons.
struct Directory {
    disk: SimulatedDisk,
    time: Arc<AtomicU64>,
    history_max: u64,
    /// Whether every edit makes a checkpoint due.
    has_checkpoints: bool,
}

impl Directory {
    fn new(history_max: u64) -> Self {
        let time = Arc::new(AtomicU64::new(NOON));
        Self { disk: SimulatedDisk::new(1), time, history_max, has_checkpoints: true }
    }

    /// Starts a daemon on what there is.
    fn start(&self) -> (Server, Peer) {
        let time = Arc::clone(&self.time);
        let retention =
            Retention::new(self.history_max, Arc::new(move || time.load(Ordering::Relaxed)));
        let settings = Settings::new(Durability::Always);
        let settings =
            Settings { has_writer: false, segment_bytes: 1024, step_bytes: 256, ..settings };
        let opened = open_disk(Arc::new(self.disk.clone()), &settings, retention);
        let mut opened = opened.expect("it is whole");
        let min = if self.has_checkpoints { 1 } else { u64::MAX };
        opened.storage.limits =
            Limits { look_bytes: 1, journal_bytes_min: min, journal_bytes_max: min };
        let mut server = long_tests::server();
        server.state.projects.use_storage(opened).expect("room");
        let peer = Peer::new(&mut server, 1);
        (server, peer)
    }

    fn pass(&self, ms: u64) {
        self.time.fetch_add(ms, Ordering::Relaxed);
    }
}

/// What a call is answered, in the end.
fn answer(server: &mut Server, peer: &mut Peer, method: &str, params: &str) -> String {
    peer.call(server, method, params);
    while peer.job.is_some() {
        peer.work(server);
    }
    assert!(server.commit());
    peer.replies()
}

/// Sets a voxel at `x`, and does all that comes of it.
fn set(server: &mut Server, peer: &mut Peer, x: i32) {
    call(server, peer, "add_voxel", &format!("[{x}, 0, 0, 1, 2, 3]"));
    assert!(server.commit());
    write_checkpoints(server);
    server.state.projects.storage_mut().expect("it has one").journal.write_now(true);
}

/// A project of so many voxels, each of which is a version.
fn row(server: &mut Server, peer: &mut Peer, count: i32) {
    call(server, peer, "create_project", "[\"p\"]");
    (0..count).for_each(|x| set(server, peer, x));
}

/// How many voxels there were at a version; what is said where it cannot be had.
fn count(server: &mut Server, peer: &mut Peer, params: &str) -> Result<u64, String> {
    let of = format!(r#"{{{params}, "name": "old", "replace": true, "project": "p"}}"#);
    let reply = answer(server, peer, "restore", &of);
    if !reply.contains("\"result\"") {
        return Err(reply);
    }
    let info = answer(server, peer, "get_project_info", r#"{"project": "old"}"#);
    let count = info.split("\"voxel_count\": ").nth(1).and_then(|rest| rest.split(',').next());
    Ok(count.expect("it is told").trim().parse().expect("a number"))
}

fn versions(server: &mut Server, peer: &mut Peer, params: &str) -> Vec<u64> {
    let reply = answer(server, peer, "list_versions", params);
    let told = reply.split("\"version\": ").skip(1);
    told.map(|rest| rest.split([',', ' ', '}']).next().expect("one").parse().expect("one"))
        .collect()
}

#[test]
fn every_version_can_be_had_back_whatever_was_written_meanwhile() {
    for has_checkpoints in [true, false] {
        let directory = Directory { has_checkpoints, ..Directory::new(u64::MAX) };
        let (mut server, mut peer) = directory.start();
        row(&mut server, &mut peer, 40);
        for starts in 0..2 {
            for version in [1, 2, 8, 26, 40, 41] {
                let had = count(&mut server, &mut peer, &format!(r#""version": {version}"#));
                assert_eq!(had, Ok(version - 1), "{has_checkpoints} {starts}");
            }
            server.ended();
            (server, peer) = directory.start();
        }
        let error = count(&mut server, &mut peer, r#""version": 99"#).expect_err("there is none");
        assert!(error.contains("version 99 is not there: 41 is the newest"), "{error}");
    }
}

#[test]
fn what_is_oldest_goes_and_what_is_left_is_bounded() {
    for history_max in [0, 20_000] {
        let directory = Directory::new(history_max);
        let (mut server, mut peer) = directory.start();
        row(&mut server, &mut peer, 10);
        let reply = answer(&mut server, &mut peer, "tag", r#"{"name": "ten"}"#);
        assert!(reply.contains("\"version\": 11"), "{reply}");
        let mut most = 0;
        for x in 10..200 {
            set(&mut server, &mut peer, x);
            let names = directory.disk.names().expect("it is readable");
            let needed = |name: &&String| !name.starts_with("tag-") && !name.starts_with("index-");
            let bytes = |name: &String| directory.disk.open(name).and_then(|file| file.len());
            let bytes = names.iter().filter(needed).map(|name| bytes(name).expect("it is there"));
            most = most.max(bytes.sum::<u64>());
        }
        // The newest checkpoint, the one that is written, and two segments are no history.
        assert!(most <= history_max + 6000, "{most} of {history_max}");
        let error = count(&mut server, &mut peer, r#""version": 20"#).expect_err("it is gone");
        assert!(error.contains("version 20 of project \\\"p\\\" is not kept any more"), "{error}");
        let listed = versions(&mut server, &mut peer, r#"{"project": "p", "limit": 1000}"#);
        let (oldest, newest) = (listed[listed.len() - 2], listed[0]);
        assert!(
            error.contains(&format!("the oldest that can be had is version {oldest}")),
            "{error} {listed:?}"
        );
        assert_eq!(
            count(&mut server, &mut peer, &format!(r#""version": {oldest}"#)),
            Ok(oldest - 1)
        );
        assert_eq!(newest, 201);
        assert!(history_max == 0 || newest - oldest > 20, "{listed:?}");
        // What has a name stays.
        assert_eq!(count(&mut server, &mut peer, r#""tag": "ten""#), Ok(10));
        server.ended();
        let (mut server, mut peer) = directory.start();
        assert_eq!(count(&mut server, &mut peer, r#""version": "ten""#), Ok(10));
    }
}

#[test]
fn a_transaction_is_one_version_or_none() {
    let directory = Directory::new(u64::MAX);
    let (mut server, mut peer) = directory.start();
    row(&mut server, &mut peer, 3);
    call(&mut server, &mut peer, "begin", "{}");
    (3..6).for_each(|x| set(&mut server, &mut peer, x));
    let open = versions(&mut server, &mut peer, r#"{"project": "p"}"#);
    assert_eq!(open[0], 4, "what is not committed is none: {open:?}");
    let inside = r#""version": 6"#;
    assert!(count(&mut server, &mut peer, inside).is_err_and(|why| why.contains("transaction")));
    let refused = answer(&mut server, &mut peer, "tag", r#"{"name": "a", "project": "p"}"#);
    assert!(refused.contains("a transaction is open"), "{refused}");
    call(&mut server, &mut peer, "commit", r#"{"project": "p"}"#);
    let committed = versions(&mut server, &mut peer, r#"{"project": "p"}"#);
    assert_eq!(committed[1..], open, "one more");
    assert_eq!(count(&mut server, &mut peer, &format!(r#""version": {}"#, committed[0])), Ok(6));
    assert!(count(&mut server, &mut peer, inside).is_err_and(|why| why.contains("transaction")));
    let reply = answer(&mut server, &mut peer, "list_versions", r#"{"project": "p", "limit": 1}"#);
    assert!(reply.contains("goxel.commit") && reply.contains("\"more\": true"), "{reply}");
}

#[test]
fn a_version_is_had_by_its_time_also_where_the_clock_was_put_back() {
    let directory = Directory::new(u64::MAX);
    let (mut server, mut peer) = directory.start();
    row(&mut server, &mut peer, 2);
    directory.pass(60_000);
    set(&mut server, &mut peer, 2);
    directory.time.store(NOON - 3_600_000, Ordering::Relaxed);
    set(&mut server, &mut peer, 3);
    directory.time.store(NOON + 120_000, Ordering::Relaxed);
    set(&mut server, &mut peer, 4);
    for _ in 0..2 {
        for (after, voxels) in [(0, 2), (59_000, 2), (60_000, 4), (119_000, 4), (120_000, 5)] {
            let time = NOON + after;
            assert_eq!(count(&mut server, &mut peer, &format!(r#""time": {time}"#)), Ok(voxels));
        }
        let error = count(&mut server, &mut peer, r#""time": "2026-11-27 11:59""#);
        let error = error.expect_err("nothing was there");
        assert!(error.contains("the oldest that is kept is of 2026-11-27T12:00:00Z"), "{error}");
        server.ended();
        (server, peer) = directory.start();
    }
    let reply = answer(&mut server, &mut peer, "list_versions", r#"{"project": "p", "limit": 1}"#);
    assert!(
        reply.contains(r#""time": "2026-11-27T12:02:00Z", "method": "goxel.add_voxel""#),
        "{reply}"
    );
}

#[test]
fn a_project_goes_back_in_place_and_forth_again() {
    let directory = Directory::new(u64::MAX);
    let (mut server, mut peer) = directory.start();
    row(&mut server, &mut peer, 5);
    let back = r#"{"version": 3, "in_place": true}"#;
    let reply = answer(&mut server, &mut peer, "restore", back);
    assert!(reply.contains(r#""version": 3, "in_place": true"#), "{reply}");
    let voxels = |server: &mut Server, peer: &mut Peer| {
        answer(server, peer, "get_project_info", "{}").contains("\"voxel_count\": 2,")
    };
    assert!(voxels(&mut server, &mut peer));
    assert!(answer(&mut server, &mut peer, "list_versions", "[1]").contains("goxel.restore"));
    let reply = answer(&mut server, &mut peer, "restore", back);
    assert!(reply.contains("\"unchanged\": true"), "{reply}");
    assert!(answer(&mut server, &mut peer, "undo", "{}").contains("true"));
    assert!(!voxels(&mut server, &mut peer));
    assert!(answer(&mut server, &mut peer, "redo", "{}").contains("true"));
    assert_eq!(found(&directory.disk.crash()), [("p".to_owned(), 2)]);
    let diff = answer(&mut server, &mut peer, "diff", r#"{"from": 6, "project": "p"}"#);
    assert!(diff.contains(r#""added": 0, "removed": 3, "recoloured": 0"#), "{diff}");
    assert!(
        diff.contains(r#""boxes": [ { "min": [ 0, 0, 0 ], "max": [ 15, 15, 15 ] } ]"#),
        "{diff}"
    );
}

#[test]
fn what_was_replaced_is_a_version() {
    let directory = Directory::new(u64::MAX);
    let (mut server, mut peer) = directory.start();
    row(&mut server, &mut peer, 4);
    // Nothing is lost, so nobody has to say that it may be.
    let careful = r#"{"name": "p", "replace": false}"#;
    let reply = answer(&mut server, &mut peer, "create_project", careful);
    assert!(reply.contains("\"replaced_version\": 5"), "{reply}");
    write_checkpoints(&mut server);
    set(&mut server, &mut peer, 9);
    assert_eq!(count(&mut server, &mut peer, r#""version": 5"#), Ok(4));
    assert_eq!(count(&mut server, &mut peer, r#""version": 6"#), Ok(0));
    assert_eq!(count(&mut server, &mut peer, r#""version": 7"#), Ok(1));
}

#[test]
fn projects_that_are_not_open_have_versions_and_deleted_ones_none() {
    let directory = Directory::new(u64::MAX);
    let (mut server, mut peer) = directory.start();
    row(&mut server, &mut peer, 4);
    assert!(answer(&mut server, &mut peer, "tag", r#"{"name": "a"}"#).contains("\"version\": 5"));
    let again = answer(&mut server, &mut peer, "tag", r#"{"name": "a", "version": 2}"#);
    assert!(again.contains("there is a tag \\\"a\\\" already, of version 5"), "{again}");
    call(&mut server, &mut peer, "close_project", "[\"p\"]");
    for _ in 0..2 {
        assert_eq!(versions(&mut server, &mut peer, r#"{"project": "p"}"#), [5, 1]);
        let tagged = r#"{"project": "p", "tagged": true}"#;
        assert!(
            answer(&mut server, &mut peer, "list_versions", tagged).contains("\"tags\": [ \"a\" ]")
        );
        let list = answer(&mut server, &mut peer, "list_projects", "{}");
        assert!(list.contains("\"open\": false"), "it stays closed: {list}");
        write_checkpoints(&mut server);
    }
    assert_eq!(count(&mut server, &mut peer, r#""version": 4"#), Ok(3));
    let removed = r#"{"name": "a", "remove": true, "project": "p"}"#;
    assert!(answer(&mut server, &mut peer, "tag", removed).contains("\"version\": 5"));
    let none = answer(&mut server, &mut peer, "tag", removed);
    assert!(none.contains("has no tag \\\"a\\\": it has none"), "{none}");
    let tag = r#"{"name": "b", "version": 1, "project": "p"}"#;
    assert!(answer(&mut server, &mut peer, "tag", tag).contains("\"version\": 1"));
    let tags = || {
        let names = directory.disk.names().expect("it is readable");
        names.into_iter().filter(|name| name.starts_with("tag-")).collect::<Vec<_>>()
    };
    let kept = tags().pop().expect("one");
    let bytes = directory.disk.open(&kept).and_then(|file| file.read_all(u64::MAX));
    assert!(answer(&mut server, &mut peer, "delete_project", "[\"p\"]").contains("true"));
    write_checkpoints(&mut server);
    assert!(answer(&mut server, &mut peer, "tag", tag).contains("\"error\""));
    assert_eq!(tags(), Vec::<String>::new());
    // A crash may have left it.
    call(&mut server, &mut peer, "create_project", "[\"q\"]");
    (0..20).for_each(|x| set(&mut server, &mut peer, x));
    server.ended();
    let left = directory.disk.create(&kept).expect("room");
    left.write_all_at(&bytes.expect("it is readable"), 0).expect("room");
    let (mut server, _) = directory.start();
    write_checkpoints(&mut server);
    assert_eq!(tags(), Vec::<String>::new());
}

#[test]
fn a_tag_has_a_name_that_is_neither_a_version_nor_a_time() {
    let directory = Directory::new(u64::MAX);
    let (mut server, mut peer) = directory.start();
    row(&mut server, &mut peer, 1);
    for name in ["7", "2026-11-27", "15m", "", " a"] {
        let reply = answer(&mut server, &mut peer, "tag", &format!(r#"{{"name": "{name}"}}"#));
        assert!(reply.contains("params.name: a tag has 1 to 64 bytes"), "{name}: {reply}");
    }
    for (length, is_good) in [(64, true), (65, false)] {
        let name = "x".repeat(length);
        let reply = answer(&mut server, &mut peer, "tag", &format!(r#"{{"name": "{name}"}}"#));
        assert_eq!(reply.contains("\"result\""), is_good, "{reply}");
    }
}

#[test]
fn a_start_does_not_read_what_it_does_not_need() {
    let directory = Directory::new(u64::MAX);
    let (mut server, mut peer) = directory.start();
    row(&mut server, &mut peer, 60);
    server.ended();
    let names = directory.disk.names().expect("it is readable");
    let segments: Vec<_> = names.iter().filter(|name| name.starts_with("log-")).collect();
    assert!(segments.len() > 3, "{names:?}");
    // What is not read is not found to be damaged, until somebody asks for it.
    directory.disk.flip(segments[1], 8 * 200);
    let (mut server, mut peer) = directory.start();
    assert_eq!(count(&mut server, &mut peer, r#""version": 61"#), Ok(60));
    let listed =
        answer(&mut server, &mut peer, "list_versions", r#"{"project": "p", "limit": 1000}"#);
    assert!(
        listed.contains("is damaged at byte") && listed.contains("goxel-cli check"),
        "{listed}"
    );
    // An index that is not there is made anew.
    directory.disk.flip(segments[1], 8 * 200);
    server.ended();
    let index = segments[1].replace("log-", "index-");
    directory.disk.remove(&index).expect("it is there");
    let (mut server, mut peer) = directory.start();
    server.state.projects.storage_mut().expect("it has one").journal.write_now(true);
    assert!(directory.disk.names().expect("it is readable").contains(&index));
    assert_eq!(count(&mut server, &mut peer, r#""version": 31"#), Ok(30));
}

#[test]
fn a_project_has_so_many_tags_and_no_more() {
    let directory = Directory::new(u64::MAX);
    let (mut server, mut peer) = directory.start();
    row(&mut server, &mut peer, 1);
    let mut tag = |name: usize, rest: &str| {
        let params = format!(r#"{{"name": "tag {name}"{rest}}}"#);
        answer(&mut server, &mut peer, "tag", &params)
    };
    for name in 0..TAGS_MAX {
        let reply = tag(name, "");
        assert!(reply.contains("\"result\""), "{reply}");
    }
    let reply = tag(TAGS_MAX, "");
    assert!(reply.contains("has 256 tags already, which is the most"), "{reply}");
    assert!(tag(7, r#", "remove": true"#).contains("\"result\""));
    assert!(tag(TAGS_MAX, "").contains("\"result\""));
}
