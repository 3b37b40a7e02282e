//! Parameters, members and kinds that many rows have.

use super::super::kind::{Field, Kind, Named, Words, may, named, needs};
use super::super::row::Row;
use crate::types::Word;

/// The names of a set of words that the wire and the model share.
pub(super) const fn word<T: Word>() -> Kind {
    Kind::Word(Words::of::<T>())
}

/// What may be said of the job that a call becomes.
const JOB: &[Field] = &[
    named("progress", Kind::Bool, "Whether goxel.progress notifications come while it takes long.")
        .or("false"),
    named(
        "deadline_ms",
        Kind::Integer { min: 1, max: i64::MAX },
        "After how long it is given up, where it takes long; nothing has changed then.",
    )
    .in_unit("ms"),
];

/// The parameters that a row has beside its own.
pub(super) const fn job_params(row: &Row) -> &'static [Field] {
    if row.becomes_job() { JOB } else { &[] }
}

/// A row's own parameters and those that it has beside them.
pub(super) const fn joined<const COUNT: usize>(row: &Row) -> [Field; COUNT] {
    let own = row.params.len();
    let mut all = [JOB[0]; COUNT];
    let mut index = 0;
    while index < COUNT {
        all[index] = if index < own { row.params[index] } else { JOB[index - own] };
        index += 1;
    }
    all
}

/// The members of a row's result, where it is an object.
pub(super) const fn given(row: &Row) -> &'static [Field] {
    if let Kind::Object(members) = row.result { members } else { &[] }
}

/// A row's result and what that of every edit may have beside.
pub(super) const fn and_undoable<const COUNT: usize>(row: &Row) -> [Field; COUNT] {
    let mut all = [UNDOABLE; COUNT];
    let own = given(row);
    let mut index = 0;
    while index < own.len() {
        all[index] = own[index];
        index += 1;
    }
    all
}

/// Told where it is so.
const UNDOABLE: Field = may(
    "undoable",
    Kind::False,
    "That this edit cannot be undone: what it replaced takes more than all histories may hold.",
);

const AXES: [Field; 3] = [
    needs("x", Kind::Coordinate, "East."),
    needs("y", Kind::Coordinate, "North."),
    needs("z", Kind::Coordinate, "Up."),
];
/// `[x, y, z]`.
pub(super) const CORNER: Kind = Kind::tuple(&Kind::Coordinate, 3);
/// `[x, y, z]` in a reply: whole numbers.
pub(super) const CELL: Kind = Kind::tuple(&Kind::INT, 3);

pub(super) const BOX: Named = Named {
    name: "Box",
    what: "a box {min: [x, y, z], max: [x, y, z]}",
    about: "`{\"min\": [x, y, z], \"max\": [x, y, z]}`. Both corners belong to it. One whose corners are the wrong way round holds nothing.",
    kind: Kind::Object(&[
        needs("min", CORNER, "The lowest corner."),
        needs("max", CORNER, "The highest corner."),
    ]),
};
/// A box that is sent.
pub(super) const REGION: Kind = Kind::Named(&BOX);

pub(super) const POSITION: Named = Named {
    name: "Position",
    what: "a position, [x, y, z] or {x, y, z}",
    about: "`[x, y, z]` or `{\"x\": x, \"y\": y, \"z\": z}`: numbers of the range of 32 bits; fractions \
            are rounded down to their cell.",
    kind: Kind::AnyOf(&[CORNER, Kind::Object(&AXES)]),
};

pub(super) const POINT: Named = Named {
    name: "Point",
    what: "a point",
    about: "One voxel: `[x, y, z]`, `[x, y, z, r, g, b]`, `[x, y, z, r, g, b, a]`, or an object of \
            `x`, `y`, `z` (or `position`) and `r`, `g`, `b`, `a` (or `color`). What has no colour \
            takes that of the call, else opaque white; alpha 0 removes the voxel.",
    kind: Kind::AnyOf(&[
        CORNER,
        Kind::Array { of: &Kind::Coordinate, min: 6, max: 7 },
        Kind::Object(&[
            may("x", Kind::Coordinate, "East."),
            may("y", Kind::Coordinate, "North."),
            may("z", Kind::Coordinate, "Up."),
            may("position", CORNER, "All three."),
            may("r", Kind::Component, "Red."),
            may("g", Kind::Component, "Green."),
            may("b", Kind::Component, "Blue."),
            may("a", Kind::Component, "Alpha.").or("255"),
            may("color|rgba", Kind::Colour, "All of them."),
        ]),
    ]),
};

