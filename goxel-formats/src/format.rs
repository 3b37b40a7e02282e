//! [`Format`]: the one table of what can be read and written, under which names and by whom.
//!
//! A format is a row here and a file with its functions.

use std::fmt;
use std::path::Path;

use goxel_core::Work;

use crate::{
    Direction, Document, Error, Kept, Layers, Out, ReadOptions, Result, Source, WriteOptions, gltf,
    gox, obj, picture, ply, pov, qb, txt, vox,
};

/// Reads the bytes of a whole file, as far as the work lets it.
pub(crate) type Read = fn(&[u8], &ReadOptions, &Work<'_>) -> Result<Document>;
/// Writes a project, which has become what the format can hold.
pub(crate) type Write = fn(&Source<'_>, &WriteOptions<'_>, &Work<'_>, &mut Out<'_>) -> Result<()>;

/// A row of the table.
pub(crate) struct Row {
    /// What calls and messages name it.
    name: &'static str,
    /// Other names that calls may use.
    aliases: &'static [&'static str],
    /// File extensions in small letters; the first one is the usual one.
    extensions: &'static [&'static str],
    /// How a file begins, where the format says.
    magic: Option<&'static [u8]>,
    layers: Layers,
    keeps: &'static [Kept],
    pub(crate) read: Option<Read>,
    pub(crate) write: Option<Write>,
}

macro_rules! formats {
    ($(#[doc = $about:literal] $variant:ident $row:tt)*) => {
        /// A file format.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Format {
            $(#[doc = $about] $variant,)*
        }

        impl Format {
            /// Every format, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// What it is, in a line.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self {
                    $(Self::$variant => $about.trim_ascii_start(),)*
                }
            }
        }

        static TABLE: [Row; Format::ALL.len()] = [$(Row $row),*];
    };
}

formats! {
    /// Goxel's own, which keeps everything.
    Gox {
        name: "gox",
        aliases: &["goxel"],
        extensions: &["gox"],
        magic: Some(b"GOX "),
        layers: Layers::All,
        keeps: &[Kept::Colours, Kept::Alpha, Kept::BlendModes, Kept::Materials, Kept::ColorMaterials, Kept::Cameras, Kept::Palette, Kept::ColorNames, Kept::ImageBox, Kept::ForeignData],
        read: Some(|bytes, _, work| gox::read(bytes, work)),
        write: Some(|project, options, work, out| gox::write(project, options, work, out)),
    }
    /// MagicaVoxel: a scene of objects that share a palette.
    Vox {
        name: "vox",
        aliases: &["magicavoxel"],
        extensions: &["vox"],
        magic: Some(b"VOX "),
        layers: Layers::All,
        keeps: &[Kept::ColoursUpTo(255), Kept::Alpha, Kept::ColorMaterials, Kept::Palette, Kept::ForeignData],
        read: Some(|bytes, _, work| vox::read(bytes, work)),
        write: Some(|project, _, work, out| vox::write(project, work, out)),
    }
    /// Wavefront mesh with colours at its corners.
    Obj {
        name: "obj",
        aliases: &["wavefront"],
        extensions: &["obj"],
        magic: None,
        layers: Layers::Merged,
        keeps: &[Kept::Colours],
        read: None,
        write: Some(|project, _, work, out| obj::write(project.volume(), work, out)),
    }
    /// Polygon mesh in text, with colours at its corners.
    Ply {
        name: "ply",
        aliases: &[],
        extensions: &["ply"],
        magic: None,
        layers: Layers::Merged,
        keeps: &[Kept::Colours, Kept::Alpha],
        read: None,
        write: Some(|project, _, work, out| ply::write(project.volume(), work, out)),
    }
    /// A line of text for each voxel.
    Txt {
        name: "txt",
        aliases: &["text"],
        extensions: &["txt"],
        magic: None,
        layers: Layers::Merged,
        keeps: &[Kept::Colours],
        read: Some(|bytes, _, work| txt::read(bytes, work)),
        write: Some(|project, _, _, out| txt::write(project.volume(), out)),
    }
    /// Qubicle binary: a matrix for each layer.
    Qb {
        name: "qb",
        aliases: &["qubicle"],
        extensions: &["qb"],
        magic: None,
        layers: Layers::Visible,
        keeps: &[Kept::Colours, Kept::Alpha],
        read: None,
        write: Some(|project, _, _, out| qb::write(project, out)),
    }
    /// POV-Ray scene of boxes, with a camera that sees all of it.
    Pov {
        name: "pov",
        aliases: &["povray"],
        extensions: &["pov", "povray"],
        magic: None,
        layers: Layers::Merged,
        keeps: &[Kept::Colours],
        read: None,
        write: Some(|project, _, _, out| pov::write(project.volume(), out)),
    }
    /// glTF 2.0 mesh in one JSON file, with colours at its corners.
    Gltf {
        name: "gltf",
        aliases: &["gltf2"],
        extensions: &["gltf"],
        magic: None,
        layers: Layers::Merged,
        keeps: &[Kept::Colours, Kept::Alpha],
        read: None,
        write: Some(|project, _, work, out| gltf::write(project.volume(), work, out)),
    }
    /// A picture, as `render_scene` draws it with nothing asked for.
    Png {
        name: "png",
        aliases: &[],
        extensions: &["png"],
        magic: None,
        layers: Layers::Drawn,
        keeps: &[],
        read: None,
        write: Some(picture::write),
    }
}

