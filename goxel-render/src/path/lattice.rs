//! [`Sampler`]: the numbers from 0 to 1 that decide the turns of a path.
//!
//! They are the points of an extensible rank-1 lattice, in quasi-Monte Carlo's words: point `i` has
//! the coordinates `frac(radical_inverse(i) * z[d])`, shifted in each dimension by a random number
//! of the pixel's own (Cranley-Patterson rotation). So any power of two of a pixel's samples is
//! spread evenly in each dimension and in pairs of them, and the mean over them converges at nearly
//! `1/n` where random numbers give `1/sqrt(n)`. In 32-bit arithmetic, where the radical inverse is the
//! reversed bits of `i`, a coordinate is one product and one sum, which wrap around as `frac` does.
//!
//! A sample is a function of seed, pixel, its number and the dimension, and of nothing else: neither
//! order nor threads matter.

use super::math::{mixed, unit};

/// The lattice's generating vector, found by a component-by-component search of odd numbers: each
/// makes the worst `P2` error small, over 4 to 4096 points, of the pairs with the twelve before it, and
/// most of all with the one right before, since these are used together.
const GENERATOR: [u32; 42] = [
    1, 1892491867, 739649703, 1188431123, 2517178583, 1025492277, 3518316207, 1290074563,
    3638977045, 2500285517, 3083435401, 3011338053, 3456068743, 1110878975, 53345701, 1800507105,
    427011347, 1231783325, 192026777, 3679465615, 586187403, 1350765417, 4080880085, 1732870259,
    2551328137, 2118913475, 2760475769, 4248834981, 2235260641, 2427799035, 2309597459, 1420264035,
    2535977135, 3238789771, 1936174231, 2196299929, 148850219, 2981686465, 2706721661, 1923705807,
    1695238023, 992016795,
];

/// Dimensions of a point in the pixel.
const CAMERA_DIMENSIONS: usize = 2;
/// Dimensions of each vertex of a path: those of [`Turn`].
const VERTEX_DIMENSIONS: usize = 10;
/// An odd number without a pattern (2^32 by the golden ratio): it keeps dimensions apart.
const APART: u32 = 0x9e37_79b9;

/// What a number decides at a vertex; for two numbers, the first of them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    /// Which lobe of the surface it is.
    Lobe = 0,
    /// Where the path goes on: two.
    Direction = 1,
    /// Which part of the sun is looked at: two.
    Sun = 3,
    /// Which lamp is looked at.
    Lamp = 5,
    /// Which point of it: two.
    Point = 6,
    /// Whether the path ends.
    End = 8,
    /// Whether light meets the first voxel at all.
    Through = 9,
}

/// The numbers of one sample of a pixel.
#[derive(Clone, Debug)]
pub(super) struct Sampler {
    /// The radical inverse of the sample's number.
    inverse: u32,
    /// The pixel's shift, of which each dimension makes its own.
    shift: u32,
    /// The first dimension of the vertex.
    base: usize,
    /// Numbers drawn by [`Sampler::random`].
    drawn: u32,
}

impl Sampler {
    /// The numbers of sample `number` of a pixel.
    pub(super) fn new(seed: u64, pixel: usize, number: u32) -> Self {
        let seed = mixed(seed as u32 ^ mixed((seed >> 32) as u32 ^ APART));
        let shift = mixed(pixel as u32 ^ seed);
        Self { inverse: number.reverse_bits(), shift, base: 0, drawn: 0 }
    }

    /// The point in the pixel, from its upper left corner.
    pub(super) fn in_pixel(&self) -> (f32, f32) {
        (self.coordinate(0), self.coordinate(1))
    }

    /// Goes on to a vertex, counted from 0.
    #[inline]
    pub(super) fn at_vertex(&mut self, vertex: usize) {
        self.base = CAMERA_DIMENSIONS + vertex * VERTEX_DIMENSIONS;
    }

    /// A number of the vertex.
    #[inline]
    pub(super) fn one(&self, turn: Turn) -> f32 {
        self.coordinate(self.base + turn as usize)
    }

    /// Two of the vertex.
    #[inline]
    pub(super) fn two(&self, turn: Turn) -> (f32, f32) {
        let first = self.base + turn as usize;
        (self.coordinate(first), self.coordinate(first + 1))
    }

    /// A number that is only random: for what happens so seldom or so far along a path that evenness
    /// gains nothing.
    #[inline]
    pub(super) fn random(&mut self) -> f32 {
        self.drawn = self.drawn.wrapping_add(APART);
        unit(mixed(self.shift ^ mixed(self.inverse ^ self.drawn)))
    }

    #[inline]
    fn coordinate(&self, dimension: usize) -> f32 {
        let shift = mixed(self.shift.wrapping_add((dimension as u32).wrapping_mul(APART)));
        match GENERATOR.get(dimension) {
            Some(z) => unit(self.inverse.wrapping_mul(*z).wrapping_add(shift)),
            None => unit(mixed(shift ^ mixed(self.inverse.wrapping_add(dimension as u32)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The root of the mean square error, over 256 pixels, of the mean of `f` of a pair of numbers.
    fn error(samples: u32, right: f64, numbers: impl Fn(&mut Sampler) -> f64) -> f64 {
        let pixel = |pixel: usize| {
            let sum = (0..samples).map(|number| numbers(&mut Sampler::new(9, pixel, number)));
            (sum.sum::<f64>() / f64::from(samples) - right).powi(2)
        };
        ((0..256).map(pixel).sum::<f64>() / 256.0).sqrt()
    }

    #[test]
    fn pairs_are_spread_more_evenly_than_random_numbers() {
        let product = |(x, y): (f32, f32)| f64::from(x) * f64::from(y);
        let mut turns = Vec::new();
        for vertex in 0..4 {
            turns.extend([Turn::Direction, Turn::Sun, Turn::Point].map(|turn| (vertex, turn)));
        }
        for samples in [16, 64, 256] {
            let random =
                error(samples, 0.25, |sampler| product((sampler.random(), sampler.random())));
            for &(vertex, turn) in &turns {
                let even = error(samples, 0.25, |sampler| {
                    sampler.at_vertex(vertex);
                    product(sampler.two(turn))
                });
                assert!(even < 0.5 * random, "{samples} {vertex} {turn:?}: {even} {random}");
            }
        }
    }

    #[test]
    fn dimensions_past_the_lattice_are_random_and_not_all_alike() {
        let at = |vertex: usize| {
            move |sampler: &mut Sampler| {
                sampler.at_vertex(vertex);
                f64::from(sampler.one(Turn::End))
            }
        };
        for vertex in [4, 9, 1000] {
            assert!(error(256, 0.5, at(vertex)) < 0.03, "{vertex}");
        }
        let mut one = Sampler::new(1, 2, 3);
        let mut other = one.clone();
        one.at_vertex(7);
        other.at_vertex(8);
        assert_ne!(one.two(Turn::Sun), other.two(Turn::Sun));
    }

    #[test]
    fn a_seed_and_a_pixel_decide_all() {
        let draw = |seed, pixel| {
            let mut sampler = Sampler::new(seed, pixel, 5);
            sampler.at_vertex(1);
            (sampler.in_pixel(), sampler.two(Turn::Point), sampler.random())
        };
        assert_eq!(draw(1, 2), draw(1, 2));
        for (seed, pixel) in [(0, 2), (1 << 40, 2), (1, 3)] {
            assert_ne!(draw(seed, pixel), draw(1, 2));
        }
    }
}
