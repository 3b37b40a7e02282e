//! Connections: frames that are cut anywhere, clients that read slowly or not, that end their side
//! or vanish. Each is sent the replies to its frames, whole and in their order, and nothing is left of
//! those who are no more.
#![no_main]

use std::collections::VecDeque;

use goxel_fuzz::Input;
use goxel_io::fuzzing::Wire;
use goxel_io::{Class, Client, Job, Output, Refusal, Service, Settings, Verdict};
use goxel_proto::frame::FrameScanner;
use libfuzzer_sys::fuzz_target;

/// Clients of one input.
const CLIENTS: usize = 3;
/// The longest message: some are longer.
const FRAME_BYTES_MAX: usize = 300;
/// A reply that is not copied, and more than a client may leave unread.
const LONG_REPLY_BYTES: usize = 300 << 10;
/// Parts of a reply that takes several turns.
const PARTS: usize = 3;
/// What a client reads that reads all.
const ALL: usize = 1 << 40;

fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    if input.byte() < 128 { run::<false>(&mut input) } else { run::<true>(&mut input) }
});

fn run<const PUSHES: bool>(input: &mut Input<'_>) {
    let service = Replies::default();
    let mut wire = Wire::<_, PUSHES>::new(Settings::new(FRAME_BYTES_MAX), service).expect("a pipe");
    let mut peers: Vec<Peer> = Vec::new();
    for _ in 0..CLIENTS {
        let name = wire.connect().expect("a descriptor").expect("there is room");
        peers.push(Peer {
            name,
            sent: Vec::new(),
            got: Vec::new(),
            is_over: false,
            is_gone: false,
        });
    }
    while !input.is_empty() {
        let peer = &mut peers[input.below(CLIENTS)];
        let roll = input.byte();
        match roll {
            0..120 if !peer.is_over => {
                let piece = input.bytes(1 + usize::from(roll));
                peer.sent.extend_from_slice(piece);
                wire.send(peer.name, piece);
            }
            120..140 if !peer.is_over => {
                let piece = input.line();
                peer.sent.extend_from_slice(piece);
                wire.send(peer.name, piece);
            }
            0..140 => {}
            140..220 => {
                let bytes = usize::from(input.byte()) << (roll % 14);
                wire.read(peer.name, bytes);
            }
            220..236 => {
                peer.is_over = true;
                wire.end_input(peer.name);
            }
            236..242 => {
                (peer.is_over, peer.is_gone) = (true, true);
                wire.vanish(peer.name);
            }
            _ => wire.turn(),
        }
        peer.look(&mut wire);
    }
    for peer in &mut peers {
        wire.end_input(peer.name);
        while !wire.is_closed(peer.name) {
            let before = peer.got.len();
            wire.read(peer.name, ALL);
            peer.look(&mut wire);
            assert!(wire.is_closed(peer.name) || peer.got.len() > before, "it goes on");
        }
        peer.look(&mut wire);
        // White space before a message that is too long with it may count, or may be gone before.
        let either = [false, true].map(|counts| expected(&peer.sent, counts));
        if peer.is_gone {
            assert!(either.iter().any(|expected| expected.starts_with(&peer.got)));
        } else if !either.contains(&peer.got) {
            let expected = &either[0];
            let at = expected.iter().zip(&peer.got).position(|(a, b)| a != b);
            let sent = String::from_utf8_lossy(&peer.sent);
            panic!("{} of {} bytes, wrong from {at:?}: {sent}", peer.got.len(), expected.len());
        }
        wire.forget(peer.name);
    }
    wire.turn();
    assert_eq!(wire.left(), [0; 5], "nothing is left");
}

struct Peer {
    name: u64,
    sent: Vec<u8>,
    got: Vec<u8>,
    /// It sends nothing more.
    is_over: bool,
    is_gone: bool,
}

impl Peer {
    fn look<const PUSHES: bool>(&mut self, wire: &mut Wire<Replies, PUSHES>) {
        self.got.extend(wire.received(self.name));
    }
}

/// What is due to who sent these bytes and then ended.
fn expected(mut sent: &[u8], blanks_count: bool) -> Vec<u8> {
    let (mut scanner, mut all) = (FrameScanner::default(), Vec::new());
    loop {
        let (frame, end) = match scanner.next_frame(sent) {
            Some(found) => (&sent[found.clone()], found.end),
            None if scanner.in_message() => (sent, sent.len()),
            None => return all,
        };
        let blanks = frame.iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
        let length = frame.len() - if blanks_count { 0 } else { blanks };
        if length > FRAME_BYTES_MAX {
            all.extend_from_slice(REFUSED);
            return all;
        }
        all.extend(reply(frame));
        scanner = FrameScanner::default();
        sent = &sent[end..];
    }
}

const REFUSED: &[u8] = b"refused\n";

/// The reply to a frame.
fn reply(frame: &[u8]) -> Vec<u8> {
    let frame = frame.trim_ascii();
    let mut reply = frame.to_vec();
    if frame.get(1) == Some(&b'b') {
        reply.resize(LONG_REPLY_BYTES, b'x');
    }
    let reply = [&reply, &b"\n"[..]].concat();
    if frame.get(1) == Some(&b'y') { reply.repeat(PARTS) } else { reply }
}

/// Answers frames in all the ways that there are.
#[derive(Default)]
struct Replies {
    ready: VecDeque<Client>,
}

struct Session {
    client: Client,
    rest: Vec<u8>,
    parts: usize,
}

impl Service for Replies {
    type Session = Session;
    type Done = Vec<u8>;

    fn open(&mut self, client: Client) -> Session {
        Session { client, rest: Vec::new(), parts: 0 }
    }

    fn frame(&mut self, session: &mut Session, frame: &[u8], out: &mut Output) -> Verdict<Vec<u8>> {
        assert!(session.rest.is_empty(), "one at a time");
        let whole = reply(frame);
        match frame.trim_ascii().get(1) {
            Some(b'h') => {
                session.rest = whole;
                session.parts = 1;
                self.ready.push_back(session.client);
                Verdict::Hold
            }
            Some(b'y') => {
                session.rest = whole;
                session.parts = PARTS;
                Verdict::Yield
            }
            Some(b'j') => Verdict::Wait(Job::new(Class::Edit, move || whole)),
            Some(b'b') => {
                out.hand_over(whole);
                Verdict::Answered
            }
            _ => {
                out.extend_from_slice(&whole);
                Verdict::Answered
            }
        }
    }

    fn finish(&mut self, _: &mut Session, done: Vec<u8>, out: &mut Output) -> Verdict<Vec<u8>> {
        out.hand_over(done);
        Verdict::Answered
    }

    fn resume(&mut self, session: &mut Session, out: &mut Output) -> Verdict<Vec<u8>> {
        assert!(session.parts > 0, "there is something to go on with");
        let part = session.rest.len() / session.parts;
        out.extend(session.rest.drain(..part));
        session.parts -= 1;
        if session.parts > 0 { Verdict::Yield } else { Verdict::Answered }
    }

    fn busy(&mut self, _: &mut Session, job: Job<Vec<u8>>, out: &mut Output) -> Verdict<Vec<u8>> {
        out.extend(job.run());
        Verdict::Answered
    }

    fn next_ready(&mut self) -> Option<Client> {
        self.ready.pop_front()
    }

    fn closed(&mut self, session: Session) {
        assert!(session.rest.is_empty(), "what was begun was ended");
    }

    fn refuse(&mut self, _: Refusal, out: &mut Output) {
        out.extend_from_slice(REFUSED);
    }

    fn stopping(&self) -> bool {
        false
    }
}
