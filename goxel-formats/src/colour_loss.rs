//! [`ColourLoss`]: how far the colours of a file are from those of the voxels, for all formats that have
//! fewer colours than a project.

use goxel_proto::types::Loss;

use crate::Out;

/// What is known of colours that another one stands for.
#[derive(Clone, Debug, Default)]
pub(crate) struct ColourLoss {
    /// Voxels of another colour than their own.
    voxels: u64,
    /// By how much a channel differs at the most.
    largest: u8,
    /// The sum over these voxels of the channel that differs most.
    total: u64,
}

impl ColourLoss {
    /// Counts voxels of one colour, and what stands for it; both have the channels that the format has.
    pub(crate) fn add<const N: usize>(&mut self, voxels: u64, own: [u8; N], near: [u8; N]) {
        let apart = own.iter().zip(near).map(|(own, near)| own.abs_diff(near)).max().unwrap_or(0);
        if apart > 0 {
            self.voxels += voxels;
            self.largest = self.largest.max(apart);
            self.total += u64::from(apart) * voxels;
        }
    }

    /// Tells it, after what becomes of the colours and why.
    pub(crate) fn tell(&self, why: &str, out: &mut Out<'_>) {
        let mean = self.total as f64 / self.voxels.max(1) as f64;
        let what = format!(
            "{why}, at most {} of 255 away in a channel, {mean:.1} in the mean",
            self.largest
        );
        out.lose(Loss::ColorsReduced, what, self.voxels);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Report, Warning, WriteOptions};

    fn told(colours: &[(u64, [u8; 3], [u8; 3])]) -> Vec<Warning> {
        let mut loss = ColourLoss::default();
        colours.iter().for_each(|&(voxels, own, near)| loss.add(voxels, own, near));
        let mut bytes = Vec::new();
        let mut out = Out::new(&WriteOptions::default(), Report::default(), &mut bytes);
        loss.tell("they change", &mut out);
        out.finish().unwrap().warnings
    }

    #[test]
    fn only_voxels_that_changed_count() {
        assert_eq!(told(&[(9, [1, 2, 3], [1, 2, 3])]), []);
        let warnings = told(&[(9, [7; 3], [7; 3]), (3, [10; 3], [10, 6, 11]), (1, [0; 3], [8; 3])]);
        let what = "they change, at most 8 of 255 away in a channel, 5.0 in the mean".to_owned();
        assert_eq!(warnings, [Warning { code: Loss::ColorsReduced, what, count: 4 }]);
    }
}
