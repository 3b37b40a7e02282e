//! Solid shapes of exact size: a size of 3 is three voxels.
//!
//! Every shape is convex, so a tile whose eight corners are inside is full, and a row is one run.
//! All arithmetic is on integers: twice the distance of a voxel's middle from the shape's, so that
//! even and odd sizes are alike and nothing is rounded.

use goxel_proto::types::{Aabb, LayerRef, Pos, Rgba};

use super::{Command, Effect};
use crate::mask::{Mask, ROWS};
use crate::scan::{boundary_tiles, met_tiles, tile_positions};
use crate::volume::{TILE_EDGE, TILE_VOXELS, TilePos};
use crate::{Project, Result, TILE_UNITS, Volume, Work, check};

/// The form of a [`Solid`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The whole box.
    Box,
    /// The ellipsoid that touches the box: a sphere where its edges are alike.
    Ellipsoid,
    /// Round across the axis, straight along it.
    Cylinder,
    /// Round across the axis, from the whole width at the low end to a point at the high one.
    Cone,
    /// Square across the axis, narrowing as a cone does.
    Pyramid,
}

/// A shape with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Solid {
    /// Its form.
    pub shape: Shape,
    /// Edges of its box, in voxels.
    pub size: [u32; 3],
    /// Its middle; of an even edge, the voxel above the middle.
    pub center: Pos,
    /// The axis that it stands along: 0 is x.
    pub axis: usize,
}

impl Project {
    /// Fills a shape.
    pub(super) fn add_shape(
        &mut self,
        layer: LayerRef,
        solid: &Solid,
        rgba: Rgba,
        work: &Work<'_>,
    ) -> Result<Effect> {
        let aabb = solid.aabb();
        if solid.shape == Shape::Box {
            let boxes = &[(aabb, rgba)];
            self.apply_within(Command::SetVoxels { layer, boxes, voxels: &[] }, work)?;
            return Ok(Effect::Covered(u64::try_from(aabb.volume()).unwrap_or(u64::MAX)));
        }
        let small = self.add_small_shape(layer, solid, rgba, work);
        small.unwrap_or_else(|| self.add_solid(layer, solid, rgba, work))
    }

    /// Fills a shape, tile by tile.
    pub(super) fn add_solid(
        &mut self,
        layer: LayerRef,
        solid: &Solid,
        rgba: Rgba,
        work: &Work<'_>,
    ) -> Result<Effect> {
        let aabb = solid.aabb();
        check::check_shape(&aabb)?;
        // About as many tiles are covered in part, and made, as the box has at its sides.
        let units =
            |tiles: u128, each: u64| u64::try_from(tiles).unwrap_or(u64::MAX).saturating_mul(each);
        let made = units(boundary_tiles(&aabb), TILE_VOXELS as u64);
        work.expect(units(met_tiles(&aabb), TILE_UNITS).saturating_add(made))?;
        let places: Vec<TilePos> = tile_positions(&aabb).collect();
        let form = solid.form();
        self.paint_masks(layer, &places, rgba, work, |at, _| form.mask(at))
    }
}

impl Solid {
    /// The shape alone, to be laid over a layer in any mode.
    ///
    /// # Errors
    /// [`crate::Error::ShapeTooLarge`], [`crate::Error::TooManyTiles`], what `work` says.
    pub fn to_volume(&self, rgba: Rgba, work: &Work<'_>) -> Result<Volume> {
        let mut project = Project::new("", [0; 3]);
        project.add_shape(LayerRef::Active, self, rgba, work)?;
        Ok(project.layers()[0].volume.clone())
    }

    /// The box that the shape fills or touches, as far as there are positions.
    pub(super) fn aabb(&self) -> Aabb {
        Aabb::around(self.center, self.size).intersection(&Aabb::EVERYTHING)
    }

    /// Its numbers, as every voxel is asked about by them.
    pub(super) fn form(&self) -> Form {
        let Self { shape, size, center, axis } = *self;
        let aabb = self.aabb();
        Form { shape, size: size.map(i64::from), min: Aabb::around(center, size).min, axis, aabb }
    }
}

/// A shape as whoever goes through its voxels needs it.
#[derive(Debug)]
pub(super) struct Form {
    shape: Shape,
    size: [i64; 3],
    /// The low corner of its box, wherever positions end.
    min: [i64; 3],
    axis: usize,
    /// The box as far as there are positions.
    aabb: Aabb,
}

