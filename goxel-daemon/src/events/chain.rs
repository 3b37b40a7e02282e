//! [`Chain`]: windows by number: one that is open, behind those that are sealed and not told to all yet.
//!
//! Sealed windows that nobody is between are merged, and told ones dropped. Where there are still too many
//! the oldest are merged whoever is between: such a listener is told some of it twice.

use std::collections::{BTreeSet, VecDeque};

use super::window::Window;

/// Windows that are kept: with `--durability always` each commit begins one, some tens in the time in which
/// events are merged. Each may take a megabyte, and mostly takes less than a kilobyte.
const WINDOWS_MAX: usize = 64;
/// So many are left when there are too many, so that it is not looked at each time.
const WINDOWS_LEFT: usize = WINDOWS_MAX / 2;

/// All windows.
#[derive(Debug, Default)]
pub(super) struct Chain {
    open: Window,
    /// The commit that makes durable what the open one tells.
    commit: u64,
    sealed: VecDeque<Sealed>,
    /// The number of the open one.
    next: u64,
}

#[derive(Debug)]
struct Sealed {
    /// The number of the first that it was merged of.
    first: u64,
    window: Window,
    commit: u64,
}

impl Chain {
    /// Makes an entry in the open window, of something that this commit makes durable. Gives whether it is
    /// the first there.
    pub(super) fn note(&mut self, commit: u64, note: impl FnOnce(&mut Window)) -> bool {
        if commit != self.commit {
            self.seal();
            self.commit = commit;
        }
        let is_first = self.open.is_empty();
        note(&mut self.open);
        is_first && !self.open.is_empty()
    }

    /// Begins a new window, unless the open one is empty. Gives the number of the open one.
    pub(super) fn seal(&mut self) -> u64 {
        if !self.open.is_empty() {
            let window = std::mem::take(&mut self.open);
            let (first, commit) = (self.next, self.commit);
            self.sealed.push_back(Sealed { first, window, commit });
            self.next += 1;
        }
        self.next
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.sealed.len()
    }

    /// Whether there are too many.
    pub(super) fn is_long(&self) -> bool {
        self.sealed.len() > WINDOWS_MAX
    }

    /// Seals the open window, and gives the number behind those whose commits are settled, all before them
    /// included; and whether those are all.
    pub(super) fn settled(&mut self, is_settled: impl Fn(u64) -> bool) -> (u64, bool) {
        self.seal();
        let unsettled = self.sealed.iter().find(|sealed| !is_settled(sealed.commit));
        unsettled.map_or((self.next, true), |sealed| (sealed.first, false))
    }

    /// What happened from one number to before another.
    pub(super) fn range(&self, from: u64, end: u64) -> Window {
        let mut merged = Window::default();
        for (at, sealed) in self.sealed.iter().enumerate() {
            let behind = self.sealed.get(at + 1).map_or(self.next, |next| next.first);
            if behind > from && sealed.first < end {
                merged.merge(&sealed.window);
            }
        }
        merged
    }

    /// Drops what is before the number that the slowest listener is at.
    pub(super) fn drop_before(&mut self, slowest: u64) {
        while let Some(second) = self.sealed.get(1).map_or(Some(self.next), |next| Some(next.first))
            && second <= slowest
            && self.sealed.pop_front().is_some()
        {}
    }

    /// Has few windows, where listeners are at these numbers.
    pub(super) fn shorten(&mut self, at: &BTreeSet<u64>) {
        self.drop_before(at.first().copied().unwrap_or(self.next));
        self.merge_where(|_, second| !at.contains(&second.first));
        let surplus = self.sealed.len().saturating_sub(WINDOWS_LEFT);
        let mut oldest = 0..surplus;
        self.merge_where(|_, _| oldest.next().is_some());
    }

