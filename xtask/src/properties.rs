//! `cargo xtask fuzz properties [SECONDS]`: property tests with seeds that nobody has tried.
//!
//! An ordinary run has one seed for all of them, in `.cargo/config.toml`, so that it says the same
//! every time. Here every round has a new one, and its number is printed: with it in [`SEED`] the
//! round can be had again.

use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::command;

/// The variable that all property tests take their seed from.
const SEED: &str = "PROPTEST_RNG_SEED";
/// What brings property tests into a crate.
const LIBRARY: &str = "proptest";

/// Runs them for so long, once at least.
pub(crate) fn run(root: &Path, seconds: u32) -> Result<()> {
    let crates = crates(root)?;
    let (start, time) = (Instant::now(), Duration::from_secs(seconds.into()));
    for round in 0u32.. {
        // Every state that hashes is made with keys of its own.
        let seed = RandomState::new().hash_one(round);
        println!("{SEED}={seed}");
        let mut tests = command::cargo(&["test", "--quiet", "--locked", "--lib", "--bins"], root);
        tests.args(crates.iter().flat_map(|name| ["--package", name]));
        command::check(tests.env(SEED, seed.to_string())).with_context(|| {
            format!("a test failed; `{SEED}={seed} cargo test` tries the same again")
        })?;
        if start.elapsed() >= time {
            break;
        }
    }
    Ok(())
}

/// The crates that have such tests.
fn crates(root: &Path) -> Result<Vec<String>> {
    let metadata =
        MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
    let tests_properties = |package: &&cargo_metadata::Package| {
        package.dependencies.iter().any(|dependency| {
            dependency.name == LIBRARY && dependency.kind == DependencyKind::Development
        })
    };
    let packages = metadata.packages.iter().filter(tests_properties);
    let names: Vec<_> = packages.map(|package| package.name.to_string()).collect();
    ensure!(!names.is_empty(), "no crate has property tests");
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_with_property_tests() {
        let crates = crates(&crate::root()).unwrap();
        assert!(crates.iter().any(|name| name == "goxel-core"), "{crates:?}");
        assert!(crates.iter().all(|name| name != "xtask"), "{crates:?}");
    }

    #[test]
    fn ordinary_runs_have_a_seed() {
        // Cargo sets it for whatever it runs, this test too.
        assert!(std::env::var(SEED).is_ok_and(|seed| seed.parse::<u64>().is_ok()));
    }
}
