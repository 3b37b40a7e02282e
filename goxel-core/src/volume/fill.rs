//! Filling boxes: one handle for each page or tile that lies inside, runs of voxels in those that the
//! box covers partially.

use std::ops::Range;

use goxel_proto::types::{Aabb, Rgba};

use super::Volume;
use super::page::Page;
use super::pos::{PAGE_SPAN, PagePos, TILE_EDGE, TilePos};
use crate::check::check_tiles;
use crate::scan::gathered;
use crate::work::{HANDLE_UNITS, PARTIAL_UNITS};
use crate::{Result, TILE_UNITS, Work};

impl Volume {
    /// Fills a box with one colour, or clears it where alpha is 0. Whole tiles and pages inside
    /// cost a handle each, however large the box is.
    pub fn fill(&mut self, aabb: &Aabb, rgba: Rgba) {
        // Nobody refuses work that is unbounded.
        let _ = self.fill_within(aabb, rgba, &Work::unbounded());
    }

    /// [`Volume::fill`] as far as `work` lets it.
    ///
    /// # Errors
    /// What `work` says; a part of the box may be filled then.
    pub(crate) fn fill_within(&mut self, aabb: &Aabb, rgba: Rgba, work: &Work<'_>) -> Result<()> {
        let aabb = aabb.intersection(&Aabb::EVERYTHING);
        if aabb.is_empty() {
            return Ok(());
        }
        let rgba = rgba.normalised();
        if rgba.is_empty() {
            let touched = gathered(self.root.pages().map(|(at, _)| at), |_| true, work)?;
            // What is cleared in part is there, but where it was of one colour it takes more then.
            let mut parts = 0;
            return touched
                .into_iter()
                .try_for_each(|at| self.fill_page(at, &aabb, rgba, &mut parts, work));
        }
        let mut parts = 0;
        try_for_each_cell(&aabb, PAGE_SPAN, |at| {
            self.fill_page(PagePos(at), &aabb, rgba, &mut parts, work)
        })
    }

    /// Fills what `aabb` and the page at `at` share. `parts` counts tiles that were filled in part.
    fn fill_page(
        &mut self,
        at: PagePos,
        aabb: &Aabb,
        rgba: Rgba,
        parts: &mut u128,
        work: &Work<'_>,
    ) -> Result<()> {
        work.spend(TILE_UNITS)?;
        let shared = at.aabb().intersection(aabb);
        if shared.is_empty() {
            return Ok(());
        }
        self.change_page(at, |page| {
            if shared == at.aabb() {
                *page = Page::Uniform(rgba);
                return Ok(());
            }
            try_for_each_cell(&shared, TILE_EDGE as i64, |tile| {
                let units = fill_tile(page, TilePos(tile), &shared, rgba);
                *parts += u128::from(units == PARTIAL_UNITS);
                check_tiles(*parts)?;
                work.spend(units)
            })
        })
    }
}

/// Fills what `aabb` and the tile at `at` share. Gives what that took, in [`Work`]'s units.
fn fill_tile(page: &mut Page, at: TilePos, aabb: &Aabb, rgba: Rgba) -> u64 {
    let (_, index) = at.split();
    if page.tile(index).uniform() == Some(rgba) {
        return HANDLE_UNITS;
    }
    page.change_tile(index, |tile| tile.fill(&part(at, aabb), rgba));
    if page.tile(index).uniform().is_some() { HANDLE_UNITS } else { PARTIAL_UNITS }
}

/// What a box covers of the tile at `at`, as ranges of x, y and z inside it.
fn part(at: TilePos, aabb: &Aabb) -> [Range<usize>; 3] {
    let cell = at.aabb();
    let shared = cell.intersection(aabb);
    [0, 1, 2].map(|axis| {
        let inside = |end: i64| (end - cell.min[axis]) as usize;
        inside(shared.min[axis])..inside(shared.max[axis])
    })
}

/// Calls `f` with the coordinates of every cell of edge `span` that a box meets, z slowest, until
/// one is refused.
fn try_for_each_cell(
    aabb: &Aabb,
    span: i64,
    mut f: impl FnMut([i32; 3]) -> Result<()>,
) -> Result<()> {
    let cells = |axis: usize| {
        let first = aabb.min[axis].div_euclid(span) as i32;
        first..=(aabb.max[axis] - 1).div_euclid(span) as i32
    };
    for z in cells(2) {
        for y in cells(1) {
            for x in cells(0) {
                f([x, y, z])?;
            }
        }
    }
    Ok(())
}
