//! Messages come back as they were, and what is no message is refused.

use std::io::ErrorKind;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// More than any message of these tests.
const MAX: u64 = 1 << 20;

fn bytes(write: impl Fn(&mut Vec<u8>) -> std::io::Result<()>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    bytes
}

fn data() -> impl Strategy<Value = Vec<u8>> {
    // Now and then more than is copied.
    prop_oneof![4 => vec(any::<u8>(), 0..40), 1 => vec(any::<u8>(), 4090..5000)]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::Evaluate),
        any::<String>().prop_map(Action::Registered),
        any::<String>().prop_map(Action::Export),
        (any::<String>(), data()).prop_map(|(path, bytes)| Action::Import(path, bytes)),
    ]
}

fn run() -> impl Strategy<Value = Run> {
    let texts = (any::<String>(), any::<String>(), any::<String>());
    (texts, action(), any::<[u64; 3]>(), data()).prop_map(
        |((source, name, args), action, numbers, state)| {
            let [seed, heap_max, voxels_max] = numbers;
            Run { source, name, action, args, seed, heap_max, voxels_max, state }
        },
    )
}

fn to_worker() -> impl Strategy<Value = ToWorker> {
    prop_oneof![
        run().prop_map(|run| ToWorker::Run(Box::new(run))),
        data().prop_map(ToWorker::Tiles),
        data().prop_map(ToWorker::Places),
        any::<String>().prop_map(ToWorker::Result),
        any::<String>().prop_map(ToWorker::Error),
        any::<String>().prop_map(ToWorker::Stop),
    ]
}

fn done() -> impl Strategy<Value = Done> {
    let texts = || vec(any::<String>(), 0..4);
    (any::<String>(), data(), data(), texts(), vec((any::<String>(), texts()), 0..4)).prop_map(
        |(value, change, written, scripts, formats)| Done {
            value,
            change,
            written,
            scripts,
            formats,
        },
    )
}

fn failed() -> impl Strategy<Value = Failed> {
    (any::<[String; 4]>(), any::<[u32; 2]>()).prop_map(
        |([name, message, stack, source_line], [line, column])| Failed {
            name,
            message,
            line,
            column,
            stack,
            source_line,
        },
    )
}

fn to_daemon() -> impl Strategy<Value = ToDaemon> {
    prop_oneof![
        (any::<[bool; 2]>(), any::<u64>()).prop_map(|([seccomp, landlock], address_space)| {
            ToDaemon::Ready(Ready { seccomp, landlock, address_space })
        }),
        (any::<u32>(), data()).prop_map(|(layer, places)| ToDaemon::Tiles(layer, places)),
        any::<u32>().prop_map(ToDaemon::Places),
        (any::<[String; 2]>(), data()).prop_map(|([method, params], change)| {
            ToDaemon::Ask(Ask { method, params, change })
        }),
        any::<String>().prop_map(ToDaemon::Print),
        any::<[u64; 2]>().prop_map(|[done, of]| ToDaemon::Progress(done, of)),
        done().prop_map(ToDaemon::Done),
        failed().prop_map(ToDaemon::Failed),
    ]
}

proptest! {
    #[test]
    fn messages_to_a_worker_come_back_one_after_another(messages in vec(to_worker(), 1..4)) {
        let written = bytes(|out| messages.iter().try_for_each(|message| message.write(out)));
        let mut from = written.as_slice();
        for message in &messages {
            prop_assert_eq!(&ToWorker::read(&mut from, MAX).unwrap(), message);
        }
        prop_assert!(from.is_empty());
    }

    #[test]
    fn messages_to_a_daemon_come_back_one_after_another(messages in vec(to_daemon(), 1..4)) {
        let written = bytes(|out| messages.iter().try_for_each(|message| message.write(out)));
        let mut from = written.as_slice();
        for message in &messages {
            prop_assert_eq!(&ToDaemon::read(&mut from, MAX).unwrap(), message);
        }
        prop_assert!(from.is_empty());
    }

    #[test]
    fn a_message_that_is_cut_is_refused(message in to_daemon(), at in any::<prop::sample::Index>()) {
        let written = bytes(|out| message.write(out));
        let cut = at.index(written.len());
        let error = ToDaemon::read(&mut &written[..cut], MAX).unwrap_err();
        prop_assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn a_message_with_a_wrong_byte_is_read_or_refused(
        message in to_worker(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut written = bytes(|out| message.write(out));
        let at = at.index(written.len());
        written[at] = byte;
        if let Err(error) = ToWorker::read(&mut written.as_slice(), MAX) {
            prop_assert!(matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidData));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        let framed = |kind| [&[kind], &(bytes.len() as u64).to_le_bytes()[..], &bytes].concat();
        for kind in 0..=0x90 {
            let _ = ToWorker::read(&mut framed(kind).as_slice(), MAX);
            let _ = ToDaemon::read(&mut framed(kind).as_slice(), MAX);
        }
    }
}

#[test]
fn a_message_may_be_as_long_as_the_limit_and_no_longer() {
    let message = ToDaemon::Print("x".repeat(92));
    let written = bytes(|out| message.write(out));
    assert_eq!(ToDaemon::read(&mut written.as_slice(), 100).unwrap(), message);
    let error = ToDaemon::read(&mut written.as_slice(), 99).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    assert!(error.to_string().contains("a message of 100 bytes, where 99 are the most"), "{error}");
}

#[test]
fn a_field_does_not_reach_over_the_end_of_its_message() {
    let mut written = bytes(|out| ToDaemon::Print("abc".to_owned()).write(out));
    written[9] = 4;
    written.push(b'd');
    let error = ToDaemon::read(&mut written.as_slice(), MAX).unwrap_err();
    assert!(error.to_string().contains("a field of 4 bytes, where 3 are left"), "{error}");
}

#[test]
fn a_message_of_the_other_direction_is_refused() {
    let written = bytes(|out| ToDaemon::Places(1).write(out));
    let error = ToWorker::read(&mut written.as_slice(), MAX).unwrap_err();
    assert!(error.to_string().contains("kind 131"), "{error}");
}

#[test]
fn bytes_behind_the_last_field_are_refused() {
    let mut written = bytes(|out| ToWorker::Places(Vec::new()).write(out));
    written[1] += 2;
    written.extend_from_slice(b"xy");
    let error = ToWorker::read(&mut written.as_slice(), MAX).unwrap_err();
    assert!(error.to_string().contains("2 bytes behind the last field"), "{error}");
}
