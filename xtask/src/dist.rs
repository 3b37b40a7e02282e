//! `cargo xtask dist`: a tarball to unpack and run, and its checksum.
//!
//! `bin/`, `share/man`, completions for three shells, unit files, a configuration with everything
//! as it is by default, licences. The same files give the same bytes: names sorted, owner 0, one
//! time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::build::{self, Build, NEEDS_C, PROGRAMS};
use crate::{command, cross, demo, docs};

/// What goes along as it is: the file, and where it is put.
const FILES: [(&str, &str); 14] = [
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("README.md", "README.md"),
    ("CHANGELOG.md", "CHANGELOG.md"),
    ("docs/CLI.md", "share/doc/goxel/CLI.md"),
    ("docs/COMPATIBILITY.md", "share/doc/goxel/COMPATIBILITY.md"),
    ("docs/DAEMON.md", "share/doc/goxel/DAEMON.md"),
    ("docs/FORMATS.md", "share/doc/goxel/FORMATS.md"),
    ("docs/MCP.md", "share/doc/goxel/MCP.md"),
    ("docs/METHODS.md", "share/doc/goxel/METHODS.md"),
    ("goxel-mcp/server.json", "share/goxel/server.json"),
    ("dist/goxel-daemon.service", "lib/systemd/user/goxel-daemon.service"),
    ("dist/goxel-daemon.socket", "lib/systemd/user/goxel-daemon.socket"),
    ("dist/goxel-daemon.toml", "share/doc/goxel/goxel-daemon.toml"),
];
/// The shells, and where each looks for completions.
const SHELLS: [(&str, &str); 3] = [
    ("bash", "share/bash-completion/completions/goxel-cli"),
    ("zsh", "share/zsh/site-functions/_goxel-cli"),
    ("fish", "share/fish/vendor_completions.d/goxel-cli.fish"),
];
/// Where the pages go.
const MAN: &str = "share/man/man1";

/// Linux with nothing of the system's in it: such programs run on any distribution.
const STATIC: [&str; 2] = ["x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl"];
/// Rust's own linker, which with that target's library is all that a static program takes,
/// whatever machine it is built on.
const STATIC_LINKER: &str = "-Clinker=rust-lld";

/// Makes a tarball for this machine, and one with static programs for each processor of Linux
/// whose target can be had.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    let host = build::host()?;
    let target = build::target_directory(root)?;
    let programs = match args {
        [] => Build::plain("release").run(root)?,
        [option] if option == "--pgo" => target.join("pgo"),
        _ => bail!("it takes `--pgo`, for the programs that `cargo xtask pgo` made, or nothing"),
    };
    let dist = target.join("dist");
    demo::empty(&dist)?;
    let cli = programs.join("goxel-cli");
    let mut tarballs = vec![pack(root, &dist, &programs, &cli, &host)?];
    for target in STATIC {
        match cross::install(target) {
            Ok(()) => tarballs.push(pack(root, &dist, &static_build(root, target)?, &cli, target)?),
            Err(why) => println!("{target}: skipped: {why}"),
        }
    }
    checksums(&dist, &tarballs)
}

/// The programs that need no library of the system's, nor a C compiler that makes such programs.
fn static_build(root: &Path, target: &str) -> Result<PathBuf> {
    let (target, flags) = (Some(target.to_owned()), vec![STATIC_LINKER.to_owned()]);
    Build { target, flags, has_c: false, ..Build::plain("release") }.run(root)
}

/// Gathers everything in a directory and packs it. Pages and completions are made by `cli`, the
/// same program for this machine.
fn pack(root: &Path, dist: &Path, programs: &Path, cli: &Path, target: &str) -> Result<PathBuf> {
    let name = format!("goxel-{}-{target}", env!("CARGO_PKG_VERSION"));
    let tree = dist.join(&name);
    for program in PROGRAMS {
        let built = programs.join(program);
        if program == NEEDS_C && !built.exists() {
            println!(
                "{target}: without {program}, for which a C compiler of that target is needed"
            );
            continue;
        }
        copy(&built, &tree.join("bin").join(program))?;
    }
    for (from, to) in FILES {
        copy(&root.join(from), &tree.join(to))?;
    }
    pages(cli, &tree)?;
    let tarball = dist.join(format!("{name}.tar.gz"));
    tar(dist, &name, &tarball)?;
    println!("{}", tarball.display());
    Ok(tarball)
}

