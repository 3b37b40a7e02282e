//! `docs/METHODS.md`, and what the command line prints of a method.

use std::fmt::Write as _;

use super::one_line;
use super::openrpc::{does, files};
use crate::method::{Does, Field, Kind, Method, Named, Row, Words, named_kinds};

/// The page of all methods, as Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut page = String::from(OPENING);
    for method in Method::ALL {
        let row = method.info();
        let _ = writeln!(
            page,
            "| [`{0}`](#{1}) | {2} | {3} |",
            row.name,
            anchor(row.name),
            row.title,
            effects(row)
        );
    }
    page.push_str("\n# Values\n");
    named_kinds().into_iter().for_each(|named| value(&mut page, named));
    page.push_str("\n# Every method\n");
    Method::ALL.iter().for_each(|method| section(&mut page, method.info()));
    page
}

const OPENING: &str = "# Methods\n\n\
    Made from the rows in `goxel-proto/src/method/rows`; `goxel-cli methods` prints the same, and\n\
    `rpc.discover` gives it to programs, as OpenRPC with JSON Schemas.\n\n\
    Parameters are given by name, or by position in the order of their lists; those in brackets can\n\
    only be named. A bar stands between names that mean the same. A name that a method does not have\n\
    is refused, but passed over where the method is one of the C daemon's (*lenient*), whose clients\n\
    may send more than it reads. `null` counts as absent.\n\n\
    | method | | what it does |\n|---|---|---|\n";

fn anchor(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// What a call does, in a few words: `edits, undoable; on a worker`.
fn effects(row: &Row) -> String {
    let mut words = Vec::new();
    if row.does != Does::Neither {
        words.push(does(row.does).to_owned());
    }
    if row.files != crate::method::Files::None {
        words.push(format!("{} files", files(row.files)));
    }
    if row.undoable {
        words.push("undoable".into());
    }
    if row.repeatable && ![Does::Reads, Does::Neither, Does::Governs].contains(&row.does) {
        words.push("repeatable".into());
    }
    match row.runs {
        crate::method::Runs::Loop => {}
        crate::method::Runs::Worker => words.push("on a worker".into()),
        crate::method::Runs::Either => words.push("large projects on a worker".into()),
    }
    if row.lenient {
        words.push("lenient".into());
    }
    words.join(", ")
}

// Writing to a string does not fail, below.

fn value(page: &mut String, named: &Named) {
    let _ = writeln!(page, "\n## {}\n\n{}", named.name, named.about);
    if let Kind::Object(members) = named.kind.plain() {
        page.push_str("\n| member | is | |\n|---|---|---|\n");
        members.iter().for_each(|member| line(page, member));
    }
}

fn section(page: &mut String, row: &Row) {
    let _ = write!(page, "\n## `{}`\n\n{}\n", row.name, row.about);
    if !row.aliases.is_empty() {
        let _ = write!(page, "\nAlso called `{}`.\n", row.aliases.join("`, `"));
    }
    let effects = effects(row);
    let _ = write!(
        page,
        "\n*{effects}{}error {}*\n",
        if effects.is_empty() { "" } else { "; " },
        row.code as i32
    );
    if !row.params.is_empty() {
        page.push_str("\n| parameter | is | |\n|---|---|---|\n");
        row.params.iter().for_each(|param| line(page, param));
    }
    result(page, &row.result);
    for example in row.examples {
        let _ = write!(
            page,
            "\n```json\n{}\n{}\n```\n",
            one_line(example.params),
            one_line(example.result)
        );
    }
}

fn result(page: &mut String, kind: &Kind) {
    match kind {
        Kind::Object(members) => {
            page.push_str("\n| result | is | |\n|---|---|---|\n");
            members.iter().for_each(|member| self::member(page, member, ""));
        }
        Kind::AnyOf(kinds) => kinds.iter().for_each(|kind| result(page, kind)),
        _ => {}
    }
}

fn line(page: &mut String, param: &Field) {
    let names =
        param.names.split('|').map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" \\| ");
    let names = if param.named_only { format!("[{names}]") } else { names };
    let _ = writeln!(
        page,
        "| {names} | {} | {}{} |",
        cell(&what(param)),
        cell(param.about),
        words(&param.kind)
    );
}

/// What it is, whether it is needed, its unit and its default.
fn what(field: &Field) -> String {
    let mut text = field.kind.words();
    if let Some(unit) = field.unit {
        let _ = write!(text, ", in {unit}");
    }
    match field.default {
        Some(default) => drop(write!(text, "; {default}")),
        None if field.required => text.push_str("; required"),
        None => {}
    }
    text
}

/// What each of a set of words means.
fn words(kind: &Kind) -> String {
    let Kind::Word(Words { rows, .. }) = kind.plain() else { return String::new() };
    rows().iter().map(|(name, about)| format!("<br>`{name}`: {}", cell(about))).collect()
}

fn member(page: &mut String, field: &Field, inside: &str) {
    let optional = if field.required { "" } else { "?" };
    let unit = field.unit.map(|unit| format!(", in {unit}")).unwrap_or_default();
    let name = format!("{inside}{}", field.name());
    let _ = writeln!(
        page,
        "| `{name}`{optional} | {}{unit} | {} |",
        cell(&short(&field.kind)),
        cell(field.about)
    );
    match field.kind.plain() {
        Kind::Object(members) => members.iter().for_each(|m| member(page, m, &format!("{name}."))),
        Kind::Array { of, .. } => {
            if let Kind::Object(members) = of.plain() {
                members.iter().for_each(|m| member(page, m, &format!("{name}[].")));
            }
        }
        _ => {}
    }
}

/// What a member is: its own members are told below it.
fn short(kind: &Kind) -> String {
    match kind {
        Kind::Object(_) => "an object".into(),
        Kind::Array { of, .. } if matches!(of.plain(), Kind::Object(_)) => {
            "an array of objects".into()
        }
        kind => kind.words(),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A method for people at a terminal: what it does, its parameters, its result, its examples.
#[must_use]
pub fn plain(row: &Row) -> String {
    let mut text = format!("{}\n\n  {}\n", row.name, row.about);
    if !row.aliases.is_empty() {
        let _ = writeln!(text, "\n  also called {}", row.aliases.join(", "));
    }
    if !row.params.is_empty() {
        text.push_str(
            "\nParameters, in the order of the positional form; those in brackets by name only:\n",
        );
    }
    for param in row.params {
        let name = if param.named_only { format!("[{}]", param.names) } else { param.names.into() };
        let _ = writeln!(text, "  {name}: {}\n      {}", what(param), param.about);
    }
    if let Kind::Object(members) = row.result {
        text.push_str("\nResult:\n");
        for member in members {
            let optional = if member.required { "" } else { "?" };
            let (name, kind) = (member.name(), short(&member.kind));
            let _ = writeln!(text, "  {name}{optional}: {kind}\n      {}", member.about);
        }
    }
    let code = format!("errors have code {}", row.code as i32);
    let effects = effects(row);
    let _ = writeln!(text, "\n{effects}{}{code}", if effects.is_empty() { "" } else { "; " });
    for example in row.examples {
        let (params, result) = (one_line(example.params), one_line(example.result));
        let _ = writeln!(text, "\n  {params}\n  {result}");
    }
    text
}
