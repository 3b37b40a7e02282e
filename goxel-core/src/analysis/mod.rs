//! Looking at voxels without changing them: which ones there are, and in which colours.
//!
//! Every look costs what is stored in the layers it names, however large the box is that was asked
//! about. A tile of one colour costs one step. Long looks are spread over whatever threads the
//! caller has ([`crate::Spread`]); what they find does not depend on that.

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
