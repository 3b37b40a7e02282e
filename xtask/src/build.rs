//! Building the programs: [`Build`] says how, and where to.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand};

use crate::command;

/// The programs that people run.
pub(crate) const PROGRAMS: [&str; 4] = ["goxel-daemon", "goxel-cli", "goxel-mcp", NEEDS_C];
/// The one of them that has C in it: JavaScript's engine. The daemon does without, and says so to scripts.
pub(crate) const NEEDS_C: &str = "goxel-script";

/// Between two flags in cargo's variable: they may hold spaces.
const FLAG_SEPARATOR: &str = "\u{1f}";

/// How the programs are built.
#[derive(Clone, Debug)]
pub(crate) struct Build {
    /// The profile of `Cargo.toml`.
    pub(crate) profile: &'static str,
    /// A triple, where it is not just this machine. With one, build scripts do not get the flags.
    pub(crate) target: Option<String>,
    /// Where cargo works, where it is not the workspace's own place.
    pub(crate) dir: Option<PathBuf>,
    /// Flags of rustc.
    pub(crate) flags: Vec<String>,
    /// Whether C can be compiled for it: without, there is no [`NEEDS_C`].
    pub(crate) has_c: bool,
}

impl Build {
    /// As everybody builds them.
    pub(crate) fn plain(profile: &'static str) -> Self {
        Self { profile, target: None, dir: None, flags: Vec::new(), has_c: true }
    }

    /// What is built.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &'static str> {
        let has_c = self.has_c;
        PROGRAMS.into_iter().filter(move |program| has_c || *program != NEEDS_C)
    }

    /// Builds, and gives the directory of the programs.
    pub(crate) fn run(&self, root: &Path) -> Result<PathBuf> {
        let mut cargo = Command::new(command::cargo_path());
        cargo.args(["build", "--locked", "--profile", self.profile]).current_dir(root);
        cargo.args(self.programs().flat_map(|program| ["-p", program]));
        let mut place = match &self.dir {
            Some(dir) => dir.clone(),
            None => target_directory(root)?,
        };
        if let Some(dir) = &self.dir {
            cargo.env("CARGO_TARGET_DIR", dir);
        }
        if let Some(target) = &self.target {
            cargo.args(["--target", target]);
            place.push(target);
        }
        if !self.flags.is_empty() {
            cargo.env("CARGO_ENCODED_RUSTFLAGS", self.flags.join(FLAG_SEPARATOR));
        }
        announce(&cargo);
        command::check(&mut cargo)?;
        // The one profile whose directory has another name.
        Ok(place.join(if self.profile == "dev" { "debug" } else { self.profile }))
    }
}

/// Prints a command as a user would type it.
pub(crate) fn announce(command: &Command) {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let args: Vec<_> = command.get_args().map(|arg| arg.to_string_lossy()).collect();
    println!("$ {} {}", program.to_string_lossy(), args.join(" "));
}

/// What cargo knows of the workspace.
pub(crate) fn metadata(root: &Path) -> Result<Metadata> {
    let mut metadata = MetadataCommand::new();
    metadata.manifest_path(root.join("Cargo.toml")).no_deps();
    metadata.exec().context("cargo metadata failed")
}

/// Where cargo builds to: it knows the variable and the configuration that can move it.
pub(crate) fn target_directory(root: &Path) -> Result<PathBuf> {
    Ok(metadata(root)?.target_directory.into_std_path_buf())
}

/// The triple of this machine.
pub(crate) fn host() -> Result<String> {
    let text = rustc(&["-vV"])?;
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    line.map(str::to_owned).context("rustc does not say what machine this is")
}

/// Where the toolchain is.
pub(crate) fn sysroot() -> Result<PathBuf> {
    Ok(PathBuf::from(rustc(&["--print", "sysroot"])?.trim()))
}

fn rustc(args: &[&str]) -> Result<String> {
    let output = Command::new("rustc").args(args).output().context("cannot run rustc")?;
    Ok(String::from_utf8(output.stdout)?)
}
