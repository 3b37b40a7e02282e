//! `.stl`: triangles for printing, binary, written only. It has neither colours nor corners that are
//! shared. Z points up; programs take a unit for a millimetre.
//!
//! ```text
//! 80 bytes of text, u32 triangles, each: f32 normal[3], f32 corner[3][3], u16 0
//! ```

use std::io::Write;

use goxel_core::Work;
use goxel_proto::types::{Loss, Rgba, Unit};

use crate::mesh::{Chunk, Export, Files, Frame, Model, Section, Share, export};
use crate::{Error, Out, Result, Source, WriteOptions};

/// What the file begins with. It must not be "solid", which begins one in text.
const HEAD: &[u8; 80] =
    b"Goxel, binary STL                                                               ";
/// Bytes of a triangle.
const TRIANGLE_BYTES: usize = 50;

/// Writes the surface of a project.
pub(crate) fn write(
    source: &Source<'_>,
    options: &WriteOptions<'_>,
    work: &Work<'_>,
    out: &mut Out<'_>,
) -> Result<()> {
    let coloured = source.volume().tiles().any(|(_, tile)| tile.uniform() != Some(Rgba::WHITE));
    let count = if coloured { source.volume().count() } else { 0 };
    out.lose(Loss::Colors, "the format has no colours", count);
    let whole = options.mesh.closed || options.mesh.junction_free;
    let format = Export {
        end: ".stl",
        share: if whole { Share::Place } else { Share::Never },
        see_through: false,
        unit: Unit::Millimetre,
        ..Export::PLAIN
    };
    export(source, options, work, out, &format, |model, frame, files| {
        file(model, frame, files, work)
    })
}

fn file(model: &Model, frame: &Frame, files: &mut Files<'_, '_>, work: &Work<'_>) -> Result<()> {
    let [.., triangles] = model.totals();
    let Ok(count) = u32::try_from(triangles) else {
        let what = format!("{triangles} triangles, and a .stl file has room for {}", u32::MAX);
        return Err(Error::TooLarge(what));
    };
    files.write_all(HEAD)?;
    files.write_all(&count.to_le_bytes())?;
    for (part, group) in model.groups_of_parts() {
        model.write(part, group, Section::Faces, work, files, |chunk, bytes| {
            bytes.reserve(2 * TRIANGLE_BYTES * chunk.faces.len());
            triangles_of(chunk, frame, bytes);
        })?;
    }
    Ok(())
}

fn triangles_of(chunk: &Chunk<'_>, frame: &Frame, bytes: &mut Vec<u8>) {
    for triangle in chunk.faces.iter().flat_map(crate::mesh::Face::triangles) {
        let corners =
            triangle.map(|corner| frame.point(chunk.named[corner as usize].at).map(|c| c as f32));
        for number in normal(corners).into_iter().chain(corners.into_iter().flatten()) {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&[0; 2]);
    }
}

/// Where a triangle looks: its corners are counter-clockwise from there.
fn normal([a, b, c]: [[f32; 3]; 3]) -> [f32; 3] {
    let edge = |to: [f32; 3]| [0, 1, 2].map(|axis| f64::from(to[axis]) - f64::from(a[axis]));
    let (u, v) = (edge(b), edge(c));
    let cross = [0, 1, 2].map(|i| {
        let (j, k) = ((i + 1) % 3, (i + 2) % 3);
        u[j] * v[k] - u[k] * v[j]
    });
    let length = cross.iter().map(|c| c * c).sum::<f64>().sqrt();
    cross.map(|c| if length > 0.0 { (c / length) as f32 } else { 0.0 })
}
