//! `.obj`: Wavefront, written only. An object a layer, with materials in a `.mtl` file and colours in a
//! texture, where files beside it can be.
//!
//! ```text
//! mtllib castle.mtl
//! vn x y z               the six directions
//! vt u v                 the middle of each colour's pixel
//! o keep                 a layer
//! v x y z r g b          a corner, colours from 0 to 1
//! usemtl stone
//! f v/vt/vn v/vt/vn v/vt/vn v/vt/vn
//! ```
//!
//! Y points up, as most programs take it: voxel space (x, y, z) becomes (x, z, -y).

mod materials;

use std::io::Write;

use goxel_core::Work;
use goxel_proto::types::{Loss, MeshColors, Rgba, Up};

use crate::mesh::number::{Digits, levels, whole};
use crate::mesh::texture::Texture;
use crate::mesh::{
    Chunk, Export, Face, Files, Frame, Look, Looks, Model, Part, Section, Share, export,
};
use crate::{Out, Result, Source, WriteOptions};

use materials::Materials;

/// Writes the surface of a project.
pub(crate) fn write(
    source: &Source<'_>,
    options: &WriteOptions<'_>,
    work: &Work<'_>,
    out: &mut Out<'_>,
) -> Result<()> {
    let (beside, closed) = (out.has_beside(), options.mesh.closed);
    let usual = if beside && !closed { MeshColors::Both } else { MeshColors::Vertex };
    let colors = options.mesh.colors.unwrap_or(usual);
    tell_losses(source, colors, closed, work, out)?;
    let at_corners = matches!(colors, MeshColors::Vertex | MeshColors::Both);
    let format = Export {
        end: ".obj",
        looks: if beside { Looks::Named } else { Looks::None },
        // A corner of a closed mesh has one colour, unless the texture has them all.
        share: match colors {
            MeshColors::Vertex => Share::Colour,
            MeshColors::Both if !closed => Share::Colour,
            _ => Share::Place,
        },
        colors: Some(if beside || at_corners { colors } else { MeshColors::None }),
        see_through: beside,
        up: Up::Y,
        ..Export::PLAIN
    };
    export(source, options, work, out, &format, |model, frame, files| {
        file(model, frame, files, format.share, work)
    })
}

/// What an object without files beside it, or in one piece, does not have.
fn tell_losses(
    source: &Source<'_>,
    colors: MeshColors,
    closed: bool,
    work: &Work<'_>,
    out: &mut Out<'_>,
) -> Result<()> {
    if closed || !out.has_beside() {
        let through = source.volume().count_alphas(&(1..=254), work)?;
        let what = if closed {
            "a closed mesh is in one piece: voxels that one sees through are solid"
        } else {
            "alpha needs a file beside this one: voxels that one sees through are solid"
        };
        out.lose(Loss::Alpha, what, through);
    }
    if !out.has_beside() {
        let materials = source.layers().iter().filter(|layer| layer.material.is_some()).count();
        out.lose(Loss::Materials, "materials need a file beside this one", materials as u64);
        let lost = u64::from(colors == MeshColors::Texture);
        out.lose(Loss::Colors, "a texture needs a file beside this one", lost);
    }
    Ok(())
}

/// How the lines of a file are made.
struct Lines<'a> {
    model: &'a Model,
    frame: &'a Frame,
    digits: Digits,
    levels: [String; 256],
    /// Whether corners have colours.
    coloured: bool,
    /// Whether each corner has a normal of its own.
    smooth: bool,
    /// Whether faces have normals at all. Those of a closed mesh have none: some readers would take
    /// corners for several that look to several sides.
    normals: bool,
    texture: Option<Texture>,
    materials: Option<Materials>,
}