pub(super) const RUN: Named = Named {
    name: "Run",
    what: "a run [x, y, z, length, r, g, b, a]",
    about: "`[x, y, z, length, r, g, b, a]`: voxels in a row, `length` of them from a position towards higher x. The colour may be \
            three numbers, or missing: then it is that of the call.",
    kind: Kind::AnyOf(&[
        Kind::tuple(&Kind::Coordinate, 4),
        Kind::Array { of: &Kind::Coordinate, min: 7, max: 8 },
    ]),
};

pub(super) const SOLID: Named = Named {
    name: "Solid box",
    what: "a solid box [x1, y1, z1, x2, y2, z2, r, g, b, a]",
    about: "`[x1, y1, z1, x2, y2, z2, r, g, b, a]`: all voxels between two corners, both inside, whichever way round. The colour may be \
            three numbers, or missing: then it is that of the call.",
    kind: Kind::AnyOf(&[
        Kind::tuple(&Kind::Coordinate, 6),
        Kind::Array { of: &Kind::Coordinate, min: 9, max: 10 },
    ]),
};

pub(super) const RECORDS: Named = Named {
    name: "Records",
    what: "records in base64",
    about: "Points as bytes, sixteen each without padding: x, y, z as little-endian signed integers \
            of 32 bits, then r, g, b, a as bytes; all of it in base64.",
    kind: Kind::Base64,
};

/// Points, by the million.
pub(super) const POINTS: Kind = Kind::Bulk(&POINT_LIST);
const POINT_LIST: Kind = Kind::list(&Kind::Named(&POINT));
/// Runs.
pub(super) const RUNS: Kind = Kind::list(&Kind::Named(&RUN));
/// Boxes with colours.
pub(super) const SOLIDS: Kind = Kind::list(&Kind::Named(&SOLID));
/// Records.
pub(super) const DATA: Kind = Kind::Named(&RECORDS);

pub(super) const OPERATION: Named = Named {
    name: "Operation",
    what: "an operation {type, x, y, z, r, g, b, a?, layer_id?}",
    about: "`{\"type\": ..., \"x\": x, \"y\": y, \"z\": z, \"r\": r, \"g\": g, \"b\": b, \"a\": a, \
            \"layer_id\": id}`: what becomes of one voxel, by the type add_voxel, remove_voxel or paint_voxel. `position` stands for `x`, `y` and `z`, `color` for `r`, \
            `g`, `b` and `a`; one that removes needs no colour.",
    kind: Kind::Object(&[
        needs(
            "type",
            Kind::AnyOf(&[
                Kind::Exactly("add_voxel"),
                Kind::Exactly("add"),
                Kind::Exactly("remove_voxel"),
                Kind::Exactly("remove"),
                Kind::Exactly("paint_voxel"),
                Kind::Exactly("paint"),
            ]),
            "What to do.",
        ),
        may("x", Kind::Coordinate, "East."),
        may("y", Kind::Coordinate, "North."),
        may("z", Kind::Coordinate, "Up."),
        may("position", Kind::Named(&POSITION), "All three."),
        may("r", Kind::Component, "Red."),
        may("g", Kind::Component, "Green."),
        may("b", Kind::Component, "Blue."),
        may("a", Kind::Component, "Alpha.").or("255"),
        may("color|rgba", Kind::Colour, "All of them."),
        may("layer_id", Kind::Layer, "In which layer; that of the call where it is not said."),
    ]),
};
/// What `goxel.batch_operations` takes.
pub(super) const OPERATIONS: Kind = Kind::list(&Kind::Named(&OPERATION));

