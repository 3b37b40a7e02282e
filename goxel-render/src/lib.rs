//! Pictures of volumes: a snapshot and a camera in, pixels out. Start with [`render`].
//!
//! Everything runs on the processor and takes plain values: no window, no graphics card, no file.
//! The same input gives the same bytes, on every machine and with any number of threads: the code
//! keeps to arithmetic that IEEE 754 rounds exactly, and no pixel depends on another's timing.
//!
//! A picture is drawn a block of pixels at a time:
//!
//! ```text
//! options -> stand -> camera --\         faces, front to back: raster
//!                               see --> <                              > samples
//! volume ---> tree ------------/         rays for what is small: march
//!
//! samples -> block: fragments, what a pixel sees of one plane (point, corners, finish, ground)
//!         -> sunlight: shadow rays, as few as it takes
//!         -> lines, srgb -> image -> encode
//!                              \-> sheet -/
//! ```
//!
//! What is seen through translucent voxels goes another way, one sample at a time (`shade`, `traversal`), and
//! pictures of quality `path` are drawn by a path tracer (`path`).

mod block;
mod camera;
mod corners;
mod encode;
mod error;
mod finish;
mod fragment;
mod frame;
mod ground;
mod image;
mod leaf;
mod light;
mod lines;
mod march;
mod options;
mod parts;
mod passes;
mod path;
mod placed;
mod point;
mod raster;
mod samples;
mod see;
mod shade;
mod sheet;
mod sight;
mod srgb;
mod stand;
mod sunlight;
mod surface;
mod traversal;
mod tree;
mod turn;
mod view;

pub use encode::Animation;
pub use error::{Error, IMAGE_EDGE_MAX, IMAGE_PIXELS_MAX};
pub use frame::{render, render_subject, render_within};
pub use image::Image;
pub use options::RenderOptions;
pub use passes::{Seen, render_pass};
pub use placed::Placed;
pub use sheet::Sheet;
pub use sight::{Sight, sights};
pub use surface::Subject;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod look_tests;
#[cfg(test)]
mod tests;
