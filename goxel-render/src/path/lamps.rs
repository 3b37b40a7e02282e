//! [`Lamps`]: the sides of voxels that give off light, as a list of rectangles to look at.
//!
//! A side is in the list where light gets out of it: the voxel before it is empty or lets light
//! through. Sides in one plane of a tile that are alike make one rectangle. One is drawn by its power,
//! area times luminance, and a point of it evenly; so the density of a point is its luminance by
//! the power of all, wherever it is, and a ray that meets a lamp by chance knows it without looking it up.
//!
//! Sides on the outside of all voxels that look away from them light nothing, and are left out.
//!
//! Where there are too many rectangles, those of some tiles are left out, by a hash of the tile's place
//! that such a ray can ask too: it alone finds them. That is noisier, and neither brighter nor darker.

use glam::{DVec3, Vec3};
use goxel_core::{Result, TILE_EDGE, TilePos, TileRef, Volume, Work, index_in_tile};
use goxel_proto::types::{Pos, Rgba};

use super::math::mixed;
use super::matter::Matter;
use super::world::World;
use crate::tree::At;

/// Rectangles in the list: with 48 bytes each that is 3 MiB.
const LAMPS_MAX: usize = 1 << 16;
/// Bits of a coordinate inside a tile.
const TILE_BITS: u32 = TILE_EDGE.trailing_zeros();
/// What a tile costs that has lamps, in units of [`Work`]: six sides of each voxel are looked at.
const TILE_UNITS: u64 = 1 << 15;

/// All lamps of a picture.
#[derive(Debug, Default)]
pub(super) struct Lamps {
    list: Vec<Lamp>,
    /// Of each lamp, the power of all up to it and with it.
    powers: Vec<f32>,
    /// Tiles are listed whose hash has none of these bits.
    left_out: u32,
}

/// A rectangle that gives off light.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Lamp {
    /// The voxel at its lower corner.
    corner: At,
    axis: usize,
    upwards: bool,
    /// Voxels along the two axes after its own.
    size: [u32; 2],
    radiance: Vec3,
}

/// A point of a lamp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) at: DVec3,
    /// The voxel behind it.
    pub(super) voxel: At,
    pub(super) axis: usize,
    pub(super) upwards: bool,
    pub(super) radiance: Vec3,
    /// How densely it was drawn, for an area of one.
    pub(super) density: f32,
}

/// Brightness as the eye sees it, of linear red, green and blue (Rec. 709).
pub(super) fn luminance(colour: Vec3) -> f32 {
    colour.dot(Vec3::new(0.2126, 0.7152, 0.0722))
}

