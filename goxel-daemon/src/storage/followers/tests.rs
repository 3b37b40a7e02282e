//! Followers without sockets: what each is sent, in which order, and which edits wait for it.

use std::sync::Arc;

use goxel_store::stream::{Incoming, Message};

use super::*;

/// The run of the leader.
const RUN: u64 = 77;

fn client(number: u64) -> Client {
    Client::without_loop(number)
}

fn followers(wanted: usize, now: Instant) -> Followers {
    Followers::new(Acks { followers: wanted, timeout: Duration::from_secs(10) }, RUN, now)
}

/// What the leader has, by number and version.
fn kept(projects: &[(u64, u64)]) -> BTreeMap<u64, u64> {
    projects.iter().copied().collect()
}

/// Sends all that can be sent, and reads it.
fn received(followers: &mut Followers, of: Client, now: Instant) -> Vec<Message> {
    let mut incoming = Incoming::default();
    while let Some(client) = followers.next_told() {
        let mut out = Output::default();
        followers.tell(client, &mut out, now);
        if client == of {
            incoming.take(&out.into_bytes());
        }
        followers.tick(0, now);
    }
    std::iter::from_fn(|| incoming.next_message().expect("whole")).collect()
}

fn kinds(messages: &[Message]) -> Vec<(u8, u64, u64)> {
    messages.iter().map(|message| (message.kind, message.project, message.version)).collect()
}

/// A state as it is sent.
fn state(number: u64, version: u64) -> Vec<u8> {
    let mut out = Vec::new();
    goxel_store::stream::put(&mut out, log::kind::OPENED, number, version, &[b"state"]);
    out
}

#[test]
fn states_come_first_and_records_of_other_projects_behind_what_they_are_behind() {
    let now = Instant::now();
    let (mut followers, one) = (followers(0, now), client(1));
    let has = [
        Had { number: 1, version: 5, run: RUN },
        Had { number: 2, version: 5, run: RUN - 1 },
        Had { number: 4, version: 1, run: RUN },
    ];
    followers.add((one, 3), &has, &kept(&[(1, 5), (2, 5), (3, 9)]), now);
    assert_eq!(followers.wanted(|_| true), Some((one, 2, 5)), "another run's version is another");
    assert_eq!(followers.wanted(|number| number != 2), Some((one, 3, 0)), "2 cannot be taken now");
    followers.put(log::kind::CALL, 1, 6, &[b"first"]);
    followers.put(log::kind::CALL, 2, 6, &[b"is in its state"]);
    followers.begin_state(one, 2, 1, true);
    assert_eq!(followers.wanted(|_| true), None, "one at a time");
    followers.put(log::kind::CALL, 2, 8, &[b"behind its state"]);
    followers.put(log::kind::OPENED, 3, 10, &[b"anew, so it needs no state"]);
    let sent = received(&mut followers, one, now);
    assert_eq!(kinds(&sent), [(log::kind::DELETED, 4, 0), (log::kind::CALL, 1, 6)]);
    followers.made_state(one, 2, Some(state(2, 7)));
    followers.tick(0, now);
    let sent = received(&mut followers, one, now);
    assert_eq!(
        kinds(&sent),
        [
            (log::kind::OPENED, 2, 7),
            (log::kind::CLOSED, 2, 0),
            (log::kind::CALL, 2, 8),
            (log::kind::OPENED, 3, 10),
            (kind::COMPLETE, 3, 0),
        ]
    );
    followers.put(log::kind::POINTS, 5, 1, &[b"whatever it is of"]);
    assert_eq!(kinds(&received(&mut followers, one, now)), [(log::kind::POINTS, 5, 1)]);
}

