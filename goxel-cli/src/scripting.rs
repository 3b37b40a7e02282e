//! [`Scripting`]: a script that runs: what it prints as it comes, then its value and what it has changed; where
//! it fails, the place and the line, as compilers show them.

use std::io::Write;

use anyhow::{Context as _, Result};
use goxel_client::{Client, Requests};
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};

use crate::commands::{self, counted};
use crate::output::Output;
use crate::thrown::Thrown;

/// A script that is to run.
pub(crate) struct Scripting<'a> {
    /// What errors call it.
    pub(crate) name: &'a str,
    /// Writes the members of the call.
    pub(crate) write: Box<dyn Fn(&mut Writer<'_>) + 'a>,
}

/// What is told of it.
#[derive(Clone, Copy)]
pub(crate) enum Telling<'a> {
    /// Its result as one line, which this makes of it.
    Json(&'a dyn Fn(&Value<'_>) -> String),
    /// What it printed, and its value.
    Value,
    /// That, and what it has changed.
    All,
}

/// Voxels that a command has set, and that it has removed.
pub(crate) type Counts = (u64, u64);

impl Scripting<'_> {
    /// Runs the script.
    ///
    /// # Errors
    /// [`Thrown`] where it fails; where the daemon refuses it, or the connection breaks.
    pub(crate) fn run<W: Write>(
        &self,
        client: &mut Client,
        project: Option<&str>,
        telling: Telling<'_>,
        output: &mut Output<W>,
    ) -> Result<Counts> {
        let is_json = matches!(telling, Telling::Json(_));
        let mut requests = Requests::new(client.next_id(), project);
        // What it prints comes with the news of its progress.
        requests.tell_progress(!is_json);
        requests.call(Method::ExecuteScript, |writer| (self.write)(writer));
        // It goes to standard output past what is gathered here.
        output.flush()?;
        client.take_heard();
        let results = client.call_all(&requests)?;
        let heard = client.take_heard();
        let result = results.last().context("the daemon was asked nothing")?;
        let result = Value::parse(result)?;
        if let Some(error) = result.get("error") {
            print_rest(&result, if is_json { usize::MAX } else { heard }, output)?;
            return Err(thrown(self.name, &error).into());
        }
        match telling {
            Telling::Json(line) => output.line(&line(&result))?,
            Telling::Value | Telling::All => {
                print_rest(&result, heard, output)?;
                output.line(&value(&result))?;
            }
        }
        if let Telling::All = telling {
            output.line(&changes(&result))?;
        }
        let changed = result.get("changed");
        let count = |name| changed.as_ref().map_or(0, |changed| commands::count(changed, name));
        Ok((count("added"), count("removed")))
    }
}

/// Prints what it printed and nobody has seen yet.
fn print_rest<W: Write>(result: &Value<'_>, heard: usize, output: &mut Output<W>) -> Result<()> {
    let all = result.get("output").and_then(|text| text.as_str());
    let all = all.map_or_else(String::new, |text| text.decode().into_owned());
    output.bytes(all.as_bytes().get(heard..).unwrap_or_default())?;
    let cut = commands::count(result, "output_cut");
    if cut > 0 {
        crate::error::complain(&format!("goxel-cli: {cut} bytes that it printed were not kept"));
    }
    Ok(())
}

/// Its value: text as it is, all else as JSON.
fn value(result: &Value<'_>) -> String {
    let Some(value) = result.get("value") else { return String::new() };
    match value.as_str() {
        Some(text) => text.decode().into_owned(),
        None => String::from_utf8_lossy(value.raw()).into_owned(),
    }
}

/// What it has changed, in words.
fn changes(result: &Value<'_>) -> String {
    let Some(changed) = result.get("changed") else { return String::new() };
    let count = |name| commands::count(&changed, name);
    let voxels = [
        ("added", count("added")),
        ("removed", count("removed")),
        ("recoloured", count("recoloured")),
    ];
    let mut parts: Vec<String> = Vec::new();
    for (word, number) in voxels.into_iter().filter(|(_, number)| *number > 0) {
        let what = if parts.is_empty() { counted(number, "voxel") } else { number.to_string() };
        parts.push(format!("{what} {word}"));
    }
    let layers = changed.get("layers");
    for layer in layers.iter().flat_map(Value::elements) {
        let fate = commands::text(&layer, "fate");
        if fate != "changed" {
            parts.push(format!("layer {} {fate}", commands::text(&layer, "name")));
        }
    }
    let would = if result.get("dry_run").is_some() { "would be: " } else { "" };
    match parts.is_empty() {
        true => format!("{would}no voxel changed"),
        false => format!("{would}{}", parts.join(", ")),
    }
}

/// What a script has thrown, as the daemon tells it.
fn thrown(script: &str, error: &Value<'_>) -> Thrown {
    let number = |name| commands::count(error, name);
    Thrown::new(
        script,
        &format!("{}: {}", commands::text(error, "name"), commands::text(error, "message")),
        (number("line"), usize::try_from(number("column")).unwrap_or(usize::MAX)),
        &commands::text(error, "source_line"),
        String::from_utf8_lossy(error.raw()).into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use goxel_client::testing as fake;

    use super::*;

    fn run(result: &'static str, is_json: bool) -> (Result<Counts>, String) {
        let mut bytes = Vec::new();
        let mut client = fake::daemon(move |_, _, _| Ok(result.to_owned())).0;
        let mut output = Output::new(&mut bytes);
        let script = Scripting { name: "a.js", write: Box::new(|_| ()) };
        let line = |value: &Value<'_>| String::from_utf8_lossy(value.raw()).into_owned();
        let telling = if is_json { Telling::Json(&line) } else { Telling::All };
        let ran = script.run(&mut client, None, telling, &mut output);
        (ran, String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_script_tells_what_it_printed_its_value_and_what_it_changed() {
        let done = r#"{"success": true, "value": [1, 2], "output": "hi\n", "changed": {"added": 3, "removed": 0, "recoloured": 1, "layers": [{"name": "a", "fate": "added"}]}}"#;
        let (ran, shown) = run(done, false);
        assert_eq!(
            (ran.unwrap(), shown.as_str()),
            ((3, 0), "hi\n[1, 2]\n3 voxels added, 1 recoloured, layer a added\n")
        );
        let (_, shown) = run(r#"{"value": "text", "dry_run": true, "changed": {}}"#, false);
        assert_eq!(shown, "text\nwould be: no voxel changed\n");
        let (_, shown) = run(r#"{"success": true, "value": 1}"#, true);
        assert_eq!(shown, "{\"success\": true, \"value\": 1}\n");
    }

    #[test]
    fn what_it_throws_is_told_with_its_place() {
        let failed = r#"{"success": false, "output": "a\n", "error": {"name": "TypeError", "message": "no", "line": 2, "column": 4, "source_line": "ab\tcd"}}"#;
        let (ran, shown) = run(failed, false);
        let error = ran.unwrap_err();
        assert_eq!(
            (error.to_string().as_str(), shown.as_str()),
            ("a.js:2:4: TypeError: no", "a\n")
        );
        let thrown: &Thrown = error.downcast_ref().unwrap();
        assert_eq!(thrown.whole(), "a.js:2:4: TypeError: no\n  ab cd\n     ^");
    }
}
