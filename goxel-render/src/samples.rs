//! [`Samples`]: which face each sample of a block of pixels sees.
//!
//! A block is 64 x 64 pixels, of which each has some samples. These lie in rows of their own, one a
//! pixel in each, so a row of samples is one word of coverage:
//!
//! ```text
//! pixel row   sample rows    a pixel, 4 samples
//!     0        0 1 2 3        . x . .
//!     1        4 5 6 7        . . . x
//!    ...                      x . . .
//!     63      252 ... 255     . . x .
//! ```
//!
//! Faces come front to back: a sample belongs to the first face that covers it, and nobody compares
//! depths. What lies behind covered samples is passed over a whole tile, or thousands of them, at a
//! time.

use glam::Vec4;
use goxel_proto::types::Rgba;

use crate::camera::Ray;
use crate::tree::At;

/// Pixels along the edge of a block: the bits of a word.
pub(crate) const BLOCK_EDGE: usize = 64;
/// The most samples a pixel has.
pub(crate) const SAMPLES_MAX: usize = 16;
/// How far faces reach over their edges, in pixels, so that rounding leaves no gap between a large face
/// and small ones beside it.
const SEAM: f32 = 1e-3;
/// What falls less than this, in pixels, is level.
const LEVEL: f32 = 1e-4;
/// Both added to a number from 0 to 64 leave in the low bits the least whole number that is not below it:
/// the sum has no room for a fraction. What is above a whole number by a hundred-thousandth is that number.
const HALF: Vec4 = Vec4::splat(0.499_99);
const WHOLE: Vec4 = Vec4::splat(8_388_608.0);
/// Those bits.
const SPAN_BITS: u32 = 0x7f;

/// A face that is seen: a side of a voxel, or of a cube of voxels of one colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Face {
    /// The lowest corner of the cube.
    pub(crate) at: At,
    /// The cube's edge is `1 << shift`.
    pub(crate) shift: u8,
    /// The axis that the face is square to.
    pub(crate) axis: u8,
    /// Whether it faces up that axis.
    pub(crate) upwards: bool,
    pub(crate) rgba: Rgba,
}

impl Face {
    /// Where the plane of the face is on its axis.
    pub(crate) fn plane(&self) -> i64 {
        let low = self.at[usize::from(self.axis)];
        if self.upwards { low + (1 << self.shift) } else { low }
    }

    /// The voxel of the face that a ray meets, or that is nearest to where it meets the plane, and how
    /// far along the ray.
    #[inline]
    pub(crate) fn meets(&self, ray: Ray) -> (At, f64) {
        let axis = usize::from(self.axis);
        let distance = (self.plane() as f64 - ray.origin[axis]) / ray.direction[axis];
        if self.shift == 0 {
            return (self.at, distance);
        }
        let place = ray.origin + ray.direction * distance;
        let last = (1i64 << self.shift) - 1;
        let at = std::array::from_fn(|other| {
            let low = self.at[other];
            match other == axis {
                true => low + last * i64::from(self.upwards),
                false => (place[other] as i64).clamp(low, low + last),
            }
        });
        (at, distance)
    }
}

/// The number of a sample that sees nothing.
pub(crate) const NOTHING: u32 = u32::MAX;
/// The number of a sample that a ray has to be sent for.
pub(crate) const UNKNOWN: u32 = u32::MAX - 1;

/// Which face each sample of a block sees.
pub(crate) struct Samples {
    count: usize,
    /// How far right in its pixel the sample of each row of a pixel is.
    offsets: [f64; SAMPLES_MAX],
    /// The same of a row and the next, twice each.
    offsets_of: Vec<Vec4>,
    /// By sample row, then pixel.
    ids: Vec<u32>,
    covered: Vec<u64>,
    faces: Vec<Face>,
    /// Rows with samples that see nothing yet.
    open: usize,
    is_all_known: bool,
}

/// A part of the block: sample rows, and pixels of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    rows: (usize, usize),
    pixels: u64,
}

