//! Blocks of bytes against the plain way, on texts that are JSON and on such that are nearly.

use proptest::prelude::*;

use super::blocks::Rest;
use super::check::value_by;
use super::levels::Levels;
use super::tests::taken_by_serde_json;
use super::*;
use crate::kernels;
use crate::limits::DEPTH_MAX;

/// What may be wrong, or right, wherever it stands.
const PIECES: [&str; 24] = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\\"", "\\u00e9", "-", "0", "7", ".", "e", "true",
    "nul", " ", "\n\t", "\u{1}", "é", "\"k\":", "[1]", "{}",
];

/// The end of what begins with these brackets, each followed by a member, as each way finds it; and
/// what it is.
fn check(opens: &str, text: &str) {
    let mut before = String::new();
    let mut levels = Levels::new(DEPTH_MAX);
    for open in opens.chars() {
        before.push_str(if open == '{' { "{\"a\":0,\"b\":" } else { "[0," });
        levels.open(open == '{');
    }
    if opens.ends_with('{') {
        before.push_str("0,");
    }
    let start = before.len();
    let whole = before + text;
    let bytes = whole.as_bytes();
    let expected = value_by(bytes, 0, DEPTH_MAX, |_| None).ok();
    for (name, end) in kernels::run_all(&Rest { bytes, start, levels }) {
        assert_eq!(end, expected, "{name}: {whole:?} from {start}");
    }
}

#[test]
fn ends() {
    for text in [
        "1]",
        "]",
        "1,]",
        "[]]x",
        "[[],{}] ]",
        "{\"a\":{}}]",
        "1 2]",
        "-]",
        "1]]",
        "01]",
        "-0]",
        "a]",
    ] {
        check("[", text);
        check("[[", &format!("{text}]"));
    }
    for text in [
        "\"a\":1}",
        "}",
        "1}",
        "\"a\"}",
        "\"a\" : [ ] }x",
        "\"a\":1,}",
        "\"a\":\"b\":1}",
        "\"a\",\"b\"}",
    ] {
        check("{", text);
        check("[{", &format!("{text}]"));
    }
}

#[test]
fn whatever_stands_at_the_edge_of_a_block() {
    let pieces = [
        "\"name\":1",
        "\"\":1",
        "\"a\\\\\":1",
        "\"a\" : true",
        "\"a\":-1.5e+3",
        "\"\\ud83d\\ude00é\":0",
        "\"a\":\"b\"",
        "\"a\":-",
        "\"a\":01",
        "\"a\"1:",
        "\"a\": [ ]",
        "\"a\":nul",
        "\"\\ud83d\":1",
        "\"a\":{\"b\":1}",
    ];
    for before in 0..150 {
        for piece in pieces {
            let spaces = " ".repeat(before);
            check("{", &format!("{spaces}{piece}}}"));
            check("{", &format!("\"{spaces}\":2,{piece}}}"));
            check("[", &format!("{}{{{piece}}}]", "7,".repeat(before / 2)));
        }
    }
}

#[test]
fn what_is_rare_is_looked_at_in_its_order() {
    check("[", "rue,\"\\u00e9\"]");
    check("[", "\"\\q\",1e5]");
}

#[test]
fn nesting_is_as_deep_as_elsewhere() {
    for depth in DEPTH_MAX as usize - 3..DEPTH_MAX as usize + 3 {
        check("[", &format!("{}1{}]", "[".repeat(depth), "]".repeat(depth)));
        check("[", &format!("{}{}]", "[".repeat(depth), "]".repeat(depth)));
    }
}

/// Scalars, white space and how they are put together.
fn value() -> impl Strategy<Value = String> {
    let space = || prop::sample::select(vec!["", "", "", " ", "\r\n\t  ", "          "]);
    let string = prop::sample::select(vec![
        "\"\"",
        "\"name\"",
        "\"é\"",
        "\"\\\\\"",
        "\"\\\"]\"",
        "\"a longer one: {[,]}\"",
        "\"\\ud83d\\ude00\"",
    ]);
    let scalar = prop::sample::select(vec![
        "0",
        "7",
        "-12",
        "255",
        "1234567890123",
        "-0.5",
        "1e7",
        "1E+700",
        "true",
        "false",
        "null",
    ]);
    let leaf = prop_oneof![2 => scalar, 1 => string.clone()].prop_map(str::to_owned);
    leaf.prop_recursive(4, 120, 24, move |inner| {
        let spaced = (space(), inner, space()).prop_map(|(a, value, b)| format!("{a}{value}{b}"));
        let member = (space(), string.clone(), space(), spaced.clone())
            .prop_map(|(a, name, b, value)| format!("{a}{name}{b}:{value}"));
        prop_oneof![
            prop::collection::vec(spaced, 0..24).prop_map(|parts| format!("[{}]", parts.join(","))),
            prop::collection::vec(member, 0..24)
                .prop_map(|parts| format!("{{{}}}", parts.join(","))),
        ]
    })
}

/// With pieces put in, or letters taken out, at some places.
fn bent() -> impl Strategy<Value = String> {
    let change =
        (any::<prop::sample::Index>(), prop::option::of(prop::sample::select(&PIECES[..])));
    (value(), prop::collection::vec(change, 0..3)).prop_map(|(text, changes)| {
        let mut letters: Vec<char> = text.chars().collect();
        for (at, piece) in changes {
            let at = at.index(letters.len() + 1);
            match piece {
                Some(piece) => drop(letters.splice(at..at, piece.chars())),
                None => drop(letters.splice(at..(at + 1).min(letters.len()), [])),
            }
        }
        letters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]
    #[test]
    fn blocks_end_where_bytes_end(text in bent(), opens in "[\\[{]{1,3}") {
        let closes: String =
            opens.chars().rev().map(|open| if open == '{' { '}' } else { ']' }).collect();
        let text = if opens.ends_with('{') { format!("\"n\":{text}{closes}") } else { text + &closes };
        check(&opens, &text);
    }

    #[test]
    fn long_texts_are_taken_where_serde_json_takes_them(text in bent()) {
        let text = format!("[{}{text}]", "[1], ".repeat(40));
        prop_assert_eq!(Value::parse(text.as_bytes()).is_ok(), taken_by_serde_json(&text), "{}", text);
    }

    #[test]
    fn any_bytes_do(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut levels = Levels::new(DEPTH_MAX);
        levels.open(false);
        let whole = [b"[0,", bytes.as_slice()].concat();
        let expected = value_by(&whole, 0, DEPTH_MAX, |_| None).ok();
        for (name, end) in kernels::run_all(&Rest { bytes: &whole, start: 3, levels }) {
            prop_assert_eq!(end, expected, "{}", name);
        }
    }
}
