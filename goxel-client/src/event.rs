//! [`Event`]: what the daemon tells a connection that subscribed, beside its replies; [`Kept`]: those that
//! came while something else was waited for.

use std::collections::VecDeque;

use goxel_proto::json::Value;
use goxel_proto::types::{EventKind, Happening, Pos, Word as _};

/// Events that are kept while replies are waited for: those of a minute of one busy project. Where there are
/// more they are dropped, and one that says so takes their place.
pub(crate) const KEPT_MAX: usize = 1024;

/// What notifications of events begin with, as goxel-daemon writes them.
const EVENT: &[u8] = b"{ \"jsonrpc\": \"2.0\", \"method\": \"goxel.event\"";

/// Something that happened: a notification `goxel.event`, or an element of what `goxel.poll` gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// What it is about; `None` where events were missed, so that everything is to be read again.
    pub kind: Option<EventKind>,
    /// What happened, of projects as wholes, histories and jobs.
    pub what: Option<Happening>,
    /// What the project is called now.
    pub project: Option<String>,
    /// What tells it from every other one.
    pub project_id: Option<String>,
    /// The version before the first of it.
    pub version_from: Option<u64>,
    /// The version behind the last of it.
    pub version_to: Option<u64>,
    /// The lowest and the highest voxel of what changed, which both belong to it.
    pub bounds: Option<(Pos, Pos)>,
    /// The lowest voxel of each tile of 16 x 16 x 16 voxels that something changed in, where that is told.
    pub tiles: Option<Vec<Pos>>,
    /// Whether it may be anywhere.
    pub anywhere: bool,
    /// How many steps of the history were gone.
    pub steps: Option<u64>,
    /// What the project was called before.
    pub from: Option<String>,
    /// How far a job is.
    pub job: Option<Job>,
    /// Of which projects something was missed; all, where it is empty and the kind is `None`.
    pub missed: Vec<Missed>,
    /// All of it, as it was told.
    pub json: String,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its number, by which it can be cancelled.
    pub number: u64,
    /// What was called.
    pub method: String,
    /// How much is done.
    pub done: u64,
    /// How much there is to do; 0 where nobody knows.
    pub total: u64,
    /// What it is counted in.
    pub unit: String,
    /// The code of its error, where it came to one.
    pub error: Option<i64>,
}

/// What was missed of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// What it is called.
    pub project: String,
    /// What tells it from every other one.
    pub project_id: String,
    /// The versions before and behind it.
    pub versions: Option<(u64, u64)>,
}

impl Event {
    /// Reads the object that tells it; `None` where that is none, or of a kind that is not known here.
    #[must_use]
    pub fn read(value: &Value<'_>) -> Option<Self> {
        let kind = text(value, "kind")?;
        let kind = match EventKind::named(&kind) {
            None if kind != "missed" => return None,
            kind => kind,
        };
        let bounds = value
            .get("box")
            .and_then(|bounds| Some((corner(&bounds.get("min")?)?, corner(&bounds.get("max")?)?)));
        let tiles =
            value.get("tiles").map(|tiles| tiles.elements().filter_map(|at| corner(&at)).collect());
        let missed = value.get("projects");
        Some(Self {
            kind,
            what: text(value, "what").and_then(|what| Happening::named(&what)),
            project: text(value, "project"),
            project_id: text(value, "project_id"),
            version_from: number(value, "version_from"),
            version_to: number(value, "version_to"),
            bounds,
            tiles,
            anywhere: value.get("anywhere").is_some(),
            steps: number(value, "steps"),
            from: text(value, "from"),
            job: Job::read(value),
            missed: missed.iter().flat_map(Value::elements).filter_map(Missed::read).collect(),
            json: String::from_utf8_lossy(value.raw()).into_owned(),
        })
    }

