//! [`Picks`]: for each colour of a volume the block that is nearest to it.

use std::collections::HashMap;

use goxel_proto::types::{Loss, Rgba};

use super::blocks::BLOCKS;
use super::ids;
use crate::Out;
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
    /// Which of the blocks of the file a colour is, from 1 on.
    numbers: HashMap<Rgba, u32>,
    pub(super) used: Vec<Block>,
    /// How many voxels have each colour.
    counts: HashMap<Rgba, u64>,
}

impl Picks {
    /// Picks a block for each voxel of a box.
    pub(super) fn new(lines: &Lines<'_>, numbered: bool, work: &Work<'_>) -> Result<Self> {
        let mut picks = Self {
            able: able(numbered),
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
        let nearest = self.able.iter().min_by_key(|block| distance(block.rgb, rgba)).copied();
        let Some(block) = nearest else { return };
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
        let (mut voxels, mut largest, mut total) = (0, 0, 0);
        for (rgba, count) in &self.counts {
            let rgb = self.used[self.number(*rgba) as usize - 1].rgb;
            let apart = (0..3).map(|c| u64::from(rgb[c].abs_diff(rgba.0[c]))).max().unwrap_or(0);
            if apart > 0 {
                voxels += count;
                largest = largest.max(apart);
                total += apart * count;
            }
        }
        if voxels > 0 {
            let mean = total as f64 / voxels as f64;
            let what = format!(
                "colours become the blocks that look most alike, at most {largest} of 255 away in a \
                 channel, {mean:.1} in the mean"
            );
            out.lose(Loss::ColorsReduced, what, voxels);
        }
    }
}

/// How different two colours look: green counts most, blue least.
fn distance(a: [u8; 3], b: Rgba) -> u32 {
    let weights = [3, 4, 2];
    (0..3).map(|c| weights[c] * u32::from(a[c].abs_diff(b.0[c])).pow(2)).sum()
}
