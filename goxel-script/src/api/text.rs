//! `Volume.text`: letters of voxels.

use goxel_core::limits::SHAPE_VOXELS_MAX;
use goxel_core::{Motion, Reshape, Volume, Work};
use goxel_proto::types::font::{ADVANCE, GLYPH_HEIGHT, is_inked};
use goxel_proto::types::{Aabb, Axis, Pos, Rgba};
use rquickjs::{Result, Value};

use super::call::Call;
use super::editing::colour_and_mode;
use super::volume::this;
use crate::model::Refusal;

/// Bytes of a text: a page of it.
const TEXT_BYTES_MAX: usize = 4096;
/// Edge of a letter's cell, in voxels.
const SCALE_MAX: i64 = 64;
/// How deep letters are, in voxels.
const DEPTH_MAX: i64 = 1024;
/// Cells of a line from its upper side to that of the next.
const LINE: i64 = GLYPH_HEIGHT as i64 + 2;

/// How letters are cut.
struct Letters {
    scale: i64,
    depth: i64,
    rgba: Rgba,
}

/// Writes a text. Its lower left corner is at a place; it stands upright, to be read from the front, or lies flat.
pub(super) fn text<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (volume, text, options) = (this(call)?, call.text(0, "text")?, call.options(1)?);
    let options = options.as_ref();
    if text.len() > TEXT_BYTES_MAX {
        let given = text.len() as u128;
        let max = TEXT_BYTES_MAX as u128;
        return Err(call.refused(&Refusal::TooLarge { what: "a text", given, unit: "bytes", max }));
    }
    let at = call.option(options, "at")?.map_or(Ok(Pos::ZERO), |value| call.pos(&value, "at"))?;
    let whole = |name: &str, max: i64| match call.option(options, name)? {
        Some(value) => call.whole(&value, name, 1, max),
        None => Ok(1),
    };
    let (rgba, mode) = colour_and_mode(call, options)?;
    let letters =
        Letters { scale: whole("scale", SCALE_MAX)?, depth: whole("depth", DEPTH_MAX)?, rgba };
    let cells = text.len() as u128 * u128::from(ADVANCE * GLYPH_HEIGHT);
    let given = cells * u128::from((letters.scale * letters.scale * letters.depth).unsigned_abs());
    if given > SHAPE_VOXELS_MAX {
        let refusal =
            Refusal::TooLarge { what: "a text", given, unit: "voxels", max: SHAPE_VOXELS_MAX };
        return Err(call.refused(&refusal));
    }
    let facing = call.option(options, "facing")?;
    let facing = facing.map_or(Ok(Axis::Y), |value| call.word::<Axis>(&value))?;
    let placed = placed(&letters.cut(&text), facing, at);
    let placed = call.ok(placed.map_err(Refusal::from))?;
    let count = call.volume(&volume, |volume| volume.combine(&placed, mode))?;
    call.count(count)
}

impl Letters {
    /// The text along x and z, its lower left corner at the origin.
    fn cut(&self, text: &str) -> Volume {
        let mut volume = Volume::new();
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            // A letter that the font has not is a question mark, however many bytes it has.
            let bytes: Vec<u8> =
                line.chars().map(|letter| u8::try_from(letter).unwrap_or(b'?')).collect();
            let below = (lines.len() - 1 - index) as i64 * LINE;
            for row in 0..i64::from(GLYPH_HEIGHT) {
                let up = below + i64::from(GLYPH_HEIGHT) - 1 - row;
                for column in 0..bytes.len() as i64 * i64::from(ADVANCE) {
                    if is_inked(&bytes, column, row) {
                        volume.fill(&self.cell(column, up), self.rgba);
                    }
                }
            }
        }
        volume
    }

    fn cell(&self, column: i64, up: i64) -> Aabb {
        let min = [column * self.scale, 0, up * self.scale];
        Aabb { min, max: [min[0] + self.scale, self.depth, min[2] + self.scale] }
    }
}

/// Letters where they belong: seen from the low side of an axis, or for z from above.
fn placed(letters: &Volume, facing: Axis, at: Pos) -> goxel_core::Result<Volume> {
    let work = Work::unbounded();
    let turned = match facing {
        Axis::Y => letters.clone(),
        Axis::X => Reshape::Move(Motion::turn(2, -1, Pos::ZERO)).apply(letters, &work)?,
        Axis::Z => Reshape::Move(Motion::turn(0, -1, Pos::ZERO)).apply(letters, &work)?,
    };
    let low = turned.bounds().map_or([0; 3], |bounds| bounds.min);
    let flat = letters.bounds().map_or([0; 3], |bounds| bounds.min);
    // What is left free at the low sides stays free.
    let free = match facing {
        Axis::Y => flat,
        Axis::X => [0, 0, flat[2]],
        Axis::Z => [flat[0], flat[2], 0],
    };
    let to = at.to_array().map(i64::from);
    let by = [0, 1, 2].map(|axis| to[axis] + free[axis] - low[axis]);
    Reshape::Move(Motion::translation(by)).apply(&turned, &work)
}
