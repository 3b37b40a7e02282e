//! What a `.vox` file has beside voxels, kept with the project as it stands, to be written back.
//!
//! ```text
//! chunks    u32 version, then the chunks of the file in their order, without the voxels: of XYZI only
//!           the head is left, and of TDCZ the size
//! layers    for each layer u32 id, i32 shape, u32 frame of it, i32 model: where its voxels came from
//! ```
//!
//! aliases   which voxels have a colour that stands twice, see [`super::alias`]
//!
//! All belong to the project. A scene that is no tree, or larger than what a project may keep, is not
//! kept: what is written then is made from the layers alone.

use std::collections::HashMap;

use goxel_core::limits::OPAQUE_BYTES_MAX;
use goxel_core::{Opaque, Owner};
use goxel_proto::types::LayerId;

use super::alias::{self, Aliases};
use super::dict::Dict;
use super::material;
use super::scene::Instance;
use crate::Result;
use crate::bytes::{Cursor, i32s};

/// The format of what is kept.
pub(super) const FORMAT: &str = "vox";
/// The chunks.
pub(super) const CHUNKS: &str = "chunks";
/// Where layers came from.
pub(super) const LAYERS: &str = "layers";
/// Voxels of colours that stand twice.
const ALIASES: &str = "aliases";

/// Bytes of one layer's record.
const LINK_BYTES: usize = 16;
/// Bytes of the size that a packed model begins with.
const SIZE_BYTES: usize = 12;
/// Bytes that other things of the project may take of those that it may keep.
const LEFT_FOR_OTHERS: usize = 1 << 20;

/// Where the voxels of a layer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) layer: LayerId,
    pub(super) shape: i32,
    pub(super) frame: usize,
    pub(super) model: i32,
}

impl Link {
    pub(super) fn new(layer: LayerId, instance: &Instance<'_>) -> Self {
        let Instance { shape, frame, model, .. } = *instance;
        Self { layer, shape, frame, model }
    }
}

/// Collects what is to be kept while a file is read.
pub(super) struct Keeper {
    chunks: Vec<u8>,
    overflows: bool,
}

impl Keeper {
    pub(super) fn new(version: u32) -> Self {
        Self { chunks: version.to_le_bytes().to_vec(), overflows: false }
    }

    /// Takes a chunk in.
    pub(super) fn keep(&mut self, kind: [u8; 4], body: &Cursor<'_>) {
        let body = body.clone().rest();
        let body = match &kind {
            b"MAIN" => return,
            b"XYZI" => &[],
            b"TDCZ" => &body[..body.len().min(SIZE_BYTES)],
            _ => body,
        };
        self.overflows |= self.chunks.len() + body.len() > OPAQUE_BYTES_MAX - LEFT_FOR_OTHERS;
        if !self.overflows {
            self.chunks.extend(kind);
            self.chunks.extend((body.len() as u32).to_le_bytes());
            self.chunks.extend([0; 4]);
            self.chunks.extend(body);
        }
    }

    /// What the project keeps; nothing where that is more than it may.
    pub(super) fn finish(self, links: &[Link], aliases: Option<Vec<u8>>) -> Option<Vec<Opaque>> {
        if self.overflows {
            return None;
        }
        let mut layers = Vec::with_capacity(LINK_BYTES * links.len());
        for Link { layer, shape, frame, model } in links {
            layers.extend(layer.0.to_le_bytes());
            layers.extend(shape.to_le_bytes());
            layers.extend((*frame as u32).to_le_bytes());
            layers.extend(model.to_le_bytes());
        }
        let opaque = |tag: &str, bytes: Vec<u8>| Opaque {
            of: Owner::Project,
            format: FORMAT.to_owned(),
            tag: tag.to_owned(),
            bytes: bytes.into(),
        };
        let room = OPAQUE_BYTES_MAX - LEFT_FOR_OTHERS - self.chunks.len();
        let mut kept = vec![opaque(CHUNKS, self.chunks), opaque(LAYERS, layers)];
        // Without these, the first index of a colour stands for all.
        kept.extend(aliases.filter(|aliases| aliases.len() <= room).map(|a| opaque(ALIASES, a)));
        Some(kept)
    }
}

/// What a project keeps of the file that it was read from.
pub(super) struct Kept<'a> {
    pub(super) version: u32,
    /// In the order of the file.
    pub(super) chunks: Vec<([u8; 4], &'a [u8])>,
    pub(super) links: Vec<Link>,
    aliases: &'a [u8],
}

