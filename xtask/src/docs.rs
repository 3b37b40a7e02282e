//! `cargo xtask docs`: everything that is documentation and made from code, made anew.
//!
//! The pages in `docs/` are compared with the code by tests, which can write them too
//! ([`BLESS`]); man pages are made by the program that they describe, and pictures by the commands
//! that the gallery shows; and the crates' own documentation is built without a warning.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::build::{self, Build, PROGRAMS};
use crate::{command, demo, gallery};

/// The pages that tests write, the last one in part. The others in `docs/` are written by hand.
const PAGES: [&str; 4] = ["docs/CLI.md", "docs/FORMATS.md", "docs/METHODS.md", "docs/MCP.md"];
/// The tests that write them: their package, the binary, and what their names begin with.
const TESTS: [&str; 6] = ["-p", "goxel-tests", "--test", "it", "--", "docs::"];
/// Makes these tests write what they would compare.
const BLESS: &str = "GOXEL_BLESS";
/// What the crates' own documentation is built with.
pub(crate) const RUSTDOC: &[&str] = &["doc", "--workspace", "--no-deps", "--locked"];
/// Makes an error of every warning.
pub(crate) const STRICT: (&str, &str) = ("RUSTDOCFLAGS", "-D warnings");

/// Makes all of it.
pub(crate) fn run(root: &Path) -> Result<()> {
    pages(root)?;
    let target = build::target_directory(root)?;
    let programs = Build::plain("dev").run(root)?;
    let man = target.join("man");
    demo::empty(&man)?;
    let count = man_pages(&programs.join(PROGRAMS[1]), &man)?;
    println!("{}: {count} man pages", man.display());
    gallery::run(root, &programs, &target)?;

    let mut rustdoc = command::cargo(RUSTDOC, root);
    build::announce(&rustdoc);
    command::check(rustdoc.env(STRICT.0, STRICT.1)).context("the crates' documentation")?;
    println!("{}", target.join("doc").display());
    Ok(())
}

/// Writes the pages that follow from code, and says which of them that changed.
fn pages(root: &Path) -> Result<()> {
    let read = || PAGES.map(|page| fs::read(root.join(page)).unwrap_or_default());
    let before = read();
    let mut tests = command::cargo(&["test", "--quiet", "--locked"], root);
    tests.args(TESTS);
    build::announce(&tests);
    command::check(tests.env(BLESS, "1")).context("the pages could not be written")?;
    for (page, (before, after)) in PAGES.into_iter().zip(before.into_iter().zip(read())) {
        println!("{page}: {}", if before == after { "as it was" } else { "written anew" });
    }
    Ok(())
}

/// Lets the command line write a page for each of its commands to `dir`, and counts them.
pub(crate) fn man_pages(cli: &Path, dir: &Path) -> Result<usize> {
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let mut command = Command::new(cli);
    command::check(command.arg("man").arg(dir).stdout(Stdio::null())).context("no man pages")?;
    Ok(fs::read_dir(dir)?.count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_there() {
        let root = crate::root();
        for page in PAGES {
            assert!(root.join(page).is_file(), "{page}");
        }
    }
}
