//! Looking at voxels without changing them: which ones there are, and in which colours.
//!
//! Every look costs what is stored in the layers it names, however large the box is that was asked
//! about. A tile of one colour costs one step.

mod colours;
mod count;
mod region;
mod similar;
mod structure;

pub use colours::{Count, Order, binned, colours};
pub use count::count;
pub use region::{Extract, Found, Near, Query};
pub use similar::merge_similar;
pub use structure::{Component, components, exposed_faces};

#[cfg(test)]
mod tests;
