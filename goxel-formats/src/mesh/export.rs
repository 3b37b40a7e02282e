//! [`export`]: what all mesh formats do around their bytes: options and defaults, coarser meshes in
//! files beside the main one.

use std::io::{self, BufWriter, Write};

use goxel_core::{Volume, Work};
use goxel_proto::types::{Loss, MaterialId, Medium, MeshColors, Surface, Unit, Up};

use super::coarse::coarser;
use super::frame::Frame;
use super::model::{Demand, Looks, Materials, Model};
use super::piece::Share;
use crate::{Error, Out, Result, Source, WriteOptions};

/// How much coarser a mesh can be: a voxel of 256.
const LODS_MAX: u8 = 8;

/// What is peculiar to a format.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Export {
    /// The end of its files' names.
    pub(crate) end: &'static str,
    pub(crate) looks: Looks,
    /// Where colours may stand at corners, and whether corners have normals, too.
    pub(crate) share: Share,
    /// Where colours stand if nobody says it; none where faces have them, whatever is asked for.
    pub(crate) colors: Option<MeshColors>,
    /// Whether corners name their places in a texture, instead of faces.
    pub(crate) texture_at_corners: bool,
    pub(crate) see_through: bool,
    /// Whether a file must be closed and manifold.
    pub(crate) closed: bool,
    pub(crate) up: Up,
    pub(crate) unit: Unit,
    /// Whether the format says what its numbers are measured in: others are converted.
    pub(crate) unit_is_fixed: bool,
}

impl Export {
    /// Corners that all faces at a place share, and z up, in metres. A format says how it differs.
    pub(crate) const PLAIN: Self = Self {
        end: "",
        looks: Looks::None,
        share: Share::Place,
        colors: None,
        texture_at_corners: false,
        see_through: true,
        closed: false,
        up: Up::Z,
        unit: Unit::Metre,
        unit_is_fixed: false,
    };
}

/// A file beside another.
type FileBeside<'a> = BufWriter<Box<dyn Write + 'a>>;

/// A file that is written, and those beside it.
pub(crate) struct Files<'o, 'a> {
    out: &'o mut Out<'a>,
    /// The file of a coarser mesh, in the place of the main one.
    coarse: Option<FileBeside<'a>>,
    /// What its name has behind that of the main one.
    suffix: String,
    /// What its numbers are measured in.
    pub(crate) unit: Unit,
    /// Where its colours stand.
    pub(crate) colors: MeshColors,
}

impl<'a> Files<'_, 'a> {
    /// The name of a file beside it, and the file, where there can be any.
    pub(crate) fn beside(&mut self, end: &str) -> Result<Option<(String, FileBeside<'a>)>> {
        let end = format!("{}{end}", self.suffix);
        let name = format!("{}{end}", self.out.stem());
        Ok(self.out.beside(&end)?.map(|file| (name, file)))
    }

    pub(crate) fn has_beside(&self) -> bool {
        self.out.has_beside()
    }
}

impl Write for Files<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.coarse {
            Some(file) => file.write(bytes),
            None => self.out.write(bytes),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.coarse {
            Some(file) => file.write_all(bytes),
            None => self.out.write_all(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.coarse {
            Some(file) => file.flush(),
            None => self.out.flush(),
        }
    }
}

/// Writes a project as a mesh, and as coarser ones beside it.
pub(crate) fn export(
    source: &Source<'_>,
    options: &WriteOptions<'_>,
    work: &Work<'_>,
    out: &mut Out<'_>,
    format: &Export,
    write: impl Fn(&Model, &Frame, &mut Files<'_, '_>) -> Result<()>,
) -> Result<()> {
    let mesh = &options.mesh;
    let mut colors = format.colors.map_or(MeshColors::None, |usual| mesh.colors.unwrap_or(usual));
    if mesh.surface == Surface::Smooth && mesh.closed && format.texture_at_corners {
        // Corners that faces of several colours share have no place in a texture.
        colors = MeshColors::Vertex;
    }
    let demand = demand(options, format, colors);
    let unit = mesh.unit.unwrap_or(format.unit);
    let (unit, factor) = if format.unit_is_fixed {
        (format.unit, unit.metres() / format.unit.metres())
    } else {
        (unit, 1.0)
    };
    let up = mesh.up.unwrap_or(format.up);
    out.lies(up, unit);
    let scale = f64::from(mesh.scale) * factor;
    if !(scale.is_finite() && scale > 0.0) {
        return Err(Error::TooLarge(format!("a voxel cannot be {} long", mesh.scale)));
    }
    let several = source.layers().len() > 1;
    let mut hiding = several.then(|| source.volume().clone());
    let mut layers: Vec<(String, Volume, Option<MaterialId>)> = source
        .layers()
        .iter()
        .map(|layer| (layer.name.clone(), layer.volume.clone(), layer.material))
        .collect();
    if format.looks != Looks::None {
        let materials = source.scene().materials().iter();
        let filled = materials.filter(|material| material.medium != Medium::Clear).count();
        let what = "meshes have surfaces: what is behind that of a material is left out";
        out.lose(Loss::Materials, what, filled as u64);
    }
    let bounds = source.volume().bounds_within(work)?;
    let mut frame = Frame::new(mesh.origin, bounds, scale, up);
    for lod in 0..=mesh.lods.min(LODS_MAX) {
        let suffix = if lod == 0 { String::new() } else { format!("_lod{lod}") };
        let mut coarse = None;
        if lod > 0 {
            coarse = out.beside(&format!("{suffix}{}", format.end))?;
            if coarse.is_none() {
                let lods = u64::from(mesh.lods - lod) + 1;
                out.lose(Loss::Lods, "coarser meshes need a file beside this one", lods);
                break;
            }
            for (_, volume, _) in &mut layers {
                *volume = coarser(volume, work)?;
            }
            hiding = hiding.map(|hiding| coarser(&hiding, work)).transpose()?;
            frame = frame.coarser(2.0);
        }
        let parts = layers.iter().cloned();
        let materials = Materials {
            all: source.scene().materials().to_vec(),
            of_colours: source.scene().materials_of_colours(),
        };
        let model = Model::new(parts, hiding.clone(), materials, demand, work)?;
        let what = "a closed mesh is in one piece: materials of colours are left out";
        out.lose(Loss::Materials, what, model.looks_lost);
        let mut files = Files { out, coarse, suffix, unit, colors };
        write(&model, &frame, &mut files)?;
        files.flush()?;
    }
    Ok(())
}

/// What is asked of a mesh.
fn demand(options: &WriteOptions<'_>, format: &Export, colors: MeshColors) -> Demand {
    let mesh = &options.mesh;
    let textured = matches!(colors, MeshColors::Texture | MeshColors::Both);
    Demand {
        share: format.share,
        looks: format.looks,
        see_through: format.see_through,
        texture: textured,
        texture_at_corners: format.texture_at_corners,
        greedy: mesh.surface == Surface::Greedy,
        smooth: mesh.surface == Surface::Smooth,
        junction_free: mesh.junction_free,
        closed: mesh.closed || format.closed,
        cavities: mesh.cavities,
    }
}