impl Samples {
    /// A block whose pixels have `count` samples.
    pub(crate) fn new(count: usize) -> Self {
        let count = count.clamp(1, SAMPLES_MAX);
        let offsets = offsets(count);
        let pair = |row: usize| {
            let [own, next] = [row, row + 1].map(|row| offsets[row % count] as f32);
            Vec4::new(own, own, next, next)
        };
        Self {
            count,
            offsets,
            offsets_of: (0..BLOCK_EDGE * count).map(pair).collect(),
            ids: vec![NOTHING; BLOCK_EDGE * BLOCK_EDGE * count],
            covered: vec![0; BLOCK_EDGE * count],
            faces: Vec::new(),
            open: BLOCK_EDGE * count,
            is_all_known: true,
        }
    }

    /// Forgets what was seen. Only pixels up to `width` and `height` are asked for from now on.
    pub(crate) fn reset(&mut self, width: usize, height: usize) {
        self.ids.fill(NOTHING);
        let beyond = u64::MAX.checked_shl(width as u32).unwrap_or(0);
        let rows = height * self.count;
        self.covered[..rows].fill(beyond);
        self.covered[rows..].fill(u64::MAX);
        self.open = rows;
        self.is_all_known = true;
        self.faces.clear();
    }

    /// Samples a pixel.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Whether every sample sees something.
    pub(crate) fn is_full(&self) -> bool {
        self.open == 0
    }

