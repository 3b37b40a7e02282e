//! Frames that take many steps, long replies, long messages, and what a service asks of the loop.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};

use super::step_service::start;
use super::tests::{Server, check, on_each};
use super::*;

/// Has the loop go round until it is so.
pub(super) fn until(server: &Server, mut is_so: impl FnMut() -> bool) {
    let helper = server.connect();
    while !is_so() {
        check(&helper, b"[turn]", "[turn]\n");
    }
}

#[test]
fn who_is_on_hold_goes_on_when_it_is_named() {
    on_each(|settings| {
        let (server, log, _hold) = start(settings);
        let waiting = server.connect();
        (&waiting).write_all(b"[wait][after]").unwrap();
        until(&server, || log.lock().unwrap().contains(&"1 [wait]".to_owned()));
        assert!(!log.lock().unwrap().contains(&"1 [after]".to_owned()));
        check(&server.connect(), b"[go]", "[go]\n");
        check(&waiting, b"", "resumed\n[after]\n");
        server.stop();
    });
}

#[test]
fn a_frame_of_many_steps_leaves_others_their_turn_and_keeps_its_place() {
    on_each(|settings| {
        let (server, log, _hold) = start(settings);
        let (steps, other) = (server.connect(), server.connect());
        check(&other, b"[here]", "[here]\n");
        // More than a turn, and more output than is kept for who does not read.
        let count = 1_000_000;
        (&steps).write_all(format!("[many {count}][after]").as_bytes()).unwrap();
        until(&server, || log.lock().unwrap().iter().any(|line| line.starts_with("1 [many")));
        check(&other, b"[between]", "[between]\n");
        assert!(!log.lock().unwrap().contains(&"1 stepped".to_owned()));
        let mut lines = BufReader::new(&steps).lines();
        (0..count).for_each(|_| assert_eq!(lines.next().unwrap().unwrap(), "step"));
        assert_eq!(lines.next().unwrap().unwrap(), "[after]");
        server.stop();
    });
}

#[test]
fn a_turn_ends_when_it_has_taken_its_time() {
    on_each(|settings| {
        let (server, log, _hold) = start(settings);
        let (long, other) = (server.connect(), server.connect());
        check(&other, b"[here]", "[here]\n");
        // One read brings all of them; without turns that end, the other would wait for the last.
        (&long).write_all("[spin]".repeat(5000).as_bytes()).unwrap();
        until(&server, || log.lock().unwrap().contains(&"1 [spin]".to_owned()));
        check(&other, b"[enough]", "[enough]\n");
        let spun = log.lock().unwrap().iter().filter(|line| *line == "1 [spin]").count();
        assert!(spun < 5000, "they were all done before");
        check(&long, b"", &"[spin]\n".repeat(5000));
        server.stop();
    });
}

#[test]
fn what_is_not_read_is_counted_and_not_built_on() {
    on_each(|settings| {
        let (server, log, _hold) = start(settings);
        let slow = server.connect();
        let len = 5_000_000;
        (&slow).write_all(format!("[make {len}][make {len}][after]").as_bytes()).unwrap();
        let unread = || server.status.unread_bytes.load(Ordering::Relaxed);
        until(&server, || unread() > 0);
        until(&server, || log.lock().unwrap().contains(&"1 finished".to_owned()));
        let made = |log: &[String]| log.iter().filter(|line| line.starts_with("1 [make")).count();
        assert_eq!(made(&log.lock().unwrap()), 1, "the second must wait until the first is read");
        assert!(unread() <= len + 1);
        let mut got = Vec::new();
        (&slow).take(2 * (len as u64 + 1)).read_to_end(&mut got).unwrap();
        let line = ["x".repeat(len).as_str(), "\n"].concat();
        assert!(got == line.repeat(2).into_bytes());
        check(&slow, b"", "[after]\n");
        assert_eq!(unread(), 0);
        server.stop();
    });
}

#[test]
fn a_reply_that_is_held_leaves_when_the_service_has_committed() {
    on_each(|settings| {
        let (server, log, _hold) = start(settings);
        let client = server.connect();
        for count in 1..200 {
            check(&client, b"[edit]", "[edit]\n");
            let commits = log.lock().unwrap().iter().filter(|line| *line == "commit").count();
            assert!(commits >= count, "{commits} commits before reply {count}");
        }
        // Many, with what is held for longer than a turn, and more than is kept for who does not read.
        let long = "x".repeat(3_000_000);
        let many = 20_000;
        let writer = std::thread::spawn({
            let (mut stream, text) = (client.try_clone().unwrap(), "[edit][read]".repeat(many));
            move || {
                stream.write_all(text.as_bytes()).unwrap();
                stream.write_all("[edit 3000000]".repeat(5).as_bytes()).unwrap();
                stream.shutdown(std::net::Shutdown::Write).unwrap();
            }
        });
        let replies = "[edit]\n[read]\n".repeat(many);
        check(&client, b"", &(replies + &format!("{long}[edit 3000000]\n").repeat(5)));
        writer.join().unwrap();
        assert_eq!((&client).read(&mut [0; 9]).unwrap(), 0, "it is closed when all is said");
        // One that reads nothing keeps nobody else waiting, and goes without a word.
        let deaf = server.connect();
        (&deaf).write_all("[edit 3000000]".repeat(5).as_bytes()).unwrap();
        check(&server.connect(), b"[edit]", "[edit]\n");
        drop(deaf);
        until(&server, || log.lock().unwrap().contains(&"2 closed".to_owned()));
        server.stop();
    });
}

