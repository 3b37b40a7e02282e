//! [`Transform`]: turns of quarters and whole steps; and models put into volumes by them.

use std::borrow::Cow;

use goxel_core::{TILE_EDGE, TILE_VOXELS, Tile, TilePos, Volume};
use goxel_proto::types::Pos;

use super::MODEL_EDGE;
use super::axes::Axes;
use super::palette::Palette;
use crate::Result;
use crate::budget::{Budget, Builder};

/// Tiles along an axis that a model can meet: 16, and one for not being aligned.
const SPAN: usize = MODEL_EDGE as usize / TILE_EDGE + 1;

/// The voxels of a model, as they are in most files: x, y, z, colour.
#[derive(Clone, Debug)]
pub(super) struct Model<'a> {
    pub(super) size: [u32; 3],
    pub(super) voxels: Cow<'a, [[u8; 4]]>,
}

/// A rotation or mirroring that maps axes to axes, then a shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Transform {
    /// For each row of the matrix, which column is not zero.
    column: [usize; 3],
    /// For each row, whether that entry is -1.
    negative: [bool; 3],
    shift: [i64; 3],
}

impl Transform {
    pub(super) const IDENTITY: Self =
        Self { column: [0, 1, 2], negative: [false; 3], shift: [0; 3] };

    /// The byte of `_r`: two bits each for the columns of the first two rows, then three signs.
    /// `None` where two rows have the same column.
    pub(super) fn set_rotation(&mut self, byte: u8) -> Option<()> {
        let (first, second) = (usize::from(byte & 3), usize::from(byte >> 2 & 3));
        if first == second || first > 2 || second > 2 {
            return None;
        }
        self.column = [first, second, 3 - first - second];
        self.negative = [4, 5, 6].map(|bit| byte >> bit & 1 == 1);
        Some(())
    }

    pub(super) fn set_shift(&mut self, shift: [i32; 3]) {
        self.shift = shift.map(i64::from);
    }

    /// First `inner`, then this. Shifts add up over the depth of a scene, far from the end of
    /// their range.
    pub(super) fn after(&self, inner: &Self) -> Self {
        let signed = |negative: bool, number: i64| if negative { -number } else { number };
        let rows = [0, 1, 2];
        Self {
            column: rows.map(|row| inner.column[self.column[row]]),
            negative: rows.map(|row| self.negative[row] != inner.negative[self.column[row]]),
            shift: rows.map(|row| {
                self.shift[row] + signed(self.negative[row], inner.shift[self.column[row]])
            }),
        }
    }

    /// The byte of `_r` that says this rotation.
    pub(super) fn rotation(&self) -> u8 {
        let columns = self.column[0] | self.column[1] << 2;
        (0..3).fold(columns as u8, |byte, row| byte | u8::from(self.negative[row]) << (4 + row))
    }

    pub(super) fn shift(&self) -> [i64; 3] {
        self.shift
    }

    /// The way back.
    pub(super) fn inverse(&self) -> Self {
        let mut back = Self::IDENTITY;
        for row in 0..3 {
            let to = self.column[row];
            back.column[to] = row;
            back.negative[to] = self.negative[row];
            back.shift[to] = if self.negative[row] { self.shift[row] } else { -self.shift[row] };
        }
        back
    }

    /// A shift alone.
    pub(super) fn of_shift(shift: [i64; 3]) -> Self {
        Self { shift, ..Self::IDENTITY }
    }

    /// The way from the places that this gives to voxels of a model of this size, to those in the model.
    pub(super) fn axes(&self, size: [u32; 3]) -> Axes {
        Axes { column: self.column, negative: self.negative, origin: self.origin(size) }
    }

    /// Where the voxel at 0 of a model goes. The middle of a voxel moves, so one that is mirrored
    /// lands a step lower.
    fn origin(&self, size: [u32; 3]) -> [i64; 3] {
        [0, 1, 2].map(|row| {
            let half = i64::from(size[self.column[row]] / 2);
            self.shift[row] + if self.negative[row] { half - 1 } else { -half }
        })
    }
}

/// The volume of a model; `None` where it would leave the range of positions.
pub(super) fn volume(
    model: &Model<'_>,
    transform: &Transform,
    palette: &Palette,
    budget: &mut Budget<'_>,
) -> Result<Option<Volume>> {
    budget.spend_voxels(model.voxels.len() as u64)?;
    let origin = transform.origin(model.size);
    let last = MODEL_EDGE - 1;
    // The lowest corner of all places that bytes can name.
    let low = [0, 1, 2].map(|row| origin[row] - if transform.negative[row] { last } else { 0 });
    let fits = |c: i64| i32::try_from(c).is_ok();
    if !low.iter().all(|&c| fits(c) && fits(c + last)) {
        return Ok(None);
    }
    let base = TilePos::of(Pos::from(low.map(|c| c as i32)));
    let mut grid = Grid::new(base);
    let steps = Steps::new(transform, &origin, base);
    for voxel in model.voxels.iter() {
        grid.set(steps.of(voxel), voxel[3]);
    }
    grid.finish(palette, Builder::new(budget)).map(Some)
}

/// What each coordinate of a model adds to the number of the tile in the grid, and to the index there.
struct Steps([Box<[(u16, u16); MODEL_EDGE as usize]>; 3]);

