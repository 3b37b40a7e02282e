//! Who is told what, and when, by a clock that stands.

use std::time::{Duration, Instant};

use goxel_core::{Changed, Context, Project};
use goxel_io::{Client, Output};
use goxel_proto::types::{EventKind, Pos, Word as _};

use super::listener::Settings;
use super::*;

const EVERY: Duration = Duration::from_millis(50);

/// Listeners, a project that is edited, and the time.
struct Room {
    listeners: Listeners,
    projects: Context,
    now: Instant,
    /// Commits up to this one are done.
    done: u64,
}

impl Room {
    fn new() -> Self {
        let mut projects = Context::counting_from(40);
        projects.insert(Project::new("p", [8; 3])).expect("room");
        let now = Instant::now() + Duration::from_secs(1);
        Self { listeners: Listeners::default(), projects, now, done: 0 }
    }

    fn project(&self) -> &Project {
        self.projects.project(None).expect("it is open")
    }

    fn number(&self) -> u64 {
        self.project().identity().number()
    }

    fn listen(&mut self, client: u64, settings: Settings) {
        let all: Vec<_> = EventKind::all().collect();
        let client = Client::without_loop(client);
        let projects = [self.number()];
        let kinds = Kinds::of(&all);
        let done = self.listeners.subscribe(client, Some(&projects), kinds, settings);
        assert_eq!(done, Ok(()));
    }

    /// An edit by a client, which this commit makes durable.
    fn edit(&mut self, client: u64, x: i32, commit: u64) {
        let mut changed = Changed::default();
        changed.voxels.put_voxel(Pos::new(x, 0, 0));
        let from = self.project().version();
        let id = self.projects.current();
        self.projects.project_mut(id).expect("it is open").set_version(from + 1);
        let edited = Edited::of(self.project(), changed, from, By::One(client)).expect("a voxel");
        self.listeners.edited(&edited, commit);
    }

    /// Lets time pass, and gives whose turn it is then, each once.
    fn turns(&mut self, pass: Duration) -> Vec<u64> {
        self.now += pass;
        let done = self.done;
        let next = || self.listeners.next(self.now, |commit| commit <= done);
        std::iter::from_fn(next).map(Client::number).collect()
    }

    fn tell(&mut self, client: u64, unread: usize) -> String {
        let mut out = Output::default();
        let turn = Turn { client: Client::without_loop(client), unread, may_tell: true };
        self.listeners.tell(turn, self.now, &mut out);
        String::from_utf8(out.into_bytes()).expect("text")
    }

    fn poll(&mut self, client: u64) -> String {
        let mut out = Vec::new();
        let done = self.done;
        let client = Client::without_loop(client);
        let mut writer = goxel_proto::json::Writer::new(&mut out);
        assert!(self.listeners.poll(client, |commit| commit <= done, &mut writer));
        String::from_utf8(out).expect("text")
    }
}

/// The versions that a text tells of, in its order.
fn versions(told: &str) -> Vec<(u64, u64)> {
    let number = |text: &str| {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().expect("a number")
    };
    let from = told.split("\"version_from\": ").skip(1).map(number);
    let to = told.split("\"version_to\": ").skip(1).map(number);
    from.zip(to).collect()
}

#[test]
fn edits_are_merged_for_as_long_as_a_listener_says() {
    let mut room = Room::new();
    room.listen(1, Settings::default());
    room.listen(2, Settings::default().every(60_000));
    for x in 0..4 {
        room.edit(9, x, 0);
    }
    assert!(room.listeners.due().is_some());
    assert_eq!(room.turns(EVERY), [1], "a minute has not passed");
    assert_eq!(versions(&room.tell(1, 0)), [(1, 5)]);
    assert_eq!(room.tell(1, 0), "", "once");
    room.edit(9, 7, 0);
    assert_eq!(room.turns(Duration::from_secs(60)), [1, 2]);
    assert_eq!(versions(&room.tell(1, 0)), [(5, 6)]);
    assert_eq!(versions(&room.tell(2, 0)), [(1, 6)]);
    assert!(room.listeners.due().is_none(), "nothing has happened since");
}

#[test]
fn a_listener_hears_what_comes_behind_its_subscription_and_nothing_when_it_is_gone() {
    let mut room = Room::new();
    room.listen(1, Settings::default());
    room.edit(9, 0, 0);
    room.listen(2, Settings::default());
    room.edit(9, 1, 0);
    assert_eq!(room.turns(EVERY), [1, 2]);
    assert_eq!(versions(&room.tell(1, 0)), [(1, 3)]);
    assert_eq!(versions(&room.tell(2, 0)), [(2, 3)]);
    room.edit(9, 2, 0);
    room.listeners.left(Client::without_loop(1));
    assert_eq!(room.turns(EVERY), [2]);
    assert_eq!((room.tell(1, 0), room.listeners.count()), (String::new(), 1));
    room.listeners.left(Client::without_loop(2));
    assert!(room.listeners.count() == 0 && !room.listeners.hear(room.project()));
}

#[test]
fn what_was_done_by_a_listener_alone_is_left_out_where_it_says_so() {
    let mut room = Room::new();
    room.listen(1, Settings { own: false, ..Settings::default() });
    room.edit(1, 0, 0);
    assert_eq!(room.turns(EVERY), [1]);
    assert_eq!(room.tell(1, 0), "");
    room.edit(1, 1, 0);
    room.edit(2, 2, 0);
    assert_eq!(room.turns(EVERY), [1]);
    assert_eq!(versions(&room.tell(1, 0)), [(2, 4)]);
}

