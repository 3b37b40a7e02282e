//! [`Point`]: `x,y,z`, with a colour or without.

use std::str::FromStr;

use goxel_proto::types::{Pos, Rgba};

use super::colour::Colour;
use super::{Field, Fields, ParseError, json};

/// Where a voxel is to be, and what colour it has of its own.
///
/// ```text
/// x,y,z    x,y,z,COLOR    x,y,z,r,g,b    x,y,z,r,g,b,a      (or with white space for the commas)
/// ```
///
/// What begins with a bracket is JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) pos: Pos,
    pub(crate) rgba: Option<Rgba>,
}

impl FromStr for Point {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        if text.trim_start().starts_with(['[', '{']) {
            return json::point(text).map(|(pos, rgba)| Self { pos, rgba });
        }
        let mut fields = [Field::default(); 7];
        let count = Fields::new(text).collect_into(&mut fields);
        if !matches!(count, 3 | 4 | 6 | 7) {
            let what = format_args!("a point has 3, 4, 6 or 7 parts (x,y,z,COLOR), not {count}");
            // A text of no fields has no first one: then the error is at its start.
            return Err(ParseError::new(fields[0].column.max(1), what));
        }
        let mut axes = [0; 3];
        for (axis, field) in axes.iter_mut().zip(fields) {
            *axis = field.coordinate()?;
        }
        Ok(Self { pos: axes.into(), rgba: colour(&fields[3..count])? })
    }
}

fn colour(fields: &[Field<'_>]) -> Result<Option<Rgba>, ParseError> {
    if let [name] = fields {
        return match Rgba::from_text(name.text) {
            Some(rgba) => Ok(Some(rgba)),
            None => name.fail(Colour::unknown(name.text)),
        };
    }
    Colour::components(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, pos: [i32; 3], rgba: Option<[u8; 4]>) {
        let expected = Point { pos: pos.into(), rgba: rgba.map(Rgba) };
        assert_eq!(text.parse(), Ok(expected), "{text}");
    }

    fn bad(text: &str, column: usize, what: &str) {
        let error = text.parse::<Point>().unwrap_err();
        assert_eq!((error.column, error.what.as_str()), (column, what), "{text}");
    }

    #[test]
    fn points() {
        check("1,-2,3", [1, -2, 3], None);
        check(" -1 2  3 ", [-1, 2, 3], None);
        check("1,2,3,ff8800", [1, 2, 3], Some([255, 136, 0, 255]));
        check("1 2 3 #ff880080", [1, 2, 3], Some([255, 136, 0, 128]));
        check("1,2,3,red", [1, 2, 3], Some([255, 0, 0, 255]));
        check("1,2,3,4,5,6", [1, 2, 3], Some([4, 5, 6, 255]));
        check("1, 2, 3, 4, 5, 6, 7", [1, 2, 3], Some([4, 5, 6, 7]));
        check("2147483647,-2147483648,0", [i32::MAX, i32::MIN, 0], None);
    }

    #[test]
    fn what_is_no_point() {
        bad("1,x,3", 3, "`x` is not a coordinate (an integer)");
        bad("1,2,2147483648", 5, "`2147483648` is not a coordinate (an integer)");
        bad("1,2", 1, "a point has 3, 4, 6 or 7 parts (x,y,z,COLOR), not 2");
        bad("", 1, "a point has 3, 4, 6 or 7 parts (x,y,z,COLOR), not 0");
        bad("1 2 3 4 5 6 7 8", 1, "a point has 3, 4, 6 or 7 parts (x,y,z,COLOR), not 8");
        bad("1,2,3,nocolour", 7, "`nocolour` is not a colour");
        bad("1,2,3,4,5,256", 11, "`256` is not a number from 0 to 255");
        bad("1,,3", 3, "`` is not a coordinate (an integer)");
    }
}
