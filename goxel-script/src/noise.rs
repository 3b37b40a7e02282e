//! Noise in three dimensions: simplex, Worley, and sums of octaves of either.
//!
//! Corners and cells are hashed together with the seed, so that there is no table, and noise goes on without
//! repeating. The same seed gives the same numbers on every machine: there are no functions in it that may round
//! otherwise.

use crate::random::mixed;

/// The twelve directions to the middles of a cube's edges.
const GRADIENTS: [[f64; 3]; 12] = [
    [1.0, 1.0, 0.0],
    [-1.0, 1.0, 0.0],
    [1.0, -1.0, 0.0],
    [-1.0, -1.0, 0.0],
    [1.0, 0.0, 1.0],
    [-1.0, 0.0, 1.0],
    [1.0, 0.0, -1.0],
    [-1.0, 0.0, -1.0],
    [0.0, 1.0, 1.0],
    [0.0, -1.0, 1.0],
    [0.0, 1.0, -1.0],
    [0.0, -1.0, -1.0],
];
/// What makes the sum over the corners of a simplex reach from -1 to 1, nearly.
const SIMPLEX_SCALE: f64 = 32.0;

/// A hash of a place of the grid.
fn hash(at: [i64; 3], seed: u64) -> u64 {
    at.into_iter().fold(seed, |hash, axis| mixed(hash ^ axis.cast_unsigned()))
}

/// The cell of a number. Beyond 2^53 there are no fractions, and all cells are far away.
fn cell(number: f64) -> i64 {
    number.floor() as i64
}

/// Simplex noise: smooth, from -1 to 1, 0 on the average.
pub(crate) fn simplex(place: [f64; 3], seed: u64) -> f64 {
    let skew = place.iter().sum::<f64>() / 3.0;
    let base = place.map(|axis| cell(axis + skew));
    let unskew = base.iter().map(|&axis| axis as f64).sum::<f64>() / 6.0;
    let first = [0, 1, 2].map(|axis| place[axis] - base[axis] as f64 + unskew);
    // The corners on the way from the low one to the high one: along the longest axis first.
    let rank = |axis: usize| {
        let longer = |other: &usize| {
            first[*other] > first[axis] || first[*other] == first[axis] && *other < axis
        };
        (0..3).filter(longer).count()
    };
    let ranks = [rank(0), rank(1), rank(2)];
    (0..4)
        .map(|corner| {
            let step = ranks.map(|rank| i64::from(rank < corner));
            let away = [0, 1, 2].map(|axis| first[axis] - step[axis] as f64 + corner as f64 / 6.0);
            let fall = 0.6 - away.iter().map(|axis| axis * axis).sum::<f64>();
            if fall <= 0.0 {
                return 0.0;
            }
            let at = [0, 1, 2].map(|axis| base[axis].wrapping_add(step[axis]));
            let gradient = GRADIENTS[(hash(at, seed) >> 32) as usize % GRADIENTS.len()];
            let along: f64 =
                gradient.iter().zip(away).map(|(gradient, away)| gradient * away).sum();
            fall.powi(4) * along
        })
        .sum::<f64>()
        * SIMPLEX_SCALE
}

/// Worley noise: how far the nearest of the points is, of which each cell of the grid has one. From 0 up.
pub(crate) fn worley(place: [f64; 3], seed: u64) -> f64 {
    let base = place.map(cell);
    let mut nearest = f64::INFINITY;
    for step in 0..27_i64 {
        let step = [step % 3 - 1, step / 3 % 3 - 1, step / 9 - 1];
        let at = [0, 1, 2].map(|axis| base[axis].wrapping_add(step[axis]));
        let bits = hash(at, seed);
        let square: f64 = (0..3)
            .map(|axis| {
                let within = (bits >> (21 * axis) & 0x1f_ffff) as f64 / f64::from(1 << 21);
                let away = at[axis] as f64 + within - place[axis];
                away * away
            })
            .sum();
        nearest = nearest.min(square);
    }
    nearest.sqrt()
}

/// Sums of octaves: each so many times finer and so many times weaker than the one before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fractal {
    pub(crate) octaves: u32,
    pub(crate) lacunarity: f64,
    pub(crate) gain: f64,
}

impl Fractal {
    /// The weighted mean of octaves of a noise.
    pub(crate) fn of(&self, noise: fn([f64; 3], u64) -> f64, place: [f64; 3], seed: u64) -> f64 {
        let (mut sum, mut weights, mut weight, mut scale) = (0.0, 0.0, 1.0, 1.0);
        for octave in 0..self.octaves {
            sum += weight * noise(place.map(|axis| axis * scale), seed.wrapping_add(octave.into()));
            weights += weight;
            weight *= self.gain;
            scale *= self.lacunarity;
        }
        if weights == 0.0 { 0.0 } else { sum / weights }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> impl Iterator<Item = [f64; 3]> {
        (0..5000).map(|step| {
            let step = f64::from(step);
            [step * 0.37 - 700.0, step * 0.111, 90.0 - step * 0.053]
        })
    }

    #[test]
    fn simplex_noise_is_smooth_and_within_its_range() {
        let (mut low, mut high, mut sum) = (0.0_f64, 0.0_f64, 0.0);
        for place in places() {
            let here = simplex(place, 3);
            (low, high, sum) = (low.min(here), high.max(here), sum + here);
            let beside = simplex([place[0] + 1e-4, place[1], place[2]], 3);
            assert!((here - beside).abs() < 1e-2, "{place:?}: {here} and {beside}");
        }
        assert!((-1.0..-0.6).contains(&low) && (0.6..1.0).contains(&high), "{low} to {high}");
        assert!((sum / 5000.0).abs() < 0.1, "{sum}");
    }

    #[test]
    fn worley_noise_is_a_distance() {
        for place in places() {
            let here = worley(place, 9);
            assert!((0.0..1.8).contains(&here), "{place:?}: {here}");
            let beside = worley([place[0], place[1] + 0.01, place[2]], 9);
            assert!((here - beside).abs() <= 0.01 + 1e-9, "{place:?}: {here} and {beside}");
        }
    }

    #[test]
    fn seeds_make_other_noise_and_octaves_are_a_mean() {
        let place = [1.5, 2.25, -3.125];
        assert_ne!(simplex(place, 1), simplex(place, 2));
        assert_ne!(worley(place, 1), worley(place, 2));
        let one = Fractal { octaves: 1, lacunarity: 2.0, gain: 0.5 };
        assert_eq!(one.of(simplex, place, 1), simplex(place, 1));
        let none = Fractal { octaves: 0, ..one };
        assert_eq!(none.of(simplex, place, 1), 0.0);
        let two = Fractal { octaves: 2, ..one };
        let expected = (simplex(place, 1) + 0.5 * simplex(place.map(|axis| axis * 2.0), 2)) / 1.5;
        assert!((two.of(simplex, place, 1) - expected).abs() < 1e-12);
    }

    #[test]
    fn places_without_bounds_give_numbers() {
        for axis in [f64::MAX, -f64::MAX, 1e300, 9.3e18, -9.3e18] {
            let place = [axis, 0.5, -axis];
            // Where there are no fractions any number will do.
            let _ = (simplex(place, 1), worley(place, 1));
        }
    }
}