fn file(
    model: &Model,
    frame: &Frame,
    files: &mut Files<'_, '_>,
    share: Share,
    work: &Work<'_>,
) -> Result<()> {
    let textured = matches!(files.colors, MeshColors::Texture | MeshColors::Both);
    let texture = if textured { Some(Texture::new(&model.colours)?) } else { None };
    let mut picture = None;
    if let Some(texture) = &texture
        && let Some((name, mut file)) = files.beside("_palette.png")?
    {
        texture.png(&mut file)?;
        file.flush()?;
        picture = Some(name);
    }
    writeln!(files, "# Goxel")?;
    let mut materials = None;
    if let Some((name, mut file)) = files.beside(".mtl")? {
        let made = Materials::new(model, picture);
        made.write(model, &mut file)?;
        file.flush()?;
        writeln!(files, "mtllib {name}")?;
        materials = Some(made);
    }
    let lines = Lines {
        model,
        frame,
        digits: Digits::for_scale(frame.scale),
        levels: levels(),
        coloured: share == Share::Colour,
        smooth: model.is_smooth(),
        normals: model.has_normals(),
        texture: texture.filter(|_| files.has_beside()),
        materials,
    };
    lines.head(files)?;
    let mut before = 1;
    for (number, part) in model.parts.iter().enumerate() {
        writeln!(files, "o {}", materials::word(&part.name))?;
        for (at, group) in part.groups.iter().enumerate() {
            model.write(number, at, Section::Both, work, files, |chunk, bytes| {
                chunk.vertices.iter().for_each(|vertex| lines.corner(vertex, bytes));
                lines.faces(part, chunk, before + chunk.base, bytes);
            })?;
            before += group.vertices;
        }
    }
    if model.parts.is_empty() {
        writeln!(files, "o model")?;
    }
    Ok(())
}

