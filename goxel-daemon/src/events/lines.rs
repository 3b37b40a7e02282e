//! [`Lines`]: the events of a window as notifications, written once for all who are told them.

use std::rc::Rc;

use goxel_core::{ChangedArea, Identity};
use goxel_proto::json::Writer;
use goxel_proto::response;
use goxel_proto::types::{EventKind, Word as _};

use super::kinds::Wants;
use super::notes::{Fate, JobNote};
use super::span::{By, Span};
use super::window::{OfProject, Steps, Window};

/// The name of the notification.
const NOTIFICATION: &str = "goxel.event";
/// What is told to who did not read.
const MISSED: &str = "missed";

/// Whom events are written for.
#[derive(Clone, Copy)]
pub(super) struct For<'a> {
    pub(super) wants: &'a Wants,
    /// The number of its connection, where it is not told of its own doing.
    pub(super) but_by: Option<u64>,
}

impl For<'_> {
    fn hears(&self, project: Option<u64>, kind: EventKind, by: By) -> bool {
        let is_own = self.but_by.is_some_and(|client| by == By::One(client));
        !is_own && self.wants.has(project, kind)
    }
}

/// Notifications, a line each, and what each is about.
#[derive(Debug, Default)]
pub(super) struct Lines {
    bytes: Vec<u8>,
    lines: Vec<Line>,
    is_overfull: bool,
}

#[derive(Debug)]
struct Line {
    project: Option<u64>,
    kind: EventKind,
    by: By,
    end: usize,
}

impl Lines {
    /// Those of a window.
    pub(super) fn of(window: &Window) -> Self {
        let mut of = Self { is_overfull: window.is_overfull, ..Self::default() };
        each(window, |event| {
            response::notification(&mut of.bytes, NOTIFICATION, |w| event.write(w));
            let Event { project, kind, by, .. } = event;
            of.lines.push(Line { project, kind, by, end: of.bytes.len() });
        });
        of
    }

    /// Passes on those that somebody wants.
    pub(super) fn put(&self, whom: For<'_>, out: &mut Vec<u8>) {
        let mut start = 0;
        for line in &self.lines {
            if whom.hears(line.project, line.kind, line.by) {
                out.extend_from_slice(&self.bytes[start..line.end]);
            }
            start = line.end;
        }
        if self.is_overfull {
            put_missed(&Window::default(), whom, out);
        }
    }
}

/// Writes the events that somebody wants as elements of an array.
pub(super) fn write_events(window: &Window, whom: For<'_>, w: &mut Writer<'_>) {
    each(window, |event| {
        if whom.hears(event.project, event.kind, event.by) {
            event.write(w.item());
        }
    });
    if window.is_overfull {
        write_missed(&Window::default(), whom, w.item());
    }
}

/// Tells somebody who did not read what was missed of this.
pub(super) fn put_missed(window: &Window, whom: For<'_>, out: &mut Vec<u8>) {
    response::notification(out, NOTIFICATION, |w| write_missed(window, whom, w));
}

fn write_missed(window: &Window, whom: For<'_>, w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("kind", MISSED);
        let wanted = |(number, _): &(&u64, &OfProject)| !whom.wants.of(Some(**number)).is_empty();
        let mut projects = window.projects.iter().filter(wanted).peekable();
        if window.is_overfull || projects.peek().is_none() {
            return;
        }
        w.key("projects").array(|w| {
            for (number, of) in projects {
                w.item().object(|w| {
                    w.member("project", &*of.name);
                    w.member("project_id", Identity::of(*number).to_string());
                    if let Some(span) = of.span() {
                        write_span(span, w);
                    }
                });
            }
        });
    });
}

impl OfProject {
    /// The versions of all that happened to it.
    fn span(&self) -> Option<Span> {
        let spans = [
            self.change.as_ref().map(|merged| merged.span),
            self.layers.as_ref().map(|merged| merged.span),
            self.scene.as_ref().map(|merged| merged.span),
            self.history.as_ref().map(|merged| merged.span),
        ];
        let union = |a: Span, b: Span| Span { from: a.from.min(b.from), to: a.to.max(b.to), ..a };
        spans.into_iter().flatten().reduce(union)
    }
}

