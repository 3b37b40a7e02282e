//! What is tried from within a worker fails, and for the right reason. Where the system has no such lock that is
//! said, and nothing is tried.

use goxel_proto::worker::{Ready, ToDaemon};

use crate::harness::{ADDRESS_SPACE, Worker};

/// What a refused call is told by: the filter's word, and that of Landlock.
const FILTERED: &str = "refused: Operation not permitted (os error 1)";
const LOCKED: &str = "refused: Permission denied (os error 13)";

fn probe(name: &str) -> (Ready, String) {
    let mut worker = Worker::start(&["--probe", name]);
    let ready = worker.hear_ready();
    let Ok(ToDaemon::Print(outcome)) = worker.hear() else { panic!("{name} was not tried") };
    (ready, outcome)
}

fn check(name: &str, expected: &str, is_in_force: impl Fn(Ready) -> bool) {
    let (ready, outcome) = probe(name);
    if !is_in_force(ready) {
        return eprintln!("{name}: skipped, since this system has no such lock");
    }
    assert_eq!(outcome, expected, "{name}");
}

#[test]
fn the_filter_refuses_files_sockets_processes_traces_and_signals() {
    for name in ["file", "socket", "process", "trace", "signal"] {
        check(name, FILTERED, |ready| ready.seccomp);
    }
}

#[test]
fn the_filter_refuses_other_descriptors_and_code() {
    for name in ["descriptor", "code"] {
        check(name, FILTERED, |ready| ready.seccomp);
    }
}

#[test]
fn landlock_alone_refuses_files_and_ports() {
    for name in ["locked-file", "locked-socket"] {
        check(name, LOCKED, |ready| ready.landlock);
    }
}

#[test]
fn a_worker_says_what_holds_it_back() {
    let mut worker = Worker::start(&[]);
    let ready = worker.hear_ready();
    assert!(ready.address_space == ADDRESS_SPACE || ready.address_space == 0);
    let limits =
        std::fs::read_to_string(format!("/proc/{}/limits", worker.id())).unwrap_or_default();
    for (name, value) in
        [("Max address space", ADDRESS_SPACE), ("Max core file size", 0), ("Max open files", 3)]
    {
        if let Some(line) = limits.lines().find(|line| line.starts_with(name)) {
            assert!(line.contains(&format!(" {value} ")), "{line}");
        }
    }
}

#[test]
fn addresses_are_limited_beside_the_heap() {
    let mut worker = Worker::ready();
    for _ in 0..3 {
        let failed = worker.failed("new ArrayBuffer(10 * 2 ** 30)");
        assert!(["RangeError", "InternalError"].contains(&failed.name.as_str()), "{failed:?}");
    }
    assert_eq!(worker.value("1"), "1");
}
