//! What the tests of commands have in common.

use clap::Parser as _;
use goxel_client::Requests;
use goxel_proto::json::Value;

use super::values::{raw, text};
use super::{Action as _, OutputStyle, Request};
use crate::args::{Command, Line, shield};

pub(crate) fn parse(words: &str) -> Command {
    let words = shlex::split(words).unwrap();
    Line::try_parse_from(words.into_iter().map(|word| shield(word.into()))).unwrap().command
}

/// The words are refused.
pub(crate) fn parse_error(words: &str) {
    let parts = shlex::split(words).unwrap();
    let parsed = Line::try_parse_from(parts.into_iter().map(|word| shield(word.into())));
    assert!(parsed.is_err(), "{words}");
}

/// The command, which is a request.
pub(crate) fn request(words: &str) -> Request {
    match parse(words) {
        Command::Request(request) => request,
        other => panic!("{other:?} is no request"),
    }
}

/// `method params` of each request that the command makes.
pub(crate) fn sends(words: &str, expected: &[&str]) {
    let mut requests = Requests::new(1, Some("p"));
    request(words).build(&mut requests).unwrap();
    let text = std::str::from_utf8(requests.bytes()).unwrap();
    let found: Vec<_> = text.lines().map(shortened).collect();
    assert_eq!(found, expected, "{words}");
}

fn shortened(line: &str) -> String {
    let value = Value::parse(line.as_bytes()).unwrap();
    format!("{} {}", text(&value, "method"), raw(&value.get("params").unwrap()))
}

/// What is printed of the results, without colours.
pub(crate) fn shows(words: &str, results: &[&str], expected: &str) {
    assert_eq!(shown(words, results, false), expected, "{words}");
}

/// What is printed of the results.
pub(crate) fn shown(words: &str, results: &[&str], colour: bool) -> String {
    let results: Vec<_> =
        results.iter().map(|text| Value::parse(text.as_bytes()).unwrap()).collect();
    request(words).show(&results, OutputStyle { colour, quiet: false }).unwrap()
}
