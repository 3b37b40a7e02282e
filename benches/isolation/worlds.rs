//! The worlds: large volumes of three kinds, as files.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use goxel_benches::quick;
use goxel_core::{Dense, Layer, Project, TILE_EDGE, TILE_VOXELS, Tile, TilePos, Volume};
use goxel_formats::{Format, WriteOptions};
use goxel_proto::types::{Aabb, LayerId, Pos, Rgba};

/// Tiles along an edge of the full worlds: 368 voxels, 50 million in all.
const EDGE_TILES: i32 = 23;
/// Voxels along an edge of the thin world's cells, each of which has one.
const CELL: i32 = 48;
/// Cells along an edge: 250,000 voxels.
const CELLS: i32 = 63;

/// What a world is like.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Full, of few colours.
    Dense,
    /// Full, every voxel of another colour.
    Noise,
    /// One voxel in each cell.
    Thin,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Dense, Self::Noise, Self::Thin];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dense => "dense",
            Self::Noise => "noise",
            Self::Thin => "thin",
        }
    }

    fn volume(self) -> Volume {
        let edge = if quick() { 3 } else { EDGE_TILES };
        let cells = if quick() { 4 } else { CELLS };
        match self {
            Self::Dense => full(edge, |pos| {
                let [r, g, b] = pos.to_array().map(|axis| (axis / 4 * 16) as u8);
                Rgba::opaque(r, g, b)
            }),
            Self::Noise => full(edge, |pos| {
                let [x, y, z] = pos.to_array().map(i32::cast_unsigned);
                let mixed = (x ^ y << 10 ^ z << 20).wrapping_mul(0x9e37_79b1);
                let mixed = (mixed ^ mixed >> 15).wrapping_mul(0x85eb_ca6b);
                Rgba::opaque(mixed as u8, (mixed >> 8) as u8, (mixed >> 16) as u8)
            }),
            Self::Thin => (0..cells.pow(3))
                .map(|cell| {
                    let at = [cell % cells, cell / cells % cells, cell / cells / cells];
                    (Pos::from(at.map(|axis| axis * CELL)), Rgba::opaque(cell as u8, 90, 30))
                })
                .collect(),
        }
    }
}

/// A world as a file, and what its calls need to know of it.
pub(crate) struct World {
    pub(crate) kind: Kind,
    path: PathBuf,
    bounds: Aabb,
}

impl World {
    pub(crate) fn make(kind: Kind, dir: &Path) -> io::Result<Self> {
        let volume = kind.volume();
        let bounds = volume.bounds().unwrap_or_default();
        let mut layer = Layer::new(LayerId(1), "world");
        layer.volume = volume;
        let project = Project::from_layers("world", [64; 3], vec![layer]);
        let path = dir.join(kind.name()).with_extension("gox");
        let mut file = File::create(&path)?;
        goxel_formats::write(&project, Format::Gox, &WriteOptions::default(), &mut file)
            .map_err(io::Error::other)?;
        Ok(Self { kind, path, bounds })
    }

    /// The text with what it names of this world.
    pub(crate) fn fill_in(&self, text: &str, dir: &Path) -> String {
        let corner = |of: [i64; 3]| format!("[{}, {}, {}]", of[0], of[1], of[2]);
        let last = self.bounds.max.map(|end| end - 1);
        let middle = [0, 1, 2].map(|axis| {
            let half = i64::midpoint(self.bounds.min[axis], last[axis]);
            // Where the thin world has a voxel.
            half - half.rem_euclid(i64::from(CELL))
        });
        text.replace("{min}", &corner(self.bounds.min))
            .replace("{max}", &corner(last))
            .replace("{middle}", &corner(middle))
            .replace("{dir}", &dir.to_string_lossy())
            .replace("{world}", &self.path.to_string_lossy())
    }
}

/// A cube of so many tiles along each edge, without an empty place.
fn full(edge: i32, colour: impl Fn(Pos) -> Rgba) -> Volume {
    let mut volume = Volume::new();
    for index in 0..edge.pow(3) {
        let at = TilePos([index % edge, index / edge % edge, index / edge / edge]);
        let min = at.min().to_array();
        let voxels: Dense = std::array::from_fn::<_, TILE_VOXELS, _>(|index| {
            let inside = [index, index / TILE_EDGE, index / TILE_EDGE / TILE_EDGE];
            let pos = [0, 1, 2].map(|axis| min[axis] + (inside[axis] % TILE_EDGE) as i32);
            colour(Pos::from(pos))
        });
        volume.replace_tile(at, Tile::from_dense(&voxels));
    }
    volume
}
