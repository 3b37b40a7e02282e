//! Which of our crates may depend on which: [`tables::CRATES`] against the manifests.
//!
//! What a package's tests use may go a little further than what it ships, and no further than its
//! row says.

use super::Violation;
use super::tables::{self, CrateRow};
use super::workspace::{Dependency, Kind, Package};

/// Every arrow between `packages` that the table does not have.
pub(super) fn check(packages: &[Package]) -> Vec<Violation> {
    packages.iter().flat_map(check_package).collect()
}

fn check_package(package: &Package) -> Vec<Violation> {
    let Some(row) = tables::crate_row(&package.name) else {
        return vec![violation(
            package,
            format!("{} has no row in the table of crates", package.name),
        )];
    };
    let ours = package.dependencies.iter().filter(|dependency| is_ours(dependency));
    ours.flat_map(|dependency| check_arrow(package, row, dependency)).collect()
}

/// A crate of ours that has no row yet is known by its name.
fn is_ours(dependency: &Dependency) -> bool {
    dependency.name.starts_with("goxel-") || tables::crate_row(&dependency.name).is_some()
}

fn check_arrow(package: &Package, row: &CrateRow, dependency: &Dependency) -> Option<Violation> {
    let allowed = row.allowed(dependency.kind);
    if !allowed.contains(&dependency.name.as_str()) {
        return Some(violation(package, forbidden(package, dependency, &allowed)));
    }
    // The rules about modules look for the crate's own name.
    dependency
        .renamed
        .then(|| violation(package, format!("{} must not be given another name", dependency.name)))
}

fn forbidden(package: &Package, dependency: &Dependency, allowed: &[&str]) -> String {
    let tests = match dependency.kind {
        Kind::Ships => "",
        Kind::Tests => " in its tests",
    };
    let allowed = if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(", ") };
    format!("{} must not depend on {}{tests} (allowed: {allowed})", package.name, dependency.name)
}

fn violation(package: &Package, message: String) -> Violation {
    Violation::new(&package.manifest(), None, message)
}

#[cfg(test)]
mod tests {
    use super::super::tables::CRATES;
    use super::*;

    fn check_one(from: &str, to: &str, kind: Kind, expected: Option<&str>) {
        let dependency = Dependency { name: to.to_owned(), kind, renamed: false };
        let package =
            Package { name: from.to_owned(), dir: from.to_owned(), dependencies: vec![dependency] };
        let found: Vec<_> = check(&[package]).iter().map(Violation::to_string).collect();
        assert_eq!(found, Vec::from_iter(expected.map(str::to_owned)), "{from} -> {to}");
    }

    #[test]
    fn arrows() {
        check_one("goxel-core", "goxel-proto", Kind::Ships, None);
        check_one("goxel-daemon", "goxel-render", Kind::Ships, None);
        check_one("goxel-tests", "goxel-render", Kind::Tests, None);
        check_one("xtask", "anyhow", Kind::Ships, None);
        check_one(
            "goxel-cli",
            "goxel-core",
            Kind::Ships,
            Some(
                "goxel-cli/Cargo.toml: goxel-cli must not depend on goxel-core (allowed: goxel-proto, goxel-client)",
            ),
        );
        check_one(
            "goxel-proto",
            "goxel-core",
            Kind::Tests,
            Some(
                "goxel-proto/Cargo.toml: goxel-proto must not depend on goxel-core in its tests \
                 (allowed: nothing)",
            ),
        );
    }

    #[test]
    fn a_crate_without_a_row_is_noticed() {
        check_one(
            "goxel-utils",
            "anyhow",
            Kind::Ships,
            Some("goxel-utils/Cargo.toml: goxel-utils has no row in the table of crates"),
        );
        check_one(
            "goxel-cli",
            "goxel-utils",
            Kind::Ships,
            Some(
                "goxel-cli/Cargo.toml: goxel-cli must not depend on goxel-utils (allowed: goxel-proto, goxel-client)",
            ),
        );
    }

    #[test]
    fn a_crate_keeps_its_name() {
        let dependency =
            Dependency { name: "goxel-proto".to_owned(), kind: Kind::Ships, renamed: true };
        let package = Package {
            name: "goxel-core".to_owned(),
            dir: "goxel-core".to_owned(),
            dependencies: vec![dependency],
        };
        assert_eq!(check(&[package]).len(), 1);
    }

    /// Arrows only go to crates that stand higher up in the table, so there is no circle.
    #[test]
    fn the_table_has_no_circle() {
        for (at, row) in CRATES.iter().enumerate() {
            for to in row.allowed(Kind::Ships) {
                assert!(CRATES[..at].iter().any(|above| above.name == to), "{} -> {to}", row.name);
            }
        }
    }
}
