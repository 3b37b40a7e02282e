//! [`Affine`]: the placements of layers and boxes, 16 `f32` by column in a file.

use goxel_proto::types::Aabb;

/// How far a number of a file may be off a whole one: they are `f32`.
const WHOLE: f64 = 1e-4;

/// A linear part, row by row, and a shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Affine {
    rows: [[f64; 3]; 3],
    shift: [f64; 3],
}

impl Affine {
    pub(super) const IDENTITY: Self =
        Self { rows: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], shift: [0.0; 3] };

    /// The matrix of 64 bytes; `None` where a number is not finite or the last row is not that of
    /// a placement. A box that is not set is written so.
    pub(super) fn from_bytes(bytes: &[u8; 64]) -> Option<Self> {
        let mut numbers = [0.0; 16];
        for (number, bytes) in numbers.iter_mut().zip(bytes.as_chunks().0) {
            *number = f64::from(f32::from_le_bytes(*bytes));
        }
        let finite = numbers.iter().all(|number| number.is_finite());
        (finite && numbers[15] == 1.0).then(|| Self {
            rows: [0, 1, 2].map(|row| [0, 1, 2].map(|column| numbers[4 * column + row])),
            shift: [12, 13, 14].map(|at| numbers[at]),
        })
    }

    pub(super) fn to_bytes(self) -> [u8; 64] {
        let mut bytes = [0; 64];
        for (at, bytes) in bytes.as_chunks_mut().0.iter_mut().enumerate() {
            let (column, row) = (at / 4, at % 4);
            let number = match (row, column) {
                (3, 3) => 1.0,
                (3, _) => 0.0,
                (_, 3) => self.shift[row],
                _ => self.rows[row][column],
            };
            *bytes = (number as f32).to_le_bytes();
        }
        bytes
    }

    /// The placement of a unit box, of edge 2 around the origin, that covers `aabb`.
    pub(super) fn of_box(aabb: &Aabb) -> Self {
        let mut placed = Self::IDENTITY;
        for axis in 0..3 {
            placed.rows[axis][axis] = (aabb.max[axis] - aabb.min[axis]) as f64 / 2.0;
            placed.shift[axis] = (aabb.max[axis] + aabb.min[axis]) as f64 / 2.0;
        }
        placed
    }

    /// The box around what the unit box becomes, rounded to voxels, where it holds one and keeps
    /// to the range of positions.
    pub(super) fn to_box(self) -> Option<Aabb> {
        let (middle, half) = (self.shift, self.half_extent());
        let end = |sign: f64| [0, 1, 2].map(|axis| (middle[axis] + sign * half[axis]).round());
        // Out of range saturates, and then does not fit.
        let [min, max] = [end(-1.0), end(1.0)].map(|end| end.map(|c| c as i64));
        let aabb = Aabb { min, max };
        let sound = !aabb.is_empty() && aabb.intersection(&Aabb::EVERYTHING) == aabb;
        sound.then_some(aabb)
    }

    /// Half the edges of the box around the placed unit box.
    pub(super) fn half_extent(&self) -> [f64; 3] {
        self.rows.map(|row| row.iter().map(|number| number.abs()).sum())
    }

    /// Where the origin goes.
    pub(super) fn shift(&self) -> [f64; 3] {
        self.shift
    }

    pub(super) fn apply(&self, point: [f64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|row| {
            let products = (0..3).map(|column| self.rows[row][column] * point[column]);
            products.sum::<f64>() + self.shift[row]
        })
    }

    /// The shift in voxels, where that is all that the matrix does.
    pub(super) fn whole_shift(&self) -> Option<[i32; 3]> {
        let near = |a: f64, b: f64| (a - b).abs() <= WHOLE;
        let straight = (0..9).all(|at| {
            let (row, column) = (at / 3, at % 3);
            near(self.rows[row][column], Self::IDENTITY.rows[row][column])
        });
        let whole = self
            .shift
            .iter()
            .all(|shift| near(*shift, shift.round()) && shift.abs() < f64::from(i32::MAX));
        (straight && whole).then(|| self.shift.map(|shift| shift.round() as i32))
    }

    /// The way back; `None` where the matrix flattens space.
    pub(super) fn inverse(&self) -> Option<Self> {
        let m = &self.rows;
        // The cofactor of a place: indices run around, which takes care of the sign.
        let cofactor = |row: usize, column: usize| {
            let (r1, r2) = ((row + 1) % 3, (row + 2) % 3);
            let (c1, c2) = ((column + 1) % 3, (column + 2) % 3);
            m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
        };
        let determinant: f64 = (0..3).map(|column| m[0][column] * cofactor(0, column)).sum();
        let rows = [0, 1, 2].map(|row| [0, 1, 2].map(|column| cofactor(column, row) / determinant));
        let finite = rows.iter().flatten().all(|number| number.is_finite());
        let linear = Self { rows, shift: [0.0; 3] };
        finite.then(|| Self { rows, shift: linear.apply(self.shift).map(|number| -number) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let turned = Affine {
            rows: [[0.0, -2.0, 0.5], [1.0, 0.0, 0.0], [0.0, 0.25, 3.0]],
            shift: [4.0, -5.5, 16.0],
        };
        assert_eq!(Affine::from_bytes(&turned.to_bytes()), Some(turned));
        let back = turned.inverse().unwrap().apply(turned.apply([1.0, 2.0, -3.0]));
        assert!(back.iter().zip([1.0, 2.0, -3.0]).all(|(a, b)| (a - b).abs() < 1e-9));
        assert_eq!(Affine { rows: [[0.0; 3]; 3], ..turned }.inverse(), None);
        assert_eq!(turned.whole_shift(), None);
        let shifted = Affine { shift: [1.0, -2.0, 3.0], ..Affine::IDENTITY };
        assert_eq!(shifted.whole_shift(), Some([1, -2, 3]));
    }

    #[test]
    fn boxes() {
        let aabb = Aabb { min: [-16, -16, 0], max: [16, 17, 32] };
        assert_eq!(Affine::of_box(&aabb).to_box(), Some(aabb));
        assert_eq!(Affine::of_box(&Aabb::default()).to_box(), None);
        assert_eq!(Affine::of_box(&Aabb::EVERYTHING).to_box(), Some(Aabb::EVERYTHING));
        let beyond = Aabb { min: [0; 3], max: [1 << 32; 3] };
        assert_eq!(Affine::of_box(&beyond).to_box(), None);
        assert_eq!(Affine::from_bytes(&[0; 64]), None);
        let nan = std::array::from_fn(|_| 0xff);
        assert_eq!(Affine::from_bytes(&nan), None);
    }
}