#[test]
fn a_state_that_cannot_be_made_leaves_as_many_messages() {
    let now = Instant::now();
    let (mut followers, one) = (followers(0, now), client(1));
    followers.add((one, 0), &[], &kept(&[(1, 5)]), now);
    followers.begin_state(one, 1, 3, false);
    followers.made_state(one, 2, Some(state(2, 7)));
    assert!(received(&mut followers, one, now).is_empty(), "that was another's");
    followers.made_state(one, 1, None);
    followers.tick(0, now);
    let sent = received(&mut followers, one, now);
    let nothing = (kind::NOTHING, 1, 0);
    assert_eq!(kinds(&sent), [nothing, nothing, nothing, (kind::COMPLETE, 0, 0)]);
    assert!(followers.heard(one, 4, now) && !followers.heard(one, 5, now), "no more were sent");
    assert!(!followers.heard(one, 3, now), "it had more");
    assert!(!followers.heard(client(2), 0, now), "it follows nobody");
}

#[test]
fn who_hears_nothing_else_hears_signs_of_life_which_do_not_count() {
    let now = Instant::now();
    let (mut followers, one) = (followers(0, now), client(1));
    followers.add((one, 0), &[], &kept(&[]), now);
    followers.tick(0, now);
    assert_eq!(kinds(&received(&mut followers, one, now)), [(kind::COMPLETE, 0, 0)]);
    let later = now + ALIVE_EVERY;
    assert_eq!(followers.due(), Some(later));
    assert!(followers.tick(0, later));
    assert_eq!(kinds(&received(&mut followers, one, later)), [(kind::ALIVE, 0, 0)]);
    assert!(followers.heard(one, 1, later) && !followers.heard(one, 2, later));
    // Also while a state is made.
    followers.add((one, 0), &[], &kept(&[(1, 5)]), later);
    followers.begin_state(one, 1, 1, false);
    let later = later + ALIVE_EVERY;
    assert!(followers.tick(0, later));
    assert_eq!(kinds(&received(&mut followers, one, later)), [(kind::ALIVE, 0, 0)]);
}

#[test]
fn who_says_nothing_or_is_far_behind_is_let_go() {
    let now = Instant::now();
    let mut followers = followers(0, now);
    followers.add((client(1), 0), &[], &kept(&[]), now);
    followers.add((client(2), 0), &[], &kept(&[]), now);
    followers.tick(0, now);
    let end = now + SILENT_MAX;
    assert!(followers.heard(client(2), 1, end));
    followers.tick(0, end - Duration::from_nanos(1));
    assert_eq!(followers.next_dismissed(), None);
    followers.tick(0, end);
    assert_eq!(followers.next_dismissed(), Some(client(1)));
    assert_eq!(followers.next_dismissed(), None);
    // 2 has the end of its states waiting, too.
    let waits = followers.list().next().expect("2").backlog_bytes;
    let head = goxel_store::stream::HEAD_BYTES as u64;
    let payload = vec![0; (BACKLOG_BYTES_MAX - waits - head) as usize];
    followers.put(log::kind::CALL, 1, 6, &[&payload]);
    followers.tick(0, end);
    assert_eq!(followers.next_dismissed(), None, "as much as may wait");
    followers.put(log::kind::CALL, 1, 7, &[]);
    followers.tick(0, end);
    assert_eq!(followers.next_dismissed(), Some(client(2)));
    assert_eq!(followers.list().count(), 0);
}

/// A follower that has every project, and has said so.
fn complete(followers: &mut Followers, of: Client, commit: u64, now: Instant) {
    followers.add((of, 0), &[], &kept(&[]), now);
    followers.tick(commit, now);
    assert!(followers.heard(of, 1, now));
}

#[test]
fn edits_are_settled_when_enough_followers_have_them() {
    let now = Instant::now();
    let mut followers = followers(2, now);
    complete(&mut followers, client(1), 0, now);
    complete(&mut followers, client(2), 0, now);
    complete(&mut followers, client(3), 0, now);
    assert!(followers.admit().is_ok());
    followers.put(log::kind::CALL, 1, 6, &[]);
    followers.committed(1, now);
    followers.put(log::kind::CALL, 1, 7, &[]);
    followers.committed(2, now);
    assert_eq!(followers.settled(2), 0);
    assert!(followers.heard(client(1), 3, now));
    assert_eq!(followers.settled(2), 0, "one has both");
    assert!(followers.heard(client(3), 2, now));
    assert_eq!(followers.settled(2), 1, "and the other one");
    assert!(followers.heard(client(2), 3, now));
    assert_eq!(followers.settled(2), 2);
    // Who leaves takes nothing back.
    followers.remove(client(1), now);
    followers.remove(client(2), now);
    assert_eq!(followers.settled(2), 2);
}

