//! The OpenRPC document that `rpc.discover` answers with.

use super::{one_line, schema};
use crate::json::{Value, Writer};
use crate::method::{Does, Example, Field, Files, Method, Row, Runs};

/// The version of OpenRPC that the document is written in.
const OPENRPC: &str = "1.3.2";

/// Writes the OpenRPC document of a daemon of this version.
pub fn openrpc(version: &str, w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("openrpc", OPENRPC);
        w.key("info").object(|w| {
            w.member("title", "Goxel");
            w.member("version", version);
        });
        w.key("methods").array(|w| {
            Method::ALL.iter().for_each(|each| w.item().object(|w| method(each.info(), w)));
        });
    });
}

fn method(row: &Row, w: &mut Writer<'_>) {
    w.member("name", row.name);
    w.member("summary", row.title);
    w.member("description", row.about);
    w.member("paramStructure", "either");
    effects(row, w);
    w.key("params").array(|w| {
        row.params.iter().for_each(|param| w.item().object(|w| parameter(param, w)));
    });
    w.key("result").object(|w| {
        w.member("name", "result");
        w.key("schema").object(|w| schema::kind(&row.result, w));
    });
    w.key("errors").array(|w| {
        w.item().object(|w| {
            w.member("code", row.code as i32);
            w.member("message", row.code.about());
        });
    });
    let named = row.examples.iter().filter(|example| example.params.starts_with('{'));
    w.key("examples").array(|w| {
        named.enumerate().for_each(|(index, one)| w.item().object(|w| example(index, one, w)));
    });
}

/// What a call does, in members of our own.
fn effects(row: &Row, w: &mut Writer<'_>) {
    if !row.aliases.is_empty() {
        w.key("x-aliases").array(|w| row.aliases.iter().for_each(|name| w.element(*name)));
    }
    w.member("x-does", does(row.does));
    w.member("x-files", files(row.files));
    w.member("x-runs", runs(row.runs));
    w.member("x-undoable", row.undoable);
    w.member("x-repeatable", row.repeatable);
    w.member("x-positional", row.positional);
}

/// What a call does to projects, in a word.
pub(super) fn does(does: Does) -> &'static str {
    match does {
        Does::Neither => "neither",
        Does::Reads => "reads",
        Does::Edits => "edits",
        Does::Manages => "manages",
        Does::Governs => "governs",
    }
}

/// What a call does to files, in a word.
pub(super) fn files(files: Files) -> &'static str {
    match files {
        Files::None => "none",
        Files::Reads => "reads",
        Files::Writes => "writes",
        Files::ReadsAndWrites => "reads and writes",
    }
}

/// Where a call runs, in a word.
pub(super) fn runs(runs: Runs) -> &'static str {
    match runs {
        Runs::Loop => "loop",
        Runs::Worker => "worker",
        Runs::Either => "either",
    }
}

fn parameter(param: &Field, w: &mut Writer<'_>) {
    w.member("name", param.name());
    w.member("description", param.about);
    w.member("required", param.required);
    if param.aliases().next().is_some() {
        w.key("x-aliases").array(|w| param.aliases().for_each(|name| w.element(name)));
    }
    w.key("schema").object(|w| schema::field(param, w));
}

fn example(index: usize, example: &Example, w: &mut Writer<'_>) {
    w.member("name", format!("example {}", index + 1));
    w.key("params").array(|w| {
        // The rows' own text: a test reads every example.
        let text = one_line(example.params);
        let Ok(params) = Value::parse(text.as_bytes()) else { return };
        for (key, value) in params.members() {
            w.item().object(|w| {
                w.member("name", key.decode().as_ref());
                w.key("value").raw(value.raw());
            });
        }
    });
    w.key("result").object(|w| {
        w.member("name", "result");
        w.key("value").raw(one_line(example.result).as_bytes());
    });
}
