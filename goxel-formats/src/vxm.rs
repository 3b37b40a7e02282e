//! `.vxm`: models of VoxEdit (The Sandbox), read only.
//!
//! ```text
//! "VXM"  version '3' to '9', 'A' to 'D'
//! u32 w, h, d from 6 on  f32[3] pivot from 5 on
//! surface  u8 there? from 9 on; then 6 words, u32 axis, from 10 on u32 w, h, and w x h bytes
//! f32[4] of levels of detail from 8 to 12  u32 count of them from 7 to 12, else one
//!   u32 w, h of textures
//!   from 11 on u32 bytes, bytes; 3: runs of u8 length, u8[3], up to a length of 0; else u32 count,
//!   count x { text, from 6 on u32 bytes, bytes, else such runs }
//!   6 x { u32 quads, of 80 bytes each }
//! u32 w, h, d up to 5
//! from 11 on 2 x 256 colours, u8 count, count x { text, u8, u8 }
//! u8 colours, each u8 b, g, r, a and from 4 on u8 glows
//! u8 models from 12 on, each text and u8 visible; one without a name before
//!   runs of u8 length, u8 colour (255: empty), up to a length of 0: z fastest, then y, then x
//! ```
//!
//! A text ends with a zero. Y points up; x runs against ours and z towards the viewer.

use goxel_core::{Layer, Work};
use goxel_proto::types::{LayerId, Loss, Rgba};

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::plot::{Extent, Plot};
use crate::{Document, Result, text};

/// How every file begins.
pub(crate) const MAGIC: &[u8; 3] = b"VXM";
/// Bytes of a quad: four corners of five words.
const QUAD_BYTES: usize = 80;
/// The colour of nothing.
const EMPTY: u8 = 255;
/// What a layer is called where models have no names.
const LAYER: &str = "model";

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "vxm");
    let [v, x, m, digit] = cursor.array()?;
    let version = char::from(digit).to_digit(16).filter(|version| (3..=13).contains(version));
    let version = version.filter(|_| [v, x, m] == *MAGIC && !digit.is_ascii_lowercase());
    let version = version.ok_or_else(|| {
        Cursor::new(bytes, "vxm").malformed("it does not begin with \"VXM\" and a known version")
    })?;
    let here = cursor.clone();
    let mut size = if version >= 6 { numbers(&mut cursor)? } else { [0; 3] };
    if version >= 5 {
        cursor.take(12)?;
    }
    let has_surface = version >= 9 && cursor.u8()? > 0;
    if has_surface {
        skip_surface(&mut cursor, version)?;
    }
    if (8..=12).contains(&version) {
        cursor.take(16)?;
    }
    let levels = if (7..=12).contains(&version) { cursor.length()? } else { 1 };
    for _ in 0..levels {
        skip_mesh(&mut cursor, version)?;
    }
    if version <= 5 {
        size = numbers(&mut cursor)?;
    }
    let [w, h, d] = size;
    let extent = Extent::checked([0; 3], [w, d, h], &here)?;
    let (palette, glowing) = palette(&mut cursor, version)?;
    let models = if version >= 12 { cursor.u8()? } else { 1 };
    let mut budget = Budget::for_file(bytes.len(), work);
    let mut layers = Vec::new();
    for _ in 0..models {
        let mut layer = Layer::new(LayerId(0), LAYER);
        if version >= 12 {
            layer.name = text::name(zero_ended(&mut cursor)?);
            layer.visible = cursor.u8()? > 0;
        }
        let mut plot = Plot::new(&mut budget);
        runs(&mut cursor, &extent, &palette, &mut plot)?;
        layer.volume = plot.finish()?;
        layers.push(layer);
    }
    let mut document = Document { layers, ..Document::default() };
    document.lose(Loss::Materials, "colours that glow are read as plain ones", glowing);
    let what = "a picture that lies on the model is passed over";
    document.lose(Loss::Textures, what, u64::from(has_surface));
    Ok(document)
}

