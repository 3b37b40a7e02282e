//! Which package of somebody else may be used where: [`tables::PLACES`] against the manifests.
//!
//! A package that the table does not know is a violation: whoever brings one decides where it may
//! go.

use super::Violation;
use super::tables::{self, Place};
use super::workspace::{Dependency, Kind, Package};

/// Every use of a package outside its place. Benches measure whatever they like.
pub(super) fn check(packages: &[Package]) -> Vec<Violation> {
    let bound = packages.iter().filter(|package| package.name != "goxel-benches");
    bound.flat_map(check_package).collect()
}

fn check_package(package: &Package) -> Vec<Violation> {
    let theirs = package.dependencies.iter().filter(|dependency| {
        !dependency.name.starts_with("goxel-") && tables::crate_row(&dependency.name).is_none()
    });
    let messages = theirs.filter_map(|dependency| complaint(&package.name, dependency));
    messages.map(|message| Violation::new(&package.manifest(), None, message)).collect()
}

fn complaint(user: &str, dependency: &Dependency) -> Option<String> {
    let name = &dependency.name;
    let allowed = match (tables::place(name), dependency.kind) {
        (None, _) => return Some(format!("{name} has no row in the table of packages")),
        (Some(Place::Anywhere), _) | (Some(Place::AnyTests(_)), Kind::Tests) => return None,
        (Some(Place::AnyTests([])), Kind::Ships) => {
            return Some(format!("{user} must not ship {name} (allowed in: tests)"));
        }
        (Some(Place::Only(crates) | Place::AnyTests(crates)), _) => crates,
    };
    let outside = !allowed.contains(&user);
    outside.then(|| format!("{user} must not use {name} (allowed in: {})", allowed.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_one(user: &str, name: &str, kind: Kind, expected: Option<&str>) {
        let dependency = Dependency { name: name.to_owned(), kind, renamed: false };
        let package =
            Package { name: user.to_owned(), dir: user.to_owned(), dependencies: vec![dependency] };
        let found: Vec<_> = check(&[package]).into_iter().map(|found| found.message).collect();
        assert_eq!(found, Vec::from_iter(expected.map(str::to_owned)), "{user} uses {name}");
    }

    #[test]
    fn places() {
        check_one("goxel-core", "thiserror", Kind::Ships, None);
        check_one("goxel-io", "mio", Kind::Ships, None);
        check_one("goxel-core", "serde_json", Kind::Tests, None);
        check_one("goxel-core", "goxel-render", Kind::Ships, None);
        let message = "goxel-core must not use mio (allowed in: goxel-io)";
        check_one("goxel-core", "mio", Kind::Ships, Some(message));
        check_one("goxel-core", "mio", Kind::Tests, Some(message));
        check_one(
            "goxel-render",
            "serde_json",
            Kind::Ships,
            Some(
                "goxel-render must not use serde_json \
                 (allowed in: goxel-proto, goxel-formats, goxel-daemon, \
                 goxel-mcp, goxel-benches, xtask)",
            ),
        );
        check_one(
            "goxel-core",
            "proptest",
            Kind::Ships,
            Some("goxel-core must not ship proptest (allowed in: tests)"),
        );
        check_one(
            "goxel-core",
            "async-std",
            Kind::Ships,
            Some("async-std has no row in the table of packages"),
        );
        check_one("goxel-benches", "criterion", Kind::Tests, None);
    }
}
