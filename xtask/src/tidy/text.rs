//! What a file may hold, whichever crate it belongs to.

use super::Violation;
use super::code;
use super::tables::{LINES_MAX, LONG_TABLES, SLEEPERS};
use super::workspace::File;

/// Macros that mark unfinished work, without the parenthesis that calls them.
const UNFINISHED: [&str; 3] = ["todo!", "unimplemented!", "dbg!"];

/// Directories of one machine: what names them works nowhere else. Put together here, so that
/// this file does not break its own rule.
const LOCAL_PATHS: [&str; 3] =
    [concat!("/", "work/"), concat!("/", "root/"), concat!("../", "shared")];

/// Asks which system a program is built for.
const SYSTEMS: [&str; 4] = ["target_os", "target_vendor", "target_family", "target_env"];

/// Ways to keep a failing test: it is mended or it goes.
const TEST_EXCUSES: [&str; 2] = ["#[ignore", "should_panic"];

/// Every rule that `file` breaks.
pub(super) fn check(file: &File) -> Vec<Violation> {
    let mut found = check_paths(file);
    if file.is_rust() {
        let code = code::blank(&file.text);
        found.extend(check_opening(file));
        found.extend(check_length(file));
        found.extend(check_unsafe(file, &code));
        found.extend(check_systems(file, &code));
        found.extend(check_words(file, &code));
        found.extend(check_sleep(file, &code));
    }
    found
}

fn check_paths(file: &File) -> Vec<Violation> {
    let found = LOCAL_PATHS.iter().flat_map(|path| {
        let places = file.text.match_indices(path).map(|(at, _)| at);
        // `https://example.org/work/` is no path of this machine.
        let starts = places.filter(|&at| !file.text[..at].ends_with(code::is_word));
        starts.map(move |at| at_offset(file, at, format!("`{path}` is a path of one machine")))
    });
    found.collect()
}

fn check_opening(file: &File) -> Option<Violation> {
    let opened = file.text.starts_with("//!");
    let message = "a file opens with `//!`: what it is and why".to_owned();
    (!opened).then(|| Violation::new(&file.path, Some(1), message))
}

fn check_length(file: &File) -> Option<Violation> {
    let lines = file.text.lines().count();
    let long = lines > LINES_MAX && !LONG_TABLES.contains(&file.path.as_str());
    let message = format!("{lines} lines, and {LINES_MAX} are enough: split it");
    long.then(|| Violation::new(&file.path, None, message))
}

fn check_unsafe(file: &File, code: &str) -> Vec<Violation> {
    if may_be_unsafe(&file.path) {
        return Vec::new();
    }
    let message = "`unsafe` stands only below a `kernels` directory and in `sys.rs` or `sys/`";
    let places = code::find_word(code, "unsafe");
    places.map(|at| at_offset(file, at, message.to_owned())).collect()
}

fn may_be_unsafe(path: &str) -> bool {
    is_system(path) || path.rsplit('/').skip(1).any(|name| name == "kernels")
}

/// Whether this file holds what the systems do each in its own way.
fn is_system(path: &str) -> bool {
    let mut names = path.rsplit('/');
    names.next() == Some("sys.rs") || names.next() == Some("sys")
}

/// Which system it is decides in `sys` what is called, and elsewhere only whether a whole module
/// is there: logic that asks in between cannot be read, or tested, on one machine.
fn check_systems(file: &File, code: &str) -> Vec<Violation> {
    if is_system(&file.path) {
        return Vec::new();
    }
    let places = SYSTEMS.iter().flat_map(|word| {
        let places = code::find_word(code, word).filter(|&at| !is_of_module(&code[at..]));
        places.map(move |at| (word, at))
    });
    let message = |word| format!("`{word}` stands only in `sys.rs` or `sys/`, and over a `mod`");
    places.map(|(word, at)| at_offset(file, at, message(word))).collect()
}

/// Whether the attribute that ends next is one of a module.
fn is_of_module(code: &str) -> bool {
    code.split_once(']').is_some_and(|(_, after)| after.trim_start().starts_with("mod "))
}