    /// Whether no sample sees anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.faces.is_empty()
    }

    /// Where a sample is, in pixels from the block's upper left corner.
    pub(crate) fn place(&self, x: usize, y: usize, sample: usize) -> (f64, f64) {
        let row = y * self.count + sample;
        (x as f64 + self.offsets[sample], (row as f64 + 0.5) / self.count as f64)
    }

    /// What a sample sees.
    #[inline]
    pub(crate) fn id(&self, x: usize, y: usize, sample: usize) -> u32 {
        self.ids[(y * self.count + sample) * BLOCK_EDGE + x]
    }

    /// How many faces are seen.
    pub(crate) fn faces(&self) -> usize {
        self.faces.len()
    }

    pub(crate) fn face(&self, id: u32) -> &Face {
        &self.faces[id as usize]
    }

    /// Lets one sample see a face, or nothing.
    pub(crate) fn put(&mut self, x: usize, y: usize, sample: usize, face: Option<Face>) {
        let id = face.map_or(NOTHING, |face| {
            if self.faces.last() != Some(&face) {
                self.faces.push(face);
            }
            self.faces.len() as u32 - 1
        });
        self.ids[(y * self.count + sample) * BLOCK_EDGE + x] = id;
    }

    /// Leaves all that is asked for to rays.
    pub(crate) fn leave_all(&mut self) {
        self.leave(&Extent { rows: (0, self.covered.len()), pixels: u64::MAX });
    }

    /// What a box of pixels covers, if any sample there sees nothing yet.
    #[inline]
    pub(crate) fn extent(&self, low: [f64; 2], high: [f64; 2]) -> Option<Extent> {
        let edge = BLOCK_EDGE as f64;
        if !(low[0] < edge && high[0] > 0.0 && low[1] < edge && high[1] > 0.0) {
            return None;
        }
        let first = low[0].max(0.0) as u32;
        let last = (high[0].min(edge - 1.0)) as u32;
        let pixels = u64::MAX << first & u64::MAX >> (BLOCK_EDGE as u32 - 1 - last);
        let extent = Extent { rows: self.rows(low[1], high[1]), pixels };
        let open = &self.covered[extent.rows.0..extent.rows.1];
        open.iter().any(|covered| !covered & extent.pixels != 0).then_some(extent)
    }

    /// The sample rows between two heights.
    #[inline]
    fn rows(&self, low: f64, high: f64) -> (usize, usize) {
        let count = self.count as f64;
        let row = |y: f64| {
            let row = (y * count - 0.5).max(0.0).min(BLOCK_EDGE as f64 * count);
            let whole = row as i32;
            (whole + i32::from(row > f64::from(whole))) as usize
        };
        (row(low - f64::from(SEAM)), row(high + f64::from(SEAM)))
    }

    /// How many samples of a part see nothing yet.
    pub(crate) fn count_open(&self, extent: &Extent) -> usize {
        let rows = &self.covered[extent.rows.0..extent.rows.1];
        rows.iter().map(|covered| (!covered & extent.pixels).count_ones() as usize).sum()
    }

    /// Leaves what is open of a part to rays.
    pub(crate) fn leave(&mut self, extent: &Extent) {
        self.is_all_known = false;
        for row in extent.rows.0..extent.rows.1 {
            self.take(row, extent.pixels, UNKNOWN);
        }
    }

    /// Asks of each sample of a part that sees nothing yet what it sees. A sample is told by its place, in
    /// pixels from the block's upper left corner.
    pub(crate) fn ask(&mut self, extent: &Extent, mut ask: impl FnMut(f64, f64) -> Option<Face>) {
        for row in extent.rows.0..extent.rows.1 {
            let y = (row as f64 + 0.5) / self.count as f64;
            let offset = self.offsets[row % self.count];
            let mut open = !self.covered[row] & extent.pixels;
            while open != 0 {
                let x = open.trailing_zeros();
                open &= open - 1;
                let Some(face) = ask(f64::from(x) + offset, y) else { continue };
                if self.faces.last() != Some(&face) {
                    self.faces.push(face);
                }
                self.take(row, 1 << x, self.faces.len() as u32 - 1);
            }
        }
    }

    /// Lets samples of a row that are open see a face, if there are any.
    #[inline]
    fn take(&mut self, row: usize, pixels: u64, id: u32) -> bool {
        let mut pixels = pixels & !self.covered[row];
        if pixels == 0 {
            return false;
        }
        self.covered[row] |= pixels;
        self.open -= usize::from(self.covered[row] == u64::MAX);
        let ids = &mut self.ids[row * BLOCK_EDGE..][..BLOCK_EDGE];
        while pixels != 0 {
            ids[pixels.trailing_zeros() as usize] = id;
            pixels &= pixels - 1;
        }
        true
    }

    /// Whether no sample is left to rays.
    pub(crate) fn is_all_known(&self) -> bool {
        self.is_all_known
    }

    /// Covers what a convex quadrilateral takes of what is open. Its corners run clockwise as one
    /// sees them, y down; one that runs the other way is seen from behind, and covers nothing.
    #[inline]
    pub(crate) fn cover(&mut self, corners: &[[f32; 2]; 4], face: impl FnOnce() -> Face) {
        let [a, b, c, d] = *corners;
        let (xs, ys) = (Vec4::new(a[0], b[0], c[0], d[0]), Vec4::new(a[1], b[1], c[1], d[1]));
        let (left, right) = (xs.min_element(), xs.max_element());
        let (low, high) = (ys.min_element(), ys.max_element());
        let edge = BLOCK_EDGE as f32;
        let area = (c[0] - a[0]) * (d[1] - b[1]) - (d[0] - b[0]) * (c[1] - a[1]);
        if !(left < edge && right > 0.0 && low < edge && high > 0.0 && area > 0.0) {
            return;
        }
        let (first, last) = self.rows(f64::from(low), f64::from(high));
        if first >= last {
            return;
        }
        let lines = lines(xs, ys, left, right);
        let id = self.faces.len() as u32;
        let mut is_seen = false;
        let count = self.count as f32;
        for row in (first..last).step_by(2) {
            let (y, next) = ((row as f32 + 0.5) / count, (row as f32 + 1.5) / count);
            let y = Vec4::new(y, y, next, next);
            let ends =
                lines.iter().fold(Vec4::MIN, |ends, line| ends.max(line.first + line.slope * y));
            let ends = (ends * SIDES - self.offsets_of[row]).clamp(Vec4::ZERO, Vec4::splat(edge));
            let [from, to, next_from, next_to] = (ends + HALF + WHOLE).to_array().map(f32::to_bits);
            is_seen |= self.take(row, span(from & SPAN_BITS, to & SPAN_BITS), id);
            if row + 1 < last {
                is_seen |= self.take(row + 1, span(next_from & SPAN_BITS, next_to & SPAN_BITS), id);
            }
        }
        if is_seen {
            self.faces.push(face());
        }
    }
}

