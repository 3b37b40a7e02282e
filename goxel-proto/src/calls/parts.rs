//! Parts that several calls share: boxes, limits, single voxels, colours of editing calls.

use std::fmt::Display;

use crate::args::{Args, colour, component, coordinate, point};
use crate::error::{ErrorCode, RpcError};
use crate::json::{Kind, Number, Value};
use crate::limits::REPLY_ITEMS_MAX;
use crate::types::{Aabb, Axis, Connectivity, Pos, Rgba, Word};

pub(super) type Result<T> = std::result::Result<T, RpcError>;

/// A parameter that is wrong, in words that clients know.
pub(super) fn refused<T>(what: impl Display) -> Result<T> {
    Err(RpcError::new(ErrorCode::InvalidParams, what))
}

/// `[x, y, z]`.
pub(super) fn corner(value: &Value<'_>, name: &str) -> Result<Pos> {
    let wrong = || refused(format_args!("Parameter '{name}' must be an array of 3 integers"));
    if value.kind() != Kind::Array || value.elements().count() != 3 {
        return wrong();
    }
    let mut axes = [0; 3];
    for (index, (axis, element)) in axes.iter_mut().zip(value.elements()).enumerate() {
        *axis = coordinate(&element, &format_args!("params.{name}[{index}]"))?;
    }
    Ok(axes.into())
}

/// The box between two corners, both inside; an empty one where they are the wrong way round.
pub(super) fn between(low: Pos, high: Pos) -> Aabb {
    let (low, high) = (low.to_array(), high.to_array());
    if (0..3).any(|axis| low[axis] > high[axis]) {
        return Aabb::default();
    }
    Aabb::spanning(low.into(), high.into())
}

/// A parameter `{min, max}`, where it is given.
pub(super) fn region(args: &Args<'_>, name: &str) -> Result<Option<Aabb>> {
    let Some((value, place)) = args.value(name) else { return Ok(None) };
    if value.kind() != Kind::Object {
        return Err(RpcError::params(place, "must be {min: [x, y, z], max: [x, y, z]}"));
    }
    let end = |end: &str| match value.get(end) {
        Some(found) => corner(&found, &format!("{name}.{end}")),
        None => refused(format_args!("Parameter '{name}.{end}' must be an array of 3 integers")),
    };
    Ok(Some(between(end("min")?, end("max")?)))
}

/// How many items a reply may have: zero and less stand for as many as there are, which is
/// [`REPLY_ITEMS_MAX`] at the most.
pub(super) fn limit(args: &Args<'_>, name: &str, default: usize) -> Result<usize> {
    let Some(asked) = args.optional_i32(name)? else { return Ok(default) };
    let asked = usize::try_from(asked).ok().filter(|&asked| asked > 0);
    Ok(asked.unwrap_or(REPLY_ITEMS_MAX).min(REPLY_ITEMS_MAX))
}

/// A colour in the parameter called `name`, and whether it says how opaque it is.
pub(super) fn named_colour(args: &Args<'_>, name: &str) -> Result<Option<(Rgba, bool)>> {
    let Some((value, place)) = args.value(name) else { return Ok(None) };
    let rgba = colour(&value, &place)?;
    let with_alpha = match value.kind() {
        Kind::Array => value.elements().count() > 3,
        Kind::String(text) => text.raw().trim_start_matches('#').len() > 6,
        _ => value.get("a").is_some(),
    };
    Ok(Some((rgba, with_alpha)))
}

/// The colour of a call that edits. An `a` of 0 stands for opaque, as older clients expect; a
/// `color` of alpha 0 is taken at its word.
pub(super) fn brush(args: &Args<'_>) -> Result<Rgba> {
    let rgba = args.colour_parts()?;
    let alpha = args.value("a").and_then(|(value, _)| value.as_number().and_then(Number::to_i64));
    if alpha == Some(0) && !args.has("color") {
        let [r, g, b, _] = rgba.0;
        return Ok(Rgba::opaque(r, g, b));
    }
    Ok(rgba)
}

/// `connectivity`: that of faces, where it is not said.
pub(super) fn connectivity(args: &Args<'_>) -> Result<Connectivity> {
    let Some(count) = args.optional_i32("connectivity")? else { return Ok(Connectivity::Faces) };
    Connectivity::from_count(count)
        .ok_or_else(|| RpcError::params("params.connectivity", "must be 6, 18 or 26"))
}

/// A word in the parameter called `name`, where it is said.
pub(super) fn word<T: Word>(args: &Args<'_>, name: &str) -> Result<Option<T>> {
    let Some(text) = args.optional_string(name)? else { return Ok(None) };
    let place = format_args!("params.{name}");
    let found = T::named(&text).map(Some);
    found.ok_or_else(|| RpcError::params(place, format_args!("must be {}", T::choices())))
}

/// An integer from 1 on; `default` where it is not said.
pub(super) fn positive(args: &Args<'_>, name: &str, default: u32) -> Result<u32> {
    let Some(number) = args.optional_i32(name)? else { return Ok(default) };
    let number = u32::try_from(number).ok().filter(|&number| number > 0);
    number
        .ok_or_else(|| RpcError::params(format_args!("params.{name}"), "must be an integer from 1"))
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

/// `axis`: z, where it is not said.
pub(super) fn axis(args: &Args<'_>) -> Result<usize> {
    Ok(word(args, "axis")?.unwrap_or(Axis::Z).index())
}
