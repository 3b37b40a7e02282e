//! `Volume.fromSdf`: the inside of a signed-distance function, which is below 0 there.
//!
//! Without more the function is called for each voxel of the box. Where the script vouches for a Lipschitz bound -
//! between two points it differs by no more than so many times their distance - one call at the middle of a
//! cube tells of all of it where the surface is far: only cubes that the surface may meet are divided.

use goxel_core::{TILE_VOXELS, Tile, TilePos, Volume, voxel_index};
use goxel_proto::types::{Aabb, Pos, Rgba};
use rquickjs::{Function, Result, Value};

use super::call::Call;
use super::editing::{colour_and_mode, mode};
use super::volume::this;
use crate::model::Refusal;
use crate::model::tile_box::TileBox;
use crate::sys::{Item, call as call_with};

/// Voxels of a box that is worked out: as those of a round shape.
const SDF_VOXELS_MAX: u128 = goxel_core::limits::SHAPE_VOXELS_MAX;
/// The edge of a tile.
const EDGE: i64 = goxel_core::TILE_EDGE as i64;
/// How many tiles are made before it is asked whether there is room for them: some megabytes.
const TILES_BETWEEN_CHECKS: u32 = 256;

/// Sets, removes, paints or keeps the voxels where a function is below 0.
pub(super) fn from_sdf<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (volume, aabb) = (this(call)?, call.aabb_at(0)?);
    let (function, colour, options) =
        (call.function(1, "the distance")?, call.arg(2), call.options(3)?);
    let given = aabb.intersection(&Aabb::EVERYTHING).volume();
    if given > SDF_VOXELS_MAX {
        let refusal =
            Refusal::TooLarge { what: "a box", given, unit: "voxels", max: SDF_VOXELS_MAX };
        return Err(call.refused(&refusal));
    }
    let lipschitz = match call.option(options.as_ref(), "lipschitz")? {
        Some(value) => Some(call.finite(&value, "lipschitz")?),
        None => None,
    };
    if lipschitz.is_some_and(|bound| bound < 0.0) {
        return Err(call.out_of_range("lipschitz must not be negative"));
    }
    let (paint, mode) = match colour.as_function() {
        Some(by) => (Paint::By(by.clone()), mode(call, options.as_ref())?),
        None if colour.is_undefined() => {
            let (rgba, mode) = colour_and_mode(call, options.as_ref())?;
            (Paint::With(rgba), mode)
        }
        None => (Paint::With(call.colour(&colour, "colour")?), mode(call, options.as_ref())?),
    };
    let mut sdf = Sdf { call, function, lipschitz, paint, aabb, made: Volume::new(), tiles: 0 };
    sdf.fill()?;
    let made = sdf.made;
    let count = call.volume(&volume, |volume| volume.combine(&made, mode))?;
    call.count(count)
}

/// What colour a voxel gets.
enum Paint<'js> {
    With(Rgba),
    By(Function<'js>),
}

/// A function that is worked out.
struct Sdf<'a, 'js> {
    call: &'a Call<'a, 'js>,
    function: Function<'js>,
    lipschitz: Option<f64>,
    paint: Paint<'js>,
    aabb: Aabb,
    made: Volume,
    tiles: u32,
}

/// What is known of a cube.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Inside,
    Outside,
    Unknown,
}

impl Sdf<'_, '_> {
    fn fill(&mut self) -> Result<()> {
        if self.aabb.is_empty() {
            return Ok(());
        }
        if self.lipschitz.is_none() {
            return TileBox::touched(&self.aabb)
                .tiles()
                .try_for_each(|at| self.tile(at, Side::Unknown));
        }
        let longest = self.aabb.size().into_iter().max().unwrap_or(1);
        let edge = (longest.next_power_of_two() as i64).max(EDGE);
        // Cubes stand where tiles do, so that one of the edge of a tile is one.
        let low = self.aabb.min.map(|axis| axis.div_euclid(EDGE) * EDGE);
        self.cube(low, edge * 2)
    }

    /// Fills a cube that is larger than a tile, or a tile.
    fn cube(&mut self, low: [i64; 3], edge: i64) -> Result<()> {
        let cell = cell(low, edge).intersection(&self.aabb);
        if cell.is_empty() {
            return Ok(());
        }
        let side = self.side(&cell)?;
        if edge == EDGE {
            let at = TilePos(low.map(|axis| (axis / EDGE) as i32));
            return self.tile(at, side);
        }
        match (side, &self.paint) {
            (Side::Outside, _) => Ok(()),
            (Side::Inside, Paint::With(rgba)) => {
                self.made.fill(&cell, *rgba);
                self.check()
            }
            _ => eighths(low, edge).into_iter().try_for_each(|low| self.cube(low, edge / 2)),
        }
    }

