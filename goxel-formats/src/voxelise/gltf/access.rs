//! [`Buffers`]: the bytes of a glTF file, and the numbers in them.

use std::borrow::Cow;

use super::document::{Accessor, Gltf, Image};
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::nearby::Nearby;
use crate::{Error, Result};

/// What the address of bytes in the text itself begins with, up to a comma.
const DATA: &str = "data:";
const BASE64: &str = ";base64";

/// The bytes of all buffers.
pub(super) struct Buffers<'a> {
    whole: Cursor<'a>,
    buffers: Vec<Cow<'a, [u8]>>,
    gltf: &'a Gltf,
}

/// Numbers, up to four at each place.
pub(super) struct Floats {
    numbers: Vec<f32>,
    width: usize,
}

impl Floats {
    pub(super) fn count(&self) -> usize {
        self.numbers.len() / self.width
    }

    /// Those at a place; what is missing is 1, as the alpha of a colour without.
    pub(super) fn get(&self, at: usize) -> Option<[f32; 4]> {
        let start = at.checked_mul(self.width)?;
        let numbers = self.numbers.get(start..start.checked_add(self.width)?)?;
        let mut all = [1.0; 4];
        all.iter_mut().zip(numbers).for_each(|(to, number)| *to = *number);
        Some(all)
    }
}

impl<'a> Buffers<'a> {
    pub(super) fn new(
        gltf: &'a Gltf,
        binary: Option<&'a [u8]>,
        whole: &Cursor<'a>,
        nearby: &mut Nearby<'_>,
        budget: &mut Budget<'_>,
    ) -> Result<Self> {
        if let Some(name) = gltf.extensions_required.iter().find(|name| !is_known(name)) {
            let what = format!("it cannot be read without {name}, which is not known");
            return Err(whole.malformed(what));
        }
        let mut buffers = Vec::new();
        for (number, buffer) in gltf.buffers.iter().enumerate() {
            let bytes = match &buffer.uri {
                None => Cow::Borrowed(binary.unwrap_or_default()),
                Some(uri) => {
                    let bytes = resource(uri, nearby)?.ok_or_else(|| {
                        let what = "that is neither in the file nor beside it, or not to be read";
                        whole.malformed(format!("buffer {number}, {what}"))
                    })?;
                    budget.spend_bytes(bytes.len() as u64)?;
                    Cow::Owned(bytes)
                }
            };
            buffers.push(bytes);
        }
        Ok(Self { whole: whole.clone(), buffers, gltf })
    }

    fn view(&self, number: usize) -> Option<(&[u8], Option<usize>)> {
        let view = self.gltf.buffer_views.get(number)?;
        let end = view.byte_offset.checked_add(view.byte_length)?;
        let bytes = self.buffers.get(view.buffer)?.get(view.byte_offset..end)?;
        Some((bytes, view.byte_stride))
    }

