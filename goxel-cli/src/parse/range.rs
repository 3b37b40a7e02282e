//! [`Range`]: a box of voxels as `a..b` on each axis, both ends inside; [`Six`]: by its corners.

use std::str::FromStr;

use goxel_proto::types::Pos;

use super::{Field, Fields, ParseError};

/// `x,y,z` where each is `a` or `a..b`: the box between two voxels, both of them in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) low: Pos,
    pub(crate) high: Pos,
}

impl Range {
    /// The six numbers of a box as the wire has them.
    pub(crate) fn corners(self) -> [i32; 6] {
        let [x1, y1, z1] = self.low.to_array();
        let [x2, y2, z2] = self.high.to_array();
        [x1, y1, z1, x2, y2, z2]
    }
}

impl FromStr for Range {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut fields = [Field::default(); 3];
        let count = Fields::new(text).collect_into(&mut fields);
        if count != 3 {
            let what = format_args!("a range has 3 parts such as 0..9,0,0..9, not {count}");
            return Err(ParseError::new(1, what));
        }
        let [x, y, z] = fields.map(axis);
        let ((x1, x2), (y1, y2), (z1, z2)) = (x?, y?, z?);
        Ok(Self { low: Pos::new(x1, y1, z1), high: Pos::new(x2, y2, z2) })
    }
}

/// `x1,y1,z1,x2,y2,z2`: the box between two corners, both of them in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Six([i32; 6]);

impl Six {
    /// The same, with its corners in order.
    pub(crate) fn range(self) -> Range {
        let Self([x1, y1, z1, x2, y2, z2]) = self;
        Range {
            low: Pos::new(x1.min(x2), y1.min(y2), z1.min(z2)),
            high: Pos::new(x1.max(x2), y1.max(y2), z1.max(z2)),
        }
    }
}

impl FromStr for Six {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut fields = [Field::default(); 6];
        let count = Fields::new(text).collect_into(&mut fields);
        if count != 6 {
            let what = format_args!("a box has 6 parts (x1,y1,z1,x2,y2,z2), not {count}");
            return Err(ParseError::new(1, what));
        }
        let mut corners = [0; 6];
        for (corner, field) in corners.iter_mut().zip(fields) {
            *corner = field.coordinate()?;
        }
        Ok(Self(corners))
    }
}

/// The lower and the higher end, whichever way round they were given.
fn axis(field: Field<'_>) -> Result<(i32, i32), ParseError> {
    let Some((low, high)) = field.text.split_once("..") else {
        let only = field.coordinate()?;
        return Ok((only, only));
    };
    let low_column = field.column;
    let high_column = field.column + low.chars().count() + 2;
    let low = Field { text: low, column: low_column }.coordinate()?;
    let high = Field { text: high, column: high_column }.coordinate()?;
    Ok((low.min(high), low.max(high)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, corners: [i32; 6]) {
        assert_eq!(text.parse::<Range>().map(Range::corners), Ok(corners), "{text}");
    }

    fn bad(text: &str, column: usize, what: &str) {
        let error = text.parse::<Range>().unwrap_err();
        assert_eq!((error.column, error.what.as_str()), (column, what), "{text}");
    }

    #[test]
    fn ranges() {
        check("0..9,0,0..9", [0, 0, 0, 9, 0, 9]);
        check("-5..-1, 3, 7", [-5, 3, 7, -1, 3, 7]);
        check("9..0,1,2", [0, 1, 2, 9, 1, 2]);
    }

    #[test]
    fn corners() {
        let range = "3,-1,5,-3,1,4".parse::<Six>().unwrap().range();
        assert_eq!(range.corners(), [-3, -1, 4, 3, 1, 5]);
        assert_eq!("1,2,3,4,5".parse::<Six>().unwrap_err().column, 1);
        assert_eq!("1,2,3,4,5,x".parse::<Six>().unwrap_err().column, 11);
    }

    #[test]
    fn what_is_no_range() {
        bad("0..9,0", 1, "a range has 3 parts such as 0..9,0,0..9, not 2");
        bad("0,1..x,0", 6, "`x` is not a coordinate (an integer)");
        bad("0,..4,0", 3, "`` is not a coordinate (an integer)");
        bad("0,0,1..2..3", 8, "`2..3` is not a coordinate (an integer)");
    }
}
