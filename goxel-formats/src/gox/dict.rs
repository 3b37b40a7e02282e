//! Dictionaries: keys and values at the end of a chunk.

use goxel_core::Transform;

use crate::bytes::Cursor;
use crate::{Result, text};

/// Keys and values as bytes.
#[derive(Default)]
pub(super) struct Dict(pub(super) Vec<u8>);

impl Dict {
    /// Both are shorter than 256 bytes, which Goxel relies on.
    pub(super) fn add(&mut self, key: &str, value: &[u8]) {
        self.add_bytes(key.as_bytes(), value);
    }

    /// The same, of a key that may be any bytes.
    pub(super) fn add_bytes(&mut self, key: &[u8], value: &[u8]) {
        for part in [key, value] {
            self.0.extend((part.len() as u32).to_le_bytes());
            self.0.extend(part);
        }
    }

    pub(super) fn add_text(&mut self, key: &str, value: &str) {
        self.add(key, text::clip(value).as_bytes());
    }

    pub(super) fn add_i32(&mut self, key: &str, value: i32) {
        self.add(key, &value.to_le_bytes());
    }

    pub(super) fn add_flag(&mut self, key: &str, value: bool) {
        self.add(key, &[u8::from(value)]);
    }

    pub(super) fn add_floats(&mut self, key: &str, value: &[f32]) {
        let bytes: Vec<u8> = value.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.add(key, &bytes);
    }
}

/// Calls `f` for each key and value to the end of the chunk.
pub(super) fn for_each_entry(mut dict: Cursor<'_>, mut f: impl FnMut(&[u8], &[u8])) -> Result<()> {
    while !dict.is_empty() {
        let length = dict.length()?;
        if length == 0 {
            break;
        }
        let key = dict.take(length)?;
        let length = dict.length()?;
        f(key, dict.take(length)?);
    }
    Ok(())
}

/// The numbers of a value, where they are so many and finite.
pub(super) fn floats<const N: usize>(value: &[u8]) -> Option<[f32; N]> {
    let (parts, rest) = value.as_chunks::<4>();
    let mut numbers = [0.0; N];
    if parts.len() != N || !rest.is_empty() {
        return None;
    }
    for (number, bytes) in numbers.iter_mut().zip(parts) {
        *number = f32::from_le_bytes(*bytes);
    }
    numbers.iter().all(|number| number.is_finite()).then_some(numbers)
}

/// A placement, where the value is one.
pub(super) fn transform(value: &[u8]) -> Option<Transform> {
    Transform::from_columns(floats(value)?).ok()
}

pub(super) fn flag(value: &[u8]) -> bool {
    !matches!(value, [0])
}
