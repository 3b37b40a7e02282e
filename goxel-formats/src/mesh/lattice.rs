//! [`Lattice`]: what the surface looks like around a lattice point, by which of its eight voxels are there.
//!
//! ```text
//! octant    a voxel at the point: bit 0, 1, 2 for whether it lies behind the point along x, y, z
//! corner    a set of octants, as a byte
//! fan       faces at the point, each beside the next one: what one corner of a manifold mesh holds
//!           together. Where voxels touch along an edge or at a corner only, a point has several.
//! ```
//!
//! Along an edge where two voxels touch and two are empty, four faces meet. Those of one voxel are
//! taken to be neighbours, so the two voxels come apart there.

use goxel_core::{Reader, Volume};
use goxel_proto::types::{Pos, Rgba};

use super::quad::Side;

/// By how much corners that must not be one are apart, in voxels: a float of 32 bits tells them
/// apart up to a coordinate of 8192, and nobody sees it.
pub(super) const HAIR: f64 = 1.0 / 1024.0;

/// Octants of a point.
const OCTANTS: usize = 8;
/// Fans of a point at the most: four voxels that touch along edges only, three faces each.
const FANS_MAX: usize = 4;

/// A face at a point, by the octant of its voxel and its axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FaceAt {
    octant: usize,
    axis: usize,
}

impl FaceAt {
    const COUNT: usize = 3 * OCTANTS;

    fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(|at| Self { octant: at / 3, axis: at % 3 })
    }

    const fn index(self) -> usize {
        3 * self.octant + self.axis
    }

    /// Whether it shows.
    const fn shows(self, corner: u8) -> bool {
        corner >> self.octant & 1 == 1 && corner >> (self.octant ^ 1 << self.axis) & 1 == 0
    }
}

/// The fans of a corner.
#[derive(Clone, Debug)]
pub(super) struct Fans {
    /// The fan of each face.
    of: [u8; FaceAt::COUNT],
    pub(super) count: usize,
    /// Where the corner of each fan goes, so that no two are at one place: towards its voxels.
    pub(super) apart: [[f64; 3]; FANS_MAX],
    /// Where it goes on a smooth surface: to the middle of the middles of its faces.
    pub(super) smooth: [[f64; 3]; FANS_MAX],
    /// Where the faces of each look, added up.
    pub(super) normal: [[i8; 3]; FANS_MAX],
}

impl Fans {
    /// The fan of the face of an octant that looks along an axis.
    pub(super) fn of(&self, octant: usize, axis: usize) -> usize {
        usize::from(self.of[FaceAt { octant, axis }.index()])
    }

    fn new(corner: u8) -> Self {
        let mut group: [u8; FaceAt::COUNT] = std::array::from_fn(|at| at as u8);
        for axis in 0..3 {
            for behind in [0, 1] {
                for [a, b] in neighbours(corner, axis, behind) {
                    let [from, to] = [group[b.index()], group[a.index()]];
                    group.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
                }
            }
        }
        let mut fans = Self {
            of: [0; FaceAt::COUNT],
            count: 0,
            apart: [[0.0; 3]; FANS_MAX],
            smooth: [[0.0; 3]; FANS_MAX],
            normal: [[0; 3]; FANS_MAX],
        };
        let mut seen: Vec<u8> = Vec::new();
        for face in FaceAt::all().filter(|face| face.shows(corner)) {
            let root = group[face.index()];
            let fan = seen.iter().position(|known| *known == root).unwrap_or_else(|| {
                seen.push(root);
                seen.len() - 1
            });
            fans.of[face.index()] = fan as u8;
        }
        fans.count = seen.len();
        (0..fans.count).for_each(|fan| fans.place(corner, fan));
        fans
    }

    /// Where the corner of a fan goes.
    fn place(&mut self, corner: u8, fan: usize) {
        let faces = FaceAt::all()
            .filter(|face| face.shows(corner) && usize::from(self.of[face.index()]) == fan);
        let (mut voxels, mut middles, mut count) = ([0.0_f64; 3], [0.0; 3], 0.0);
        let mut normal = [0; 3];
        for face in faces {
            count += 1.0;
            for axis in 0..3 {
                let towards = if face.octant >> axis & 1 == 1 { 1.0 } else { -1.0 };
                voxels[axis] += towards;
                if axis == face.axis {
                    normal[axis] -= towards as i8;
                } else {
                    middles[axis] += towards / 2.0;
                }
            }
        }
        // One of them stays where it is, and the others go along an axis each: the faces around lean
        // by that, so the less they go, the nearer the volume stays to that of the voxels.
        let axes = (0..3).map(|axis| (axis + fan + 2) % 3);
        if let Some(axis) = axes.into_iter().find(|&axis| fan > 0 && voxels[axis] != 0.0) {
            self.apart[fan][axis] = voxels[axis].signum() * HAIR;
        }
        self.smooth[fan] = middles.map(|c| c / count);
        self.normal[fan] = normal;
    }
}

