//! Walks over what exporters show of a volume.

use goxel_core::{TILE_EDGE, TilePos, TileRef, Volume, index_in_tile};
use goxel_proto::types::{Aabb, Pos, Rgba};

/// Whether exporters show this voxel: those that are too thin are gone when a writer gets them.
#[inline]
pub(crate) fn shown(rgba: Rgba) -> bool {
    !rgba.is_empty()
}

/// Calls `f` for every shown voxel, by z, then y, then x.
pub(crate) fn for_each_shown<E>(
    volume: &Volume,
    mut f: impl FnMut(Pos, Rgba) -> Result<(), E>,
) -> Result<(), E> {
    let tiles = volume.sorted_tiles();
    for slab in tiles.chunk_by(|(a, _), (b, _)| a.0[2] == b.0[2]) {
        for z in 0..TILE_EDGE {
            for strip in slab.chunk_by(|(a, _), (b, _)| a.0[1] == b.0[1]) {
                for y in 0..TILE_EDGE {
                    strip.iter().try_for_each(|&(at, tile)| row(at, tile, y, z, &mut f))?;
                }
            }
        }
    }
    Ok(())
}

fn row<E>(
    at: TilePos,
    tile: TileRef<'_>,
    y: usize,
    z: usize,
    f: &mut impl FnMut(Pos, Rgba) -> Result<(), E>,
) -> Result<(), E> {
    for x in 0..TILE_EDGE {
        let index = index_in_tile(x, y, z);
        let rgba = tile.get(index);
        if shown(rgba) {
            f(at.voxel(index), rgba)?;
        }
    }
    Ok(())
}

/// The smallest box around the shown voxels.
pub(crate) fn shown_bounds(volume: &Volume) -> Option<Aabb> {
    volume.tiles().filter_map(|(at, tile)| tile_bounds(at, tile)).reduce(|a, b| a.union(&b))
}

/// The smallest box around the shown voxels of a tile.
pub(crate) fn tile_bounds(at: TilePos, tile: TileRef<'_>) -> Option<Aabb> {
    if let Some(rgba) = tile.uniform() {
        return shown(rgba).then(|| at.aabb());
    }
    let (mut low, mut high) = ([TILE_EDGE; 3], [0; 3]);
    for z in 0..TILE_EDGE {
        for y in 0..TILE_EDGE {
            for x in 0..TILE_EDGE {
                if shown(tile.get(index_in_tile(x, y, z))) {
                    for (axis, c) in [x, y, z].into_iter().enumerate() {
                        low[axis] = low[axis].min(c);
                        high[axis] = high[axis].max(c + 1);
                    }
                }
            }
        }
    }
    let min = at.aabb().min;
    (low[0] < high[0]).then(|| Aabb {
        min: [0, 1, 2].map(|axis| min[axis] + low[axis] as i64),
        max: [0, 1, 2].map(|axis| min[axis] + high[axis] as i64),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voxels_come_sorted() {
        let volume: Volume = (0..500)
            .map(|i| {
                let pos = Pos::new(i * 37 % 60 - 30, i * 11 % 40, i * 7 % 33 - 20);
                (pos, Rgba::new(1, 2, 3, (i % 255) as u8 + 1))
            })
            .collect();
        let mut seen = Vec::new();
        let kept: Result<(), ()> = for_each_shown(&volume, |pos, rgba| {
            seen.push(pos);
            assert!(!rgba.is_empty());
            Ok(())
        });
        assert!(kept.is_ok() && seen.is_sorted_by_key(|pos| (pos.z, pos.y, pos.x)));
        let shown: Volume = volume.voxels().filter(|(_, rgba)| shown(*rgba)).collect();
        assert_eq!(seen.len() as u64, shown.count());
        assert_eq!(shown_bounds(&volume), shown.bounds());
    }
}
