//! [`Gain`]: by how much one program is faster than another, and how sure that is.

use std::fmt;

use crate::median;

/// How many standard deviations of a rank stand between the median and the ends of what it may be.
/// With as many, ten medians are all within theirs 19 times out of 20: with fewer, a program beside
/// a copy of itself is found to be slower in one of ten shapes every second time.
const DEVIATIONS: f64 = 2.81;

/// What came out of one shape: the median of the rounds' ratios, and where it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    ratio: f64,
    least: f64,
    most: f64,
}

impl Gain {
    /// From the rates of each round. Both were measured in turns, so whatever else the machine did
    /// for longer than a round is in neither ratio.
    #[must_use]
    pub fn of(ours: &[f64], theirs: &[f64]) -> Self {
        let mut ratios: Vec<f64> = ours.iter().zip(theirs).map(|(a, b)| a / b).collect();
        ratios.sort_by(f64::total_cmp);
        let (least, most) = middle(ratios.len());
        let at = |index: usize| ratios.get(index).copied().unwrap_or(f64::NAN);
        Self { least: at(least), most: at(most), ratio: median(ratios) }
    }

    /// Prints the gain of each shape, and how many are faster, alike and slower.
    pub fn report(gains: &[(String, Self)]) {
        println!(
            "\nThe median of the rounds' ratios, and its range; 19 times out of 20 all are right:"
        );
        for (name, gain) in gains {
            println!("{name:40} {gain}");
        }
        let count = |is: fn(&Self) -> bool| gains.iter().filter(|(_, gain)| is(gain)).count();
        let (faster, slower) = (count(Self::is_faster), count(Self::is_slower));
        let alike = gains.len() - faster - slower;
        println!("{faster} faster, {alike} alike, {slower} slower");
    }

    fn is_faster(&self) -> bool {
        self.least > 1.0
    }

    fn is_slower(&self) -> bool {
        self.most < 1.0
    }
}

impl fmt::Display for Gain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ratio, least, most } = self;
        let word = match (self.is_faster(), self.is_slower()) {
            (true, _) => "faster",
            (_, true) => "SLOWER",
            _ => "alike",
        };
        write!(f, "{ratio:.2}x  ({least:.2} to {most:.2})  {word}")
    }
}

/// The places, in a sorted list of so many, between which the true median is.
fn middle(count: usize) -> (usize, usize) {
    let reach = (DEVIATIONS * (count as f64).sqrt() / 2.0).ceil() as usize;
    let least = (count / 2).saturating_sub(reach);
    (least, count.saturating_sub(1 + least))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_so_many() {
        for (count, expected) in [(0, (0, 0)), (1, (0, 0)), (8, (0, 7)), (24, (5, 18))] {
            assert_eq!(middle(count), expected, "{count}");
        }
    }

    #[test]
    fn words() {
        let check = |ratios: [f64; 8], expected: &str| {
            assert_eq!(Gain::of(&ratios, &[1.0; 8]).to_string(), expected);
        };
        check([1.1; 8], "1.10x  (1.10 to 1.10)  faster");
        check([0.9; 8], "0.90x  (0.90 to 0.90)  SLOWER");
        check([0.5, 0.9, 1.0, 1.1, 1.2, 1.2, 1.3, 9.0], "1.20x  (0.50 to 9.00)  alike");
    }
}
