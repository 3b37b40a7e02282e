//! `.qbcl`: what Qubicle itself saves, read only: a tree of matrices, with a picture in front.
//!
//! ```text
//! "QBCL"  u32 program, 2  u32 w, h  w x h x u8 b, g, r, a
//! 7 strings: title, description, notes, author, company, website, copyright  16 bytes of times
//! node      u32 kind, 1  string name  u8 visible, 1, locked  body
//! 0 matrix  u32 w, h, d  i32[3] position  f32[3] pivot  u32 bytes, zlib of columns
//! 1 model   f32[9]  u32 count, nodes
//! 2 compound  a matrix, made of the nodes that follow; u32 count, nodes
//! column    u16 cells, cells u8 r, g, b, mask: one y by y, for each z, for each x; where a mask is 2
//!           the cell is a count in r, and the next cell stands so often
//! string    u32 length, bytes
//! ```
//!
//! Y points up, z away from the viewer; a mask of 0 is empty. The matrix of a compound is what its
//! nodes come to: they are read, since what follows is behind them, and left out.

use goxel_core::limits::LAYERS_MAX;
use goxel_core::{Layer, Work};
use goxel_proto::types::{LayerId, Loss, Rgba};

use super::RUN;
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::limits::SCENE_DEPTH_MAX;
use crate::plot::{Extent, Plot};
use crate::unpack::Unpack;
use crate::{Document, Error, Result, text};

/// How every file begins.
pub(crate) const MAGIC: &[u8; 4] = b"QBCL";
/// The version of the layout.
const VERSION: u32 = 2;
const MATRIX: u32 = 0;
const MODEL: u32 = 1;
const COMPOUND: u32 = 2;
/// The matrix of a model that stands as it is.
const UNTURNED: [f32; 9] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "qbcl");
    if cursor.take(4)? != MAGIC {
        return Err(Cursor::new(bytes, "qbcl").malformed("it does not begin with \"QBCL\""));
    }
    let _program = cursor.u32()?;
    let here = cursor.clone();
    let version = cursor.u32()?;
    if version != VERSION {
        return Err(here.malformed(format!("version {version} is not known")));
    }
    let [width, height] = [cursor.u32()?, cursor.u32()?];
    let _picture = cursor.records(width as usize * height as usize, 4)?;
    for _ in 0..7 {
        string(&mut cursor)?;
    }
    let _times = cursor.take(16)?;
    let budget = Budget::for_file(bytes.len(), work);
    let mut tree = Tree { layers: Vec::new(), turned: 0, budget };
    tree.node(&mut cursor, Place { visible: true, part_of_compound: false, depth: 0 })?;
    let mut document = Document { layers: tree.layers, ..Document::default() };
    let what = "models that are turned or scaled are read as they were before";
    document.lose(Loss::Position, what, tree.turned);
    Ok(document)
}

fn string<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8]> {
    let length = cursor.length()?;
    cursor.take(length)
}

/// What was read so far.
struct Tree<'w> {
    layers: Vec<Layer>,
    /// Models with a matrix of their own.
    turned: u64,
    budget: Budget<'w>,
}

/// What a node has from those above.
#[derive(Clone, Copy)]
struct Place {
    visible: bool,
    part_of_compound: bool,
    depth: usize,
}

impl Tree<'_> {
    fn node(&mut self, cursor: &mut Cursor<'_>, above: Place) -> Result<()> {
        let here = cursor.clone();
        if above.depth > SCENE_DEPTH_MAX {
            return Err(here.malformed(format!("nodes more than {SCENE_DEPTH_MAX} deep")));
        }
        self.budget.spend_voxels(1)?;
        let kind = cursor.u32()?;
        let _one = cursor.u32()?;
        let name = text::name(string(cursor)?);
        let [visible, _, _locked] = cursor.array()?;
        let place = Place { visible: above.visible && visible > 0, ..above };
        let below = Place { depth: place.depth + 1, ..place };
        match kind {
            MATRIX => self.matrix(name, cursor, place),
            MODEL => {
                let turn = [0; 9].map(|_| cursor.f32()).into_iter().collect::<Result<Vec<_>>>()?;
                self.turned += u64::from(turn != UNTURNED);
                self.nodes(cursor, below)
            }
            COMPOUND => {
                self.matrix(name, cursor, place)?;
                self.nodes(cursor, Place { part_of_compound: true, ..below })
            }
            other => Err(here.malformed(format!("a node of kind {other}, which is not known"))),
        }
    }

    fn nodes(&mut self, cursor: &mut Cursor<'_>, place: Place) -> Result<()> {
        for _ in 0..cursor.length()? {
            self.node(cursor, place)?;
        }
        Ok(())
    }

    fn matrix(&mut self, name: String, cursor: &mut Cursor<'_>, place: Place) -> Result<()> {
        let here = cursor.clone();
        let [w, h, d] = [cursor.u32()?, cursor.u32()?, cursor.u32()?];
        let [x, y, z] = [cursor.i32()?, cursor.i32()?, cursor.i32()?].map(i64::from);
        let _pivot = cursor.take(12)?;
        let length = cursor.length()?;
        let inside = cursor.clone();
        let packed = cursor.take(length)?;
        if place.part_of_compound {
            return Ok(());
        }
        if self.layers.len() == LAYERS_MAX {
            return Err(Error::TooLarge(format!("more than {LAYERS_MAX} matrices")));
        }
        let extent = Extent::checked([x, z, y], [w, d, h], &here)?;
        let mut packed = Unpack::zlib(packed, inside.clone(), "the voxels of a matrix");
        let mut plot = Plot::new(&mut self.budget);
        for x in 0..w {
            for z in 0..d {
                let mut y = 0;
                let mut cells = u16::from_le_bytes(packed.array()?);
                while cells > 0 {
                    let [r, g, b, mask] = packed.array()?;
                    let (count, [r, g, b, mask], taken) = if u32::from(mask) == RUN {
                        (u32::from(r), packed.array()?, 2)
                    } else {
                        (1, [r, g, b, mask], 1)
                    };
                    cells = cells.saturating_sub(taken);
                    if y + count > h {
                        return Err(inside.malformed("a column that leaves its matrix"));
                    }
                    plot.pass(1)?;
                    if mask > 0 {
                        for y in y..y + count {
                            plot.set(extent.at([x, z, y]), Rgba::opaque(r, g, b))?;
                        }
                    }
                    y += count;
                }
            }
        }
        let mut layer = Layer::new(LayerId(0), name);
        layer.volume = plot.finish()?;
        layer.visible = place.visible;
        self.layers.push(layer);
        Ok(())
    }
}
