//! [`Colour`]: hexadecimal, by name, or by components.

use std::str::FromStr;

use goxel_proto::types::Rgba;

use super::{Field, Fields, ParseError};
use crate::error;

/// A colour as an argument: `rgb`, `rrggbb`, `rrggbbaa` (with `#` or without), `r,g,b`,
/// `r,g,b,a`, or a name of CSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) Rgba);

/// How a colour can be written.
const FORMS: &str = "a colour is rrggbb, rrggbbaa, rgb, r,g,b, r,g,b,a or a name such as tomato";

impl Colour {
    /// What is said of a word that is no colour.
    pub(super) fn unknown(word: &str) -> String {
        let meant = error::suggestion(word, Rgba::names());
        format!("`{word}` is not a colour{meant}")
    }

    /// The colour of three or four components; none of no components.
    pub(super) fn components(fields: &[Field<'_>]) -> Result<Option<Rgba>, ParseError> {
        if fields.is_empty() {
            return Ok(None);
        }
        let mut rgba = Rgba::BLACK;
        for (channel, field) in rgba.0.iter_mut().zip(fields) {
            *channel = field.component()?;
        }
        Ok(Some(rgba))
    }
}

impl FromStr for Colour {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut fields = [Field::default(); 4];
        let count = Fields::new(text).collect_into(&mut fields);
        let rgba = match count {
            1 => Rgba::from_text(fields[0].text),
            3 | 4 => Self::components(&fields[..count])?,
            _ => None,
        };
        rgba.map(Self).ok_or_else(|| {
            let meant = error::suggestion(text, Rgba::names());
            ParseError::new(1, format_args!("{FORMS}{meant}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, rgba: [u8; 4]) {
        assert_eq!(text.parse(), Ok(Colour(Rgba(rgba))), "{text}");
    }

    #[test]
    fn colours() {
        check("f80", [255, 136, 0, 255]);
        check("#ff8800", [255, 136, 0, 255]);
        check("FF880080", [255, 136, 0, 128]);
        check("1,2,3", [1, 2, 3, 255]);
        check("1, 2, 3, 4", [1, 2, 3, 4]);
        check("RebeccaPurple", [0x66, 0x33, 0x99, 255]);
    }

    #[test]
    fn what_is_no_colour() {
        for bad in ["", "#", "ff88", "#ggg", "1,2", "1,2,3,4,5", "1,2,300", "-1,2,3", "no"] {
            assert!(bad.parse::<Colour>().is_err(), "{bad}");
        }
        let error = "1,2,300".parse::<Colour>().unwrap_err();
        assert_eq!(error.column, 5);
        let error = "tomatoe".parse::<Colour>().unwrap_err();
        assert!(error.what.ends_with("(did you mean \"tomato\"?)"), "{error}");
    }
}
