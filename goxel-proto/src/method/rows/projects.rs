//! Projects as wholes, and files.

use super::super::kind::{Field, Kind, may, named, needs};
use super::super::row::{Arguments, Example, Files, Row, Runs};
use super::file_options::{BESIDE, PASSED_OVER, READS, UNIT, UP, WARNINGS, WRITES};
use super::rows;
use super::shared::{
    DISCARD, EXTENT, LAYER_ENTRY, NAME, OVERWRITE, PROJECT, PROJECT_ID, REPLACE, SUCCESS, UNSAVED,
    VOXEL_COUNT,
};
use crate::error::ErrorCode;

const PATH: Field = needs("path|file_path", Kind::Path, "Where the file is.");
const PATH_BACK: Field = needs("path", Kind::Path, "As it was sent.");
const FORMAT: Field = may(
    "format",
    Kind::Text,
    "The format's name; that of the file's extension where it is not said.",
);
const WIDTH: Field = needs("width", Kind::INT, "The image box along x.").in_unit("voxels");
const HEIGHT: Field = needs("height", Kind::INT, "Along y.").in_unit("voxels");
const DEPTH: Field = needs("depth", Kind::INT, "Along z.").in_unit("voxels");
const INTO: Field = may(
    "layer_id",
    Kind::Layer,
    "A layer that the voxels go into, by its id; 0 or -1 for the active one.",
)
.by_name();
const REPLACED: Field = may(
    "replaced_version",
    Kind::COUNT,
    "The version of the project that this took the place of, where a data directory has it: goxel.restore has it \
     back.",
);
const LAYER_COUNT: Field = needs("layer_count", Kind::COUNT, "How many layers it has.");

