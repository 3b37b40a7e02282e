//! [`Command`]: the one list of commands.

use std::path::PathBuf;

use clap::Subcommand;
use goxel_proto::types::{Axis, CameraPreset, Combine, Side};

use super::groups::{AddVoxels, Daemon, Layer, OnLayer, RemoveVoxels, Style, View, When};
use super::old::Old;
use super::scene::{Camera, Material};
use super::shapes::{Growth, Heightmap, Next, Shape, Stroke};
use super::word::word;
use crate::parse::{Colour, LayerSpec, Pixels, Point, Range, Size};

/// The commands.
#[derive(Clone, Debug, PartialEq, Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    /// Make a project of one empty layer
    New {
        name: String,
        /// Its size in voxels
        #[arg(long, value_name = "W,H,D")]
        size: Option<Size>,
    },
    /// Load a file as a project
    Open {
        file: PathBuf,
        /// What to call the project
        #[arg(long)]
        name: Option<String>,
    },
    /// Write the project to a file
    Save {
        /// The file [default: the project's name with .gox]
        file: Option<PathBuf>,
    },
    /// Add the layers of a file to the project
    Import { file: PathBuf },
    /// Write the project to a file in another format
    Export {
        #[arg(required_unless_present = "output")]
        file: Option<PathBuf>,
        /// The same as FILE
        #[arg(long, hide = true, conflicts_with = "file", value_name = "FILE")]
        output: Option<PathBuf>,
        /// The format, where the extension does not say it
        #[arg(long)]
        format: Option<String>,
    },
    /// Read one file and write another, apart from all projects
    Convert {
        #[arg(value_name = "IN")]
        from: PathBuf,
        #[arg(value_name = "OUT")]
        to: PathBuf,
        /// The format of OUT, where the extension does not say it
        #[arg(long)]
        format: Option<String>,
    },
    /// List the open projects
    Projects,
    /// Make an open project the current one
    Use { name: String },
    /// Close a project; what was not saved is gone
    Close { name: String },

    /// Set voxels
    AddVoxels(AddVoxels),
    /// Remove voxels
    RemoveVoxels(RemoveVoxels),
    /// Give the voxels of a box another colour
    PaintVoxels {
        range: Range,
        #[arg(value_name = "COLOR")]
        colour: Colour,
        #[command(flatten)]
        on: OnLayer,
    },
    /// Print the colour of a voxel, or "empty"
    GetVoxel {
        #[arg(value_name = "POINT")]
        point: Point,
        #[command(flatten)]
        on: OnLayer,
    },
    /// Print the voxels of boxes, or of the layer, as add-voxels reads them
    GetVoxels {
        /// x,y,z where each is a number or a range a..b, both ends inside
        #[arg(value_name = "RANGE")]
        ranges: Vec<Range>,
        #[command(flatten)]
        on: OnLayer,
        /// How many at the most [default: all]
        #[arg(long, value_name = "COUNT")]
        limit: Option<u64>,
        /// How they are written
        #[arg(long, value_enum, default_value_t = Style::Points)]
        style: Style,
    },
    /// Fill a box with a colour: fill 0..9,0,0..9 tomato
    Fill {
        range: Range,
        #[arg(value_name = "COLOR")]
        colour: Colour,
        #[command(flatten)]
        on: OnLayer,
    },
    /// Give the voxels that hang together with one, and have its colour, another colour
    Flood {
        #[arg(value_name = "POINT")]
        point: Point,
        #[arg(value_name = "COLOR")]
        colour: Colour,
        /// How far each channel may be from that colour
        #[arg(long, value_name = "0-255")]
        tolerance: Option<u8>,
        /// How far it spreads in empty space
        #[arg(long, value_name = "RANGE")]
        bounds: Option<Range>,
        #[command(flatten)]
        next: Next,
        #[command(flatten)]
        on: OnLayer,
    },
    /// Build a box, sphere, ellipsoid, cylinder, cone, pyramid, torus or plane
    Shape(Shape),
    /// Draw a line from one voxel to another
    Line(Stroke),
    /// Build a landscape: columns as high as the pixels of a picture are bright
    Heightmap(Heightmap),
    /// Put what is in a box behind it again and again
    Extrude {
        range: Range,
        #[arg(value_parser = word::<Axis>())]
        axis: Axis,
        /// How many times; backwards where negative
        #[arg(default_value_t = 1, allow_negative_numbers = true)]
        times: i32,
        #[command(flatten)]
        on: OnLayer,
    },
    /// Leave a shell of a layer
    Hollow {
        /// How many voxels thick
        #[arg(value_name = "VOXELS", default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..))]
        thickness: i32,
        #[command(flatten)]
        on: OnLayer,
    },
    /// Make a layer thicker: empty places next to a voxel become like it
    Dilate(Growth),
    /// Make a layer thinner: voxels next to an empty place go
    Erode(Growth),
    /// Give the voxels of a colour another one
    ReplaceColor {
        #[arg(value_name = "FROM")]
        from: Colour,
        #[arg(value_name = "TO")]
        to: Colour,
        /// How far each channel may be from FROM
        #[arg(long, value_name = "0-255")]
        tolerance: Option<u8>,
        #[command(flatten)]
        on: OnLayer,
    },
    /// Mirror a layer across an axis
    Mirror {
        #[arg(value_parser = word::<Axis>())]
        axis: Axis,
        /// At which coordinate, or half way between two [default: in the middle of what is there]
        #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
        at: Option<f64>,
        /// What was there stays too
        #[arg(long)]
        keep: bool,
        /// Keep this side only, and make the other one like it
        #[arg(long, value_parser = word::<Side>(), conflicts_with = "keep")]
        side: Option<Side>,
        #[command(flatten)]
        on: OnLayer,
    },
    /// Turn a layer about an axis, from x to y about z
    Rotate {
        #[arg(value_parser = word::<Axis>())]
        axis: Axis,
        /// A multiple of 90
        #[arg(default_value_t = 90, allow_negative_numbers = true)]
        degrees: i32,
        /// Around which voxel [default: the one in the middle of what is there]
        #[arg(long, value_name = "POINT")]
        around: Option<Point>,
        #[command(flatten)]
        on: OnLayer,
    },
    /// Move a layer
    Move {
        /// How far: x,y,z
        #[arg(value_name = "POINT")]
        by: Point,
        #[command(flatten)]
        on: OnLayer,
    },
    /// Make each voxel of a layer a cube of FACTOR voxels; with 0.5, of each eight one
    Scale {
        factor: f64,
        #[command(flatten)]
        on: OnLayer,
    },
    /// Remove the voxels of a layer that are outside of a box
    Crop {
        range: Range,
        #[command(flatten)]
        on: OnLayer,
    },
    /// Put what is in a box somewhere else too
    Copy {
        range: Range,
        /// Where the low corner of the box goes
        #[arg(value_name = "POINT")]
        to: Point,
        #[command(flatten)]
        on: OnLayer,
        /// Into another layer
        #[arg(long, value_name = "LAYER", allow_hyphen_values = true)]
        into: Option<LayerSpec>,
        /// Out of another open project; --layer is one of its layers then
        #[arg(long, value_name = "NAME")]
        from: Option<String>,
        /// Add its voxels, take away what is there, give that its colour, or leave nothing else
        /// [default: it lies over what is there]
        #[arg(long, value_parser = word::<Combine>(), value_name = "MODE")]
        mode: Option<Combine>,
    },
    /// Remove all voxels of a layer
    Clear {
        #[arg(value_name = "LAYER", allow_negative_numbers = true)]
        layer: Option<LayerSpec>,
    },
    /// List, add, change and choose layers
    #[command(subcommand)]
    Layer(Layer),
    /// List, make and change materials, which layers may have
    #[command(subcommand)]
    Material(Material),
    /// List, make and change the cameras that the project keeps
    #[command(subcommand)]
    Camera(Camera),
    /// List the colours that the project keeps to pick from, or set them
    Palette {
        #[arg(value_name = "COLOR")]
        colours: Vec<Colour>,
        /// Remove all
        #[arg(long, conflicts_with = "colours")]
        clear: bool,
    },

    /// Say how the project is
    Info,
    /// Print the smallest box that holds all voxels
    Bbox(OnLayer),
    /// Count the voxels
    Count {
        /// Of this colour alone
        #[arg(long, value_name = "COLOR")]
        color: Option<Colour>,
        /// How far each channel may be from it
        #[arg(long, value_name = "0-255", requires = "color")]
        tolerance: Option<u8>,
        /// In this box alone
        #[arg(long, value_name = "RANGE")]
        region: Option<Range>,
        #[command(flatten)]
        on: OnLayer,
    },
    /// List the parts that hang together and with no other, the largest first
    Components {
        #[command(flatten)]
        next: Next,
        /// In this box alone
        #[arg(long, value_name = "RANGE")]
        region: Option<Range>,
        #[command(flatten)]
        on: OnLayer,
        /// How many at the most
        #[arg(long, value_name = "COUNT", default_value_t = 20)]
        limit: u32,
    },
    /// Count the faces of voxels that have nothing before them
    Faces(OnLayer),
    /// Count the voxels of each colour
    Histogram {
        /// Of this box alone
        #[arg(long, value_name = "RANGE")]
        region: Option<Range>,
        #[command(flatten)]
        on: OnLayer,
        /// How many colours, the most frequent first
        #[arg(long, value_name = "COUNT", default_value_t = 20)]
        top: u32,
        /// Put similar colours together: the width of a step of each channel
        #[arg(long, value_name = "1-255")]
        bins: Option<u8>,
    },
    /// List the colours
    Colors {
        /// Of this box alone
        #[arg(long, value_name = "RANGE")]
        region: Option<Range>,
        #[command(flatten)]
        on: OnLayer,
        /// Put together colours that are at most this far apart
        #[arg(long, value_name = "0-255")]
        merge: Option<u8>,
    },
    /// Find the voxels of a colour
    Find {
        #[arg(value_name = "COLOR")]
        colour: Colour,
        /// How far each channel may be from it
        #[arg(long, value_name = "0-255")]
        tolerance: Option<u8>,
        /// In this box alone
        #[arg(long, value_name = "RANGE")]
        region: Option<Range>,
        #[command(flatten)]
        on: OnLayer,
        /// How many places at the most
        #[arg(long, value_name = "COUNT", default_value_t = 1000)]
        limit: u32,
    },

    /// Render a picture to a PNG file
    Render {
        #[arg(required_unless_present = "output")]
        file: Option<PathBuf>,
        /// The same as FILE
        #[arg(long, short, hide = true, conflicts_with = "file", value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        view: View,
        /// Taken for the sake of older scripts, as --height and --quality
        #[arg(long, hide = true, requires = "height", conflicts_with = "size")]
        width: Option<u32>,
        #[arg(long, hide = true, requires = "width")]
        height: Option<u32>,
        #[arg(long, hide = true)]
        quality: Option<String>,
    },
    /// Draw the project on the terminal
    Show {
        /// The size of the drawing in characters
        #[arg(long, value_name = "COLSxROWS", default_value = "80x30")]
        size: Pixels,
        /// Where from, as for render
        #[arg(long, value_parser = word::<CameraPreset>(), value_name = "PRESET")]
        camera: Option<CameraPreset>,
        /// When to draw in colour
        #[arg(long, value_enum, default_value_t = When::Auto)]
        color: When,
    },

    /// Take back the last changes
    Undo {
        /// How many
        #[arg(default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=65_536))]
        steps: u32,
    },
    /// Do again what was last taken back
    Redo {
        /// How many
        #[arg(default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=65_536))]
        steps: u32,
    },
    /// Say how many changes can be taken back, and how many done again
    History,

    /// Run the commands of a file, one a line
    Batch {
        /// The file, or - for standard input
        file: PathBuf,
        /// Go on after a command that failed
        #[arg(long, conflicts_with = "atomic")]
        keep_going: bool,
        /// All or nothing: one error takes back everything. One step of the history
        #[arg(long)]
        atomic: bool,
    },
    /// Type commands, with history, completion and hints
    Shell,
    /// Print a line whenever the project changes
    Watch {
        /// How often to look, in milliseconds
        #[arg(long, value_name = "MS", default_value_t = 500, value_parser = clap::value_parser!(u64).range(10..=3_600_000))]
        every: u64,
        /// Stop after so many lines
        #[arg(long, value_name = "LINES")]
        count: Option<u64>,
    },
    /// Call a method of the daemon; `methods NAME` says how
    Call {
        /// Its name, as `methods` lists them
        method: String,
        /// An object or an array
        #[arg(value_name = "JSON")]
        params: Option<String>,
    },
    /// List the methods of the daemon, or tell all about some
    Methods {
        /// Names, or parts of them
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Ask whether the daemon lives
    Ping,
    /// Start, stop or look for the daemon
    #[command(subcommand)]
    Daemon(Daemon),
    /// Print a script that completes commands, for a shell
    Completions { shell: clap_complete::Shell },
    /// Write the man pages to a directory, or print the first
    Man {
        dir: Option<PathBuf>,
        /// Print all of them as one page of Markdown
        #[arg(long, hide = true)]
        markdown: bool,
    },

    #[command(flatten)]
    Old(Old),
}
