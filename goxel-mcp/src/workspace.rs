//! The workspace: the one directory whose files models may read and write.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

/// The directory that is meant where none is named, below the user's own.
const DEFAULT: &str = "goxel";

/// The workspace: the directory that was named, else `$GOXEL_WORKSPACE`, else `~/goxel`. The last one is
/// made where it is missing; one that was named has to be there, since a name that is misspelt would
/// be a new place.
///
/// # Errors
/// Where there is none, or it is the root of all files, or the directory of all of a user's.
pub fn open(named: Option<&Path>) -> Result<PathBuf> {
    resolve(named, |name| {
        std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    })
}

fn resolve(named: Option<&Path>, env: impl Fn(&str) -> Option<PathBuf>) -> Result<PathBuf> {
    let home = env("HOME");
    let path = match named.map(Path::to_path_buf).or_else(|| env("GOXEL_WORKSPACE")) {
        Some(path) => path,
        None => made(home.as_deref())?,
    };
    // Once: a link that is laid afterwards leads nowhere else.
    let path = fs::canonicalize(&path).with_context(|| {
        format!(
            "no workspace at {}: make the directory, or name another one with --workspace",
            path.display()
        )
    })?;
    ensure!(path.is_dir(), "{} is no directory: name one with --workspace", path.display());
    let is_home =
        home.and_then(|home| fs::canonicalize(home).ok()).is_some_and(|home| home == path);
    if path.parent().is_none() || is_home {
        bail!(
            "{} has more in it than a model should reach: name a directory below it with --workspace",
            path.display()
        );
    }
    Ok(path)
}

fn made(home: Option<&Path>) -> Result<PathBuf> {
    let home = home.context("no workspace: name a directory with --workspace")?;
    let path = home.join(DEFAULT);
    DirBuilder::new()
        .mode(0o700)
        .recursive(true)
        .create(&path)
        .with_context(|| format!("cannot make the workspace {}", path.display()))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn workspaces() {
        let dir = tempfile::tempdir().unwrap();
        let home = fs::canonicalize(dir.path()).unwrap();
        let env = |vars: Vec<(&'static str, PathBuf)>| {
            move |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, v)| v.clone())
        };
        let found = resolve(None, env(vec![("HOME", home.clone())])).unwrap();
        assert_eq!(found, home.join("goxel"));
        assert!(found.is_dir());

        fs::create_dir(home.join("a")).unwrap();
        symlink(home.join("a"), home.join("link")).unwrap();
        let both = vec![("HOME", home.clone()), ("GOXEL_WORKSPACE", home.join("link"))];
        assert_eq!(resolve(None, env(both.clone())).unwrap(), home.join("a"));
        assert_eq!(resolve(Some(&found), env(both)).unwrap(), found);
    }

    #[test]
    fn what_is_no_workspace() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("file"), "").unwrap();
        let home = dir.path().to_path_buf();
        let env = |name: &str| (name == "HOME").then(|| home.clone());
        for (named, says) in [
            (dir.path().join("none"), "no workspace at"),
            (dir.path().join("file"), "is no directory"),
            (home.clone(), "more in it than a model should reach"),
            (PathBuf::from("/"), "more in it than a model should reach"),
        ] {
            let error = resolve(Some(&named), env).unwrap_err();
            assert!(format!("{error:#}").contains(says), "{error:#}");
        }
        assert!(resolve(None, |_| None).is_err());
    }
}
