//! [`Window`]: what happened in some time, merged: what changed of a project is one entry however many edits
//! it was.
//!
//! Invariant: what it holds is bounded. What is more is counted as missed, and those who are told read
//! everything again.

use std::collections::BTreeMap;
use std::rc::Rc;

use goxel_core::ChangedArea;
use goxel_proto::types::Happening;

use super::notes::{Edited, Fate, JobNote};
use super::span::Span;

/// Projects that a window has entries of: more than people edit at once. Each takes up to ten kilobytes.
const PROJECTS_MAX: usize = 128;
/// Projects that were opened, closed and so on in a window: they are told one by one.
const FATES_MAX: usize = 256;
/// Jobs of a window: as many as run and some that wait.
const JOBS_MAX: usize = 256;

/// Steps of a history.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steps {
    pub(super) last: Happening,
    pub(super) count: u64,
}

/// Of one kind and project.
#[derive(Clone, Debug)]
pub(super) struct Merged<T> {
    pub(super) span: Span,
    pub(super) what: T,
}

/// What happened to one project.
#[derive(Clone, Debug)]
pub(super) struct OfProject {
    pub(super) name: Rc<str>,
    pub(super) change: Option<Merged<ChangedArea>>,
    pub(super) layers: Option<Merged<ChangedArea>>,
    pub(super) scene: Option<Merged<()>>,
    pub(super) history: Option<Merged<Steps>>,
}

/// What happened in some time.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    pub(super) projects: BTreeMap<u64, OfProject>,
    pub(super) fates: Vec<Fate>,
    pub(super) jobs: BTreeMap<u64, JobNote>,
    /// There was more.
    pub(super) is_overfull: bool,
}

impl Window {
    pub(super) fn is_empty(&self) -> bool {
        let nothing = self.projects.is_empty() && self.fates.is_empty() && self.jobs.is_empty();
        nothing && !self.is_overfull
    }

    /// All of it is missed.
    pub(super) fn overfull() -> Self {
        Self { is_overfull: true, ..Self::default() }
    }

    pub(super) fn edited(&mut self, edited: &Edited) {
        let Edited { changed, step, span, number, name } = edited;
        let Some(entry) = self.entry(*number, name) else { return };
        if !changed.voxels.is_empty() {
            merge(&mut entry.change, *span, &changed.voxels, ChangedArea::merge);
        }
        if changed.layers {
            merge(&mut entry.layers, *span, &changed.looks, ChangedArea::merge);
        }
        if changed.scene {
            merge(&mut entry.scene, *span, &(), |(), ()| ());
        }
        if let Some(last) = *step {
            merge(&mut entry.history, *span, &Steps { last, count: 1 }, Steps::merge);
        }
    }

    pub(super) fn fate(&mut self, fate: Fate) {
        if let Some(entry) = self.projects.get_mut(&fate.number) {
            entry.name = Rc::clone(&fate.name);
        }
        if self.fates.len() < FATES_MAX {
            self.fates.push(fate);
        } else {
            self.is_overfull = true;
        }
    }

    pub(super) fn job(&mut self, note: JobNote) {
        if self.jobs.len() < JOBS_MAX || self.jobs.contains_key(&note.job) {
            self.jobs.insert(note.job, note);
        } else {
            self.is_overfull = true;
        }
    }

    /// Takes in what happened after it.
    pub(super) fn merge(&mut self, later: &Self) {
        self.is_overfull |= later.is_overfull;
        for (number, of) in &later.projects {
            let Some(entry) = self.entry(*number, &of.name) else { continue };
            if let Some(change) = &of.change {
                merge(&mut entry.change, change.span, &change.what, ChangedArea::merge);
            }
            if let Some(layers) = &of.layers {
                merge(&mut entry.layers, layers.span, &layers.what, ChangedArea::merge);
            }
            if let Some(scene) = &of.scene {
                merge(&mut entry.scene, scene.span, &(), |(), ()| ());
            }
            if let Some(history) = &of.history {
                merge(&mut entry.history, history.span, &history.what, Steps::merge);
            }
        }
        later.fates.iter().for_each(|fate| self.fate(fate.clone()));
        later.jobs.values().for_each(|note| self.job(*note));
    }

