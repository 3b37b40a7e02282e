//! [`Colours`]: at most 255 colours for any number of them.
//!
//! Up to 255 colours stand as they are. More are cut into boxes, always the one whose longest
//! edge times its voxels is the largest, at the voxel in the middle of that edge (median cut);
//! the colour of a box is the mean of its voxels.

use goxel_proto::types::Rgba;

use super::COLOURS_MAX;
use super::histogram::{CELLS, ColourMap, Histogram, cell};

/// A palette, and where every colour of a project is in it.
#[derive(Debug)]
pub(crate) struct Colours {
    /// The first one has index 1.
    pub(crate) palette: Vec<Rgba>,
    indices: Indices,
}

/// Where colours are in the palette.
#[derive(Debug)]
enum Indices {
    /// Each by itself.
    Single(ColourMap<u8>),
    /// Each by the cell that it falls into.
    Cells(Box<[u8]>),
}

impl Colours {
    /// The palette for colours that were counted. It begins with those that are wanted, used or not:
    /// others take the places of unused ones, the last first, where there is no more room. Where too
    /// many are used, none stands as it was.
    pub(crate) fn new(counts: &Histogram, wanted: &[Rgba]) -> Self {
        let mut all = counts.colours();
        // The same project makes the same file.
        all.sort_unstable();
        match counts {
            Histogram::Single(_) if all.len() <= COLOURS_MAX => Self::exact(&all, wanted),
            Histogram::Single(_) => {
                let mut indices = ColourMap::default();
                let palette = reduced(all, |rgba, index| _ = indices.insert(rgba, index));
                Self { palette, indices: Indices::Single(indices) }
            }
            Histogram::Cells(_) => {
                let mut indices = vec![0; CELLS].into_boxed_slice();
                let palette = reduced(all, |rgba, index| indices[cell(rgba)] = index);
                Self { palette, indices: Indices::Cells(indices) }
            }
        }
    }

    fn exact(used: &[(Rgba, u64)], wanted: &[Rgba]) -> Self {
        let is_used: ColourMap<()> = used.iter().map(|(rgba, _)| (*rgba, ())).collect();
        let mut palette = wanted.to_vec();
        if palette.len() > COLOURS_MAX {
            // Those that are used are no more than there is room for.
            palette.retain(|rgba| is_used.contains_key(rgba));
            palette.truncate(COLOURS_MAX);
        }
        let mut indices = ColourMap::default();
        let mut unused = Vec::new();
        for (at, rgba) in palette.iter().enumerate() {
            if !is_used.contains_key(rgba) || indices.contains_key(rgba) {
                unused.push(at);
            } else {
                indices.insert(*rgba, at as u8 + 1);
            }
        }
        for (rgba, _) in used {
            if indices.contains_key(rgba) {
                continue;
            }
            let at = if palette.len() < COLOURS_MAX {
                palette.push(*rgba);
                palette.len() - 1
            } else {
                unused.pop().unwrap_or(COLOURS_MAX - 1)
            };
            palette[at] = *rgba;
            indices.insert(*rgba, at as u8 + 1);
        }
        Self { palette, indices: Indices::Single(indices) }
    }

    /// The index of a colour that was counted; 0 of what is empty.
    #[inline]
    pub(crate) fn index(&self, rgba: Rgba) -> u8 {
        if rgba.is_empty() {
            return 0;
        }
        match &self.indices {
            Indices::Single(indices) => indices.get(&rgba).copied().unwrap_or(1),
            Indices::Cells(indices) => indices[cell(rgba)],
        }
    }

    /// The colour that stands for another one.
    pub(crate) fn shown(&self, rgba: Rgba) -> Rgba {
        self.palette.get(usize::from(self.index(rgba)).wrapping_sub(1)).copied().unwrap_or(rgba)
    }
}

/// A palette of no more colours than there is room for. Says which of them stands for each.
fn reduced(all: Vec<(Rgba, u64)>, mut stands: impl FnMut(Rgba, u8)) -> Vec<Rgba> {
    let mut palette = Vec::new();
    for group in cut(all) {
        palette.push(mean(&group));
        let index = palette.len() as u8;
        group.iter().for_each(|(rgba, _)| stands(*rgba, index));
    }
    palette
}

/// The mean of colours, rounded.
fn mean(group: &[(Rgba, u64)]) -> Rgba {
    let total: u128 = group.iter().map(|(_, count)| u128::from(*count)).sum();
    Rgba([0, 1, 2, 3].map(|channel| {
        let weighted = group.iter().map(|(rgba, count)| weight(rgba.0[channel], *count));
        ((weighted.sum::<u128>() + total / 2) / total.max(1)) as u8
    }))
}

fn weight(level: u8, count: u64) -> u128 {
    u128::from(level) * u128::from(count)
}

/// Cuts colours into as many groups as a palette has room for.
fn cut(all: Vec<(Rgba, u64)>) -> Vec<Vec<(Rgba, u64)>> {
    let mut groups = vec![Group::new(all)];
    while groups.len() < COLOURS_MAX {
        let widest = (0..groups.len()).max_by_key(|&at| (groups[at].score, usize::MAX - at));
        let Some(at) = widest.filter(|&at| groups[at].score > 0) else { break };
        let (low, high) = groups.swap_remove(at).halves();
        groups.extend([low, high]);
    }
    groups.into_iter().map(|group| group.colours).collect()
}

