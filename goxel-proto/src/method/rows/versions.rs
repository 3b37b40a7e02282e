//! Older versions of projects, as far as a data directory keeps them.

use super::super::kind::{Field, Kind, may, named, needs};
use super::super::row::{Example, Row, Runs};
use super::rows;
use super::shared::{BOUNDS, ID, NAME, PROJECT, PROJECT_ID, SUCCESS, VERSION};
use crate::error::ErrorCode;

const NUMBER: Field = needs("version", Kind::COUNT, "The version of the project that is meant.");
const TIME: Field = may("time", Kind::Text, "When, in UTC, where that is known.");
const TAG: Field = needs("tag", Kind::Text, "What the version is called.");

pub(super) const ADDED: Field =
    needs("added", Kind::COUNT, "Voxels where there was none.").in_unit("voxels");
pub(super) const REMOVED: Field =
    needs("removed", Kind::COUNT, "Voxels where there is none any more.").in_unit("voxels");
pub(super) const RECOLOURED: Field =
    needs("recoloured", Kind::COUNT, "Voxels of another colour.").in_unit("voxels");
pub(super) const WITHIN: Field = may("box", BOUNDS, "What holds all of them, where there are any.");

/// Each layer that differs.
pub(super) const LAYERS: Field = needs(
    "layers",
    Kind::list(&Kind::Object(&[
        needs("id", ID, "Its id."),
        NAME,
        needs(
            "fate",
            Kind::AnyOf(&[
                Kind::Exactly("added"),
                Kind::Exactly("removed"),
                Kind::Exactly("changed"),
            ]),
            "What became of it.",
        ),
        needs(
            "changed",
            Kind::list(&Kind::Text),
            "What differs beside its voxels: name, visible, mode, material, transform, bounds, picture.",
        ),
        ADDED,
        REMOVED,
        RECOLOURED,
        WITHIN,
    ])),
    "Each that differs.",
);
pub(super) const REORDERED: Field =
    needs("reordered", Kind::Bool, "Whether the layers that both have lie in another order.");
pub(super) const OTHER_PARTS: Field = needs(
    "changed",
    Kind::list(&Kind::Text),
    "What else differs: name, image_box, active_layer, materials, cameras, light, palette.",
);

