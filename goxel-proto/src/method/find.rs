//! [`Method::find`]: from a name to its method, by a perfect hash.
//!
//! The hash is found at compile time: the name's length and sixteen bytes of it, multiplied and
//! shifted, give a slot that no two names share.

use super::Method;
use super::rows::NAMES;

impl Method {
    /// The method of this name.
    #[inline]
    #[must_use]
    pub fn find(name: &(impl AsRef<[u8]> + ?Sized)) -> Option<Self> {
        let name = name.as_ref();
        let index = SLOTS[slot(name, MULTIPLIER)];
        let (found, method) = *NAMES.get(usize::from(index))?;
        (found.as_bytes() == name).then_some(method)
    }
}

/// Bits of a slot's number. With 32 times as many slots as names, a few multipliers are tried
/// until one fits, and a slot is a byte.
const SLOT_BITS: u32 = (32 * NAMES.len()).next_power_of_two().trailing_zeros();
/// A slot or place that nothing has.
const FREE: u8 = u8::MAX;
const MULTIPLIER: u64 = find_multiplier();
static SLOTS: [u8; 1 << SLOT_BITS] = fill(MULTIPLIER);

/// Bytes of `goxel.`, which nearly all names begin with: they tell nothing.
const PREFIX: usize = 6;

/// The slot of a name: its length, its last eight bytes and the eight after the prefix, spread by
/// multiplications.
const fn slot(name: &[u8], multiplier: u64) -> usize {
    let length = name.len();
    let (head, tail) = if length >= 8 {
        let last = length - 8;
        (word(name, if last < PREFIX { last } else { PREFIX }, 8), word(name, last, 8))
    } else {
        (word(name, 0, length), 0)
    };
    let key = head.wrapping_mul(multiplier) ^ tail.rotate_left(29) ^ length as u64;
    (key.wrapping_mul(multiplier) >> (64 - SLOT_BITS)) as usize
}

/// `count` bytes of `name` from `at` on, the first one lowest.
const fn word(name: &[u8], at: usize, count: usize) -> u64 {
    let (mut word, mut index) = (0, 0);
    while index < count {
        word |= (name[at + index] as u64) << (8 * index);
        index += 1;
    }
    word
}

const fn fill(multiplier: u64) -> [u8; 1 << SLOT_BITS] {
    let mut slots = [FREE; 1 << SLOT_BITS];
    let mut index = 0;
    while index < NAMES.len() {
        let slot = slot(NAMES[index].0.as_bytes(), multiplier);
        assert!(slots[slot] == FREE, "two method names share a slot");
        slots[slot] = index as u8;
        index += 1;
    }
    slots
}

const fn collides(multiplier: u64) -> bool {
    let mut taken = [false; 1 << SLOT_BITS];
    let mut index = 0;
    while index < NAMES.len() {
        let slot = slot(NAMES[index].0.as_bytes(), multiplier);
        if taken[slot] {
            return true;
        }
        taken[slot] = true;
        index += 1;
    }
    false
}

const fn find_multiplier() -> u64 {
    let mut multiplier: u64 = 0x9e37_79b9_7f4a_7c15;
    while collides(multiplier) {
        multiplier = multiplier.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(2);
    }
    multiplier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_no_other() {
        for &method in Method::ALL {
            let name = method.info().name;
            assert_eq!(Method::find(name), Some(method));
            assert_eq!(Method::find(&name[1..]), None);
            assert_eq!(Method::find(&name.to_uppercase()), None);
            for alias in method.info().aliases {
                assert_eq!(Method::find(alias), Some(method), "{alias}");
            }
        }
        assert_eq!(Method::find("goxel.get_version"), Some(Method::Version));
        assert_eq!(Method::find(""), None);
    }
}
