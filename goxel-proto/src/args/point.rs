//! Coordinates, positions and boxes as one value.

use std::fmt::Display;

use super::Result;
use crate::error::{ErrorCode, RpcError};
use crate::json::{Kind, Value};
use crate::types::{Aabb, Pos};

/// A coordinate: any number, rounded down to its cell.
///
/// # Errors
/// Where it is not a number, or outside of 32 bits.
pub fn coordinate(value: &Value<'_>, place: &dyn Display) -> Result<i32> {
    let number = value.as_number().ok_or_else(|| RpcError::params(place, "must be a number"))?;
    number.floor_i32().ok_or_else(|| RpcError::params(place, "is outside the range of 32 bits"))
}

/// A position: `[x, y, z]` or `{x, y, z}`.
///
/// # Errors
/// Where it is neither, or a coordinate is wrong.
pub fn point(value: &Value<'_>, place: &dyn Display) -> Result<Pos> {
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

/// `[x, y, z]`; `name` is what older clients know the parameter by.
///
/// # Errors
/// Where it is something else.
pub fn corner(value: &Value<'_>, name: &str, place: &dyn Display) -> Result<Pos> {
    if value.kind() != Kind::Array || value.elements().count() != 3 {
        return Err(no_corner(name));
    }
    let mut axes = [0; 3];
    for (index, (axis, element)) in axes.iter_mut().zip(value.elements()).enumerate() {
        *axis = coordinate(&element, &format_args!("{place}[{index}]"))?;
    }
    Ok(axes.into())
}

/// The box between two corners, both inside; an empty one where they are the wrong way round.
pub(crate) fn between(low: Pos, high: Pos) -> Aabb {
    if (0..3).any(|axis| low.to_array()[axis] > high.to_array()[axis]) {
        return Aabb::default();
    }
    Aabb::spanning(low, high)
}

fn no_corner(name: &str) -> RpcError {
    let what = format_args!("Parameter '{name}' must be an array of 3 integers");
    RpcError::new(ErrorCode::InvalidParams, what)
}

/// `{min, max}`: both corners belong to the box; one with its corners the wrong way round is empty.
///
/// # Errors
/// Where it is something else.
pub fn region(value: &Value<'_>, name: &str, place: &dyn Display) -> Result<Aabb> {
    if value.kind() != Kind::Object {
        return Err(RpcError::params(place, "must be {min: [x, y, z], max: [x, y, z]}"));
    }
    let end = |end: &str| match value.get(end) {
        Some(found) => corner(&found, &format!("{name}.{end}"), &format_args!("{place}.{end}")),
        None => Err(no_corner(&format!("{name}.{end}"))),
    };
    Ok(between(end("min")?, end("max")?))
}
