//! [`FromArg`]: a parameter as a value of Rust, within what its row allows.

use super::{Arg, Result, colour, corner, point, region};
use crate::json;
use crate::json::Number;
use crate::method::Kind;
use crate::suggest;
use crate::types::{Aabb, LayerId, LayerRef, LayerScope, Pos, Rgba, Word};

/// What a parameter can be read as. The kind in the row says which values are taken, the type what
/// becomes of them.
pub trait FromArg: Sized {
    /// Reads the parameter.
    ///
    /// # Errors
    /// Where it is not what the row says.
    fn from_arg(arg: &Arg<'_>) -> Result<Self>;
}

impl FromArg for bool {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        match arg.value.kind() {
            json::Kind::Bool(value) => Ok(value),
            _ => arg.must_be(),
        }
    }
}

impl FromArg for String {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        match arg.value.as_str() {
            Some(text) => Ok(text.decode().into_owned()),
            None => arg.must_be(),
        }
    }
}

impl FromArg for Vec<String> {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        let text = |value: json::Value<'_>| Some(value.as_str()?.decode().into_owned());
        match arg.value.kind() {
            json::Kind::Array => arg.value.elements().map(text).collect::<Option<_>>(),
            _ => None,
        }
        .map_or_else(|| arg.must_be(), Ok)
    }
}

impl Arg<'_> {
    /// A whole number of the row's range.
    fn integer(&self) -> Result<i64> {
        let Some(integer) = self.value.as_number().and_then(Number::to_i64) else {
            return self.must_be();
        };
        let fits = match self.field.kind.plain() {
            Kind::Integer { min, max } => (*min..=*max).contains(&integer),
            Kind::Choice(numbers) => numbers.contains(&integer),
            Kind::Layer | Kind::LayerOrAll => i32::try_from(integer).is_ok(),
            _ => true,
        };
        match fits {
            true => Ok(integer),
            false if self.field.kind == Kind::INT => self.wrong("does not fit 32 bits"),
            false => self.must_be(),
        }
    }

    /// A number of the row's range.
    fn number(&self) -> Result<f64> {
        let number = self.value.as_number().and_then(Number::to_f64).filter(|n| n.is_finite());
        let fits = |number: &f64| match self.field.kind.plain() {
            Kind::Number { min, max } => (*min..=*max).contains(number),
            _ => true,
        };
        number.filter(fits).map_or_else(|| self.must_be(), Ok)
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl FromArg for $integer {
            fn from_arg(arg: &Arg<'_>) -> Result<Self> {
                Self::try_from(arg.integer()?).or_else(|_| arg.must_be())
            }
        }
    )*};
}
integers!(u8 u32 i32 u64 i64 usize);

impl FromArg for f64 {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        arg.number()
    }
}

impl FromArg for f32 {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        let number = arg.number()? as Self;
        if number.is_finite() { Ok(number) } else { arg.must_be() }
    }
}

impl<const N: usize> FromArg for [f32; N] {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        let mut numbers = [0.0; N];
        if arg.value.kind() != json::Kind::Array || arg.value.elements().count() != N {
            return arg.must_be();
        }
        for (number, element) in numbers.iter_mut().zip(arg.value.elements()) {
            let read = element.as_number().and_then(Number::to_f64).map(|read| read as f32);
            *number = read.filter(|read| read.is_finite()).map_or_else(|| arg.must_be(), Ok)?;
        }
        Ok(numbers)
    }
}

impl<const N: usize> FromArg for [f64; N] {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        let mut numbers = [0.0; N];
        if arg.value.kind() != json::Kind::Array || arg.value.elements().count() != N {
            return arg.must_be();
        }
        let (least, most) = match arg.field.kind.plain() {
            Kind::Array { of: Kind::Number { min, max }, .. } => (*min, *max),
            _ => (f64::MIN, f64::MAX),
        };
        for (number, element) in numbers.iter_mut().zip(arg.value.elements()) {
            let read = element.as_number().and_then(Number::to_f64);
            let read = read.filter(|read| (least..=most).contains(read));
            *number = read.map_or_else(|| arg.must_be(), Ok)?;
        }
        Ok(numbers)
    }
}