pub(super) const SWATCH: Named = Named {
    name: "Swatch",
    what: "a colour, or {color, name, material}",
    about: "A colour of a palette: as any colour, or an object of `color` (or `r`, `g`, `b`, `a?`), \
            a `name`, and the `material` of voxels of this colour, whichever layer they are in.",
    kind: Kind::AnyOf(&[
        Kind::Colour,
        Kind::Object(&[
            may("color|rgba", Kind::Colour, "The colour."),
            may("r", Kind::Component, "Red."),
            may("g", Kind::Component, "Green."),
            may("b", Kind::Component, "Blue."),
            may("a", Kind::Component, "Alpha.").or("255"),
            may("name", Kind::Text, "What it is called."),
            may(
                "material",
                Kind::AnyOf(&[Kind::Text, Kind::Integer { min: 0, max: u32::MAX as i64 }]),
                "What its voxels are made of: a material by its name or id.",
            ),
        ]),
    ]),
};
pub(super) const A_VERSION: Named = Named {
    name: "Version",
    what: "a version: its number, a tag, or a time",
    about: "A version of a project: its number, as `goxel.list_versions` tells it; the name of a tag; or a time, \
            for what the project was then: as `\"2026-11-27T08:15:04Z\"` or `\"2026-11-27 08:15\"`, of UTC where it \
            does not say, or so long ago, as `\"15m\"`, with s, m, h, d or w.",
    kind: Kind::AnyOf(&[Kind::COUNT, Kind::Text]),
};
/// A version of a project.
pub(super) const VERSION: Kind = Kind::Named(&A_VERSION);

/// Which version a project is.
pub(super) const VERSION_NOW: Field = needs(
    "version",
    Kind::COUNT,
    "The project's version, which rises with every change. Older ones are those of goxel.list_versions.",
);

/// What `goxel.set_palette` takes.
pub(super) const SWATCHES: Kind = Kind::list(&Kind::Named(&SWATCH));

// Parameters.

pub(super) const X: Field =
    may("x", Kind::Coordinate, "East; fractions are rounded down.").or("0").in_unit("voxels");
pub(super) const Y: Field = may("y", Kind::Coordinate, "North.").or("0").in_unit("voxels");
pub(super) const Z: Field = may("z", Kind::Coordinate, "Up.").or("0").in_unit("voxels");
pub(super) const AT: Field = named("position", Kind::Named(&POSITION), "`x`, `y` and `z` in one.");
pub(super) const R: Field =
    may("r", Kind::Component, "Red. By position, a colour may stand here instead.");
pub(super) const G: Field = may("g", Kind::Component, "Green.");
pub(super) const B: Field = may("b", Kind::Component, "Blue.");
pub(super) const A: Field = may("a", Kind::Component, "Alpha.").or("255");
pub(super) const COLOR: Field = named("color|rgba", Kind::Colour, "`r`, `g`, `b` and `a` in one.");

pub(super) const LAYER: Field =
    may("layer_id", Kind::Layer, "Which layer, by its id; 0 or -1 for the active one.").or("0");
/// The same where it can only be named.
pub(super) const NAMED_LAYER: Field = LAYER.by_name();
pub(super) const LAYER_OR_ID: Field =
    may("layer_id|id", Kind::Layer, "Which layer, by its id; 0 or -1 for the active one.").or("0");
pub(super) const LAYERS: Field = may(
    "layer_id",
    Kind::LayerOrAll,
    "Which layer, by its id; 0 or -1 for the active one, -2 for all of them.",
)
.or("0");
pub(super) const PROJECT: Field = named(
    "project",
    Kind::Text,
    "Which open project, by its name, else by its project_id; where it is not said, the one that \
     this connection works on.",
);
/// Who opens a project says so of one of the same name.
pub(super) const REPLACE: Field = named(
    "replace",
    Kind::Bool,
    "Whether a project of this name may be replaced though it is in no file as it is, and could not be had \
     back as an older version.",
)
.or("true");
/// Who writes a file says so of one that is there.
pub(super) const OVERWRITE: Field = named(
    "overwrite",
    Kind::Bool,
    "Whether a file that is there may be written over, and those that belong to it; else that is an error.",
)
.or("true");
/// Who closes projects says so.
pub(super) const DISCARD: Field = named(
    "discard",
    Kind::Bool,
    "Whether it is done though there are changes that are not saved, which are gone then.",
)
.or("true");
/// A box where the whole layer is meant without one.
pub(super) const WITHIN: Field =
    may("region", REGION, "Only what is in this box; everything where it is not said.");