impl Lamps {
    /// Finds the lamps of a volume.
    ///
    /// # Errors
    /// Where the work has to end.
    pub(super) fn new(volume: &Volume, world: &World<'_>, work: &Work<'_>) -> Result<Self> {
        let mut lamps = Self::default();
        if !world.has_lamps() {
            return Ok(lamps);
        }
        let mut search = Search { volume, world, lamps: &mut lamps };
        for (at, tile) in volume.sorted_tiles() {
            search.tile(at, tile, work)?;
        }
        if lamps.left_out == 0 {
            // Across tiles, of which none is left out.
            joined(&mut lamps.list, 0);
            joined(&mut lamps.list, 1);
        }
        let mut power = 0.0;
        lamps.powers = Vec::with_capacity(lamps.list.len());
        for lamp in &lamps.list {
            let [u, v] = lamp.size.map(|edge| edge as f32);
            power += u * v * luminance(lamp.radiance);
            lamps.powers.push(power);
        }
        Ok(lamps)
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// A point of one of the lamps, by three numbers from 0 to 1; none where there are no lamps.
    pub(super) fn draw(&self, which: f32, (u, v): (f32, f32)) -> Option<Point> {
        let power = *self.powers.last()?;
        let index = self.powers.partition_point(|&until| until <= which * power);
        let lamp = self.list.get(index).or(self.list.last())?;
        let (a, b) = ((lamp.axis + 1) % 3, (lamp.axis + 2) % 3);
        let along = [u * lamp.size[0] as f32, v * lamp.size[1] as f32];
        let mut voxel = lamp.corner;
        voxel[a] += (along[0] as i64).min(i64::from(lamp.size[0]) - 1);
        voxel[b] += (along[1] as i64).min(i64::from(lamp.size[1]) - 1);
        let mut at = DVec3::from(lamp.corner.map(|axis| axis as f64));
        at[lamp.axis] += f64::from(u8::from(lamp.upwards));
        at[a] += f64::from(along[0]);
        at[b] += f64::from(along[1]);
        Some(Point {
            at,
            voxel,
            axis: lamp.axis,
            upwards: lamp.upwards,
            radiance: lamp.radiance,
            density: luminance(lamp.radiance) / power,
        })
    }

    /// How densely [`Lamps::draw`] takes points of the voxel at `at`, which is met by chance and gives
    /// off this light: 0 where it is not listed.
    pub(super) fn density(&self, at: At, radiance: Vec3) -> f32 {
        match self.powers.last() {
            Some(power) if self.lists(at) => luminance(radiance) / power,
            _ => 0.0,
        }
    }

    fn lists(&self, at: At) -> bool {
        let [x, y, z] = at.map(|axis| (axis >> TILE_BITS) as u32);
        mixed(x ^ mixed(y ^ mixed(z))) & self.left_out == 0
    }

    /// Takes a lamp in, and leaves out half of all tiles where there are too many.
    fn push(&mut self, lamp: Lamp) {
        if !self.lists(lamp.corner) {
            return;
        }
        self.list.push(lamp);
        if self.list.len() > LAMPS_MAX {
            self.left_out = self.left_out << 1 | 1;
            let list = std::mem::take(&mut self.list);
            self.list = list.into_iter().filter(|lamp| self.lists(lamp.corner)).collect();
        }
    }
}

/// A plane of a tile: of each voxel, the light that its side gives off.
type Plane = [[Option<Vec3>; TILE_EDGE]; TILE_EDGE];

struct Search<'s, 'a> {
    volume: &'s Volume,
    world: &'s World<'a>,
    lamps: &'s mut Lamps,
}

impl Search<'_, '_> {
    fn tile(&mut self, at: TilePos, tile: TileRef<'_>, work: &Work<'_>) -> Result<()> {
        let uniform = tile.uniform();
        work.spend(TILE_EDGE as u64)?;
        if !self.has_lamps(at, tile) {
            return Ok(());
        }
        work.spend(TILE_UNITS)?;
        for axis in 0..3 {
            for upwards in [false, true] {
                // Inside of a tile of one colour no side shows.
                let outermost = if upwards { TILE_EDGE - 1 } else { 0 };
                let layers = match uniform {
                    Some(_) => outermost..outermost + 1,
                    None => 0..TILE_EDGE,
                };
                for layer in layers {
                    self.plane(at, tile, axis, upwards, layer);
                }
            }
        }
        Ok(())
    }

    fn has_lamps(&self, at: TilePos, tile: TileRef<'_>) -> bool {
        let mut last = Rgba::EMPTY;
        let mut lamp = |index: usize| {
            let rgba = tile.get(index);
            // Neighbours mostly have one colour.
            if rgba.is_empty() || (rgba == last && self.world.goes_by_colour()) {
                return false;
            }
            last = rgba;
            self.matter(at.voxel(index), rgba).is_lamp()
        };
        match tile.uniform() {
            Some(_) => lamp(0),
            None => (0..goxel_core::TILE_VOXELS).any(&mut lamp),
        }
    }

    fn matter(&self, pos: Pos, rgba: Rgba) -> &Matter {
        self.world.matter(self.world.in_tree(pos), rgba)
    }

    /// Adds the lamps of one plane of a tile's sides.
    fn plane(&mut self, at: TilePos, tile: TileRef<'_>, axis: usize, upwards: bool, layer: usize) {
        let low = self.world.in_tree(at.min());
        if self.world.looks_away(low[axis] + layer as i64, axis, upwards) {
            return;
        }
        let mut plane: Plane = [[None; TILE_EDGE]; TILE_EDGE];
        let mut any = false;
        for (v, row) in plane.iter_mut().enumerate() {
            for (u, light) in row.iter_mut().enumerate() {
                let mut inside = [0; 3];
                (inside[axis], inside[(axis + 1) % 3], inside[(axis + 2) % 3]) = (layer, u, v);
                let [x, y, z] = inside;
                let index = index_in_tile(x, y, z);
                *light = self.light(at.voxel(index), tile.get(index), axis, upwards);
                any |= light.is_some();
            }
        }
        if !any {
            return;
        }
        rectangles(&mut plane, |[u, v], size, radiance| {
            let mut corner = low;
            corner[axis] += layer as i64;
            corner[(axis + 1) % 3] += u as i64;
            corner[(axis + 2) % 3] += v as i64;
            self.lamps.push(Lamp { corner, axis, upwards, size, radiance });
        });
    }

