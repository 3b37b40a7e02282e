//! [`Info`] and [`Param`]: what a row of the table of methods says.

use super::Access;
use super::find::FREE;

/// A parameter of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name in the named form; then other names that are understood, after bars.
    pub names: &'static str,
    /// What it must be, in words.
    pub what: &'static str,
    /// Bytes of the first name.
    first: usize,
}

impl Param {
    pub(super) const fn new(names: &'static str, what: &'static str) -> Self {
        let mut first = 0;
        while first < names.len() && names.as_bytes()[first] != b'|' {
            first += 1;
        }
        Self { names, what, first }
    }

    /// Whether `key` is one of its names.
    #[inline]
    #[must_use]
    pub fn is(&self, key: &[u8]) -> bool {
        let names = self.names.as_bytes();
        if key.len() == self.first && key[0] == names[0] && *key == names[..self.first] {
            return true;
        }
        self.first < names.len() && names.split(|&byte| byte == b'|').any(|name| name == key)
    }

    /// The name that it goes by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        &self.names[..self.first]
    }
}

/// Parameters that many methods have, and that are read at every voxel: where they stand in a
/// method's list is found at compile time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    X,
    Y,
    Z,
    R,
    G,
    B,
    A,
    LayerId,
    Color,
    Project,
}

impl Known {
    const NAMES: [&str; 10] = ["x", "y", "z", "r", "g", "b", "a", "layer_id", "color", "project"];
}

/// Where each of [`Known`] stands in a method's list.
pub(super) const fn places(params: &[Param]) -> [u8; Known::NAMES.len()] {
    let mut places = [FREE; Known::NAMES.len()];
    let mut known = 0;
    while known < places.len() {
        let mut index = params.len();
        while index > 0 {
            index -= 1;
            if is_first(params[index].names.as_bytes(), Known::NAMES[known].as_bytes()) {
                places[known] = index as u8;
            }
        }
        known += 1;
    }
    places
}

/// Whether `name` is the first of these names.
const fn is_first(names: &[u8], name: &[u8]) -> bool {
    let mut at = 0;
    while at < name.len() {
        if at == names.len() || names[at] != name[at] {
            return false;
        }
        at += 1;
    }
    at == names.len() || names[at] == b'|'
}

/// What the table says of a method.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// The name on the wire.
    pub name: &'static str,
    /// Other names that it goes by: those of older documents.
    pub aliases: &'static [&'static str],
    /// What it works on.
    pub access: Access,
    /// Its parameters, in the order of the positional form.
    pub params: &'static [Param],
    /// How many of them the positional form has; the rest can only be named.
    pub positional: usize,
    pub(super) known: [u8; Known::NAMES.len()],
    /// The shape of its result.
    pub result: &'static str,
    /// What it does.
    pub summary: &'static str,
}

impl Info {
    /// Where a parameter stands in the list.
    #[inline]
    pub(crate) fn place(&self, known: Known) -> Option<usize> {
        Some(usize::from(self.known[known as usize])).filter(|&place| place < self.params.len())
    }
}