impl<const N: usize> FromArg for [u32; N] {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        let mut numbers = [0; N];
        if arg.value.kind() != json::Kind::Array || arg.value.elements().count() != N {
            return arg.must_be();
        }
        let least = match arg.field.kind.plain() {
            Kind::Array { of: Kind::Integer { min, .. }, .. } => *min,
            _ => 0,
        };
        for (number, element) in numbers.iter_mut().zip(arg.value.elements()) {
            let read = element.as_number().and_then(Number::to_i64).filter(|read| *read >= least);
            let read = read.and_then(|read| u32::try_from(read).ok());
            *number = read.map_or_else(|| arg.must_be(), Ok)?;
        }
        Ok(numbers)
    }
}

impl FromArg for LayerRef {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        let Some(id) = arg.value.as_number().and_then(Number::to_i64) else {
            return arg.wrong("must be an integer");
        };
        let Ok(id) = i32::try_from(id) else { return arg.wrong("does not fit 32 bits") };
        layer_of(id).map_or_else(|| arg.must_be(), Ok)
    }
}

impl FromArg for LayerScope {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        match arg.value.as_number().and_then(Number::to_i64) {
            Some(-2) => Ok(Self::All),
            _ => LayerRef::from_arg(arg).map(Self::One),
        }
    }
}

impl FromArg for Rgba {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        colour(&arg.value, &arg.place)
    }
}

impl FromArg for Pos {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        match arg.field.kind.plain() {
            Kind::Array { .. } => corner(&arg.value, arg.field.name(), &arg.place),
            _ => point(&arg.value, &arg.place),
        }
    }
}

impl FromArg for Aabb {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        region(&arg.value, arg.field.name(), &arg.place)
    }
}

impl<T: Word> FromArg for T {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        let named = match arg.value.kind() {
            json::Kind::String(text) => Self::named(&text.decode()),
            // Where names are numbers, as those of connectivity are.
            json::Kind::Number(number) => {
                number.to_i64().and_then(|number| Self::named(&number.to_string()))
            }
            _ => None,
        };
        named.map_or_else(|| no_word::<T, T>(arg, &arg.value), Ok)
    }
}

impl<T: Word> FromArg for Vec<T> {
    fn from_arg(arg: &Arg<'_>) -> Result<Self> {
        let most = match arg.field.kind.plain() {
            Kind::Array { max, .. } => *max,
            _ => usize::MAX,
        };
        let count = arg.value.elements().take(most.saturating_add(1)).count();
        if arg.value.kind() != json::Kind::Array || count == 0 || count > most {
            return arg.must_be();
        }
        let word = |value: json::Value<'_>| {
            let named = value.as_str().and_then(|text| T::named(&text.decode()));
            named.map_or_else(|| no_word::<T, _>(arg, &value), Ok)
        };
        arg.value.elements().map(word).collect()
    }
}

/// A value is none of the words: which it may be, and which of them is meant.
#[cold]
fn no_word<W: Word, T>(arg: &Arg<'_>, value: &json::Value<'_>) -> Result<T> {
    let text = value.as_str().map(json::Str::decode);
    let near = text.and_then(|text| suggest::nearest(&text, W::spellings()).map(str::to_owned));
    let near = near.map(|near| format!("; is {near} meant?")).unwrap_or_default();
    arg.wrong(format_args!("must be {}{near}", arg.field.kind.words()))
}

/// What a layer's number means; `None` for a negative one of no meaning.
fn layer_of(id: i32) -> Option<LayerRef> {
    match id {
        0 | -1 => Some(LayerRef::Active),
        id => u32::try_from(id).ok().map(|id| LayerRef::Id(LayerId(id))),
    }
}
