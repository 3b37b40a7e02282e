//! No circles between the files of a crate: who reads one file has then to read no more than what
//! stands below it.
//!
//! An edge goes from a file to every file that a path in it, from `crate::` or `super::`, passes:
//! the one that re-exports a name and the one that has it. A module and what stands inside of it
//! may know each other, since they are one piece that is cut into files.

mod paths;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use self::tree::Crate;
use super::Violation;
use super::workspace::Workspace;

/// Every circle between files of one crate.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let sources = workspace.files.iter().filter(|file| file.is_rust());
    tree::crates(sources).iter().flat_map(violations).collect()
}

/// A circle is reported once, at its first file.
fn violations(krate: &Crate<'_>) -> Vec<Violation> {
    let report = |circle: Vec<&str>| {
        let message = format!("these files import each other in a circle: {}", circle.join(", "));
        Violation::new(circle[0], None, message)
    };
    circles(&krate.edges()).into_iter().map(report).collect()
}

/// Which files a file imports.
type Edges<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The files that reach each other, in groups of two or more.
fn circles<'a>(edges: &Edges<'a>) -> Vec<Vec<&'a str>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        edges.keys().map(|file| (*file, reach(edges, file))).collect();
    let mut found = BTreeSet::new();
    for (file, others) in &reached {
        if others.contains(file) {
            let back = |other: &&&str| reached.get(**other).is_some_and(|all| all.contains(file));
            found.insert(others.iter().filter(back).copied().collect::<Vec<_>>());
        }
    }
    found.into_iter().collect()
}

/// All files that can be reached from one. Crates have some hundred files, so plain search will do.
fn reach<'a>(edges: &Edges<'a>, from: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&str> = edges[from].iter().copied().collect();
    while let Some(file) = next.pop() {
        if seen.insert(file) {
            next.extend(edges.get(file).into_iter().flatten());
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::super::workspace::File;
    use super::*;

    /// Checks a crate of these files; `expected` are the files of each circle.
    fn check_crate(files: &[(&str, &str)], expected: &[&str]) {
        let file = |(path, text): &(&str, &str)| File {
            path: format!("a/src/{path}"),
            text: (*text).to_owned(),
        };
        let workspace = Workspace {
            packages: Vec::new(),
            files: files.iter().map(file).collect(),
            paths: BTreeSet::new(),
        };
        let found = check(&workspace).into_iter().map(|violation| {
            let (_, circle) = violation.message.split_once(": ").unwrap();
            circle.replace("a/src/", "")
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{files:?}");
    }

    #[test]
    fn files_that_import_each_other() {
        let root = ("lib.rs", "mod a;\nmod b;");
        check_crate(&[root, ("a.rs", "use crate::b::B;"), ("b.rs", "")], &[]);
        for back in [
            "use crate::a::A;",
            "pub(crate) use super::a::{self, B as C};",
            "use crate::{b, a::{A}};",
            "fn f() -> super::a::A {}",
            "mod inner {\n use super::super::a::A;\n}",
            "fn f() { crate::a::f::<u8>() }",
            "use crate :: a;",
        ] {
            let files = [root, ("a.rs", "use crate::b::B;"), ("b.rs", back)];
            check_crate(&files, &["a.rs, b.rs"]);
        }
        for nothing in [
            "// use crate::a::A;",
            "const A: &str = \"crate::a::A\";",
            "mod inner {\n use super::a::A;\n}",
            "use other::a::A;",
            "pub(in crate::a) struct B;",
            "#[cfg(test)]\nmod tests {\n use crate::a::A;\n}",
        ] {
            let files = [root, ("a.rs", "use crate::b::B;"), ("b.rs", nothing)];
            check_crate(&files, &[]);
        }
    }

    #[test]
    fn a_module_and_what_is_in_it_are_one_piece() {
        check_crate(
            &[
                ("lib.rs", "mod a;\nuse a::b::B;"),
                ("a/mod.rs", "mod b;\nuse self::b::B;\nuse crate::F;"),
                ("a/b.rs", "use super::A;\nuse crate::a;\nuse crate::F;"),
            ],
            &[],
        );
        // But not its children among themselves, nor with somebody else's.
        let mutual = [
            ("lib.rs", "mod a;\nmod c;"),
            ("a.rs", "mod b;\nmod d;"),
            ("a/b.rs", "use super::d::D;\nuse crate::c::C;"),
            ("a/d.rs", "use super::b::B;"),
            ("c.rs", "use crate::a::d::D;"),
        ];
        check_crate(&mutual, &["a/b.rs, a/d.rs, c.rs"]);
    }

    #[test]
    fn names_are_followed_to_where_they_come_from() {
        let root = ("lib.rs", "mod a;\nmod b;\npub use b::B;");
        check_crate(
            &[root, ("a.rs", "use crate::B;"), ("b.rs", "use crate::a::A;")],
            &["a.rs, b.rs"],
        );
        // Whoever passes a name on is in the circle, too.
        let passed_on = [
            ("lib.rs", "mod a;\nmod b;"),
            ("a.rs", "use crate::b::C;"),
            ("b.rs", "mod c;\npub use self::c::C;\nuse crate::a::A;"),
            ("b/c.rs", ""),
        ];
        check_crate(&passed_on, &["a.rs, b.rs"]);
        let renamed = [
            ("lib.rs", "mod a;\nmod b;\npub use self::b::{B as C};"),
            ("a.rs", "use crate::{C};"),
            ("b.rs", "use crate::a::A;"),
        ];
        check_crate(&renamed, &["a.rs, b.rs"]);
    }

    #[test]
    fn every_crate_is_by_itself() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let files = vec![
            file("a/src/a.rs", "use crate::b;"),
            file("a/src/b.rs", ""),
            file("a/src/lib.rs", ""),
            file("c/it/a.rs", ""),
            file("c/it/b.rs", "use crate::a;"),
            file("c/it/main.rs", ""),
        ];
        assert!(
            check(&Workspace { packages: Vec::new(), files, paths: BTreeSet::new() }).is_empty()
        );
    }
}
