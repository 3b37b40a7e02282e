//! Colours as one value.

use std::fmt::Display;

use super::Result;
use crate::error::RpcError;
use crate::json::{Kind, Value};
use crate::method::COLOUR_WORDS;
use crate::types::Rgba;

/// A colour component: an integer from 0 to 255, or a fraction from 0 to 1 that is scaled to it.
///
/// # Errors
/// Where it is neither.
pub fn component(value: &Value<'_>, place: &dyn Display) -> Result<u8> {
    let wrong = || RpcError::params(place, "a colour component must be an integer from 0 to 255");
    let number = value.as_number().ok_or_else(wrong)?;
    if let Some(integer) = number.plain_integer() {
        return u8::try_from(integer).map_err(|_| wrong());
    }
    if number.is_float() {
        let fraction = number.to_f64().filter(|f| (0.0..=1.0).contains(f));
        // Cut, as older clients expect: 0.5 is 127.
        return fraction.map(|fraction| (fraction * 255.0) as u8).ok_or_else(wrong);
    }
    number.to_i64().and_then(|integer| u8::try_from(integer).ok()).ok_or_else(wrong)
}

/// A colour: a name, `"#rgb"`, `"#rrggbb"`, `"#rrggbbaa"`, `[r, g, b]`, `[r, g, b, a]` or
/// `{r, g, b, a?}`.
///
/// # Errors
/// Where it is none of these.
pub fn colour(value: &Value<'_>, place: &dyn Display) -> Result<Rgba> {
    match value.kind() {
        Kind::String(text) => of_text(&text.decode(), place),
        Kind::Array => of_list(value, place),
        Kind::Object => of_members(value, place),
        _ => Err(RpcError::params(place, format_args!("must be {COLOUR_WORDS}"))),
    }
}

fn of_text(text: &str, place: &dyn Display) -> Result<Rgba> {
    Rgba::from_text(text).ok_or_else(|| {
        let near = crate::suggest::nearest(text, Rgba::names());
        let near = near.map(|name| format!("; is {name} meant?")).unwrap_or_default();
        let what = "Invalid hex color format: expected #RRGGBB or #RRGGBBAA, or a name";
        RpcError::params(place, format_args!("{what}{near}"))
    })
}

fn of_list(value: &Value<'_>, place: &dyn Display) -> Result<Rgba> {
    let mut rgba = Rgba::BLACK;
    let mut count = 0;
    for (index, element) in value.elements().enumerate() {
        let Some(channel) = rgba.0.get_mut(index) else {
            break;
        };
        *channel = component(&element, &format_args!("{place}[{index}]"))?;
        count += 1;
    }
    if count < 3 {
        return Err(RpcError::params(place, "a colour needs at least three components"));
    }
    Ok(rgba)
}

fn of_members(value: &Value<'_>, place: &dyn Display) -> Result<Rgba> {
    let mut rgba = Rgba::BLACK;
    for (channel, name) in rgba.0.iter_mut().zip(["r", "g", "b", "a"]) {
        match value.get(name) {
            Some(part) => *channel = component(&part, &format_args!("{place}.{name}"))?,
            None if name == "a" => {}
            None => return Err(RpcError::params(place, "Color object missing r, g, b fields")),
        }
    }
    Ok(rgba)
}