impl Lines<'_> {
    /// Normals and places in the texture, which all faces share.
    fn head(&self, out: &mut impl Write) -> Result<()> {
        if self.normals && !self.smooth {
            for (axis, sign) in (0..3).flat_map(|axis| [(axis, -1), (axis, 1)]) {
                let mut normal = [0; 3];
                normal[axis] = sign;
                let [x, y, z] = self.frame.normal(normal);
                writeln!(out, "vn {x} {y} {z}")?;
            }
        }
        if let Some(texture) = &self.texture {
            for number in 0..self.model.colours.len() as u32 {
                let [u, v] = texture.middle(number);
                writeln!(out, "vt {u} {}", 1.0 - v)?;
            }
        }
        Ok(())
    }

    fn corner(&self, vertex: &crate::mesh::Vertex, bytes: &mut Vec<u8>) {
        bytes.push(b'v');
        self.digits.point(bytes, self.frame.point(vertex.at));
        if self.coloured {
            for level in &vertex.rgba.0[..3] {
                bytes.push(b' ');
                bytes.extend_from_slice(self.levels[usize::from(*level)].as_bytes());
            }
        }
        bytes.push(b'\n');
        if self.smooth {
            bytes.extend_from_slice(b"vn");
            let [x, y, z] = self.frame.normal(vertex.normal).map(f64::from);
            self.digits.point(bytes, [x, y, z]);
            bytes.push(b'\n');
        }
    }

    /// The faces of a chunk, whose first corner has the number `first`.
    fn faces(&self, part: &Part, chunk: &Chunk<'_>, first: u64, bytes: &mut Vec<u8>) {
        let mut last: Option<(Rgba, Look)> = None;
        for face in chunk.faces {
            if let Some(materials) = &self.materials
                && last.is_none_or(|(rgba, _)| rgba != face.rgba)
            {
                let look = self.model.look(part, face.rgba);
                if last.is_none_or(|(_, known)| known != look) {
                    bytes.extend_from_slice(b"usemtl ");
                    bytes.extend_from_slice(materials.name(self.model, look).as_bytes());
                    bytes.push(b'\n');
                }
                last = Some((face.rgba, look));
            }
            self.face(face, first, bytes);
        }
    }

    fn face(&self, face: &Face, first: u64, bytes: &mut Vec<u8>) {
        bytes.push(b'f');
        let place = self.texture.as_ref().map(|texture| u64::from(texture.number(face.rgba)) + 1);
        for corner in face.corners() {
            let corner = first + u64::from(*corner);
            bytes.push(b' ');
            whole(bytes, corner);
            if place.is_some() || self.normals {
                bytes.push(b'/');
            }
            place.iter().for_each(|place| whole(bytes, *place));
            if self.normals {
                bytes.push(b'/');
                whole(bytes, if self.smooth { corner } else { face.side.number() + 1 });
            }
        }
        bytes.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use goxel_core::{Layer, Material, Project, Scene, Volume};
    use goxel_proto::types::{LayerId, Pos, Rgba};

    use crate::mesh::proof::written;
    use crate::testing::{project_of, text_of};
    use crate::{Format, MeshOptions};

    #[test]
    fn a_voxel_is_six_faces_that_look_outwards() {
        let volume: Volume = [(Pos::new(1, 2, 3), Rgba::opaque(255, 0, 51))].into_iter().collect();
        let text = text_of(&project_of(volume), Format::Obj);
        let numbers = |line: &str| -> Vec<f64> {
            line.split_whitespace().skip(1).map(|number| number.parse().unwrap()).collect()
        };
        let of = |kind: &'static str| text.lines().filter(move |line| line.starts_with(kind));
        let corners: Vec<_> = of("v ").map(numbers).collect();
        let normals: Vec<_> = of("vn ").map(numbers).collect();
        assert_eq!((corners.len(), normals.len(), of("f ").count()), (8, 6, 6));
        for corner in &corners {
            assert!((1.0..=2.0).contains(&corner[0]) && (3.0..=4.0).contains(&corner[1]));
            assert!((-3.0..=-2.0).contains(&corner[2]));
            assert_eq!(corner[3..], [1.0, 0.0, 0.2]);
        }
        for face in of("f ") {
            let ends: Vec<(usize, usize)> = face
                .split_whitespace()
                .skip(1)
                .map(|end| end.split_once("//").unwrap())
                .map(|(corner, normal)| (corner.parse().unwrap(), normal.parse().unwrap()))
                .collect();
            let normal = &normals[ends[0].1 - 1];
            let middle = [1.5, 3.5, -2.5];
            for (corner, _) in ends {
                let along: f64 =
                    (0..3).map(|i| (corners[corner - 1][i] - middle[i]) * normal[i]).sum();
                assert_eq!(along, 0.5, "{face}");
            }
        }
    }

    #[test]
    fn nothing_is_an_object_without_faces() {
        let text = text_of(&Project::new("e", [4; 3]), Format::Obj);
        assert!(text.contains("o model") && !text.contains("\nf "));
    }

    #[test]
    fn materials_stand_beside() {
        let mut layer = Layer::new(LayerId(1), "ring of gold");
        layer.volume = [(Pos::ZERO, Rgba::WHITE), (Pos::new(3, 0, 0), Rgba::new(1, 2, 3, 102))]
            .into_iter()
            .collect();
        let mut scene = Scene::default();
        let gold = Material {
            name: "pure gold".to_owned(),
            metallic: 1.0,
            roughness: 0.25,
            emission: [0.0, 2.0, 0.0],
            ..Material::default()
        };
        layer.material = Some(scene.set_material(gold).unwrap());
        let project = Project::from_layers("p", [8; 3], vec![layer]).with_scene(scene);
        let (bytes, folder, report) = written(&project, Format::Obj, MeshOptions::default());
        assert_eq!(folder.names(), ["model.mtl", "model_palette.png"]);
        assert_eq!((report.beside.len(), &report.warnings[..]), (2, &[][..]));
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("mtllib model.mtl\n") && text.contains("\no ring_of_gold\n"));
        assert!(
            text.contains("usemtl pure_gold\n") && text.contains("usemtl pure_gold_alpha102\n")
        );
        let materials = String::from_utf8(folder.get("model.mtl")).unwrap();
        let glass = materials.split_once("newmtl pure_gold_alpha102\n").unwrap().1;
        for line in ["map_Kd model_palette.png", "d 0.4", "Pm 1", "Pr 0.25", "Ke 0 2 0"] {
            assert!(glass.lines().any(|found| found == line), "{line}: {glass}");
        }
    }
}
