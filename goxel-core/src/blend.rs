//! Two volumes become one: [`Volume::merge`] lays a layer over what is below it,
//! [`Volume::combine`] does to a layer what a set of voxels says.

use goxel_proto::types::{BlendMode, Combine, Rgba};

use crate::mask::Mask;
use crate::rebuild::change_tiles;
use crate::scan::gathered;
use crate::volume::{TILE_VOXELS, Tile, TilePos, TileRef, Volume, overlaid};
use crate::{Result, TILE_UNITS, Work};

/// One voxel laid over another. Products are cut, not rounded, as in Goxel.
#[must_use]
pub fn blend(mode: BlendMode, below: Rgba, above: Rgba) -> Rgba {
    let [_, _, _, below_alpha] = below.0;
    let [_, _, _, above_alpha] = above.0;
    let with_alpha = |rgba: Rgba, alpha: u8| Rgba([rgba.0[0], rgba.0[1], rgba.0[2], alpha]);
    let mixed = match mode {
        BlendMode::Over => over(below, above),
        BlendMode::Sub => with_alpha(below, below_alpha.saturating_sub(above_alpha)),
        BlendMode::SubClamp => with_alpha(below, below_alpha.min(255 - above_alpha)),
        BlendMode::Paint => mix(below, above),
        BlendMode::Max if above.is_empty() => below,
        BlendMode::Max => with_alpha(above, below_alpha.max(above_alpha)),
        BlendMode::Intersect => with_alpha(below, below_alpha.min(above_alpha)),
        BlendMode::IntersectFill => with_alpha(above, below_alpha.min(above_alpha)),
        BlendMode::MultAlpha => {
            Rgba(below.0.map(|c| (u32::from(c) * u32::from(above_alpha) / 255) as u8))
        }
        BlendMode::Replace => above,
    };
    mixed.normalised()
}

/// Whether voxels outside the upper volume stay as they are.
fn keeps_outside(mode: BlendMode) -> bool {
    use BlendMode::{Intersect, IntersectFill, MultAlpha, Replace};
    !matches!(mode, Intersect | IntersectFill | MultAlpha | Replace)
}

fn over(below: Rgba, above: Rgba) -> Rgba {
    let (b, a) = (u32::from(below.alpha()), u32::from(above.alpha()));
    if a == 255 || b == 0 {
        return if a == 0 { below } else { above };
    }
    // Alpha in 1/255ths of 255, so that nothing is cut before the end.
    let alpha = 255 * a + b * (255 - a);
    if alpha == 0 {
        return Rgba::EMPTY;
    }
    let channel = |i: usize| {
        let (below, above) = (u32::from(below.0[i]), u32::from(above.0[i]));
        ((above * a * 255 + below * b * (255 - a)) / alpha) as u8
    };
    Rgba([channel(0), channel(1), channel(2), (alpha / 255) as u8])
}

fn mix(below: Rgba, above: Rgba) -> Rgba {
    let a = u32::from(above.alpha());
    let channel =
        |i: usize| ((u32::from(above.0[i]) * a + u32::from(below.0[i]) * (255 - a)) / 255) as u8;
    Rgba([channel(0), channel(1), channel(2), below.alpha()])
}

impl Volume {
    /// Lays `above` over this volume, a tile at a time.
    pub fn merge(&mut self, above: &Self, mode: BlendMode) {
        // Nobody refuses work that is unbounded.
        let _ = self.merge_within(above, mode, &Work::unbounded());
    }

    /// [`Volume::merge`] as far as `work` lets it.
    ///
    /// # Errors
    /// What `work` says; some tiles may be merged then.
    pub fn merge_within(&mut self, above: &Self, mode: BlendMode, work: &Work<'_>) -> Result<()> {
        let places = places(self, above, keeps_outside(mode), work)?;
        change_tiles(self, &places, work, |at, tile| merge_tile(tile, above.tile(at), mode, work))
    }

    /// Sets, removes, paints or keeps what `above` has voxels of, a tile at a time. Where `work`
    /// stops it, some tiles may be combined.
    pub(crate) fn combine(&mut self, above: &Self, mode: Combine, work: &Work<'_>) -> Result<()> {
        let places = places(self, above, mode != Combine::Intersect, work)?;
        change_tiles(self, &places, work, |at, tile| combine_tile(tile, above.tile(at), mode, work))
    }
}

