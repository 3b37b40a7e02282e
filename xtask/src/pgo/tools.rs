//! [`find`]: the program that merges profiles.
//!
//! It must know the format that rustc's LLVM writes, so one of about the same version is wanted:
//! the toolchain's own first, then what the system has.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::build;

/// The name of the program.
const NAME: &str = "llvm-profdata";
/// The oldest version that reads what current compilers write.
const VERSION_MIN: u32 = 19;
/// The newest version that is looked for by its name.
const VERSION_MAX: u32 = 40;

/// What to say where there is none.
const ADVICE: &str = "no llvm-profdata of LLVM 19 or later was found. Get it with one of
    rustup component add llvm-tools
    apt-get install --no-install-recommends llvm-19      (Debian, Ubuntu)
    dnf install llvm                                     (Fedora)";

/// The program, of a version that will do.
pub(super) fn find() -> Result<PathBuf> {
    let own = build::sysroot()?.join("lib/rustlib").join(build::host()?).join("bin").join(NAME);
    match candidates(own).into_iter().find(|program| version_of(program) >= Some(VERSION_MIN)) {
        Some(program) => Ok(program),
        None => bail!("{ADVICE}"),
    }
}

/// Where it may be: the toolchain's own first, then the newest.
fn candidates(own: PathBuf) -> Vec<PathBuf> {
    let versions = (VERSION_MIN..=VERSION_MAX).rev();
    let numbered = versions.map(|version| PathBuf::from(format!("{NAME}-{version}")));
    [own].into_iter().chain(numbered).chain([PathBuf::from(NAME)]).collect()
}

fn version_of(program: &Path) -> Option<u32> {
    let output = Command::new(program).arg("--version").output().ok()?;
    version(&String::from_utf8_lossy(&output.stdout))
}

/// The first number after "version".
fn version(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("version ")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let check = |text: &str, expected| assert_eq!(version(text), expected, "{text}");
        check("Debian LLVM version 19.1.4\n  Optimized build.", Some(19));
        check("LLVM (http://llvm.org/):\n  LLVM version 22.1.2-rust-1.95.0-stable\n", Some(22));
        check("LLVM version git", None);
        check("", None);
    }

    #[test]
    fn the_toolchains_own_comes_first_and_then_the_newest() {
        let programs = candidates("/own/llvm-profdata".into());
        assert_eq!(programs[0], Path::new("/own/llvm-profdata"));
        assert_eq!(programs[1], Path::new("llvm-profdata-40"));
        assert_eq!(programs.last().unwrap(), Path::new("llvm-profdata"));
    }
}
