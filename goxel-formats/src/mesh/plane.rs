//! [`Plane`]: merges the faces of one plane as they come, row by row.

use goxel_proto::types::Rgba;

use super::Quad;

/// Faces of one colour side by side in a row.
#[derive(Clone, Copy)]
struct Run {
    start: i64,
    end: i64,
    rgba: Rgba,
    /// The row that the rectangle began in which this run continues.
    first_row: i64,
}

/// A plane whose rectangles are growing row by row.
pub(super) struct Plane {
    axis: usize,
    positive: bool,
    at: i64,
    /// The runs of the last row, sorted along it: the rectangles that may still grow.
    growing: Vec<Run>,
    /// The row that is being filled.
    row: Vec<Run>,
    /// One past the last row.
    next_row: i64,
}

impl Plane {
    pub(super) fn new(axis: usize, positive: bool, at: i64) -> Self {
        Self { axis, positive, at, growing: Vec::new(), row: Vec::new(), next_row: 0 }
    }

    /// Adds a face to the row; faces come in their order.
    #[inline]
    pub(super) fn face(&mut self, at: i64, rgba: Rgba) {
        if let Some(run) = self.row.last_mut()
            && run.end == at
            && run.rgba == rgba
        {
            run.end += 1;
            return;
        }
        self.row.push(Run { start: at, end: at + 1, rgba, first_row: 0 });
    }

    /// Ends the row at `row`: a run with the same ends and colour as one of the row before continues
    /// its rectangle; the other rectangles of that row are complete.
    pub(super) fn end_row<E>(
        &mut self,
        row: i64,
        sink: &mut impl FnMut(&Quad) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.next_row != row {
            self.close(sink)?;
        }
        self.next_row = row + 1;
        if self.growing.is_empty() && self.row.is_empty() {
            return Ok(());
        }
        let mut runs = std::mem::take(&mut self.row);
        let mut new = 0;
        for old in &self.growing {
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
                _ => sink(&self.quad(old, row))?,
            }
        }
        runs[new..].iter_mut().for_each(|run| run.first_row = row);
        // The buffer of the old row serves the next one.
        self.row = std::mem::replace(&mut self.growing, runs);
        self.row.clear();
        Ok(())
    }

    /// Ends the plane and its rectangles.
    pub(super) fn finish<E>(
        mut self,
        sink: &mut impl FnMut(&Quad) -> Result<(), E>,
    ) -> Result<(), E> {
        self.close(sink)
    }

    fn close<E>(&mut self, sink: &mut impl FnMut(&Quad) -> Result<(), E>) -> Result<(), E> {
        for run in std::mem::take(&mut self.growing) {
            sink(&self.quad(&run, self.next_row))?;
        }
        Ok(())
    }

    fn quad(&self, run: &Run, end_row: i64) -> Quad {
        Quad {
            axis: self.axis,
            positive: self.positive,
            plane: self.at,
            min: [run.start, run.first_row],
            max: [run.end, end_row],
            rgba: run.rgba,
        }
    }
}
