//! Filling boxes: one handle for each page or tile that lies inside, runs of voxels in those that the
//! box covers partially.

use std::ops::Range;

use goxel_proto::types::{Aabb, Rgba};

use super::Volume;
use super::page::Page;
use super::pos::{PAGE_SPAN, PagePos, TILE_EDGE, TilePos};

impl Volume {
    /// Fills a box with one colour, or clears it where alpha is 0. Whole tiles and pages inside
    /// cost a handle each, however large the box is.
    pub fn fill(&mut self, aabb: &Aabb, rgba: Rgba) {
        let aabb = aabb.intersection(&Aabb::EVERYTHING);
        if aabb.is_empty() {
            return;
        }
        let rgba = rgba.normalised();
        if rgba.is_empty() {
            let touched: Vec<PagePos> = self.root.pages().map(|(at, _)| at).collect();
            touched.into_iter().for_each(|page| self.fill_page(page, &aabb, rgba));
        } else {
            for_each_cell(&aabb, PAGE_SPAN, |page| self.fill_page(PagePos(page), &aabb, rgba));
        }
    }

    /// Fills what `aabb` and the page at `at` share.
    fn fill_page(&mut self, at: PagePos, aabb: &Aabb, rgba: Rgba) {
        let shared = at.aabb().intersection(aabb);
        if shared.is_empty() {
            return;
        }
        self.change_page(at, |page| {
            if shared == at.aabb() {
                *page = Page::Uniform(rgba);
            } else {
                for_each_cell(&shared, TILE_EDGE as i64, |tile| {
                    fill_tile(page, TilePos(tile), &shared, rgba);
                });
            }
        });
    }
}

/// Fills what `aabb` and the tile at `at` share.
fn fill_tile(page: &mut Page, at: TilePos, aabb: &Aabb, rgba: Rgba) {
    let (_, index) = at.split();
    if page.tile(index).uniform() != Some(rgba) {
        page.change_tile(index, |tile| tile.fill(&part(at, aabb), rgba));
    }
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

/// Calls `f` with the coordinates of every cell of edge `span` that a box meets, z slowest.
fn for_each_cell(aabb: &Aabb, span: i64, mut f: impl FnMut([i32; 3])) {
    let cells = |axis: usize| {
        let first = aabb.min[axis].div_euclid(span) as i32;
        first..=(aabb.max[axis] - 1).div_euclid(span) as i32
    };
    for z in cells(2) {
        for y in cells(1) {
            for x in cells(0) {
                f([x, y, z]);
            }
        }
    }
}