impl Format {
    /// The format of a file's extension, in large or small letters.
    ///
    /// # Errors
    /// [`Error::UnknownFormat`] and [`Error::OneWay`].
    pub fn from_path(path: &Path, direction: Direction) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let found = extension.and_then(|given| find(|row| contains(row.extensions, given)));
        Self::usable(found, &path.to_string_lossy(), direction)
    }

    /// The format of a name, an alias or an extension, in large or small letters.
    ///
    /// # Errors
    /// [`Error::UnknownFormat`] and [`Error::OneWay`].
    pub fn from_name(name: &str, direction: Direction) -> Result<Self> {
        let bare = name.strip_prefix('.').unwrap_or(name);
        let found = find(|row| {
            row.name.eq_ignore_ascii_case(bare)
                || contains(row.aliases, bare)
                || contains(row.extensions, bare)
        });
        Self::usable(found, name, direction)
    }

    fn usable(found: Option<Self>, given: &str, direction: Direction) -> Result<Self> {
        match found {
            Some(format) if format.can(direction) => Ok(format),
            Some(format) => Err(format.one_way(direction)),
            None => Err(unknown(given, direction)),
        }
    }

    /// The format that the first bytes of a file tell, among those that can be read.
    #[must_use]
    pub fn detect(bytes: &[u8]) -> Option<Self> {
        find(|row| row.read.is_some() && row.magic.is_some_and(|magic| bytes.starts_with(magic)))
    }

    /// What calls and messages name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Other names that calls may use.
    #[must_use]
    pub fn aliases(self) -> &'static [&'static str] {
        self.row().aliases
    }

    /// All extensions, without dots, in small letters; the first one is the usual one.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        self.row().extensions
    }

    /// Which layers a written file has.
    #[must_use]
    pub fn layers(self) -> Layers {
        self.row().layers
    }

    /// What else a written file keeps.
    #[must_use]
    pub fn keeps(self) -> &'static [Kept] {
        self.row().keeps
    }

    /// Whether there is a reader, or a writer.
    #[must_use]
    pub fn can(self, direction: Direction) -> bool {
        match direction {
            Direction::Read => self.row().read.is_some(),
            Direction::Write => self.row().write.is_some(),
        }
    }

    /// Why it is not read, or not written.
    pub(crate) fn one_way(self, direction: Direction) -> Error {
        Error::OneWay { format: self.name(), direction, able: names(direction) }
    }

    /// The table is in the order of the enum, for both are made from the same rows.
    pub(crate) fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }
}

fn unknown(given: &str, direction: Direction) -> Error {
    Error::UnknownFormat { given: given.to_owned(), direction, able: names(direction) }
}

