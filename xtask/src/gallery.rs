//! The pictures of `docs/GALLERY.md`, made by the commands that the page shows.
//!
//! The page is the list: commands of its sessions make the models, and the one beside a picture makes that.
//! A daemon of its own carries them out, which keeps versions, since one picture shows what has changed.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::demo::{self, Stage};

/// The page, and the folder of its pictures.
const PAGE: &str = "docs/GALLERY.md";
const PICTURES: &str = "docs/gallery";
/// What commands of the page begin with.
const PROGRAM: &str = "goxel-cli ";
/// What the names of pictures end in.
const EXTENSIONS: [&str; 3] = ["png", "jpg", "gif"];
/// Bytes of all pictures: the repository is not to grow by more.
const BYTES_MAX: u64 = 1_500_000;

/// Makes all of them in the repository at `root`, with the programs in `programs`.
pub(crate) fn run(root: &Path, programs: &Path, target: &Path) -> Result<()> {
    let page = fs::read_to_string(root.join(PAGE)).with_context(|| format!("no {PAGE}"))?;
    let out = target.join("gallery");
    demo::empty(&out)?;
    std::os::unix::fs::symlink(root.join("examples"), out.join("examples"))?;
    let stage = Stage {
        cli: programs.join("goxel-cli"),
        daemon: programs.join("goxel-daemon"),
        root: out.clone(),
        out: out.clone(),
    };
    demo::perform(&stage, &["--data-dir", "data"], &commands(&page))?;
    let bytes = take(&out, &root.join(PICTURES))?;
    println!("{PICTURES}: {bytes} bytes");
    ensure!(bytes < BYTES_MAX, "{PICTURES} is larger than {BYTES_MAX} bytes");
    Ok(())
}

/// The words of each command that a page shows: lines of sessions, and code in tables.
fn commands(page: &str) -> Vec<Vec<String>> {
    let words = |command: &str| command.split_whitespace().map(str::to_owned).collect();
    let mut found = Vec::new();
    for line in page.lines() {
        if let Some(command) = line.strip_prefix("$ ").and_then(|line| line.strip_prefix(PROGRAM)) {
            found.push(words(command));
        } else if line.starts_with('|') {
            let code = line.split('`').skip(1).step_by(2);
            found.extend(code.filter_map(|code| code.strip_prefix(PROGRAM)).map(words));
        }
    }
    found
}

/// Puts the pictures that were made into the place of those that are there, and gives their bytes.
fn take(from: &Path, to: &Path) -> Result<u64> {
    demo::empty(to)?;
    let mut bytes = 0;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if path.extension().is_some_and(|end| EXTENSIONS.iter().any(|known| end == *known)) {
            bytes += fs::copy(&path, to.join(name))?;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_in_sessions_and_tables() {
        let page = "# A\n```console\n$ goxel-cli new a\nsaid\n$ ls\n```\n\
                    | ![x](gallery/x.png) | `--a`: b<br>`goxel-cli render x.png --a 1` |\n`goxel-cli no`";
        let expected = [vec!["new", "a"], vec!["render", "x.png", "--a", "1"]];
        assert_eq!(commands(page), expected);
    }
}
