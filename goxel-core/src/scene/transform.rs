//! [`Transform`]: the placement of a layer or a camera.

use crate::{Error, Result};

/// A linear part and a shift: 16 numbers as files and OpenGL have them, a column after the other.
/// Invariants: all are finite, and the last row is 0, 0, 0, 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transform([f32; 16]);

impl Transform {
    /// What leaves everything where it is.
    pub const IDENTITY: Self = Self::translation([0.0; 3]);

    /// A shift, of which the caller knows that it is finite.
    pub(super) const fn translation([x, y, z]: [f32; 3]) -> Self {
        Self([1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, x, y, z, 1.0])
    }

    /// The transform of these numbers, by column: the shift is at 12, 13 and 14, in voxels.
    ///
    /// # Errors
    /// [`Error::BadTransform`].
    pub fn from_columns(columns: [f32; 16]) -> Result<Self> {
        let finite = columns.iter().all(|number| number.is_finite());
        if !finite || [3, 7, 11, 15].map(|at| columns[at]) != [0.0, 0.0, 0.0, 1.0] {
            return Err(Error::BadTransform);
        }
        Ok(Self(columns))
    }

    /// The numbers, by column.
    #[must_use]
    pub fn to_columns(self) -> [f32; 16] {
        self.0
    }

    /// Where an eye is that looks from one point at another, z up in its picture; y, where it
    /// looks straight up or down. Its own z axis points backwards.
    ///
    /// # Errors
    /// [`Error::BadTransform`] where the points are one, too far apart, or not finite.
    pub fn looking(eye: [f32; 3], target: [f32; 3]) -> Result<Self> {
        let back = unit([0, 1, 2].map(|axis| eye[axis] - target[axis]))?;
        let up = if back[0] == 0.0 && back[1] == 0.0 { [0.0, 1.0, 0.0] } else { [0.0, 0.0, 1.0] };
        let right = unit(cross(up, back))?;
        let up = cross(back, right);
        let columns = [right, up, back, eye];
        let mut numbers = Self::IDENTITY.0;
        for (column, rows) in numbers.chunks_exact_mut(4).zip(columns) {
            column[..3].copy_from_slice(&rows);
        }
        // No zero with a sign, which people would wonder at.
        Self::from_columns(numbers.map(|number| number + 0.0))
    }
}

impl Default for Transform {
    fn default() -> Self {
        Self::IDENTITY
    }
}

fn cross(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [0, 1, 2].map(|axis| {
        let (next, last) = ((axis + 1) % 3, (axis + 2) % 3);
        a[next] * b[last] - a[last] * b[next]
    })
}

/// The same direction of length 1.
fn unit(vector: [f32; 3]) -> Result<[f32; 3]> {
    let length = vector.iter().map(|part| f64::from(*part).powi(2)).sum::<f64>().sqrt();
    if length == 0.0 || !length.is_finite() {
        return Err(Error::BadTransform);
    }
    Ok(vector.map(|part| (f64::from(part) / length) as f32))
}