#[test]
fn who_does_not_read_is_told_once_that_it_missed_some() {
    let mut room = Room::new();
    room.listen(1, Settings::default());
    room.listen(2, Settings::default());
    for x in 0..100 {
        room.edit(9, x, 0);
        assert_eq!(room.turns(EVERY), [1, 2], "it is asked again and again");
        assert_eq!(room.tell(1, UNREAD_BYTES_MAX + 1), "");
        assert_eq!(room.tell(2, UNREAD_BYTES_MAX).lines().count(), 1, "at the limit");
    }
    assert!(room.listeners.due().is_some(), "it may have read");
    assert_eq!(room.turns(EVERY), [1]);
    let told = room.tell(1, 0);
    assert!(told.contains("\"kind\": \"missed\", \"projects\": [ { \"project\": \"p\""), "{told}");
    assert_eq!((versions(&told), told.lines().count()), (vec![(1, 101)], 1));
    room.edit(9, 0, 0);
    room.turns(EVERY);
    assert!(room.tell(1, 0).contains("\"kind\": \"change\""), "from here on as ever");
}

#[test]
fn nothing_is_told_before_its_commit_is_done() {
    let mut room = Room::new();
    room.listen(1, Settings::default());
    room.edit(9, 0, 1);
    room.edit(9, 1, 2);
    assert!(room.turns(EVERY).is_empty());
    assert_eq!(room.listeners.due(), Some(room.now + EVERY), "not before");
    room.done = 1;
    assert_eq!(room.turns(EVERY), [1]);
    assert_eq!(versions(&room.tell(1, 0)), [(1, 2)]);
    room.edit(9, 2, 2);
    room.listeners.lose();
    assert_eq!(room.turns(EVERY), [1]);
    let told = room.tell(1, 0);
    assert!(told.contains("{ \"kind\": \"missed\" }") && versions(&told).is_empty(), "{told}");
}

#[test]
fn who_asks_is_told_at_once_and_never_by_itself() {
    let mut room = Room::new();
    room.listen(1, Settings { notify: false, ..Settings::default() });
    assert_eq!(room.poll(1), "[]");
    room.edit(9, 0, 0);
    assert!(room.turns(EVERY).is_empty() && room.listeners.due().is_none());
    assert_eq!(versions(&room.poll(1)), [(1, 2)]);
    assert_eq!(room.poll(1), "[]");
    for x in 0..200 {
        room.edit(9, x, 0);
        // Another one who asks often.
        room.listen(2, Settings { notify: false, ..Settings::default() });
        room.poll(2);
    }
    assert_eq!(versions(&room.poll(1)), [(2, 202)], "all of it, in one");
}

#[test]
fn a_line_that_may_not_be_put_between_comes_later() {
    let mut room = Room::new();
    room.listen(1, Settings::default());
    room.edit(9, 0, 0);
    assert_eq!(room.turns(EVERY), [1]);
    let mut out = Output::default();
    let turn = Turn { client: Client::without_loop(1), unread: 0, may_tell: false };
    room.listeners.tell(turn, room.now, &mut out);
    assert!(out.is_empty());
    assert_eq!(room.turns(EVERY), [1]);
    let told = room.tell(1, 0);
    assert!(told.contains("\"kind\": \"change\""), "nothing was missed: {told}");
}

#[test]
fn so_many_may_listen_to_so_many_projects() {
    let mut listeners = Listeners::default();
    let kinds = Kinds::of(&[EventKind::Change]);
    let mut subscribe = |client: usize, projects: Option<&[u64]>| {
        let client = Client::without_loop(client as u64);
        listeners.subscribe(client, projects, kinds, Settings::default())
    };
    let most: Vec<u64> = (0..SUBSCRIPTIONS_MAX as u64).collect();
    assert_eq!(subscribe(0, Some(&most)), Ok(()));
    assert_eq!(subscribe(0, Some(&most)), Ok(()), "the same");
    let refused = subscribe(0, Some(&[1_000_000])).expect_err("one more");
    assert!(refused.message.starts_with("params.projects: a connection names 64"), "{refused:?}");
    for client in 1..LISTENERS_MAX {
        assert_eq!(subscribe(client, None), Ok(()));
    }
    assert_eq!(subscribe(5, Some(&[7])), Ok(()), "it listens already");
    let refused = subscribe(LISTENERS_MAX, None).expect_err("one more");
    assert!(refused.message.contains("4096 connections are told"), "{refused:?}");
    assert_eq!(listeners.count(), LISTENERS_MAX);
    assert_eq!(listeners.subscriptions(Client::without_loop(0)), SUBSCRIPTIONS_MAX);
}

#[test]
fn what_is_kept_does_not_grow_however_much_happens_and_whoever_is_behind() {
    let mut room = Room::new();
    for client in 0..300 {
        room.listen(client, Settings { notify: client % 3 > 0, ..Settings::default() });
        room.edit(9, client as i32, 0);
    }
    for round in 0..500 {
        room.edit(9, round, 0);
        for client in room.turns(EVERY) {
            let unread = if client % 2 == 0 { usize::MAX } else { 0 };
            room.tell(client, unread);
        }
        room.poll(u64::from(round.cast_unsigned()) % 100 * 3);
    }
    assert!(room.listeners.windows() <= 65, "{}", room.listeners.windows());
}