/// Colours that share a palette entry unless they are cut further.
struct Group {
    colours: Vec<(Rgba, u64)>,
    /// The channel that they differ most in.
    channel: usize,
    /// How much is won by a cut; 0 where there is a single colour.
    score: u128,
}

impl Group {
    fn new(colours: Vec<(Rgba, u64)>) -> Self {
        let spread = |channel: usize| {
            let levels = || colours.iter().map(|(rgba, _)| rgba.0[channel]);
            levels().max().unwrap_or(0) - levels().min().unwrap_or(0)
        };
        let channel = (0..4).max_by_key(|&channel| (spread(channel), 4 - channel)).unwrap_or(0);
        let voxels: u64 = colours.iter().map(|(_, count)| count).sum();
        let score = weight(spread(channel), voxels);
        Self { colours, channel, score }
    }

    /// Two groups with about half the voxels each, neither without a colour.
    fn halves(mut self) -> (Self, Self) {
        let channel = self.channel;
        self.colours.sort_unstable_by_key(|(rgba, _)| (rgba.0[channel], *rgba));
        let total: u64 = self.colours.iter().map(|(_, count)| count).sum();
        let mut passed = 0;
        let middle = self.colours.iter().position(|(_, count)| {
            passed += count;
            passed * 2 >= total
        });
        let last = self.colours.len() - 1;
        let at = middle.map_or(1, |middle| middle + 1).clamp(1, last.max(1));
        let high = self.colours.split_off(at);
        (Self::new(self.colours), Self::new(high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(count: usize) -> Vec<(Rgba, u64)> {
        (0..count)
            .map(|i| (Rgba::opaque(i as u8, (i >> 8) as u8 * 16, 0), 1 + i as u64 % 3))
            .collect()
    }

    fn colours(used: Vec<(Rgba, u64)>, wanted: &[Rgba]) -> Colours {
        Colours::new(&Histogram::Single(used.into_iter().collect()), wanted)
    }

    #[test]
    fn few_colours_are_exact_and_many_are_close() {
        let few = colours(ramp(255), &[]);
        assert_eq!(few.palette.len(), 255);
        for (rgba, _) in ramp(255) {
            assert_eq!(few.shown(rgba), rgba);
        }
        let many = colours(ramp(1024), &[]);
        assert_eq!(many.palette.len(), 255);
        for (rgba, _) in ramp(1024) {
            let near = many.shown(rgba);
            let apart = (0..4).map(|c| rgba.0[c].abs_diff(near.0[c])).max();
            assert!(apart <= Some(16), "{rgba:?} became {near:?}");
        }
        assert!(colours(Vec::new(), &[]).palette.is_empty());
    }

    #[test]
    fn near_colours_of_noise_are_put_together() {
        let mut counts = Histogram::default();
        for at in 0..1 << 17 {
            let rgba = Rgba::opaque(at as u8, (at >> 8) as u8, (at >> 16) as u8 * 9);
            counts.merge(Histogram::Single([(rgba, 1)].into_iter().collect()));
        }
        assert!(matches!(counts, Histogram::Cells(_)));
        let noise = Colours::new(&counts, &[Rgba::WHITE]);
        assert_eq!(noise.palette.len(), 255);
        for rgba in [Rgba::BLACK, Rgba::opaque(255, 255, 9), Rgba::opaque(77, 130, 0)] {
            let apart = (0..4).map(|c| rgba.0[c].abs_diff(noise.shown(rgba).0[c])).max();
            assert!(apart <= Some(20), "{rgba:?} became {:?}", noise.shown(rgba));
        }
        assert_eq!(noise.index(Rgba::EMPTY), 0);
    }

    #[test]
    fn wanted_colours_keep_their_places() {
        // One is used, one stands there twice, one is not used.
        let [used, unused] = [Rgba::opaque(9, 0, 0), Rgba::WHITE];
        let wanted = [unused, used, used];
        for (count, expected) in [(253, &wanted[..]), (254, &wanted[..2]), (255, &wanted[1..2])] {
            let found = colours(ramp(count), &wanted);
            assert_eq!(found.palette.len(), 255);
            let start = if expected.len() == 1 { 1 } else { 0 };
            assert_eq!(&found.palette[start..start + expected.len()], expected);
            assert_eq!(found.index(used), 2);
            for (rgba, _) in ramp(count) {
                assert_eq!(found.shown(rgba), rgba);
            }
        }
        assert_eq!(colours(ramp(1024), &wanted).palette.len(), 255);
        let many: Vec<Rgba> =
            (0..999).map(|at| Rgba::opaque(1, (at >> 8) as u8, at as u8)).collect();
        let found = colours(vec![(many[998], 1), (Rgba::WHITE, 1)], &many);
        assert_eq!(found.palette, [many[998], Rgba::WHITE]);
    }
}
