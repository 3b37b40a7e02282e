//! [`Scripting`]: a script that runs: what it prints as it comes, then its value and what it has changed; where
//! it fails, the place and the line, as compilers show them.

use std::fmt;
use std::io::Write;

use anyhow::Result;
use goxel_client::{Client, Requests};
use goxel_proto::json::Value;

use crate::commands::{self, Action as _, Request, counted};
use crate::output::Output;
use crate::place::Place;
use crate::session::Printing;

/// A script that is to run.
pub(crate) struct Scripting<'a> {
    /// What errors call it.
    pub(crate) name: &'a str,
}

/// Voxels that a command has set, and that it has removed.
pub(crate) type Counts = (u64, u64);

impl Scripting<'_> {
    /// Runs the script that `request` is.
    ///
    /// # Errors
    /// [`Thrown`] where it fails; where the daemon refuses it, or the connection breaks.
    pub(crate) fn run<W: Write>(
        &self,
        request: &Request,
        client: &mut Client,
        project: Option<&str>,
        printing: Printing,
        output: &mut Output<W>,
    ) -> Result<Counts> {
        let mut requests = Requests::new(client.next_id(), project);
        // What it prints comes with the news of its progress.
        requests.tell_progress(!printing.json);
        request.build(&mut requests)?;
        // It goes to standard output past what is gathered here.
        output.flush()?;
        client.take_heard();
        let results = client.call_all(&requests)?;
        let heard = client.take_heard();
        let values: Result<Vec<_>, _> = results.iter().map(|bytes| Value::parse(bytes)).collect();
        let values = values?;
        let result = commands::last(&values)?;
        if let Some(error) = result.get("error") {
            print_rest(result, if printing.json { usize::MAX } else { heard }, output)?;
            return Err(Thrown::new(self.name, &error).into());
        }
        if printing.json {
            output.line(&request.json(&values))?;
        } else {
            print_rest(result, heard, output)?;
            output.line(&value(result))?;
            if !printing.quiet && !printing.summarised {
                output.line(&changes(result))?;
            }
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

/// What a script has thrown.
#[derive(Debug)]
pub(crate) struct Thrown {
    /// What it is, and where: one line.
    line: String,
    /// The line of the script, and where in it, where that is known.
    excerpt: String,
    /// As the daemon told it: JSON.
    pub(crate) json: String,
    /// Where it was thrown: the script, line and column.
    at: Option<(String, u64, usize)>,
}

impl Thrown {
    fn new(script: &str, error: &Value<'_>) -> Self {
        let (line, column) = (commands::count(error, "line"), commands::count(error, "column"));
        let (name, message) = (commands::text(error, "name"), commands::text(error, "message"));
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        let known = (line > 0).then(|| (script.to_owned(), line, column.max(1)));
        let place = known.as_ref().map(place_of);
        let at = place.map_or_else(|| script.to_owned(), |place| place.to_string());
        let source = commands::text(error, "source_line");
        let excerpt = match source.is_empty() {
            true => String::new(),
            false => excerpt(&source, column),
        };
        let json = String::from_utf8_lossy(error.raw()).into_owned();
        Self { line: format!("{at}: {name}: {message}"), excerpt, json, at: known }
    }

    /// Where it was thrown.
    pub(crate) fn place(&self) -> Option<Place> {
        self.at.as_ref().map(place_of)
    }

    /// All that people see of it.
    pub(crate) fn whole(&self) -> String {
        format!("{}{}", self.line.replace(['\n', '\r'], " "), self.excerpt)
    }
}

fn place_of((script, line, column): &(String, u64, usize)) -> Place {
    Place { file: script.as_str().into(), line: *line, column: *column }
}

/// The line, and below it a mark at the column, if there is one.
fn excerpt(source: &str, column: usize) -> String {
    // Tabs would move the mark.
    let source = source.replace('\t', " ");
    match column {
        0 => format!("\n  {source}"),
        _ => format!("\n  {source}\n  {}^", " ".repeat(column - 1)),
    }
}

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl std::error::Error for Thrown {}

#[cfg(test)]
mod tests {
    use goxel_client::testing as fake;

    use super::*;
    use crate::commands::testing::request;

    fn run(words: &str, result: &'static str, json: bool) -> (Result<Counts>, String) {
        let mut bytes = Vec::new();
        let mut client = fake::daemon(move |_, _, _| Ok(result.to_owned())).0;
        let mut output = Output::new(&mut bytes);
        let printing = Printing { json, ..Printing::default() };
        let request = request(words);
        let ran =
            Scripting { name: "a.js" }.run(&request, &mut client, None, printing, &mut output);
        (ran, String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_script_tells_what_it_printed_its_value_and_what_it_changed() {
        let done = r#"{"success": true, "value": [1, 2], "output": "hi\n", "changed": {"added": 3, "removed": 0, "recoloured": 1, "layers": [{"name": "a", "fate": "added"}]}}"#;
        let (ran, shown) = run("script -e x", done, false);
        assert_eq!(
            (ran.unwrap(), shown.as_str()),
            ((3, 0), "hi\n[1, 2]\n3 voxels added, 1 recoloured, layer a added\n")
        );
        let (_, shown) =
            run("script -e x", r#"{"value": "text", "dry_run": true, "changed": {}}"#, false);
        assert_eq!(shown, "text\nwould be: no voxel changed\n");
        let (_, shown) = run("script -e x", r#"{"success": true, "value": 1}"#, true);
        assert_eq!(shown, "{ \"success\": true, \"value\": 1 }\n");
    }

    #[test]
    fn what_it_throws_is_told_with_its_place() {
        let failed = r#"{"success": false, "output": "a\n", "error": {"name": "TypeError", "message": "no", "line": 2, "column": 4, "source_line": "ab\tcd"}}"#;
        let (ran, shown) = run("script -e x", failed, false);
        let error = ran.unwrap_err();
        assert_eq!(
            (error.to_string().as_str(), shown.as_str()),
            ("a.js:2:4: TypeError: no", "a\n")
        );
        let thrown: &Thrown = error.downcast_ref().unwrap();
        assert_eq!(thrown.whole(), "a.js:2:4: TypeError: no\n  ab cd\n     ^");
    }
}
