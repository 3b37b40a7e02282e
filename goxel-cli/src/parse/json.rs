//! Points as JSON: `[x,y,z]`, `[x,y,z,"COLOR"]`, `[x,y,z,r,g,b,a]`, or an object of `x`, `y`, `z`
//! and `r`, `g`, `b`, `a` or `color`.

use goxel_proto::json::{Kind, Number, Value};
use goxel_proto::types::{Pos, Rgba};

use super::{Colour, ParseError};

/// A position, and the colour that it may have.
type Place = (Pos, Option<Rgba>);

/// The point of a line of JSON.
pub(super) fn point(text: &str) -> Result<Place, ParseError> {
    let lead = text.len() - text.trim_start().len();
    let value = Value::parse(text.as_bytes())
        .map_err(|error| ParseError::new(lead + 1, format_args!("this is no JSON: {error}")))?;
    let found = match value.kind() {
        Kind::Array => of_array(&value),
        _ => of_object(&value),
    };
    found.map_err(|what| ParseError::new(lead + 1, what))
}

fn of_array(value: &Value<'_>) -> Result<Place, String> {
    let parts: Vec<_> = value.elements().take(8).collect();
    let rgba = match &parts[..] {
        [_, _, _] => None,
        [_, _, _, colour] => Some(colour_of(colour)?),
        [_, _, _, channels @ ..] if matches!(channels.len(), 3 | 4) => Some(channels_of(channels)?),
        _ => return Err("a point is [x,y,z], [x,y,z,\"COLOR\"] or [x,y,z,r,g,b,a]".to_owned()),
    };
    Ok((position(&parts[..3])?, rgba))
}

fn of_object(value: &Value<'_>) -> Result<Place, String> {
    let member = |name: &str| value.get(name).ok_or_else(|| format!("there is no \"{name}\""));
    let axes = [member("x")?, member("y")?, member("z")?];
    let rgba = match (value.get("color"), value.get("r")) {
        (Some(colour), _) => Some(colour_of(&colour)?),
        (None, Some(r)) => {
            let mut channels = vec![r, member("g")?, member("b")?];
            channels.extend(value.get("a"));
            Some(channels_of(&channels)?)
        }
        (None, None) => None,
    };
    Ok((position(&axes)?, rgba))
}

fn position(axes: &[Value<'_>]) -> Result<Pos, String> {
    let mut pos = [0; 3];
    for (axis, value) in pos.iter_mut().zip(axes) {
        let number = value.as_number().and_then(Number::to_i64);
        *axis = number
            .and_then(|number| i32::try_from(number).ok())
            .ok_or_else(|| format!("`{}` is not a coordinate (an integer)", shown(value)))?;
    }
    Ok(pos.into())
}

fn colour_of(value: &Value<'_>) -> Result<Rgba, String> {
    if value.kind() == Kind::Array {
        return channels_of(&value.elements().take(5).collect::<Vec<_>>());
    }
    let word = value.as_str().map(|text| text.decode().into_owned());
    let rgba = word.and_then(|word| word.parse::<Colour>().ok());
    rgba.map(|Colour(rgba)| rgba).ok_or_else(|| format!("`{}` is not a colour", shown(value)))
}

fn channels_of(values: &[Value<'_>]) -> Result<Rgba, String> {
    if !matches!(values.len(), 3 | 4) {
        return Err(format!("a colour has 3 or 4 components, not {}", values.len()));
    }
    let mut rgba = Rgba::BLACK;
    for (channel, value) in rgba.0.iter_mut().zip(values) {
        let number = value.as_number().and_then(Number::to_i64);
        *channel = number
            .and_then(|number| u8::try_from(number).ok())
            .ok_or_else(|| format!("`{}` is not a number from 0 to 255", shown(value)))?;
    }
    Ok(rgba)
}

fn shown(value: &Value<'_>) -> String {
    String::from_utf8_lossy(value.raw()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points() {
        let check = |text: &str, rgba: Option<[u8; 4]>| {
            let expected = (Pos::new(1, -2, 3), rgba.map(Rgba));
            assert_eq!(point(text), Ok(expected), "{text}");
        };
        check("[1,-2,3]", None);
        check("[1, -2, 3, \"red\"]", Some([255, 0, 0, 255]));
        check("[1,-2,3,4,5,6]", Some([4, 5, 6, 255]));
        check(" [1,-2,3,4,5,6,7]", Some([4, 5, 6, 7]));
        check("[1,-2,3,[4,5,6]]", Some([4, 5, 6, 255]));
        check(r#"{"x":1,"y":-2,"z":3}"#, None);
        check(r#"{"x":1,"y":-2,"z":3,"color":"f80"}"#, Some([255, 136, 0, 255]));
        check(r#"{"z":3,"x":1,"y":-2,"r":4,"g":5,"b":6,"a":7}"#, Some([4, 5, 6, 7]));
    }

    #[test]
    fn what_is_no_point() {
        let check = |text: &str, what: &str| assert_eq!(point(text).unwrap_err().what, what);
        check("{\"x\":1}", "there is no \"y\"");
        check("[1,2]", "a point is [x,y,z], [x,y,z,\"COLOR\"] or [x,y,z,r,g,b,a]");
        check("[1,2,3.5]", "`3.5` is not a coordinate (an integer)");
        check("[1,2,3,\"blurple\"]", "`\"blurple\"` is not a colour");
        check("[1,2,3,4,5,256]", "`256` is not a number from 0 to 255");
        assert!(point("[1,2").unwrap_err().what.starts_with("this is no JSON: "));
        assert_eq!(point("  {").unwrap_err().column, 3);
    }
}
