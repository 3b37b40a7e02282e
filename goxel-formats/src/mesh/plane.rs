//! [`Plane`]: merges the faces of one plane as they come, row by row.

use goxel_proto::types::Rgba;

use super::quad::{PLANE_AXES, Quad, Side};

/// Faces of one colour side by side in a row.
#[derive(Clone, Copy)]
struct Run {
    start: i32,
    /// The last one.
    end: i32,
    rgba: Rgba,
    /// The row that the rectangle began in which this run continues.
    first_row: i32,
}

/// A plane whose rectangles are growing row by row.
pub(super) struct Plane {
    side: Side,
    /// The coordinate of the voxels behind it.
    at: i32,
    /// Whether faces are merged at all.
    greedy: bool,
    /// The runs of the last row, sorted along it: the rectangles that may still grow.
    growing: Vec<Run>,
    /// The row that is being filled.
    row: Vec<Run>,
    last_row: i32,
    quads: Vec<Quad>,
}

impl Plane {
    pub(super) fn new(side: Side, at: i32, greedy: bool) -> Self {
        let (growing, row, quads) = (Vec::new(), Vec::new(), Vec::new());
        Self { side, at, greedy, growing, row, last_row: 0, quads }
    }

    /// Adds a face to the row; faces come in their order.
    #[inline]
    pub(super) fn face(&mut self, at: i32, rgba: Rgba) {
        if let Some(run) = self.row.last_mut()
            && i64::from(run.end) + 1 == i64::from(at)
            && run.rgba == rgba
            && self.greedy
        {
            run.end = at;
            return;
        }
        self.row.push(Run { start: at, end: at, rgba, first_row: 0 });
    }

    /// Ends the row at `row`: a run with the same ends and colour as one of the row before continues
    /// its rectangle; the other rectangles of that row are complete.
    pub(super) fn end_row(&mut self, row: i32) {
        if i64::from(self.last_row) + 1 != i64::from(row) || !self.greedy {
            self.close();
        }
        if self.growing.is_empty() && self.row.is_empty() {
            self.last_row = row;
            return;
        }
        let mut runs = std::mem::take(&mut self.row);
        let mut new = 0;
        for old in 0..self.growing.len() {
            let old = self.growing[old];
            // Both are sorted, so runs before the old one continue nothing.
            while new < runs.len() && runs[new].start < old.start {
                runs[new].first_row = row;
                new += 1;
            }
            match runs.get_mut(new) {
                Some(run) if (run.start, run.end, run.rgba) == (old.start, old.end, old.rgba) => {
                    run.first_row = old.first_row;
                    new += 1;
                }
                _ => self.complete(&old),
            }
        }
        runs[new..].iter_mut().for_each(|run| run.first_row = row);
        // The buffer of the old row serves the next one.
        self.row = std::mem::replace(&mut self.growing, runs);
        self.row.clear();
        self.last_row = row;
    }

    /// Ends the plane and its rectangles.
    pub(super) fn finish(mut self) -> Vec<Quad> {
        self.close();
        self.quads
    }

    fn close(&mut self) {
        let mut growing = std::mem::take(&mut self.growing);
        growing.drain(..).for_each(|run| self.complete(&run));
        self.growing = growing;
    }

    /// A rectangle that ends in the last row.
    fn complete(&mut self, run: &Run) {
        let [u, v] = PLANE_AXES[self.side.axis()];
        let (mut min, mut max) = ([self.at; 3], [self.at; 3]);
        (min[u], max[u]) = (run.start, run.end);
        (min[v], max[v]) = (run.first_row, self.last_row);
        self.quads.push(Quad { min, max, rgba: run.rgba, side: self.side });
    }
}
