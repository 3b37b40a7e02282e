//! What building for another machine takes: a standard library for it, a C compiler, an emulator.
//! Each function says what to do where it is missing.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::build;
use crate::command;

/// Runs programs for 64-bit ARM.
pub(super) const EMULATOR: &str = "qemu-aarch64-static";
/// Where their libraries are.
pub(super) const EMULATOR_ROOT: &str = "/usr/aarch64-linux-gnu";
/// Compiles C for 64-bit ARM, and links.
const GCC: &str = "aarch64-linux-gnu-gcc";
/// Cargo with a C compiler for any target.
const ZIG: &str = "cargo-zigbuild";

/// By what C is compiled for a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compiler {
    /// There is no C in it.
    NotNeeded,
    /// The machine's own, which crates find by themselves.
    Native,
    /// The one that Debian has, which crates find by themselves.
    Gcc,
    /// Zig, by way of `cargo-zigbuild`.
    Zig,
}

impl Compiler {
    /// A command of cargo's, with this compiler and linker.
    pub(super) fn cargo(self, root: &Path, command: &str) -> Command {
        let mut cargo = match self {
            Self::Zig => Command::new(ZIG),
            Self::NotNeeded | Self::Native | Self::Gcc => Command::new(command::cargo_path()),
        };
        if self == Self::Gcc {
            cargo.env(setting("aarch64-unknown-linux-gnu", "LINKER"), GCC);
        }
        cargo.arg(command).current_dir(root);
        cargo
    }
}

/// Has rustup install the standard library of a target, where it is not there.
pub(crate) fn install(triple: &str) -> Result<(), String> {
    if is_installed(triple) {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    if rustup.args(["target", "add", triple]).status().is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err(format!("the target is not installed, and `rustup target add {triple}` fails"))
}

/// Whether the standard library of a target is there.
fn is_installed(triple: &str) -> bool {
    let library = |sysroot: &Path| sysroot.join("lib/rustlib").join(triple).join("lib");
    build::sysroot().is_ok_and(|sysroot| library(&sysroot).is_dir())
}

/// The C compiler for 64-bit ARM's Linux.
pub(super) fn compiler(triple: &str) -> Result<Compiler, String> {
    if build::host().is_ok_and(|host| host == triple) {
        Ok(Compiler::Native)
    } else if runs(GCC) {
        Ok(Compiler::Gcc)
    } else if runs(ZIG) {
        Ok(Compiler::Zig)
    } else {
        Err(format!(
            "no C compiler for it: get `{GCC}` (Debian: gcc-aarch64-linux-gnu) \
             or `pip install cargo-zigbuild`"
        ))
    }
}

/// The emulator and the libraries for what it runs.
pub(super) fn emulator() -> Result<(), String> {
    if !runs(EMULATOR) {
        return Err(format!("no {EMULATOR} (Debian: qemu-user-static)"));
    }
    if !Path::new(EMULATOR_ROOT).is_dir() {
        return Err(format!("no {EMULATOR_ROOT} (Debian: libc6-arm64-cross)"));
    }
    Ok(())
}

/// The variable that stands for `target.TRIPLE.NAME` in cargo's configuration.
pub(super) fn setting(triple: &str, name: &str) -> String {
    format!("CARGO_TARGET_{}_{name}", triple.to_uppercase().replace('-', "_"))
}

fn runs(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_cargo_s() {
        let expected = "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER";
        assert_eq!(setting("aarch64-unknown-linux-gnu", "RUNNER"), expected);
    }

    #[test]
    fn what_is_missing_is_named_with_the_way_to_get_it() {
        assert!(is_installed(&build::host().unwrap()) && !is_installed("pdp11-unknown-unix"));
        assert!(!runs("no-such-program-of-goxel"));
        assert_eq!(compiler(&build::host().unwrap()), Ok(Compiler::Native));
    }
}