/// The names of those that can be read, or written, for messages.
fn names(direction: Direction) -> String {
    let able = Format::ALL.iter().filter(|format| format.can(direction));
    able.map(|format| format.name()).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn find(wanted: impl Fn(&Row) -> bool) -> Option<Format> {
    Format::ALL.iter().copied().find(|format| wanted(format.row()))
}

fn contains(names: &[&str], given: &str) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(given))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ALPHA_MIN;
    use crate::testing::{bytes_of, sample_project};

    #[test]
    fn names_are_unique_and_every_row_does_something() {
        let mut seen = std::collections::BTreeSet::new();
        for &format in Format::ALL {
            let row = format.row();
            assert!(seen.insert(row.name), "{format}");
            assert!(row.aliases.iter().all(|alias| seen.insert(alias)), "{format}");
            assert!(row.read.is_some() || row.write.is_some(), "{format}");
            assert!(row.extensions.iter().all(|e| *e == e.to_lowercase()), "{format}");
            assert!(format.about().ends_with('.') && !format.about().starts_with(' '), "{format}");
        }
    }

    #[test]
    fn what_rows_say_of_layers_and_colours_is_so() {
        let project = sample_project();
        for &format in Format::ALL.iter().filter(|f| f.row().read.is_some()) {
            let read = crate::read(&bytes_of(&project, format), format).unwrap();
            let (layers, visible) = (project.layers(), |layer: &&goxel_core::Layer| layer.visible);
            let expected = match format.layers() {
                Layers::All => layers.len(),
                Layers::Visible => layers.iter().filter(visible).count(),
                Layers::Meshes | Layers::Merged | Layers::Drawn => 1,
            };
            assert_eq!(read.layers.len(), expected, "{format}");
            let keeps = |kept: Kept| format.keeps().contains(&kept);
            let materials = read.scene.materials().len() == project.scene().materials().len();
            assert_eq!(materials, keeps(Kept::Materials), "{format}");
            let cameras = read.scene.cameras().len() == project.scene().cameras().len();
            assert_eq!(cameras, keeps(Kept::Cameras), "{format}");
            assert_eq!(!read.scene.palette().is_empty(), keeps(Kept::Palette), "{format}");
            assert_eq!(read.image.is_some(), keeps(Kept::ImageBox), "{format}");
            let has = |alphas: std::ops::Range<u8>| {
                let mut voxels = read.layers.iter().flat_map(|layer| layer.volume.voxels());
                voxels.any(|(_, rgba)| alphas.contains(&rgba.alpha()))
            };
            assert_eq!(has(ALPHA_MIN..255), keeps(Kept::Alpha), "{format}");
            assert_eq!(has(1..ALPHA_MIN), keeps(Kept::Alpha), "{format}");
        }
    }

    #[test]
    fn paths_and_names() {
        let of_path = |path: &str| Format::from_path(Path::new(path), Direction::Write).ok();
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
            assert_eq!(Format::from_name(name, Direction::Write).ok(), Some(format), "{name}");
        }
    }

    #[test]
    fn errors_name_what_would_do() {
        let error = |name, direction| Format::from_name(name, direction).unwrap_err().to_string();
        assert_eq!(
            error("xyz", Direction::Write),
            "\"xyz\" is no known format: those that can be written are \
             gox, vox, obj, ply, txt, qb, pov, gltf, png"
        );
        assert_eq!(
            error("xyz", Direction::Read),
            "\"xyz\" is no known format: those that can be read are gox, vox, txt"
        );
        assert_eq!(
            error("obj", Direction::Read),
            "obj files cannot be read: formats that can are gox, vox, txt"
        );
    }

    #[test]
    fn first_bytes() {
        assert_eq!(Format::detect(b"GOX \x02\0\0\0"), Some(Format::Gox));
        assert_eq!(Format::detect(b"VOX \x96\0\0\0"), Some(Format::Vox));
        assert_eq!(Format::detect(b"GOX"), None);
        assert_eq!(Format::detect(b""), None);
    }
}
