//! Analyses: what can be read off voxels without changing them, such as their colours, their
//! connected components and their exposed faces.
//!
//! The cost of an analysis goes by what is stored in the layers that it reads, however large the box
//! is that was asked about; a tile of one colour costs one step. Long ones are spread
//! by the executor of their [`crate::Work`]; their results do not depend on which that is.

mod colours;
mod components;
mod count;
mod faces;
mod region;
mod similar;

pub use colours::{Count, Order, binned, colours};
pub use components::{Component, components};
pub use count::count;
pub use faces::exposed_faces;
pub use region::{Extract, Found, Near, Query};
pub use similar::merge_similar;

#[cfg(test)]
mod tests;