impl Form {
    /// The voxels of a tile that are inside.
    fn mask(&self, at: TilePos) -> Mask {
        let aabb = self.aabb;
        let cell = at.aabb();
        let last = |axis: usize| cell.max[axis] - 1;
        let corners = (0..8).map(|corner| {
            [0, 1, 2].map(|axis| if corner >> axis & 1 == 0 { cell.min[axis] } else { last(axis) })
        });
        if cell.intersection(&aabb) == cell && corners.into_iter().all(|pos| self.contains(pos)) {
            return Mask::FULL;
        }
        let mut mask = Mask::within(at, &aabb);
        // The voxel that is deepest inside, if any is.
        let nearest = [0, 1, 2].map(|axis| {
            let low = cell.min[axis].max(aabb.min[axis]);
            self.heart(axis).clamp(low, cell.max[axis].min(aabb.max[axis]) - 1)
        });
        if !self.contains(nearest) {
            return Mask::EMPTY;
        }
        for row in 0..ROWS {
            if mask.0[row] != 0 {
                let (y, z) = ((row % TILE_EDGE) as i64, (row / TILE_EDGE) as i64);
                mask.0[row] &= self.row([cell.min[0], cell.min[1] + y, cell.min[2] + z]);
            }
        }
        mask
    }

    /// The sixteen voxels from `first` on along x that are inside: one run, around the voxel of
    /// the row that is deepest inside.
    fn row(&self, first: [i64; 3]) -> u16 {
        let aabb = &self.aabb;
        let (low, high) =
            (aabb.min[0].max(first[0]), (aabb.max[0] - 1).min(first[0] + TILE_EDGE as i64 - 1));
        let inside = |x: i64| self.contains([x, first[1], first[2]]);
        let best = self.heart(0).clamp(low, high);
        if !inside(best) {
            return 0;
        }
        let start = edge_of_run(best, low, inside);
        let end = edge_of_run(best, high, inside);
        let bits = u32::from(u16::MAX) >> (15 - (end - start)) << (start - first[0]);
        bits as u16
    }

    /// The place along an axis at which voxels are inside if they are anywhere: the middle, or the base
    /// of what narrows.
    fn heart(&self, axis: usize) -> i64 {
        match self.shape {
            Shape::Cone | Shape::Pyramid if self.axis == axis => self.min[axis],
            _ => self.min[axis] + (self.size[axis] - 1) / 2,
        }
    }

    /// Whether a voxel of the box is inside. Products stay below 2^62, since the box holds at most
    /// [`crate::limits::SHAPE_VOXELS_MAX`] voxels.
    pub(super) fn contains(&self, pos: [i64; 3]) -> bool {
        let &Self { min, size, .. } = self;
        // Twice the distance from the middle, and twice the reach of the shape.
        let away = [0, 1, 2].map(|axis| 2 * (pos[axis] - min[axis]) + 1 - size[axis]);
        let [u, v] = [(self.axis + 1) % 3, (self.axis + 2) % 3];
        let height = size[self.axis];
        let round = (away[u] * size[v]).pow(2) + (away[v] * size[u]).pow(2);
        // How wide it is at this height, out of the whole height.
        let width = height - (pos[self.axis] - min[self.axis]);
        let edge = size[u] * size[v];
        match self.shape {
            Shape::Box => true,
            Shape::Cylinder => round <= edge.pow(2),
            Shape::Ellipsoid => {
                round * height.pow(2) + (away[self.axis] * edge).pow(2) <= (edge * height).pow(2)
            }
            Shape::Cone => round * height.pow(2) <= (edge * width).pow(2),
            Shape::Pyramid => [u, v].iter().all(|&at| away[at].abs() * height <= size[at] * width),
        }
    }
}

/// The last place from `good`, which is inside, towards `limit` that is inside too.
fn edge_of_run(good: i64, limit: i64, inside: impl Fn(i64) -> bool) -> i64 {
    if inside(limit) {
        return limit;
    }
    let (mut good, mut bad) = (good, limit);
    while (bad - good).abs() > 1 {
        let middle = i64::midpoint(good, bad);
        *(if inside(middle) { &mut good } else { &mut bad }) = middle;
    }
    good
}