    fn entry(&mut self, number: u64, name: &Rc<str>) -> Option<&mut OfProject> {
        if self.projects.len() >= PROJECTS_MAX && !self.projects.contains_key(&number) {
            self.is_overfull = true;
            return None;
        }
        let new = || OfProject {
            name: Rc::clone(name),
            change: None,
            layers: None,
            scene: None,
            history: None,
        };
        let entry = self.projects.entry(number).or_insert_with(new);
        if entry.name != *name {
            entry.name = Rc::clone(name);
        }
        Some(entry)
    }
}

impl Steps {
    fn merge(&mut self, later: &Self) {
        (self.last, self.count) = (later.last, self.count + later.count);
    }
}

fn merge<T: Clone>(
    entry: &mut Option<Merged<T>>,
    span: Span,
    what: &T,
    merge: impl FnOnce(&mut T, &T),
) {
    match entry {
        Some(entry) => {
            entry.span.merge(span);
            merge(&mut entry.what, what);
        }
        none => *none = Some(Merged { span, what: what.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use goxel_core::Changed;
    use goxel_proto::Method;
    use goxel_proto::types::Pos;

    use super::super::span::By;
    use super::*;

    fn edit(number: u64, from: u64, x: i32, by: u64) -> Edited {
        let mut changed = Changed::default();
        changed.voxels.put_voxel(Pos::new(x, 0, 0));
        let span = Span { from, to: from + 1, by: By::One(by) };
        Edited { changed, step: None, span, number, name: "p".into() }
    }

    fn fate(number: u64, name: &str) -> Fate {
        let (what, by) = (Happening::Renamed, By::Others);
        Fate { what, number, name: name.into(), from: None, version: None, by }
    }

    #[test]
    fn edits_are_merged_in_one_window_as_over_several() {
        let (mut one, mut first, mut second) =
            (Window::default(), Window::default(), Window::default());
        for version in 1..9 {
            let edit = Edited {
                step: Some(Happening::Undo),
                ..edit(7, version, version as i32, 1 + version / 8)
            };
            one.edited(&edit);
            if version < 5 { &mut first } else { &mut second }.edited(&edit);
        }
        first.merge(&second);
        for window in [one, first] {
            let of = &window.projects[&7];
            let change = of.change.as_ref().expect("voxels");
            assert_eq!(change.span, Span { from: 1, to: 9, by: By::Others });
            assert_eq!(change.what.bounds().map(|bounds| bounds.size()), Some([8, 1, 1]));
            assert_eq!(of.history.as_ref().map(|history| history.what.count), Some(8));
            assert!(of.layers.is_none() && of.scene.is_none() && !window.is_overfull);
        }
    }

    #[test]
    fn each_list_is_bounded_and_what_is_more_is_missed() {
        let mut window = Window::default();
        (0..PROJECTS_MAX as u64).for_each(|number| window.edited(&edit(number, 1, 0, 1)));
        window.edited(&edit(5, 2, 0, 1));
        (0..FATES_MAX).for_each(|_| window.fate(fate(5, "q")));
        let note = |job| JobNote {
            job,
            what: Happening::Runs,
            method: Method::Undo,
            project: None,
            done: 0,
            total: 0,
            unit: "voxels",
            error: None,
            by: By::Others,
        };
        (0..JOBS_MAX as u64).for_each(|job| window.job(note(job)));
        window.job(note(5));
        assert!(!window.is_overfull && !window.is_empty());
        assert_eq!(&*window.projects[&5].name, "q", "it goes by its new name");
        let more: [&dyn Fn(&mut Window); 3] = [
            &|window| window.edited(&edit(u64::MAX, 1, 0, 1)),
            &|window| window.fate(fate(1, "r")),
            &|window| window.job(note(u64::MAX)),
        ];
        for more in more {
            let mut window = window.clone();
            more(&mut window);
            assert!(window.is_overfull);
        }
        assert!(Window::overfull().is_overfull && !Window::overfull().is_empty());
        assert!(Window::default().is_empty());
    }
}
