//! [`Kinds`]: a set of kinds of events; [`Wants`]: of which projects a listener wants which.

use std::collections::BTreeMap;

use goxel_proto::types::{EventKind, Word as _};

/// Some of the kinds, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

impl Kinds {
    /// These.
    pub(crate) fn of(kinds: &[EventKind]) -> Self {
        Self(kinds.iter().fold(0, |bits, kind| bits | bit(*kind)))
    }

    pub(super) fn has(self, kind: EventKind) -> bool {
        self.0 & bit(kind) != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    pub(super) fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Each of them.
    pub(crate) fn each(self) -> impl Iterator<Item = EventKind> {
        EventKind::all().filter(move |kind| self.has(*kind))
    }
}

fn bit(kind: EventKind) -> u8 {
    1 << kind as u8
}

/// What a listener wants to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wants {
    /// Of all projects.
    pub(super) all: Kinds,
    /// Of these, by the number of their identity. None has no kinds.
    pub(super) projects: BTreeMap<u64, Kinds>,
}

impl Wants {
    /// Whether it wants events of this kind; of this project, where they are of one.
    pub(super) fn has(&self, project: Option<u64>, kind: EventKind) -> bool {
        self.of(project).has(kind)
    }

    /// What it wants of a project, or of none.
    pub(super) fn of(&self, project: Option<u64>) -> Kinds {
        let named = project.and_then(|number| self.projects.get(&number));
        self.all.and(named.copied().unwrap_or_default())
    }

    /// How many subscriptions these are.
    pub(super) fn count(&self) -> usize {
        self.projects.len() + usize::from(!self.all.is_empty())
    }

    pub(super) fn add(&mut self, project: Option<u64>, kinds: Kinds) {
        let wanted = match project {
            Some(number) => self.projects.entry(number).or_default(),
            None => &mut self.all,
        };
        *wanted = wanted.and(kinds);
    }

    /// Takes away kinds of a project; of all that it wants where none is named.
    pub(super) fn remove(&mut self, project: Option<u64>, kinds: Kinds) {
        if project.is_none() {
            self.all = self.all.without(kinds);
        }
        self.projects.retain(|number, wanted| {
            if project.is_none_or(|project| project == *number) {
                *wanted = wanted.without(kinds);
            }
            !wanted.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_of_all_is_wanted_of_each() {
        let (change, job) = (Kinds::of(&[EventKind::Change]), Kinds::of(&[EventKind::Job]));
        let mut wants = Wants::default();
        wants.add(Some(1), change);
        wants.add(None, job);
        let has = |wants: &Wants| {
            [(Some(1), EventKind::Change), (Some(1), EventKind::Job), (Some(2), EventKind::Change)]
                .map(|(project, kind)| wants.has(project, kind))
        };
        assert_eq!((has(&wants), wants.count()), ([true, true, false], 2));
        assert!(wants.has(None, EventKind::Job) && !wants.has(None, EventKind::Change));
        wants.remove(Some(1), job);
        assert_eq!(has(&wants), [true, true, false], "it is wanted of all");
        wants.remove(None, change);
        assert_eq!((has(&wants), wants.count()), ([false, true, false], 1));
        let all: Vec<_> = EventKind::all().collect();
        wants.remove(None, Kinds::of(&all));
        assert_eq!(wants, Wants::default());
        assert!(Kinds::of(&all).each().eq(all));
    }
}
