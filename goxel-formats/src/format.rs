//! [`Format`]: the one table of what can be read and written, under which names.

use std::fmt;
use std::path::Path;

use crate::{Error, Result};

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Goxel's own: everything.
    Gox,
    /// `MagicaVoxel`: layers and a palette of 255 colours.
    Vox,
    /// Wavefront mesh with vertex colours.
    Obj,
    /// Polygon mesh with vertex colours.
    Ply,
    /// One line of text for each voxel.
    Txt,
    /// Qubicle binary: one matrix for each layer.
    Qb,
    /// POV-Ray scene.
    Pov,
    /// glTF 2.0 mesh in one JSON file.
    Gltf,
}

/// A row of the table.
struct Entry {
    format: Format,
    name: &'static str,
    /// Other names that calls may use.
    aliases: &'static [&'static str],
    /// File extensions in small letters; the first one is the usual one.
    extensions: &'static [&'static str],
    /// How a file begins, where the format says.
    magic: Option<&'static [u8]>,
    reads: bool,
    writes: bool,
}

const TABLE: [Entry; 8] = [
    Entry {
        format: Format::Gox,
        name: "gox",
        aliases: &["goxel"],
        extensions: &["gox"],
        magic: Some(b"GOX "),
        reads: true,
        writes: true,
    },
    Entry {
        format: Format::Vox,
        name: "vox",
        aliases: &["magicavoxel"],
        extensions: &["vox"],
        magic: Some(b"VOX "),
        reads: true,
        writes: true,
    },
    Entry {
        format: Format::Obj,
        name: "obj",
        aliases: &["wavefront"],
        extensions: &["obj"],
        magic: None,
        reads: false,
        writes: true,
    },
    Entry {
        format: Format::Ply,
        name: "ply",
        aliases: &[],
        extensions: &["ply"],
        magic: None,
        reads: false,
        writes: true,
    },
    Entry {
        format: Format::Txt,
        name: "txt",
        aliases: &["text"],
        extensions: &["txt"],
        magic: None,
        reads: true,
        writes: true,
    },
    Entry {
        format: Format::Qb,
        name: "qb",
        aliases: &["qubicle"],
        extensions: &["qb"],
        magic: None,
        reads: false,
        writes: true,
    },
    Entry {
        format: Format::Pov,
        name: "pov",
        aliases: &["povray"],
        extensions: &["pov", "povray"],
        magic: None,
        reads: false,
        writes: true,
    },
    Entry {
        format: Format::Gltf,
        name: "gltf",
        aliases: &["gltf2"],
        extensions: &["gltf"],
        magic: None,
        reads: false,
        writes: true,
    },
];

impl Format {
    /// Every format, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|entry| entry.format)
    }

    /// The format of a file's extension, in large or small letters.
    ///
    /// # Errors
    /// [`Error::UnknownFormat`].
    pub fn from_path(path: &Path) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension
            .and_then(|given| find(|entry| contains(entry.extensions, given)))
            .ok_or_else(|| Error::UnknownFormat(path.display().to_string()))
    }

    /// The format of a name, an alias or an extension, in large or small letters.
    ///
    /// # Errors
    /// [`Error::UnknownFormat`].
    pub fn from_name(name: &str) -> Result<Self> {
        let bare = name.strip_prefix('.').unwrap_or(name);
        find(|entry| {
            entry.name.eq_ignore_ascii_case(bare)
                || contains(entry.aliases, bare)
                || contains(entry.extensions, bare)
        })
        .ok_or_else(|| Error::UnknownFormat(name.to_owned()))
    }

    /// The format that the first bytes of a file tell, among those that can be read.
    #[must_use]
    pub fn detect(bytes: &[u8]) -> Option<Self> {
        find(|entry| entry.reads && entry.magic.is_some_and(|magic| bytes.starts_with(magic)))
    }

    /// What calls and messages name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// The usual extension, without a dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        self.entry().extensions[0]
    }

    /// All extensions, without dots, in small letters.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        self.entry().extensions
    }

    /// Whether [`crate::read`] takes it.
    #[must_use]
    pub fn can_read(self) -> bool {
        self.entry().reads
    }

    /// Whether [`crate::write`] takes it.
    #[must_use]
    pub fn can_write(self) -> bool {
        self.entry().writes
    }

    /// All names, for messages.
    pub(crate) fn names() -> String {
        TABLE.map(|entry| entry.name).join(", ")
    }

    /// The table is in the order of the enum; a test holds that.
    fn entry(self) -> &'static Entry {
        &TABLE[self as usize]
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn find(wanted: impl Fn(&Entry) -> bool) -> Option<Format> {
    TABLE.iter().find(|entry| wanted(entry)).map(|entry| entry.format)
}

fn contains(names: &[&str], given: &str) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(given))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_names_are_unique() {
        let mut seen = std::collections::BTreeSet::new();
        for entry in &TABLE {
            assert_eq!(entry.format.entry().name, entry.name);
            assert!(seen.insert(entry.name), "{}", entry.name);
            assert!(entry.aliases.iter().all(|alias| seen.insert(alias)));
            assert!(entry.reads || entry.writes);
            assert!(entry.extensions.iter().all(|e| *e == e.to_lowercase()));
        }
    }

    #[test]
    fn paths_and_names() {
        let of_path = |path: &str| Format::from_path(Path::new(path)).ok();
        assert_eq!(of_path("/a/b.GOX"), Some(Format::Gox));
        assert_eq!(of_path("a.b.gltf"), Some(Format::Gltf));
        assert_eq!(of_path("a.povray"), Some(Format::Pov));
        for bad in ["gox", "a.", "a.gox.bak", ".gox", ""] {
            assert_eq!(of_path(bad), None, "{bad}");
        }
        for (name, format) in [
            ("gox", Format::Gox),
            ("VOX", Format::Vox),
            ("Qubicle", Format::Qb),
            ("text", Format::Txt),
            ("povray", Format::Pov),
            (".ply", Format::Ply),
        ] {
            assert_eq!(Format::from_name(name).ok(), Some(format), "{name}");
        }
        let error = Format::from_name("xyz").unwrap_err().to_string();
        assert!(error.contains("\"xyz\"") && error.contains("gox, vox, obj"), "{error}");
    }

    #[test]
    fn first_bytes() {
        assert_eq!(Format::detect(b"GOX \x02\0\0\0"), Some(Format::Gox));
        assert_eq!(Format::detect(b"VOX \x96\0\0\0"), Some(Format::Vox));
        assert_eq!(Format::detect(b"GOX"), None);
        assert_eq!(Format::detect(b""), None);
    }
}
