//! What there is to check: packages with the dependencies they declare, and files with their text.
//!
//! Declared, not resolved: a rule is about what someone wrote into a manifest, on any platform
//! and behind any feature, and no index or lock file is needed to read that.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

/// A workspace as the rules see it. All paths are relative to its root, with `/` between names.
pub(super) struct Workspace {
    /// The members.
    pub(super) packages: Vec<Package>,
    /// Every file that is text, by path.
    pub(super) files: Vec<File>,
    /// The path of every file and directory.
    pub(super) paths: BTreeSet<String>,
}

/// A member of the workspace.
pub(super) struct Package {
    /// Its name in the manifest.
    pub(super) name: String,
    /// Its directory.
    pub(super) dir: String,
    /// What its manifest declares.
    pub(super) dependencies: Vec<Dependency>,
}

/// A dependency, as a manifest declares it.
pub(super) struct Dependency {
    /// The package's own name, whatever the manifest calls it.
    pub(super) name: String,
    /// What it is for.
    pub(super) kind: Kind,
    /// Whether the manifest gives it another name.
    pub(super) renamed: bool,
}

/// What a dependency is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is in what is built and shipped, or builds it.
    Ships,
    /// Only tests, examples and benches use it.
    Tests,
}

/// A file and its text.
pub(super) struct File {
    /// Where it is.
    pub(super) path: String,
    /// All of it.
    pub(super) text: String,
}

impl Workspace {
    /// Reads the workspace at `root`.
    pub(super) fn load(root: &Path) -> Result<Self> {
        // Cargo answers with real paths, and prefixes are cut off them.
        let root =
            root.canonicalize().with_context(|| format!("no directory {}", root.display()))?;
        let (mut files, mut paths) = (Vec::new(), BTreeSet::new());
        read_files(&root, "", &mut files, &mut paths)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { packages: read_packages(&root)?, files, paths })
    }

    /// The package that the file at `path` belongs to.
    pub(super) fn package_of(&self, path: &str) -> Option<&Package> {
        let holds = |package: &&Package| {
            path.strip_prefix(&package.dir).is_some_and(|rest| rest.starts_with('/'))
        };
        self.packages.iter().find(holds)
    }
}

impl Package {
    /// The path of its manifest.
    pub(super) fn manifest(&self) -> String {
        format!("{}/Cargo.toml", self.dir)
    }
}

impl File {
    /// Whether it is a Rust source.
    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }
}

fn read_packages(root: &Path) -> Result<Vec<Package>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cargo metadata failed")?;
    metadata.packages.iter().map(|package| read_package(root, package)).collect()
}

fn read_package(root: &Path, package: &cargo_metadata::Package) -> Result<Package> {
    let dir = package.manifest_path.parent().context("a manifest stands in a directory")?;
    let dir = dir.as_std_path().strip_prefix(root).context("a member outside the root")?;
    let dependency = |declared: &cargo_metadata::Dependency| Dependency {
        name: declared.name.clone(),
        kind: match declared.kind {
            DependencyKind::Development => Kind::Tests,
            _ => Kind::Ships,
        },
        renamed: declared.rename.is_some(),
    };
    Ok(Package {
        name: package.name.to_string(),
        dir: dir.to_string_lossy().into_owned(),
        dependencies: package.dependencies.iter().map(dependency).collect(),
    })
}

/// Gathers what is below `dir`, which is `prefix` as seen from the root: all paths, and the texts.
fn read_files(
    dir: &Path,
    prefix: &str,
    files: &mut Vec<File>,
    paths: &mut BTreeSet<String>,
) -> Result<()> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))?;
    for entry in entries {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if is_skipped(&entry.path()) {
            continue;
        }
        paths.insert(path.clone());
        if kind.is_dir() {
            read_files(&entry.path(), &format!("{path}/"), files, paths)?;
        } else if kind.is_file() {
            // What is not UTF-8 is a picture or a model: no rule speaks of it.
            let text = String::from_utf8(fs::read(entry.path())?).ok();
            files.extend(text.map(|text| File { path, text }));
        }
    }
    Ok(())
}

/// Git's own directory, or the file that says where it is, and what cargo builds into: it leaves
/// a tag there for backup tools.
fn is_skipped(path: &Path) -> bool {
    // Cargo marks what it builds when it makes the directory, and not again where the mark is gone.
    path.file_name().is_some_and(|name| name == ".git" || name == "target")
        || path.join("CACHEDIR.TAG").exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_workspace_can_be_read() {
        let workspace = Workspace::load(&crate::root()).unwrap();
        let here = "xtask/src/tidy/workspace.rs";
        assert_eq!(workspace.package_of(here).unwrap().name, "xtask");
        assert!(workspace.package_of("xtask.md").is_none());
        assert!(workspace.files.iter().any(|file| file.path == here && file.is_rust()));
        assert!(workspace.files.iter().all(|file| !file.path.starts_with(".git/")));
    }
}
