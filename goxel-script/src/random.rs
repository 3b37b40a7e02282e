//! [`Random`]: numbers that look as if they were random, and are the same for the same seed everywhere.
//!
//! xoshiro256** by Blackman and Vigna, whose state begins as splitmix64 gives it.

/// A generator.
#[derive(Clone, Debug)]
pub(crate) struct Random([u64; 4]);

/// The next number of splitmix64, which is also a good hash of its argument.
pub(crate) fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let step = |index: u64| mixed(seed.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        Self([0, 1, 2, 3].map(step))
    }

    pub(crate) fn next(&mut self) -> u64 {
        let state = &mut self.0;
        let result = state[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = state[3].rotate_left(45);
        result
    }

    /// A number from 0 to below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number from `low` to `high`, both of them possible.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = (i128::from(high) - i128::from(low)).unsigned_abs() + 1;
        // The product's upper half is even enough: spans are far below 2^64.
        let drawn = (u128::from(self.next()) * span) >> u64::BITS;
        low.wrapping_add(drawn as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let draw = |seed| {
            let mut random = Random::new(seed);
            [random.next(), random.next(), random.next()]
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn numbers_are_spread_evenly() {
        let mut random = Random::new(7);
        let mut counts = [0; 10];
        for _ in 0..10_000 {
            let unit = random.unit();
            assert!((0.0..1.0).contains(&unit));
            counts[(unit * 10.0) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
        let mut seen = [false; 5];
        (0..200).for_each(|_| seen[(random.between(-2, 2) + 2) as usize] = true);
        assert_eq!(seen, [true; 5]);
        assert_eq!(random.between(i64::MAX, i64::MAX), i64::MAX);
        assert!((-1..=1 << 53).contains(&random.between(-1, 1 << 53)));
    }
}
