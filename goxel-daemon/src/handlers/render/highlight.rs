//! [`highlight`]: what has changed in a model, so that it is seen: what was there already is pale and grey,
//! what is new has its colours, and what has gone is red glass.

use goxel_core::{Dense, Result, TILE_UNITS, TILE_VOXELS, Tile, TileRef, Volume, Work};
use goxel_proto::types::Rgba;

/// The colour of what has gone.
const GONE: Rgba = Rgba([226, 48, 44, 84]);
/// What a tile costs that is painted voxel by voxel.
const PAINTED_UNITS: u64 = TILE_VOXELS as u64;
/// The weights of Rec. 709, in thousandths.
const LUMINANCE: [u32; 3] = [213, 715, 72];
/// Grey lies between this and white, in a range so narrow that colours stand out of it.
const GREY_LOW: u32 = 148;
/// The range of greys.
const GREY_SPAN: u32 = 70;

/// The model `after`, with what differs from `before` marked.
///
/// # Errors
/// What `work` says.
pub(super) fn highlight(before: &Volume, after: &Volume, work: &Work<'_>) -> Result<Volume> {
    let mut marked = Volume::new();
    for (at, tile) in after.tiles() {
        work.spend(TILE_UNITS)?;
        let old = before.tile(at);
        let painted = match (tile.uniform(), old.same(tile)) {
            (Some(rgba), true) => Tile::Uniform(faded(rgba)),
            _ => {
                work.spend(PAINTED_UNITS)?;
                paint(old, tile)
            }
        };
        marked.replace_tile(at, painted);
    }
    // What has gone where nothing is left.
    for (at, old) in before.tiles() {
        work.spend(TILE_UNITS)?;
        if after.tile(at).count() == 0 {
            work.spend(PAINTED_UNITS)?;
            marked.replace_tile(at, paint(old, TileRef::Uniform(Rgba::EMPTY)));
        }
    }
    Ok(marked)
}

fn paint(old: TileRef<'_>, new: TileRef<'_>) -> Tile {
    let old = old.to_tile().to_dense();
    let mut painted: Box<Dense> = new.to_tile().to_dense();
    for (voxel, old) in painted.iter_mut().zip(old.iter()) {
        *voxel = match (old.is_empty(), voxel.is_empty()) {
            (false, true) => GONE,
            _ if *old == *voxel => faded(*voxel),
            _ => *voxel,
        };
    }
    Tile::from_dense(&painted)
}

/// A pale grey that is as bright or dark as a colour, among its like.
fn faded(rgba: Rgba) -> Rgba {
    let [r, g, b, alpha] = rgba.0;
    if alpha == 0 {
        return Rgba::EMPTY;
    }
    let levels = [r, g, b].into_iter().zip(LUMINANCE);
    let bright: u32 = levels.map(|(level, weight)| u32::from(level) * weight).sum::<u32>() / 1000;
    let grey = (GREY_LOW + GREY_SPAN * bright / 255) as u8;
    Rgba([grey, grey, grey, alpha])
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::{Aabb, Pos};

    use super::*;

    #[test]
    fn what_is_new_has_its_colour() {
        let (red, blue) = (Rgba::opaque(255, 0, 0), Rgba::opaque(0, 0, 255));
        let mut before = Volume::new();
        before.fill(&Aabb::spanning(Pos::ZERO, Pos::from([31; 3])), red);
        before.set(Pos::from([100; 3]), red);
        let mut after = before.clone();
        after.set(Pos::from([100; 3]), Rgba::EMPTY);
        after.set(Pos::from([3; 3]), blue);
        after.set(Pos::from([4; 3]), Rgba::EMPTY);
        after.set(Pos::from([-50; 3]), blue);
        let marked = highlight(&before, &after, &Work::unbounded()).expect("nobody stops it");
        let at = |axis: i32| marked.get(Pos::from([axis; 3]));
        assert_eq!((at(3), at(-50)), (blue, blue));
        assert_eq!((at(4), at(100)), (GONE, GONE));
        let grey = faded(red);
        assert_eq!((at(5), at(31), at(17)), (grey, grey, grey));
        assert!(grey.0[0] == grey.0[1] && grey.0[1] == grey.0[2]);
        assert_eq!(marked.count(), 32 * 32 * 32 + 2);
    }

    #[test]
    fn black_is_darker_than_white_and_both_are_pale() {
        let (black, white) = (faded(Rgba::BLACK), faded(Rgba::WHITE));
        assert!(black.0[0] < white.0[0] && black.0[0] > 128);
        assert_eq!(faded(Rgba::EMPTY), Rgba::EMPTY);
    }
}