    /// The light that gets out of a side of a voxel.
    fn light(&self, pos: Pos, rgba: Rgba, axis: usize, upwards: bool) -> Option<Vec3> {
        if rgba.is_empty() {
            return None;
        }
        let matter = self.matter(pos, rgba);
        if !matter.is_lamp() {
            return None;
        }
        let mut front = [pos.x, pos.y, pos.z];
        let step = if upwards { 1 } else { -1 };
        front[axis] = front[axis].checked_add(step)?;
        let front = Pos::from(front);
        let before = self.volume.get(front);
        let shows =
            before.is_empty() || (before != rgba && !self.matter(front, before).is_opaque(before));
        shows.then(|| matter.emission * matter.opacity(rgba))
    }
}

/// Joins rectangles that lie end to end along the first or the second axis after their own.
fn joined(list: &mut Vec<Lamp>, along: usize) {
    let place = |lamp: &Lamp| {
        let corner = [0, 1, 2].map(|next| lamp.corner[(lamp.axis + next) % 3]);
        (corner[0], corner[2 - along], corner[1 + along])
    };
    let line = |lamp: &Lamp| {
        let (plane, beside, _) = place(lamp);
        let light = lamp.radiance.to_array().map(f32::to_bits);
        (lamp.axis, lamp.upwards, plane, beside, lamp.size[1 - along], light)
    };
    list.sort_unstable_by_key(|lamp| (line(lamp), place(lamp).2));
    list.dedup_by(|next, lamp| {
        let end = place(lamp).2 + i64::from(lamp.size[along]);
        let joins = line(next) == line(lamp) && place(next).2 == end;
        if joins {
            lamp.size[along] += next.size[along];
        }
        joins
    });
}

/// Cuts what is alike in a plane into rectangles: from each voxel as far along the row as it goes, then
/// over as many rows as are alike. Gives corner, size and light.
fn rectangles(plane: &mut Plane, mut each: impl FnMut([usize; 2], [u32; 2], Vec3)) {
    for v in 0..TILE_EDGE {
        for u in 0..TILE_EDGE {
            let Some(light) = plane[v][u] else { continue };
            let same = |side: &&Option<Vec3>| **side == Some(light);
            let width = plane[v][u..].iter().take_while(same).count();
            let whole = |row: &&[Option<Vec3>; TILE_EDGE]| {
                row[u..u + width].iter().all(|side| *side == Some(light))
            };
            let height = plane[v..].iter().take_while(whole).count();
            for row in &mut plane[v..v + height] {
                row[u..u + width].fill(None);
            }
            each([u, v], [width as u32, height as u32], light);
        }
    }
}

#[cfg(test)]
mod tests {
    use goxel_core::{Layer, Material, Project, Scene};
    use goxel_proto::types::{Aabb, LayerId};

    use super::*;
    use crate::surface::Subject;
    use crate::tree::VoxelTree;