    /// Merges neighbours of which this says so.
    fn merge_where(&mut self, mut may: impl FnMut(&Sealed, &Sealed) -> bool) {
        let mut merged: VecDeque<Sealed> = VecDeque::new();
        for sealed in std::mem::take(&mut self.sealed) {
            match merged.back_mut() {
                Some(last) if may(last, &sealed) => {
                    last.window.merge(&sealed.window);
                    last.commit = last.commit.max(sealed.commit);
                }
                _ => merged.push_back(sealed),
            }
        }
        self.sealed = merged;
    }

    /// Nobody knows what became of that which was to be told.
    pub(super) fn lose(&mut self) {
        self.seal();
        for sealed in &mut self.sealed {
            (sealed.window, sealed.commit) = (Window::overfull(), 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chain of windows of these commits, each of which tells of one job by its number.
    fn chain(commits: &[u64]) -> Chain {
        let mut chain = Chain::default();
        for (number, commit) in commits.iter().enumerate() {
            note(&mut chain, *commit, number as u64);
            chain.seal();
        }
        chain
    }

    fn note(chain: &mut Chain, commit: u64, job: u64) -> bool {
        let note = super::super::JobNote {
            job,
            what: goxel_proto::types::Happening::Runs,
            method: goxel_proto::Method::Undo,
            project: None,
            done: 0,
            total: 0,
            unit: "voxels",
            error: None,
            by: super::super::By::Others,
        };
        chain.note(commit, |window| window.job(note))
    }

    fn jobs(chain: &Chain, from: u64, end: u64) -> Vec<u64> {
        chain.range(from, end).jobs.into_keys().collect()
    }

    #[test]
    fn a_listener_is_told_what_is_behind_its_number() {
        let mut chain = chain(&[0; 4]);
        assert_eq!(jobs(&chain, 1, 3), [1, 2]);
        assert_eq!(chain.seal(), 4, "nothing is open");
        assert!(note(&mut chain, 0, 9) && !note(&mut chain, 0, 10), "the first of a window");
        assert_eq!(jobs(&chain, 3, 9), [3], "what is open is not told");
        assert_eq!(chain.settled(|_| true), (5, true));
        assert_eq!(jobs(&chain, 3, 5), [3, 9, 10]);
        chain.drop_before(4);
        assert_eq!(jobs(&chain, 0, 5), [9, 10]);
        chain.drop_before(5);
        assert!(jobs(&chain, 0, 5).is_empty() && chain.seal() == 5);
    }

    #[test]
    fn windows_that_nobody_is_between_are_merged() {
        let mut chain = chain(&[0; 10]);
        chain.shorten(&[2, 7].into());
        assert_eq!(chain.sealed.len(), 2);
        assert_eq!(jobs(&chain, 2, 10), [2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(jobs(&chain, 7, 10), [7, 8, 9]);
    }

    #[test]
    fn there_are_few_windows_however_many_are_between_them() {
        let mut chain = chain(&[0; WINDOWS_MAX + 1]);
        assert!(chain.is_long());
        let end = WINDOWS_MAX as u64 + 1;
        chain.shorten(&(0..end).collect());
        assert!(!chain.is_long() && chain.sealed.len() == WINDOWS_LEFT);
        for from in 0..end {
            let told = jobs(&chain, from, end);
            assert!((from..end).all(|job| told.contains(&job)), "{from}: nothing is missed");
        }
        assert_eq!(jobs(&chain, end - 1, end), [end - 1]);
    }

    #[test]
    fn nothing_is_told_before_its_commit() {
        let mut chain = chain(&[1, 1, 2]);
        assert!(note(&mut chain, 3, 9) && note(&mut chain, 4, 10), "each begins a window");
        let end = |chain: &mut Chain, done: u64| chain.settled(|commit| commit <= done).0;
        assert_eq!([0, 1, 2, 3, 4].map(|done| end(&mut chain, done)), [0, 2, 3, 4, 5]);
        assert!(!chain.settled(|commit| commit <= 2).1);
        chain.lose();
        assert_eq!(chain.settled(|commit| commit <= 2), (5, true));
        assert!(chain.range(3, 5).is_overfull && chain.range(3, 5).jobs.is_empty());
    }
}
