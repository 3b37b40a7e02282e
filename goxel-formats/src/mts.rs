//! `.mts`: schematics of Luanti (Minetest), read only. Numbers are big-endian.
//!
//! ```text
//! "MTSM"  u16 version  u16 w, h, d  from 3 on h x u8 probability of a level
//! u16 names, each u16 length, bytes
//! zlib of w x h x d x { u16 name }, then as many u8 probability, then as many u8 more
//! ```
//!
//! X is fastest, then y, then z. Y points up, z away from the viewer. What a node looks like is in the
//! table of blocks, by its name. A node that may be there is; one with a probability of 0 is not.

use goxel_core::Work;
use goxel_proto::types::Rgba;

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::minecraft::blocks;
use crate::plot::{Extent, Plot, document};
use crate::unpack::Unpack;
use crate::{Document, Result};

/// How every file begins.
pub(crate) const MAGIC: &[u8; 4] = b"MTSM";
/// The newest version.
const VERSION: u16 = 4;

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "mts");
    if cursor.take(4)? != MAGIC {
        return Err(Cursor::new(bytes, "mts").malformed("it does not begin with \"MTSM\""));
    }
    let here = cursor.clone();
    let version = big(&mut cursor)?;
    if !(1..=VERSION).contains(&version) {
        return Err(here.malformed(format!("version {version} is not known")));
    }
    let [w, h, d] = [big(&mut cursor)?, big(&mut cursor)?, big(&mut cursor)?].map(u32::from);
    let extent = Extent::checked([0; 3], [w, d, h], &here)?;
    if version >= 3 {
        cursor.take(h as usize)?;
    }
    let (mut looks, mut names) = (Vec::new(), Vec::new());
    for _ in 0..big(&mut cursor)? {
        let length = big(&mut cursor)?;
        let name = String::from_utf8_lossy(cursor.take(length.into())?);
        looks.push(blocks::look(&name));
        names.push(name);
    }
    let here = cursor.clone();
    let packed = cursor.rest();
    let mut nodes = Unpack::zlib(packed, here.clone(), "the nodes");
    let mut chances = Unpack::zlib(packed, here.clone(), "the probabilities of the nodes");
    // The upper bit says something else from version 4 on.
    let chance = if version >= 4 { 0x7f } else { 0xff };
    work.spend(2 * extent.positions())?;
    chances.skip(2 * extent.positions())?;
    let mut budget = Budget::for_file(bytes.len(), work);
    let mut plot = Plot::new(&mut budget);
    for z in 0..d {
        for y in 0..h {
            plot.pass(u64::from(w))?;
            for x in 0..w {
                let name = u16::from_be_bytes(nodes.array()?);
                let [there] = chances.array()?;
                let look: Rgba = *looks.get(usize::from(name)).ok_or_else(|| {
                    here.malformed(format!("a node of name {name}, which is not there"))
                })?;
                if there & chance > 0 {
                    plot.set(extent.at([x, z, y]), look)?;
                }
            }
        }
    }
    let mut document = document("schematic", plot.finish()?);
    blocks::tell_unknown(names.iter().map(|name| &name[..]), &mut document);
    Ok(document)
}

fn big(cursor: &mut Cursor<'_>) -> Result<u16> {
    Ok(u16::from_be_bytes(cursor.array()?))
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Pos;

    use super::*;

    fn file(version: u16, nodes: &[(u16, u8)]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for number in [version, 2, 1, nodes.len() as u16 / 2] {
            bytes.extend(number.to_be_bytes());
        }
        if version >= 3 {
            bytes.push(0x7f);
        }
        bytes.extend(2u16.to_be_bytes());
        for name in ["air", "default:stone"] {
            bytes.extend((name.len() as u16).to_be_bytes());
            bytes.extend(name.as_bytes());
        }
        let names = nodes.iter().flat_map(|(name, _)| name.to_be_bytes());
        let unpacked: Vec<u8> = names.chain(nodes.iter().map(|(_, there)| *there)).collect();
        let mut packed = flate2::write::ZlibEncoder::new(bytes, flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, &unpacked).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn nodes_are_what_their_names_say() {
        let nodes = [(0, 127), (1, 127), (1, 0x80), (1, 0xff)];
        let read = |bytes: &[u8]| read(bytes, &Work::unbounded());
        let volume = read(&file(4, &nodes)).unwrap().layers[0].volume.clone();
        let there: Vec<_> = volume.voxels().map(|(pos, _)| pos).collect();
        assert_eq!(there, [Pos::new(1, 0, 0), Pos::new(1, 1, 0)]);
        assert_eq!(volume.get(there[0]), blocks::look("stone"));
        assert_eq!(read(&file(2, &nodes)).unwrap().layers[0].volume.count(), 3);
        let good = file(4, &nodes);
        assert!((0..good.len() - 5).all(|end| read(&good[..end]).is_err()));
        let error = read(&file(4, &[(2, 127), (0, 127)])).unwrap_err().to_string();
        assert!(error.contains("a node of name 2, which is not there"), "{error}");
        assert!(read(&file(5, &nodes)).unwrap_err().to_string().contains("version 5 is not known"));
    }
}