/// The tiles that may change where one volume is laid over another: those of the upper one, and
/// those of both where what is outside of the upper one does not stay.
fn places(
    below: &Volume,
    above: &Volume,
    keeps_outside: bool,
    work: &Work<'_>,
) -> Result<Vec<TilePos>> {
    let mut places = gathered(above.tiles().map(|(at, _)| at), |_| true, work)?;
    if !keeps_outside {
        places.extend(gathered(below.tiles().map(|(at, _)| at), |_| true, work)?);
        places.sort_unstable();
        places.dedup();
    }
    Ok(places)
}

fn merge_tile(
    below: TileRef<'_>,
    above: TileRef<'_>,
    mode: BlendMode,
    work: &Work<'_>,
) -> Result<Option<Tile>> {
    if let (Some(below), Some(above)) = (below.uniform(), above.uniform()) {
        work.spend(TILE_UNITS)?;
        return Ok(Some(Tile::Uniform(blend(mode, below, above))));
    }
    if let Some(mode) = plain_mode(mode)
        && is_opaque(above)
    {
        return combine_tile(below, above, mode, work);
    }
    work.spend(BLEND_UNITS)?;
    let mut voxels = below.to_tile().to_dense();
    for (below, above) in voxels.iter_mut().zip(&*above.to_tile().to_dense()) {
        *below = blend(mode, *below, *above);
    }
    Ok(Some(Tile::from_dense(&voxels)))
}

/// What a mode does with voxels that nothing shines through.
fn plain_mode(mode: BlendMode) -> Option<Combine> {
    match mode {
        BlendMode::Over | BlendMode::Max => Some(Combine::Add),
        BlendMode::Sub | BlendMode::SubClamp => Some(Combine::Subtract),
        BlendMode::Intersect | BlendMode::MultAlpha => Some(Combine::Intersect),
        BlendMode::Paint | BlendMode::IntersectFill | BlendMode::Replace => None,
    }
}

/// Whether each voxel of a tile either is not there or lets nothing shine through.
fn is_opaque(tile: TileRef<'_>) -> bool {
    let opaque = |rgba: &Rgba| rgba.is_empty() || rgba.alpha() == u8::MAX;
    if let Some(voxels) = tile.sparse() {
        return voxels.iter().all(|(_, rgba)| opaque(rgba));
    }
    match (tile.uniform(), tile.indexed()) {
        (Some(rgba), _) => opaque(&rgba),
        (_, Some((_, colours))) => colours.iter().all(opaque),
        _ => (0..TILE_VOXELS).all(|index| opaque(&tile.get(index))),
    }
}

/// What it takes to blend two tiles voxel by voxel.
const BLEND_UNITS: u64 = 8 * TILE_VOXELS as u64;