#[test]
fn edits_that_wait_too_long_end_so_and_later_ones_are_refused() {
    let now = Instant::now();
    let mut followers = followers(1, now);
    complete(&mut followers, client(1), 0, now);
    complete(&mut followers, client(2), 0, now);
    followers.put(log::kind::CALL, 1, 6, &[]);
    followers.committed(1, now);
    let end = now + Duration::from_secs(10);
    assert_eq!(followers.due(), Some(end), "there is something to send, so it need not be told");
    assert!(followers.heard(client(1), 1, end), "it lives, and says no more");
    assert!(followers.tick(1, end - Duration::from_nanos(1)));
    assert!(!followers.tick(1, end), "nobody may be told that it is done");
    assert_eq!(followers.settled(1), 1, "it is not waited for any more");
    let dismissed = [followers.next_dismissed(), followers.next_dismissed()];
    assert_eq!(dismissed, [Some(client(1)), Some(client(2))]);
    assert!(followers.tick(1, end));
    let refusal = followers.settling.refusal(end).expect("none is there");
    assert!(refusal.contains("--ack-followers 1") && refusal.contains("0 has"), "{refusal}");
    complete(&mut followers, client(3), 1, end);
    assert_eq!(followers.settling.refusal(end), None);
}

#[test]
fn followers_may_come_for_as_long_as_edits_may_wait() {
    let now = Instant::now();
    let followers = followers(1, now);
    let end = now + Duration::from_secs(10);
    assert_eq!(followers.settling.refusal(end - Duration::from_nanos(1)), None);
    assert!(followers.settling.refusal(end).is_some());
}

#[test]
fn what_is_long_is_copied_by_who_makes_it_and_sent_in_pieces() {
    let now = Instant::now();
    let mut followers = followers(0, now);
    for of in [client(1), client(2)] {
        complete(&mut followers, of, 0, now);
        received(&mut followers, of, now);
    }
    let long: Vec<u8> = (0..700_000_u32).map(|at| at as u8).collect();
    let copied =
        Copied { bytes: long.as_slice().into(), checksum: goxel_store::stream::checksum(&long) };
    followers.put(log::kind::CALL, 1, 6, &[b"first"]);
    followers.put_copied(log::kind::CALL, 1, 7, &copied);
    followers.put(log::kind::CALL, 1, 8, &[b"last"]);
    assert_eq!(Arc::strong_count(&copied.bytes), 3, "all share it");
    let sent = received(&mut followers, client(2), now);
    let call = |version| (log::kind::CALL, 1, version);
    assert_eq!(kinds(&sent), [call(6), call(7), call(8)]);
    assert!(sent[1].payload == long && sent[2].payload == b"last");
    assert!(followers.list().all(|follower| follower.backlog_bytes == 0));
    assert!(Copied::of(&long[..(64 << 10) - 1]).is_none(), "it is short");
}

#[test]
fn so_many_may_follow_and_no_more() {
    let now = Instant::now();
    let mut followers = followers(0, now);
    for number in 0..FOLLOWERS_MAX as u64 {
        assert!(followers.has_room(client(number)));
        followers.add((client(number), 0), &[], &kept(&[]), now);
    }
    assert!(!followers.has_room(client(FOLLOWERS_MAX as u64)));
    assert!(followers.has_room(client(1)), "it begins anew");
    followers.remove(client(1), now);
    assert!(followers.has_room(client(FOLLOWERS_MAX as u64)));
}
