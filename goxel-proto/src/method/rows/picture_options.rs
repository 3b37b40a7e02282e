//! What may be said of a picture. The command line has a flag for each of them.

use super::shared::{REGION, VERSION, word};
use crate::method::kind::{Field, Kind, Named, may};
use crate::types::{
    CameraPreset, Edges, Ground, Pass, PictureFormat, Projection, Quality, ReturnMode, Shadow,
};

/// Samples a pixel, at the most: what noise remains behind so many is below what eight bits show.
const SAMPLES_MAX: i64 = 65_536;
/// The longest that a path tracer may be given: an hour, as a slip of the unit should not keep a daemon
/// busy for days.
const SECONDS_MAX: f64 = 3600.0;
/// Bounces of light, at the most: behind so many nothing is left of it, but in a furnace.
const BOUNCES_MAX: i64 = 64;
/// The brightest that a light may be, against what it is where nothing is said. More is a white picture.
const BRIGHTNESS_MAX: f64 = 100.0;
/// Stops of exposure either way, at the most: 65,536 times as bright, or as dark.
const STOPS_MAX: f64 = 16.0;
/// The largest sun, in degrees: a quarter of the sky, behind which its shadows are those of the sky.
const SUN_SIZE_MAX: f64 = 90.0;
/// Corners twice as dark as they are where nothing is said, which is as dark as it can look.
const OCCLUSION_MAX: f64 = 2.0;
/// Angles of a perspective picture: beyond either end it is a point, or a plane behind the camera.
const FOV: (f64, f64) = (1.0, 170.0);
/// The margin that still leaves a tenth of the picture to the model.
const MARGIN_MAX: f64 = 0.9;
/// How far from the origin a camera may be, in voxels: 256 times their range. Beyond, fractions of a
/// voxel are lost to rounding.
const CAMERA_MAX: f64 = 1.0e12;
/// How far a camera may be turned, in degrees: ten times around.
const TURN_MAX: f64 = 3600.0;
/// Boxes that a model is cut by, at the most: each is looked at for each tile.
const BOXES_MAX: usize = 64;
/// Layers that may be named, at the most.
const LAYERS_MAX: usize = 1024;
/// Pictures on a contact sheet, at the most: there are fourteen presets.
const VIEWS_MAX: usize = 16;
/// Frames of a turntable, at the most: one a degree.
const FRAMES_MAX: i64 = 360;
/// How long a frame may be shown, in milliseconds: what players take for a frame, and ten seconds.
const FRAME_MS: (i64, i64) = (10, 10_000);

const LIGHT: Kind = Kind::Number { min: 0.0, max: BRIGHTNESS_MAX };
const ANGLE: Kind = Kind::Number { min: -TURN_MAX, max: TURN_MAX };
const PLACE: Kind = Kind::tuple(&Kind::Number { min: -CAMERA_MAX, max: CAMERA_MAX }, 3);
const BOXES: Kind = Kind::AnyOf(&[REGION, Kind::Array { of: &REGION, min: 1, max: BOXES_MAX }]);

pub(super) const PICTURE_OPTIONS: Named = Named {
    name: "Picture options",
    what: "an object of picture options",
    about: "What a picture is like, and where it goes. One that is not known is refused, with the nearest name.",
    kind: Kind::Object(FIELDS),
};

