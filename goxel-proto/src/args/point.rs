//! Positions as one value.

use super::coordinate;
use crate::error::RpcError;
use crate::json::{Kind, Value};
use crate::types::Pos;

/// A position: `[x, y, z]` or `{x, y, z}`.
///
/// # Errors
/// Where it is neither, or a coordinate is wrong.
pub fn point(value: &Value<'_>, place: &dyn std::fmt::Display) -> Result<Pos, RpcError> {
    let mut axes = ["x", "y", "z"].map(|name| value.get(name));
    if value.kind() == Kind::Array && value.elements().count() == 3 {
        axes.iter_mut().zip(value.elements()).for_each(|(axis, part)| *axis = Some(part));
    }
    let mut pos = [0; 3];
    for ((axis, part), name) in pos.iter_mut().zip(axes).zip(["x", "y", "z"]) {
        let part = part.ok_or_else(|| RpcError::params(place, "needs x, y and z"))?;
        *axis = coordinate(&part, &format_args!("{place}.{name}"))?;
    }
    Ok(pos.into())
}
