//! Meshing: the surface of volumes as the corners and faces of a file.
//!
//! ```text
//! volume -> slab, plane    rectangles of one colour, greedy or one a face, plane by plane, in parallel
//!        -> solid          where asked for: smooth, free of T-junctions, closed, without cavities
//!        -> piece          corners that faces share
//!        -> survey         one pass over all of it: looks, colours, how many rectangles
//!        -> model          parts (a layer each), groups (a look each), what is kept and what is made again
//!        -> the format     bytes of corners and faces, chunk by chunk
//! ```
//!
//! Greedy meshing: of all faces between a voxel and an empty place, those that lie in a plane, look the
//! same way and have one colour are merged, first along rows into runs, then runs of the same ends into
//! rectangles. The result depends on the voxels only, not on the tiles that they are stored in, and
//! always comes in the same order. Memory is that of a slab of tiles, however large the mesh is; meshes
//! that have to be looked at as a whole take as much as their surface.
//!
//! A format is a file that knows nothing of this: it says what it wants ([`Export`]), and writes the
//! chunks of a [`Model`] through a [`Frame`], which knows axes and units.

mod cavity;
mod cell;
mod coarse;
mod export;
mod fill;
mod frame;
mod groups;
mod lattice;
mod model;
pub(crate) mod number;
mod parallel;
mod piece;
mod plane;
mod quad;
mod rims;
mod sample;
mod slab;
mod solid;
mod survey;
pub(crate) mod texture;

pub(crate) use export::{Export, Files, export};
pub(crate) use frame::Frame;
pub(crate) use model::{Chunk, Group, Look, Looks, Model, Part, Section};
pub(crate) use piece::{Face, Share, Vertex};

#[cfg(test)]
mod corpus;
#[cfg(test)]
pub(crate) mod proof;
#[cfg(test)]
mod tests;