rows! {
    after super::following::END;

    ListVersions: Row::reads("goxel.list_versions", ErrorCode::Storage).runs(Runs::Worker)
        .about(
            "List the versions of the project",
            "Lists the versions that the data directory still has of a project, newest first: each can be \
             had back with goxel.restore. Voxels that were set one by one within a second are one entry, \
             and so is a transaction; what is inside of one that is not committed is none. The project \
             need not be open.",
        )
        .params(&[
            may("limit", Kind::Integer { min: 1, max: 1000 }, "How many at the most.").or("20"),
            may("before", Kind::COUNT, "Only those before this version."),
            named("tagged", Kind::Bool, "Only those that have a tag.").or("false"),
            PROJECT,
        ])
        .gives(&[
            NAME,
            PROJECT_ID,
            needs("count", Kind::COUNT, "How many were told."),
            needs("more", Kind::Bool, "Whether there are older ones."),
            needs(
                "versions",
                Kind::list(&Kind::Object(&[
                    NUMBER,
                    TIME,
                    may("method", Kind::Text, "What was called to make it, where that is known."),
                    may("opened", Kind::True, "That the project was made or loaded then, or took the place of \
                        what it was before."),
                    needs("edits", Kind::COUNT, "How many versions it stands for, up to this one."),
                    may("voxels", Kind::COUNT, "How many voxels were set, where that is known.").in_unit("voxels"),
                    may("tags", Kind::list(&Kind::Text), "What it is called, where it has names."),
                ])),
                "Each of them.",
            ),
        ])
        .examples(&[Example::of(r#"{"limit": 2}"#, r#"{"name": "garden", "project_id": "4x7m2k9qfd", "count": 2, "more": true, "versions": [{"version": 9, "time": "2026-11-27T08:15:04Z", "method": "goxel.undo", "edits": 1}, {"version": 8, "time": "2026-11-27T08:15:04Z", "method": "goxel.add_voxel", "edits": 1, "voxels": 1}]}"#).kept()]);

    Restore: Row::manages("goxel.restore", ErrorCode::Storage).runs(Runs::Worker)
        .about(
            "Restore an older version",
            "Makes a project of what this one was, and works on it from then on; or, in place, makes the layers \
             and the scene of this one what they were, as one step that can be undone. Its name and its image \
             box stay then. Says which version it is by one of version, time and tag.",
        )
        .params(&[
            may("version", VERSION, "Which one."),
            named("time", Kind::AnyOf(&[Kind::COUNT, Kind::Text]), "What it was at this time: in milliseconds \
                since 1970, or as a time of UTC, or so long ago, as `15m`, `2h`, `3d`."),
            named("tag", Kind::Text, "The one of this name."),
            named("name", Kind::Text, "What the new project is called; the project's name, `@` and the version \
                where it is not said."),
            named("in_place", Kind::Bool, "Whether the project itself goes back.").or("false"),
            named("replace", Kind::Bool, "Whether a project of the new name may be replaced though it is in no \
                file as it is.").or("false"),
            PROJECT,
        ])
        .gives(&[
            SUCCESS,
            NAME,
            PROJECT_ID,
            NUMBER,
            needs("in_place", Kind::Bool, "Whether it is the project itself."),
            may("unchanged", Kind::True, "That it was so already: there is nothing to be undone."),
        ])
        .examples(&[
            Example::of(r#"{"version": 3, "name": "old"}"#, r#"{"success": true, "name": "old", "project_id": "yh2d8p1s6c", "version": 3, "in_place": false}"#).kept(),
            Example::of(r#"{"version": 3, "in_place": true}"#, r#"{"success": true, "name": "garden", "project_id": "4x7m2k9qfd", "version": 3, "in_place": true}"#).kept(),
        ]);

    Diff: Row::reads("goxel.diff", ErrorCode::Storage).runs(Runs::Worker)
        .about(
            "Compare two versions",
            "Says what differs between two versions of a project: voxels of all layers by number and box, each \
             layer that differs, and what else does. Tiles that both share are not looked into.",
        )
        .params(&[
            needs("from", VERSION, "The one before."),
            may("to", VERSION, "The one after; what the project is now where it is not said."),
            PROJECT,
        ])
        .gives(&[
            needs("from", Kind::COUNT, "The version before."),
            needs("to", Kind::COUNT, "The version after."),
            ADDED, REMOVED, RECOLOURED, WITHIN,
            needs("boxes", Kind::Array { of: &BOUNDS, min: 0, max: 64 }, "Where voxels differ: boxes of whole \
                tiles, as fine as so few allow."),
            LAYERS, REORDERED,
            OTHER_PARTS,
        ])
        .examples(&[Example::of(r#"{"from": 3}"#, r#"{"from": 3, "to": 9, "added": 16, "removed": 0, "recoloured": 0, "box": {"min": [2, 2, 1], "max": [3, 3, 4]}, "boxes": [{"min": [0, 0, 0], "max": [15, 15, 15]}], "layers": [{"id": 2, "name": "tower", "fate": "changed", "changed": [], "added": 16, "removed": 0, "recoloured": 0, "box": {"min": [2, 2, 1], "max": [3, 3, 4]}}], "reordered": false, "changed": ["materials", "cameras", "palette"]}"#).kept()]);

    Tag: Row::manages("goxel.tag", ErrorCode::Storage).runs(Runs::Worker)
        .about(
            "Give a version a name",
            "Keeps a version of a project under a name, for as long as it has it, whatever else is let go. \
             With remove, takes the name away: then the version goes when others of its time do.",
        )
        .params(&[
            needs("name", Kind::Text, "The name: 1 to 64 bytes, no number and no time."),
            may("version", VERSION, "Which one; what the project is now where it is not said."),
            named("remove", Kind::Bool, "Whether the name is taken away.").or("false"),
            PROJECT,
        ])
        .gives(&[SUCCESS, TAG, NUMBER])
        .examples(&[Example::of(r#"{"name": "before the roof"}"#, r#"{"success": true, "tag": "before the roof", "version": 9}"#).kept()]);
}
