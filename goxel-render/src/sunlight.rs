//! [`Sunlight`]: how much of the sun each pixel of a block gets, with as few shadow rays as that takes.
//!
//! Each pixel of 4 x 4 sends its shadow ray to another point of the sun. The average over such a square
//! is that of sixteen rays, for the price of one. And a ray is spared where four pixels around see the
//! same plane and are all lit, or all in shadow:
//!
//! ```text
//! 1 3 1 3    1: has a ray
//! 3 2 3 2    2: has one where the 1s around differ
//! 1 3 1 3    3: has one where those beside it differ
//! ```

use goxel_core::{Result, Work};

use crate::fragment::{Fragment, Plane};
use crate::samples::BLOCK_EDGE;
use crate::view::Picture;

/// Pixels around a block that its shadows are averaged over: of a square of 4 there are two on one side.
pub(crate) const BORDER: usize = 2;
/// What half a row of pixels costs, in units of [`Work`].
const ROW_UNITS: u64 = 4096;
/// The square that shadows are averaged over, from a pixel on.
const WINDOW: [isize; 4] = [-2, -1, 0, 1];

/// From a pixel to another.
type Step = (isize, isize);
/// Steps to four pixels around one.
type Around = [Step; 4];

/// The sunlight on the pixels of a block: of each on the plane that it sees most of, of those that face
/// the sun.
#[derive(Default)]
pub(crate) struct Sunlight {
    planes: Vec<Plane>,
    sunlit: Vec<f32>,
    /// For each row of pixels, where all that faces the sun is lit, and where all is in shadow.
    lit: Vec<u64>,
    dark: Vec<u64>,
}

impl Sunlight {
    /// Finds the sunlight of all fragments. Those of a pixel start at `first`; `ask` sends a shadow ray.
    ///
    /// # Errors
    /// Where the work has to end.
    pub(crate) fn find(
        &mut self,
        picture: &Picture<'_>,
        first: &[u32],
        fragments: &mut [Fragment],
        mut ask: impl FnMut(usize, usize, &Fragment) -> f32,
        work: &Work<'_>,
    ) -> Result<()> {
        let mains = self.mains(first, fragments);
        let height = self.planes.len() / BLOCK_EDGE;
        const DIAGONAL: Around = [(-1, -1), (1, -1), (-1, 1), (1, 1)];
        const BESIDE: Around = [(-1, 0), (1, 0), (0, -1), (0, 1)];
        let steps: [(usize, usize, &[Step]); 4] =
            [(0, 0, &[]), (1, 1, &DIAGONAL), (1, 0, &BESIDE), (0, 1, &BESIDE)];
        for (left, top, around) in steps {
            for y in (top..height).step_by(2) {
                work.spend(ROW_UNITS)?;
                for x in (left..BLOCK_EDGE).step_by(2) {
                    let at = y * BLOCK_EDGE + x;
                    if self.planes[at] == Plane::NONE {
                        continue;
                    }
                    let told = self.agreed(x, y, around);
                    let fragment = &mut fragments[mains[at] as usize];
                    fragment.sunlit = told.unwrap_or_else(|| ask(x, y, fragment));
                    self.sunlit[at] = fragment.sunlit;
                }
            }
        }
        self.others(picture, first, &mains, fragments, ask);
        self.summarise(first, fragments);
        Ok(())
    }

    /// Of each pixel the fragment that it sees most of, of those that face the sun.
    fn mains(&mut self, first: &[u32], fragments: &[Fragment]) -> Vec<u32> {
        self.planes.clear();
        self.sunlit.clear();
        let pixels = first.len() - 1;
        self.sunlit.resize(pixels, 0.0);
        let mut mains = Vec::with_capacity(pixels);
        for range in first.windows(2) {
            let own = range[0]..range[1];
            let facing = own.filter(|&nth| fragments[nth as usize].faces_sun());
            let main = facing.reduce(|best, nth| {
                let [a, b] = [best, nth].map(|nth| fragments[nth as usize].weight);
                if b > a { nth } else { best }
            });
            mains.push(main.unwrap_or(0));
            self.planes.push(main.map_or(Plane::NONE, |nth| fragments[nth as usize].plane));
        }
        mains
    }

    /// What the pixels around say, where all see the plane of this one and say the same.
    fn agreed(&self, x: usize, y: usize, around: &[Step]) -> Option<f32> {
        let at = y * BLOCK_EDGE + x;
        let mut told = None;
        for &(dx, dy) in around {
            let other = self.index(x, y, dx, dy)?;
            let sunlit = self.sunlit[other];
            let is_like = self.planes[other] == self.planes[at];
            if !is_like || told.is_some_and(|told| told != sunlit) {
                return None;
            }
            told = Some(sunlit);
        }
        told.filter(|&sunlit| sunlit == 0.0 || sunlit == 1.0)
    }

