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

/// How rectangles grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Not at all: each face is by itself.
    Single,
    /// Into runs with the same ends.
    Alike,
    /// Into any run that is as long, the rest of which begins others.
    Split,
}

/// A plane whose rectangles are growing row by row.
pub(super) struct Plane {
    side: Side,
    /// The coordinate of the voxels behind it.
    at: i32,
    way: Way,
    /// The runs of the last row, sorted along it: the rectangles that may still grow.
    growing: Vec<Run>,
    /// The row that is being filled.
    row: Vec<Run>,
    last_row: i32,
    quads: Vec<Quad>,
}

impl Plane {
    pub(super) fn new(side: Side, at: i32, way: Way) -> Self {
        let (growing, row, quads) = (Vec::new(), Vec::new(), Vec::new());
        Self { side, at, way, growing, row, last_row: 0, quads }
    }

    /// Adds a face to the row; faces come in their order.
    #[inline]
    pub(super) fn face(&mut self, at: i32, rgba: Rgba) {
        if let Some(run) = self.row.last_mut()
            && i64::from(run.end) + 1 == i64::from(at)
            && run.rgba == rgba
            && self.way != Way::Single
        {
            run.end = at;
            return;
        }
        self.row.push(Run { start: at, end: at, rgba, first_row: 0 });
    }

    /// Ends the row at `row`: the rectangles of the row before continue where they can; the others are
    /// complete.
    pub(super) fn end_row(&mut self, row: i32) {
        if i64::from(self.last_row) + 1 != i64::from(row) || self.way == Way::Single {
            self.close();
        }
        if self.growing.is_empty() && self.row.is_empty() {
            self.last_row = row;
            return;
        }
        let mut runs = std::mem::take(&mut self.row);
        runs.iter_mut().for_each(|run| run.first_row = row);
        let old = std::mem::take(&mut self.growing);
        match self.way {
            Way::Alike => self.grow_alike(&old, &mut runs),
            Way::Split | Way::Single => runs = self.grow_split(&old, &runs),
        }
        // The buffer of the old row serves the next one.
        (self.growing, self.row) = (runs, old);
        self.row.clear();
        self.last_row = row;
    }

    /// A rectangle continues in a run that has the same ends.
    fn grow_alike(&mut self, old: &[Run], runs: &mut [Run]) {
        let mut new = 0;
        for old in old {
            // Both are sorted, so runs before the old one continue nothing.
            while new < runs.len() && runs[new].start < old.start {
                new += 1;
            }
            match runs.get_mut(new) {
                Some(run) if (run.start, run.end, run.rgba) == (old.start, old.end, old.rgba) => {
                    run.first_row = old.first_row;
                    new += 1;
                }
                _ => self.complete(old),
            }
        }
    }

    /// A rectangle continues in a run that is as long or longer, which is cut at its ends.
    fn grow_split(&mut self, old: &[Run], runs: &[Run]) -> Vec<Run> {
        let mut grown = Vec::with_capacity(runs.len());
        let mut runs = runs.iter().copied();
        let mut next = runs.next();
        for old in old {
            while let Some(run) = next.filter(|run| run.end < old.start) {
                grown.push(run);
                next = runs.next();
            }
            match next {
                Some(run)
                    if run.start <= old.start && run.end >= old.end && run.rgba == old.rgba =>
                {
                    if run.start < old.start {
                        grown.push(Run { end: old.start - 1, ..run });
                    }
                    grown.push(*old);
                    next = if run.end > old.end {
                        Some(Run { start: old.end + 1, ..run })
                    } else {
                        runs.next()
                    };
                }
                _ => self.complete(old),
            }
        }
        grown.extend(next);
        grown.extend(runs);
        grown
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
