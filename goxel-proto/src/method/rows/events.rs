//! What connections are told of beside their replies: events.

use super::super::kind::{Field, Kind, Named, may, named, needs};
use super::super::row::{Example, Row};
use super::rows;
use super::shared::{BOUNDS, CELL, NAME, PROJECT_ID, SUCCESS, word};
use crate::error::ErrorCode;
use crate::types::{EventKind, Happening};

const KIND: Kind = word::<EventKind>();
const VERSION_FROM: Field = may("version_from", Kind::COUNT, "The version before the first of it.");
const VERSION_TO: Field = may("version_to", Kind::COUNT, "The version behind the last of it.");

const MISSED: Kind = Kind::Object(&[
    may("project", Kind::Text, "What it is called."),
    PROJECT_ID,
    VERSION_FROM,
    VERSION_TO,
]);

/// What a connection is told.
pub(super) const EVENT: Named = Named {
    name: "Event",
    what: "an event {kind, ...}",
    about: "What a connection that called `goxel.subscribe` is told, as the parameters of a notification \
            `goxel.event` or by `goxel.poll`. What happens within `every_ms` is merged: one event a project and \
            kind, over all of its versions; only what becomes of a project and each job are told one by one. \
            Nothing is told of a transaction before its commit, and with `--durability always` nothing before \
            it is on the disk. `change` tells where voxels of layers changed: reading its `box` again, or its \
            `tiles`, is enough. `layers` has a `box` where the picture may be another by that, though no voxel \
            is. `missed` comes once to a connection that did not read what it was told, in the place of all \
            that: read again what it names, or everything where it names nothing.",
    kind: Kind::Object(&[
        needs("kind", Kind::AnyOf(&[KIND, Kind::Exactly("missed")]), "What it is about."),
        may(
            "what",
            word::<Happening>(),
            "What happened, of project, history and job; of history the last.",
        ),
        may("project", Kind::Text, "What the project is called now."),
        PROJECT_ID.optional(),
        VERSION_FROM,
        VERSION_TO,
        may("box", BOUNDS, "What holds all that changed."),
        may(
            "tiles",
            Kind::list(&CELL),
            "The lowest voxel of each tile of 16 x 16 x 16 voxels that something changed in; not told \
             where they are over 256.",
        ),
        may("anywhere", Kind::True, "That it may be anywhere: there is no box then."),
        may("steps", Kind::COUNT, "How many steps of the history were gone."),
        may("from", Kind::Text, "What it was called before, where it was renamed."),
        may("job", Kind::COUNT, "The number of the job."),
        may("method", Kind::Text, "What was called."),
        may("done", Kind::COUNT, "How far the job is."),
        may("total", Kind::COUNT, "How far it goes; 0 where nobody knows."),
        may("unit", Kind::Text, "What both are counted in, roughly."),
        may("error", Kind::INT, "The code of the job's error."),
        may(
            "projects",
            Kind::list(&MISSED),
            "Of which projects something was missed, and which versions.",
        ),
    ]),
};

const PROJECTS: Field = may(
    "projects|project",
    Kind::AnyOf(&[Kind::list(&Kind::Text), Kind::Text]),
    "Which projects, each by its name or its project_id, or one of them; all where it is not said.",
);
const KINDS: Field = may(
    "kinds",
    Kind::Array { of: &KIND, min: 1, max: 16 },
    "What about; everything where it is not said.",
)
.or(r#"["change", "project", "layers", "scene", "history", "job"]"#);
const EVERY: Kind = Kind::Integer { min: 50, max: 60_000 };

rows! {
    after super::versions::END;

    Subscribe: Row::system("goxel.subscribe")
        .about(
            "Be told of changes",
            "Has this connection be told what happens to projects, by whomever: notifications goxel.event come \
             between its replies, or it asks with goxel.poll. It begins with what comes behind the reply. Another \
             call adds projects and kinds; every_ms, notify and own hold for the connection, as they were said \
             last. A project stays subscribed where it is renamed, replaced, or closed and opened again. What a \
             connection does itself it is told, too: with own false, what was merged of its own doing alone is \
             left out. Nothing is queued for who does not read: that one is told once that it missed some.",
        )
        .params(&[
            PROJECTS,
            KINDS,
            named("every_ms", EVERY, "For how long events are merged, from the first: the next of 50, 100, \
                200, 500, 1000, 2000, 5000, 10000, 20000 and 60000; 50 at first.").in_unit("milliseconds"),
            named("notify", Kind::Bool, "Whether by notifications; true at first. Else goxel.poll tells."),
            named("own", Kind::Bool, "Whether of what this connection does, too; true at first."),
        ])
        .gives(&[
            SUCCESS,
            needs("every_ms", EVERY, "For how long events are merged.").in_unit("milliseconds"),
            needs("notify", Kind::Bool, "Whether notifications come."),
            needs("own", Kind::Bool, "Whether it is told of what it does itself."),
            needs("subscriptions", Kind::list(&Kind::Object(&[
                PROJECT_ID.optional(),
                needs("kinds", Kind::list(&KIND), "What about."),
            ])), "All that it is told of now; without a project_id of all projects."),
        ])
        .examples(&[Example::of(r#"{"projects": ["garden"], "kinds": ["change"], "notify": false}"#, r#"{"success": true, "every_ms": 50, "notify": false, "own": true, "subscriptions": [{"project_id": "4x7m2k9qfd", "kinds": ["change"]}]}"#).shortened()]);

    Poll: Row::system("goxel.poll").once()
        .about(
            "Ask what has happened",
            "Gives the events since the last time, merged over all of it and without waiting for every_ms; they \
             are not told again. Where this connection called goxel.subscribe with notify false, this is how it \
             is told.",
        )
        .gives(&[needs("events", Kind::list(&Kind::Named(&EVENT)), "What has happened.")])
        .examples(&[Example::of("{}", r#"{"events": [{"kind": "change", "project": "garden", "project_id": "4x7m2k9qfd", "version_from": 7, "version_to": 8, "box": {"min": [9, 9, 9], "max": [9, 9, 9]}, "tiles": [[0, 0, 0]]}]}"#).shortened()]);

    Unsubscribe: Row::system("goxel.unsubscribe")
        .about(
            "Be told no longer",
            "Has this connection be told no longer of some projects, or kinds, or of anything. What happened \
             before is not told any more either, but for what is on its way.",
        )
        .params(&[PROJECTS, KINDS])
        .gives(&[SUCCESS, needs("subscriptions", Kind::COUNT, "How many are left: projects, and one for all.")])
        .examples(&[Example::of("{}", r#"{"success": true, "subscriptions": 0}"#)]);

    RenameProject: Row::manages("goxel.rename_project", ErrorCode::Internal)
        .about(
            "Rename a project",
            "Gives a project another name, open or not; its project_id, its history and its versions stay. The \
             old name is free then. It is no step that can be undone, and not while a transaction is open on \
             the project.",
        )
        .params(&[
            needs("name|project", Kind::Text, "Which one, by its name or its project_id."),
            needs("to|new_name", Kind::Text, "What it is to be called: 1 to 255 bytes, and no other project's \
                name."),
        ])
        .gives(&[SUCCESS, NAME, PROJECT_ID, needs("version", Kind::COUNT, "The version that this made.")])
        .examples(&[Example::of(r#"{"name": "meadow", "to": "heath"}"#, r#"{"success": true, "name": "heath", "project_id": "yh2d8p1s6c", "version": 3}"#)]);
}