/// The faces that are neighbours across the edge that leads from the point along an axis: two,
/// or four in twos.
fn neighbours(corner: u8, axis: usize, behind: usize) -> Vec<[FaceAt; 2]> {
    let [b, c] = [(axis + 1) % 3, (axis + 2) % 3];
    let octant = |at_b: usize, at_c: usize| behind << axis | at_b << b | at_c << c;
    let around = [(0, 0), (1, 0), (1, 1), (0, 1)].map(|(at_b, at_c)| octant(at_b, at_c));
    let shown: Vec<FaceAt> = around
        .iter()
        .flat_map(|&octant| [b, c].map(|axis| FaceAt { octant, axis }))
        .filter(|face| face.shows(corner))
        .collect();
    match shown[..] {
        [a, b] => vec![[a, b]],
        // Both faces of a voxel stand side by side, in the order of the octants.
        [a, b, c, d] => vec![[a, b], [c, d]],
        _ => Vec::new(),
    }
}

/// The two octants of a corner that touch along the edge which leads from the point along an axis,
/// and nothing else there; none where the edge is like that of a single body.
pub(super) fn contact(corner: u8, axis: usize, behind: usize) -> Option<[usize; 2]> {
    let [b, c] = [(axis + 1) % 3, (axis + 2) % 3];
    let octant = |at_b: usize, at_c: usize| behind << axis | at_b << b | at_c << c;
    let there = |octant: usize| corner >> octant & 1 == 1;
    let [low, across, high, other] = [octant(0, 0), octant(1, 0), octant(1, 1), octant(0, 1)];
    match [low, across, high, other].map(there) {
        [true, false, true, false] => Some([low, high]),
        [false, true, false, true] => Some([across, other]),
        _ => None,
    }
}

/// The fans of every corner.
pub(super) struct Lattice {
    fans: Vec<Fans>,
}

impl Lattice {
    pub(super) fn new() -> Self {
        Self { fans: (0..=u8::MAX).map(Fans::new).collect() }
    }

    pub(super) fn fans(&self, corner: u8) -> &Fans {
        &self.fans[usize::from(corner)]
    }
}

/// Looks at the voxels around lattice points of a volume.
pub(super) struct Around<'a> {
    reader: Reader<'a>,
}

impl<'a> Around<'a> {
    pub(super) fn new(volume: &'a Volume) -> Self {
        Self { reader: volume.reader() }
    }

    /// The voxels around a point, by octant.
    pub(super) fn voxels(&mut self, point: [i64; 3]) -> [Rgba; OCTANTS] {
        std::array::from_fn(|octant| {
            let at = [0, 1, 2]
                .map(|axis| i32::try_from(point[axis] - 1 + (octant >> axis & 1) as i64).ok());
            match at {
                [Some(x), Some(y), Some(z)] => self.reader.get(Pos::new(x, y, z)),
                // Beyond the end of the range is nothing.
                _ => Rgba::EMPTY,
            }
        })
    }

    /// Which of them are there.
    pub(super) fn corner(&mut self, point: [i64; 3]) -> u8 {
        corner(&self.voxels(point))
    }
}

/// Which of these voxels are there.
pub(super) fn corner(voxels: &[Rgba; OCTANTS]) -> u8 {
    let bits = voxels.iter().enumerate();
    bits.fold(0, |corner, (octant, rgba)| corner | u8::from(!rgba.is_empty()) << octant)
}

/// The octant of a voxel that is behind a face, seen from a point on that face's edge. `inside` is
/// any point of the face.
pub(super) fn octant(point: [i64; 3], inside: [f64; 3], side: Side) -> usize {
    (0..3).fold(0, |octant, axis| {
        let behind =
            if axis == side.axis() { !side.positive() } else { inside[axis] > point[axis] as f64 };
        octant | usize::from(behind) << axis
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_of_a_point_never_meet() {
        let lattice = Lattice::new();
        for bits in 0..=u8::MAX {
            let fans = lattice.fans(bits);
            assert!(fans.count <= FANS_MAX);
            for a in 0..fans.count {
                for b in 0..a {
                    assert_ne!(fans.apart[a], fans.apart[b], "{bits:08b}");
                    assert_ne!(fans.smooth[a], fans.smooth[b], "{bits:08b}");
                }
            }
        }
    }

    #[test]
    fn every_fan_is_a_ring() {
        // Each face of a fan has two neighbours, and each neighbour is in the same fan.
        let lattice = Lattice::new();
        for bits in 0..=u8::MAX {
            let fans = lattice.fans(bits);
            let mut degrees = [0; FaceAt::COUNT];
            for (axis, behind) in (0..3).flat_map(|axis| [(axis, 0), (axis, 1)]) {
                for [a, b] in neighbours(bits, axis, behind) {
                    degrees[a.index()] += 1;
                    degrees[b.index()] += 1;
                    assert_eq!(fans.of(a.octant, a.axis), fans.of(b.octant, b.axis));
                }
            }
            for face in FaceAt::all() {
                assert_eq!(degrees[face.index()], if face.shows(bits) { 2 } else { 0 });
            }
        }
    }

    #[test]
    fn voxels_that_touch_come_apart() {
        let lattice = Lattice::new();
        let fans = |octants: &[u8]| {
            lattice.fans(octants.iter().fold(0, |bits, octant| bits | 1 << octant)).count
        };
        assert_eq!(fans(&[]), 0);
        assert_eq!(fans(&[0]), 1);
        assert_eq!(fans(&[0, 1]), 1);
        assert_eq!(fans(&[0, 3]), 2, "along an edge");
        assert_eq!(fans(&[0, 7]), 2, "at a corner");
        assert_eq!(fans(&[0, 3, 5, 6]), 4, "along three edges");
        assert_eq!(contact(0b1001, 2, 0), Some([0, 3]));
        assert_eq!(contact(0b1011, 2, 0), None);
    }
}
