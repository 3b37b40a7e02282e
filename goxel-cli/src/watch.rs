//! `watch`: a line whenever the project changes.

use std::io::Write;
use std::time::Duration;

use anyhow::Result;
use goxel_client::Client;
use goxel_proto::json::Value;

use crate::args::Watch;
use crate::changes;
use crate::commands::{count, counted, text};
use crate::output::Output;
use crate::session::Printing;

/// Prints a line at first, and then at every change, until the reader of the lines goes away.
///
/// # Errors
/// Where the connection breaks.
pub(crate) fn run<W: Write>(
    words: &Watch,
    project: Option<&str>,
    printing: Printing,
    client: &mut Client,
    output: &mut Output<W>,
) -> Result<()> {
    let mut lines = 0;
    changes::each(client, project, Duration::from_millis(words.every), |_, state| {
        let line = if printing.json { json(state) } else { describe(state)? };
        output.line(&line)?;
        output.flush()?;
        lines += 1;
        Ok(words.count.is_none_or(|count| lines < count) && !output.is_closed())
    })
}

fn describe(state: &[Vec<u8>]) -> Result<String> {
    let [status, history] = state else { return Ok("no project".to_owned()) };
    let (status, history) = (Value::parse(status)?, Value::parse(history)?);
    Ok(format!(
        "{}: {}, {}, {} to undo, {} to redo",
        text(&status, "name"),
        counted(count(&status, "layer_count"), "layer"),
        counted(count(&status, "voxel_count"), "voxel"),
        count(&history, "undo"),
        count(&history, "redo"),
    ))
}

fn json(state: &[Vec<u8>]) -> String {
    let part =
        |at: usize| state.get(at).map_or("null".into(), |bytes| String::from_utf8_lossy(bytes));
    format!("{{ \"status\": {}, \"history\": {} }}", part(0), part(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use goxel_client::testing as fake;

    fn run(count: u64, json: bool, refuse: bool) -> String {
        let (mut client, _) = fake::daemon(move |n, method, _| match method {
            "goxel.get_status" => {
                // The same twice, then another.
                let voxels = (n / 4).min(1);
                Ok(format!("{{\"name\": \"a\", \"layer_count\": 1, \"voxel_count\": {voxels}}}"))
            }
            _ if refuse => Err("no project"),
            _ => Ok("{\"undo\": 2, \"redo\": 0}".into()),
        });
        let mut bytes = Vec::new();
        let printing = Printing { json, ..Printing::default() };
        let words = Watch { every: 0, count: Some(count) };
        super::run(&words, None, printing, &mut client, &mut Output::new(&mut bytes)).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_line_a_change() {
        assert_eq!(
            run(2, false, false),
            "a: 1 layer, 0 voxels, 2 to undo, 0 to redo\na: 1 layer, 1 voxel, 2 to undo, 0 to redo\n"
        );
        let json = run(1, true, false);
        let start = "{ \"status\": {\"name\": \"a\", ";
        assert!(json.starts_with(start) && json.ends_with("\"redo\": 0} }\n"), "{json}");
        assert_eq!(run(1, false, true), "no project\n");
    }

    #[test]
    fn it_stops_where_nobody_reads() {
        let (mut client, _) = fake::daemon(|_, _, _| Ok("{}".into()));
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let printing = Printing::default();
        let words = Watch { every: 0, count: None };
        super::run(&words, None, printing, &mut client, &mut Output::new(writer)).unwrap();
    }
}