rows! {
    after super::system::END;

    CreateProject: Row::manages("goxel.create_project", ErrorCode::CreateProject)
        .tool("goxel_create_project", Arguments::Same).lenient()
        .about(
            "Create a project",
            "Makes a project of one empty layer and works on it from then on. One of the same \
             name is replaced, unless \
             replace is false: then that is an error. So it is where another connection's transaction is open on it. The \
             size is the image box that other programs are told; voxels may lie outside of it.",
        )
        .params(&[
            may("name", Kind::Text, "What it is called.").or("\"New Project\""),
            may("width", Kind::INT, "The image box along x; 64 where not positive.")
                .or("64").in_unit("voxels"),
            may("height", Kind::INT, "Along y; 64 where not positive.").or("64").in_unit("voxels"),
            may("depth", Kind::INT, "Along z; 64 where not positive.").or("64").in_unit("voxels"),
            REPLACE,
        ])
        .gives(&[SUCCESS, NAME, WIDTH, HEIGHT, DEPTH, PROJECT_ID, REPLACED])
        .examples(&[Example::of(r#"{"name": "castle", "width": 32, "height": 32, "depth": 32}"#, r#"{"success": true, "name": "castle", "width": 32, "height": 32, "depth": 32, "project_id": "4x7m2k9qfd"}"#)]);

    LoadProject: Row::manages("goxel.load_project", ErrorCode::Load)
        .tool("goxel_open_file", Arguments::Same)
        .aliases(&["goxel.open_file"]).lenient().files(Files::Reads).runs(Runs::Worker)
        .about(
            "Open a file",
            "Loads a file as a project and works on it from then on. The format is told by the \
             content, else by the extension. An open project of the same name is replaced as by \
             goxel.create_project; it stays where the file cannot be read.",
        )
        .params(&[
            PATH,
            named("name", Kind::Text, "What the project is called; the file's name without its \
                extension where it is not said."),
            REPLACE,
            READS,
        ])
        .gives(&[SUCCESS, PATH_BACK, NAME, PROJECT_ID, REPLACED, PASSED_OVER])
        .examples(&[Example::of(r#"{"path": "garden.gox", "name": "copy"}"#, r#"{"success": true, "path": "garden.gox", "name": "copy", "project_id": "4x7m2k9qfd"}"#)]);

    ListProjects: Row::system("goxel.list_projects")
        .about(
            "List the projects",
            "Lists the open projects, and which one calls work on; behind them those that the data \
             directory has and that are not open. Such a one is read in by the first call that names it.",
        )
        .gives(&[
            needs("count", Kind::COUNT, "How many there are."),
            needs(
                "projects",
                Kind::list(&Kind::Object(&[
                    NAME,
                    needs("current", Kind::Bool, "Whether this connection works on it."),
                    needs("layer_count", Kind::COUNT, "How many layers it has, where that is known.").optional(),
                    needs("voxel_count", Kind::COUNT, "How many voxels they have, where that is known.").optional(),
                    PROJECT_ID,
                    UNSAVED,
                    needs("open", Kind::Bool, "False where it has to be read in first.").optional(),
                    needs("error", Kind::Text, "Why it cannot be read.").optional(),
                ])),
                "Each of them.",
            ),
        ])
        .examples(&[Example::of("{}", r#"{"count": 2, "projects": [{"name": "meadow", "layer_count": 1, "voxel_count": 1, "current": false, "project_id": "yh2d8p1s6c", "unsaved": true}, {"name": "garden", "layer_count": 2, "voxel_count": 80, "current": true, "project_id": "4x7m2k9qfd", "unsaved": true}]}"#)]);

    SelectProject: Row::system("goxel.select_project")
        .about(
            "Choose the project to work on",
            "Makes this connection work on an open project; with current, also those connections \
             that chose none.",
        )
        .params(&[
            needs("name|project", Kind::Text, "Which one, by its name or its project_id."),
            named("current", Kind::Bool, "For connections that chose none, too.").or("false"),
        ])
        .gives(&[SUCCESS, NAME])
        .examples(&[Example::of(r#"{"name": "meadow"}"#, r#"{"success": true, "name": "meadow"}"#)]);

    Attach: Row::system("goxel.attach")
        .about(
            "Work on behalf of a session",
            "A session is what several connections are one after the other or side by side, as the \
             commands of a shell; whoever names one has it. It keeps its own current project, which \
             this connection takes over: the one that a connection of the session last made, loaded \
             or selected. Where there is none and several are open, calls that edit a project or \
             write files of it have to name it; and where the project was replaced by another of \
             the same name since, that is told. The daemon remembers the 4096 sessions that were \
             used last.",
        )
        .params(&[
            needs("session", Kind::Text, "What it calls itself: 1 to 255 bytes."),
            named("prefer", Kind::Text, "A session that is attached to instead where the daemon \
                knows its project."),
        ])
        .gives(&[
            SUCCESS,
            needs("session", Kind::Text, "The one that was attached to."),
            NAME.optional(),
            PROJECT_ID.optional(),
        ])
        .examples(&[Example::of(r#"{"session": "shell-4711"}"#, r#"{"success": true, "session": "shell-4711"}"#)]);

    CloseProject: Row::manages("goxel.close_project", ErrorCode::Internal)
        .about(
            "Close a project",
            "Closes a project. A data directory keeps it, and the next call that names it reads it in \
             again. Without one, what was not saved is gone, unless discard is false: then that is \
             an error. So it is where another connection's transaction is open on it.",
        )
        .params(&[needs("name|project", Kind::Text, "Which one, by its name or its project_id."), DISCARD])
        .gives(&[SUCCESS, NAME])
        .examples(&[Example::of(r#"{"name": "meadow"}"#, r#"{"success": true, "name": "meadow"}"#)]);

    DeleteProject: Row::manages("goxel.delete_project", ErrorCode::Internal)
        .about(
            "Delete a project",
            "Deletes a project, open or not, from memory and from the data directory. It cannot be \
             had back; files that it was saved to stay. goxel.close_project keeps it.",
        )
        .params(&[needs("name|project", Kind::Text, "Which one, by its name or its project_id.")])
        .gives(&[SUCCESS, NAME])
        .examples(&[Example::of(r#"{"name": "meadow"}"#, r#"{"success": true, "name": "meadow"}"#)]);

    SaveProject: Row::reads("goxel.save_project", ErrorCode::Save)
        .tool("goxel_save_file", Arguments::Same).lenient()
        .files(Files::Writes).runs(Runs::Worker)
        .about(
            "Save the project",
            "Writes the project to a file that holds its layers: .vox where the path says so, else \
             .gox. A file that is there is replaced as a whole, or stays as it was. Other formats \
             are written by goxel.export_model.",
        )
        .params(&[PATH, PROJECT, WRITES, OVERWRITE])
        .gives(&[SUCCESS, PATH_BACK, WARNINGS])
        .examples(&[Example::of(r#"{"path": "again.gox"}"#, r#"{"success": true, "path": "again.gox"}"#)]);

    ImportModel: Row::edits("goxel.import_model", ErrorCode::Load)
        .files(Files::Reads).runs(Runs::Worker)
        .about(
            "Import a file's layers",
            "Adds the layers of a file on top of those of the project, with the materials that they and \
             their colours have. Where a layer is named, what shows of the file is laid over it instead.",
        )
        .params(&[PATH, PROJECT, INTO, READS])
        .gives(&[
            SUCCESS,
            PATH_BACK,
            needs("layers", Kind::COUNT, "How many were added; 0 where it went into one that was there."),
            PASSED_OVER,
        ])
        .examples(&[Example::of(r#"{"path": "garden.gox"}"#, r#"{"success": true, "path": "garden.gox", "layers": 2}"#)]);

    ExportModel: Row::reads("goxel.export_model", ErrorCode::Export)
        .tool("goxel_export_file", Arguments::Same).lenient()
        .files(Files::Writes).runs(Runs::Worker)
        .about(
            "Export the project",
            "Writes what shows of the project to a file, in the named format or that of its \
             extension; png is a picture of it. A file that is there is replaced as a whole, or \
             stays as it was.",
        )
        .params(&[
            needs("path|output_path|file_path", Kind::Path, "Where the file is to be."),
            FORMAT,
            PROJECT,
            WRITES, OVERWRITE,
        ])
        .gives(&[
            SUCCESS,
            PATH_BACK,
            may("format", Kind::Text, "As it was sent, where it was."),
            WARNINGS,
            UP,
            UNIT,
            BESIDE,
        ])
        .examples(&[Example::of(r#"{"path": "garden.obj"}"#, r#"{"success": true, "path": "garden.obj", "warnings": [{"code": "cameras", "what": "the format has no cameras", "count": 1}, {"code": "color_names", "what": "the format has no names of colours", "count": 1}], "up": "y", "unit": "metre", "beside": ["garden_palette.png", "garden.mtl"]}"#)]);

    Convert: Row::system("goxel.convert").files(Files::ReadsAndWrites).runs(Runs::Worker)
        .code(ErrorCode::Load)
        .about(
            "Convert a file",
            "Reads a file and writes another, in the named format or that of its extension; no \
             open project has a part in it.",
        )
        .params(&[
            PATH,
            needs("output_path", Kind::Path, "Where the other file is to be."),
            named("format", Kind::Text, "The format's name; that of the extension of output_path \
                where it is not said."),
            WRITES, OVERWRITE,
            READS,
        ])
        .gives(&[
            SUCCESS,
            PATH_BACK,
            needs("output_path", Kind::Path, "As it was sent."),
            WARNINGS,
            UP,
            UNIT,
            BESIDE,
        ])
        .examples(&[Example::of(r#"{"path": "garden.gox", "output_path": "garden.vox"}"#, r#"{"success": true, "path": "garden.gox", "output_path": "garden.vox", "warnings": [{"code": "cameras", "what": "the format has no cameras", "count": 1}, {"code": "color_names", "what": "the format has no names of colours", "count": 1}]}"#)]);

    ListFormats: Row::system("goxel.list_formats")
        .about(
            "List the file formats",
            "Lists the formats of files that can be read or written, and what a written file has of a \
             project: docs/FORMATS.md as data.",
        )
        .gives(&[needs(
            "formats",
            Kind::list(&Kind::Object(&[
                needs("name", Kind::Text, "What calls name it."),
                needs("about", Kind::Text, "What it is, in a line."),
                needs("extensions", Kind::list(&Kind::Text), "Extensions without dots, the usual one first."),
                needs("reads", Kind::Bool, "Whether it can be read."),
                needs("writes", Kind::Bool, "Whether it can be written."),
                needs("layers", Kind::Text, "Which layers a written file has."),
                needs("keeps", Kind::list(&Kind::Text), "What else a written file has of a project."),
            ])),
            "In the order of the documents.",
        )])
        .examples(&[Example::of("{}", r#"{"formats": [{"name": "gox", "about": "Goxel's own, which keeps everything.", "extensions": ["gox"], "reads": true, "writes": true, "layers": "all", "keeps": ["colours", "alpha", "blend modes", "materials", "cameras and the light", "the palette", "names of colours", "the image box"]}]}"#).shortened()]);

    Backup: Row::system("goxel.backup").files(Files::Writes).runs(Runs::Worker)
        .code(ErrorCode::Save)
        .about(
            "Back up all projects",
            "Writes all projects to a file, open ones and those that the data directory has, each as it \
             is when this is called or later, while they are edited on. What an open transaction has done \
             is not in it. The file is a tar archive, and goxel-cli restore-backup makes a data directory of \
             it. One that is there is replaced as a whole, or stays as it was.",
        )
        .params(&[needs("path", Kind::Path, "Where the file is to be.")])
        .gives(&[
            SUCCESS,
            PATH_BACK,
            needs("projects", Kind::COUNT, "How many projects are in it."),
            needs("bytes", Kind::COUNT, "How many bytes it has.").in_unit("bytes"),
            needs("before_transactions", Kind::list(&Kind::Text), "The names of projects that are in it as \
                they were before a transaction that is open.").optional(),
            needs(
                "left_out",
                Kind::list(&Kind::Object(&[
                    NAME,
                    PROJECT_ID,
                    needs("error", Kind::Text, "Why it is not in the file."),
                ])),
                "Projects that could not be read.",
            ).optional(),
        ])
        .examples(&[Example::of(r#"{"path": "all.tar"}"#, r#"{"success": true, "path": "all.tar", "projects": 2, "bytes": 4096}"#)]);

    GetStatus: Row::system("goxel.get_status").lenient()
        .about(
            "Status of the project",
            "Says how the project is, and what the daemon obtained of the machine. Without a \
             project there are no layers, which is no error.",
        )
        .params(&[PROJECT])
        .gives(&[
            needs("version", Kind::Text, "The daemon's version."),
            LAYER_COUNT,
            needs("read_only", Kind::Bool, "Whether the project cannot be changed."),
            WIDTH, HEIGHT, DEPTH,
            may("name", Kind::Text, "What the project is called."),
            may("voxel_count", Kind::COUNT, "Voxels of all its layers.").in_unit("voxels"),
            PROJECT_ID.optional(),
            UNSAVED.optional(),
            super::system::FOLLOWS,
            super::system::FOLLOWERS,
            may("listeners", Kind::COUNT, "Connections that are told of events; not told where there is none."),
            super::system::WORKERS,
            needs("engine", super::system::ENGINE, "What the event loop has."),
        ])
        .examples(&[Example::of("{}", r#"{"name": "garden", "width": 32, "height": 32, "depth": 32, "layer_count": 2, "voxel_count": 80, "project_id": "4x7m2k9qfd", "unsaved": true, "version": "15.0.0-alpha.1", "read_only": false, "engine": {"accepted": 1, "arch": "x86_64", "arena_bytes": 2097152, "buffer_bytes_larger": 0, "buffers": {"4096": 0, "512": 0, "65536": 0, "larger": 0}, "connections": 1, "facilities": ["affinity", "huge_page_allocator", "huge_pages", "io_uring", "memory_nodes", "peer_process", "worker_priority"], "held_back": 0, "io": "mio", "jobs": 0, "memory_nodes": 1, "os": "linux", "pages": "madvise", "spins_missed": 3, "spins_paid": 0, "unread_bytes": 0, "workers": 2}}"#)]);

    GetProjectInfo: Row::reads("goxel.get_project_info", ErrorCode::Internal)
        .runs(Runs::Either)
        .about("Describe the project", "Tells all about the project that is not its voxels.")
        .params(&[PROJECT])
        .gives(&[
            SUCCESS, NAME, WIDTH, HEIGHT, DEPTH, LAYER_COUNT,
            needs("active_layer_id", super::shared::ID, "The layer that calls work on which name none."),
            VOXEL_COUNT,
            needs("bounding_box", Kind::Object(EXTENT), "The smallest box that holds all voxels."),
            needs("undo", Kind::COUNT, "Changes that can be taken back.").in_unit("steps"),
            needs("redo", Kind::COUNT, "Changes that can be done again.").in_unit("steps"),
            needs("layers", Kind::list(&LAYER_ENTRY), "The layers, bottom first."),
            PROJECT_ID,
            UNSAVED,
        ])
        .examples(&[Example::of("{}", r#"{"success": true, "name": "garden", "width": 32, "height": 32, "depth": 32, "layer_count": 2, "active_layer_id": 2, "voxel_count": 80, "undo": 6, "redo": 1, "bounding_box": {"min": [0, 0, 0], "max": [7, 7, 4], "dimensions": [8, 8, 5], "empty": false}, "layers": [{"name": "background", "id": 1, "voxel_count": 64, "visible": true, "active": false}, {"name": "tower", "id": 2, "voxel_count": 16, "visible": true, "active": true}], "project_id": "4x7m2k9qfd", "unsaved": true}"#)]);
}
