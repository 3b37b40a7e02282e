//! [`Crate`]: the files of a crate as a tree of modules, and which of them a path passes.

use std::collections::{BTreeMap, BTreeSet};

use super::super::code;
use super::super::workspace::File;
use super::Edges;
use super::paths::{self, Named};

/// How often a name is followed from one re-export to the next. Two are the rule; a circle of
/// re-exports is an error of the compiler, but a name that only looks like one must not hang us.
const HOPS_MAX: usize = 8;

/// What has a root of its own: `src` of a package, or a directory of tests or benches with a
/// `main.rs`. A library and a program in one directory are taken for one.
#[derive(Default)]
pub(super) struct Crate<'a> {
    sources: Vec<Source<'a>>,
    /// Which of them are a module; two for the roots of a library and a program.
    modules: BTreeMap<Vec<String>, Vec<usize>>,
}

struct Source<'a> {
    file: &'a str,
    module: Vec<String>,
    named: Vec<Named>,
}

/// The crates that these files make, apart from those that stand alone.
pub(super) fn crates<'a>(files: impl Iterator<Item = &'a File>) -> Vec<Crate<'a>> {
    let files: Vec<&File> = files.collect();
    let roots: BTreeSet<&str> = files.iter().filter_map(|file| root_in(&file.path)).collect();
    let mut crates: BTreeMap<&str, Crate<'_>> = BTreeMap::new();
    for file in files {
        let above = roots.iter().filter(|root| file.path.starts_with(**root));
        if let Some(root) = above.max_by_key(|root| root.len()) {
            crates.entry(root).or_default().add(file, &file.path[root.len()..]);
        }
    }
    crates.into_values().collect()
}

/// The directory, with its slash, that this file is the root of a crate in.
fn root_in(path: &str) -> Option<&str> {
    let dir = path.strip_suffix("lib.rs").or_else(|| path.strip_suffix("main.rs"))?;
    dir.ends_with('/').then_some(dir)
}

/// The module of a file that is at this place below the root.
fn module(place: &str) -> Vec<String> {
    let place = place.strip_suffix(".rs").unwrap_or(place);
    let mut names: Vec<String> = place.split('/').map(str::to_owned).collect();
    let is_root = names.len() == 1 && ["lib", "main"].contains(&names[0].as_str());
    if is_root || names.last().is_some_and(|name| name == "mod") {
        names.pop();
    }
    names
}

impl<'a> Crate<'a> {
    fn add(&mut self, file: &'a File, place: &str) {
        let module = module(place);
        let named = paths::named(&code::blank(&file.text), &module);
        self.modules.entry(module.clone()).or_default().push(self.sources.len());
        self.sources.push(Source { file: &file.path, module, named });
    }

    /// Which files import which, but for those above and below themselves.
    pub(super) fn edges(&self) -> Edges<'a> {
        let mut edges = Edges::new();
        for source in &self.sources {
            let targets = edges.entry(source.file).or_default();
            let mut passed = BTreeSet::new();
            for named in &source.named {
                self.pass(&named.path, HOPS_MAX, &mut passed);
            }
            let others = passed.iter().map(|at| &self.sources[*at]);
            targets.extend(others.filter(|other| !is_one_piece(source, other)).map(|o| o.file));
        }
        edges
    }

    /// Adds the file that `path` leads into, and those that it leads to from there, since what it
    /// names there was imported from somewhere.
    fn pass(&self, path: &[String], hops: usize, passed: &mut BTreeSet<usize>) {
        let depths = (0..=path.len()).rev();
        let Some(depth) = depths.into_iter().find(|&at| self.modules.contains_key(&path[..at]))
        else {
            return;
        };
        let files = &self.modules[&path[..depth]];
        passed.extend(files);
        let (Some(name), Some(hops)) = (path.get(depth), hops.checked_sub(1)) else { return };
        for source in files.iter().map(|at| &self.sources[*at]) {
            let from = source.named.iter().filter(|n| n.imported_as.as_ref() == Some(name));
            for named in from.filter(|named| named.path[..] != path[..=depth]) {
                self.pass(&[&named.path[..], &path[depth + 1..]].concat(), hops, passed);
            }
        }
    }
}

/// Whether one of them is inside of the other.
fn is_one_piece(a: &Source<'_>, b: &Source<'_>) -> bool {
    a.module.starts_with(&b.module) || b.module.starts_with(&a.module)
}
