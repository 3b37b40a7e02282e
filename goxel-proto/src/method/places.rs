//! [`Known`]: parameters that many methods have, found in a row without comparing names.

use super::kind::Field;

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
    Progress,
    Deadline,
}

/// A place that nothing has.
const ABSENT: u8 = u8::MAX;

/// Where each of [`Known`] stands in a method's list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places([u8; Self::NAMES.len()]);

impl Places {
    const NAMES: [&str; 12] = [
        "x",
        "y",
        "z",
        "r",
        "g",
        "b",
        "a",
        "layer_id",
        "color",
        "project",
        "progress",
        "deadline_ms",
    ];

    pub(super) const fn of(params: &[Field]) -> Self {
        let mut places = [ABSENT; Self::NAMES.len()];
        let mut known = 0;
        while known < places.len() {
            let mut index = params.len();
            while index > 0 {
                index -= 1;
                if is_first(params[index].names.as_bytes(), Self::NAMES[known].as_bytes()) {
                    places[known] = index as u8;
                }
            }
            known += 1;
        }
        Self(places)
    }

    /// Where a parameter stands in the list.
    #[inline]
    pub(crate) fn get(&self, known: Known) -> Option<usize> {
        Some(self.0[known as usize]).filter(|&place| place != ABSENT).map(usize::from)
    }
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
