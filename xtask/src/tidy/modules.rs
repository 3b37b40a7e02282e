//! Which module of a crate another crate may name: the last column of [`tables::CRATES`] against
//! the sources.

use super::Violation;
use super::code;
use super::tables;
use super::workspace::{File, Package};

/// Every forbidden module that `file` of `package` names.
pub(super) fn check(package: &Package, file: &File) -> Vec<Violation> {
    let row = tables::crate_row(&package.name).filter(|_| file.is_rust());
    let limits = row.map_or(&[][..], |row| row.modules);
    if limits.is_empty() {
        return Vec::new();
    }
    let code = code::blank(&file.text);
    let check_limit = |(name, allowed): &(&str, &[&str])| {
        let named = modules_named(&code, &name.replace('-', "_"));
        let wrong = named.into_iter().filter(|(_, module)| !allowed.contains(&module.as_str()));
        let violation = |(line, module): (usize, String)| {
            let allowed = allowed.join(", ");
            let message =
                format!("{} must not use {name}'s `{module}` (allowed: {allowed})", package.name);
            Violation::new(&file.path, Some(line), message)
        };
        wrong.map(violation).collect::<Vec<_>>()
    };
    limits.iter().flat_map(check_limit).collect()
}

/// What follows `krate::` wherever it stands in `code`, with the number of its line. Where nothing
/// follows (`use krate as other`), all of the crate is named: `*`.
fn modules_named(code: &str, krate: &str) -> Vec<(usize, String)> {
    let named = |at: usize| {
        let modules = match code[at + krate.len()..].trim_start().strip_prefix("::") {
            Some(path) => first_segments(path.trim_start()),
            None => vec!["*"],
        };
        let line = code::line_at(code, at);
        modules.into_iter().map(move |module| (line, module.to_owned()))
    };
    code::find_word(code, krate).flat_map(named).collect()
}

/// The first name of a path: `a` in `a::b`, and `a`, `c` in `{a::b, c}`.
fn first_segments(path: &str) -> Vec<&str> {
    match path.strip_prefix('{') {
        Some(group) => branches(group).into_iter().map(first_segment).collect(),
        None => vec![first_segment(path)],
    }
}

fn first_segment(path: &str) -> &str {
    let path = path.trim_start();
    match path.find(|c| !code::is_word(c)) {
        Some(0) => "*",
        Some(end) => &path[..end],
        None => path,
    }
}

/// The members of a use group, whose opening brace is gone.
fn branches(group: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(&group[start..at]);
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    // A comma after the last member begins no other.
    found.retain(|branch| !branch.trim().is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_source(name: &str, source: &str, expected: &[&str]) {
        let package =
            Package { name: name.to_owned(), dir: name.to_owned(), dependencies: Vec::new() };
        let file = File { path: format!("{name}/src/a.rs"), text: source.to_owned() };
        let found: Vec<_> = check(&package, &file).iter().map(Violation::to_string).collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn what_is_allowed() {
        check_source("goxel-core", "use goxel_proto::types::{Pos, Rgba};", &[]);
        check_source("goxel-core", "use goxel_proto::{types, types::{Pos, Rgba},};", &[]);
        check_source("goxel-core", "// goxel_proto::request is not for us.", &[]);
        check_source("goxel-core", "use goxel_prototype::request;", &[]);
        check_source("goxel-io", "use goxel_proto::frame;\nuse goxel_core::client::Slab;", &[]);
        check_source("goxel-cli", "use goxel_proto::request;", &[]);
    }

    #[test]
    fn what_is_not() {
        let wrong = "goxel-core must not use goxel-proto's";
        let request = format!("goxel-core/src/a.rs:2: {wrong} `request` (allowed: types)");
        check_source("goxel-core", "\nlet a = goxel_proto::request::b();", &[&request]);
        check_source("goxel-core", "\nuse goxel_proto :: {types::{A, B}, request};", &[&request]);
        let all = format!("goxel-core/src/a.rs:1: {wrong} `*` (allowed: types)");
        for source in ["use goxel_proto::*;", "use goxel_proto as wire;", "use goxel_proto::{*};"] {
            check_source("goxel-core", source, &[&all]);
        }
        let wrong = "goxel-io must not use goxel-core's `Volume` (allowed: client)";
        let volume = format!("goxel-io/src/a.rs:1: {wrong}");
        check_source("goxel-io", "use goxel_core::Volume;", &[&volume]);
    }
}
