//! Peers that go: what they sent is carried out, and the service is told.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;

use super::step_service::{Log, start};
use super::step_tests::until;
use super::tests::{check, on_each};
use super::*;

/// What the service was told of the client that was the n-th to connect.
fn told(log: &[String], number: u64) -> Vec<String> {
    let prefix = format!("{number} ");
    log.iter().filter_map(|line| line.strip_prefix(&prefix)).map(str::to_owned).collect()
}

#[test]
fn what_was_sent_whole_is_carried_out_for_who_has_left() {
    on_each(|settings| {
        let (server, log, hold) = start(settings);
        let leaving = server.connect();
        (&leaving).write_all(b"[job][1][many 3][make 100000][wait][2]{\"cut").unwrap();
        until(&server, || told(&log.lock().unwrap(), 1) == ["[job]"]);
        drop(leaving);
        // It is told at once, though its job is under way and it is not read.
        until(&server, || told(&log.lock().unwrap(), 1) == ["[job]", "gone"]);
        drop(hold);
        until(&server, || told(&log.lock().unwrap(), 1).last().unwrap() == "[wait] deaf");
        check(&server.connect(), b"[go]", "[go]\n");
        until(&server, || told(&log.lock().unwrap(), 1).last().unwrap() == "closed");
        let expected = [
            "[job]",
            "gone",
            "finished deaf",
            "[1] deaf",
            "[many 3] deaf",
            "stepped",
            "[make 100000] deaf",
            "finished deaf",
            "[wait] deaf",
            "resumed",
            "[2] deaf",
            "{\"cut deaf",
            "closed",
        ];
        assert_eq!(told(&log.lock().unwrap(), 1), expected);
        assert_eq!(server.status.unread_bytes.load(Ordering::Relaxed), 0);
        server.stop();
    });
}

#[test]
fn who_sends_and_leaves_at_once_is_carried_out() {
    on_each(|settings| {
        let (server, log, _hold) = start(settings);
        for _ in 0..50 {
            server.connect().write_all(b"[1][many 2][3]").unwrap();
        }
        for number in 1..=50 {
            until(&server, || {
                told(&log.lock().unwrap(), number).last().is_some_and(|l| l == "closed")
            });
            let lines = told(&log.lock().unwrap(), number);
            let frames = lines.iter().filter(|line| line.starts_with(['[', '{']));
            let frames: Vec<_> = frames.map(|line| line.trim_end_matches(" deaf")).collect();
            assert_eq!(frames, ["[1]", "[many 2]", "[3]"]);
        }
        server.stop();
    });
}

#[test]
fn who_has_only_said_all_is_still_there() {
    on_each(|settings| {
        let (server, log, hold) = start(settings);
        let mut half = server.connect();
        half.write_all(b"[job][make 300000][2]").unwrap();
        half.shutdown(Shutdown::Write).unwrap();
        until(&server, || told(&log.lock().unwrap(), 1) == ["[job]"]);
        drop(hold);
        let mut got = String::new();
        half.read_to_string(&mut got).unwrap();
        assert_eq!(got, format!("done\n{}\n[2]\n", "x".repeat(300_000)));
        until(&server, || told(&log.lock().unwrap(), 1).last().unwrap() == "closed");
        // Its last reply was sent before it left, so nobody missed it.
        let lines = told(&log.lock().unwrap(), 1);
        assert_eq!(lines[..5], ["[job]", "finished", "[make 300000]", "finished", "[2]"]);
        server.stop();
    });
}

#[test]
fn who_leaves_after_having_said_all_is_gone() {
    on_each(|settings| {
        let (server, log, hold) = start(settings);
        let half = server.connect();
        (&half).write_all(b"[job]").unwrap();
        half.shutdown(Shutdown::Write).unwrap();
        until(&server, || told(&log.lock().unwrap(), 1) == ["[job]"]);
        check(&server.connect(), b"[turn]", "[turn]\n");
        drop(half);
        until(&server, || told(&log.lock().unwrap(), 1) == ["[job]", "gone"]);
        drop(hold);
        until(&server, || told(&log.lock().unwrap(), 1).last().unwrap() == "closed");
        server.stop();
    });
}

#[test]
fn who_reads_no_more_is_gone_and_still_heard() {
    on_each(|settings| {
        let (server, log, _hold) = start(settings);
        let stream = server.connect();
        stream.shutdown(Shutdown::Read).unwrap();
        (&stream).write_all(b"[1]").unwrap();
        until(&server, || told(&log.lock().unwrap(), 1) == ["[1]", "gone"]);
        (&stream).write_all(b"[2]").unwrap();
        until(&server, || told(&log.lock().unwrap(), 1) == ["[1]", "gone", "[2] deaf"]);
        drop(stream);
        until(&server, || told(&log.lock().unwrap(), 1).last().unwrap() == "closed");
        server.stop();
    });
}

/// Looks on until it is so, without having the loop go round.
fn watch(log: &Log, is_so: impl Fn(&[String]) -> bool) {
    while !is_so(&log.lock().unwrap()) {
        std::thread::yield_now();
    }
}

#[test]
fn another_one_s_departure_costs_nobody_a_reply() {
    on_each(|settings| {
        let (server, log, hold) = start(settings);
        let (waiting, leaving) = (server.connect(), server.connect());
        (&waiting).write_all(b"[job]").unwrap();
        until(&server, || told(&log.lock().unwrap(), 1) == ["[job]"]);
        (&leaving).write_all(b"[wait]").unwrap();
        until(&server, || !told(&log.lock().unwrap(), 2).is_empty());
        drop(leaving);
        watch(&log, |log| told(log, 2).last().unwrap() == "gone");
        // The next that the loop does is to take what the job gave.
        drop(hold);
        check(&waiting, b"", "done\n");
        assert_eq!(told(&log.lock().unwrap(), 1), ["[job]", "finished"]);
        server.stop();
    });
}

#[test]
fn who_is_named_goes_on_although_it_does_not_read() {
    on_each(|settings| {
        for (others, last) in [("[go]", "resumed"), ("[kill 1][go]", "closed")] {
            let (server, log, _hold) = start(settings);
            let slow = server.connect();
            (&slow).write_all(b"[fill 5000000]").unwrap();
            until(&server, || server.status.unread_bytes.load(Ordering::Relaxed) > 0);
            server.connect().write_all(others.as_bytes()).unwrap();
            // Others wait behind it.
            until(&server, || told(&log.lock().unwrap(), 1).last().unwrap() == last);
            assert!(told(&log.lock().unwrap(), 1).contains(&"resumed".to_owned()));
            server.stop();
        }
    });
}