    /// Some were missed, nobody knows which.
    fn missed() -> Self {
        Self { json: r#"{ "kind": "missed" }"#.to_owned(), ..Self::default() }
    }
}

impl Job {
    fn read(value: &Value<'_>) -> Option<Self> {
        let error = value.get("error").and_then(|code| code.as_number()?.to_i64());
        Some(Self {
            number: number(value, "job")?,
            method: text(value, "method")?,
            done: number(value, "done")?,
            total: number(value, "total")?,
            unit: text(value, "unit")?,
            error,
        })
    }
}

impl Missed {
    fn read(value: Value<'_>) -> Option<Self> {
        let versions = number(&value, "version_from").zip(number(&value, "version_to"));
        Some(Self {
            project: text(&value, "project")?,
            project_id: text(&value, "project_id")?,
            versions,
        })
    }
}

fn text(value: &Value<'_>, name: &str) -> Option<String> {
    Some(value.get(name)?.as_str()?.decode().into_owned())
}

fn number(value: &Value<'_>, name: &str) -> Option<u64> {
    u64::try_from(value.get(name)?.as_number()?.to_i64()?).ok()
}

fn corner(value: &Value<'_>) -> Option<Pos> {
    let axes = value.elements().map(|axis| i32::try_from(axis.as_number()?.to_i64()?).ok());
    let axes: Vec<i32> = axes.collect::<Option<_>>()?;
    <[i32; 3]>::try_from(axes).ok().map(Pos::from)
}

/// Events that nobody has asked for yet, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Kept(VecDeque<Event>);

impl Kept {
    /// Takes in what a line tells. False where it is no event.
    pub(crate) fn take_line(&mut self, line: &[u8]) -> bool {
        if !line.starts_with(EVENT) {
            return false;
        }
        let event = Value::parse(line).ok().and_then(|line| Event::read(&line.get("params")?));
        // One of a kind that is not known here is passed over.
        self.0.extend(event);
        if self.0.len() > KEPT_MAX {
            self.0.clear();
            self.0.push_back(Event::missed());
        }
        true
    }

    /// The oldest.
    pub(crate) fn next(&mut self) -> Option<Event> {
        self.0.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(params: &str) -> Vec<u8> {
        format!("{{ \"jsonrpc\": \"2.0\", \"method\": \"goxel.event\", \"params\": {params} }}\n")
            .into()
    }

    fn read(params: &str) -> Option<Event> {
        let mut kept = Kept::default();
        assert!(kept.take_line(&line(params)), "{params}");
        kept.next()
    }

    #[test]
    fn events_are_read_as_they_are_told() {
        let change = read(
            r#"{ "kind": "change", "project": "p", "project_id": "4x7m2k9qfd", "version_from": 3, "version_to": 9, "box": { "min": [ 1, 2, 3 ], "max": [ 4, -5, 6 ] }, "tiles": [ [ 0, -16, 0 ] ] }"#,
        )
        .expect("an event");
        assert_eq!(change.kind, Some(EventKind::Change));
        assert_eq!((change.version_from, change.version_to), (Some(3), Some(9)));
        assert_eq!(change.bounds, Some((Pos::new(1, 2, 3), Pos::new(4, -5, 6))));
        assert_eq!(change.tiles, Some(vec![Pos::new(0, -16, 0)]));
        assert!(!change.anywhere && change.json.ends_with("] ] }"), "{}", change.json);
        let job = read(
            r#"{ "kind": "job", "what": "failed", "job": 7, "method": "goxel.save_project", "done": 1, "total": 2, "unit": "voxels", "error": -1032 }"#,
        );
        let job = job.and_then(|event| event.job).expect("a job");
        assert_eq!((job.number, job.done, job.error), (7, 1, Some(-1032)));
        let missed = read(
            r#"{ "kind": "missed", "projects": [ { "project": "p", "project_id": "4x7m2k9qfd", "version_from": 3, "version_to": 9 } ] }"#,
        )
        .expect("an event");
        assert_eq!((missed.kind, missed.missed.len()), (None, 1));
        assert_eq!(missed.missed[0].versions, Some((3, 9)));
        assert_eq!(read(r#"{ "kind": "later" }"#), None, "of a daemon that knows more");
        assert!(!Kept::default().take_line(br#"{ "jsonrpc": "2.0", "result": 1, "id": 2 }"#));
    }

    #[test]
    fn so_many_are_kept_and_then_it_is_told_that_some_are_missed() {
        let mut kept = Kept::default();
        let line = line(r#"{ "kind": "scene", "project": "p" }"#);
        for _ in 0..KEPT_MAX {
            assert!(kept.take_line(&line));
        }
        assert_eq!(kept.0.len(), KEPT_MAX);
        assert!(kept.take_line(&line));
        assert_eq!((kept.next(), kept.next()), (Some(Event::missed()), None));
    }
}
