//! Our JSON reader over a public suite of texts: what must be taken is taken, what must be refused
//! is refused, and where a reader is free it does what `serde_json` does.

use std::fs;

use goxel_proto::RequestView;
use goxel_proto::json::{Reader, Value};

use crate::world::root;

/// Every text with its file's name.
fn texts() -> Vec<(String, Vec<u8>)> {
    let folder = root().join("tests/json_test_suite/test_parsing");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let texts: Vec<_> = files
        .map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap()))
        .collect();
    assert_eq!(texts.len(), 318, "the suite is whole");
    texts
}

fn is_taken(text: &[u8]) -> bool {
    Value::parse(text).is_ok()
}

#[test]
fn what_must_be_taken_and_what_must_be_refused() {
    for (name, text) in texts() {
        match &name[..2] {
            "y_" => assert!(is_taken(&text), "{name}"),
            "n_" => assert!(!is_taken(&text), "{name}"),
            _ => {}
        }
    }
}

#[test]
fn what_serde_json_takes_is_what_is_taken() {
    for (name, text) in texts() {
        // Into a value, since text that is only passed over is not looked at as closely.
        let theirs = serde_json::from_slice::<serde_json::Value>(&text);
        // We keep numbers as they were written, so none is too large to be read.
        let theirs = match theirs {
            Err(error) if error.to_string().starts_with("number out of range") => true,
            theirs => theirs.is_ok(),
        };
        assert_eq!(is_taken(&text), theirs, "{name}");
    }
}

/// As the parameters of a request, a text is passed over first and checked later: the outcome must
/// be the same.
#[test]
fn parameters_are_held_to_the_same() {
    for (name, text) in texts() {
        let mut request = br#"{"jsonrpc":"2.0","method":"ping","params":"#.to_vec();
        request.extend_from_slice(&text);
        request.extend_from_slice(b",\"id\":1}");
        let found = match RequestView::read(&request) {
            Ok(view) => view.params.is_none_or(|params| params.check().is_ok()),
            // What is no array or object is refused for that, after it was found to be JSON.
            Err(refusal) => refusal.error.message.contains("params must be"),
        };
        assert_eq!(found, is_taken(&text) && fits_one_level_deeper(&text), "{name}");
    }
}

fn fits_one_level_deeper(text: &[u8]) -> bool {
    let nested = [b"[", text, b"]"].concat();
    Reader::new(&nested).value().is_ok()
}
