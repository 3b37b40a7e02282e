//! What is JSON and what is not, and that `serde_json` agrees.

use super::reader::Result;
use super::*;
use crate::limits::DEPTH_MAX;
use proptest::prelude::*;

fn check(text: &str, expected: Result<Kind<'_>>) {
    assert_eq!(Value::parse(text.as_bytes()).map(|value| value.kind()), expected, "{text}");
}

fn bad(text: &str, offset: usize, what: &'static str) {
    check(text, Err(SyntaxError { offset, what }));
}

#[test]
fn what_is_json() {
    check(" null ", Ok(Kind::Null));
    check("[1, {\"a\": [true, false]}, -0.5e+3]", Ok(Kind::Array));
    check("{}", Ok(Kind::Object));
    bad("[1,]", 3, "expected a value");
    bad("{\"a\" 1}", 5, "expected ':'");
    bad("{'a': 1}", 1, "expected a name in double quotes");
    bad("[1", 2, "expected ',' or ']'");
    bad("01", 1, "a number may not begin with 0");
    bad("-", 1, "expected a digit");
    bad("1.e3", 2, "expected a digit");
    bad("\"a\u{1}\"", 2, "a control character in a string");
    bad("\"\\q\"", 1, "an unknown escape");
    bad("\"\\ud800\"", 7, "half of a surrogate pair");
    bad("\"abc", 4, "a string without an end");
    bad("1 2", 2, "more text after the value");
    bad("", 0, "the text ends too early");
}

#[test]
fn bytes_that_are_not_text() {
    let error = SyntaxError { offset: 2, what: "not UTF-8" };
    assert_eq!(Value::parse(b"\"a\xff\""), Err(error));
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let limit = DEPTH_MAX as usize;
    assert!(Value::parse(nested(limit).as_bytes()).is_ok());
    bad(&nested(limit + 1), limit, "nested too deep");
    for depth in [limit, limit + 1] {
        let theirs = serde_json::from_str::<serde_json::Value>(&nested(depth)).is_ok();
        assert_eq!(theirs, depth == limit, "{depth}");
    }
    bad(&"[".repeat(1 << 20), limit, "nested too deep");
}

#[test]
fn strings_are_decoded() {
    let text = r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#;
    let value = Value::parse(text.as_bytes()).unwrap();
    let decoded = value.as_str().unwrap().decode();
    assert_eq!(decoded, "\"\\/\u{8}\u{c}\n\r\té😀é");
}

#[test]
fn the_last_of_equal_names_counts() {
    let value = Value::parse(br#"{"a": 1, "\u0061": 2, "b": 3}"#).unwrap();
    assert_eq!(value.get("a").and_then(|v| v.as_number()?.to_i64()), Some(2));
    assert_eq!(value.get("c"), None);
}

fn like_json() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "a",
            "\\u00e9",
            "\\ud83d\\ude00",
            "\\",
            "1",
            "-",
            "0",
            ".5",
            "e7",
            "true",
            "null",
            " ",
            "\n",
            "\u{1}",
            "é",
            "\"k\":",
            "[1]",
        ]),
        0..12,
    )
    .prop_map(|parts| parts.concat())
}

/// Whether `serde_json` takes a text. To us numbers are text and none is too large; it stops at the
/// first that no float holds, before it sees what follows. So it gets the text with zeros for the
/// digits of its exponents, which is JSON where the text is: in strings, a hexadecimal `e` with
/// zeros behind it is half of a surrogate pair only where it was one.
pub(super) fn taken_by_serde_json(text: &str) -> bool {
    let (mut same, mut in_exponent) = (String::new(), false);
    for letter in text.chars() {
        in_exponent =
            matches!(letter, 'e' | 'E') || in_exponent && matches!(letter, '+' | '-' | '0'..='9');
        same.push(if in_exponent && letter.is_ascii_digit() { '0' } else { letter });
    }
    // Into a value: what they only pass over they do not check as closely.
    serde_json::from_str::<serde_json::Value>(&same).is_ok()
}

#[test]
fn texts_that_one_reader_once_read_otherwise() {
    for (text, taken) in [
        ("1e700", true),
        ("1e700{", false),
        ("[1e700}", false),
        ("[-1E+700,1e-700]", true),
        ("[1e+-700]", false),
        (r#""\\ud83d\ude00""#, false),
        (r#""\ud83d\ude001""#, true),
    ] {
        assert_eq!(Value::parse(text.as_bytes()).is_ok(), taken, "{text}");
        assert_eq!(taken_by_serde_json(text), taken, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]
    #[test]
    fn what_serde_json_takes_is_what_is_taken(text in like_json()) {
        let taken = Value::parse(text.as_bytes()).is_ok();
        prop_assert_eq!(taken, taken_by_serde_json(&text), "{}", text);
    }

    #[test]
    fn strings_mean_what_serde_json_says(text: String) {
        let json = serde_json::to_string(&text).unwrap();
        let value = Value::parse(json.as_bytes()).unwrap();
        prop_assert_eq!(value.as_str().unwrap().decode(), text);
    }
}
