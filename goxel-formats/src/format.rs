//! [`Format`]: the one table of what can be read and written, under which names and by whom.
//!
//! A format is a row here and a file with its functions.

use std::fmt;
use std::path::Path;

use goxel_core::Work;

use crate::{
    Direction, Document, Error, Kept, Layers, Out, ReadOptions, Result, Source, WriteOptions,
    binvox, csv, cub, gltf, gox, minecraft, mts, npy, obj, off, picture, ply, pov, qb, relief,
    slab, slices, stl, threemf, txt, usda, vdb, vox, voxelise, vxl, vxm, xraw,
};

/// Reads the bytes of a whole file, as far as the work lets it.
pub(crate) type Read = fn(&[u8], &ReadOptions<'_>, &Work<'_>) -> Result<Document>;
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
    /// Wavefront mesh, with materials and colours in files beside it; y points up, a unit is a metre.
    Obj {
        name: "obj",
        aliases: &["wavefront"],
        extensions: &["obj"],
        magic: None,
        layers: Layers::Meshes,
        keeps: &[Kept::Colours, Kept::Alpha, Kept::Materials, Kept::ColorMaterials],
        read: Some(voxelise::obj::read),
        write: Some(obj::write),
    }
    /// Polygon mesh, binary or text, with colours at its corners; z points up, a unit is a metre.
    Ply {
        name: "ply",
        aliases: &[],
        extensions: &["ply"],
        magic: Some(voxelise::ply::MAGIC),
        layers: Layers::Merged,
        keeps: &[Kept::Colours, Kept::Alpha],
        read: Some(voxelise::ply::read),
        write: Some(ply::write),
    }
    /// Triangles for printing, without colours; z points up, a unit is a millimetre.
    Stl {
        name: "stl",
        aliases: &[],
        extensions: &["stl"],
        magic: None,
        layers: Layers::Merged,
        keeps: &[],
        read: Some(voxelise::stl::read),
        write: Some(stl::write),
    }
    /// Closed meshes for printing, with colours; z points up, in millimetres.
    ThreeMf {
        name: "3mf",
        aliases: &[],
        extensions: &["3mf"],
        magic: None,
        layers: Layers::Meshes,
        keeps: &[Kept::Colours, Kept::Alpha],
        read: None,
        write: Some(threemf::write),
    }
    /// Mesh in plain text, with a colour a face; z points up, a unit is a metre.
    Off {
        name: "off",
        aliases: &[],
        extensions: &["off"],
        magic: None,
        layers: Layers::Merged,
        keeps: &[Kept::Colours, Kept::Alpha],
        read: None,
        write: Some(off::write),
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
        read: Some(|bytes, _, work| qb::read(bytes, work)),
        write: Some(|project, _, _, out| qb::write(project, out)),
    }
    /// POV-Ray scene of boxes, with a camera that sees all of it; y points up, left-handed.
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
    /// glTF 2.0 in JSON, with its buffer in a file beside it; y points up, in metres.
    Gltf {
        name: "gltf",
        aliases: &["gltf2"],
        extensions: &["gltf"],
        magic: None,
        layers: Layers::Meshes,
        keeps: &[Kept::Colours, Kept::Alpha, Kept::Materials, Kept::ColorMaterials],
        read: Some(voxelise::gltf::read),
        write: Some(|source, options, work, out| {
            gltf::write(source, options, work, out, gltf::Form::Text)
        }),
    }
    /// glTF 2.0 in one binary file; y points up, in metres.
    Glb {
        name: "glb",
        aliases: &[],
        extensions: &["glb"],
        magic: Some(voxelise::gltf::MAGIC),
        layers: Layers::Meshes,
        keeps: &[Kept::Colours, Kept::Alpha, Kept::Materials, Kept::ColorMaterials],
        read: Some(voxelise::gltf::read),
        write: Some(|source, options, work, out| {
            gltf::write(source, options, work, out, gltf::Form::Binary)
        }),
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
    /// Qubicle binary tree: a compressed matrix for each layer.
    Qbt {
        name: "qbt", aliases: &["qubicle tree"], extensions: &["qbt"], magic: Some(qb::tree::MAGIC),
        layers: Layers::Visible, keeps: &[Kept::Colours],
        read: Some(|bytes, _, work| qb::tree::read(bytes, work)),
        write: Some(|project, _, work, out| qb::tree::write(project, work, out)),
    }
    /// Qubicle exchange format, in text.
    Qef {
        name: "qef", aliases: &["qubicle exchange"], extensions: &["qef"], magic: Some(qb::exchange::MAGIC),
        layers: Layers::Merged, keeps: &[],
        read: Some(|bytes, _, work| qb::exchange::read(bytes, work)),
        write: None,
    }
    /// Qubicle project: a tree of matrices with names.
    Qbcl {
        name: "qbcl", aliases: &["qubicle project"], extensions: &["qbcl"], magic: Some(qb::project::MAGIC),
        layers: Layers::All, keeps: &[],
        read: Some(|bytes, _, work| qb::project::read(bytes, work)),
        write: None,
    }
    /// SLAB6 and Voxlap: a model of up to 256 x 256 x 255 voxels.
    Kv6 {
        name: "kv6", aliases: &["slab6"], extensions: &["kv6"], magic: Some(slab::kv6::MAGIC),
        layers: Layers::Merged, keeps: &[Kept::Colours],
        read: Some(|bytes, _, work| slab::kv6::read(bytes, work)),
        write: Some(|project, _, work, out| slab::kv6::write(project.volume(), work, out)),
    }
    /// Build engine: a model of up to 256 x 256 x 255 voxels with colours of 6 bits a channel.
    Kvx {
        name: "kvx", aliases: &["build engine"], extensions: &["kvx"], magic: None,
        layers: Layers::Merged, keeps: &[Kept::ColoursUpTo(255)],
        read: Some(|bytes, _, work| slab::kvx::read(bytes, work)),
        write: Some(|project, _, work, out| slab::kvx::write(project.volume(), work, out)),
    }
    /// Ace of Spades and Voxlap: a map of 512 x 512 columns of 64 voxels.
    AceOfSpades {
        name: "vxl", aliases: &["ace of spades", "voxlap"], extensions: &["vxl"], magic: None,
        layers: Layers::Merged, keeps: &[Kept::Colours],
        read: Some(|bytes, _, work| vxl::aos::read(bytes, work)),
        write: Some(|project, _, work, out| vxl::aos::write(project.volume(), work, out)),
    }
    /// Command & Conquer: parts of a vehicle with a palette.
    CommandConquer {
        name: "cc vxl", aliases: &["command & conquer", "tiberian sun"], extensions: &["vxl"], magic: Some(vxl::command::MAGIC),
        layers: Layers::All, keeps: &[],
        read: Some(|bytes, _, work| vxl::command::read(bytes, work)),
        write: None,
    }
    /// Binvox: which positions of a box are solid.
    Binvox {
        name: "binvox", aliases: &[], extensions: &["binvox"], magic: Some(binvox::MAGIC),
        layers: Layers::Merged, keeps: &[],
        read: Some(|bytes, _, work| binvox::read(bytes, work)),
        write: Some(|project, _, work, out| binvox::write(project.volume(), work, out)),
    }
    /// MagicaVoxel's raw box of colours.
    Xraw {
        name: "xraw", aliases: &[], extensions: &["xraw"], magic: Some(xraw::MAGIC),
        layers: Layers::Merged, keeps: &[Kept::Colours, Kept::Alpha],
        read: Some(|bytes, _, work| xraw::read(bytes, work)),
        write: Some(|project, _, work, out| xraw::write(project.volume(), work, out)),
    }
    /// Comma-separated values: a line for each voxel, under a line of names.
    Csv {
        name: "csv", aliases: &["points"], extensions: &["csv"], magic: None,
        layers: Layers::Merged, keeps: &[Kept::Colours, Kept::Alpha],
        read: Some(|bytes, _, work| csv::read(bytes, work)),
        write: Some(|project, _, _, out| csv::write(project.volume(), out)),
    }
    /// NumPy: an array of colours by x, y and z, or of indices with a palette beside it.
    Npy {
        name: "npy", aliases: &["numpy"], extensions: &["npy"], magic: Some(npy::MAGIC),
        layers: Layers::Merged, keeps: &[Kept::Colours, Kept::Alpha],
        read: Some(npy::read),
        write: Some(|project, options, work, out| npy::write(project.volume(), options.mesh.colors, work, out)),
    }
    /// A picture as heights: the brighter, the higher.
    HeightMap {
        name: "heightmap", aliases: &["height map"], extensions: &["png"], magic: Some(b"\x89PNG"),
        layers: Layers::Merged, keeps: &[],
        read: Some(|bytes, options, work| relief::read(bytes, options.height, work)),
        write: None,
    }
    /// A picture of all levels side by side; only where it is named, for it looks like any other.
    Slices {
        name: "png slices", aliases: &["png_slices", "slices"], extensions: &["png"], magic: None,
        layers: Layers::Merged, keeps: &[Kept::Colours, Kept::Alpha],
        read: Some(|bytes, _, work| slices::read(bytes, work)),
        write: Some(|project, _, work, out| slices::write(project.volume(), work, out)),
    }
    /// VoxEdit (The Sandbox): models with a palette.
    Vxm {
        name: "vxm", aliases: &["voxedit"], extensions: &["vxm"], magic: Some(vxm::MAGIC),
        layers: Layers::All, keeps: &[],
        read: Some(|bytes, _, work| vxm::read(bytes, work)),
        write: None,
    }
    /// Cube World: a box of colours.
    Cub {
        name: "cub", aliases: &["cube world"], extensions: &["cub"], magic: None,
        layers: Layers::Merged, keeps: &[],
        read: Some(|bytes, _, work| cub::read(bytes, work)),
        write: None,
    }
    /// Minecraft, as Sponge and WorldEdit save it: colours become blocks.
    Schem {
        name: "schem", aliases: &["sponge"], extensions: &["schem"], magic: Some(minecraft::MAGIC),
        layers: Layers::Merged, keeps: &[],
        read: Some(|bytes, _, work| minecraft::read(bytes, work)),
        write: Some(|project, _, work, out| minecraft::sponge(project.volume(), work, out)),
    }
    /// Minecraft up to 1.12, as MCEdit saves it: colours become blocks.
    Schematic {
        name: "schematic", aliases: &["mcedit"], extensions: &["schematic"], magic: Some(minecraft::MAGIC),
        layers: Layers::Merged, keeps: &[],
        read: Some(|bytes, _, work| minecraft::read(bytes, work)),
        write: Some(|project, _, work, out| minecraft::schematic(project.volume(), work, out)),
    }
    /// Minecraft, as Litematica saves it: colours become blocks.
    Litematic {
        name: "litematic", aliases: &["litematica"], extensions: &["litematic"], magic: Some(minecraft::MAGIC),
        layers: Layers::Merged, keeps: &[],
        read: Some(|bytes, _, work| minecraft::read(bytes, work)),
        write: Some(|project, _, work, out| minecraft::litematic(project.name(), project.volume(), work, out)),
    }
    /// Luanti (Minetest): a schematic of nodes.
    Mts {
        name: "mts", aliases: &["luanti", "minetest"], extensions: &["mts"], magic: Some(mts::MAGIC),
        layers: Layers::Merged, keeps: &[],
        read: Some(|bytes, _, work| mts::read(bytes, work)),
        write: None,
    }
    /// Universal Scene Description in text, with a colour a face; z points up, in metres.
    Usda {
        name: "usda", aliases: &["usd", "openusd"], extensions: &["usda", "usd"], magic: None,
        layers: Layers::Meshes, keeps: &[Kept::Colours, Kept::Alpha],
        read: None,
        write: Some(usda::write),
    }
    /// OpenVDB: sparse grids of density and colour.
    Vdb {
        name: "vdb", aliases: &["openvdb"], extensions: &["vdb"], magic: None,
        layers: Layers::Merged, keeps: &[Kept::Colours, Kept::Alpha],
        read: None,
        write: Some(|project, _, work, out| vdb::write(project.volume(), work, out)),
    }
}

impl Format {
    /// The format of a file's extension, in large or small letters.
    ///
    /// # Errors
    /// [`Error::UnknownFormat`] and [`Error::OneWay`].
    pub fn from_path(path: &Path, direction: Direction) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let found =
            extension.and_then(|given| find_able(direction, |row| contains(row.extensions, given)));
        Self::usable(found, &path.to_string_lossy(), direction)
    }

    /// The format of a name, an alias or an extension, in large or small letters.
    ///
    /// # Errors
    /// [`Error::UnknownFormat`] and [`Error::OneWay`].
    pub fn from_name(name: &str, direction: Direction) -> Result<Self> {
        let bare = name.strip_prefix('.').unwrap_or(name);
        let found = find_able(direction, |row| {
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

/// The first that can do what is asked, or else the first: several formats may share an extension.
fn find_able(direction: Direction, wanted: impl Fn(&Row) -> bool) -> Option<Format> {
    let able = |row: &Row| match direction {
        Direction::Read => row.read.is_some(),
        Direction::Write => row.write.is_some(),
    };
    find(|row| wanted(row) && able(row)).or_else(|| find(wanted))
}

fn contains(names: &[&str], given: &str) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(given))
}

#[cfg(test)]
mod tests;
