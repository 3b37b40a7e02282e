//! [`BlendMode`]: how a layer is laid over what is below it; [`Combine`]: what a set of voxels does
//! to a layer.
//!
//! The numbers of [`BlendMode`] are those of `.gox` files and never change.

use goxel_proto::types::Rgba;

use crate::volume::{TILE_VOXELS, Tile, TilePos, TileRef, Volume};

/// How a voxel is combined with the one below. Goxel's modes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum BlendMode {
    /// Alpha blending.
    #[default]
    Over = 0,
    /// Takes the layer's alpha away.
    Sub = 1,
    /// Keeps at most what the layer's alpha leaves.
    SubClamp = 2,
    /// Colours what is there, adds nothing.
    Paint = 3,
    /// The layer's colour, the higher alpha.
    Max = 4,
    /// The lower alpha, the colour below.
    Intersect = 5,
    /// The lower alpha, the layer's colour.
    IntersectFill = 6,
    /// Multiplies everything by the layer's alpha.
    MultAlpha = 7,
    /// The layer's voxel, even where it is empty.
    Replace = 8,
}

impl BlendMode {
    /// The mode of a number in a file, or `None` for one that no mode has.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        use BlendMode::{
            Intersect, IntersectFill, Max, MultAlpha, Over, Paint, Replace, Sub, SubClamp,
        };
        let modes = [Over, Sub, SubClamp, Paint, Max, Intersect, IntersectFill, MultAlpha, Replace];
        modes.get(usize::try_from(number).ok()?).copied()
    }

    /// One voxel over another. Products are cut, not rounded, as in Goxel.
    #[must_use]
    pub fn blend(self, below: Rgba, above: Rgba) -> Rgba {
        let [_, _, _, below_alpha] = below.0;
        let [_, _, _, above_alpha] = above.0;
        let with_alpha = |rgba: Rgba, alpha: u8| Rgba([rgba.0[0], rgba.0[1], rgba.0[2], alpha]);
        let mixed = match self {
            Self::Over => over(below, above),
            Self::Sub => with_alpha(below, below_alpha.saturating_sub(above_alpha)),
            Self::SubClamp => with_alpha(below, below_alpha.min(255 - above_alpha)),
            Self::Paint => mix(below, above),
            Self::Max if above.is_empty() => below,
            Self::Max => with_alpha(above, below_alpha.max(above_alpha)),
            Self::Intersect => with_alpha(below, below_alpha.min(above_alpha)),
            Self::IntersectFill => with_alpha(above, below_alpha.min(above_alpha)),
            Self::MultAlpha => {
                Rgba(below.0.map(|c| (u32::from(c) * u32::from(above_alpha) / 255) as u8))
            }
            Self::Replace => above,
        };
        mixed.normalised()
    }

    /// Whether voxels outside the upper volume stay as they are.
    fn keeps_outside(self) -> bool {
        !matches!(self, Self::Intersect | Self::IntersectFill | Self::MultAlpha | Self::Replace)
    }
}

/// What a set of voxels does to a layer. Unlike a [`BlendMode`] it goes by whether a voxel is
/// there, whatever the alpha: what is set has its colour, what is taken away is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Combine {
    /// They are set, whatever was there.
    #[default]
    Add,
    /// What is in their places goes.
    Subtract,
    /// What is in their places gets their colours; where nothing is, nothing comes.
    Paint,
    /// What is not in their places goes.
    Intersect,
}

impl Combine {
    /// What is there afterwards.
    fn pick(self, below: Rgba, above: Rgba) -> Rgba {
        match (self, above.is_empty()) {
            (Self::Add, false) => above,
            (Self::Paint, false) if !below.is_empty() => above,
            (Self::Subtract, false) | (Self::Intersect, true) => Rgba::EMPTY,
            _ => below,
        }
    }
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
        for at in places(self, above, mode.keeps_outside()) {
            let merged = merge_tile(self.tile(at), above.tile(at), mode);
            self.replace_tile(at, merged);
        }
    }

    /// Sets, removes, paints or keeps what `above` has voxels of, a tile at a time.
    pub(crate) fn combine(&mut self, above: &Self, mode: Combine) {
        for at in places(self, above, mode != Combine::Intersect) {
            if let Some(combined) = combine_tile(self.tile(at), above.tile(at), mode) {
                self.replace_tile(at, combined);
            }
        }
    }
}

/// The tiles that may change where one volume is laid over another: those of the upper one, and
/// those of both where what is outside of the upper one does not stay.
fn places(below: &Volume, above: &Volume, keeps_outside: bool) -> Vec<TilePos> {
    let mut places: Vec<TilePos> = above.tiles().map(|(at, _)| at).collect();
    if !keeps_outside {
        places.extend(below.tiles().map(|(at, _)| at));
        places.sort_unstable();
        places.dedup();
    }
    places
}

fn merge_tile(below: TileRef<'_>, above: TileRef<'_>, mode: BlendMode) -> Tile {
    match (below.uniform(), above.uniform()) {
        (Some(below), Some(above)) => return Tile::Uniform(mode.blend(below, above)),
        // Shared, not copied: the common case of layers that lie side by side.
        (Some(Rgba::EMPTY), None) if matches!(mode, BlendMode::Over | BlendMode::Max) => {
            return above.to_tile();
        }
        _ => {}
    }
    by_voxel(below, above, |below, above| mode.blend(below, above))
}

fn by_voxel(below: TileRef<'_>, above: TileRef<'_>, f: impl Fn(Rgba, Rgba) -> Rgba) -> Tile {
    Tile::from_dense(&std::array::from_fn::<_, TILE_VOXELS, _>(|index| {
        f(below.get(index), above.get(index))
    }))
}

/// What becomes of a tile; nothing where it stays as it is.
fn combine_tile(below: TileRef<'_>, above: TileRef<'_>, mode: Combine) -> Option<Tile> {
    let (nothing, everything) = (below.count() == 0, above.count() == TILE_VOXELS);
    match mode {
        Combine::Add if nothing || everything => Some(above.to_tile()),
        Combine::Subtract if everything => Some(Tile::EMPTY),
        Combine::Intersect if above.count() == 0 => Some(Tile::EMPTY),
        Combine::Intersect if everything => None,
        Combine::Subtract | Combine::Paint | Combine::Intersect if nothing => None,
        _ => Some(by_voxel(below, above, |below, above| mode.pick(below, above))),
    }
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Pos;

    use super::*;

    fn check(mode: BlendMode, below: [u8; 4], above: [u8; 4], expected: [u8; 4]) {
        assert_eq!(mode.blend(Rgba(below), Rgba(above)), Rgba(expected), "{mode:?}");
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

    #[test]
    fn volumes_are_merged_voxel_by_voxel() {
        let at = |x| Pos::new(x, -5, 40);
        let below: Volume = [(at(0), Rgba::BLACK), (at(1), Rgba::BLACK)].into_iter().collect();
        let above: Volume = [(at(1), Rgba::WHITE), (at(200), Rgba::WHITE)].into_iter().collect();
        for mode in (0..9).filter_map(BlendMode::from_number) {
            let mut merged = below.clone();
            merged.merge(&above, mode);
            for x in [0, 1, 2, 200] {
                let expected = mode.blend(below.get(at(x)), above.get(at(x)));
                assert_eq!(merged.get(at(x)), expected, "{mode:?} at {x}");
            }
        }
        assert_eq!(BlendMode::from_number(9), None);
        assert_eq!(BlendMode::from_number(-1), None);
    }
}
