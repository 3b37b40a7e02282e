//! What a `.gox` file has that this program does not know: chunks, and keys of dicts, kept with the project
//! and written back. And what files of other formats had, in a chunk of our own, so that it goes through
//! this format unharmed.
//!
//! ```text
//! XOPQ   u8 what it belongs to: 0 the project, 1 a layer; u32 id of that;
//!        i32 length, format, i32 length, what it is there; the rest is the data
//! ```

use goxel_core::limits::{NAME_BYTES_MAX, OPAQUE_BYTES_MAX};
use goxel_core::{Opaque, Owner, Scene};
use goxel_proto::types::{LayerId, Loss};

use super::dict::Dict;
use crate::bytes::Cursor;
use crate::{Document, Result, text};

/// The format of what is kept.
const FORMAT: &str = "gox";
/// What keys that are not known are kept as.
const KEYS: &str = "keys";
/// What a chunk that is not known is kept as, before its type: readers of that program may rely on it
/// being before layers or behind them.
const BEFORE: &str = "before ";
const BEHIND: &str = "behind ";

/// Where a chunk stands that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    BeforeLayers,
    BehindLayers,
}

/// Collects what is to be kept while a file is read.
#[derive(Default)]
pub(super) struct Keeper {
    found: Vec<Opaque>,
    bytes: usize,
    /// Chunks and dictionaries that there is no room for.
    left_out: u64,
}

impl Keeper {
    /// Takes a chunk that is not known.
    pub(super) fn chunk(&mut self, kind: [u8; 4], body: &[u8], place: Place) {
        // The type is four bytes of anything; only letters make a tag.
        let Ok(kind) = std::str::from_utf8(&kind) else {
            self.left_out += 1;
            return;
        };
        let place = if place == Place::BeforeLayers { BEFORE } else { BEHIND };
        self.keep(Owner::Project, FORMAT, &format!("{place}{kind}"), body);
    }

    /// Takes keys that are not known, of a layer, a material or a camera.
    pub(super) fn keys(&mut self, of: Owner, unknown: &Unknown) {
        self.keep_keys(of, KEYS, unknown);
    }

    /// Takes keys that are not known, of a chunk that there is once.
    pub(super) fn keys_of(&mut self, kind: &str, unknown: &Unknown) {
        self.keep_keys(Owner::Project, &format!("{KEYS} {kind}"), unknown);
    }

    fn keep_keys(&mut self, of: Owner, tag: &str, Unknown { keys, too_long }: &Unknown) {
        self.left_out += too_long;
        if !keys.0.is_empty() {
            self.keep(of, FORMAT, tag, &keys.0);
        }
    }

    /// Takes an `XOPQ` chunk.
    pub(super) fn other(&mut self, mut body: Cursor<'_>) -> Result<()> {
        let [kind] = body.array()?;
        let id = body.u32()?;
        let of = match kind {
            0 => Owner::Project,
            1 => Owner::Layer(LayerId(id)),
            _ => return Ok(()),
        };
        let length = body.length()?;
        let format = text::name(body.take(length)?);
        let length = body.length()?;
        let tag = text::name(body.take(length)?);
        self.keep(of, &format, &tag, body.rest());
        Ok(())
    }

    /// What is over the limit of a project is left out, and counted.
    fn keep(&mut self, of: Owner, format: &str, tag: &str, bytes: &[u8]) {
        let size = size_of::<Opaque>() + format.len() + tag.len() + bytes.len();
        if self.bytes + size <= OPAQUE_BYTES_MAX {
            self.bytes += size;
            let (format, tag) = (format.to_owned(), tag.to_owned());
            self.found.push(Opaque { of, format, tag, bytes: bytes.into() });
        } else {
            self.left_out += 1;
        }
    }

    /// All of it, which goes with the document; what was left out is told there.
    pub(super) fn finish(self, document: &mut Document) -> Result<()> {
        document.scene.set_opaque(self.found)?;
        let what = "data that this program does not know, and that a project has no room for";
        document.lose(Loss::ForeignData, what, self.left_out);
        Ok(())
    }
}

/// Keys and values of a dictionary that are not known.
#[derive(Default)]
pub(super) struct Unknown {
    keys: Dict,
    /// Those that are longer than Goxel has room for.
    too_long: u64,
}

impl Unknown {
    pub(super) fn is_empty(&self) -> bool {
        self.keys.0.is_empty() && self.too_long == 0
    }

    pub(super) fn add(&mut self, key: &[u8], value: &[u8]) {
        if key.len().max(value.len()) <= NAME_BYTES_MAX {
            self.keys.add_bytes(key, value);
        } else {
            self.too_long += 1;
        }
    }
}

/// The keys that are kept of a layer, a material or a camera.
pub(super) fn keys(scene: &Scene, of: Owner) -> &[u8] {
    find(scene, of, KEYS)
}

/// The keys that are kept of a chunk that there is once.
pub(super) fn keys_of<'a>(scene: &'a Scene, kind: &str) -> &'a [u8] {
    find(scene, Owner::Project, &format!("{KEYS} {kind}"))
}

fn find<'a>(scene: &'a Scene, of: Owner, tag: &str) -> &'a [u8] {
    let mut found = scene.opaque().iter().filter(|kept| kept.format == FORMAT);
    found.find(|kept| kept.of == of && kept.tag == tag).map_or(&[], |kept| &kept.bytes)
}

/// The chunks that are kept and stand in this place.
pub(super) fn chunks(scene: &Scene, place: Place) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let place = if place == Place::BeforeLayers { BEFORE } else { BEHIND };
    let ours = scene.opaque().iter().filter(|kept| kept.format == FORMAT);
    ours.filter_map(move |kept| {
        let kind = kept.tag.strip_prefix(place)?.as_bytes().try_into().ok()?;
        Some((kind, &*kept.bytes))
    })
}

/// What files of other formats had, as bodies of `XOPQ` chunks.
pub(super) fn others(scene: &Scene) -> impl Iterator<Item = Vec<u8>> {
    let others = scene.opaque().iter().filter(|kept| kept.format != FORMAT);
    others.filter_map(|kept| {
        let (kind, id) = match kept.of {
            Owner::Project => (0, 0),
            Owner::Layer(id) => (1, id.0),
            // No other format keeps something of these.
            Owner::Material(_) | Owner::Camera(_) => return None,
        };
        let mut body = vec![kind];
        body.extend(u32::to_le_bytes(id));
        for word in [&kept.format, &kept.tag] {
            body.extend((word.len() as u32).to_le_bytes());
            body.extend(word.as_bytes());
        }
        body.extend(&*kept.bytes);
        Some(body)
    })
}
