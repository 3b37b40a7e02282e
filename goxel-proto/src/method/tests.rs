//! What holds for every row.

use std::collections::HashSet;

use super::*;
use crate::json::Value;

#[test]
fn parameters_fit_the_slots() {
    for method in Method::ALL {
        let row = method.info();
        assert!(row.params.len() <= crate::args::PARAMS_MAX, "{}", row.name);
        assert!(row.positional <= row.params.len(), "{}", row.name);
    }
    assert_eq!(Method::ALL.len(), Method::COUNT);
}

#[test]
fn constants_name_their_rows() {
    assert_eq!(Method::Echo.info().name, "echo");
    assert_eq!(Method::Undo.info().name, "goxel.undo");
    assert_eq!(Method::Copy.info().name, "goxel.copy");
    assert_eq!(Method::ExecuteScript.index() + 1, Method::COUNT);
}

#[test]
fn every_row_is_whole() {
    let mut names = HashSet::new();
    for row in Method::ALL.iter().map(|method| method.info()) {
        assert!(names.insert(row.name), "{} is there twice", row.name);
        assert!(!row.title.is_empty() && row.title.len() <= 40, "{}: {}", row.name, row.title);
        assert!(row.about.ends_with('.'), "{}: {}", row.name, row.about);
        assert!(!row.examples.is_empty(), "{} has no example", row.name);
        assert!(!row.undoable || row.does == Does::Edits, "{}", row.name);
        fields(row.name, row.params);
        for example in row.examples {
            for text in [example.params, example.result] {
                assert!(Value::parse(text.as_bytes()).is_ok(), "{}: {text}", row.name);
            }
        }
        kind(row.name, &row.result);
    }
}

fn fields(place: &str, fields: &[Field]) {
    let mut names = HashSet::new();
    for field in fields {
        for name in field.names.split('|') {
            assert!(names.insert(name), "{place}: {name} is there twice");
        }
        assert!(field.about.ends_with('.'), "{place}: {}: {}", field.name(), field.about);
        if let Some(default) = field.default {
            assert!(!field.required, "{place}: {} is required and has a default", field.name());
            assert!(Value::parse(default.as_bytes()).is_ok(), "{place}: {default}");
        }
        kind(place, &field.kind);
    }
}

fn kind(place: &str, of: &Kind) {
    match of.plain() {
        Kind::Object(members) => fields(place, members),
        Kind::Array { of, min, max } => {
            assert!(min <= max, "{place}");
            kind(place, of);
        }
        Kind::Bulk(inner) => kind(place, inner),
        Kind::AnyOf(kinds) => kinds.iter().for_each(|one| kind(place, one)),
        _ => {}
    }
}

/// A method's list is fetched by old clients that read eight kilobytes once.
#[test]
fn names_and_titles_are_short() {
    let entry = |row: &Row| {
        r#"{ "method": "", "description": "" }, "#.len() + row.name.len() + row.title.len()
    };
    let bytes: usize = Method::ALL.iter().map(|method| entry(method.info())).sum();
    assert!(bytes < 8000, "{bytes}");
}

/// Fields are told from most keys by bit masks, which must not tell one from its own name.
#[test]
fn a_field_is_known_by_its_names_and_no_others() {
    let fields = || Method::ALL.iter().flat_map(|method| method.info().params);
    let names = || fields().flat_map(|field| field.names.split('|'));
    let near = names().flat_map(|name| {
        [name.to_owned(), format!("{name}s"), name[1..].to_owned(), name.to_uppercase()]
    });
    let keys: std::collections::BTreeSet<String> =
        near.chain([String::new(), "x".repeat(67), "x|y".to_owned(), "|".to_owned()]).collect();
    for field in fields() {
        for key in &keys {
            let expected = field.names.split('|').any(|name| name == key);
            assert_eq!(field.is(key.as_bytes()), expected, "{key} and {}", field.names);
        }
    }
}
