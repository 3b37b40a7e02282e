//! `.usda`: Universal Scene Description as text, written only. A mesh a layer, with a colour a face.
//!
//! ```text
//! #usda 1.0
//! ( defaultPrim, metersPerUnit, upAxis )
//! def Xform "model"
//!     def Mesh "NAME" ( displayName: the layer's name as it is )
//!         float3[] extent: the lowest and the highest corner
//!         int[] faceVertexCounts, faceVertexIndices    point3f[] points
//!         color3f[] primvars:displayColor, float[] primvars:displayOpacity, one a face
//! ```
//!
//! Colours are linear, as the standard has them, with as many digits as tell all levels apart.

use std::collections::HashSet;
use std::io::{self, Write};

use goxel_core::Work;
use goxel_proto::types::{MeshColors, Up};

use crate::mesh::number::{Digits, levels, whole};
use crate::mesh::{Chunk, Export, Face, Files, Frame, Model, Section, export};
use crate::{Out, Result, Source, WriteOptions};

/// How every file begins.
const HEAD: &str = "#usda 1.0";
/// The prim that all others are in.
const ROOT: &str = "model";
/// What a mesh without a name is called.
const MESH: &str = "mesh";

/// Writes the surface of a project.
pub(crate) fn write(
    source: &Source<'_>,
    options: &WriteOptions<'_>,
    work: &Work<'_>,
    out: &mut Out<'_>,
) -> Result<()> {
    let format = Export { end: ".usda", ..Export::PLAIN };
    let coloured = options.mesh.colors != Some(MeshColors::None);
    export(source, options, work, out, &format, |model, frame, files| {
        let linear = std::array::from_fn(|level| linear(level as u8));
        Document { model, frame, work, levels: linear, alphas: levels(), coloured }.write(files)
    })
}

/// A level of sRGB as text, in linear light.
fn linear(level: u8) -> String {
    let level = f64::from(level) / 255.0;
    let linear = if level <= 0.04045 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) };
    let text = format!("{linear:.5}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

struct Document<'a> {
    model: &'a Model,
    frame: &'a Frame,
    work: &'a Work<'a>,
    /// Levels in linear light, and alphas, as text.
    levels: [String; 256],
    alphas: [String; 256],
    coloured: bool,
}

impl Document<'_> {
    fn write(&self, out: &mut Files<'_, '_>) -> Result<()> {
        let up = match self.frame.up {
            Up::Y => "Y",
            Up::Z => "Z",
        };
        let metres = out.unit.metres();
        writeln!(
            out,
            "{HEAD}\n(\n    defaultPrim = \"{ROOT}\"\n    doc = \"Goxel\"\n    metersPerUnit = {metres}\n    upAxis = \"{up}\"\n)\n"
        )?;
        writeln!(out, "def Xform \"{ROOT}\"\n{{")?;
        let mut names = HashSet::new();
        for (at, part) in self.model.parts.iter().enumerate() {
            let mut name = identifier(&part.name);
            if !names.insert(name.clone()) {
                name = format!("{name}_{at}");
                names.insert(name.clone());
            }
            writeln!(out, "    def Mesh \"{name}\" (")?;
            writeln!(out, "        displayName = \"{}\"\n    )\n    {{", escaped(&part.name))?;
            self.mesh(at, out)?;
            writeln!(out, "    }}")?;
        }
        writeln!(out, "}}")?;
        Ok(())
    }

    fn mesh(&self, part: usize, out: &mut dyn Write) -> Result<()> {
        let digits = Digits::for_scale(self.frame.scale);
        writeln!(out, "        uniform token subdivisionScheme = \"none\"")?;
        self.extent(part, out)?;
        self.array("int[] faceVertexCounts", part, Section::Numbers, out, |chunk, bytes| {
            for face in chunk.faces {
                whole(bytes, face.corners().len() as u64);
                bytes.push(b',');
            }
        })?;
        writeln!(out)?;
        self.array("int[] faceVertexIndices", part, Section::Numbers, out, |chunk, bytes| {
            for corner in chunk.faces.iter().flat_map(Face::corners) {
                whole(bytes, chunk.base + u64::from(*corner));
                bytes.push(b',');
            }
        })?;
        writeln!(out)?;
        self.array("point3f[] points", part, Section::Vertices, out, |chunk, bytes| {
            for vertex in chunk.vertices {
                let [x, y, z] = self.frame.point(vertex.at);
                for (mark, number) in [(b'(', x), (b',', y), (b',', z)] {
                    bytes.push(mark);
                    digits.number(bytes, number);
                }
                bytes.extend_from_slice(b"),");
            }
        })?;
        writeln!(out)?;
        if self.coloured {
            self.colours(part, out)?;
        }
        Ok(())
    }

    fn extent(&self, part: usize, out: &mut dyn Write) -> Result<()> {
        let corners = self.model.parts[part].groups.iter().flat_map(|group| group.bounds);
        let points = corners.map(|corner| self.frame.point(corner));
        let ends = points.fold([[f64::MAX; 3], [f64::MIN; 3]], |[low, high], point| {
            let axes = [0, 1, 2];
            [axes.map(|c| low[c].min(point[c])), axes.map(|c| high[c].max(point[c]))]
        });
        let [low, high] = ends.map(|[x, y, z]| format!("({x}, {y}, {z})"));
        Ok(writeln!(out, "        float3[] extent = [{low}, {high}]")?)
    }

    fn colours(&self, part: usize, out: &mut dyn Write) -> Result<()> {
        const OF_FACES: &str = " (\n            interpolation = \"uniform\"\n        )";
        let name = "color3f[] primvars:displayColor";
        self.array(name, part, Section::Faces, out, |chunk, bytes| {
            for face in chunk.faces {
                let [r, g, b, _] = face.rgba.0.map(|level| &self.levels[usize::from(level)]);
                for (mark, level) in [(b'(', r), (b',', g), (b',', b)] {
                    bytes.push(mark);
                    bytes.extend_from_slice(level.as_bytes());
                }
                bytes.extend_from_slice(b"),");
            }
        })?;
        writeln!(out, "{OF_FACES}")?;
        let name = "float[] primvars:displayOpacity";
        self.array(name, part, Section::Faces, out, |chunk, bytes| {
            for face in chunk.faces {
                bytes.extend_from_slice(self.alphas[usize::from(face.rgba.alpha())].as_bytes());
                bytes.push(b',');
            }
        })?;
        writeln!(out, "{OF_FACES}")?;
        Ok(())
    }

    /// Writes an array of what `encode` makes of all groups of a part, each item with a comma behind it.
    fn array(
        &self,
        name: &str,
        part: usize,
        section: Section,
        out: &mut dyn Write,
        encode: impl Fn(&Chunk<'_>, &mut Vec<u8>) + Sync,
    ) -> Result<()> {
        write!(out, "        {name} = [")?;
        let mut items = WithoutLast { out, last: None };
        for group in 0..self.model.parts[part].groups.len() {
            self.model.write(part, group, section, self.work, &mut items, &encode)?;
        }
        write!(out, "]")?;
        Ok(())
    }
}

