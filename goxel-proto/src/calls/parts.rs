//! Parts that several calls share: limits, colours and positions inside of lists.

use std::fmt::Display;

use crate::args::{Args, colour, component, point};
use crate::error::{ErrorCode, RpcError};
use crate::json::{Kind, Number, Value};
use crate::limits::REPLY_ITEMS_MAX;
use crate::types::{Pos, Rgba};

pub(super) type Result<T> = std::result::Result<T, RpcError>;

/// A parameter that is wrong, in words that clients know.
pub(super) fn refused<T>(what: impl Display) -> Result<T> {
    Err(RpcError::new(ErrorCode::InvalidParams, what))
}

/// How many items a reply may have: zero and less stand for as many as there are, which is
/// [`REPLY_ITEMS_MAX`] at the most.
pub(super) fn limit(args: &Args<'_>, name: &str) -> Result<usize> {
    let asked: i32 = args.need(name)?;
    let asked = usize::try_from(asked).ok().filter(|&asked| asked > 0);
    Ok(asked.unwrap_or(REPLY_ITEMS_MAX).min(REPLY_ITEMS_MAX))
}

/// How many items to pass over; negative numbers count as 0.
pub(super) fn offset(args: &Args<'_>) -> Result<u64> {
    let offset: i32 = args.need("offset")?;
    Ok(u64::try_from(offset).unwrap_or(0))
}

/// A 32-bit integer.
pub(super) fn integer(value: &Value<'_>, place: &dyn Display) -> Result<i32> {
    let integer = value.as_number().and_then(Number::to_i64);
    let fits = integer.and_then(|integer| i32::try_from(integer).ok());
    fits.ok_or_else(|| RpcError::params(place, "must be an integer of 32 bits"))
}

/// The position of an object `{x, y, z}` or `{position}`.
pub(super) fn position(value: &Value<'_>, place: &dyn Display) -> Result<Pos> {
    match value.get("position") {
        Some(position) => point(&position, &format_args!("{place}.position")),
        None => point(value, place),
    }
}

/// The colour of an object `{r, g, b, a?}` or `{color}`.
pub(super) fn object_colour(value: &Value<'_>, place: &dyn Display) -> Result<Rgba> {
    if let Some((name, found)) = ["color", "rgba"].iter().find_map(|n| Some((n, value.get(n)?))) {
        return colour(&found, &format_args!("{place}.{name}"));
    }
    let mut rgba = Rgba::BLACK;
    for (channel, name) in rgba.0.iter_mut().zip(["r", "g", "b", "a"]) {
        match value.get(name) {
            Some(part) => *channel = component(&part, &format_args!("{place}.{name}"))?,
            None if name == "a" => {}
            None => return Err(RpcError::params(place, "needs r, g and b, or color")),
        }
    }
    Ok(rgba)
}

/// Whether a value is an array.
pub(super) fn is_array(value: &Value<'_>) -> bool {
    value.kind() == Kind::Array
}
