//! Documents name only what is there: the paths in links, in code and in examples of the pages in
//! Markdown against the files of the workspace.
//!
//! In code, a path may be named from the root on or by its end, as `volume/page.rs` is. A single name
//! counts where it is that of a Rust file. What is built, as `target/doc`, is no file of the workspace
//! and is passed over.

use std::collections::BTreeSet;

use super::Violation;
use super::workspace::{File, Workspace};

/// Says what was true at another time.
const HISTORY: &str = "CHANGELOG.md";
/// Ends a path that is surely one of this workspace, wherever it begins.
const SOURCE: &str = ".rs";

/// Every path that a document names and that is not there.
pub(super) fn check(workspace: &Workspace) -> Vec<Violation> {
    let documents =
        workspace.files.iter().filter(|file| file.path.ends_with(".md") && file.path != HISTORY);
    documents.flat_map(|file| check_document(file, &workspace.paths)).collect()
}

fn check_document(file: &File, paths: &BTreeSet<String>) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (number, line) in (1..).zip(file.text.lines()) {
        let mut missing = |path: &str| {
            let message = format!("names `{path}`, which is not in the workspace");
            found.push(Violation::new(&file.path, Some(number), message));
        };
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            let words = line.split_whitespace().filter(|word| is_rooted(word, paths));
            words.filter(|word| !exists(word, paths)).for_each(&mut missing);
        } else {
            let wrong = links(line).filter(|link| !leads_somewhere(link, &file.path, paths));
            wrong.for_each(&mut missing);
            let spans = code_spans(line).filter(|span| is_path(span, paths));
            spans.filter(|span| !exists(span, paths)).for_each(&mut missing);
        }
    }
    found
}

/// The targets of links that are no addresses, without the places in their pages.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    local.filter_map(|target| target.split('#').next())
}

/// What stands between backticks.
fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Whether a link of a document leads to a file or a directory.
fn leads_somewhere(link: &str, document: &str, paths: &BTreeSet<String>) -> bool {
    let mut place: Vec<&str> = document.split('/').collect();
    place.pop();
    for part in link.trim_end_matches('/').split('/') {
        match part {
            ".." => _ = place.pop(),
            part => place.push(part),
        }
    }
    paths.contains(&place.join("/"))
}

/// Whether a piece of code is meant as a path of the workspace.
fn is_path(span: &str, paths: &BTreeSet<String>) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./".contains(letter);
    let source = (span.ends_with(SOURCE) || span.ends_with('/')) && !span.starts_with(['/', '.']);
    span.chars().all(plain) && (source || is_rooted(span, paths))
}

/// Whether a word begins with a directory that stands in the root of the workspace.
fn is_rooted(word: &str, paths: &BTreeSet<String>) -> bool {
    let first = word.split_once('/').map(|(first, _)| first);
    first.is_some_and(|first| paths.contains(first))
}

/// Whether a path is there, from the root on or as the end of another.
fn exists(path: &str, paths: &BTreeSet<String>) -> bool {
    let path = path.trim_end_matches('/');
    let end = format!("/{path}");
    paths.contains(path) || paths.iter().any(|known| known.ends_with(&end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str, expected: &[(usize, &str)]) {
        let names = ["README.md", "docs", "docs/A.md", "core", "core/src", "core/src/lib.rs"];
        let paths = names.map(str::to_owned).into();
        let file = File { path: "docs/B.md".to_owned(), text: text.to_owned() };
        let found: Vec<_> = check_document(&file, &paths)
            .into_iter()
            .map(|violation| (violation.line.unwrap(), violation.message))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(line, path)| (*line, format!("names `{path}`, which is not in the workspace")))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn links_lead_somewhere() {
        check_text("[a](A.md), [r](../README.md#more), [d](../docs/), [w](https://x.y/z)", &[]);
        check_text("[here](#here)\n[gone](../A.md)", &[(2, "../A.md")]);
        check_text("[a](A.md) and [b](C.md#part)", &[(1, "C.md")]);
    }

    #[test]
    fn code_names_what_is_there() {
        check_text("`core/src/lib.rs`, `src/lib.rs`, `lib.rs`, `core/`, `docs/A.md`", &[]);
        check_text("`core/src/main.rs`\nand `main.rs`", &[(1, "core/src/main.rs"), (2, "main.rs")]);
        check_text("`core/tests/`", &[(1, "core/tests/")]);
        // What is no path of the workspace.
        check_text("`/tmp/x.rs`, `target/doc`, `a/b`, `x.gox`, `cargo xtask`, `docs/*.md`", &[]);
        check_text("core/src/main.rs is no code here", &[]);
    }

    #[test]
    fn examples_name_what_is_there() {
        check_text("```console\n$ cat core/src/lib.rs target/x /tmp/y\n```", &[]);
        check_text("```\n$ cat docs/C.md a.rs\n```\n`a.rs`", &[(2, "docs/C.md"), (4, "a.rs")]);
    }
}
