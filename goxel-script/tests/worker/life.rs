//! One script after another, until the daemon is gone.

use std::process::{Command, Stdio};

use goxel_proto::worker::{Run, ToDaemon, ToWorker};

use crate::harness::{Worker, wanted};

#[test]
fn a_worker_runs_one_script_after_another_and_ends_with_the_daemon() {
    let mut worker = Worker::ready();
    assert_eq!(worker.value("1 + 1"), "2");
    assert_eq!(worker.value("globalThis.left = 1; 2"), "2");
    assert_eq!(worker.value("typeof left"), "\"undefined\"");
    let heard = worker.run("print('a'); console.log({b: 1}); 3");
    assert_eq!(heard.printed, "a\n{b: 1}\n");
    let done = heard.last.unwrap();
    assert_eq!((done.value.as_str(), done.change.len()), ("3", 0));
    assert!(worker.leave().success());
}

#[test]
fn what_is_printed_comes_while_the_script_runs() {
    let mut worker = Worker::ready();
    worker.begin("print('here'); while (true) {}");
    assert_eq!(worker.hear().unwrap(), ToDaemon::Print("here\n".to_owned()));
    worker.say(&ToWorker::Stop("seen".to_owned()));
    let failed = worker.hear_end("the last").last.unwrap_err();
    assert_eq!((failed.name.as_str(), failed.message.as_str()), ("Stopped", "seen"));
    assert!(worker.leave().success());
}

#[test]
fn a_stop_that_comes_too_late_stops_nothing() {
    let mut worker = Worker::ready();
    assert_eq!(worker.value("1"), "1");
    worker.say(&ToWorker::Stop("late".to_owned()));
    assert_eq!(worker.value("2"), "2");
    assert!(worker.leave().success());
}

#[test]
fn a_worker_ends_with_its_daemon_whatever_its_script_does() {
    // The second is a call that the engine does not interrupt.
    for endless in ["while (true) {}", "new Array(3e8) + ''"] {
        let mut worker = Worker::ready();
        worker.begin(&format!("print(1); while (true) {{ {endless} }}"));
        assert!(worker.leave().code().is_some());
    }
}

#[test]
fn a_project_that_is_no_project_is_refused() {
    let mut worker = Worker::ready();
    worker.say(&ToWorker::Run(Box::new(Run { state: b"nothing".to_vec(), ..wanted("1") })));
    let failed = worker.hear_end("the last").last.unwrap_err();
    assert!(failed.message.starts_with("the project cannot be taken: "), "{failed:?}");
    assert_eq!(worker.value("1"), "1");
}

#[test]
fn what_is_no_message_ends_the_worker() {
    let mut worker = Worker::ready();
    worker.say(&ToWorker::Places(Vec::new()));
    assert!(worker.hear().is_err());
    assert_eq!(worker.leave().code(), Some(1));
}

#[test]
fn started_by_hand_it_says_what_it_is_for() {
    let program = env!("CARGO_BIN_EXE_goxel-script");
    let output = Command::new(program).arg("a.js").stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("goxel-daemon starts this program"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}
