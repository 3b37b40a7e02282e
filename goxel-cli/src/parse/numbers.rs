//! [`Numbers`]: a place or a light, in fractions.

use std::str::FromStr;

use super::{Field, Fields, ParseError};

/// `X,Y,Z`: three numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Numbers(pub(crate) [f32; 3]);

impl FromStr for Numbers {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut fields = [Field::default(); 3];
        if Fields::new(text).collect_into(&mut fields) != 3 {
            return Err(ParseError::new(1, "three numbers are needed: X,Y,Z"));
        }
        let mut numbers = [0.0; 3];
        for (number, field) in numbers.iter_mut().zip(fields) {
            *number = match field.text.parse() {
                Ok(number) if f32::is_finite(number) => number,
                _ => return field.fail(format_args!("`{}` is not a number", field.text)),
            };
        }
        Ok(Self(numbers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_numbers() {
        assert_eq!("1,-2.5,3e2".parse(), Ok(Numbers([1.0, -2.5, 300.0])));
        assert_eq!(" -1,0,0".parse(), Ok(Numbers([-1.0, 0.0, 0.0])));
        for (bad, column, what) in [
            ("1,2", 1, "three numbers are needed: X,Y,Z"),
            ("1,2,3,4", 1, "three numbers are needed: X,Y,Z"),
            ("1,x,3", 3, "`x` is not a number"),
            ("1,2,inf", 5, "`inf` is not a number"),
        ] {
            assert_eq!(bad.parse::<Numbers>(), Err(ParseError::new(column, what)), "{bad}");
        }
    }
}
