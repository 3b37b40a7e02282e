//! Tiles made of the voxels of other tiles: moved, turned, mirrored, enlarged, laid over each other.
//!
//! Along each axis a [`Course`] says which voxel of the source every voxel of the new tile is. The sources
//! are at most two tiles an axis, so a new tile is put together of eight parts at the most. Where its
//! sources have palettes that fit into one, entries are copied and no colour is looked at.

use std::ops::Range;

use goxel_proto::types::Rgba;
use triomphe::Arc;

use super::indexed::{DenseBody, IndexedBody};
use super::palette::{PALETTE_MAX, Palette};
use super::{Dense, TILE_EDGE, TILE_VOXELS, Tile, TilePos, TileRef, index_in_tile};

/// The distance in a tile's order of two voxels that are neighbours along an axis.
const STRIDES: [usize; 3] = [1, TILE_EDGE, TILE_EDGE * TILE_EDGE];

/// Where the voxels of a new tile come from, along one of its axes.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    /// The axis of the source that it goes along.
    axis: usize,
    /// For each voxel the part of its index in the source tile that comes of this axis.
    offsets: [usize; TILE_EDGE],
    /// Which voxels come from which tile. The second part may be empty.
    spans: [(Range<usize>, i32); 2],
}

impl Course {
    /// A course along `axis` of the source, where `place` says the coordinate of the source for each
    /// of the tile's sixteen. They must come from two tiles at the most.
    pub(crate) fn new(axis: usize, place: impl Fn(i64) -> i64) -> Self {
        let places: [i64; TILE_EDGE] = std::array::from_fn(|at| place(at as i64));
        let tile = |place: i64| place.div_euclid(TILE_EDGE as i64) as i32;
        let (first, last) = (tile(places[0]), tile(places[TILE_EDGE - 1]));
        let cut = places.iter().position(|&place| tile(place) != first).unwrap_or(TILE_EDGE);
        Self {
            axis,
            offsets: places
                .map(|place| place.rem_euclid(TILE_EDGE as i64) as usize * STRIDES[axis]),
            spans: [(0..cut, first), (cut..TILE_EDGE, last)],
        }
    }

    fn spans(&self) -> impl Iterator<Item = &(Range<usize>, i32)> + Clone {
        self.spans.iter().filter(|(span, _)| !span.is_empty())
    }
}

/// The tiles that the voxels of a new one come from.
pub(crate) fn sources(courses: &[&Course; 3]) -> impl Iterator<Item = TilePos> {
    let [x, y, z] = courses;
    let spans = z
        .spans()
        .flat_map(move |z| y.spans().flat_map(move |y| x.spans().map(move |x| [x.1, y.1, z.1])));
    spans.map(move |tiles| {
        let mut at = [0; 3];
        courses.iter().zip(tiles).for_each(|(course, tile)| at[course.axis] = tile);
        TilePos(at)
    })
}

/// A box of a new tile, and the tile that it comes from.
struct Part<'a> {
    to: [Range<usize>; 3],
    tile: TileRef<'a>,
}

/// The tile whose voxels come from others by these courses.
pub(crate) fn gathered_tile<'a>(
    courses: &[&Course; 3],
    tile: impl Fn(TilePos) -> TileRef<'a>,
) -> Tile {
    let [x, y, z] = courses;
    let boxes = z.spans().flat_map(move |z| {
        y.spans().flat_map(move |y| x.spans().map(move |x| [&x.0, &y.0, &z.0].map(Clone::clone)))
    });
    let parts: Vec<Part<'a>> =
        sources(courses).zip(boxes).map(|(at, to)| Part { to, tile: tile(at) }).collect();
    if let Some(rgba) = alike(parts.iter().map(|part| part.tile)) {
        return Tile::Uniform(rgba);
    }
    let Some(palette) = shared_palette(parts.iter().map(|part| part.tile)) else {
        return gather_dense(courses, &parts);
    };
    let mut entries: Box<[u8; TILE_VOXELS]> = bytemuck::zeroed_box();
    for Part { to, tile } in &parts {
        match Entries::of(*tile, &palette) {
            Entries::Alike(0) => {}
            Entries::Alike(entry) => fill(to, &mut entries, entry),
            Entries::Same(from) => copy_entries(courses, to, from, &mut entries),
            Entries::Other(from, table) => {
                copy(courses, to, from, &mut entries, |entry| table[usize::from(entry)]);
            }
        }
    }
    tile_of_entries(palette, entries)
}

