//! `.qbt`: Qubicle binary tree. Matrices in a tree of models and compounds, each compressed.
//!
//! ```text
//! file      "QB 2"  u8 major 1, minor 0  f32[3] scale
//!           "COLORMAP"  u32 count, count x u8 r, g, b, a: 0 where voxels have their own colours
//!           "DATATREE"  node
//! node      u32 kind  u32 bytes  body
//! 0 matrix  u32 length, name  i32[3] position  u32[3] scale  f32[3] pivot  u32 w, h, d
//!           u32 bytes, zlib of w x d x h voxels u8 r, g, b, mask: x slowest, then z, then y
//! 1 model   u32 count, nodes
//! 2 compound  a matrix, made of the nodes that follow; u32 count, nodes
//! ```
//!
//! Y points up as in `.qb`. The mask says which faces show: 0 is empty. Positions count from the
//! node above. The matrix of a compound is what its nodes come to, so they are passed over.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use goxel_core::limits::LAYERS_MAX;
use goxel_core::{Layer, Project, Work};
use goxel_proto::types::{LayerId, Rgba};

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::limits::SCENE_DEPTH_MAX;
use crate::lines::Lines;
use crate::plot::{Extent, Plot};
use crate::unpack::Unpack;
use crate::{Document, Error, Result, text};

/// How every file begins.
pub(crate) const MAGIC: &[u8; 4] = b"QB 2";
const COLORMAP: &[u8; 8] = b"COLORMAP";
const DATATREE: &[u8; 8] = b"DATATREE";
const MATRIX: u32 = 0;
const MODEL: u32 = 1;
const COMPOUND: u32 = 2;
/// The mask of a voxel all of whose faces show: readers work out which do.
const ALL_FACES: u8 = 0x7e;

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "qbt");
    if cursor.take(4)? != MAGIC {
        return Err(Cursor::new(bytes, "qbt").malformed("it does not begin with \"QB 2\""));
    }
    let _version_and_scale = cursor.take(2 + 12)?;
    section(&mut cursor, COLORMAP)?;
    let count = cursor.length()?;
    let colours = cursor.records(count, 4)?.as_chunks().0;
    section(&mut cursor, DATATREE)?;
    let budget = Budget::for_file(bytes.len(), work);
    let mut tree = Tree { colours, layers: Vec::new(), budget };
    tree.node(&mut cursor, [0; 3], 0)?;
    Ok(Document { layers: tree.layers, ..Document::default() })
}

fn section(cursor: &mut Cursor<'_>, name: &[u8; 8]) -> Result<()> {
    let here = cursor.clone();
    if cursor.take(8)? == name {
        return Ok(());
    }
    Err(here.malformed(format!("no section {}", String::from_utf8_lossy(name))))
}

/// What was read so far.
struct Tree<'a, 'w> {
    colours: &'a [[u8; 4]],
    layers: Vec<Layer>,
    budget: Budget<'w>,
}

impl Tree<'_, '_> {
    fn node(&mut self, cursor: &mut Cursor<'_>, origin: [i64; 3], depth: usize) -> Result<()> {
        let here = cursor.clone();
        if depth > SCENE_DEPTH_MAX {
            return Err(here.malformed(format!("nodes more than {SCENE_DEPTH_MAX} deep")));
        }
        self.budget.spend_voxels(1)?;
        let kind = cursor.u32()?;
        let length = cursor.length()?;
        let mut body = cursor.split(length)?;
        match kind {
            // The nodes of a compound say again what it holds.
            MATRIX | COMPOUND => self.matrix(&mut body, origin),
            MODEL => {
                for _ in 0..body.length()? {
                    self.node(&mut body, origin, depth + 1)?;
                }
                Ok(())
            }
            other => Err(here.malformed(format!("a node of kind {other}, which is not known"))),
        }
    }