impl Steps {
    fn new(transform: &Transform, origin: &[i64; 3], base: TilePos) -> Self {
        let mut steps = [0, 1, 2].map(|_| Box::new([(0, 0); MODEL_EDGE as usize]));
        let low = base.min().to_array();
        for row in 0..3 {
            for (c, step) in (0..).zip(&mut *steps[transform.column[row]]) {
                let c = origin[row] + if transform.negative[row] { -c } else { c };
                let from_base = (c - i64::from(low[row])) as usize;
                let (tile, within) = (from_base / TILE_EDGE, from_base % TILE_EDGE);
                *step = ((tile * SPAN.pow(row as u32)) as u16, (within << (4 * row)) as u16);
            }
        }
        Self(steps)
    }

    #[inline]
    fn of(&self, [x, y, z, _]: &[u8; 4]) -> (usize, usize) {
        let [x, y, z] = [(0, x), (1, y), (2, z)].map(|(axis, c)| self.0[axis][usize::from(*c)]);
        (usize::from(x.0) + usize::from(y.0) + usize::from(z.0), usize::from(x.1 | y.1 | z.1))
    }
}

/// The tiles that a model can meet, with a colour index for each voxel.
struct Grid {
    base: TilePos,
    tiles: Vec<Option<Box<[u8; TILE_VOXELS]>>>,
}

impl Grid {
    fn new(base: TilePos) -> Self {
        Self { base, tiles: vec![None; SPAN * SPAN * SPAN] }
    }

    #[inline]
    fn set(&mut self, (tile, index): (usize, usize), colour: u8) {
        let tile = &mut self.tiles[tile];
        tile.get_or_insert_with(|| Box::new([0; TILE_VOXELS]))[index % TILE_VOXELS] = colour;
    }

    fn finish(self, palette: &Palette, mut builder: Builder<'_, '_>) -> Result<Volume> {
        for (at, indices) in self.tiles.into_iter().enumerate() {
            let Some(indices) = indices else { continue };
            let part = [at % SPAN, at / SPAN % SPAN, at / SPAN / SPAN];
            let pos = [0, 1, 2].map(|axis| self.base.0[axis] + part[axis] as i32);
            builder.place(TilePos(pos), Tile::from_entries(&indices, palette))?;
        }
        Ok(builder.finish())
    }
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Rgba;

    use super::*;

    /// The rule of the format, with numbers that are not whole.
    fn oracle(rotation: u8, shift: [i32; 3], size: [u32; 3], voxel: [u8; 3]) -> [i32; 3] {
        let first = usize::from(rotation & 3);
        let second = usize::from(rotation >> 2 & 3);
        let columns = [first, second, 3 - first - second];
        let middle = [0, 1, 2].map(|i| f64::from(voxel[i]) + 0.5 - f64::from(size[i] / 2));
        [0, 1, 2].map(|row| {
            let sign = if rotation >> (4 + row) & 1 == 1 { -1.0 } else { 1.0 };
            (sign * middle[columns[row]] + f64::from(shift[row])).floor() as i32
        })
    }

    #[test]
    fn every_rotation_puts_voxels_where_the_rule_says() {
        let (size, voxel, shift) = ([5, 8, 3], [4, 2, 1], [7, -20, 33]);
        let mut seen = 0;
        for byte in 0..128u8 {
            let mut transform = Transform::IDENTITY;
            if transform.set_rotation(byte).is_none() {
                continue;
            }
            seen += 1;
            transform.set_shift(shift);
            let [x, y, z] = voxel;
            let voxels = Cow::Owned(vec![[x, y, z, 1]]);
            let model = Model { size, voxels };
            let mut palette = [Rgba::WHITE; 256];
            palette[0] = Rgba::EMPTY;
            let volume = volume(
                &model,
                &transform,
                &palette,
                &mut Budget::for_file(0, &goxel_core::Work::unbounded()),
            );
            let expected = Pos::from(oracle(byte, shift, size, voxel));
            let volume = volume.unwrap().unwrap();
            assert_eq!(volume.voxels().map(|(pos, _)| pos).collect::<Vec<_>>(), [expected]);
        }
        assert_eq!(seen, 48);
    }

    #[test]
    fn transforms_are_applied_inside_first() {
        let (mut outer, mut inner) = (Transform::IDENTITY, Transform::IDENTITY);
        // x' = -y, y' = x.
        assert!(outer.set_rotation(0b001_0001).is_some());
        outer.set_shift([10, 0, 0]);
        inner.set_shift([1, 2, 3]);
        let both = outer.after(&inner);
        assert_eq!(both.shift, [8, 1, 3]);
        assert_eq!(both.column, [1, 0, 2]);
        assert_eq!(outer.after(&Transform::IDENTITY), outer);
        assert_eq!(Transform::IDENTITY.after(&outer), outer);
    }

    #[test]
    fn every_transform_has_a_way_back() {
        for byte in 0..128u8 {
            let mut transform = Transform::of_shift([5, -6, 7]);
            if transform.set_rotation(byte).is_some() {
                assert_eq!(transform.rotation(), byte);
                assert_eq!(transform.after(&transform.inverse()), Transform::IDENTITY);
                assert_eq!(transform.inverse().after(&transform), Transform::IDENTITY);
            }
        }
    }
}