/// What becomes of a tile; nothing where it stays as it is.
fn combine_tile(
    below: TileRef<'_>,
    above: TileRef<'_>,
    mode: Combine,
    work: &Work<'_>,
) -> Result<Option<Tile>> {
    let (nothing, everything) = (below.count() == 0, above.count() == TILE_VOXELS);
    let without = |mut gone: Mask| {
        gone.intersect(&Mask::occupied(below));
        (gone != Mask::EMPTY).then(|| gone.painted(below, Rgba::EMPTY))
    };
    work.spend(TILE_UNITS)?;
    Ok(match mode {
        Combine::Add if above.same(below) => None,
        Combine::Add if nothing || everything => Some(above.to_tile()),
        Combine::Subtract if everything => Some(Tile::EMPTY),
        Combine::Intersect if above.count() == 0 => Some(Tile::EMPTY),
        Combine::Intersect if everything => None,
        Combine::Subtract | Combine::Paint | Combine::Intersect if nothing => None,
        _ => {
            work.spend(TILE_VOXELS as u64)?;
            let mut others = Mask::occupied(match mode {
                Combine::Paint => below,
                _ => above,
            });
            match mode {
                Combine::Add => Some(overlaid(below, above)),
                Combine::Subtract => without(others),
                Combine::Intersect => {
                    others.invert();
                    without(others)
                }
                Combine::Paint => {
                    others.invert();
                    let painted = others.painted(above, Rgba::EMPTY);
                    Some(overlaid(below, TileRef::Stored(&painted)))
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::{Aabb, Pos, Word};

    use super::*;

    fn check(mode: BlendMode, below: [u8; 4], above: [u8; 4], expected: [u8; 4]) {
        assert_eq!(blend(mode, Rgba(below), Rgba(above)), Rgba(expected), "{mode:?}");
    }

    #[test]
    fn voxels() {
        let (red, blue, none) = ([200, 0, 0, 255], [0, 0, 200, 128], [0; 4]);
        check(BlendMode::Over, red, blue, [99, 0, 100, 255]);
        check(BlendMode::Over, none, blue, blue);
        check(BlendMode::Over, red, none, red);
        check(BlendMode::Sub, red, blue, [200, 0, 0, 127]);
        check(BlendMode::Sub, blue, red, none);
        check(BlendMode::SubClamp, red, blue, [200, 0, 0, 127]);
        check(BlendMode::Paint, red, blue, [99, 0, 100, 255]);
        check(BlendMode::Paint, none, blue, none);
        check(BlendMode::Max, red, blue, [0, 0, 200, 255]);
        check(BlendMode::Intersect, red, blue, [200, 0, 0, 128]);
        check(BlendMode::IntersectFill, red, blue, blue);
        check(BlendMode::MultAlpha, red, blue, [100, 0, 0, 128]);
        check(BlendMode::Replace, red, none, none);
    }

    /// What is in a place after a set of voxels was combined with a layer.
    fn pick(mode: Combine, below: Rgba, above: Rgba) -> Rgba {
        match (mode, above.is_empty()) {
            (Combine::Add, false) => above,
            (Combine::Paint, false) if !below.is_empty() => above,
            (Combine::Subtract, false) | (Combine::Intersect, true) => Rgba::EMPTY,
            _ => below,
        }
    }

    /// Boxes and single voxels, opaque ones and others, in tiles of all forms.
    fn volume(random: &mut u32, opaque: bool) -> Volume {
        let mut next = || {
            *random = random.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
            random.to_be_bytes()
        };
        let mut volume = Volume::new();
        let alpha = |of: u8| if opaque { 255 } else { of | 1 };
        for _ in 0..6 {
            let ([x, y, z, _], [r, g, b, a]) = (next(), next());
            let low = [x, y, z].map(|axis| i32::from(axis % 40));
            let high = [0, 1, 2].map(|axis| low[axis] + i32::from(next()[0] % 30));
            let aabb = Aabb::spanning(low.into(), high.into());
            volume.fill(&aabb, Rgba([r, g, b, alpha(a)]));
        }
        for _ in 0..3000 {
            let ([x, y, z, which], [r, g, b, a]) = (next(), next());
            let pos = Pos::new((x % 24).into(), (y % 24).into(), (z % 24).into());
            let pos = if which > 250 { Pos { x: pos.x + 90, ..pos } } else { pos };
            volume.set(pos, if which < 30 { Rgba::EMPTY } else { Rgba([r, g, b, alpha(a)]) });
        }
        volume
    }

    #[test]
    fn tiles_of_all_forms_are_blended_voxel_by_voxel() {
        let mut random = 5;
        for opaque in [true, false, true] {
            let (below, above) = (volume(&mut random, opaque), volume(&mut random, opaque));
            let places = || below.voxels().chain(above.voxels()).map(|(pos, _)| pos);
            for mode in BlendMode::all() {
                let mut merged = below.clone();
                merged.merge(&above, mode);
                let plain = |pos| (pos, blend(mode, below.get(pos), above.get(pos)));
                assert_eq!(merged, places().map(plain).collect(), "{mode:?}");
            }
            for mode in [Combine::Add, Combine::Subtract, Combine::Paint, Combine::Intersect] {
                let mut combined = below.clone();
                combined.combine(&above, mode, &Work::unbounded()).expect("no budget");
                let plain = |pos| (pos, pick(mode, below.get(pos), above.get(pos)));
                assert_eq!(combined, places().map(plain).collect(), "{mode:?}");
            }
        }
    }

    #[test]
    fn volumes_are_merged_voxel_by_voxel() {
        let at = |x| Pos::new(x, -5, 40);
        let below: Volume = [(at(0), Rgba::BLACK), (at(1), Rgba::BLACK)].into_iter().collect();
        let above: Volume = [(at(1), Rgba::WHITE), (at(200), Rgba::WHITE)].into_iter().collect();
        for mode in BlendMode::all() {
            let mut merged = below.clone();
            merged.merge(&above, mode);
            for x in [0, 1, 2, 200] {
                let expected = blend(mode, below.get(at(x)), above.get(at(x)));
                assert_eq!(merged.get(at(x)), expected, "{mode:?} at {x}");
            }
        }
    }
}