impl<'a> Kept<'a> {
    /// Reads it. It may have been through other hands, so nothing is believed.
    pub(super) fn of(opaque: &'a [Opaque]) -> Option<Self> {
        let find = |tag: &str| {
            let mut found = opaque.iter().filter(|known| known.format == FORMAT);
            found.find(|known| known.tag == tag && known.of == Owner::Project)
        };
        let (chunks, layers) = (find(CHUNKS)?, find(LAYERS)?);
        let links = layers.bytes.chunks_exact(LINK_BYTES).map(link).collect();
        let aliases = find(ALIASES).map_or(&[][..], |kept| &kept.bytes);
        let (version, chunks) = read_chunks(&chunks.bytes).ok()?;
        Some(Self { version, chunks, links, aliases })
    }

    /// Voxels of colours that stand twice, by model.
    pub(super) fn aliases(&self) -> HashMap<i32, Aliases> {
        if self.aliases.is_empty() {
            return HashMap::new();
        }
        // Without them the first index of a colour stands for all.
        alias::unpack(self.aliases).unwrap_or_default()
    }

    /// Whether the file has a scene.
    pub(super) fn has_nodes(&self) -> bool {
        self.chunks.iter().any(|(kind, _)| matches!(kind, b"nTRN" | b"nGRP" | b"nSHP"))
    }

    /// The chunk of its colours.
    pub(super) fn palette(&self) -> Option<&'a [u8]> {
        self.chunks.iter().find(|(kind, _)| kind == b"RGBA").map(|(_, body)| *body)
    }

    /// What it says of the materials of colours, by index.
    pub(super) fn materials(&self) -> HashMap<usize, Dict<'a>> {
        let read = |(kind, body): &([u8; 4], &'a [u8])| {
            let body = Cursor::new(body, FORMAT);
            let (colour, dict) = match kind {
                b"MATL" => material::read(body).ok()?,
                b"MATT" => material::read_old(body).ok()?,
                _ => return None,
            };
            Some((usize::try_from(colour).ok()?, dict))
        };
        self.chunks.iter().filter_map(read).collect()
    }

    /// How large a model was.
    pub(super) fn size(&self, model: i32) -> Option<[u32; 3]> {
        let mut size = None;
        let sizes = self.chunks.iter().filter_map(|(kind, body)| match kind {
            b"SIZE" => {
                size = Some(edges(body));
                None
            }
            b"XYZI" => size.take(),
            b"TDCZ" => Some(edges(body)),
            _ => None,
        });
        sizes.collect::<Vec<_>>().get(usize::try_from(model).ok()?).copied()
    }

    /// The models of a file without a scene.
    pub(super) fn models_alone(&self) -> Vec<Instance<'a>> {
        let is_model = |kind: &[u8; 4]| matches!(kind, b"XYZI" | b"TDCZ");
        let count = self.chunks.iter().filter(|(kind, _)| is_model(kind)).count();
        let pack = self.chunks.iter().rfind(|(kind, _)| kind == b"PACK");
        let animated = pack.is_some_and(|(_, body)| edges(body)[0] > 1);
        (0..count as i32).map(|model| Instance::alone(model, animated)).collect()
    }
}

/// The numbers that a size is made of.
fn edges(body: &[u8]) -> [u32; 3] {
    let mut cursor = Cursor::new(body, FORMAT);
    [0; 3].map(|_| cursor.u32().unwrap_or(0))
}

/// The kinds of chunks that say what a project does not have: cameras, settings of the renderer, notes, and
/// what is not known here. Each stands there as often as in the file, in the order of the alphabet.
pub(crate) fn foreign_chunks(opaque: &[Opaque]) -> Vec<[u8; 4]> {
    let told = |kind: &[u8; 4]| {
        let models = matches!(kind, b"PACK" | b"SIZE" | b"XYZI" | b"TDCZ");
        let colours = matches!(kind, b"RGBA" | b"IMAP" | b"MATL" | b"MATT");
        models || colours || matches!(kind, b"nTRN" | b"nGRP" | b"nSHP" | b"LAYR")
    };
    let chunks = Kept::of(opaque).map(|kept| kept.chunks).unwrap_or_default();
    let kinds = chunks.into_iter().map(|(kind, _)| kind);
    let mut kinds: Vec<_> = kinds.filter(|kind| !told(kind)).collect();
    kinds.sort_unstable();
    kinds
}

type Chunks<'a> = Vec<([u8; 4], &'a [u8])>;

fn read_chunks(bytes: &[u8]) -> Result<(u32, Chunks<'_>)> {
    let mut cursor = Cursor::new(bytes, FORMAT);
    let version = cursor.u32()?;
    let mut chunks = Vec::new();
    while !cursor.is_empty() {
        let kind = cursor.array()?;
        let length = cursor.length()?;
        let _children = cursor.u32()?;
        chunks.push((kind, cursor.take(length)?));
    }
    Ok((version, chunks))
}

fn link(record: &[u8]) -> Link {
    let [layer, shape, frame, model] = i32s(record);
    Link { layer: LayerId(layer.cast_unsigned()), shape, frame: frame.max(0) as usize, model }
}
