//! Triangles for a rectangle with more corners on its edges than four, so that no corner of a neighbour
//! lies on an edge without being its end.

use goxel_proto::types::Rgba;

use super::piece::Face;
use super::quad::Side;

/// The corners around a rectangle, edge by edge, counter-clockwise. An edge begins with its first
/// corner and ends before the next one's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rim<'a> {
    /// The numbers of the corners.
    pub(super) numbers: &'a [u32],
    /// How far each is along its edge.
    pub(super) along: &'a [f64],
    /// Where the four edges begin.
    pub(super) starts: [usize; 4],
    pub(super) rgba: Rgba,
    pub(super) side: Side,
}

impl Rim<'_> {
    /// The corners of an edge, from its first to that of the next edge.
    fn edge(&self, edge: usize) -> impl Iterator<Item = u32> + Clone {
        let end = self.starts.get(edge + 1).copied().unwrap_or(self.numbers.len());
        let last = self.numbers[self.starts[(edge + 1) % 4]];
        self.numbers[self.starts[edge]..end].iter().copied().chain(std::iter::once(last))
    }

    /// How far the corners of an edge are along it.
    fn lengths(&self, edge: usize, length: f64) -> impl Iterator<Item = f64> {
        let end = self.starts.get(edge + 1).copied().unwrap_or(self.numbers.len());
        self.along[self.starts[edge]..end].iter().copied().chain(std::iter::once(length))
    }

    /// Fills the rectangle with triangles between its own corners. `length` is that of the first edge.
    pub(super) fn fill(&self, length: f64, faces: &mut Vec<Face>) {
        if let [a, b, c, d] = *self.numbers {
            faces.push(Face::quad([a, b, c, d], self.rgba, self.side));
            return;
        }
        // A strip between the first edge and the third, seen from the fourth to the second.
        let near: Vec<(u32, f64)> = self.edge(0).zip(self.lengths(0, length)).collect();
        let opposite = self.lengths(2, length).map(|along| length - along);
        let mut far: Vec<(u32, f64)> = self.edge(2).zip(opposite).collect();
        far.reverse();
        let mut strip = Vec::with_capacity(near.len() + far.len());
        let (mut at_near, mut at_far) = (0, 0);
        while at_near + 1 < near.len() || at_far + 1 < far.len() {
            let next_near = near.get(at_near + 1).map_or(f64::INFINITY, |(_, along)| *along);
            let next_far = far.get(at_far + 1).map_or(f64::INFINITY, |(_, along)| *along);
            let [a, b] = [near[at_near].0, far[at_far].0];
            if next_near <= next_far {
                at_near += 1;
                strip.push([a, near[at_near].0, b]);
            } else {
                at_far += 1;
                strip.push([a, far[at_far].0, b]);
            }
        }
        // The triangles at both ends have the other two edges, which may have corners too.
        let [first, middle @ .., last] = &strip[..] else { return };
        self.fan(self.edge(3), first[1], faces);
        middle.iter().for_each(|corners| self.triangle(*corners, faces));
        // Of the last one's corners, that which is no end of the second edge.
        let ends = [near[near.len() - 1].0, far[far.len() - 1].0];
        let apex = last.iter().find(|corner| !ends.contains(corner));
        self.fan(self.edge(1), apex.copied().unwrap_or(first[0]), faces);
    }

    /// Fills the rectangle with another one of a colour of its own within it, `inner`, and a rim of
    /// triangles around.
    pub(super) fn fill_around(&self, inner: [u32; 4], faces: &mut Vec<Face>) {
        for edge in 0..4 {
            let [here, next] = [inner[edge], inner[(edge + 1) % 4]];
            self.fan(self.edge(edge), here, faces);
            let end = self.numbers[self.starts[(edge + 1) % 4]];
            self.triangle([end, next, here], faces);
        }
        faces.push(Face::quad(inner, self.rgba, self.side));
    }

    /// Triangles between the corners of an edge and another one.
    fn fan(&self, edge: impl Iterator<Item = u32> + Clone, apex: u32, faces: &mut Vec<Face>) {
        for (a, b) in edge.clone().zip(edge.skip(1)) {
            self.triangle([a, b, apex], faces);
        }
    }

    fn triangle(&self, corners: [u32; 3], faces: &mut Vec<Face>) {
        faces.push(Face::triangle(corners, self.rgba, self.side));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn triangles_cover_the_rectangle_and_use_every_edge_once(
            width in 1..9_u32, height in 1..9_u32, mask in any::<u64>(),
        ) {
            // Corners of a rectangle, and those between them that the mask says.
            let sides = [width, height, width, height];
            let (mut points, mut along, mut starts) = (Vec::new(), Vec::new(), [0; 4]);
            let corner = [[0, 0], [width, 0], [width, height], [0, height]];
            let step: [[i64; 2]; 4] = [[1, 0], [0, 1], [-1, 0], [0, -1]];
            for edge in 0..4 {
                starts[edge] = points.len();
                for at in 0..sides[edge] {
                    if at == 0 || mask >> (points.len() + at as usize) & 1 == 1 {
                        let point = [0, 1].map(|axis| {
                            i64::from(corner[edge][axis]) + step[edge][axis] * i64::from(at)
                        });
                        points.push(point);
                        along.push(f64::from(at));
                    }
                }
            }
            let numbers: Vec<u32> = (0..points.len() as u32).collect();
            let rim = Rim {
                numbers: &numbers,
                along: &along,
                starts,
                rgba: Rgba::WHITE,
                side: Side::new(2, true),
            };
            let mut faces = Vec::new();
            rim.fill(f64::from(width), &mut faces);
            let mut area = 0;
            let mut edges = std::collections::BTreeMap::new();
            for [a, b, c] in faces.iter().flat_map(Face::triangles) {
                let [p, q, r] = [a, b, c].map(|at| points[at as usize]);
                let twice = (q[0] - p[0]) * (r[1] - p[1]) - (r[0] - p[0]) * (q[1] - p[1]);
                prop_assert!(twice > 0, "{:?}", [p, q, r]);
                area += twice;
                for edge in [[a, b], [b, c], [c, a]] {
                    prop_assert_eq!(edges.insert(edge, ()), None);
                }
            }
            prop_assert_eq!(area, 2 * i64::from(width) * i64::from(height));
            for at in 0..numbers.len() {
                let edge = [at as u32, ((at + 1) % numbers.len()) as u32];
                prop_assert!(edges.contains_key(&edge), "{:?}", edge);
            }
        }
    }
}