#[test]
fn a_reply_that_is_held_for_longer_keeps_its_client_waiting_and_nobody_else() {
    on_each(|settings| {
        let (server, log, _hold) = start(settings);
        let (one, other, last) = (server.connect(), server.connect(), server.connect());
        (&one).write_all(b"[late]").unwrap();
        until(&server, || log.lock().unwrap().contains(&"1 [late]".to_owned()));
        (0..20).for_each(|_| check(&other, b"[edit]", "[edit]\n"));
        // What comes meanwhile is looked at behind it.
        (&one).write_all(b"[read]").unwrap();
        (0..20).for_each(|_| check(&other, b"[edit]", "[edit]\n"));
        check(&other, b"[go]", "[go]\n");
        check(&one, b"", "[late]\n[read]\n");
        let log_of = |what: &str| log.lock().unwrap().iter().position(|line| line == what);
        assert!(log_of("2 [go]") < log_of("1 [read]"));
        // One that leaves meanwhile is let go when it can be told.
        (&one).write_all(b"[late]").unwrap();
        until(&server, || {
            log.lock().unwrap().iter().filter(|line| *line == "1 [late]").count() == 2
        });
        drop(one);
        check(&other, b"[go]", "[go]\n");
        until(&server, || log.lock().unwrap().contains(&"1 closed".to_owned()));
        // And one that waits when a commit fails hears nothing more.
        (&last).write_all(b"[late]").unwrap();
        until(&server, || log.lock().unwrap().contains(&"3 [late]".to_owned()));
        check(&other, b"[break]", "[break]\n");
        assert_eq!((&last).read(&mut [0; 9]).unwrap(), 0, "it is let go without a word");
        server.stop();
    });
}

#[test]
fn a_reply_that_is_held_never_leaves_where_the_service_could_not_commit() {
    on_each(|settings| {
        let (server, log, _hold) = start(settings);
        let (one, other) = (server.connect(), server.connect());
        check(&one, b"[edit]", "[edit]\n");
        check(&other, b"[break]", "[break]\n");
        (&one).write_all(b"[edit][read]").unwrap();
        assert_eq!((&one).read(&mut [0; 9]).unwrap(), 0, "it is let go without a word");
        check(&other, b"[read]", "[read]\n");
        until(&server, || log.lock().unwrap().contains(&"1 closed".to_owned()));
        server.stop();
    });
}

#[test]
fn a_reply_that_is_not_read_is_dropped_with_its_client() {
    on_each(|settings| {
        let (server, _log, _hold) = start(settings);
        let slow = server.connect();
        (&slow).write_all(b"[make 5000000]").unwrap();
        let unread = || server.status.unread_bytes.load(Ordering::Relaxed);
        until(&server, || unread() > 0);
        drop(slow);
        until(&server, || unread() == 0);
        server.stop();
    });
}

#[test]
fn long_messages_are_handed_over_and_others_are_not() {
    on_each(|settings| {
        let (server, log, _hold) = start(settings);
        let stream = server.connect();
        for len in [65_536, 65_537, 69_000, 70_000, 300_000, 1 << 20] {
            let long = format!("[{}]", "y".repeat(len - 2));
            let sum = 2 * usize::from(b'y') * (len - 2) / 2 + usize::from(b'[') + usize::from(b']');
            let reply = if len > 65_536 { format!("{len} {sum}") } else { long.clone() };
            let writer = std::thread::spawn({
                let (mut stream, text) = (stream.try_clone().unwrap(), format!("[a]{long}[b]"));
                move || stream.write_all(text.as_bytes()).unwrap()
            });
            check(&stream, b"", &format!("[a]\n{reply}\n[b]\n"));
            writer.join().unwrap();
        }
        assert_eq!(log.lock().unwrap().iter().filter(|line| *line == "1 large").count(), 5);
        assert_eq!(server.status.buffers().large_bytes, 0);
        server.stop();
    });
}

#[test]
fn jobs_of_nobody_are_done_and_come_back() {
    on_each(|settings| {
        let (server, log, hold) = start(settings);
        let stream = server.connect();
        check(&stream, b"[leave][next]", "[leave]\n[next]\n");
        until(&server, || server.status.jobs.load(Ordering::Relaxed) == 1);
        drop((stream, hold));
        until(&server, || log.lock().unwrap().contains(&"orphan finished".to_owned()));
        server.stop();
    });
}

#[test]
fn clients_are_listed_and_closed() {
    on_each(|settings| {
        let (server, log, hold) = start(settings);
        let (first, second) = (server.connect(), server.connect());
        check(&first, b"[here]", "[here]\n");
        check(&second, b"[here]", "[here]\n");
        (&second).write_all(b"[job][not yet]").unwrap();
        until(&server, || log.lock().unwrap().contains(&"2 [job]".to_owned()));
        (&first).write_all(b"[list]").unwrap();
        let mut list = String::new();
        BufReader::new(&first).read_line(&mut list).unwrap();
        // Number, bytes received and sent, requests, unread bytes, whether it waits.
        assert!(list.starts_with("1 12 7 2 0 true, 2 20 7 2 0 true, "), "{list}");
        check(&first, b"[kill 2][kill 99]", "[kill 2]\n[kill 99]\n");
        until(&server, || log.lock().unwrap().contains(&"2 gone".to_owned()));
        let ended = |log: &[String]| log.contains(&"2 closed".to_owned());
        assert!(!ended(&log.lock().unwrap()), "its job is under way");
        drop(hold);
        until(&server, || ended(&log.lock().unwrap()));
        assert!(!log.lock().unwrap().contains(&"2 [not yet]".to_owned()));
        assert_eq!((&second).read(&mut [0; 9]).unwrap_or(0), 0);
        check(&first, b"[still here]", "[still here]\n");
        server.stop();
    });
}