    /// The bytes of a picture, if they are there.
    pub(super) fn image(
        &self,
        image: &Image,
        nearby: &mut Nearby<'_>,
    ) -> Result<Option<Cow<'_, [u8]>>> {
        Ok(match (&image.uri, image.buffer_view) {
            (Some(uri), _) => resource(uri, nearby)?.map(Cow::Owned),
            (None, Some(view)) => self.view(view).map(|(bytes, _)| Cow::Borrowed(bytes)),
            (None, None) => None,
        })
    }

    fn bad(&self, number: usize) -> Error {
        self.whole.malformed(format!("accessor {number}, which is not there or too long"))
    }

    /// The numbers of an accessor; none where there is no accessor.
    pub(super) fn floats(
        &self,
        accessor: Option<&usize>,
        gltf: &Gltf,
        budget: &mut Budget<'_>,
    ) -> Result<Floats> {
        let Some(&number) = accessor else { return Ok(Floats { numbers: Vec::new(), width: 1 }) };
        let found = gltf.accessors.get(number).ok_or_else(|| self.bad(number))?;
        let width = match found.shape.as_str() {
            "VEC2" => 2,
            "VEC3" => 3,
            "VEC4" => 4,
            _ => 1,
        };
        let mut numbers = Vec::new();
        self.each(number, found, width, budget, |kind, bytes| {
            numbers.push(float(kind, bytes, found.normalized));
        })?;
        Ok(Floats { numbers, width })
    }

    /// The numbers of corners, three for each triangle: those of an accessor, or one after another.
    pub(super) fn indices(
        &self,
        accessor: Option<usize>,
        corners: usize,
        gltf: &Gltf,
        budget: &mut Budget<'_>,
    ) -> Result<Vec<u32>> {
        let Some(number) = accessor else {
            budget.spend_bytes(4 * corners as u64)?;
            return Ok((0..corners as u32).collect());
        };
        let found = gltf.accessors.get(number).ok_or_else(|| self.bad(number))?;
        let mut indices = Vec::new();
        self.each(number, found, 1, budget, |_, bytes| {
            let mut index = [0; 4];
            index[..bytes.len().min(4)].copy_from_slice(&bytes[..bytes.len().min(4)]);
            indices.push(u32::from_le_bytes(index));
        })?;
        Ok(indices)
    }

    /// Calls `f` with the kind and the bytes of each number.
    fn each(
        &self,
        number: usize,
        accessor: &Accessor,
        width: usize,
        budget: &mut Budget<'_>,
        mut f: impl FnMut(u32, &[u8]),
    ) -> Result<()> {
        let bad = || self.bad(number);
        let size = match accessor.component_type {
            5120 | 5121 => 1,
            5122 | 5123 => 2,
            5125 | 5126 => 4,
            _ => return Err(bad()),
        };
        let (bytes, stride) =
            accessor.buffer_view.and_then(|view| self.view(view)).ok_or_else(bad)?;
        let step = stride.unwrap_or(size * width).max(1);
        for at in 0..accessor.count {
            budget.spend_bytes(4 * width as u64)?;
            let start = at.checked_mul(step).and_then(|at| at.checked_add(accessor.byte_offset));
            let start = start.ok_or_else(bad)?;
            let end = start.checked_add(size * width).ok_or_else(bad)?;
            let item = bytes.get(start..end).ok_or_else(bad)?;
            item.chunks_exact(size).for_each(|bytes| f(accessor.component_type, bytes));
        }
        Ok(())
    }
}

/// Extensions that change how bytes are read, and are. The others change how things look.
fn is_known(extension: &str) -> bool {
    let looks = extension.starts_with("KHR_materials") || extension == "KHR_texture_transform";
    looks || extension == "KHR_mesh_quantization"
}

/// A number, whose kind is said in the way of glTF.
fn float(kind: u32, bytes: &[u8], normalized: bool) -> f32 {
    let (number, most) = match (kind, bytes) {
        (5120, &[a]) => (f32::from(a.cast_signed()), 127.0),
        (5121, &[a]) => (f32::from(a), 255.0),
        (5122, &[a, b]) => (f32::from(i16::from_le_bytes([a, b])), 32_767.0),
        (5123, &[a, b]) => (f32::from(u16::from_le_bytes([a, b])), 65_535.0),
        (5125, &[a, b, c, d]) => (u32::from_le_bytes([a, b, c, d]) as f32, 1.0),
        (_, &[a, b, c, d]) => return f32::from_le_bytes([a, b, c, d]),
        _ => return 0.0,
    };
    if normalized { (number / most).max(-1.0) } else { number }
}

/// The bytes of an address: those that it holds itself, or those of a file beside this one.
fn resource(uri: &str, nearby: &mut Nearby<'_>) -> Result<Option<Vec<u8>>> {
    if uri.starts_with(DATA) { Ok(embedded(uri)) } else { nearby.read(&plain(uri)) }
}

/// An address as a path: a percent sign and two digits stand for a byte.
fn plain(uri: &str) -> String {
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        let digits = behind.get(..2).filter(|_| byte == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => (bytes.push(byte), rest = &behind[2..]),
            None => (bytes.push(byte), rest = behind),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The bytes of an address that holds them itself, in base 64.
fn embedded(uri: &str) -> Option<Vec<u8>> {
    let (head, text) = uri.strip_prefix(DATA)?.split_once(',')?;
    if !head.ends_with(BASE64) {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut word, mut bits) = (0u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        word = word << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits) as u8);
        }
    }
    Some(bytes)
}
