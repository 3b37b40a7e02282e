//! [`Size`] of a project, [`Triple`] of a shape and [`Pixels`] of a picture.

use std::str::FromStr;

use super::{Field, Fields, ParseError};

/// `W,H,D`: the edges of a project in voxels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) [u32; 3]);

impl FromStr for Size {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut fields = [Field::default(); 3];
        let count = Fields::new(text).collect_into(&mut fields);
        if count != 3 {
            return Err(ParseError::new(1, "a size has 3 parts: W,H,D"));
        }
        let mut edges = [0; 3];
        for (edge, field) in edges.iter_mut().zip(fields) {
            *edge = positive(field)?;
        }
        Ok(Self(edges))
    }
}

/// `N` or `W,H,D`: the edges of a shape in voxels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Triple(pub(crate) [u32; 3]);

impl FromStr for Triple {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut fields = [Field::default(); 3];
        match Fields::new(text).collect_into(&mut fields) {
            1 => Ok(Self([positive(fields[0])?; 3])),
            3 => text.parse().map(|Size(edges)| Self(edges)),
            _ => Err(ParseError::new(1, "a size has 1 or 3 parts: N or W,H,D")),
        }
    }
}

/// `WxH`: the edges of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pixels {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl FromStr for Pixels {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let Some((width, height)) = text.split_once(['x', 'X']) else {
            return Err(ParseError::new(1, "a size of a picture is WxH, such as 640x480"));
        };
        let column = width.chars().count() + 2;
        let width = positive(Field { text: width, column: 1 })?;
        let height = positive(Field { text: height, column })?;
        Ok(Self { width, height })
    }
}

/// The wire takes these as `i32`.
fn positive(field: Field<'_>) -> Result<u32, ParseError> {
    match field.text.parse::<i32>().ok().and_then(|edge| u32::try_from(edge).ok()) {
        Some(edge) if edge > 0 => Ok(edge),
        _ => field.fail(format_args!("`{}` is not a number above 0", field.text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!("8,16, 32".parse(), Ok(Size([8, 16, 32])));
        assert_eq!("8".parse(), Ok(Triple([8; 3])));
        assert_eq!("8,4,2".parse(), Ok(Triple([8, 4, 2])));
        for (bad, column) in [("", 1), ("0", 1), ("1,2", 1), ("1,2,x", 5)] {
            assert_eq!(bad.parse::<Triple>().unwrap_err().column, column, "{bad}");
        }
        assert_eq!("640x480".parse(), Ok(Pixels { width: 640, height: 480 }));
        for (bad, column) in [("8,16", 1), ("8,0,8", 3), ("8,-1,8", 3), ("8,8,x", 5)] {
            assert_eq!(bad.parse::<Size>().unwrap_err().column, column, "{bad}");
        }
        for (bad, column) in [("640", 1), ("640x", 5), ("0x4", 1), ("99999999999x1", 1)] {
            assert_eq!(bad.parse::<Pixels>().unwrap_err().column, column, "{bad}");
        }
    }
}