    /// Works out a tile.
    fn tile(&mut self, at: TilePos, side: Side) -> Result<()> {
        if side == Side::Outside {
            return Ok(());
        }
        let mut voxels = Box::new([Rgba::EMPTY; TILE_VOXELS]);
        let cell = at.aabb();
        match (side, self.lipschitz) {
            (Side::Unknown, Some(_)) => {
                let mut parts = eighths(cell.min, EDGE).into_iter();
                parts.try_for_each(|low| self.part(low, EDGE / 2, &mut voxels))?;
            }
            _ => self.each_voxel(&cell.intersection(&self.aabb), side, &mut voxels)?,
        }
        self.made.replace_tile(at, Tile::from_dense(&voxels));
        self.tiles += 1;
        if self.tiles.is_multiple_of(TILES_BETWEEN_CHECKS) { self.check() } else { Ok(()) }
    }

    /// Works out a cube within a tile.
    fn part(&mut self, low: [i64; 3], edge: i64, voxels: &mut [Rgba; TILE_VOXELS]) -> Result<()> {
        let cell = cell(low, edge).intersection(&self.aabb);
        if cell.is_empty() {
            return Ok(());
        }
        match self.side(&cell)? {
            Side::Outside => Ok(()),
            Side::Inside => self.each_voxel(&cell, Side::Inside, voxels),
            Side::Unknown => {
                eighths(low, edge).into_iter().try_for_each(|low| self.part(low, edge / 2, voxels))
            }
        }
    }

    fn each_voxel(
        &mut self,
        cell: &Aabb,
        side: Side,
        voxels: &mut [Rgba; TILE_VOXELS],
    ) -> Result<()> {
        for z in cell.min[2]..cell.max[2] {
            for y in cell.min[1]..cell.max[1] {
                for x in cell.min[0]..cell.max[0] {
                    let place = [x, y, z].map(|axis| axis as f64);
                    if side == Side::Inside || self.distance(place)? < 0.0 {
                        let pos = Pos::from([x, y, z].map(|axis| axis as i32));
                        voxels[voxel_index(pos)] = self.colour(place)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// On which side of the surface all voxels of a cell are.
    fn side(&self, cell: &Aabb) -> Result<Side> {
        let middle = [0, 1, 2].map(|axis| (cell.min[axis] + cell.max[axis] - 1) as f64 / 2.0);
        let away = cell.size().map(|edge| (edge - 1) as f64 / 2.0);
        let reach = away.iter().map(|away| away * away).sum::<f64>().sqrt();
        let distance = self.distance(middle)?;
        let most = reach * self.lipschitz.unwrap_or(f64::INFINITY);
        Ok(if reach == 0.0 {
            if distance < 0.0 { Side::Inside } else { Side::Outside }
        } else if distance >= most {
            Side::Outside
        } else if distance < -most {
            Side::Inside
        } else {
            Side::Unknown
        })
    }

    fn distance(&self, place: [f64; 3]) -> Result<f64> {
        match call_with(&self.function, place)? {
            Item::Whole(distance) => Ok(distance.into()),
            Item::Fraction(distance) if !distance.is_nan() => Ok(distance),
            Item::Fraction(_) => {
                Err(self.call.out_of_range(format_args!("the distance at {place:?} is NaN")))
            }
            Item::Other(given) => Err(self.call.not("the distance", "a number", &given)),
        }
    }

    fn colour(&self, [x, y, z]: [f64; 3]) -> Result<Rgba> {
        match &self.paint {
            Paint::With(rgba) => Ok(*rgba),
            Paint::By(function) => {
                let given: Value<'_> = function.call((x, y, z))?;
                if given.is_undefined() || given.is_null() {
                    return Ok(Rgba::EMPTY);
                }
                self.call.colour(&given, "the colour that the function gave")
            }
        }
    }

    fn check(&self) -> Result<()> {
        self.call.model(|model| model.check_room(self.made.bytes() as u64))
    }
}

fn cell(low: [i64; 3], edge: i64) -> Aabb {
    Aabb { min: low, max: low.map(|axis| axis + edge) }
}

/// The low corners of the eight cubes that a cube is divided into.
fn eighths(low: [i64; 3], edge: i64) -> [[i64; 3]; 8] {
    std::array::from_fn(|eighth| {
        [0, 1, 2].map(|axis| low[axis] + edge / 2 * (eighth as i64 >> axis & 1))
    })
}
