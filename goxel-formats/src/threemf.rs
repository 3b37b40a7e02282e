//! `.3mf`: the 3D Manufacturing Format, written only. A closed object a layer, with a colour a triangle.
//!
//! ```text
//! a zip archive: [Content_Types].xml, _rels/.rels, 3D/3dmodel.model
//!
//! model unit="millimeter"
//!   resources
//!     m:colorgroup   every colour, numbered from 0
//!     object         mesh: vertices x y z; triangles v1 v2 v3, p1: its colour
//!   build            item: an object
//! ```
//!
//! Z points up. The format demands that meshes are closed and manifold, so they are, whatever was asked
//! for.

use std::io::Write;

use goxel_core::Work;
use goxel_proto::types::{Rgba, Unit};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::mesh::number::{Digits, whole};
use crate::mesh::texture::Texture;
use crate::mesh::{Export, Files, Frame, Model, Section, export};
use crate::{Error, Out, Result, Source, WriteOptions};

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>
"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Target="/3D/3dmodel.model" Id="rel0" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>
"#;
/// The number of the group of colours; objects follow it.
const COLOURS: usize = 1;

/// Writes the surface of a project.
pub(crate) fn write(
    source: &Source<'_>,
    options: &WriteOptions<'_>,
    work: &Work<'_>,
    out: &mut Out<'_>,
) -> Result<()> {
    let format = Export {
        end: ".3mf",
        // Colours are listed as those of a texture are.
        colors: Some(goxel_proto::types::MeshColors::Texture),
        see_through: false,
        closed: true,
        unit: Unit::Millimetre,
        ..Export::PLAIN
    };
    export(source, options, work, out, &format, |model, frame, files| {
        archive(model, frame, files, work)
    })
}

fn archive(model: &Model, frame: &Frame, files: &mut Files<'_, '_>, work: &Work<'_>) -> Result<()> {
    let unit = files.unit;
    let mut zip = ZipWriter::new_stream(files);
    // Nothing of the time of day: the same model is the same file. Sizes may be over 4 GiB.
    let options = SimpleFileOptions::DEFAULT.large_file(true);
    for (name, text) in [("[Content_Types].xml", TYPES), ("_rels/.rels", RELATIONS)] {
        zip.start_file(name, options).map_err(failed)?;
        zip.write_all(text.as_bytes())?;
    }
    zip.start_file("3D/3dmodel.model", options).map_err(failed)?;
    let document = Document { model, frame, work };
    document.write(unit, &mut zip)?;
    zip.finish().map_err(failed)?;
    Ok(())
}

fn failed(error: zip::result::ZipError) -> Error {
    match error {
        zip::result::ZipError::Io(error) => Error::Output(error),
        other => Error::Output(std::io::Error::other(other)),
    }
}

/// The XML of a model.
struct Document<'a> {
    model: &'a Model,
    frame: &'a Frame,
    work: &'a Work<'a>,
}

impl Document<'_> {
    fn write(&self, unit: Unit, out: &mut dyn Write) -> Result<()> {
        writeln!(
            out,
            concat!(
                r#"<?xml version="1.0" encoding="UTF-8"?>"#,
                "\n",
                r#"<model unit="{}" xml:lang="en-US" "#,
                r#"xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02" "#,
                r#"xmlns:m="http://schemas.microsoft.com/3dmanufacturing/material/2015/02">"#,
                "\n<metadata name=\"Application\">Goxel</metadata>\n<resources>",
            ),
            unit_name(unit)
        )?;
        if !self.model.colours.is_empty() {
            writeln!(out, r#"<m:colorgroup id="{COLOURS}">"#)?;
            for Rgba([r, g, b, a]) in &self.model.colours {
                writeln!(out, r##"<m:color color="#{r:02X}{g:02X}{b:02X}{a:02X}"/>"##)?;
            }
            writeln!(out, "</m:colorgroup>")?;
        }
        for part in 0..self.model.parts.len() {
            self.object(part, out)?;
        }
        writeln!(out, "</resources>\n<build>")?;
        for part in 0..self.model.parts.len() {
            writeln!(out, r#"<item objectid="{}"/>"#, COLOURS + 1 + part)?;
        }
        writeln!(out, "</build>\n</model>")?;
        Ok(())
    }

    fn object(&self, part: usize, out: &mut dyn Write) -> Result<()> {
        let name = escaped(&self.model.parts[part].name);
        let id = COLOURS + 1 + part;
        writeln!(
            out,
            r#"<object id="{id}" type="model" name="{name}" pid="{COLOURS}" pindex="0"><mesh><vertices>"#
        )?;
        let digits = Digits::for_scale(self.frame.scale);
        let groups = 0..self.model.parts[part].groups.len();
        for group in groups.clone() {
            self.model.write(part, group, Section::Vertices, self.work, out, |chunk, bytes| {
                for vertex in chunk.vertices {
                    let point = self.frame.point(vertex.at);
                    for (name, number) in ["<vertex x=\"", "\" y=\"", "\" z=\""].iter().zip(point) {
                        bytes.extend_from_slice(name.as_bytes());
                        digits.number(bytes, number);
                    }
                    bytes.extend_from_slice(b"\"/>\n");
                }
            })?;
        }
        writeln!(out, "</vertices><triangles>")?;
        let colours = Texture::new(&self.model.colours)?;
        for group in groups {
            self.model.write(part, group, Section::Faces, self.work, out, |chunk, bytes| {
                for face in chunk.faces {
                    let colour = u64::from(colours.number(face.rgba));
                    for [a, b, c] in face.triangles() {
                        triangle(
                            [a, b, c].map(|corner| chunk.base + u64::from(corner)),
                            colour,
                            bytes,
                        );
                    }
                }
            })?;
        }
        writeln!(out, "</triangles></mesh></object>")?;
        Ok(())
    }
}

fn triangle([a, b, c]: [u64; 3], colour: u64, bytes: &mut Vec<u8>) {
    const NAMES: [&str; 4] = ["<triangle v1=\"", "\" v2=\"", "\" v3=\"", "\" pid=\"1\" p1=\""];
    for (name, number) in NAMES.iter().zip([a, b, c, colour]) {
        bytes.extend_from_slice(name.as_bytes());
        whole(bytes, number);
    }
    bytes.extend_from_slice(b"\"/>\n");
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Metre => "meter",
        Unit::Centimetre => "centimeter",
        Unit::Millimetre => "millimeter",
        Unit::Inch => "inch",
    }
}

/// A name as the value of an attribute. Letters that XML has not are left out.
fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '"' => text.push_str("&quot;"),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {}
            letter => text.push(letter),
        }
    }
    text
}
