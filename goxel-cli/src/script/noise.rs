//! Numbers that look random and follow from their arguments, so that a script makes the same model
//! at every run.

/// Odd constants of the finaliser of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom
/// number generators", 2014).
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
const MIX: [u64; 2] = [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];
/// Bits of a fraction that a number holds exactly.
const FRACTION_BITS: u32 = 53;

fn mixed(seed: u64, next: u64) -> u64 {
    let mut hash = (seed ^ next).wrapping_add(STEP);
    hash = (hash ^ hash >> 30).wrapping_mul(MIX[0]);
    hash = (hash ^ hash >> 27).wrapping_mul(MIX[1]);
    hash ^ hash >> 31
}

/// A number from 0 up to 1, without 1.
pub(super) fn random(seeds: &[f64]) -> f64 {
    let hash = seeds.iter().fold(0, |hash, seed| mixed(hash, (seed + 0.0).to_bits()));
    (hash >> (64 - FRACTION_BITS)) as f64 / (1_u64 << FRACTION_BITS) as f64
}

/// Gradient noise at a point (Perlin: "Improving noise", 2002): from -1 to 1, smooth, 0 where all
/// coordinates are integers.
pub(super) fn gradient(at: [f64; 3], seed: f64) -> f64 {
    let cell = at.map(f64::floor);
    let inside: [f64; 3] = std::array::from_fn(|axis| at[axis] - cell[axis]);
    let ease = inside.map(|t| t * t * t * (t * (t * 6.0 - 15.0) + 10.0));
    let mut sum = 0.0;
    for corner in 0..8 {
        let up: [f64; 3] = std::array::from_fn(|axis| f64::from(corner >> axis & 1));
        let towards: [f64; 3] = std::array::from_fn(|axis| inside[axis] - up[axis]);
        let weight: f64 =
            (0..3).map(|axis| if up[axis] > 0.0 { ease[axis] } else { 1.0 - ease[axis] }).product();
        sum += weight * slope([0, 1, 2].map(|axis| cell[axis] + up[axis]), seed, towards);
    }
    sum.clamp(-1.0, 1.0)
}

/// The dot product with one of the twelve directions to the edges of a cube, which a corner of the grid
/// has.
fn slope(corner: [f64; 3], seed: f64, towards: [f64; 3]) -> f64 {
    let hash = corner.iter().fold(seed.to_bits(), |hash, axis| mixed(hash, (axis + 0.0).to_bits()));
    let [x, y, z] = towards;
    let (u, v) = match hash % 3 {
        0 => (x, y),
        1 => (x, z),
        _ => (y, z),
    };
    let sign = |bit: u32, value: f64| if hash >> bit & 1 == 0 { value } else { -value };
    sign(32, u) + sign(33, v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_are_spread_and_follow_from_their_seeds() {
        let numbers: Vec<f64> = (0..10_000).map(|seed| random(&[f64::from(seed), 7.0])).collect();
        let mean = numbers.iter().sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        for tenth in 0..10 {
            let range = f64::from(tenth) / 10.0..f64::from(tenth + 1) / 10.0;
            let count = numbers.iter().filter(|number| range.contains(number)).count();
            assert!((800..1200).contains(&count), "{tenth}: {count}");
        }
        assert_eq!(random(&[0.0]), random(&[-0.0]));
        assert_ne!(random(&[1.0, 2.0]), random(&[2.0, 1.0]));
    }

    #[test]
    fn noise_is_smooth_and_bounded() {
        let at = |x: f64, seed| gradient([x, 0.3 * x, 5.5], seed);
        let mut most: f64 = 0.0;
        for step in 0..5000 {
            let x = f64::from(step) * 0.013 - 20.0;
            assert!((at(x, 1.0) - at(x + 1e-4, 1.0)).abs() < 1e-3, "{x}");
            most = most.max(at(x, 1.0).abs());
        }
        assert!(most > 0.4, "{most}");
        assert_eq!(gradient([3.0, -2.0, 7.0], 0.0), 0.0);
        assert_ne!(at(0.4, 1.0), at(0.4, 2.0));
    }
}
