//! Values that are one of a few words: the tables are those of `goxel_proto::types`.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use goxel_proto::types::Word;

/// Reads any value of `T`, by any of its names.
pub(crate) fn word<T: Word>() -> impl TypedValueParser<Value = T> {
    word_if(|_: &T| true)
}

/// Reads those values of `T` that are `wanted`.
pub(crate) fn word_if<T: Word>(wanted: fn(&T) -> bool) -> impl TypedValueParser<Value = T> {
    let named = move |name: &str| T::named(name).filter(wanted);
    let names = T::spellings().filter(|name| named(name).is_some());
    PossibleValuesParser::new(names)
        .try_map(move |name| named(&name).ok_or_else(|| format!("no {}", T::WHAT)))
}
