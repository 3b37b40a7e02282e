//! `cargo xtask tidy`: holds the architecture by checking it.
//!
//! [`workspace`] gathers what there is: the dependencies that manifests declare, and the text of
//! files. The rules are functions from that data to [`Violation`]s, one module each:
//! [`arrows`] (which of our crates knows which), [`places`] (which third-party package is used
//! where), [`modules`] (which module of a crate another may name), [`circles`] (which files of a crate
//! import each other), [`text`] (what a file may hold) and [`documents`] (that the paths in pages lead
//! somewhere). [`tables`] says what is allowed.

mod arrows;
mod circles;
mod code;
mod documents;
mod modules;
mod places;
mod tables;
mod text;
mod workspace;

use std::fmt;
use std::path::Path;

use anyhow::{Result, bail};
use workspace::Workspace;

/// One thing that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Violation {
    /// The file that breaks it, relative to the root of the workspace.
    file: String,
    /// The line, where the rule is about one.
    line: Option<usize>,
    /// What is wrong, and what would be right.
    message: String,
}

impl Violation {
    fn new(file: &str, line: Option<usize>, message: String) -> Self {
        Self { file: file.to_owned(), line, message }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, message } = self;
        match line {
            Some(line) => write!(f, "{file}:{line}: {message}"),
            None => write!(f, "{file}: {message}"),
        }
    }
}

/// Checks the workspace at `root`, prints every violation, and fails if there is one.
pub(crate) fn run(root: &Path) -> Result<()> {
    let workspace = Workspace::load(root)?;
    let violations = violations(&workspace);
    for violation in &violations {
        eprintln!("{violation}");
    }
    match violations.len() {
        0 => println!(
            "tidy: {} packages and {} files keep the rules",
            workspace.packages.len(),
            workspace.files.len()
        ),
        1 => bail!("1 violation"),
        count => bail!("{count} violations"),
    }
    Ok(())
}

/// Every violation in the workspace, by file and line.
fn violations(workspace: &Workspace) -> Vec<Violation> {
    let mut found = arrows::check(&workspace.packages);
    found.extend(places::check(&workspace.packages));
    found.extend(circles::check(workspace));
    found.extend(documents::check(workspace));
    for file in &workspace.files {
        found.extend(text::check(file));
        if let Some(package) = workspace.package_of(&file.path) {
            found.extend(modules::check(package, file));
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::workspace::{Dependency, Kind};
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn package(root: &Path, name: &str, dependencies: &str) {
        let head = format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\n");
        write(root, &format!("{name}/Cargo.toml"), &format!("{head}{dependencies}"));
        write(root, &format!("{name}/src/lib.rs"), "//! Empty.\n");
    }

    /// A workspace of proto, core and cli, on disk, whose cli declares `cli_dependencies`.
    fn workspace_on_disk(cli_dependencies: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let members = "[workspace]\nresolver = \"3\"\nmembers = [\"goxel-*\"]\n";
        write(dir.path(), "Cargo.toml", members);
        package(dir.path(), "goxel-proto", "");
        package(
            dir.path(),
            "goxel-core",
            "[dependencies]\ngoxel-proto.path = \"../goxel-proto\"\n",
        );
        package(dir.path(), "goxel-cli", cli_dependencies);
        dir
    }

    fn shown(root: &Path) -> Vec<String> {
        let workspace = Workspace::load(root).unwrap();
        violations(&workspace).iter().map(Violation::to_string).collect()
    }

    #[test]
    fn an_allowed_workspace_passes() {
        let dir = workspace_on_disk("[dependencies]\ngoxel-proto.path = \"../goxel-proto\"\n");
        assert_eq!(shown(dir.path()), [""; 0]);
        run(dir.path()).unwrap();
    }

    #[test]
    fn a_forbidden_arrow_in_a_manifest_fails() {
        for table in ["dependencies", "build-dependencies"] {
            let dir =
                workspace_on_disk(&format!("[{table}]\ngoxel-core.path = \"../goxel-core\"\n"));
            assert_eq!(
                shown(dir.path()),
                ["goxel-cli/Cargo.toml: goxel-cli must not depend on goxel-core \
                  (allowed: goxel-proto, goxel-client)"]
            );
            assert_eq!(run(dir.path()).unwrap_err().to_string(), "1 violation");
        }
    }

    #[test]
    fn a_forbidden_arrow_of_tests_or_of_one_platform_fails_too() {
        for table in ["dev-dependencies", "target.'cfg(windows)'.dependencies"] {
            let dir =
                workspace_on_disk(&format!("[{table}]\ngoxel-core.path = \"../goxel-core\"\n"));
            let shown = shown(dir.path());
            assert_eq!(shown.len(), 1, "{shown:?}");
            assert!(shown[0].contains("goxel-cli must not depend on goxel-core"), "{shown:?}");
        }
    }

    #[test]
    fn files_are_checked_too() {
        let dir = workspace_on_disk("");
        write(dir.path(), "goxel-core/src/lib.rs", "//! Core.\n\nuse goxel_proto::request::Id;\n");
        let shown = shown(dir.path());
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert!(shown[0].starts_with("goxel-core/src/lib.rs:3: "), "{shown:?}");
    }

    #[test]
    fn every_row_of_the_tables_is_about_something_that_is_there() {
        let packages = Workspace::load(&crate::root()).unwrap().packages;
        for row in tables::CRATES {
            assert!(packages.iter().any(|package| package.name == row.name), "{}", row.name);
        }
        let used = packages.iter().flat_map(|package| &package.dependencies);
        for (name, _) in tables::PLACES {
            assert!(used.clone().any(|dependency| dependency.name == *name), "{name}");
        }
    }

    /// The same over this very workspace: its arrows hold, and one more is noticed.
    #[test]
    fn an_arrow_added_to_this_workspace_is_noticed() {
        let mut packages = Workspace::load(&crate::root()).unwrap().packages;
        assert_eq!(arrows::check(&packages), []);
        let cli = packages.iter_mut().find(|package| package.name == "goxel-cli").unwrap();
        cli.dependencies.push(Dependency {
            name: "goxel-core".to_owned(),
            kind: Kind::Ships,
            renamed: false,
        });
        let found = arrows::check(&packages);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.starts_with("goxel-cli must not depend on goxel-core"));
    }
}