    fn matrix(&mut self, cursor: &mut Cursor<'_>, origin: [i64; 3]) -> Result<()> {
        if self.layers.len() == LAYERS_MAX {
            return Err(Error::TooLarge(format!("more than {LAYERS_MAX} matrices")));
        }
        let length = cursor.length()?;
        let name = text::name(cursor.take(length)?);
        let here = cursor.clone();
        let at = [cursor.i32()?, cursor.i32()?, cursor.i32()?];
        let _scale_and_pivot = cursor.take(12 + 12)?;
        let [w, h, d] = [cursor.u32()?, cursor.u32()?, cursor.u32()?];
        let [x, y, z] = [0, 1, 2].map(|axis| origin[axis] + i64::from(at[axis]));
        let extent = Extent::checked([x, z, y], [w, d, h], &here)?;
        let here = cursor.clone();
        let length = cursor.length()?;
        let mut packed = Unpack::zlib(cursor.take(length)?, here, "the voxels of a matrix");
        let mut plot = Plot::new(&mut self.budget);
        for x in 0..w {
            for z in 0..d {
                for y in 0..h {
                    plot.pass(1)?;
                    let [r, g, b, mask] = packed.array()?;
                    if mask > 0 {
                        let colour = match self.colours.get(usize::from(r)) {
                            Some(&[r, g, b, _]) => Rgba::opaque(r, g, b),
                            None => Rgba::opaque(r, g, b),
                        };
                        plot.set(extent.at([x, z, y]), colour)?;
                    }
                }
            }
        }
        let mut layer = Layer::new(LayerId(0), name);
        layer.volume = plot.finish()?;
        self.layers.push(layer);
        Ok(())
    }
}

/// Writes the layers of a project as the matrices of one model.
pub(crate) fn write(project: &Project, work: &Work<'_>, out: &mut impl Write) -> Result<()> {
    let matrices: Result<Vec<_>> = project
        .layers()
        .iter()
        .filter(|layer| !layer.volume.is_empty())
        .map(|layer| matrix(layer, work))
        .collect();
    let matrices = matrices?;
    let length = 4 + matrices.iter().map(|body| 8 + body.len() as u64).sum::<u64>();
    out.write_all(MAGIC)?;
    out.write_all(&[1, 0])?;
    out.write_all(&[1.0f32.to_le_bytes(); 3].concat())?;
    out.write_all(COLORMAP)?;
    out.write_all(&0u32.to_le_bytes())?;
    out.write_all(DATATREE)?;
    out.write_all(&MODEL.to_le_bytes())?;
    out.write_all(&fits(length)?.to_le_bytes())?;
    out.write_all(&(matrices.len() as u32).to_le_bytes())?;
    for body in &matrices {
        out.write_all(&MATRIX.to_le_bytes())?;
        out.write_all(&fits(body.len() as u64)?.to_le_bytes())?;
        out.write_all(body)?;
    }
    Ok(())
}

/// The body of a matrix, which stands in memory as it is written: its length comes first.
fn matrix(layer: &Layer, work: &Work<'_>) -> Result<Vec<u8>> {
    let lines = Lines::new(&layer.volume, [u64::MAX; 3], "qbt", work)?;
    let name = text::clip(&layer.name);
    let mut body = (name.len() as u32).to_le_bytes().to_vec();
    body.extend(name.as_bytes());
    let swapped = [0, 2, 1];
    body.extend(swapped.iter().flat_map(|&axis| (lines.bounds.min[axis] as i32).to_le_bytes()));
    body.extend([1u32.to_le_bytes(); 3].concat());
    body.extend([0.0f32.to_le_bytes(); 3].concat());
    body.extend(swapped.iter().flat_map(|&axis| lines.size()[axis].to_le_bytes()));
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    let mut bytes = Vec::new();
    // Along z, which is their y, for each y and each x.
    lines.for_each([2, 1, 0], [false; 3], work, |_, line| {
        bytes.clear();
        for rgba in line {
            let [r, g, b, a] = rgba.0;
            bytes.extend(if a > 0 { [r, g, b, ALL_FACES] } else { [0; 4] });
        }
        Ok(packed.write_all(&bytes)?)
    })?;
    let packed = packed.finish()?;
    body.extend(fits(packed.len() as u64)?.to_le_bytes());
    body.extend(packed);
    Ok(body)
}

fn fits(length: u64) -> Result<u32> {
    u32::try_from(length)
        .map_err(|_| Error::TooLarge("a .qbt file cannot have more than 4 GiB".to_owned()))
}
