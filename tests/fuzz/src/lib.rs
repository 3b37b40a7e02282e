//! What several targets make of their bytes.

mod calls;
mod input;

pub use calls::params;
pub use input::Input;
