//! `.ply`: the polygon file format, written only; binary, or text where asked for. Colours are bytes,
//! Z points up.
//!
//! ```text
//! header, vertices: x y z [nx ny nz] [red green blue alpha], faces: a count, that many vertices
//! ```

use std::io::Write;

use goxel_core::Work;
use goxel_proto::types::MeshColors;

use crate::mesh::number::{Digits, whole};
use crate::mesh::{Export, Files, Frame, Model, Section, Share, Vertex, export};
use crate::{Error, Out, Result, Source, WriteOptions};

/// Writes the surface of a project.
pub(crate) fn write(
    source: &Source<'_>,
    options: &WriteOptions<'_>,
    work: &Work<'_>,
    out: &mut Out<'_>,
) -> Result<()> {
    // There are no textures.
    let coloured = options.mesh.colors != Some(MeshColors::None);
    let format = Export {
        end: ".ply",
        share: if coloured { Share::Colour } else { Share::Place },
        ..Export::PLAIN
    };
    let text = options.mesh.text;
    export(source, options, work, out, &format, |model, frame, files| {
        let shape = Shape { frame, coloured, text, smooth: model.is_smooth() };
        file(model, &shape, files, work)
    })
}

/// How corners and faces are written.
struct Shape<'a> {
    frame: &'a Frame,
    coloured: bool,
    text: bool,
    smooth: bool,
}

fn file(
    model: &Model,
    shape: &Shape<'_>,
    files: &mut Files<'_, '_>,
    work: &Work<'_>,
) -> Result<()> {
    let [vertices, faces, triangles] = model.totals();
    // Some readers take all faces for as long as the first one.
    let quads = 2 * faces == triangles;
    if vertices > u64::from(u32::MAX) {
        let what = "the mesh has more corners than a .ply file can number";
        return Err(Error::TooLarge(what.to_owned()));
    }
    shape.header(vertices, if quads { faces } else { triangles }, files)?;
    let digits = Digits::for_scale(shape.frame.scale);
    for (part, group) in model.groups_of_parts() {
        model.write(part, group, Section::Vertices, work, files, |chunk, bytes| {
            for vertex in chunk.vertices {
                if shape.text {
                    shape.corner_text(&digits, vertex, bytes);
                } else {
                    shape.corner(vertex, bytes);
                }
            }
        })?;
    }
    let mut before = 0;
    for (part, group) in model.groups_of_parts() {
        model.write(part, group, Section::Numbers, work, files, |chunk, bytes| {
            let first = before + chunk.base;
            let write = if shape.text { face_text } else { face_binary };
            for face in chunk.faces {
                if quads {
                    write(face.corners(), first, bytes);
                } else {
                    face.triangles().for_each(|corners| write(&corners, first, bytes));
                }
            }
        })?;
        before += model.parts[part].groups[group].vertices;
    }
    Ok(())
}

impl Shape<'_> {
    fn header(&self, vertices: u64, faces: u64, out: &mut impl Write) -> Result<()> {
        let form = if self.text { "ascii" } else { "binary_little_endian" };
        writeln!(out, "ply\nformat {form} 1.0\ncomment Goxel\nelement vertex {vertices}")?;
        ["x", "y", "z"].iter().try_for_each(|name| writeln!(out, "property float {name}"))?;
        if self.smooth {
            ["nx", "ny", "nz"]
                .iter()
                .try_for_each(|name| writeln!(out, "property float {name}"))?;
        }
        if self.coloured {
            ["red", "green", "blue", "alpha"]
                .iter()
                .try_for_each(|name| writeln!(out, "property uchar {name}"))?;
        }
        writeln!(out, "element face {faces}\nproperty list uchar uint vertex_indices\nend_header")?;
        Ok(())
    }

    fn corner(&self, vertex: &Vertex, bytes: &mut Vec<u8>) {
        for number in self.frame.point(vertex.at) {
            bytes.extend_from_slice(&(number as f32).to_le_bytes());
        }
        if self.smooth {
            for number in self.frame.normal(vertex.normal) {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
        if self.coloured {
            bytes.extend_from_slice(&vertex.rgba.0);
        }
    }

    fn corner_text(&self, digits: &Digits, vertex: &Vertex, bytes: &mut Vec<u8>) {
        let start = bytes.len();
        digits.point(bytes, self.frame.point(vertex.at));
        if self.smooth {
            digits.point(bytes, self.frame.normal(vertex.normal).map(f64::from));
        }
        if self.coloured {
            for level in vertex.rgba.0 {
                bytes.push(b' ');
                whole(bytes, u64::from(level));
            }
        }
        // Each number has a space before it; a line begins without.
        bytes.remove(start);
        bytes.push(b'\n');
    }
}

fn face_binary(corners: &[u32], first: u64, bytes: &mut Vec<u8>) {
    bytes.push(corners.len() as u8);
    for corner in corners {
        bytes.extend_from_slice(&(first as u32 + corner).to_le_bytes());
    }
}

fn face_text(corners: &[u32], first: u64, bytes: &mut Vec<u8>) {
    whole(bytes, corners.len() as u64);
    for corner in corners {
        bytes.push(b' ');
        whole(bytes, first + u64::from(*corner));
    }
    bytes.push(b'\n');
}

#[cfg(test)]
mod tests {
    use goxel_core::{Project, Volume};
    use goxel_proto::types::{Pos, Rgba};

    use crate::testing::project_of;
    use crate::{Format, MeshOptions, WriteOptions, write};

    fn text(project: &Project) -> String {
        let mesh = MeshOptions { text: true, ..MeshOptions::default() };
        let mut bytes = Vec::new();
        write(project, Format::Ply, &WriteOptions { mesh, ..Default::default() }, &mut bytes)
            .unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn counts_are_right() {
        let volume: Volume = [0, 5].map(|x| (Pos::new(x, 0, 0), Rgba::WHITE)).into_iter().collect();
        let text = text(&project_of(volume));
        assert!(text.contains("element vertex 16\n") && text.contains("element face 12\n"));
        let (_, body) = text.split_once("end_header\n").unwrap();
        assert_eq!(body.lines().filter(|line| line.ends_with(" 255 255 255 255")).count(), 16);
        assert_eq!(body.lines().filter(|line| line.starts_with("4 ")).count(), 12);
        assert_eq!(body.lines().count(), 28);
    }

    #[test]
    fn nothing_is_a_header() {
        let empty = text(&Project::new("e", [4; 3]));
        assert!(empty.contains("element vertex 0\n") && empty.ends_with("end_header\n"));
    }
}
