//! [`Plan`]: which file becomes which.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use goxel_client::Client;
use goxel_proto::Method;
use goxel_proto::json::Value;

use super::Conversions;
use crate::commands::text;
use crate::error::Usage;

/// What stands for the name of each file in the path of those that are written.
const NAME: &str = "{}";
/// Files that one command converts at the most. More is a slip: a folder with everything in it.
const FILES_MAX: usize = 100_000;
/// Folders that may be inside of each other.
const DEPTH_MAX: usize = 64;

/// Whether a path to read stands for several files, or for one that has to be looked for.
pub(crate) fn is_several(path: &Path) -> bool {
    path.is_dir() || (is_pattern(path) && !path.exists())
}

/// Whether a path to write stands for the files of several.
pub(crate) fn is_for_several(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.ends_with('/') || text.contains(NAME) || path.is_dir()
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '['])
}

/// Each file, and what it becomes.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) files: Vec<(PathBuf, PathBuf)>,
}

/// A file that was found, and its path from the folder that was named.
struct Found {
    path: PathBuf,
    inside: PathBuf,
}

impl Plan {
    /// Looks for the files.
    ///
    /// # Errors
    /// Where there are none or too many, a folder cannot be read, it is not said what they become, or
    /// two of them would become one.
    pub(super) fn new(all: &Conversions<'_>, client: &mut Client) -> Result<Self> {
        let formats = Formats::ask(client)?;
        let mut found = Vec::new();
        for from in all.from {
            find(from, &formats, &mut found)?;
        }
        let files: Result<Vec<_>> = found
            .into_iter()
            .map(|file| Ok((file.path.clone(), target(all, &file, &formats)?)))
            .collect();
        let files = files?;
        let mut targets = HashMap::new();
        for (from, to) in &files {
            if let Some(other) = targets.insert(to, from) {
                let [to, from, other] = [to, from, other].map(|path| path.display());
                bail!(Usage(format!("{other} and {from} would both become {to}")));
            }
        }
        Ok(Self { files })
    }

    /// Makes the folder of a file that is written.
    pub(super) fn make_folder(&self, to: &Path) -> Result<()> {
        let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
            return Ok(());
        };
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
    }
}

fn find(from: &Path, formats: &Formats, found: &mut Vec<Found>) -> Result<()> {
    let before = found.len();
    if from.is_dir() {
        walk(from, Path::new(""), 0, formats, found)?;
        if found.len() == before {
            bail!("{}: no file in it has a format that can be read", from.display());
        }
        return Ok(());
    }
    if !is_several(from) {
        return add(from.to_owned(), found);
    }
    let paths = glob::glob(&from.to_string_lossy())
        .map_err(|error| Usage(format!("{}: {error}", from.display())))?;
    for path in paths {
        let path = path?;
        if path.is_file() {
            add(path, found)?;
        }
    }
    if found.len() == before {
        bail!("{}: no file is called so", from.display());
    }
    Ok(())
}

fn add(path: PathBuf, found: &mut Vec<Found>) -> Result<()> {
    let inside = PathBuf::from(path.file_name().context("a path that names no file")?);
    push(Found { path, inside }, found)
}

fn push(file: Found, found: &mut Vec<Found>) -> Result<()> {
    if found.len() == FILES_MAX {
        bail!("more than {FILES_MAX} files: convert them folder by folder");
    }
    found.push(file);
    Ok(())
}

/// The files of a folder and of those inside of it, in the order of their names. Links to folders are
/// not followed: they may lead round in a circle.
fn walk(
    folder: &Path,
    inside: &Path,
    depth: usize,
    formats: &Formats,
    found: &mut Vec<Found>,
) -> Result<()> {
    let unread = || format!("cannot read {}", folder.display());
    let mut entries: Vec<_> =
        fs::read_dir(folder).and_then(Iterator::collect::<Result<_, _>>).with_context(unread)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, inside) = (entry.path(), inside.join(entry.file_name()));
        let kind = entry.file_type().with_context(unread)?;
        if kind.is_dir() {
            if depth == DEPTH_MAX {
                bail!("{}: more than {DEPTH_MAX} folders inside of each other", path.display());
            }
            walk(&path, &inside, depth + 1, formats, found)?;
        } else if formats.read(&path) && path.is_file() {
            push(Found { path, inside }, found)?;
        }
    }
    Ok(())
}