/// The colour of all these tiles, where they are stored as one.
fn alike<'a>(mut tiles: impl Iterator<Item = TileRef<'a>>) -> Option<Rgba> {
    let first = tiles.next()?.uniform()?;
    tiles.all(|tile| tile.uniform() == Some(first)).then_some(first)
}

/// A palette with the colours of all these tiles; nothing where one has none or they are too many.
fn shared_palette<'a>(tiles: impl Iterator<Item = TileRef<'a>>) -> Option<Palette> {
    let mut shared: Option<Palette> = None;
    let mut uniform = [Rgba::EMPTY; 8];
    for (tile, uniform) in tiles.zip(&mut uniform) {
        match tile {
            TileRef::Uniform(rgba) | TileRef::Stored(&Tile::Uniform(rgba)) => *uniform = rgba,
            TileRef::Stored(Tile::Indexed(body)) => {
                let palette = &body.palette;
                shared = Some(match shared {
                    Some(known) if known.extends(palette) => known,
                    Some(known) if !palette.extends(&known) => known.joined(palette)?,
                    _ => palette.clone(),
                });
            }
            TileRef::Stored(_) => return None,
        }
    }
    let mut shared = shared.unwrap_or_else(Palette::new);
    for rgba in uniform {
        shared.entry(rgba)?;
    }
    Some(shared)
}