fn numbers<const N: usize>(cursor: &mut Cursor<'_>) -> Result<[u32; N]> {
    let mut numbers = [0; N];
    for number in &mut numbers {
        *number = cursor.u32()?;
    }
    Ok(numbers)
}

/// The bytes up to a zero, which is taken with them.
fn zero_ended<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8]> {
    let rest = cursor.clone().rest();
    let length = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
    let bytes = cursor.take(length)?;
    cursor.take(1)?;
    Ok(bytes)
}

/// A picture laid on the model.
fn skip_surface(cursor: &mut Cursor<'_>, version: u32) -> Result<()> {
    let [x, y, z, right, top, back, axis] = numbers(cursor)?;
    let [width, height] = if version >= 10 {
        numbers(cursor)?
    } else {
        let [x, y, z] =
            [(x, right), (y, top), (z, back)].map(|(low, high)| u32::saturating_sub(high, low));
        match axis {
            0 | 1 => [z, y],
            2 | 3 => [x, z],
            _ => [x, y],
        }
    };
    cursor.records(width as usize, height as usize)?;
    Ok(())
}

/// The triangles and textures that VoxEdit made of the voxels.
fn skip_mesh(cursor: &mut Cursor<'_>, version: u32) -> Result<()> {
    let _size: [u32; 2] = numbers(cursor)?;
    match version {
        11.. => {
            let length = cursor.length()?;
            cursor.take(length)?;
        }
        ..=3 => skip_texture(cursor)?,
        _ => {
            for _ in 0..cursor.length()? {
                zero_ended(cursor)?;
                if version >= 6 {
                    let length = cursor.length()?;
                    cursor.take(length)?;
                } else {
                    skip_texture(cursor)?;
                }
            }
        }
    }
    for _ in 0..6 {
        let quads = cursor.length()?;
        cursor.records(quads, QUAD_BYTES)?;
    }
    Ok(())
}

/// Runs of pixels.
fn skip_texture(cursor: &mut Cursor<'_>) -> Result<()> {
    while cursor.u8()? > 0 {
        cursor.take(3)?;
    }
    Ok(())
}

/// The colours, and how many of them glow.
fn palette(cursor: &mut Cursor<'_>, version: u32) -> Result<(Vec<Rgba>, u64)> {
    if version >= 11 {
        cursor.take(2 * 256 * 4)?;
        for _ in 0..cursor.u8()? {
            zero_ended(cursor)?;
            cursor.take(2)?;
        }
    }
    let (mut palette, mut glowing) = (Vec::new(), 0);
    for _ in 0..cursor.u8()? {
        let [b, g, r, a] = cursor.array()?;
        // A voxel that is there shows, whatever its colour says.
        palette.push(Rgba::new(r, g, b, if a == 0 { 255 } else { a }));
        if version > 3 {
            glowing += u64::from(cursor.u8()? > 0);
        }
    }
    Ok((palette, glowing))
}

fn runs(
    cursor: &mut Cursor<'_>,
    extent: &Extent,
    palette: &[Rgba],
    plot: &mut Plot<'_, '_>,
) -> Result<()> {
    let [w, d, h] = extent.size.map(u64::from);
    let mut at = 0;
    loop {
        let here = cursor.clone();
        let length = u64::from(cursor.u8()?);
        if length == 0 {
            return Ok(());
        }
        let colour = cursor.u8()?;
        if at + length > w * d * h {
            return Err(here.malformed(format!("a run of {length} leaves the box")));
        }
        plot.pass(1)?;
        // Some files name colours that they do not have: VoxEdit shows nothing there.
        let rgba = palette.get(usize::from(colour)).filter(|_| colour != EMPTY);
        if let Some(rgba) = rgba {
            for at in at..at + length {
                let steps = [w - 1 - at / d / h, d - 1 - at % d, at / d % h];
                plot.set(extent.at(steps.map(|step| step as u32)), *rgba)?;
            }
        }
        at += length;
    }
}
