//! [`Grid`]: the colours of all cells of a box, of one layer or of what shows of all: for questions that look at
//! neighbours and mirror images.

use goxel_proto::{Method, base64};
use serde_json::{Value, json};

use super::ask::{Request, ask};
use super::caption;
use crate::tool::{Call, Refused};

/// Cells of a grid: a cube of 203, of 33 MB. What is larger is looked at part by part.
pub(super) const CELLS_MAX: u64 = 1 << 23;
/// Bytes of a voxel as the daemon tells it: x, y, z, then r, g, b, a.
const RECORD_BYTES: usize = 16;
/// What shows of all layers, for the daemon.
pub(super) const ALL_LAYERS: i64 = -2;

/// The colours of the cells of a box. Both corners belong to it.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) min: [i32; 3],
    pub(super) size: [usize; 3],
    /// By z, then y, then x: r, g, b, a, lowest byte first. 0 is empty.
    cells: Vec<u32>,
}

impl Grid {
    /// An empty grid; `None` where it is too large.
    fn new(corners: [i32; 6]) -> Option<Self> {
        let edge = |axis: usize| i64::from(corners[axis + 3]) - i64::from(corners[axis]) + 1;
        let size = [0, 1, 2].map(|axis| u64::try_from(edge(axis)).unwrap_or(0));
        let cells = size.iter().fold(1, |cells: u64, edge| cells.saturating_mul(*edge));
        if cells > CELLS_MAX {
            return None;
        }
        let cells = vec![0; usize::try_from(cells).ok()?];
        let size = size.map(|edge| edge as usize);
        Some(Self { min: [corners[0], corners[1], corners[2]], size, cells })
    }

    /// Reads the voxels of a box, whose lower corner comes first; `None` where it is too large.
    ///
    /// # Errors
    /// Where there is no such project or layer.
    pub(super) fn read(
        call: &mut Call<'_>,
        project: &str,
        layer: Option<i64>,
        corners: [i32; 6],
    ) -> Result<Option<Self>, Refused> {
        let Some(mut grid) = Self::new(corners) else { return Ok(None) };
        let mut offset = 0;
        loop {
            let request = Request::new(Method::GetVoxels)
                .with("boxes", json!([corners]))
                .with("encoding", "base64")
                .with("limit", 0)
                .with("offset", offset)
                .with("layer_id", layer.unwrap_or(ALL_LAYERS))
                .of(project);
            let told = ask(call, &request)?;
            let records = base64::decode(told["data"].as_str().unwrap_or_default().as_bytes());
            let records =
                records.map_err(|_| Refused::new("The voxel engine's reply cannot be read."))?;
            records.chunks_exact(RECORD_BYTES).for_each(|record| grid.take(record));
            offset += records.len() / RECORD_BYTES;
            if told["truncated"] != json!(true) || records.is_empty() || offset >= grid.len() {
                return Ok(Some(grid));
            }
        }
    }

    fn take(&mut self, record: &[u8]) {
        let word = |at: usize| {
            let bytes = record.get(at * 4..at * 4 + 4).and_then(|bytes| bytes.try_into().ok());
            bytes.map_or(0, u32::from_le_bytes)
        };
        let place = [0, 1, 2].map(|axis| i64::from(word(axis) as i32) - i64::from(self.min[axis]));
        if let Some(index) = self.index(place)
            && let Some(cell) = self.cells.get_mut(index)
        {
            *cell = word(3);
        }
    }

    fn index(&self, place: [i64; 3]) -> Option<usize> {
        let mut index = 0;
        for axis in [2, 1, 0] {
            let along =
                usize::try_from(place[axis]).ok().filter(|along| *along < self.size[axis])?;
            index = index * self.size[axis] + along;
        }
        Some(index)
    }

    /// The colour of a cell by its place in the grid; 0 is empty, and so is what is outside.
    pub(super) fn at(&self, place: [i64; 3]) -> u32 {
        self.index(place).and_then(|index| self.cells.get(index)).copied().unwrap_or(0)
    }

    /// Every cell: its place in the grid, and its colour.
    pub(super) fn all(&self) -> impl Iterator<Item = ([i64; 3], u32)> {
        let [width, depth, _] = self.size;
        self.cells.iter().enumerate().map(move |(index, colour)| {
            let place = [index % width, index / width % depth, index / (width * depth)];
            (place.map(|along| along as i64), *colour)
        })
    }

    /// Every cell that has a voxel.
    pub(super) fn voxels(&self) -> impl Iterator<Item = ([i64; 3], u32)> {
        self.all().filter(|(_, colour)| *colour != 0)
    }

    /// Where a place of the grid is in the project.
    pub(super) fn position(&self, place: [i64; 3]) -> [i64; 3] {
        [0, 1, 2].map(|axis| place[axis] + i64::from(self.min[axis]))
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// A grid of these voxels.
    #[cfg(test)]
    pub(super) fn of(corners: [i32; 6], voxels: &[([i32; 3], u32)]) -> Self {
        let mut grid = Self::new(corners).expect("small");
        for (pos, colour) in voxels {
            let place = [0, 1, 2].map(|axis| i64::from(pos[axis] - grid.min[axis]));
            let index = grid.index(place).expect("inside");
            grid.cells[index] = *colour;
        }
        grid
    }
}

/// A colour as text: `#rrggbb`, or `#rrggbbaa` where it is not opaque.
pub(super) fn hex(colour: u32) -> String {
    match colour.to_le_bytes() {
        [r, g, b, 255] => format!("#{r:02x}{g:02x}{b:02x}"),
        [r, g, b, a] => format!("#{r:02x}{g:02x}{b:02x}{a:02x}"),
    }
}

/// The box of what there is, of one layer or of all, lower corner first; `None` where there is nothing.
///
/// # Errors
/// Where there is no such project or layer.
pub(super) fn extent(
    call: &mut Call<'_>,
    project: &str,
    layer: Option<i64>,
) -> Result<Option<[i32; 6]>, Refused> {
    let request = Request::new(Method::GetBoundingBox)
        .with("layer_id", layer.unwrap_or(ALL_LAYERS))
        .of(project);
    let told = ask(call, &request)?;
    Ok(caption::corners(&told))
}

/// Two corners, the lower one first.
pub(super) fn sorted(corners: [i32; 6]) -> [i32; 6] {
    std::array::from_fn(|at| {
        let pair = (corners[at % 3], corners[at % 3 + 3]);
        if at < 3 { pair.0.min(pair.1) } else { pair.0.max(pair.1) }
    })
}

/// The common part of two boxes, lower corners first; `None` where there is none.
pub(super) fn common(a: [i32; 6], b: [i32; 6]) -> Option<[i32; 6]> {
    let common: [i32; 6] =
        std::array::from_fn(|at| if at < 3 { a[at].max(b[at]) } else { a[at].min(b[at]) });
    (0..3).all(|axis| common[axis] <= common[axis + 3]).then_some(common)
}

/// The box around two, lower corners first.
pub(super) fn around(a: [i32; 6], b: [i32; 6]) -> [i32; 6] {
    std::array::from_fn(|at| if at < 3 { a[at].min(b[at]) } else { a[at].max(b[at]) })
}

/// `{min, max}`.
pub(super) fn corners_told(corners: [i32; 6]) -> Value {
    json!({"min": corners[..3], "max": corners[3..]})
}
