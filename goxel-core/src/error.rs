//! What a command can refuse. The words for people stand here and nowhere else.

use goxel_proto::types::LayerId;

use crate::limits;

/// Why a command was refused. The project is then as it was before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The id names no layer.
    #[error("no layer has the id {}", .0.0)]
    UnknownLayer(LayerId),
    /// The name names no layer.
    #[error("no layer is named \"{0}\"")]
    UnknownLayerName(String),
    /// The id names no material or no camera.
    #[error("no {kind} has the id {id}")]
    Unknown {
        /// "material" or "camera".
        kind: &'static str,
        /// The id that was given.
        id: u32,
    },
    /// The name names no material or no camera.
    #[error("no {kind} is named \"{name}\"")]
    UnknownName {
        /// "material" or "camera".
        kind: &'static str,
        /// The name that was given.
        name: String,
    },
    /// [`limits::MATERIALS_MAX`], [`limits::CAMERAS_MAX`], [`limits::PALETTE_MAX`].
    #[error("a project holds {max} {kind}s at the most")]
    TooMany {
        /// What there are too many of.
        kind: &'static str,
        /// How many there may be.
        max: usize,
    },
    /// A number of a material, a camera or the light is not finite or out of its range.
    #[error("{what} must be a number {needs}")]
    BadNumber {
        /// The name of the number.
        what: &'static str,
        /// What it has to be, as the rest of a sentence.
        needs: &'static str,
    },
    /// A transform has a number that is not finite, or places nothing.
    #[error("a transform is 16 finite numbers by column, whose last row is 0, 0, 0, 1")]
    BadTransform,
    /// A colour of the palette has alpha 0, which is no colour.
    #[error("colour {0} of the palette has alpha 0, which is no voxel")]
    EmptyColour(usize),
    /// Bounds of a layer that hold no position, or more than there are.
    #[error("the bounds of a layer must hold a voxel and keep to the range of positions")]
    BadBounds,
    /// A layer cannot be merged with itself.
    #[error("a layer cannot be merged with itself (id {})", .0.0)]
    SameLayer(LayerId),
    /// [`limits::LAYERS_MAX`].
    #[error("a project holds {} layers at the most", limits::LAYERS_MAX)]
    TooManyLayers,
    /// [`limits::NAME_BYTES_MAX`].
    #[error("a name of {0} bytes is too long: {max} at the most", max = limits::NAME_BYTES_MAX)]
    NameTooLong(usize),
    /// [`limits::FILL_VOXELS_MAX`].
    #[error("a box of {0} voxels is too large: {max} at the most", max = limits::FILL_VOXELS_MAX)]
    FillTooLarge(u128),
    /// [`limits::PARTIAL_TILES_MAX`].
    #[error(
        "parts of {0} tiles of {edge} voxels cubed are too many: {max} at the most",
        edge = crate::TILE_EDGE, max = limits::PARTIAL_TILES_MAX
    )]
    TooManyTiles(u128),
    /// [`limits::LINE_VOXELS_MAX`].
    #[error("a line of {0} voxels is too long: {max} at the most", max = limits::LINE_VOXELS_MAX)]
    LineTooLong(u64),
    /// [`limits::FLOOD_TILES_MAX`].
    #[error(
        "the fill reaches more than {} tiles of {edge} voxels cubed, which is the most: name bounds",
        limits::FLOOD_TILES_MAX, edge = crate::TILE_EDGE
    )]
    FloodTooLarge,
    /// A flood of empty space that nothing encloses.
    #[error("the empty space at [{}, {}, {}] is not enclosed: name bounds", .0[0], .0[1], .0[2])]
    OpenSpace([i32; 3]),
    /// A flood that begins outside of its bounds.
    #[error("[{}, {}, {}] is not inside of the bounds", .0[0], .0[1], .0[2])]
    OutOfBounds([i32; 3]),
    /// [`limits::SHAPE_VOXELS_MAX`].
    #[error("a shape in a box of {0} voxels is too large: {max} at the most", max = limits::SHAPE_VOXELS_MAX)]
    ShapeTooLarge(u128),
    /// [`limits::RESHAPE_TILES_MAX`].
    #[error(
        "a layer of {0} tiles of {edge} voxels cubed is too large for this: {max} at the most",
        edge = crate::TILE_EDGE, max = limits::RESHAPE_TILES_MAX
    )]
    ReshapeTooLarge(u128),
    /// [`limits::HEIGHT_MAP_VOXELS_MAX`].
    #[error("a height map of {0} voxels is too large: {max} at the most", max = limits::HEIGHT_MAP_VOXELS_MAX)]
    HeightMapTooLarge(u128),
    /// [`limits::MADE_BYTES_MAX`].
    #[error(
        "it would take more than {} bytes, which is the most for one command: do it in parts",
        limits::MADE_BYTES_MAX
    )]
    TooMuchMade,
    /// [`limits::OPAQUE_BYTES_MAX`].
    #[error(
        "a file says {0} bytes of things that the project has no place for: {max} are kept at the most",
        max = limits::OPAQUE_BYTES_MAX
    )]
    TooMuchOpaque(usize),
    /// A voxel would be moved past the ends of the range of positions.
    #[error("a voxel would leave the range of positions, which are 32 bits")]
    OutOfRange,
    /// The work does not fit the budget that it was given.
    #[error("more work than one command may do: {0} voxels or their like at the most")]
    OverBudget(u64),
    /// Somebody wants the work to stop.
    #[error("cancelled")]
    Cancelled,
    /// The deadline of the call is over.
    #[error("the deadline has passed")]
    Late,
    /// More memory than the daemon may take.
    #[error("{}", over_memory(*.needs, *.free, *.max))]
    OverMemory {
        /// Bytes that are needed; 0 where nobody knows how many more.
        needs: u64,
        /// Bytes that may still be taken.
        free: u64,
        /// Bytes that may be taken in all.
        max: u64,
    },
    /// What an edit was made of is no longer as it was.
    #[error("others have changed {what} meanwhile: begin again with what is there now")]
    Overtaken {
        /// What others have changed, too.
        what: String,
    },
    /// No project of this name is open.
    #[error("no open project is named \"{0}\"")]
    UnknownProject(String),
    /// Nothing is open.
    #[error("no project is open")]
    NoProject,
    /// The project was closed by somebody since it was chosen.
    #[error("the project that this connection worked on was closed: select or create another")]
    ClosedProject,
    /// [`limits::PROJECTS_MAX`].
    #[error("{} projects are open, which is the most: close one", limits::PROJECTS_MAX)]
    TooManyProjects,
    /// A transaction within a transaction.
    #[error("a transaction has begun already")]
    InTransaction,
    /// There is nothing to commit or to roll back.
    #[error("no transaction has begun")]
    NoTransaction,
    /// Nothing is there to paint.
    #[error("there is no voxel at [{}, {}, {}]", .0[0], .0[1], .0[2])]
    NoVoxel([i32; 3]),
    /// A layer's new place in the order is past the end.
    #[error("position {index} is past the end: the project has {count} layers")]
    LayerIndex {
        /// The place that was asked for.
        index: usize,
        /// How many layers there are.
        count: usize,
    },
}

fn over_memory(needs: u64, free: u64, max: u64) -> String {
    let mb = |bytes: u64| bytes.div_ceil(1 << 20);
    let needed = match needs {
        0 => "this takes more memory than there is".to_owned(),
        needs => format!("this takes {} MB of memory", mb(needs)),
    };
    let (free, max) = (free >> 20, mb(max));
    format!(
        "{needed}: {free} MB are free of the limit of {max} MB; \
         close a project or start the daemon with a larger --memory-max"
    )
}

/// What a command gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;
