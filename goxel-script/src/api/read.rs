//! Numbers, positions, colours, boxes and words, in every form that scripts write them.
//!
//! ```text
//! position   [x, y, z], a Vec, {x, y, z}
//! colour     [r, g, b], [r, g, b, a], a Vec, {r, g, b, a?}, "#rrggbb", "gold"
//! box        a Box, [position, position], {min, max}: the low corner is inside, the high one is not
//! ```
//!
//! A position of fractions is the voxel that it lies in. Parts of a colour are cut to whole numbers of 0 to 255; where
//! there is no alpha it is 255. Whatever runs a script - a getter, a Proxy - runs here, before anything is borrowed.

use goxel_proto::types::{Aabb, Pos, Rgba, Word};
use rquickjs::{Class, Object, Result, Value};

use super::bounds::Bounds;
use super::call::Call;
use super::vector::Vector;
use crate::sys::{Held, Item, as_array, as_object, item};

/// The lowest and the highest coordinate.
const RANGE: std::ops::RangeInclusive<f64> = i32::MIN as f64..=i32::MAX as f64;
/// Ends of boxes may be one further: they are outside.
const END_MAX: f64 = i32::MAX as f64 + 1.0;

impl<'js> Call<'_, 'js> {
    /// The number at `index`.
    #[inline]
    pub(super) fn number_at(&self, index: usize, what: &str) -> Result<f64> {
        self.number_of(&self.arg(index), what)
    }

    #[inline]
    pub(super) fn number_of(&self, value: &Value<'js>, what: &str) -> Result<f64> {
        value.as_number().ok_or_else(|| self.not(what, "a number", value))
    }

    /// A number that is finite.
    pub(super) fn finite(&self, value: &Value<'js>, what: &str) -> Result<f64> {
        let number = self.number_of(value, what)?;
        if number.is_finite() {
            Ok(number)
        } else {
            Err(self.out_of_range(format_args!("{what} is {number}")))
        }
    }

    /// A whole number of a range, by cutting what is behind the point.
    pub(super) fn whole(&self, value: &Value<'js>, what: &str, low: i64, high: i64) -> Result<i64> {
        let number = self.number_of(value, what)?.trunc();
        if number >= low as f64 && number <= high as f64 {
            return Ok(number as i64);
        }
        Err(self
            .out_of_range(format_args!("{what} is {number}, which is not from {low} to {high}")))
    }

    /// A coordinate.
    #[inline]
    pub(super) fn coordinate(&self, value: &Value<'js>, what: &str) -> Result<i32> {
        match value.as_int() {
            Some(whole) => Ok(whole),
            None => self.cell(self.number_of(value, what)?, what),
        }
    }

    /// The voxel that a number lies in.
    fn cell(&self, number: f64, what: &str) -> Result<i32> {
        let low = number.floor();
        if RANGE.contains(&low) {
            return Ok(low as i32);
        }
        Err(self.out_of_range(format_args!(
            "{what} is {number}: positions are from -2147483648 to 2147483647"
        )))
    }

    /// The position at `index`.
    #[inline]
    pub(super) fn pos_at(&self, index: usize) -> Result<Pos> {
        self.pos(&self.arg(index), "position")
    }

    #[inline]
    pub(super) fn pos(&self, value: &Value<'js>, what: &str) -> Result<Pos> {
        if let Some(array) = as_array(value) {
            let axis = |index| match item(array, index)? {
                Item::Whole(whole) => Ok(whole),
                Item::Fraction(number) => self.cell(number, what),
                Item::Other(value) => Err(self.not(what, "three numbers", &value)),
            };
            return Ok(Pos::new(axis(0)?, axis(1)?, axis(2)?));
        }
        let [x, y, z] = self.triple(value, what)?;
        Ok(Pos::new(self.cell(x, what)?, self.cell(y, what)?, self.cell(z, what)?))
    }

    /// Three numbers.
    pub(super) fn triple(&self, value: &Value<'js>, what: &str) -> Result<[f64; 3]> {
        let wanted = "[x, y, z], a Vec or {x, y, z}";
        let object = as_object(value).ok_or_else(|| self.not(what, wanted, value))?;
        if let Some(array) = as_array(value) {
            let part = |index: usize| self.number_of(&array.get(index)?, what);
            return Ok([part(0)?, part(1)?, part(2)?]);
        }
        if let Some(vector) = object.as_class::<Held<Vector>>() {
            let parts = vector.borrow().0.parts();
            return match *parts {
                [x, y, z, ..] => Ok([x, y, z]),
                _ => Err(self
                    .wrong(format_args!("{what} must be {wanted}, not a Vec of {}", parts.len()))),
            };
        }
        let part = |name: &str| {
            self.number_of(&object.get::<_, Value<'js>>(name)?, &format!("{what}.{name}"))
        };
        Ok([part("x")?, part("y")?, part("z")?])
    }

    /// The colour at `index`.
    #[inline]
    pub(super) fn colour_at(&self, index: usize) -> Result<Rgba> {
        self.colour(&self.arg(index), "colour")
    }

    #[inline]
    pub(super) fn colour(&self, value: &Value<'js>, what: &str) -> Result<Rgba> {
        if let Some(array) = as_array(value) {
            let part = |index| self.part_of(item(array, index)?, what);
            let alpha = match item(array, 3)? {
                Item::Other(value) if value.is_undefined() => u8::MAX,
                alpha => self.part_of(alpha, what)?,
            };
            return Ok(Rgba::new(part(0)?, part(1)?, part(2)?, alpha));
        }
        if let Some(object) = as_object(value) {
            return self.colour_of(object, what);
        }
        if value.is_string() {
            let text = self.text_of(value, what)?;
            return Rgba::from_text(&text).ok_or_else(|| self.wrong(unknown_colour(what, &text)));
        }
        Err(self.not(what, "[r, g, b, a], a Vec, {r, g, b, a}, \"#rrggbb\" or a name", value))
    }

    fn colour_of(&self, object: &Object<'js>, what: &str) -> Result<Rgba> {
        if let Some(vector) = object.as_class::<Held<Vector>>() {
            let parts = vector.borrow().0.parts();
            let part = |number: f64| self.byte(number, what);
            return match *parts {
                [r, g, b] => Ok(Rgba::opaque(part(r)?, part(g)?, part(b)?)),
                [r, g, b, a] => Ok(Rgba::new(part(r)?, part(g)?, part(b)?, part(a)?)),
                _ => {
                    let size = parts.len();
                    Err(self
                        .wrong(format_args!("{what} must be a Vec of 3 or 4 parts, not of {size}")))
                }
            };
        }
        let part =
            |name: &str| self.part(&object.get::<_, Value<'js>>(name)?, &format!("{what}.{name}"));
        let alpha: Value<'js> = object.get("a")?;
        let alpha = if alpha.is_undefined() { u8::MAX } else { self.part(&alpha, what)? };
        Ok(Rgba::new(part("r")?, part("g")?, part("b")?, alpha))
    }

    /// A part of a colour.
    #[inline]
    pub(super) fn part(&self, value: &Value<'js>, what: &str) -> Result<u8> {
        match value.as_int() {
            Some(whole) => Ok(whole.clamp(0, 255) as u8),
            None => self.byte(self.number_of(value, what)?, what),
        }
    }

    #[inline]
    fn part_of(&self, part: Item<'js>, what: &str) -> Result<u8> {
        match part {
            Item::Whole(whole) => Ok(whole.clamp(0, 255) as u8),
            Item::Fraction(number) => self.byte(number, what),
            Item::Other(value) => Err(self.not(what, "three or four numbers", &value)),
        }
    }

    fn byte(&self, number: f64, what: &str) -> Result<u8> {
        if number.is_nan() {
            return Err(self.out_of_range(format_args!("{what} has a part that is NaN")));
        }
        Ok(number.clamp(0.0, 255.0) as u8)
    }

    /// The box at `index`.
    pub(super) fn aabb_at(&self, index: usize) -> Result<Aabb> {
        self.aabb(&self.arg(index))
    }

    pub(super) fn aabb(&self, value: &Value<'js>) -> Result<Aabb> {
        let wanted = "a Box, [min, max] or {min, max}";
        let object = value.as_object().ok_or_else(|| self.not("box", wanted, value))?;
        let (min, max): (Value<'js>, Value<'js>) = if let Some(array) = value.as_array() {
            (array.get(0)?, array.get(1)?)
        } else if let Some(bounds) = Class::<Held<Bounds>>::from_object(object) {
            return Ok(bounds.borrow().0.aabb());
        } else {
            (object.get("min")?, object.get("max")?)
        };
        Ok(Aabb { min: self.corner(&min, "box.min")?, max: self.corner(&max, "box.max")? })
    }

    fn corner(&self, value: &Value<'js>, what: &str) -> Result<[i64; 3]> {
        let corner = self.triple(value, what)?.map(f64::floor);
        match corner.iter().find(|axis| !(*RANGE.start()..=END_MAX).contains(*axis)) {
            Some(axis) => Err(self.out_of_range(format_args!(
                "{what} is at {axis}: boxes are from -2147483648 to 2147483648"
            ))),
            None => Ok(corner.map(|axis| axis as i64)),
        }
    }

    /// A value of a few that have names.
    pub(super) fn word<T: Word>(&self, value: &Value<'js>) -> Result<T> {
        let text = self.text_of(value, T::WHAT)?;
        T::named(&text).ok_or_else(|| {
            self.wrong(format_args!("{} must be {}, not \"{text}\"", T::WHAT, T::choices()))
        })
    }
}

fn unknown_colour(what: &str, text: &str) -> String {
    let text: String = text.chars().take(40).collect();
    match goxel_proto::suggest::nearest(&text, Rgba::names()) {
        Some(near) => format!("{what}: no colour is named \"{text}\": did you mean \"{near}\"?"),
        None => format!(
            "{what}: \"{text}\" is no colour: write \"#rrggbb\", \"#rrggbbaa\" or a name of CSS"
        ),
    }
}
