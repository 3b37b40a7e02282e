//! [`World`]: voxels and what they are made of, as rays meet them.
//!
//! A ray begins at a [`Spot`], which knows the voxel that it is in by whole numbers. So a ray that
//! leaves a side never meets that side again, and needs no offset that would let light through thin walls
//! or cut off contact shadows.

use glam::{DVec3, Vec3};
use goxel_proto::types::{Pos, Rgba};

use super::matter::Matter;
use crate::camera::Ray;
use crate::surface::{Subject, Surfaces};
use crate::traversal::{Hit, Traversal};
use crate::tree::{At, Cursor, VoxelTree};

/// Voxels, what they are made of, and what they stand on.
pub(super) struct World<'a> {
    pub(super) tree: VoxelTree<'a>,
    /// The volume's position of the tree's origin.
    base: At,
    surfaces: &'a Surfaces,
    matters: Vec<Matter>,
    /// How high the ground is, where there is one. It is seen from above only.
    pub(super) ground: Option<f64>,
}

/// Where a ray begins.
#[derive(Clone, Copy)]
pub(super) struct Spot<'t, 'a> {
    pub(super) point: DVec3,
    /// The voxel there; none outside of the bounds.
    pub(super) inside: Option<Inside<'t, 'a>>,
}

/// The voxel that a ray begins in.
#[derive(Clone, Copy)]
pub(super) struct Inside<'t, 'a> {
    pub(super) at: At,
    pub(super) rgba: Rgba,
    pub(super) cursor: Cursor<'t, 'a>,
}

/// Where a ray goes from one voxel into one that differs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crossing {
    /// The voxel beyond, which may be empty, and may be out of the bounds then.
    pub(super) hit: Hit,
    /// The colour of the voxel before it.
    pub(super) before: Rgba,
    pub(super) point: DVec3,
    /// Whether the side faces up its axis.
    pub(super) upwards: bool,
}

impl<'a> World<'a> {
    /// `min` is the volume's lowest position, which the tree has at its own.
    pub(super) fn new(tree: VoxelTree<'a>, min: At, subject: &'a Subject, ground: bool) -> Self {
        let low = tree.low();
        let surfaces = subject.surfaces();
        Self {
            base: [0, 1, 2].map(|axis| min[axis] - low[axis]),
            surfaces,
            matters: Matter::all(surfaces),
            ground: ground.then_some(low[2] as f64),
            tree,
        }
    }

    /// What the voxel at `at` is made of.
    #[inline]
    pub(super) fn matter(&self, at: At, rgba: Rgba) -> &Matter {
        if self.surfaces.is_plain() {
            return &self.matters[0];
        }
        let [x, y, z] = [0, 1, 2].map(|axis| (at[axis] + self.base[axis]) as i32);
        &self.matters[self.surfaces.index(Pos::new(x, y, z), rgba)]
    }

    /// Whether all voxels of one colour are alike.
    pub(super) fn goes_by_colour(&self) -> bool {
        self.surfaces.goes_by_colour()
    }

    /// Whether a side of the voxels that are so far along an axis has nothing before it to light: it
    /// looks out of the bounds, and not to the ground.
    pub(super) fn looks_away(&self, along: i64, axis: usize, upwards: bool) -> bool {
        let is_outermost = match upwards {
            true => along == self.tree.high()[axis] - 1,
            false => along == self.tree.low()[axis],
        };
        is_outermost && (self.ground.is_none() || (axis == 2 && upwards))
    }

    /// Whether any material gives off light on its surface.
    pub(super) fn has_lamps(&self) -> bool {
        self.matters.iter().any(Matter::is_lamp)
    }

    /// The tree's position of one of the volume.
    pub(super) fn in_tree(&self, pos: Pos) -> At {
        let pos = [pos.x, pos.y, pos.z];
        [0, 1, 2].map(|axis| i64::from(pos[axis]) - self.base[axis])
    }

    /// A ray on its way from a spot.
    #[inline]
    pub(super) fn from<'t>(&'t self, spot: &Spot<'t, 'a>, direction: Vec3) -> March<'t, 'a> {
        let ray = Ray { origin: spot.point, direction: direction.as_dvec3() };
        let (traversal, before) = match spot.inside {
            Some(Inside { at, rgba, cursor }) => {
                (Some(Traversal::new(cursor, ray, at, rgba)), rgba)
            }
            None => (Traversal::enter(&self.tree, ray), Rgba::EMPTY),
        };
        March { traversal, before, ray }
    }

    /// How far a ray that meets no voxel goes until it meets the ground.
    pub(super) fn to_ground(&self, ray: &Ray) -> Option<f64> {
        let height = ray.origin.z - self.ground?;
        let down = -ray.direction.z;
        let distance = height / down;
        (height > 0.0 && down > 0.0 && distance.is_finite()).then_some(distance)
    }
}

/// A ray on its way, from one change of colour to the next.
pub(super) struct March<'t, 'a> {
    traversal: Option<Traversal<'t, 'a>>,
    before: Rgba,
    pub(super) ray: Ray,
}

impl<'t, 'a> March<'t, 'a> {
    /// Where the ray next comes into a voxel that differs from the one it was in, an empty one too.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Crossing> {
        let hit = self.traversal.as_mut()?.next_change()?;
        let before = std::mem::replace(&mut self.before, hit.rgba);
        let upwards = self.ray.direction[hit.axis] < 0.0;
        let mut point = self.ray.origin + self.ray.direction * hit.distance;
        point[hit.axis] = (hit.at[hit.axis] + i64::from(upwards)) as f64;
        Some(Crossing { hit, before, point, upwards })
    }

    /// The spot before the side of a crossing that was just met.
    #[inline]
    pub(super) fn before(&self, crossing: &Crossing, world: &World<'a>) -> Spot<'t, 'a> {
        let mut at = crossing.hit.at;
        at[crossing.hit.axis] += if crossing.upwards { 1 } else { -1 };
        self.spot(crossing.point, at, crossing.before, world)
    }

    /// The spot behind it.
    pub(super) fn behind(&self, crossing: &Crossing, world: &World<'a>) -> Spot<'t, 'a> {
        self.spot(crossing.point, crossing.hit.at, crossing.hit.rgba, world)
    }

    /// The spot at a distance along the ray, in voxels of this colour.
    pub(super) fn along(&self, distance: f64, rgba: Rgba, world: &World<'a>) -> Spot<'t, 'a> {
        let point = self.ray.origin + self.ray.direction * distance;
        self.spot(point, point.floor().to_array().map(|axis| axis as i64), rgba, world)
    }

    fn spot(&self, point: DVec3, at: At, rgba: Rgba, world: &World<'a>) -> Spot<'t, 'a> {
        let cursor = self.traversal.as_ref().map(Traversal::cursor);
        let inside = cursor.filter(|_| world.tree.contains(at));
        Spot { point, inside: inside.map(|cursor| Inside { at, rgba, cursor }) }
    }
}