/// An event, to be written.
struct Event<'a> {
    project: Option<u64>,
    kind: EventKind,
    by: By,
    name: Option<&'a Rc<str>>,
    span: Option<Span>,
    what: What<'a>,
}

/// What an event tells beside.
enum What<'a> {
    Area(&'a ChangedArea),
    Looks(&'a ChangedArea),
    Nothing,
    Steps(&'a Steps),
    Fate(&'a Fate),
    Job(&'a JobNote),
}

/// Every event of a window: what became of projects first, so that the names of the others are known.
fn each(window: &Window, mut act: impl FnMut(Event<'_>)) {
    for fate in &window.fates {
        act(Event {
            project: Some(fate.number),
            kind: EventKind::Project,
            by: fate.by,
            name: Some(&fate.name),
            span: None,
            what: What::Fate(fate),
        });
    }
    for (number, of) in &window.projects {
        let event = |kind, span: Span, what| Event {
            project: Some(*number),
            kind,
            by: span.by,
            name: Some(&of.name),
            span: Some(span),
            what,
        };
        if let Some(change) = &of.change {
            act(event(EventKind::Change, change.span, What::Area(&change.what)));
        }
        if let Some(layers) = &of.layers {
            act(event(EventKind::Layers, layers.span, What::Looks(&layers.what)));
        }
        if let Some(scene) = &of.scene {
            act(event(EventKind::Scene, scene.span, What::Nothing));
        }
        if let Some(history) = &of.history {
            act(event(EventKind::History, history.span, What::Steps(&history.what)));
        }
    }
    for note in window.jobs.values() {
        act(Event {
            project: note.project,
            kind: EventKind::Job,
            by: note.by,
            name: None,
            span: None,
            what: What::Job(note),
        });
    }
}

impl Event<'_> {
    fn write(&self, w: &mut Writer<'_>) {
        w.object(|w| {
            w.member("kind", self.kind.name());
            match self.what {
                What::Fate(fate) => w.member("what", fate.what.name()),
                What::Steps(steps) => w.member("what", steps.last.name()),
                What::Job(note) => w.member("what", note.what.name()),
                What::Area(_) | What::Looks(_) | What::Nothing => {}
            }
            if let Some(name) = self.name {
                w.member("project", &**name);
            }
            if let Some(number) = self.project {
                w.member("project_id", Identity::of(number).to_string());
            }
            if let Some(span) = self.span {
                write_span(span, w);
            }
            self.what.write(w);
        });
    }
}

fn write_span(span: Span, w: &mut Writer<'_>) {
    w.member("version_from", span.from);
    w.member("version_to", span.to);
}

impl What<'_> {
    fn write(&self, w: &mut Writer<'_>) {
        match self {
            Self::Area(area) => {
                write_box(area, w);
                write_tiles(area, w);
            }
            Self::Looks(area) => write_box(area, w),
            Self::Nothing => {}
            Self::Steps(steps) => w.member("steps", steps.count),
            Self::Fate(fate) => {
                if let Some(from) = &fate.from {
                    w.member("from", &**from);
                }
                if let Some(version) = fate.version {
                    w.member("version_to", version);
                }
            }
            Self::Job(note) => write_job(note, w),
        }
    }
}

fn write_box(area: &ChangedArea, w: &mut Writer<'_>) {
    match area.bounds().map(|bounds| bounds.corners()) {
        Some(Some((min, max))) => w.key("box").object(|w| {
            w.member("min", min);
            w.member("max", max);
        }),
        // A tile at the end of the range has no box that can be told.
        Some(None) => w.member("anywhere", true),
        None if area.is_anywhere() => w.member("anywhere", true),
        None => {}
    }
}

fn write_tiles(area: &ChangedArea, w: &mut Writer<'_>) {
    if let Some(tiles) = area.tiles() {
        w.key("tiles").array(|w| tiles.iter().copied().for_each(|tile| w.element(tile.min())));
    }
}

fn write_job(note: &JobNote, w: &mut Writer<'_>) {
    w.member("job", note.job);
    w.member("method", note.method.info().name);
    w.member("done", note.done);
    w.member("total", note.total);
    w.member("unit", note.unit);
    if let Some(code) = note.error {
        w.member("error", code);
    }
}
