//! The loop at its limits: slow readers, buffers, too many clients, and changes while it runs.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream as StdStream;

use super::tests::{Server, check, let_go, on_each};
use super::*;

/// Bytes that a client gets rid of until its socket is full and the loop holds it back.
fn fill(server: &Server, stream: &StdStream, text: &[u8]) -> usize {
    let other = server.connect();
    stream.set_nonblocking(true).unwrap();
    let mut sent = 0;
    loop {
        match (&*stream).write(&text[sent % text.len()..]) {
            Ok(count) => sent += count,
            Err(error) if error.kind() != ErrorKind::WouldBlock => panic!("{error}"),
            Err(_) if server.status.held_back.load(Ordering::Relaxed) == 1 => break,
            // The loop has not come to it yet. Others are served whatever this one does.
            Err(_) => check(&other, b"[other]", "[other]\n"),
        }
        assert!(sent < 8 << 20, "everything is taken, and nothing read");
    }
    stream.set_nonblocking(false).unwrap();
    sent
}

/// All lines that come until the end, after nothing more is sent.
fn lines_to_the_end(stream: &StdStream) -> Vec<String> {
    stream.shutdown(Shutdown::Write).unwrap();
    BufReader::new(stream).lines().map(|line| line.unwrap()).collect()
}

#[test]
fn who_does_not_read_is_not_read() {
    on_each(|settings| {
        let server = Server::start(settings);
        let slow = server.connect();
        let text = format!("[\"{}\"]\n", "x".repeat(997)).into_bytes();
        let sent = fill(&server, &slow, &text);
        let rest = (text.len() - sent % text.len()) % text.len();
        let finish = std::thread::spawn({
            let (slow, text) = (slow.try_clone().unwrap(), text.clone());
            move || {
                (&slow).write_all(&text[text.len() - rest..]).unwrap();
                slow.shutdown(Shutdown::Write).unwrap();
            }
        });
        let lines: Vec<_> = BufReader::new(&slow).lines().map(|line| line.unwrap()).collect();
        finish.join().unwrap();
        assert_eq!(lines.len(), sent.div_ceil(text.len()));
        let expected = String::from_utf8(text).unwrap();
        assert!(lines.iter().all(|line| line == expected.trim_end()));
        server.stop();
    });
}

#[test]
fn who_waits_for_a_job_is_not_read() {
    on_each(|settings| {
        let server = Server::start(settings);
        let waiting = server.connect();
        (&waiting).write_all(b"[hold]").unwrap();
        check(&server.connect(), b"[other]", "[other]\n");
        let sent = fill(&server, &waiting, b"[0123456789]\n");
        let_go(&server.hold);
        let reader = std::thread::spawn({
            let waiting = waiting.try_clone().unwrap();
            move || BufReader::new(waiting).lines().map_while(Result::ok).collect::<Vec<_>>()
        });
        waiting.shutdown(Shutdown::Write).unwrap();
        let lines = reader.join().unwrap();
        assert_eq!(lines[0], "job held");
        assert!((sent / 13..=sent / 13 + 1).contains(&(lines.len() - 1)), "{sent} {}", lines.len());
        server.stop();
    });
}

/// What buffers are held, once the loop has said so.
fn wait_for_buffers(server: &Server, expected: [usize; 4]) {
    let helper = server.connect();
    while server.status.buffers().buffers != expected {
        check(&helper, b"[turn]", "[turn]\n");
    }
}

#[test]
fn only_the_beginning_of_a_message_holds_a_buffer() {
    on_each(|settings| {
        let server = Server::start(settings);
        let idle: Vec<_> = (0..20).map(|_| server.connect()).collect();
        let clients: Vec<_> = (0..4).map(|_| server.connect()).collect();
        for (client, len) in clients.iter().zip([100, 1000, 10_000, 100_000]) {
            check(client, b"[whole]", "[whole]\n");
            (&*client).write_all(format!("[\"{}", "x".repeat(len)).as_bytes()).unwrap();
        }
        wait_for_buffers(&server, [1, 1, 1, 1]);
        assert!(server.status.buffers().large_bytes >= 100_000);
        for (client, len) in clients.iter().zip([100, 1000, 10_000, 100_000]) {
            let expected = format!("[\"{}\"]\n", "x".repeat(len));
            check(client, b"\"]", &expected);
        }
        wait_for_buffers(&server, [0; 4]);
        assert_eq!(server.status.buffers().large_bytes, 0);
        (&clients[0]).write_all(b"[\"gone").unwrap();
        wait_for_buffers(&server, [1, 0, 0, 0]);
        drop((idle, clients));
        wait_for_buffers(&server, [0; 4]);
        server.stop();
    });
}