/// What a file becomes.
fn target(all: &Conversions<'_>, file: &Found, formats: &Formats) -> Result<PathBuf> {
    let to = all.to.to_string_lossy();
    if to.contains(NAME) && !all.to_folder {
        let name = file.inside.with_extension("");
        return Ok(PathBuf::from(to.replace(NAME, &name.to_string_lossy())));
    }
    if !all.to_folder && !is_for_several(all.to) && all.to.extension().is_some() {
        let to = all.to.display();
        bail!(Usage(format!(
            "several files cannot become {to}: name a folder, or a path such as 'out/{{}}.obj'"
        )));
    }
    let Some(format) = all.format else {
        bail!(Usage(
            "what do the files become? Say it with --format, or with a path such as 'out/{}.obj'"
                .into()
        ));
    };
    Ok(all.to.join(&file.inside).with_extension(formats.extension(format)))
}

/// What the daemon reads and writes.
struct Formats {
    read: Vec<String>,
    /// The usual extension of each name.
    extensions: HashMap<String, String>,
}

impl Formats {
    fn ask(client: &mut Client) -> Result<Self> {
        let list = client.call(Method::ListFormats, None, |_| ())?;
        let mut formats = Self { read: Vec::new(), extensions: HashMap::new() };
        for format in list.get("formats").iter().flat_map(Value::elements) {
            let extensions = format.get("extensions");
            let extensions = extensions.iter().flat_map(Value::elements);
            let extensions: Vec<String> =
                extensions.filter_map(|name| Some(name.as_str()?.decode().into_owned())).collect();
            if let Some(usual) = extensions.first() {
                formats.extensions.insert(text(&format, "name"), usual.clone());
            }
            if format.get("reads").is_some_and(|reads| reads.raw() == b"true") {
                formats.read.extend(extensions);
            }
        }
        Ok(formats)
    }

    /// Whether a file's extension is one of those that can be read.
    fn read(&self, path: &Path) -> bool {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension
            .is_some_and(|given| self.read.iter().any(|known| known.eq_ignore_ascii_case(given)))
    }

    fn extension(&self, format: &str) -> String {
        let bare = format.trim_start_matches('.').to_lowercase();
        self.extensions.get(&bare).cloned().unwrap_or(bare)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formats() -> Formats {
        Formats {
            read: vec!["vox".to_owned(), "gox".to_owned()],
            extensions: [("obj", "obj"), ("povray", "pov")]
                .map(|(name, usual)| (name.to_owned(), usual.to_owned()))
                .into(),
        }
    }

    fn conversions<'a>(
        from: &'a [PathBuf],
        to: &'a Path,
        format: Option<&'a str>,
    ) -> Conversions<'a> {
        Conversions {
            method: Method::Convert,
            from,
            to,
            to_folder: false,
            format,
            jobs: 1,
            write: Box::new(|_| ()),
        }
    }

    #[test]
    fn folders_are_walked_and_names_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir_all(path("deep/er")).unwrap();
        for name in ["b.vox", "a.GOX", "notes.txt", "deep/er/c.vox"] {
            fs::write(path(name), "").unwrap();
        }
        let mut found = Vec::new();
        find(folder.path(), &formats(), &mut found).unwrap();
        let names: Vec<_> = found.iter().map(|file| file.inside.to_str().unwrap()).collect();
        assert_eq!(names, ["a.GOX", "b.vox", "deep/er/c.vox"]);
        let all = conversions(&[], Path::new("/out"), Some("obj"));
        let deep = target(&all, &found[2], &formats()).unwrap();
        assert_eq!(deep, Path::new("/out/deep/er/c.obj"));
        let all = conversions(&[], Path::new("/out/{}-small.obj"), None);
        assert_eq!(
            target(&all, &found[2], &formats()).unwrap(),
            Path::new("/out/deep/er/c-small.obj")
        );
        let mut found = Vec::new();
        find(&path("*.vox"), &formats(), &mut found).unwrap();
        assert_eq!(found.len(), 1);
        assert!(find(&path("*.qb"), &formats(), &mut found).is_err());
        assert!(find(&path("deep/er/*"), &formats(), &mut found).is_ok());
    }

    #[test]
    fn what_they_become_has_to_be_said() {
        let file = Found { path: "a.vox".into(), inside: "a.vox".into() };
        let told = |to: &str, format| {
            target(&conversions(&[], Path::new(to), format), &file, &formats())
                .map_err(|error| error.to_string())
        };
        assert!(told("/out", None).unwrap_err().contains("--format"));
        assert!(told("/out.obj", None).unwrap_err().contains("cannot become /out.obj"));
        assert_eq!(told("/out/", Some("POVRAY")).unwrap(), Path::new("/out/a.pov"));
    }
}
