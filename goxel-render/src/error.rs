//! [`Error`]: why a picture was refused, and how large one may get.

/// Pixels along an edge of a picture. Viewers and graphics cards take no more without trouble.
pub const IMAGE_EDGE_MAX: u32 = 8192;
/// Pixels in a picture: 4096 squared. The ray caster holds two copies of four bytes a pixel, so one
/// picture takes 128 MiB at the most.
pub const IMAGE_PIXELS_MAX: u64 = 1 << 24;

/// Why a picture was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// An edge is 0 or above [`IMAGE_EDGE_MAX`].
    #[error(
        "a picture of {width} x {height} pixels is not possible: each edge is 1 to {edge} pixels, and \
         there are at most {all} in all",
        edge = IMAGE_EDGE_MAX,
        all = IMAGE_PIXELS_MAX
    )]
    Edge {
        /// The width that was asked for.
        width: u32,
        /// The height that was asked for.
        height: u32,
    },
    /// More than [`IMAGE_PIXELS_MAX`].
    #[error(
        "a picture of {0} pixels is not possible: each edge is 1 to {edge} pixels, and there are at \
         most {all} in all",
        edge = IMAGE_EDGE_MAX,
        all = IMAGE_PIXELS_MAX
    )]
    Pixels(u64),
    /// The camera's transform has no direction, or it is too far away.
    #[error(
        "the camera sees nothing: its axes must have a length, and it must not be too far away"
    )]
    Camera,
    /// A sheet is smaller than the pictures on it are many.
    #[error("{width} x {height} pixels are too few for {columns} x {rows} pictures")]
    Sheet {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// Pictures beside each other.
        columns: u32,
        /// Pictures below each other.
        rows: u32,
    },
    /// The format cannot hold it.
    #[error("the picture cannot be written: {0}")]
    Encoding(String),
    /// The work has to end: somebody does not want it any more.
    #[error(transparent)]
    Stopped(#[from] goxel_core::Error),
}
