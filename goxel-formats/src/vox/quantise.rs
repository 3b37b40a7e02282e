//! [`Colours`]: at most 255 colours for any number of them.
//!
//! Up to 255 colours stand as they are. More are cut into boxes, always the one whose longest
//! edge times its voxels is the largest, at the voxel in the middle of that edge (median cut);
//! the colour of a box is the mean of its voxels.

use std::collections::HashMap;

use goxel_proto::types::Rgba;

/// Colours that a palette has room for: index 0 is empty.
const COLOURS_MAX: usize = 255;

/// A palette, and where every colour of a project is in it.
#[derive(Debug)]
pub(super) struct Colours {
    /// The first one has index 1.
    pub(super) palette: Vec<Rgba>,
    indices: HashMap<Rgba, u8>,
}

impl Colours {
    /// The palette for colours, each with how many voxels have it. It begins with those that are
    /// wanted, used or not, if there is room for all.
    pub(super) fn new(mut counts: HashMap<Rgba, u64>, wanted: &[Rgba]) -> Self {
        let mut colours = Self { palette: Vec::new(), indices: HashMap::new() };
        if has_room(&counts, wanted) {
            for &rgba in wanted {
                colours.palette.push(rgba);
                if counts.remove(&rgba).is_some() {
                    colours.indices.insert(rgba, colours.palette.len() as u8);
                }
            }
        }
        let mut all: Vec<(Rgba, u64)> = counts.into_iter().collect();
        // The same project makes the same file.
        all.sort_unstable();
        if all.len() + colours.palette.len() <= COLOURS_MAX {
            all.chunks(1).for_each(|colour| colours.add(colour));
        } else {
            cut(all).iter().for_each(|group| colours.add(group));
        }
        colours
    }

    /// Adds one palette entry for all of these.
    fn add(&mut self, group: &[(Rgba, u64)]) {
        self.palette.push(mean(group));
        let index = self.palette.len() as u8;
        self.indices.extend(group.iter().map(|(rgba, _)| (*rgba, index)));
    }

    /// The index of a colour that was counted.
    pub(super) fn index(&self, rgba: Rgba) -> u8 {
        self.indices.get(&rgba).copied().unwrap_or(1)
    }
}

/// Whether a palette has room for the wanted colours and for those besides that are there.
fn has_room(counts: &HashMap<Rgba, u64>, wanted: &[Rgba]) -> bool {
    let others = || counts.keys().filter(|rgba| !wanted.contains(rgba)).count();
    wanted.len().max(counts.len()) <= COLOURS_MAX && wanted.len() + others() <= COLOURS_MAX
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

    fn ramp(count: usize) -> HashMap<Rgba, u64> {
        (0..count)
            .map(|i| (Rgba::opaque(i as u8, (i >> 8) as u8 * 16, 0), 1 + i as u64 % 3))
            .collect()
    }

    #[test]
    fn few_colours_are_exact_and_many_are_close() {
        let colours = Colours::new(ramp(255), &[]);
        assert_eq!(colours.palette.len(), 255);
        for rgba in ramp(255).into_keys() {
            assert_eq!(colours.palette[usize::from(colours.index(rgba)) - 1], rgba);
        }
        let colours = Colours::new(ramp(1024), &[]);
        assert_eq!(colours.palette.len(), 255);
        for rgba in ramp(1024).into_keys() {
            let near = colours.palette[usize::from(colours.index(rgba)) - 1];
            let apart = (0..4).map(|c| rgba.0[c].abs_diff(near.0[c])).max();
            assert!(apart <= Some(16), "{rgba:?} became {near:?}");
        }
        assert!(Colours::new(HashMap::new(), &[]).palette.is_empty());
    }

    #[test]
    fn wanted_colours_come_first_where_there_is_room() {
        // One is used, one stands there twice, one is not used.
        let [used, unused] = [Rgba::opaque(9, 0, 0), Rgba::WHITE];
        let wanted = [unused, used, used];
        let colours = Colours::new(ramp(253), &wanted);
        assert_eq!((&colours.palette[..3], colours.palette.len()), (&wanted[..], 255));
        assert_eq!(colours.index(used), 2);
        for rgba in ramp(253).into_keys() {
            assert_eq!(colours.palette[usize::from(colours.index(rgba)) - 1], rgba);
        }
        let colours = Colours::new(ramp(254), &wanted);
        assert_eq!((colours.palette.len(), colours.palette.contains(&unused)), (254, false));
        assert_eq!(Colours::new(ramp(1024), &wanted).palette.len(), 255);
    }
}
