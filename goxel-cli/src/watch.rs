//! `watch`: a line for each event, as the daemon tells it.

use std::io::Write;

use anyhow::Result;
use goxel_client::{Client, Error, Event, Job};
use goxel_proto::Method;
use goxel_proto::json::Writer;
use goxel_proto::types::{EventKind, Happening, Pos, Word as _};

use crate::args::Watch;
use crate::commands::counted;
use crate::error::explain;
use crate::listening::next;
use crate::output::Output;
use crate::session::Printing;

/// Prints a line at each event, until the reader of the lines goes away or there were as many as asked for.
///
/// # Errors
/// Where the daemon refuses, or is gone.
pub(crate) fn run<W: Write>(
    words: &Watch,
    project: Option<&str>,
    printing: Printing,
    client: &mut Client,
    output: &mut Output<W>,
) -> Result<()> {
    subscribe(words, project, client)?;
    let mut left = if words.once { Some(1) } else { words.count };
    while left != Some(0) && !output.is_closed() {
        let event = next(client)?;
        output.line(&if printing.json { event.json } else { describe(&event) })?;
        output.flush()?;
        left = left.map(|left| left - 1);
    }
    Ok(())
}

fn subscribe(words: &Watch, project: Option<&str>, client: &mut Client) -> Result<()> {
    let write = |w: &mut Writer<'_>| {
        if let Some(project) = project {
            w.key("projects").array(|w| w.element(project));
        }
        if !words.kinds.is_empty() {
            w.key("kinds").array(|w| words.kinds.iter().for_each(|kind| w.element(kind.name())));
        }
        w.member("every_ms", words.every);
    };
    match client.call(Method::Subscribe, None, write) {
        Ok(_) => Ok(()),
        Err(Error::Refused(refusal)) => {
            let argument =
                |name: &str| (name == "projects").then(|| "--project <PROJECT>".to_owned());
            Err(explain(refusal, argument).into())
        }
        Err(other) => Err(other.into()),
    }
}

/// An event in a line for people.
fn describe(event: &Event) -> String {
    let Some(kind) = event.kind else { return missed(event) };
    let mut words = vec![kind.name().to_owned()];
    words.extend(event.project.clone());
    match kind {
        EventKind::Project => words.extend(fate(event)),
        EventKind::Job => words.extend(event.job.as_ref().map(|job| progress(event.what, job))),
        EventKind::Change | EventKind::Layers | EventKind::Scene => {}
        EventKind::History => {
            let steps = counted(event.steps.unwrap_or(0), "step");
            words.push(format!("{} {steps}", event.what.map_or("", Happening::name)));
        }
    }
    words.extend(place(event));
    if let Some((from, to)) = event.version_from.zip(event.version_to) {
        words.push(format!("versions {from}..{to}"));
    }
    words.join(" ")
}

fn missed(event: &Event) -> String {
    if event.missed.is_empty() {
        return "missed some: read everything again".to_owned();
    }
    let project = |missed: &goxel_client::Missed| match missed.versions {
        Some((from, to)) => format!("{} versions {from}..{to}", missed.project),
        None => missed.project.clone(),
    };
    let projects: Vec<_> = event.missed.iter().map(project).collect();
    format!("missed {}: read again", projects.join(", "))
}

fn fate(event: &Event) -> Option<String> {
    let what = event.what?.name();
    Some(match &event.from {
        Some(from) => format!("{what} from {from}"),
        None => what.to_owned(),
    })
}

fn progress(what: Option<Happening>, job: &Job) -> String {
    let Job { number, method, done, total, unit, error } = job;
    let mut text = format!("{number} {method} {}", what.map_or("", Happening::name));
    if *total > 0 {
        text.push_str(&format!(" {done} of {total} {unit}"));
    }
    if let Some(code) = error {
        text.push_str(&format!(" (error {code})"));
    }
    text
}

fn place(event: &Event) -> Option<String> {
    if event.anywhere {
        return Some("anywhere".to_owned());
    }
    let (min, max) = event.bounds?;
    let tiles = event.tiles.as_ref().map(|tiles| counted(tiles.len() as u64, "tile"));
    let tiles = tiles.map(|tiles| format!(" in {tiles}")).unwrap_or_default();
    Some(format!("{} to {}{tiles}", corner(min), corner(max)))
}

fn corner(pos: Pos) -> String {
    format!("{},{},{}", pos.x, pos.y, pos.z)
}