/// The pixels from one to before another.
#[inline]
fn span(from: u32, to: u32) -> u64 {
    // Both are 64 at the most: shifts in two steps, as one by 64 is none.
    let below = |end: u32| (1u64 << (end / 2) << (end - end / 2)).wrapping_sub(1);
    if from < to { below(to) & !below(from) } else { 0 }
}

/// A side of a quadrilateral: where it crosses two rows, as `first + slope * y`, in the places of
/// [`SIDES`].
#[derive(Clone, Copy)]
struct Line {
    first: Vec4,
    slope: Vec4,
}

/// The left end of a row, its right end with the sign turned, and both of the next row: of all four the
/// greatest counts.
const SIDES: Vec4 = Vec4::new(1.0, -1.0, 1.0, -1.0);

/// The sides of a quadrilateral. Each is the same for the face beyond it, to the last bit, so that
/// neighbours leave no gap.
#[inline]
fn lines(xs: Vec4, ys: Vec4, left: f32, right: f32) -> [Line; 4] {
    let (next_xs, next_ys) = (Vec4::new(xs.y, xs.z, xs.w, xs.x), Vec4::new(ys.y, ys.z, ys.w, ys.x));
    let down = next_ys - ys;
    let is_level = down.abs().cmplt(Vec4::splat(LEVEL));
    let slope = (next_xs - xs) / Vec4::select(is_level, Vec4::ONE, down);
    // From the upper end, whichever way the side runs.
    let is_down = down.cmpgt(Vec4::ZERO);
    let (x, y) = (Vec4::select(is_down, xs, next_xs), Vec4::select(is_down, ys, next_ys));
    let (first, slope, down) = ((x - slope * y).to_array(), slope.to_array(), down.to_array());
    std::array::from_fn(|side| {
        let beside = Line {
            first: Vec4::new(left - SEAM, -right - SEAM, left - SEAM, -right - SEAM),
            slope: Vec4::ZERO,
        };
        let (first, slope) = (first[side], slope[side]);
        // A side that runs down is on the right.
        if down[side] >= LEVEL {
            Line {
                first: Vec4::new(beside.first.x, -first - SEAM, beside.first.x, -first - SEAM),
                slope: Vec4::new(0.0, -slope, 0.0, -slope),
            }
        } else if down[side] <= -LEVEL {
            Line {
                first: Vec4::new(first - SEAM, beside.first.y, first - SEAM, beside.first.y),
                slope: Vec4::new(slope, 0.0, slope, 0.0),
            }
        } else {
            beside
        }
    })
}

/// How far right in its pixel each sample of a pixel is: rooks that do not threaten each other, so
/// that edges near the axes are smoothed best.
fn offsets(count: usize) -> [f64; SAMPLES_MAX] {
    let order: &[usize] = match count {
        1 => &[0],
        2 => &[1, 0],
        3 => &[1, 2, 0],
        4 => &[1, 3, 0, 2],
        _ => &[],
    };
    // A step that shares no divisor with the count visits each column once.
    let step = (2..).find(|&step| step * step > count && divisor(step, count) == 1).unwrap_or(1);
    std::array::from_fn(|sample| {
        let column = order.get(sample).copied().unwrap_or(sample * step % count);
        (column as f64 + 0.5) / count as f64
    })
}

/// The greatest number that divides both.
fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}