/// Writes all but the last byte: the comma that nothing follows.
struct WithoutLast<'a> {
    out: &'a mut dyn Write,
    last: Option<u8>,
}

impl Write for WithoutLast<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some((last, rest)) = bytes.split_last() {
            if let Some(before) = self.last.replace(*last) {
                self.out.write_all(&[before])?;
            }
            self.out.write_all(rest)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A name as the standard has them: letters, digits and underscores.
fn identifier(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let word: String = name.trim().chars().map(letter).collect();
    match word.chars().next() {
        None => MESH.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{word}"),
        Some(_) => word,
    }
}

/// A name between quotation marks.
fn escaped(name: &str) -> String {
    let letters = name.chars().filter(|letter| !letter.is_control());
    letters.flat_map(|c| matches!(c, '"' | '\\').then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use goxel_core::{Layer, Project};
    use goxel_proto::types::{LayerId, Pos, Rgba};

    use super::*;
    use crate::Format;
    use crate::testing::{project_of, text_of};

    #[test]
    fn a_voxel_is_six_faces() {
        let voxel = (Pos::new(1, 2, 3), Rgba::new(255, 128, 0, 51));
        let text = text_of(&project_of([voxel].into_iter().collect()), Format::Usda);
        for line in [
            "    metersPerUnit = 1\n    upAxis = \"Z\"\n",
            "    def Mesh \"only\" (\n        displayName = \"only\"\n    )\n",
            "float3[] extent = [(1, 2, 3), (2, 3, 4)]\n",
            "faceVertexCounts = [4,4,4,4,4,4]\n",
            "primvars:displayColor = [(1,0.21586,0),(1,0.21586,0),",
            "primvars:displayOpacity = [0.2000,0.2000,0.2000,0.2000,0.2000,0.2000] (\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
        let points = text.split("points = [").nth(1).unwrap().split(']').next().unwrap();
        assert_eq!(points.matches('(').count(), 8, "corners are shared: {points}");
        assert!(points.contains("(1,2,3)") && points.contains("(2,3,4)"), "{points}");
    }

    #[test]
    fn names_are_words_and_stand_once() {
        let layer = |id, name: &str| {
            let mut layer = Layer::new(LayerId(id), name);
            layer.volume.set(Pos::new(3 * id as i32, 0, 0), Rgba::WHITE);
            layer
        };
        let layers = vec![layer(1, "a \"é\\"), layer(2, "a-___"), layer(3, "2nd"), layer(4, "")];
        let text = text_of(&Project::from_layers("p", [8; 3], layers), Format::Usda);
        for name in ["a____", "a_____1", "_2nd", "mesh"] {
            assert!(text.contains(&format!("def Mesh \"{name}\" (")), "{name}: {text}");
        }
        assert!(text.contains(r#"displayName = "a \"é\\""#), "{text}");
    }

    #[test]
    fn nothing_is_a_scene_without_meshes() {
        let text = text_of(&Project::new("e", [4; 3]), Format::Usda);
        assert!(text.starts_with("#usda 1.0\n(") && text.ends_with("def Xform \"model\"\n{\n}\n"));
    }

    #[test]
    fn linear_levels_are_told_apart() {
        let levels: Vec<f64> = (0..=255).map(|level| linear(level).parse().unwrap()).collect();
        assert!(levels.is_sorted_by(|a, b| a < b));
        assert_eq!((levels[0], levels[255]), (0.0, 1.0));
    }
}