#[cfg(test)]
mod tests {
    use std::net::Shutdown;
    use std::os::unix::net::UnixStream;

    use super::*;

    const EVENTS: [(&str, &str); 9] = [
        (
            r#"{ "kind": "change", "project": "a", "version_from": 3, "version_to": 9, "box": { "min": [ 0, -1, 2 ], "max": [ 4, 5, 6 ] }, "tiles": [ [ 0, -16, 0 ] ] }"#,
            "change a 0,-1,2 to 4,5,6 in 1 tile versions 3..9",
        ),
        (
            r#"{ "kind": "change", "project": "a", "version_from": 3, "version_to": 4, "anywhere": true }"#,
            "change a anywhere versions 3..4",
        ),
        (
            r#"{ "kind": "project", "what": "renamed", "project": "a", "from": "b" }"#,
            "project a renamed from b",
        ),
        (r#"{ "kind": "project", "what": "closed", "project": "a" }"#, "project a closed"),
        (
            r#"{ "kind": "history", "what": "undo", "project": "a", "steps": 2, "version_from": 3, "version_to": 5 }"#,
            "history a undo 2 steps versions 3..5",
        ),
        (
            r#"{ "kind": "job", "what": "runs", "job": 7, "method": "goxel.save_project", "done": 5, "total": 9, "unit": "voxels" }"#,
            "job 7 goxel.save_project runs 5 of 9 voxels",
        ),
        (
            r#"{ "kind": "job", "what": "failed", "job": 7, "method": "goxel.save_project", "done": 0, "total": 0, "unit": "voxels", "error": -1032 }"#,
            "job 7 goxel.save_project failed (error -1032)",
        ),
        (r#"{ "kind": "missed" }"#, "missed some: read everything again"),
        (
            r#"{ "kind": "missed", "projects": [ { "project": "a", "project_id": "4x7m2k9qfd", "version_from": 3, "version_to": 9 } ] }"#,
            "missed a versions 3..9: read again",
        ),
    ];

    /// A client of a daemon that has answered once, told these events, and says no more; and the daemon's end
    /// of the connection.
    fn told(events: &[&str]) -> (Client, UnixStream) {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut bytes = b"{ \"jsonrpc\": \"2.0\", \"result\": {}, \"id\": 1 }\n".to_vec();
        for event in events {
            let line = format!(
                "{{ \"jsonrpc\": \"2.0\", \"method\": \"goxel.event\", \"params\": {event} }}\n"
            );
            bytes.extend_from_slice(line.as_bytes());
        }
        theirs.write_all(&bytes).unwrap();
        theirs.shutdown(Shutdown::Write).unwrap();
        (Client::new(ours), theirs)
    }

    fn run(events: &[&str], words: &Watch, json: bool) -> (String, Result<()>) {
        let (mut client, _daemon) = told(events);
        let mut bytes = Vec::new();
        let printing = Printing { json, ..Printing::default() };
        let outcome = super::run(words, None, printing, &mut client, &mut Output::new(&mut bytes));
        (String::from_utf8(bytes).unwrap(), outcome)
    }

    fn words(count: Option<u64>) -> Watch {
        Watch { kinds: vec![EventKind::Change], every: 50, count, once: false }
    }

    #[test]
    fn a_line_an_event() {
        let events = EVENTS.map(|(event, _)| event);
        let expected: String = EVENTS.iter().map(|(_, line)| format!("{line}\n")).collect();
        let (found, outcome) = run(&events, &words(Some(9)), false);
        assert_eq!(found, expected);
        outcome.unwrap();
        let (found, _) = run(&events, &words(Some(1)), true);
        assert_eq!(found, format!("{}\n", EVENTS[0].0));
        let once = Watch { once: true, ..words(None) };
        assert_eq!(run(&events, &once, false).0.lines().count(), 1);
    }

    #[test]
    fn it_ends_with_the_daemon() {
        let (found, outcome) = run(&[EVENTS[0].0], &words(None), false);
        assert_eq!(found.lines().count(), 1);
        let error = outcome.unwrap_err();
        assert_eq!(crate::error::exit_status(&error), crate::error::EXIT_ABSENT);
    }

    #[test]
    fn it_stops_where_nobody_reads() {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let (mut client, _daemon) = told(&EVENTS.map(|(event, _)| event));
        let printing = Printing::default();
        super::run(&words(None), None, printing, &mut client, &mut Output::new(writer)).unwrap();
    }
}
