//! `.gltf` and `.glb`: glTF 2.0, written only. A node and a mesh a layer, a primitive a look.
//!
//! ```text
//! .gltf     the JSON, and a .bin file beside it; base64 within it where there can be none
//! .glb      "glTF", u32 version 2, u32 length, then chunks: u32 length, "JSON" or "BIN\0", bytes
//!
//! buffer    for each primitive its corners, then its indices; at the end of a .glb the texture
//! corner    f32 x, y, z   f32 normal[3]   u16 r, g, b, a, linear   f32 u, v; see `layout`
//! index     u16 or u32, three a triangle
//! ```
//!
//! Y points up and a unit is a metre, as the standard says. A mesh that is closed has no normals: faces
//! are flat without, and corners can be shared by faces that look everywhere.

mod base64;
mod layout;
mod material;
mod structure;

use std::io::Write;

use goxel_core::Work;
use goxel_proto::types::{MeshColors, Up};

use crate::mesh::texture::Texture;
use crate::mesh::{Export, Files, Frame, Looks, Model, Section, Share, export};
use crate::{Error, Out, Result, Source, WriteOptions};

use base64::Base64;
use layout::{Layout, index_component, indices};
use structure::{Block, Plan, Where};

/// Which of the two forms a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// JSON, with the buffer elsewhere.
    Text,
    /// One file of binary chunks.
    Binary,
}

/// Writes the surface of a project.
pub(crate) fn write(
    source: &Source<'_>,
    options: &WriteOptions<'_>,
    work: &Work<'_>,
    out: &mut Out<'_>,
    form: Form,
) -> Result<()> {
    let format = Export {
        end: if form == Form::Text { ".gltf" } else { ".glb" },
        looks: Looks::Apart,
        share: Share::ColourAndSide,
        colors: Some(MeshColors::Vertex),
        texture_at_corners: true,
        up: Up::Y,
        unit_is_fixed: true,
        ..Export::PLAIN
    };
    let (embed, quantize) = (options.mesh.embed, options.mesh.quantize);
    export(source, options, work, out, &format, |model, frame, files| {
        let textured = matches!(files.colors, MeshColors::Texture | MeshColors::Both);
        let texture = if textured { Some(Texture::new(&model.colours)?) } else { None };
        let layout = Layout::new(model, files.colors, quantize, texture);
        let writer = Writer { plan: Plan::new(model, &layout)?, model, frame, layout, work };
        match form {
            Form::Binary => writer.binary(files),
            Form::Text => writer.text(files, embed),
        }
    })
}

struct Writer<'a> {
    model: &'a Model,
    frame: &'a Frame,
    layout: Layout,
    plan: Plan,
    work: &'a Work<'a>,
}

