//! The paths that a source names, by the names of modules from the crate's root on. Tests inside of
//! a file are passed over: they stand above all that they test, and nothing stands on them.

use super::super::code;

/// A path in a source.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// From the crate's root on.
    pub(super) path: Vec<String>,
    /// The name that it is imported under, where a `use` of the file's own module imports it.
    pub(super) imported_as: Option<String>,
}

/// Every path that begins at the crate, at this module or above it, in `code`, which is blanked
/// and belongs to `module`.
pub(super) fn named(code: &str, module: &[String]) -> Vec<Named> {
    let inline = inline_modules(code);
    let mut found = Vec::new();
    for (at, head) in heads(code) {
        let inside = inline.iter().filter(|inline| inline.body.contains(&at));
        let inside: Vec<_> = inside.collect();
        if inside.iter().any(|inline| inline.is_test) {
            continue;
        }
        let names = inside.iter().map(|inline| inline.name.clone());
        let here: Vec<String> = module.iter().cloned().chain(names).collect();
        let imports = is_used(&code[..at]) && here.len() == module.len();
        for (segments, alias) in leaves(&code[at..]) {
            let Some(path) = absolute(&here, head, &segments) else { continue };
            let name = alias.or_else(|| path.last().cloned());
            found.push(Named { path, imported_as: name.filter(|_| imports) });
        }
    }
    found
}

/// Where paths begin, and with which word. A `use` may also begin with a child of the module.
fn heads(code: &str) -> Vec<(usize, &str)> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    for word in ["crate", "super", "self"] {
        let begins = |at: &usize| {
            let before = code[..*at].trim_end();
            let restricts = before.strip_suffix("in").is_some_and(|b| b.trim_end().ends_with('('));
            let follows = code[at + word.len()..].trim_start().starts_with("::");
            follows && !before.ends_with("::") && !before.ends_with('$') && !restricts
        };
        found.extend(code::find_word(code, word).filter(begins).map(|at| (at, word)));
    }
    for at in code::find_word(code, "use") {
        let path = code[at + "use".len()..].trim_start();
        let first = &path[..path.find(|c| !code::is_word(c)).unwrap_or(path.len())];
        if !["", "crate", "super", "self"].contains(&first) {
            found.push((code.len() - path.len(), first));
        }
    }
    found
}

fn is_used(before: &str) -> bool {
    before.trim_end().strip_suffix("use").is_some_and(|rest| !rest.ends_with(code::is_word))
}

/// A module that has its body in this file.
struct Inline {
    name: String,
    body: std::ops::Range<usize>,
    is_test: bool,
}

fn inline_modules(code: &str) -> Vec<Inline> {
    let read = |at: usize| {
        let rest = code[at + "mod".len()..].trim_start();
        let end = rest.find(|c| !code::is_word(c))?;
        let inside = rest[end..].trim_start().strip_prefix('{')?;
        let from = code.len() - inside.len();
        Some(Inline {
            name: rest[..end].to_owned(),
            body: from..from + closing(inside),
            is_test: code[..at].trim_end().ends_with("#[cfg(test)]"),
        })
    };
    code::find_word(code, "mod").filter_map(read).collect()
}

/// How far it is to the brace that closes one that is already open.
fn closing(inside: &str) -> usize {
    let mut depth = 1;
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    inside.len()
}

/// The path from the crate's root on; `None` above it.
fn absolute(here: &[String], head: &str, segments: &[String]) -> Option<Vec<String>> {
    let mut base = if head == "crate" { Vec::new() } else { here.to_vec() };
    let mut rest = segments;
    while let Some((first, after)) = rest.split_first() {
        match first.as_str() {
            "crate" | "self" => {}
            "super" => {
                base.pop()?;
            }
            _ => break,
        }
        rest = after;
    }
    // `{self}` is the module itself.
    base.extend(rest.iter().filter(|segment| *segment != "self").cloned());
    Some(base)
}

/// The paths that `text` begins with, a group's members apart, and what each is renamed to.
fn leaves(text: &str) -> Vec<(Vec<String>, Option<String>)> {
    let mut found = Vec::new();
    gather(text, &[], &mut found);
    found
}

type Leaves = Vec<(Vec<String>, Option<String>)>;

/// Gathers what is at the start of `text` behind `prefix`, and gives what follows.
fn gather<'a>(text: &'a str, prefix: &[String], found: &mut Leaves) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            match rest.chars().next() {
                None => return rest,
                Some('}') => return &rest[1..],
                Some(_) => rest = gather(rest, prefix, found),
            }
        }
    }
    let end = text.find(|c| !code::is_word(c)).unwrap_or(text.len());
    if end == 0 {
        // `*`, or the `<` of generics: the path ends in what is before it.
        found.push((prefix.to_vec(), None));
        let mut chars = text.chars();
        chars.next();
        return chars.as_str();
    }
    let path = [prefix, &[text[..end].to_owned()]].concat();
    let rest = text[end..].trim_start();
    if let Some(rest) = rest.strip_prefix("::") {
        return gather(rest, &path, found);
    }
    let renamed = rest.strip_prefix("as ").map(str::trim_start);
    let alias = renamed.map(|name| &name[..name.find(|c| !code::is_word(c)).unwrap_or(name.len())]);
    found.push((path, alias.map(str::to_owned)));
    match renamed.zip(alias) {
        Some((rest, alias)) => &rest[alias.len()..],
        None => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, expected: &[(&str, Option<&str>)]) {
        let module = ["a".to_owned(), "b".to_owned()];
        let found = named(code, &module);
        let found: Vec<(String, Option<&str>)> =
            found.iter().map(|n| (n.path.join("::"), n.imported_as.as_deref())).collect();
        let expected: Vec<_> = expected.iter().map(|(p, n)| ((*p).to_owned(), *n)).collect();
        assert_eq!(found, expected, "{code}");
    }

    #[test]
    fn paths_from_the_root() {
        check("use crate::c::D;", &[("c::D", Some("D"))]);
        check(
            "use super::c::{self, D as E, F::{G, *}};",
            &[
                ("a::c", Some("c")),
                ("a::c::D", Some("E")),
                ("a::c::F::G", Some("G")),
                ("a::c::F", Some("F")),
            ],
        );
        check("use super::super::C;", &[("C", Some("C"))]);
        check("use c::D; f(self::g::<H>());", &[("a::b::g", None), ("a::b::c::D", Some("D"))]);
        check("use super::super::super::C; self.x(); pub(in crate::d) e", &[]);
    }

    #[test]
    fn modules_inside_of_the_file() {
        check("mod t { use super::C; } use super::D;", &[("a::b::C", None), ("a::D", Some("D"))]);
        check("mod t { mod u { super::super::f() } }", &[("a::b::f", None)]);
        check("#[cfg(test)]\nmod tests { use super::C; }", &[]);
    }
}
