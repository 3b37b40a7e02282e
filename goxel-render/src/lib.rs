//! Pictures of volumes: a snapshot and a camera in, pixels out. Start with [`render`].
//!
//! Everything runs on the processor and takes plain values: no window, no graphics card, no file.
//! The same input gives the same bytes, on every machine and with any number of threads: the code
//! keeps to arithmetic that IEEE 754 rounds exactly, and no pixel depends on another's timing.
//!
//! ```text
//! options -> camera -> rays --\
//!                              traversal -> shade -> frame -> image -> encode
//! volume  -> tree  -----------/                                \-> sheet -/
//! ```

mod camera;
mod encode;
mod error;
mod frame;
mod image;
mod light;
mod options;
mod placed;
mod shade;
mod sheet;
mod traversal;
mod tree;

pub use encode::{Animation, Array, Element};
pub use error::{Error, IMAGE_EDGE_MAX, IMAGE_PIXELS_MAX};
pub use frame::{render, render_within};
pub use image::Image;
pub use options::RenderOptions;
pub use placed::Placed;
pub use sheet::Sheet;

#[cfg(test)]
mod tests;
