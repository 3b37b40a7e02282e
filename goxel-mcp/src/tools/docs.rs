//! The tools as a section of `docs/MCP.md`.

use std::fmt::Write as _;

use serde_json::Value;

use super::TOOLS;
use crate::tool::{Effect, Object, Tool};

/// All tools in Markdown: a table, then each with its arguments and what it gives.
#[must_use]
pub fn markdown() -> String {
    let mut page = "| tool | what for | |\n|---|---|---|\n".to_owned();
    // Writing to a string does not fail, here and below.
    for tool in TOOLS {
        let Tool { name, title, .. } = tool;
        let _ = writeln!(page, "| [`{name}`](#{name}) | {title} | {} |", effect(tool));
    }
    TOOLS.iter().for_each(|tool| section(&mut page, tool));
    page
}

/// What a call does, in words.
fn effect(tool: &Tool) -> &'static str {
    match (tool.effect, tool.idempotent) {
        (Effect::Reads, _) => "reads",
        (Effect::Adds, _) => "adds",
        (Effect::Changes, true) => "changes, can be undone, can be repeated",
        (Effect::Changes, false) => "changes, can be undone",
        (Effect::Destroys, _) => "may replace or remove for good, where asked for by name",
    }
}

fn section(page: &mut String, tool: &Tool) {
    let _ = write!(page, "\n### `{}`\n\n{}\n\n*{}*\n", tool.name, tool.about, effect(tool));
    let input = (tool.input)();
    table(page, "argument", &input);
    table(page, "result", &(tool.output)());
    for example in input.get("examples").and_then(Value::as_array).into_iter().flatten() {
        let _ = write!(page, "\n```json\n{example}\n```\n");
    }
}

/// The members of an object by its schema, those that have to be there first.
fn table(page: &mut String, what: &str, schema: &Object) {
    let Some(members) = schema.get("properties").and_then(Value::as_object) else { return };
    let required = schema.get("required").and_then(Value::as_array);
    let is_required =
        |name: &str| required.is_some_and(|all| all.iter().any(|other| other == name));
    if members.is_empty() {
        return;
    }
    let _ = write!(page, "\n| {what} | is | |\n|---|---|---|\n");
    for first in [true, false] {
        for (name, member) in members.iter().filter(|(name, _)| is_required(name) == first) {
            let optional = if first { "" } else { "?" };
            let about = member["description"].as_str().unwrap_or_default().replace('|', "\\|");
            let _ = writeln!(page, "| `{name}`{optional} | {} | {about} |", words(member));
        }
    }
}

/// What a schema allows, in words.
fn words(schema: &Value) -> String {
    if let Some(names) = schema["enum"].as_array() {
        let names: Vec<String> = names.iter().map(Value::to_string).collect();
        return with_default(names.join(", "), schema);
    }
    let types = match &schema["type"] {
        Value::String(one) => one.clone(),
        Value::Array(several) => {
            several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    };
    let limit = |key: &str, word: &str| match &schema[key] {
        Value::Null => String::new(),
        limit => format!(" {word} {limit}"),
    };
    let of = match &schema["items"] {
        Value::Object(items) if !items.is_empty() => format!(" of {}", words(&schema["items"])),
        _ => String::new(),
    };
    let count = match (&schema["minItems"], &schema["maxItems"]) {
        (Value::Null, Value::Null) => String::new(),
        (min, max) if min == max => format!(", {min}"),
        (min, Value::Null) => format!(", {min} or more"),
        (Value::Null, max) => format!(", up to {max}"),
        (min, max) => format!(", {min} to {max}"),
    };
    let text = format!("{types}{of}{count}{}{}", limit("minimum", "from"), limit("maximum", "to"));
    with_default(text, schema)
}

fn with_default(text: String, schema: &Value) -> String {
    match &schema["default"] {
        Value::Null => text,
        default => format!("{text}; {default}"),
    }
}