impl Writer<'_> {
    /// All in one file.
    fn binary(&self, files: &mut Files<'_, '_>) -> Result<()> {
        let picture = self.picture()?;
        let place = match &picture {
            Some(png) => Where::InBuffer { bytes: png.len() as u64 },
            None => Where::Nowhere,
        };
        let buffer_bytes =
            self.plan.bytes + picture.as_ref().map_or(0, |png| padded(png.len() as u64));
        let mut json = self.json(None, &place, buffer_bytes)?;
        json.resize(padded(json.len() as u64) as usize, b' ');
        let chunk = |bytes: u64| if bytes == 0 { 0 } else { 8 + bytes };
        let length = 12 + chunk(json.len() as u64) + chunk(buffer_bytes);
        let Ok(length) = u32::try_from(length) else {
            return Err(Error::TooLarge(format!(
                "the mesh is {length} bytes, and a .glb file has room for 4 GiB: export .gltf, or quantize"
            )));
        };
        files.write_all(b"glTF")?;
        for number in [2, length, json.len() as u32] {
            files.write_all(&number.to_le_bytes())?;
        }
        files.write_all(b"JSON")?;
        files.write_all(&json)?;
        if buffer_bytes > 0 {
            files.write_all(&(buffer_bytes as u32).to_le_bytes())?;
            files.write_all(b"BIN\0")?;
            self.buffer(files)?;
            if let Some(png) = picture {
                files.write_all(&png)?;
                pad(png.len() as u64, files)?;
            }
        }
        Ok(())
    }

    /// JSON, and what belongs to it beside it or within.
    fn text(&self, files: &mut Files<'_, '_>, embed: bool) -> Result<()> {
        let picture = self.picture()?;
        let within = embed || !files.has_beside() || self.plan.bytes == 0;
        if within {
            let place =
                picture.map_or(Where::Nowhere, |png| Where::At(data_uri("image/png", &png)));
            return self.embedded(files, &place);
        }
        let mut place = Where::Nowhere;
        if let Some(png) = picture
            && let Some((name, mut file)) = files.beside("_palette.png")?
        {
            file.write_all(&png)?;
            file.flush()?;
            place = Where::At(name);
        }
        if let Some((name, mut file)) = files.beside(".bin")? {
            let json = self.json(Some(&name), &place, self.plan.bytes)?;
            self.buffer(&mut file)?;
            file.flush()?;
            files.write_all(&json)?;
            writeln!(files)?;
        }
        Ok(())
    }

    /// JSON with the buffer within it, which is never in memory as a whole.
    fn embedded(&self, files: &mut Files<'_, '_>, place: &Where) -> Result<()> {
        /// Stands in the JSON where the buffer will be.
        const HERE: &str = "data:application/octet-stream;base64,";
        let json = self.json(Some(HERE), place, self.plan.bytes)?;
        let here = json.windows(HERE.len() + 1).position(|window| {
            // No name can end so: a quotation mark within one has a backslash before it.
            window.starts_with(HERE.as_bytes()) && window.ends_with(b"\"")
        });
        let Some(here) = here else {
            files.write_all(&json)?;
            writeln!(files)?;
            return Ok(());
        };
        let (head, rest) = json.split_at(here + HERE.len());
        files.write_all(head)?;
        let mut base64 = Base64::new(&mut *files);
        self.buffer(&mut base64)?;
        base64.finish()?;
        files.write_all(rest)?;
        writeln!(files)?;
        Ok(())
    }

    fn json(&self, uri: Option<&str>, picture: &Where, bytes: u64) -> Result<Vec<u8>> {
        let value =
            structure::json(self.model, self.frame, &self.layout, &self.plan, uri, picture, bytes);
        serde_json::to_vec(&value).map_err(|error| Error::Output(error.into()))
    }

    /// The texture as a PNG file.
    fn picture(&self) -> Result<Option<Vec<u8>>> {
        let Some(texture) = self.layout.texture.as_ref().filter(|_| self.plan.bytes > 0) else {
            return Ok(None);
        };
        let mut png = Vec::new();
        texture.png(&mut png)?;
        Ok(Some(png))
    }

    /// Corners and indices.
    fn buffer(&self, out: &mut dyn Write) -> Result<()> {
        for block in &self.plan.blocks {
            self.block(block, out)?;
        }
        Ok(())
    }

    fn block(&self, block: &Block, out: &mut dyn Write) -> Result<()> {
        let (model, stride) = (self.model, self.layout.stride() as usize);
        let low = self.plan.low(model, self.frame, block.part);
        if block.vertices.is_some() {
            model.write(
                block.part,
                block.group,
                Section::Vertices,
                self.work,
                out,
                |chunk, bytes| {
                    bytes.reserve(chunk.vertices.len() * stride);
                    for vertex in chunk.vertices {
                        self.layout.corner(self.frame, low, vertex, bytes);
                    }
                },
            )?;
        }
        let component = index_component(block.corners);
        model.write(
            block.part,
            block.group,
            Section::Numbers,
            self.work,
            out,
            |chunk, bytes| {
                indices(chunk, component, bytes);
            },
        )?;
        pad(block.index_bytes, out)
    }
}

/// Whole words of four bytes, in which all parts of a file are measured.
fn padded(bytes: u64) -> u64 {
    bytes.next_multiple_of(4)
}

fn pad(bytes: u64, out: &mut dyn Write) -> Result<()> {
    let zeros = [0; 4];
    out.write_all(&zeros[..(padded(bytes) - bytes) as usize])?;
    Ok(())
}

fn data_uri(kind: &str, bytes: &[u8]) -> String {
    let mut text = format!("data:{kind};base64,").into_bytes();
    let mut base64 = Base64::new(&mut text);
    // Writing to memory does not fail.
    let _ = base64.write_all(bytes);
    let _ = base64.finish();
    String::from_utf8(text).unwrap_or_default()
}

#[cfg(test)]
mod tests;
