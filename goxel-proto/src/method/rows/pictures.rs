//! Pictures.

use super::super::kind::{Field, Kind, may, named, needs};
use super::super::row::{Arguments, Example, Files, Row, Runs};
use super::rows;
use super::shared::{OPTIONS, PROJECT, SUCCESS, word};
use crate::error::ErrorCode;
use crate::types::CameraPreset;

const PIXELS: Kind = Kind::COUNT;
const PATH: Field = needs("path", Kind::Path, "The picture's path, as the daemon told it.");

const KEPT: &[Field] = &[
    needs("path", Kind::Path, "Where it is."),
    needs("size", Kind::COUNT, "How large the file is.").in_unit("bytes"),
    needs("format", Kind::Exactly("png"), "What it is."),
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

rows! {
    after super::projects::END;

    RenderScene: Row::reads("goxel.render_scene", ErrorCode::Render)
        .tool("goxel_render_scene", Arguments::Same)
        .aliases(&["goxel.render_image"]).lenient().files(Files::Writes).runs(Runs::Worker)
        .about(
            "Render a picture",
            "Renders what shows of the project: to a PNG file at output_path, to one that the \
             daemon keeps and names (options.return_mode \"file_path\"), or into the reply as rows \
             of four bytes a pixel in base64 (\"pixels\"). As a preset sees it, or as a camera of \
             the project does.",
        )
        .params(&[
            may("output_path|path", Kind::Path, "Where the PNG file is to be."),
            may("width", Kind::INT, "Across; 512 where not positive.").or("512").in_unit("pixels"),
            may("height", Kind::INT, "Down; 512 where not positive.").or("512").in_unit("pixels"),
            named("camera_preset", word::<CameraPreset>(),
                "From where; what is no preset is passed over, as older clients expect."),
            named("camera", Kind::AnyOf(&[Kind::Text, Kind::Integer { min: 0, max: u32::MAX as i64 }, Kind::True]),
                "A camera of the project by its name or id, or true for the active one."),
            named("options", OPTIONS, "What the picture is like, and where it goes."),
            PROJECT,
        ])
        .result(Kind::AnyOf(&[
            Kind::Object(&[
                SUCCESS,
                needs("width", PIXELS, "Across.").in_unit("pixels"),
                needs("height", PIXELS, "Down.").in_unit("pixels"),
                needs("format", Kind::AnyOf(&[Kind::Exactly("png"), Kind::Exactly("rgba")]),
                    "png where there is a file, else rgba."),
                may("output_path", Kind::Path, "Where the file is."),
                may("pixels", Kind::Base64, "Rows from the top, four bytes a pixel: r, g, b, a."),
            ]),
            Kind::Object(&[SUCCESS, needs("file", Kind::Object(KEPT), "The picture that the daemon keeps.")]),
        ]))
        .examples(&[
            Example::of(r#"{"output_path": "garden.png", "width": 64, "height": 48}"#, r#"{"success": true, "width": 64, "height": 48, "format": "png", "output_path": "garden.png"}"#),
            Example::of(r#"{"width": 64, "height": 48, "options": {"return_mode": "file_path"}}"#, r#"{"success": true, "file": {"format": "png", "checksum": "2d6fda32", "created_at": 1795699917, "dimensions": {"width": 64, "height": 48}, "expires_at": 1795703517, "path": "/tmp/goxel_renders/render_1.png", "size": 1562}}"#).shortened(),
        ]);

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