#[test]
fn too_many_are_told_so() {
    on_each(|settings| {
        let server = Server::start(Settings { connections_max: 2, ..settings });
        let first = server.connect();
        check(&first, b"[1]", "[1]\n");
        let second = server.connect();
        check(&second, b"[2]", "[2]\n");
        assert_eq!(lines_to_the_end(&server.connect()), ["TooMany(2)"]);
        assert!(lines_to_the_end(&first).is_empty());
        // The first has left, as its end shows.
        check(&server.connect(), b"[stop]", "[stop]\n");
    });
}

#[test]
fn unfinished_messages_have_a_limit_together() {
    on_each(|settings| {
        let server = Server::start(Settings { large_bytes_max: 700_000, ..settings });
        let held = server.connect();
        (&held).write_all(format!("[\"{}", "x".repeat(300_000)).as_bytes()).unwrap();
        wait_for_buffers(&server, [0, 0, 0, 1]);
        let greedy = server.connect();
        // It may be closed before all is taken.
        let _ = (&greedy).write_all(format!("[\"{}", "x".repeat(700_000)).as_bytes());
        let mut line = String::new();
        BufReader::new(&greedy).read_line(&mut line).unwrap();
        assert_eq!(line, "NoRoom(700000)\n");
        check(&held, b"\"]", &format!("[\"{}\"]\n", "x".repeat(300_000)));
        wait_for_buffers(&server, [0; 4]);
        server.stop();
    });
}

#[test]
fn settings_change_while_it_runs() {
    on_each(|settings| {
        let wider = Settings { connections_max: 3, ..settings };
        let server =
            Server::start_with(Settings { connections_max: 2, ..settings }, move || Some(wider));
        let clients = [server.connect(), server.connect()];
        clients.iter().for_each(|client| check(client, b"[1]", "[1]\n"));
        assert_eq!(lines_to_the_end(&server.connect()), ["TooMany(2)"]);
        let _alone = crate::wake::tests::signals_alone();
        signal_hook::low_level::raise(signal_hook::consts::SIGHUP).unwrap();
        // The signal has woken the loop, or will before it is done with this.
        check(&clients[0], b"[2]", "[2]\n");
        check(&server.connect(), b"[stop]", "[stop]\n");
    });
}

/// A stream of frames in pieces, of any size and in any order of sending and waiting.
#[test]
fn pieces_do_not_matter() {
    on_each(|settings| {
        let server = Server::start(settings);
        let mut seed = 1u64;
        let mut random = move |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize % below
        };
        let frames: Vec<String> = (0..3000)
            .map(|n| {
                format!("[\"{n}{}\"]", "x".repeat([3, 30, 700, 9000, 90_000][random(97) / 24]))
            })
            .collect();
        let text = frames.join("\n").into_bytes();
        let stream = server.connect();
        let writer = std::thread::spawn({
            let mut stream = stream.try_clone().unwrap();
            move || {
                let mut rest = &text[..];
                while !rest.is_empty() {
                    let len = [1, 17, 400, 5000, 70_000][random(5)].min(rest.len());
                    stream.write_all(&rest[..len]).unwrap();
                    rest = &rest[len..];
                }
                stream.shutdown(Shutdown::Write).unwrap();
            }
        });
        let mut lines = BufReader::new(&stream).lines();
        for frame in &frames {
            assert_eq!(&lines.next().unwrap().unwrap(), frame);
        }
        assert!(lines.next().is_none());
        writer.join().unwrap();
        server.stop();
    });
}

#[test]
fn the_limit_of_a_message_is_exact_where_it_comes_at_once() {
    on_each(|settings| {
        let server = Server::start(Settings { frame_bytes_max: 10, ..settings });
        check(&server.connect(), b"[45678901]", "[45678901]\n");
        for text in [&b"[456789012]"[..], b"[4567890123"] {
            let stream = server.connect();
            (&stream).write_all(text).unwrap();
            let mut got = String::new();
            (&stream).read_to_string(&mut got).unwrap();
            assert_eq!(got, "TooLong(10)\n");
        }
        server.stop();
    });
}
