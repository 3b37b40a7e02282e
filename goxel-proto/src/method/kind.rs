//! [`Kind`]: what a parameter or a member of a result may be; [`Field`]: one of them, with its name.
//!
//! One list of kinds serves the reader of parameters, the words of its errors, the JSON Schemas
//! and the documents, so what a client is told is what is checked.

use crate::types::Word;

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Any JSON value.
    Any,
    /// `true` or `false`.
    Bool,
    /// A whole number, both ends included.
    Integer {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A number, both ends included.
    Number {
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
    },
    /// A string.
    Text,
    /// A string: the path of a file on the daemon's machine.
    Path,
    /// A string of bytes in base64.
    Base64,
    /// One of a named set, in large or small letters.
    Word(Words),
    /// One of a set of whole numbers.
    Choice(&'static [i64]),
    /// This string and no other.
    Exactly(&'static str),
    /// `false`, where that means none.
    False,
    /// `true`, where that means a certain one.
    True,
    /// A coordinate: any number of the range of 32 bits, rounded down to its cell.
    Coordinate,
    /// A colour component: an integer from 0 to 255, or a fraction from 0 to 1 that is scaled to it.
    Component,
    /// A colour: `"gold"`, `"#rgb"`, `"#rrggbb"`, `"#rrggbbaa"`, `[r, g, b]`, `[r, g, b, a]` or
    /// `{r, g, b, a?}`.
    Colour,
    /// A layer by its id; 0 and -1 are the active one.
    Layer,
    /// A layer by its id; 0 and -1 are the active one, -2 is all of them.
    LayerOrAll,
    /// An object of these members and no others.
    Object(&'static [Field]),
    /// An array of so many elements.
    Array {
        /// What each is.
        of: &'static Kind,
        /// The fewest.
        min: usize,
        /// The most; `usize::MAX` for no limit of its own.
        max: usize,
    },
    /// A list that may hold millions of elements and is read once, by the call itself.
    Bulk(&'static Kind),
    /// One of several kinds.
    AnyOf(&'static [Kind]),
    /// A kind that has a name and a description of its own in the documents.
    Named(&'static Named),
}

/// A kind that several methods share and that the documents describe once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Named {
    /// Its heading.
    pub name: &'static str,
    /// What it is called in a sentence: `a box`.
    pub what: &'static str,
    /// What there is to know of it.
    pub about: &'static str,
    /// What it is made of.
    pub kind: Kind,
}

/// The names of a set of words.
#[derive(Clone, Copy)]
pub struct Words {
    /// What they name: `axis`.
    pub what: &'static str,
    /// Each name that replies give, and what it means.
    pub rows: fn() -> Vec<(&'static str, &'static str)>,
    /// Every name that is read, other spellings too.
    pub spellings: fn() -> Vec<&'static str>,
}

impl Words {
    /// The names of the values of `T`.
    #[must_use]
    pub const fn of<T: Word>() -> Self {
        Self {
            what: T::WHAT,
            rows: || T::all().map(|value| (value.name(), value.sentence())).collect(),
            spellings: || T::spellings().collect(),
        }
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.what)
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        self.what == other.what
    }
}

impl Kind {
    /// A whole number that fits 32 bits.
    pub const INT: Self = Self::Integer { min: i32::MIN as i64, max: i32::MAX as i64 };
    /// How many of something: a whole number from 0 on.
    pub const COUNT: Self = Self::Integer { min: 0, max: i64::MAX };
    /// A whole number from 1 on that fits 32 bits.
    pub const POSITIVE: Self = Self::Integer { min: 1, max: i32::MAX as i64 };
    /// What a byte holds.
    pub const BYTE: Self = Self::Integer { min: 0, max: 255 };
    /// Any number.
    pub const NUMBER: Self = Self::Number { min: f64::MIN, max: f64::MAX };
    /// A number from 0 to 1.
    pub const UNIT: Self = Self::Number { min: 0.0, max: 1.0 };

    /// Any number of these.
    #[must_use]
    pub const fn list(of: &'static Self) -> Self {
        Self::Array { of, min: 0, max: usize::MAX }
    }

    /// So many of these.
    #[must_use]
    pub const fn tuple(of: &'static Self, count: usize) -> Self {
        Self::Array { of, min: count, max: count }
    }

    /// What the value must be, as it stands behind "must be" in an error and behind a name in the
    /// documents.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Any => "any value".into(),
            Self::Bool => "true or false".into(),
            Self::Integer { min, max } => range("an integer", *min, *max),
            Self::Number { min, max } if *min == f64::MIN && *max == f64::MAX => "a number".into(),
            Self::Number { min, max } if *max == f64::MAX => format!("a number from {min}"),
            Self::Number { min, max } => format!("a number from {min} to {max}"),
            Self::Text | Self::Path => "a string".into(),
            Self::Base64 => "a string of base64".into(),
            Self::Word(words) => {
                let names: Vec<_> =
                    (words.rows)().iter().map(|(name, _)| format!("{name:?}")).collect();
                one_of(&names)
            }
            Self::Choice(numbers) => {
                one_of(&numbers.iter().map(i64::to_string).collect::<Vec<_>>())
            }
            Self::Exactly(text) => format!("{text:?}"),
            Self::False => "false".into(),
            Self::True => "true".into(),
            Self::Coordinate => "a number".into(),
            Self::Component => "an integer from 0 to 255".into(),
            Self::Colour => COLOUR_WORDS.into(),
            Self::Layer => "a layer's id, or 0 for the active layer".into(),
            Self::LayerOrAll => "a layer's id, 0 for the active layer, or -2 for all layers".into(),
            Self::Object(members) => {
                let members: Vec<_> = members
                    .iter()
                    .map(|member| {
                        format!("{}{}", member.name(), if member.required { "" } else { "?" })
                    })
                    .collect();
                format!("an object {{{}}}", members.join(", "))
            }
            Self::Array { of, min, max } => array(&of.words(), *min, *max),
            Self::Bulk(inner) => inner.words(),
            Self::AnyOf(kinds) => kinds.iter().map(Self::words).collect::<Vec<_>>().join(", or "),
            Self::Named(named) => named.what.into(),
        }
    }

    /// The kind behind its name.
    #[must_use]
    pub const fn plain(&self) -> &Self {
        match self {
            Self::Named(named) => named.kind.plain(),
            kind => kind,
        }
    }
}

/// What a colour may be written as.
pub const COLOUR_WORDS: &str = "a colour: \"gold\", \"#rgb\", \"#rrggbb\", \"#rrggbbaa\", [r, g, b], [r, g, b, a] or \
     {r, g, b, a?}";

fn range(what: &str, min: i64, max: i64) -> String {
    let all = (i64::from(i32::MIN), i64::from(i32::MAX));
    let no_end = max == i64::MAX || max == all.1;
    match (min, max) {
        _ if (min, max) == all => what.into(),
        _ if no_end => format!("{what} from {min}"),
        _ => format!("{what} from {min} to {max}"),
    }
}

fn one_of(names: &[String]) -> String {
    match names {
        [] => "nothing".into(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// `an array of 3 numbers`: the plural of "a number, ..." is made of its first word.
fn array(of: &str, min: usize, max: usize) -> String {
    let plural = of.strip_prefix("an ").or_else(|| of.strip_prefix("a ")).map_or_else(
        || format!("elements, each {of}"),
        |of| match of.split_once([' ', ',', ':']) {
            Some((noun, rest)) => format!("{noun}s {rest}"),
            None => format!("{of}s"),
        },
    );
    match (min, max) {
        (0, usize::MAX) => format!("an array of {plural}"),
        _ if min == max => format!("an array of {min} {plural}"),
        _ if max == min + 1 => format!("an array of {min} or {max} {plural}"),
        (1, usize::MAX) => format!("an array of at least one of {plural}"),
        _ if max == usize::MAX => format!("an array of at least {min} {plural}"),
        _ => format!("an array of {min} to {max} {plural}"),
    }
}

/// A parameter of a method, or a member of an object that it takes or gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Its name; then other names that are understood, after bars.
    pub names: &'static str,
    /// What it must be.
    pub kind: Kind,
    /// Whether it has to be there.
    pub required: bool,
    /// Whether it can only be given by name.
    pub named_only: bool,
    /// What is taken where it is not given, as JSON.
    pub default: Option<&'static str>,
    /// What a number counts: `voxels`, `degrees`.
    pub unit: Option<&'static str>,
    /// What it is for, in a sentence.
    pub about: &'static str,
    /// Bytes of the first name.
    first: usize,
    /// One bit for each length that a name has, and one for each letter that a name begins with: most
    /// fields are told from a key by these.
    lengths: u64,
    letters: u32,
}

/// The bit of a length.
const fn bit(length: usize) -> u64 {
    1 << (length & 63)
}

/// The bit of a letter.
const fn letter_bit(letter: u8) -> u32 {
    1 << (letter & 31)
}

/// The lengths of names with bars between them.
const fn lengths(names: &[u8]) -> u64 {
    let (mut bits, mut at, mut start) = (0, 0, 0);
    while at <= names.len() {
        if at == names.len() || names[at] == b'|' {
            bits |= bit(at - start);
            start = at + 1;
        }
        at += 1;
    }
    bits
}

/// The letters that such names begin with.
const fn letters(names: &[u8]) -> u32 {
    let (mut bits, mut at) = (0, 0);
    while at < names.len() {
        if at == 0 || names[at - 1] == b'|' {
            bits |= letter_bit(names[at]);
        }
        at += 1;
    }
    bits
}

/// A parameter or member that has to be there.
pub(super) const fn needs(names: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { required: true, ..may(names, kind, about) }
}

/// A parameter or member that may be absent.
pub(super) const fn may(names: &'static str, kind: Kind, about: &'static str) -> Field {
    let mut first = 0;
    while first < names.len() && names.as_bytes()[first] != b'|' {
        first += 1;
    }
    Field {
        names,
        kind,
        required: false,
        named_only: false,
        default: None,
        unit: None,
        about,
        first,
        lengths: lengths(names.as_bytes()),
        letters: letters(names.as_bytes()),
    }
}

/// A parameter that may be absent and can only be given by name.
pub(super) const fn named(names: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { named_only: true, ..may(names, kind, about) }
}

impl Field {
    /// A member that has to be there. Who offers calls of its own describes their parameters by fields, too.
    #[must_use]
    pub const fn needed(name: &'static str, kind: Kind, about: &'static str) -> Self {
        needs(name, kind, about)
    }

    /// A member that may be absent.
    #[must_use]
    pub const fn absent(name: &'static str, kind: Kind, about: &'static str) -> Self {
        may(name, kind, about)
    }

    /// The same where it can only be given by name.
    pub(super) const fn by_name(self) -> Self {
        Self { named_only: true, ..self }
    }

    /// The same where it may be absent.
    pub(super) const fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// The same where it can be given by position too.
    pub(super) const fn by_place(self) -> Self {
        Self { named_only: false, ..self }
    }

    /// With a value that is taken where none is given, as JSON.
    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    /// With a unit.
    #[must_use]
    pub const fn in_unit(self, unit: &'static str) -> Self {
        Self { unit: Some(unit), ..self }
    }

    /// Whether `key` is one of its names. Most are told apart by their length and first letter, where they
    /// are looked for.
    #[inline(always)]
    #[must_use]
    pub fn is(&self, key: &[u8]) -> bool {
        let [letter, ..] = *key else { return false };
        self.lengths & bit(key.len()) != 0
            && self.letters & letter_bit(letter) != 0
            && self.has(key)
    }

    fn has(&self, key: &[u8]) -> bool {
        let names = self.names.as_bytes();
        if key.len() == self.first && key == &names[..self.first] {
            return true;
        }
        self.first < names.len() && names.split(|&byte| byte == b'|').any(|name| name == key)
    }

    /// The name that it goes by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        &self.names[..self.first]
    }

    /// Its other names.
    pub fn aliases(&self) -> impl Iterator<Item = &'static str> {
        self.names.split('|').skip(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let check = |kind: Kind, expected: &str| assert_eq!(kind.words(), expected);
        check(Kind::INT, "an integer");
        check(Kind::COUNT, "an integer from 0");
        check(Kind::POSITIVE, "an integer from 1");
        check(Kind::BYTE, "an integer from 0 to 255");
        check(Kind::NUMBER, "a number");
        check(Kind::UNIT, "a number from 0 to 1");
        check(Kind::Choice(&[6, 18, 26]), "6, 18 or 26");
        check(Kind::tuple(&Kind::INT, 3), "an array of 3 integers");
        check(Kind::list(&Kind::BYTE), "an array of integers from 0 to 255");
        check(Kind::AnyOf(&[Kind::Text, Kind::False]), "a string, or false");
    }
}
