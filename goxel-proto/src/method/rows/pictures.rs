//! Pictures.

use super::super::kind::{Field, Kind, may, named, needs};
use super::super::row::{Arguments, Example, Files, Row, Runs};
use super::file_options::{READS, WARNINGS};
use super::picture_options::PICTURE_OPTIONS;
use super::rows;
use super::shared::{PROJECT, SUCCESS, word};
use crate::error::ErrorCode;
use crate::types::{CameraPreset, PictureFormat};

const PIXELS: Kind = Kind::COUNT;
const PATH: Field = needs("path", Kind::Path, "The picture's path, as the daemon told it.");

const KEPT: &[Field] = &[
    needs("path", Kind::Path, "Where it is."),
    needs("size", Kind::COUNT, "How large the file is.").in_unit("bytes"),
    needs("format", word::<PictureFormat>(), "What it is."),
    needs(
        "dimensions",
        Kind::Object(&[
            needs("width", PIXELS, "Across.").in_unit("pixels"),
            needs("height", PIXELS, "Down.").in_unit("pixels"),
        ]),
        "How large the picture is.",
    ),
    needs("checksum", Kind::Text, "CRC-32 of the file, as eight hexadecimal digits."),
    needs("created_at", Kind::COUNT, "Seconds since 1970.").in_unit("seconds"),
    needs("expires_at", Kind::COUNT, "Seconds since 1970.").in_unit("seconds"),
    may("session_id", Kind::Text, "As older daemons name it."),
];
const FIGURES: &[Field] = &[
    needs("active_renders", Kind::COUNT, "Pictures that are kept."),
    needs("total_renders", Kind::COUNT, "Pictures that ever were."),
    needs("total_cleanups", Kind::COUNT, "Pictures that were removed."),
    needs("current_cache_size", Kind::COUNT, "What they take.").in_unit("bytes"),
    needs("max_cache_size", Kind::COUNT, "What they may take.").in_unit("bytes"),
    needs("cache_usage_percent", Kind::NUMBER, "The one in the other.").in_unit("percent"),
    needs("files_cleaned", Kind::COUNT, "Pictures that were removed."),
    needs("bytes_freed", Kind::COUNT, "What they took.").in_unit("bytes"),
    needs("ttl_seconds", Kind::COUNT, "How long one is kept.").in_unit("seconds"),
    needs("render_dir", Kind::Path, "Where they are."),
];

/// How far away what is seen is, in a picture of depths.
const DEPTHS: Field = may(
    "depth",
    Kind::Object(&[
        needs("near", Kind::NUMBER, "What is nearest, which is white.").in_unit("voxels"),
        needs(
            "far",
            Kind::NUMBER,
            "What is farthest, which is black; what is behind all is transparent.",
        )
        .in_unit("voxels"),
    ]),
    "What the levels of a picture of depths mean.",
);
const WIDTH: Field = may(
    "width",
    Kind::INT,
    "Across; 512 where not positive. Each edge is 8192 at the most, and there are 16,777,216 pixels at the most in all.",
)
.or("512")
.in_unit("pixels");
const HEIGHT: Field =
    may("height", Kind::INT, "Down; 512 where not positive.").or("512").in_unit("pixels");
const PRESET: Field = named(
    "camera_preset",
    word::<CameraPreset>(),
    "From where; where neither this nor a camera is said, from a little above the front right corner, in perspective.",
);
const CAMERA: Field = named(
    "camera",
    Kind::AnyOf(&[Kind::Text, Kind::Integer { min: 0, max: u32::MAX as i64 }, Kind::True]),
    "A camera of the project by its name or id, or true for the active one.",
);
/// What is told of a picture that the daemon does not keep.
const TOLD: &[Field] = &[
    SUCCESS,
    needs("width", PIXELS, "Across.").in_unit("pixels"),
    needs("height", PIXELS, "Down.").in_unit("pixels"),
    needs("format", word::<PictureFormat>(), "What the file is, or what the reply holds of it."),
    may("output_path", Kind::Path, "Where the file is."),
    may("image", Kind::Base64, "The bytes of the file."),
    may("pixels", Kind::Base64, "Rows from the top, four bytes a pixel: r, g, b, a."),
    DEPTHS,
    FRAMES,
    may("files", Kind::list(&Kind::Path), "Where the frames are, where each has a file."),
    WARNINGS,
];
const FRAMES: Field = may("frames", Kind::COUNT, "How many frames there are, of a turntable.");