fn check_words(file: &File, code: &str) -> Vec<Violation> {
    let unfinished = UNFINISHED.iter().map(|word| (*word, "is for work in progress"));
    let excuses = TEST_EXCUSES.iter().map(|word| (*word, "is an excuse: mend the test or drop it"));
    let words = unfinished.chain(excuses);
    words
        .flat_map(|(word, why)| {
            let places = code.match_indices(word);
            places.map(move |(at, _)| at_offset(file, at, format!("`{word}` {why}")))
        })
        .collect()
}

fn check_sleep(file: &File, code: &str) -> Vec<Violation> {
    if SLEEPERS.contains(&file.path.as_str()) {
        return Vec::new();
    }
    let message = "`thread::sleep` hides a race: wait for the event itself";
    let places = code::find_word(code, "thread::sleep");
    places.map(|at| at_offset(file, at, message.to_owned())).collect()
}

/// Blanked code is as long as its source, so an offset into either is good.
fn at_offset(file: &File, at: usize, message: String) -> Violation {
    Violation::new(&file.path, Some(code::line_at(&file.text, at)), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks a file of this path and text; `expected` is the line and the beginning of each
    /// message.
    fn check_file(path: &str, text: &str, expected: &[(Option<usize>, &str)]) {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        let found = check(&file);
        assert_eq!(found.len(), expected.len(), "{path}: {found:?}");
        for (violation, (line, message)) in found.iter().zip(expected) {
            assert_eq!(violation.line, *line, "{violation}");
            assert!(violation.message.starts_with(message), "{violation}");
        }
    }

    /// The same of a Rust file with this body, which begins in line 2.
    fn check_body(body: &str, expected: &[(Option<usize>, &str)]) {
        check_file("a/src/b.rs", &format!("//! A file.\n{body}"), expected);
    }

    #[test]
    fn openings() {
        check_file("a/src/b.rs", "//! A file.", &[]);
        check_file("a/src/b.rs", "fn main() {}", &[(Some(1), "a file opens")]);
        check_file("a/src/b.rs", "", &[(Some(1), "a file opens")]);
        check_file("a/b.md", "fn main() {}", &[]);
    }

    #[test]
    fn lengths() {
        check_body(&"\n".repeat(LINES_MAX - 1), &[]);
        check_body(&"\n".repeat(LINES_MAX), &[(None, "501 lines")]);
    }

    #[test]
    fn unsafe_has_its_places() {
        let text = "//! A file.\nunsafe { f() }";
        let places =
            ["a/src/sys.rs", "a/src/sys/b.rs", "a/src/kernels/b.rs", "a/src/kernels/x86/b.rs"];
        for path in places {
            check_file(path, text, &[]);
        }
        for path in ["a/src/b.rs", "a/src/kernels.rs", "a/src/sys/b/c.rs"] {
            check_file(path, text, &[(Some(2), "`unsafe` stands only")]);
        }
        check_body("// unsafe\n#![deny(unsafe_code)]\nconst A: &str = \"unsafe\";", &[]);
    }

    #[test]
    fn systems_have_their_places() {
        let asks = "#[cfg(target_os = \"linux\")]\n";
        check_file("a/src/sys/linux.rs", &format!("//! A file.\n{asks}fn f() {{}}"), &[]);
        check_body(&format!("{asks}mod b;"), &[]);
        check_body(&format!("{asks}fn f() {{}}"), &[(Some(2), "`target_os` stands only")]);
        check_body("const A: bool = cfg!(target_env = \"musl\");", &[(Some(2), "`target_env`")]);
    }

    #[test]
    fn words() {
        for word in UNFINISHED {
            check_body(&format!("\n{word}()"), &[(Some(3), &format!("`{word}`"))]);
            check_body(&format!("// {word}()"), &[]);
        }
        check_body("#[ignore = \"slow\"]", &[(Some(2), "`#[ignore`")]);
        check_body("#[should_panic]", &[(Some(2), "`should_panic`")]);
    }

    #[test]
    fn sleeps() {
        check_body("std::thread::sleep(second);", &[(Some(2), "`thread::sleep`")]);
        check_body("thread::sleepy();", &[]);
    }

    #[test]
    fn paths_of_one_machine() {
        for path in LOCAL_PATHS {
            check_file("a/b.md", &format!("\nSee {path}c."), &[(Some(2), &format!("`{path}`"))]);
            check_file("a/b.md", &format!("\nSee example{path}c."), &[]);
        }
    }
}