/// What the command line makes of its own grammar.
fn pages(cli: &Path, tree: &Path) -> Result<()> {
    docs::man_pages(cli, &tree.join(MAN))?;
    for (shell, place) in SHELLS {
        let output = Command::new(cli).args(["completions", shell]).output()?;
        ensure!(output.status.success() && !output.stdout.is_empty(), "no completions for {shell}");
        write(&tree.join(place), &output.stdout)?;
    }
    Ok(())
}

/// Packs the directory `name` in `dist`, the same way each time.
fn tar(dist: &Path, name: &str, tarball: &Path) -> Result<()> {
    let mut command = Command::new("tar");
    command.args(["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0"]);
    // Without a time of its own in the gzip header.
    command.args(["--use-compress-program", "gzip -9n", "-cf"]);
    command::check(command.arg(tarball).arg(name).current_dir(dist)).context("cannot pack")
}

/// Writes the sums as `sha256sum --check` reads them.
fn checksums(dist: &Path, tarballs: &[PathBuf]) -> Result<()> {
    let mut command = Command::new("sha256sum");
    command.args(tarballs.iter().filter_map(|path| path.file_name())).current_dir(dist);
    let output = command.output().context("cannot run sha256sum")?;
    ensure!(output.status.success(), "sha256sum ended with {}", output.status);
    write(&dist.join("SHA256SUMS"), &output.stdout)?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(dir) = to.parent() {
        fs::create_dir_all(dir)?;
    }
    let copied = fs::copy(from, to);
    copied.with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes pages and completions as a shell script would.
    const CLI: &str = "#!/bin/sh\ncase $1 in\nman) echo page > \"$2/goxel-cli.1\" ;;\ncompletions) echo \"for $2\" ;;\nesac\n";

    /// Another process writes the script: see the demo's tests.
    fn programs(dir: &Path) {
        let mut shell = Command::new("sh");
        shell.args([
            "-c",
            "printf %s \"$1\" > goxel-cli; for to in daemon mcp script; do cp goxel-cli goxel-$to; done; chmod +x *",
            "sh",
        ]);
        command::check(shell.arg(CLI).current_dir(dir)).unwrap();
    }

    fn listed(tarball: &Path) -> String {
        let output = Command::new("tar").arg("-tzf").arg(tarball).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn a_tarball_holds_everything_and_is_the_same_each_time() {
        let [bin, a, b] = [(); 3].map(|()| tempfile::tempdir().unwrap());
        programs(bin.path());
        let cli = bin.path().join("goxel-cli");
        let pack = |dist: &Path| pack(&crate::root(), dist, bin.path(), &cli, "x").unwrap();
        let (first, second) = (pack(a.path()), pack(b.path()));
        assert_eq!(fs::read(&first).unwrap(), fs::read(second).unwrap());
        let list = listed(&first);
        let made = PROGRAMS.map(|program| format!("bin/{program}"));
        let made = made.iter().map(String::as_str).chain(["share/man/man1/goxel-cli.1"]);
        let places = FILES.iter().chain(&SHELLS).map(|(_, place)| *place).chain(made);
        for place in places {
            assert!(list.lines().any(|line| line.ends_with(place)), "{place} in {list}");
        }
        checksums(a.path(), &[first]).unwrap();
        let sums = fs::read_to_string(a.path().join("SHA256SUMS")).unwrap();
        assert_eq!(sums.split_whitespace().next().map(str::len), Some(64), "{sums}");
    }

    #[test]
    fn a_program_that_is_missing_is_named() {
        let [bin, dist] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let error = pack(&crate::root(), dist.path(), bin.path(), bin.path(), "x").unwrap_err();
        assert!(error.to_string().contains("goxel-daemon"), "{error}");
    }
}