pub(super) const CONNECTIVITY: Field = may(
    "connectivity",
    Kind::Choice(&[6, 18, 26]),
    "How many of the voxels around one are its neighbours: those that share a face (6), an edge \
     too (18), a corner too (26).",
)
.or("6");
pub(super) const AXIS: Field = may("axis", word::<crate::types::Axis>(), "Which axis.").or("\"z\"");
pub(super) const OFFSET: Field =
    may("offset", Kind::INT, "How many to pass over; negative counts as 0.").or("0");
pub(super) const MODE: Field =
    named("mode", word::<crate::types::Combine>(), "What becomes of the voxels that are meant.")
        .or("\"add\"");

// Members of results.

pub(super) const SUCCESS: Field = needs("success", Kind::Bool, "Whether it was done.");
pub(super) const NAME: Field = needs("name", Kind::Text, "What it is called.");
pub(super) const PROJECT_ID: Field = needs(
    "project_id",
    Kind::Text,
    "What tells the project from every other one, before and after it: ten letters and digits, \
     taken wherever a project's name is; a name goes first.",
);
pub(super) const UNSAVED: Field = needs(
    "unsaved",
    Kind::Bool,
    "Whether something was changed since it was made, read from a file or saved.",
);
pub(super) const LAYER_ID: Field =
    needs("layer_id", Kind::Integer { min: 1, max: u32::MAX as i64 }, "The layer's id.");
pub(super) const VOXEL_COUNT: Field =
    needs("voxel_count", Kind::COUNT, "How many voxels there are.").in_unit("voxels");
pub(super) const RGBA: Kind = Kind::tuple(&Kind::BYTE, 4);
pub(super) const ID: Kind = Kind::Integer { min: 1, max: u32::MAX as i64 };
pub(super) const TRUNCATED: Field =
    needs("truncated", Kind::Bool, "Whether there are more than were told.");
pub(super) const COUNT_TOLD: Field = needs("count", Kind::COUNT, "How many were told.");
/// 16 numbers by column.
pub(super) const MATRIX: Kind = Kind::tuple(&Kind::NUMBER, 16);
pub(super) const VECTOR: Kind = Kind::tuple(&Kind::NUMBER, 3);

const BOUNDS_IN_REPLY: [Field; 2] = [
    needs("min", CELL, "The lowest voxel."),
    needs("max", CELL, "The highest voxel, which belongs to it."),
];
/// A box in a reply.
pub(super) const BOUNDS: Kind = Kind::Object(&BOUNDS_IN_REPLY);
/// A box in a reply that may be empty.
pub(super) const EXTENT: &[Field] = &[
    needs("empty", Kind::Bool, "Whether there is no voxel: then there is no box either."),
    may("min", CELL, "The lowest voxel."),
    may("max", CELL, "The highest voxel, which belongs to it."),
    may("dimensions", Kind::tuple(&Kind::COUNT, 3), "The edges.").in_unit("voxels"),
];
/// A layer in a list.
pub(super) const LAYER_ENTRY: Kind = Kind::Object(&[
    needs("id", ID, "Its id, never used again in this project."),
    NAME,
    needs("visible", Kind::Bool, "Whether it shows."),
    needs("active", Kind::Bool, "Whether calls work on it that name none."),
    VOXEL_COUNT,
]);

/// What a call says that makes a layer into another one.
pub(super) const LAYER_DONE: &[Field] = &[SUCCESS, LAYER_ID, VOXEL_COUNT];
/// What a call says that changes what a layer is.
pub(super) const LAYER_CHANGED: &[Field] = &[SUCCESS, LAYER_ID, NAME];