rows! {
    after super::projects::END;

    RenderScene: Row::reads("goxel.render_scene", ErrorCode::Render)
        .tool("goxel_render_scene", Arguments::Same)
        .aliases(&["goxel.render_image"]).lenient().files(Files::Writes).runs(Runs::Worker)
        .about(
            "Render a picture",
            "Renders what shows of the project: to a file at output_path, to one that the daemon keeps and names \
             (options.return_mode \"file_path\"), or into the reply, as a file in base64 or as rows of four bytes a \
             pixel (\"pixels\"). As a preset sees it, as a camera of the project does, from a place of its own, from \
             several sides on one sheet, or all around as an animation.",
        )
        .params(&[
            may("output_path|path", Kind::Path, "Where the file is to be; its extension names the format."),
            WIDTH,
            HEIGHT,
            PRESET,
            CAMERA,
            named("options", Kind::Named(&PICTURE_OPTIONS), "What the picture is like, and where it goes. Each \
                option may stand beside them as well, among the parameters."),
            PROJECT,
        ])
        .result(Kind::AnyOf(&[
            Kind::Object(TOLD),
            Kind::Object(&[
                SUCCESS,
                needs("file", Kind::Object(KEPT), "The picture that the daemon keeps."),
                DEPTHS,
                FRAMES,
                WARNINGS,
            ]),
        ]))
        .examples(&[
            Example::of(r#"{"output_path": "garden.png", "width": 64, "height": 48}"#, r#"{"success": true, "width": 64, "height": 48, "format": "png", "output_path": "garden.png"}"#),
            Example::of(r#"{"width": 64, "height": 48, "options": {"return_mode": "file_path"}}"#, r#"{"success": true, "file": {"format": "png", "checksum": "2d6fda32", "created_at": 1795699917, "dimensions": {"width": 64, "height": 48}, "expires_at": 1795703517, "path": "/tmp/goxel_renders/render_1.png", "size": 1562}}"#).shortened(),
            Example::of(r#"{"output_path": "garden.webp", "width": 128, "height": 128, "options": {"views": ["front", "top"], "quality": "draft", "layers": ["tower"]}}"#, r#"{"success": true, "width": 128, "height": 128, "format": "webp", "output_path": "garden.webp"}"#),
            Example::of(r#"{"output_path": "garden.gif", "width": 32, "height": 32, "camera_preset": "isometric", "options": {"turntable": 4}}"#, r#"{"success": true, "width": 32, "height": 32, "format": "gif", "output_path": "garden.gif", "frames": 4}"#),
        ]);

    RenderFile: Row::system("goxel.render_file").files(Files::ReadsAndWrites).runs(Runs::Worker)
        .code(ErrorCode::Render)
        .about(
            "Render a picture of a file",
            "Reads a model from a file and renders it as goxel.render_scene does a project; no open project has a part \
             in it. The daemon keeps no such picture, and the file has no versions that changes could be told from.",
        )
        .params(&[
            needs("path", Kind::Path, "The model's path."),
            may("output_path", Kind::Path, "Where the picture is to be; its extension names the format."),
            WIDTH,
            HEIGHT,
            PRESET,
            CAMERA,
            named("options", Kind::Named(&PICTURE_OPTIONS), "What the picture is like, and where it goes."),
            READS,
        ])
        .gives(TOLD)
        .examples(&[Example::of(r#"{"path": "garden.gox", "output_path": "garden.png", "width": 64, "height": 48, "options": {"ground": "shadow"}}"#, r#"{"success": true, "width": 64, "height": 48, "format": "png", "output_path": "garden.png"}"#)]);

    GetRenderInfo: Row::system("goxel.get_render_info").lenient().code(ErrorCode::RenderInfo)
        .about("Describe a kept picture", "Tells of a picture that the daemon keeps.")
        .params(&[PATH])
        .gives(&[SUCCESS, needs("render", Kind::Object(KEPT), "What is known of it.")])
        .examples(&[Example::of(r#"{"path": "kept.png"}"#, r#"{"success": true, "render": {"path": "kept.png", "checksum": "7af89de7", "created_at": 1795699917, "dimensions": {"width": 8, "height": 8}, "expires_at": 1795703517, "format": "png", "session_id": "auto1795699917", "size": 208}}"#)]);

    CleanupRender: Row::system("goxel.cleanup_render").lenient().code(ErrorCode::RenderCleanup)
        .governs().once()
        .about("Remove a kept picture", "Removes a picture that the daemon keeps.")
        .params(&[PATH])
        .gives(&[SUCCESS, needs("message", Kind::Text, "What was done.")])
        .examples(&[Example::of(r#"{"path": "kept.png"}"#, r#"{"success": true, "message": "Render cleaned up successfully"}"#)]);

    ListRenders: Row::system("goxel.list_renders").lenient()
        .about("List the kept pictures", "Lists the pictures that the daemon keeps.")
        .gives(&[
            SUCCESS,
            needs("count", Kind::COUNT, "How many there are."),
            needs("renders", Kind::list(&Kind::Object(KEPT)), "Each of them."),
        ])
        .examples(&[Example::of("{}", r#"{"success": true, "count": 1, "renders": [{"checksum": "7af89de7", "created_at": 1795699917, "dimensions": {"width": 8, "height": 8}, "expires_at": 1795703517, "format": "png", "path": "kept.png", "session_id": "auto1795699917", "size": 208}]}"#)]);

    GetRenderStats: Row::system("goxel.get_render_stats").lenient()
        .about(
            "Counters of kept pictures",
            "Says how many pictures the daemon keeps, and how large they are.",
        )
        .gives(&[SUCCESS, needs("stats", Kind::Object(FIGURES), "The figures.")])
        .examples(&[Example::of("{}", r#"{"success": true, "stats": {"active_renders": 1, "bytes_freed": 2602, "cache_usage_percent": 0.00002, "current_cache_size": 208, "files_cleaned": 6, "max_cache_size": 1073741824, "render_dir": "/tmp/goxel_renders", "total_cleanups": 6, "total_renders": 7, "ttl_seconds": 3600}}"#)]);
}
