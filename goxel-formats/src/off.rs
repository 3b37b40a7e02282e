//! `.off`: the object file format of Geomview, text, written only. Faces have colours. Z points up.
//!
//! ```text
//! OFF, then vertices faces 0, then x y z for each vertex
//! then for each face: a count, that many vertices, red green blue alpha
//! ```

use std::io::Write;

use goxel_core::Work;

use crate::mesh::number::{Digits, whole};
use crate::mesh::{Export, Files, Frame, Model, Section, export};
use crate::{Out, Result, Source, WriteOptions};

/// Writes the surface of a project.
pub(crate) fn write(
    source: &Source<'_>,
    options: &WriteOptions<'_>,
    work: &Work<'_>,
    out: &mut Out<'_>,
) -> Result<()> {
    let format = Export { end: ".off", ..Export::PLAIN };
    export(source, options, work, out, &format, |model, frame, files| {
        file(model, frame, files, work)
    })
}

fn file(model: &Model, frame: &Frame, files: &mut Files<'_, '_>, work: &Work<'_>) -> Result<()> {
    let [vertices, faces, _] = model.totals();
    writeln!(files, "OFF\n# Goxel\n{vertices} {faces} 0")?;
    let digits = Digits::for_scale(frame.scale);
    for (part, group) in model.groups_of_parts() {
        model.write(part, group, Section::Vertices, work, files, |chunk, bytes| {
            for vertex in chunk.vertices {
                let start = bytes.len();
                digits.point(bytes, frame.point(vertex.at));
                bytes.remove(start);
                bytes.push(b'\n');
            }
        })?;
    }
    let mut before = 0;
    for (part, group) in model.groups_of_parts() {
        model.write(part, group, Section::Faces, work, files, |chunk, bytes| {
            let first = before + chunk.base;
            for face in chunk.faces {
                whole(bytes, face.corners().len() as u64);
                let corners = face.corners().iter().map(|corner| first + u64::from(*corner));
                for number in corners.chain(face.rgba.0.map(u64::from)) {
                    bytes.push(b' ');
                    whole(bytes, number);
                }
                bytes.push(b'\n');
            }
        })?;
        before += model.parts[part].groups[group].vertices;
    }
    Ok(())
}