#[rustfmt::skip]
const FIELDS: &[Field] = &[
    may("quality", word::<Quality>(), "How much the picture may cost.").or("\"standard\""),
    may("samples", Kind::Integer { min: 1, max: SAMPLES_MAX },
        "Samples a pixel, at the most; as the quality has it where it is not said."),
    may("seconds", Kind::Number { min: 0.01, max: SECONDS_MAX },
        "The longest that a path tracer takes; an hour where it is not said. Two pictures of one scene \
         may differ where it ends by that.").in_unit("seconds"),
    may("noise", Kind::Number { min: 0.0001, max: 1.0 },
        "The noise at which a path tracer leaves a pixel, as a part of its brightness."),
    may("bounces", Kind::Integer { min: 0, max: BOUNCES_MAX },
        "How often light bounces in a path tracer, at the most."),
    may("seed", Kind::COUNT, "Where a path tracer's random numbers start.").or("0"),
    may("denoise", Kind::Bool, "Whether a path tracer's noise is smoothed away.").or("true"),
    may("unlit", Kind::Bool, "Whether each voxel has just its colour, without light and shadow.").or("false"),
    may("shadow", word::<Shadow>(), "The sun's shadows; as the quality has them where it is not said."),
    may("occlusion", Kind::Number { min: 0.0, max: OCCLUSION_MAX },
        "How dark corners are, 0 for not at all.").or("1"),
    may("sun_azimuth", ANGLE, "Where the sun is around the z axis, from the x axis counter-clockwise; over the \
        viewer's left shoulder where it is not said.").in_unit("degrees"),
    may("sun_elevation", Kind::Number { min: -90.0, max: 90.0 }, "How high the sun is.").in_unit("degrees"),
    may("sun_size", Kind::Number { min: 0.0, max: SUN_SIZE_MAX },
        "How large the sun is seen: the softness of shadows.").or("6").in_unit("degrees"),
    may("sun", LIGHT, "How bright the sun is.").or("1"),
    may("sky", LIGHT, "How bright the sky is.").or("1"),
    may("exposure", Kind::Number { min: -STOPS_MAX, max: STOPS_MAX },
        "How many times brighter all is, as a power of two.").or("0").in_unit("stops"),
    may("ground", word::<Ground>(), "What the model stands on.").or("\"none\""),
    may("ground_color", Kind::Colour, "The colour of a plane that it stands on; a light grey where it is not said."),
    may("edges", word::<Edges>(), "Lines that are drawn on the model.").or("\"none\""),
    may("background|background_color", Kind::AnyOf(&[
            Kind::Colour,
            Kind::Exactly("transparent"),
            Kind::tuple(&Kind::Colour, 2),
        ]),
        "What is behind the model: a colour, the two of a gradient from the upper edge to the lower, or nothing; a \
        light grey where it is not said."),
    may("pass", word::<Pass>(), "What a pixel tells.").or("\"color\""),
    may("projection", word::<Projection>(),
        "How lines that are parallel run; presets are orthographic, all else is in perspective, where it is not said."),
    may("fov", Kind::Number { min: FOV.0, max: FOV.1 },
        "The angle from the lower to the upper edge of a perspective picture.").in_unit("degrees"),
    may("margin", Kind::Number { min: 0.0, max: MARGIN_MAX },
        "The part of each half of the picture that stays free around a model that is framed; a tenth where it is not said."),
    may("camera_position", PLACE, "Where the camera is; where it is not said, so far away that all is seen.").in_unit("voxels"),
    may("camera_target", PLACE, "What is in the middle of the picture; the middle of the model where it is not said.").in_unit("voxels"),
    may("camera_up", PLACE, "What points up in the picture; z where it is not said."),
    may("turn", ANGLE, "How far the camera goes around the model, counter-clockwise from above.").or("0").in_unit("degrees"),
    may("clip", BOXES, "Only voxels in this box, or in one of these, are there."),
    may("cut", BOXES, "Voxels in this box, or in one of these, are not there."),
    may("layers", Kind::Array {
            of: &Kind::AnyOf(&[Kind::Text, Kind::Integer { min: 1, max: u32::MAX as i64 }]),
            min: 1,
            max: LAYERS_MAX,
        },
        "The layers that show, each by its name or id, whether they are hidden or not."),
    may("highlight", VERSION, "A version of the project: what has changed since is in its own colours, what was there already is grey, and what has \
        gone is red glass."),
    may("views", Kind::Array { of: &word::<CameraPreset>(), min: 1, max: VIEWS_MAX },
        "Several presets, as one picture of the size that was asked for, each in a part of it."),
    may("columns", Kind::Integer { min: 1, max: VIEWS_MAX as i64 },
        "How many views stand beside each other; where it is not said, so many that each has the most room."),
    may("labels", Kind::Bool, "Whether the name of each view is written into it.").or("true"),
    may("turntable", Kind::Integer { min: 1, max: FRAMES_MAX },
        "So many frames, of one turn around the model. An output_path with {} in it is a file for each, else they are one file.").in_unit("frames"),
    may("frame_ms", Kind::Integer { min: FRAME_MS.0, max: FRAME_MS.1 },
        "How long each frame is shown.").or("80").in_unit("milliseconds"),
    may("format", word::<PictureFormat>(), "What the bytes are; where it is not said, what the extension of output_path says, else PNG."),
    may("jpeg_quality", Kind::Integer { min: 1, max: 100 }, "How much of a picture is kept by JPEG.").or("90"),
    may("return_mode", word::<ReturnMode>(),
        "Where the picture goes beside output_path; into the reply as base64 where neither is said."),
    may("output_dir", Kind::Text, "Taken for the sake of older clients, and passed over: kept pictures have a directory of the daemon's."),
];
