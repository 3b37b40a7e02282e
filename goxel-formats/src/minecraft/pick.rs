//! [`Picks`]: for each colour of a volume the block that is nearest to it.

use std::collections::HashMap;

use goxel_proto::types::Rgba;

use super::blocks::BLOCKS;
use super::ids;
use crate::Out;
use crate::colour_loss::ColourLoss;
use crate::lines::Lines;
use crate::{Result, Work};

/// X is fastest, then z, which runs against our y, then y, which is our z.
pub(super) const ORDER: [usize; 3] = [0, 1, 2];
/// Which axes are walked from their ends.
pub(super) const DOWN: [bool; 3] = [false, true, false];

/// A block that can be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    /// Without its namespace.
    pub(super) name: &'static str,
    rgb: [u8; 3],
    /// What it was called in numbers.
    pub(super) number: [u8; 2],
}

/// All blocks, or those alone that have a number.
fn able(numbered: bool) -> Vec<Block> {
    let mut numbers: HashMap<String, [u8; 2]> = HashMap::new();
    for (name, number) in ids::numbers() {
        numbers.entry(name).or_insert(number);
    }
    let number = |name: &str| numbers.get(name).copied();
    let blocks = BLOCKS.iter().filter(|(name, _)| !numbered || number(name).is_some());
    blocks
        .map(|&(name, rgb)| Block { name, rgb, number: number(name).unwrap_or_default() })
        .collect()
}

/// The blocks of a file, in the order in which they are met; number 0 is air.
pub(super) struct Picks {
    able: Vec<Block>,
    /// The colour of each of them, as [`oklab`] has it.
    looks: Vec<[f32; 3]>,
    /// Which of the blocks of the file a colour is, from 1 on.
    numbers: HashMap<Rgba, u32>,
    pub(super) used: Vec<Block>,
    /// How many voxels have each colour.
    counts: HashMap<Rgba, u64>,
}

impl Picks {
    /// Picks a block for each voxel of a box.
    pub(super) fn new(lines: &Lines<'_>, numbered: bool, work: &Work<'_>) -> Result<Self> {
        let able = able(numbered);
        let mut picks = Self {
            looks: able.iter().map(|block| oklab(block.rgb)).collect(),
            able,
            numbers: HashMap::new(),
            used: Vec::new(),
            counts: HashMap::new(),
        };
        lines.for_each(ORDER, DOWN, work, |_, line| {
            for run in line.chunk_by(|a, b| a == b).filter(|run| !run[0].is_empty()) {
                picks.pick(run[0]);
                *picks.counts.entry(run[0]).or_default() += run.len() as u64;
            }
            Ok(())
        })?;
        Ok(picks)
    }

    fn pick(&mut self, rgba: Rgba) {
        if self.numbers.contains_key(&rgba) {
            return;
        }
        let [r, g, b, _] = rgba.0;
        let wanted = oklab([r, g, b]);
        let apart = |look: &[f32; 3]| distance(*look, wanted);
        let nearest = self.able.iter().zip(&self.looks);
        let nearest = nearest.min_by(|(_, a), (_, b)| apart(a).total_cmp(&apart(b)));
        let Some((&block, _)) = nearest else { return };
        let at = self.used.iter().position(|used| used.name == block.name);
        let at = at.unwrap_or_else(|| {
            self.used.push(block);
            self.used.len() - 1
        });
        self.numbers.insert(rgba, at as u32 + 1);
    }

    /// The number of a voxel's block.
    pub(super) fn number(&self, rgba: Rgba) -> u32 {
        self.numbers.get(&rgba).copied().unwrap_or(0)
    }

    /// The voxels of each block that is used, from the first on.
    pub(super) fn count_each(&self) -> Vec<u64> {
        let mut counts = vec![0; self.used.len()];
        for (rgba, number) in &self.numbers {
            counts[*number as usize - 1] += self.counts.get(rgba).copied().unwrap_or(0);
        }
        counts
    }

    /// Tells how far the blocks are from the colours.
    pub(super) fn lose(&self, out: &mut Out<'_>) {
        let mut loss = ColourLoss::default();
        for (rgba, count) in &self.counts {
            let [r, g, b, _] = rgba.0;
            loss.add(*count, [r, g, b], self.used[self.number(*rgba) as usize - 1].rgb);
        }
        loss.tell("colours become the blocks that look most alike", out);
    }
}

/// How different two colours look. A block of the wrong hue looks more wrong than one that is darker.
fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    let weights = [1.0, 2.0, 2.0];
    (0..3).map(|at| weights[at] * (a[at] - b[at]).powi(2)).sum()
}

/// An sRGB colour in Oklab: lightness, from green to red, from blue to yellow. Björn Ottosson, "A perceptual
/// color space for image processing", 2020.
fn oklab(rgb: [u8; 3]) -> [f32; 3] {
    let [r, g, b] = rgb.map(|level| {
        let level = f32::from(level) / 255.0;
        if level <= 0.04045 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) }
    });
    let l = (0.412_221_47 * r + 0.536_332_54 * g + 0.051_445_993 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_84 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_has_no_hue_and_white_is_one() {
        for level in [0, 90, 255] {
            let [_, a, b] = oklab([level; 3]);
            assert!(a.abs() < 1e-3 && b.abs() < 1e-3);
        }
        assert!((oklab([255; 3])[0] - 1.0).abs() < 1e-3);
    }

    #[test]
    fn hue_goes_before_lightness() {
        let nearest = |wanted: [u8; 3]| {
            let apart = |block: &Block| distance(oklab(block.rgb), oklab(wanted));
            let able = able(false);
            able.iter().min_by(|a, b| apart(a).total_cmp(&apart(b))).unwrap().name
        };
        // Blue slate, and the green of a meadow.
        for (wanted, words) in
            [([46, 84, 128], "blue lapis"), ([88, 140, 60], "grass lime green moss slime")]
        {
            let name = nearest(wanted);
            assert!(words.split(' ').any(|word| name.contains(word)), "{wanted:?} is {name}");
        }
    }
}
