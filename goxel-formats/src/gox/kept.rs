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
use goxel_proto::types::LayerId;

use super::dict::Dict;
use crate::bytes::Cursor;
use crate::{Result, text};

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
}

impl Keeper {
    /// Takes a chunk that is not known.
    pub(super) fn chunk(&mut self, kind: [u8; 4], body: &[u8], place: Place) {
        // The type is four bytes of anything; only letters make a tag.
        let Ok(kind) = std::str::from_utf8(&kind) else { return };
        let place = if place == Place::BeforeLayers { BEFORE } else { BEHIND };
        self.keep(Owner::Project, FORMAT, &format!("{place}{kind}"), body);
    }

    /// Takes keys that are not known, of a layer, a material or a camera.
    pub(super) fn keys(&mut self, of: Owner, keys: &Dict) {
        if !keys.0.is_empty() {
            self.keep(of, FORMAT, KEYS, &keys.0);
        }
    }

    /// Takes keys that are not known, of a chunk that there is once.
    pub(super) fn keys_of(&mut self, kind: &str, keys: &Dict) {
        if !keys.0.is_empty() {
            self.keep(Owner::Project, FORMAT, &format!("{KEYS} {kind}"), &keys.0);
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

    /// What is over the limit of a project is left out.
    fn keep(&mut self, of: Owner, format: &str, tag: &str, bytes: &[u8]) {
        let size = size_of::<Opaque>() + format.len() + tag.len() + bytes.len();
        if self.bytes + size <= OPAQUE_BYTES_MAX {
            self.bytes += size;
            let (format, tag) = (format.to_owned(), tag.to_owned());
            self.found.push(Opaque { of, format, tag, bytes: bytes.into() });
        }
    }

    /// All of it.
    pub(super) fn finish(self) -> Vec<Opaque> {
        self.found
    }
}

/// Adds a key that is not known to those that are kept. Goxel has no room for longer ones.
pub(super) fn add_unknown(keys: &mut Dict, key: &[u8], value: &[u8]) {
    if key.len().max(value.len()) <= NAME_BYTES_MAX {
        keys.add_bytes(key, value);
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
