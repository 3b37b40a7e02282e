//! The small languages of arguments and of point files: points, ranges, colours and sizes.
//!
//! Everything here is a function of text; [`ParseError`] says at which column it went wrong.

mod colour;
pub(crate) mod fast;
mod json;
mod layer;
mod numbers;
mod point;
mod range;
mod size;

pub(crate) use colour::Colour;
pub(crate) use layer::{ALL, LayerSpec};
pub(crate) use numbers::Numbers;
pub(crate) use point::Point;
pub(crate) use range::{Range, Six};
pub(crate) use size::{Pixels, Size, Triple};

use std::fmt;

/// Why a text is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParseError {
    /// Characters from the start, counted from 1.
    pub(crate) column: usize,
    /// What was wrong, for people.
    pub(crate) what: String,
}

impl ParseError {
    fn new(column: usize, what: impl fmt::Display) -> Self {
        Self { column, what: what.to_string() }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for ParseError {}

/// A part of a text, and where it begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Field<'a> {
    text: &'a str,
    column: usize,
}

impl Field<'_> {
    fn fail<T>(self, what: impl fmt::Display) -> Result<T, ParseError> {
        Err(ParseError::new(self.column, what))
    }

    fn coordinate(self) -> Result<i32, ParseError> {
        match self.text.parse() {
            Ok(coordinate) => Ok(coordinate),
            Err(_) => self.fail(format_args!("`{}` is not a coordinate (an integer)", self.text)),
        }
    }

    fn component(self) -> Result<u8, ParseError> {
        match self.text.parse() {
            Ok(component) => Ok(component),
            Err(_) => self.fail(format_args!("`{}` is not a number from 0 to 255", self.text)),
        }
    }
}

/// The fields of a text: parted by a comma, by white space, or by both.
#[derive(Clone, Debug)]
struct Fields<'a> {
    rest: &'a str,
    column: usize,
    /// A comma was passed, so that one more field is due.
    due: bool,
}

impl<'a> Fields<'a> {
    fn new(text: &'a str) -> Self {
        let mut fields = Self { rest: text, column: 1, due: false };
        fields.skip_space();
        fields
    }

    fn skip_space(&mut self) {
        self.pass(self.rest.len() - self.rest.trim_start().len());
    }

    fn pass(&mut self, bytes: usize) -> Field<'a> {
        let (text, rest) = self.rest.split_at(bytes);
        let field = Field { text, column: self.column };
        self.column += text.chars().count();
        self.rest = rest;
        field
    }

    /// Writes the fields to `out`, and gives how many there are. Those that `out` has no room for
    /// are only counted.
    fn collect_into(self, out: &mut [Field<'a>]) -> usize {
        let mut count = 0;
        for field in self {
            if let Some(slot) = out.get_mut(count) {
                *slot = field;
            }
            count += 1;
        }
        count
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        if self.rest.is_empty() && !self.due {
            return None;
        }
        let end = self.rest.find(|c: char| c == ',' || c.is_whitespace());
        let field = self.pass(end.unwrap_or(self.rest.len()));
        self.skip_space();
        self.due = self.rest.starts_with(',');
        if self.due {
            self.pass(1);
            self.skip_space();
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, usize)]) {
        let found: Vec<_> = Fields::new(text).map(|field| (field.text, field.column)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn fields() {
        check("1,2", &[("1", 1), ("2", 3)]);
        check("  1 , -2\t3 ", &[("1", 3), ("-2", 7), ("3", 10)]);
        check("1,,2", &[("1", 1), ("", 3), ("2", 4)]);
        check("1,", &[("1", 1), ("", 3)]);
        check("é,2", &[("é", 1), ("2", 3)]);
        check("", &[]);
    }
}
