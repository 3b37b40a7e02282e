//! [`Place`]: where a node puts what is in it.

use super::document::Node;

/// Three rows of a matrix that turns, scales and moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place([[f64; 4]; 3]);

impl Place {
    pub(super) const ROOT: Self =
        Self([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]);

    /// What a node says: a matrix, column by column, or a move after a turn after a scale.
    pub(super) fn of(node: &Node) -> Self {
        let rows = [0, 1, 2];
        if let Some(matrix) = node.matrix {
            return Self(rows.map(|row| [0, 1, 2, 3].map(|column| matrix[4 * column + row])));
        }
        let [x, y, z, w] = node.rotation.unwrap_or([0.0, 0.0, 0.0, 1.0]);
        let turn = [
            [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - z * w), 2.0 * (x * z + y * w)],
            [2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w)],
            [2.0 * (x * z - y * w), 2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y)],
        ];
        let (scale, shift) = (node.scale.unwrap_or([1.0; 3]), node.translation.unwrap_or_default());
        Self(rows.map(|row| {
            let [a, b, c] = rows.map(|column| turn[row][column] * scale[column]);
            [a, b, c, shift[row]]
        }))
    }

    /// First `inner`, then this.
    pub(super) fn then(&self, inner: &Self) -> Self {
        Self(self.0.map(|row| {
            [0, 1, 2, 3].map(|column| {
                let sum: f64 = (0..3).map(|at| row[at] * inner.0[at][column]).sum();
                sum + if column == 3 { row[3] } else { 0.0 }
            })
        }))
    }

    pub(super) fn point(&self, at: [f64; 3]) -> [f64; 3] {
        self.0.map(|[a, b, c, d]| a * at[0] + b * at[1] + c * at[2] + d)
    }
}