/// A tile as entries of a palette.
enum Entries<'a> {
    /// All voxels have this one.
    Alike(u8),
    /// Those of the tile.
    Same(&'a [u8; TILE_VOXELS]),
    /// Those of the tile, which this table translates.
    Other(&'a [u8; TILE_VOXELS], [u8; PALETTE_MAX]),
}

impl<'a> Entries<'a> {
    /// The palette has all colours of the tile.
    fn of(tile: TileRef<'a>, palette: &Palette) -> Self {
        match tile {
            TileRef::Stored(Tile::Indexed(body)) if palette.extends(&body.palette) => {
                Self::Same(&body.indices)
            }
            TileRef::Stored(Tile::Indexed(body)) => {
                let mut table = [0; PALETTE_MAX];
                for (entry, &rgba) in table.iter_mut().zip(body.palette.colours()) {
                    *entry = palette.find(rgba).unwrap_or(0);
                }
                Self::Other(&body.indices, table)
            }
            tile => Self::Alike(tile.uniform().and_then(|rgba| palette.find(rgba)).unwrap_or(0)),
        }
    }
}

/// The smallest tile of these entries.
fn tile_of_entries(palette: Palette, entries: Box<[u8; TILE_VOXELS]>) -> Tile {
    let first = entries[0];
    if entries.iter().all(|&entry| entry == first) {
        return Tile::Uniform(palette.colour(first));
    }
    Tile::from_indexed(IndexedBody::of_entries(palette, entries))
}

/// [`gathered_tile`] voxel by voxel.
fn gather_dense(courses: &[&Course; 3], parts: &[Part<'_>]) -> Tile {
    let mut voxels: Box<Dense> = bytemuck::zeroed_box();
    let mut varied = 0;
    for Part { to, tile } in parts {
        match tile {
            TileRef::Stored(Tile::Dense(body)) => {
                varied += to.iter().map(Range::len).product::<usize>();
                copy(courses, to, &body.voxels, &mut voxels, |rgba| rgba);
            }
            tile => match tile.uniform() {
                Some(Rgba::EMPTY) => {}
                Some(rgba) => fill(to, &mut voxels, rgba),
                None => copy(courses, to, &tile.to_tile().to_dense(), &mut voxels, |rgba| rgba),
            },
        }
    }
    // What is mostly of very many colours has too many for a palette, most likely.
    if varied >= TILE_VOXELS / 2 {
        let body = DenseBody::of_voxels(voxels);
        return if body.occupied.count() == 0 { Tile::EMPTY } else { Tile::Dense(Arc::new(body)) };
    }
    Tile::from_dense(&voxels)
}

/// Copies a box of a new tile from where it comes from.
#[inline(always)]
fn copy<T: Copy>(
    courses: &[&Course; 3],
    [xs, ys, zs]: &[Range<usize>; 3],
    from: &[T; TILE_VOXELS],
    into: &mut [T; TILE_VOXELS],
    change: impl Fn(T) -> T,
) {
    let [x, y, z] = courses.map(|course| &course.offsets);
    let offsets = &x[xs.clone()];
    let along = offsets.windows(2).all(|pair| pair[1] == pair[0] + 1);
    for at_z in zs.clone() {
        for at_y in ys.clone() {
            let base = y[at_y] + z[at_z];
            let row = &mut into[index_in_tile(xs.start, at_y, at_z)..][..xs.len()];
            if along {
                let from = &from[base + offsets[0]..][..xs.len()];
                row.iter_mut().zip(from).for_each(|(voxel, &from)| *voxel = change(from));
            } else {
                for (voxel, offset) in row.iter_mut().zip(offsets) {
                    *voxel = change(from[(base + offset) % TILE_VOXELS]);
                }
            }
        }
    }
}

/// [`copy`] of entries, a row in one number where the course goes along x or back.
fn copy_entries(
    courses: &[&Course; 3],
    to: &[Range<usize>; 3],
    from: &[u8; TILE_VOXELS],
    into: &mut [u8; TILE_VOXELS],
) {
    let ([x, y, z], [xs, ys, zs]) = (courses.map(|course| &course.offsets), to);
    let is = |step: isize| {
        let offsets = x[xs.clone()].windows(2);
        { offsets }.all(|pair| pair[0].wrapping_add_signed(step) == pair[1])
    };
    let (along, back) = (courses[0].axis == 0 && is(1), courses[0].axis == 0 && is(-1));
    if !along && !back {
        return copy(courses, to, from, into, |entry| entry);
    }
    // The first voxel of the source goes to the first of the box; the others are cut off.
    let first = if along { x[xs.start] } else { TILE_EDGE - 1 - x[xs.start] };
    let kept = u128::MAX >> (8 * (TILE_EDGE - xs.len()));
    let (from, into) = (from.as_chunks::<TILE_EDGE>().0, into.as_chunks_mut::<TILE_EDGE>().0);
    for at_z in zs.clone() {
        for at_y in ys.clone() {
            let row = u128::from_le_bytes(from[(y[at_y] + z[at_z]) / TILE_EDGE]);
            let row = if along { row } else { row.swap_bytes() };
            let row = (row >> (8 * first) & kept) << (8 * xs.start);
            let into = &mut into[at_y + TILE_EDGE * at_z];
            *into = (u128::from_le_bytes(*into) | row).to_le_bytes();
        }
    }
}

/// Fills a box of a new tile.
fn fill<T: Copy>([xs, ys, zs]: &[Range<usize>; 3], into: &mut [T; TILE_VOXELS], value: T) {
    for z in zs.clone() {
        for y in ys.clone() {
            into[index_in_tile(xs.start, y, z)..][..xs.len()].fill(value);
        }
    }
}

/// Voxels of a tile up to which it is quicker to take them one by one.
pub(crate) const FEW: usize = 64;

/// A tile that has the voxels of `above`, and where there are none those of `below`.
pub(crate) fn overlaid(below: TileRef<'_>, above: TileRef<'_>) -> Tile {
    if above.count() == TILE_VOXELS || below.count() == 0 || above.same(below) {
        return above.to_tile();
    }
    if above.count() == 0 {
        return below.to_tile();
    }
    if above.count() <= FEW {
        let mut both = below.to_tile();
        for (index, rgba) in above.to_tile().voxels() {
            both.set(index, rgba);
        }
        return both;
    }
    let Some(palette) = shared_palette([below, above].into_iter()) else {
        let mut voxels = below.to_tile().to_dense();
        for (voxel, above) in voxels.iter_mut().zip(&*above.to_tile().to_dense()) {
            *voxel = if above.is_empty() { *voxel } else { *above };
        }
        return Tile::from_dense(&voxels);
    };
    let mut entries = entries_in(below, &palette);
    for (entry, &above) in entries.iter_mut().zip(&*entries_in(above, &palette)) {
        *entry = if above == 0 { *entry } else { above };
    }
    tile_of_entries(palette, entries)
}

/// The entries of a tile in a palette that has its colours.
fn entries_in(tile: TileRef<'_>, palette: &Palette) -> Box<[u8; TILE_VOXELS]> {
    match Entries::of(tile, palette) {
        Entries::Alike(entry) => Box::new([entry; TILE_VOXELS]),
        Entries::Same(entries) => Box::new(*entries),
        Entries::Other(entries, table) => Box::new(entries.map(|entry| table[usize::from(entry)])),
    }
}
