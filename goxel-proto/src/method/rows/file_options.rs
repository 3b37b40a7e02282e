//! What may be said of a file that is read or written. The command line has a flag for each of them.

use super::shared::word;
use crate::method::kind::{Field, Kind, Named, may, named, needs};
use crate::types::{CameraPreset, Fill, Loss, MeshColors, Origin, Surface, Unit, Up};

/// Coarser meshes that come along with one: the last is of voxels 256 times as long.
const LODS_MAX: i64 = 8;

/// How a file is written.
pub(super) const WRITE_OPTIONS: Named = Named {
    name: "Write options",
    what: "an object of options for a file that is written",
    about: "What is not said is as the format has it. All but the first two are for meshes; a format passes over what \
            it has no use for.",
    kind: Kind::Object(&[
        may(
            "strict",
            Kind::Bool,
            "Whether it is an error, and no file is written, where something of the project would \
            be lost.",
        )
        .or("false"),
        may(
            "alpha_min",
            Kind::Integer { min: 1, max: 255 },
            "The least alpha of a voxel that is written; where it is not \
            said, 1 in formats that keep alpha, else 127.",
        ),
        may("surface", word::<Surface>(), "What the surface is made of.").or("\"greedy\""),
        may("colors", word::<MeshColors>(), "Where the colours stand."),
        may(
            "layers",
            Kind::Bool,
            "Whether each layer is a mesh of its own; else there is one for all.",
        ),
        may(
            "junction_free",
            Kind::Bool,
            "Whether edges meet only at corners, without T-junctions.",
        )
        .or("false"),
        may("closed", Kind::Bool, "Whether the mesh is closed and manifold, as printing needs it.")
            .or("false"),
        may("cavities", Kind::Bool, "Whether the walls of cavities inside are there.").or("true"),
        may("up", word::<Up>(), "The axis that points up."),
        may(
            "scale",
            Kind::Number { min: 1e-6, max: 1e6 },
            "How long a voxel's edge is, in the unit.",
        )
        .or("1"),
        may("unit", word::<Unit>(), "What the file's numbers are measured in."),
        may("origin", word::<Origin>(), "Where the origin is.").or("\"world\""),
        may(
            "lods",
            Kind::Integer { min: 0, max: LODS_MAX },
            "How many coarser meshes come along, each of voxels twice as long.",
        )
        .or("0"),
        may("embed", Kind::Bool, "Whether all is in one file where the format can have several.")
            .or("false"),
        may(
            "quantize",
            Kind::Bool,
            "Whether positions are whole numbers, as KHR_mesh_quantization has it.",
        )
        .or("false"),
        may("text", Kind::Bool, "Whether the file is text where the format can be text or binary.")
            .or("false"),
        may(
            "size",
            Kind::tuple(&Kind::POSITIVE, 2),
            "Across and down, of a picture; 1024 by 1024 where it is not said.",
        )
        .in_unit("pixels"),
        may("camera", word::<CameraPreset>(), "From where a picture is drawn."),
    ]),
};

/// How a file is read.
pub(super) const READ_OPTIONS: Named = Named {
    name: "Read options",
    what: "an object of options for a file that is read",
    about: "A format passes over what it has no use for.",
    kind: Kind::Object(&[
        may(
            "from|format",
            Kind::Text,
            "The format's name, where neither the content nor the extension says it.",
        ),
        may(
            "resolution",
            Kind::Integer { min: 1, max: 4096 },
            "Voxels along the longest edge of a mesh.",
        )
        .or("128")
        .in_unit("voxels"),
        may(
            "voxel_size",
            Kind::Number { min: 1e-9, max: 1e9 },
            "The edge of a voxel in the mesh's own unit, instead of a resolution.",
        ),
        may("fill", word::<Fill>(), "What becomes of the inside of a mesh.").or("\"solid\""),
        may(
            "height",
            Kind::Integer { min: 1, max: 65_536 },
            "How high white is in a picture that is read as heights.",
        )
        .or("64")
        .in_unit("voxels"),
        may(
            "strict",
            Kind::Bool,
            "Whether it is an error, and nothing is read, where something of the file would be \
            passed over.",
        )
        .or("false"),
    ]),
};

/// The parameter of calls that write a file.
pub(super) const WRITES: Field =
    named("options", Kind::Named(&WRITE_OPTIONS), "How the file is written.");
/// The parameter of calls that read a file.
pub(super) const READS: Field =
    named("read_options", Kind::Named(&READ_OPTIONS), "How the file is read.");

/// A loss, as replies tell it.
const WARNING: Kind = Kind::Object(&[
    needs("code", word::<Loss>(), "What kind of loss it is."),
    needs("what", Kind::Text, "What is lost, in words."),
    needs("count", Kind::COUNT, "Of how many voxels, colours, layers or others."),
]);
/// What a written file does not have.
pub(super) const WARNINGS: Field = may(
    "warnings",
    Kind::list(&WARNING),
    "What the file does not have of the project or of the file that it was made of, where there is something.",
);
/// What is not taken over of a file that is read.
pub(super) const PASSED_OVER: Field = may(
    "warnings",
    Kind::list(&WARNING),
    "What of the file is passed over, where there is something.",
);
/// How a mesh lies in space.
pub(super) const UP: Field = may("up", word::<Up>(), "The axis that points up, of a mesh.");
/// What a mesh's numbers are measured in.
pub(super) const UNIT: Field =
    may("unit", word::<Unit>(), "What the numbers of a mesh are measured in.");
/// The files that were written beside the one that was asked for.
pub(super) const BESIDE: Field = may(
    "beside",
    Kind::list(&Kind::Text),
    "The names of files that were written in the same folder and belong to it, where there are some.",
);