    /// The lamps of voxels that all give off light of 1, between two others that do not.
    fn check(volume: &Volume, expected: impl FnOnce(&Lamps, &World<'_>)) {
        let mut scene = Scene::default();
        let material = Material { emission: [1.0; 3], ..Material::default() };
        let mut layer = Layer::new(LayerId(0), "lamps");
        layer.material = Some(scene.set_material(material).unwrap());
        layer.volume = volume.clone();
        let mut ends = Layer::new(LayerId(0), "ends");
        let inner = volume.bounds().unwrap();
        for corner in [inner.min.map(|axis| axis - 5), inner.max.map(|axis| axis + 4)] {
            ends.volume.set(Pos::from(corner.map(|axis| axis as i32)), Rgba::BLACK);
        }
        let project = Project::from_layers("p", [8; 3], vec![layer, ends]).with_scene(scene);
        let work = Work::unbounded();
        let subject = Subject::of(&project, &work).unwrap();
        let bounds = subject.volume().bounds().unwrap();
        let tree = VoxelTree::new(subject.volume(), &bounds, &work).unwrap();
        let world = World::new(tree, bounds.min, &subject, false);
        expected(&Lamps::new(subject.volume(), &world, &work).unwrap(), &world);
    }

    #[test]
    fn a_block_has_six_sides_across_tiles() {
        for (low, high) in [([0; 3], [3, 4, 5]), ([-40, -9, 3], [39, 50, 70]), ([16; 3], [47; 3])] {
            let mut volume = Volume::new();
            volume.fill(&Aabb::spanning(Pos::from(low), Pos::from(high)), Rgba::WHITE);
            let [x, y, z] = [0, 1, 2].map(|axis| (high[axis] - low[axis] + 1) as f32);
            check(&volume, |lamps, _| {
                assert_eq!(lamps.len(), 6, "{low:?}: {:?}", lamps.list);
                assert_eq!(lamps.powers.last(), Some(&(2.0 * (x * y + y * z + z * x))));
            });
        }
    }

    #[test]
    fn sides_that_look_away_from_everything_are_no_lamps() {
        let material = Material { emission: [1.0; 3], ..Material::default() };
        let mut scene = Scene::default();
        let mut layer = Layer::new(LayerId(0), "lamp");
        layer.material = Some(scene.set_material(material).unwrap());
        layer.volume.set(Pos::ZERO, Rgba::WHITE);
        let project = Project::from_layers("p", [8; 3], vec![layer]).with_scene(scene);
        let work = Work::unbounded();
        let subject = Subject::of(&project, &work).unwrap();
        let bounds = subject.volume().bounds().unwrap();
        for (ground, expected) in [(false, 0), (true, 5)] {
            let tree = VoxelTree::new(subject.volume(), &bounds, &work).unwrap();
            let world = World::new(tree, bounds.min, &subject, ground);
            let lamps = Lamps::new(subject.volume(), &world, &work).unwrap();
            assert_eq!(lamps.len(), expected);
        }
    }

    #[test]
    fn points_lie_on_sides_that_show() {
        let voxels = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1], [900, 5, 5]];
        let volume: Volume = voxels.map(|pos| (Pos::from(pos), Rgba::WHITE)).into_iter().collect();
        check(&volume, |lamps, world| {
            for step in 0..200 {
                let part = (step as f32 + 0.5) / 200.0;
                let point = lamps.draw(part, (part * 7.0 % 1.0, part * 3.0 % 1.0)).unwrap();
                let voxel = world.tree.contains(point.voxel);
                let mut front = point.voxel;
                front[point.axis] += if point.upwards { 1 } else { -1 };
                let at = [0, 1, 2].map(|axis| point.voxel[axis] - world.in_tree(Pos::ZERO)[axis]);
                let front = [0, 1, 2].map(|axis| front[axis] - world.in_tree(Pos::ZERO)[axis]);
                assert!(voxel && !volume.get(Pos::from(at.map(|x| x as i32))).is_empty());
                let before = volume.get(Pos::from(front.map(|x| x as i32)));
                assert!(before.is_empty(), "{at:?} {front:?}");
                assert_eq!(lamps.density(point.voxel, Vec3::ONE), point.density);
            }
        });
    }

    #[test]
    fn too_many_lamps_are_thinned_by_tiles_and_keep_their_density() {
        let mut volume = Volume::new();
        for at in 0..64 * 64 * 8 {
            let [x, y, z] = [at % 64, at / 64 % 64, at / 4096];
            volume.set(Pos::new(2 * x, 2 * y, 2 * z), Rgba::WHITE);
        }
        check(&volume, |lamps, world| {
            assert!(lamps.len() <= LAMPS_MAX && lamps.len() > LAMPS_MAX / 4, "{}", lamps.len());
            let listed = |lamp: &Lamp| lamps.density(lamp.corner, lamp.radiance) > 0.0;
            assert!(lamps.list.iter().all(listed));
            let all = (0..64 * 64 * 8).map(|at| [at % 64, at / 64 % 64, at / 4096].map(|x| 2 * x));
            let all = all.map(|at| world.in_tree(Pos::from(at)));
            let kept = all.filter(|&at| lamps.density(at, Vec3::ONE) > 0.0).count();
            assert_eq!(6 * kept, lamps.len());
        });
    }
}