    fn index(&self, x: usize, y: usize, dx: isize, dy: isize) -> Option<usize> {
        let x = x.checked_add_signed(dx).filter(|&x| x < BLOCK_EDGE)?;
        let at = y.checked_add_signed(dy)? * BLOCK_EDGE + x;
        (at < self.planes.len()).then_some(at)
    }

    /// The sunlight on what a pixel sees less of: as on the same plane in a pixel beside it, if any.
    fn others(
        &self,
        picture: &Picture<'_>,
        first: &[u32],
        mains: &[u32],
        fragments: &mut [Fragment],
        mut ask: impl FnMut(usize, usize, &Fragment) -> f32,
    ) {
        for (at, range) in first.windows(2).enumerate().filter(|(_, range)| range[1] - range[0] > 1)
        {
            let (x, y) = (at % BLOCK_EDGE, at / BLOCK_EDGE);
            for nth in range[0]..range[1] {
                let fragment = &mut fragments[nth as usize];
                if nth == mains[at] || !fragment.faces_sun() {
                    continue;
                }
                let around = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy)));
                let like = around
                    .filter_map(|(dx, dy)| self.index(x, y, dx, dy))
                    .find(|&other| self.planes[other].is_like(fragment.plane, picture.plane_reach));
                fragment.sunlit =
                    like.map_or_else(|| ask(x, y, fragment), |other| self.sunlit[other]);
            }
        }
    }

    fn summarise(&mut self, first: &[u32], fragments: &[Fragment]) {
        self.lit.clear();
        self.dark.clear();
        for row in 0..self.planes.len() / BLOCK_EDGE {
            let (mut lit, mut dark) = (u64::MAX, u64::MAX);
            for x in 0..BLOCK_EDGE {
                let at = row * BLOCK_EDGE + x;
                let own = &fragments[first[at] as usize..first[at + 1] as usize];
                for fragment in own.iter().filter(|own| own.faces_sun()) {
                    lit &= !(u64::from(fragment.sunlit != 1.0) << x);
                    dark &= !(u64::from(fragment.sunlit != 0.0) << x);
                }
            }
            self.lit.push(lit);
            self.dark.push(dark);
        }
    }

    /// Where in a row all pixels around are lit, or all are in shadow.
    pub(crate) fn known(&self, picture: &Picture<'_>, y: usize) -> Known {
        let all = |rows: &[u64]| {
            if !picture.is_averaged {
                return rows.get(y).copied().unwrap_or(0);
            }
            let near = WINDOW.iter().filter_map(|&dy| rows.get(y.checked_add_signed(dy)?));
            let rows = near.fold(u64::MAX, |all, row| all & row);
            // What is beyond the block says nothing.
            rows & (rows << 1 | 1) & (rows << 2 | 3) & (rows >> 1 | 1 << 63)
        };
        Known { lit: all(&self.lit), dark: all(&self.dark) }
    }

    /// The sun on a fragment, averaged over its plane in the pixels around.
    pub(crate) fn average(
        &self,
        picture: &Picture<'_>,
        fragment: &Fragment,
        x: usize,
        y: usize,
    ) -> f32 {
        if !picture.is_averaged {
            return fragment.sunlit;
        }
        let (mut sum, mut weight) = (fragment.sunlit * OWN, OWN);
        let rows = y.saturating_sub(2)..(y + 2).min(self.planes.len() / BLOCK_EDGE);
        let columns = x.saturating_sub(2)..(x + 2).min(BLOCK_EDGE);
        for row in rows {
            let row = row * BLOCK_EDGE;
            let range = row + columns.start..row + columns.end;
            for (plane, sunlit) in self.planes[range.clone()].iter().zip(&self.sunlit[range]) {
                let is_like = plane.is_like(fragment.plane, picture.plane_reach);
                let part = f32::from(u8::from(is_like));
                sum += part * sunlit;
                weight += part;
            }
        }
        sum / weight
    }
}

/// What a pixel's own ray counts, beside its place among those around: enough that there is an average
/// where no other pixel sees the plane.
const OWN: f32 = 1e-3;

/// Where in a row no average is to be made.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    lit: u64,
    dark: u64,
}

impl Known {
    /// How much of the sun a pixel gets, if that is known.
    #[inline]
    pub(crate) fn of(self, x: usize) -> Option<f32> {
        match (self.lit >> x & 1, self.dark >> x & 1) {
            (1, _) => Some(1.0),
            (_, 1) => Some(0.0),
            _ => None,
        }
    }
}
