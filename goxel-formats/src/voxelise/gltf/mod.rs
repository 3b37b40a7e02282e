//! Reads `.gltf` and `.glb`: meshes in their places, with the colours of corners, materials and textures.
//!
//! ```text
//! glb     "glTF"  u32 2, length  u32 length, "JSON", text  u32 length, "BIN\0", bytes
//! ```
//!
//! Y points up, x to the right, z towards the viewer. Buffers and pictures must be in the file: what stands
//! beside it is not opened. A picture that is no PNG counts as white.

mod access;
mod document;
mod place;

use goxel_core::Work;

use super::mesh::{Corner, Mesh, Texture, Triangle};
use super::voxels;
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::limits::{SCENE_DEPTH_MAX, SCENE_VISITS_MAX};
use crate::{Document, Error, ReadOptions, Result};
use access::Buffers;
use document::{Gltf, Primitive};
use place::Place;

/// How a binary file begins.
pub(crate) const MAGIC: &[u8; 4] = b"glTF";
/// The kind of a primitive that is triangles, three corners each.
const TRIANGLES: u32 = 4;

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], options: &ReadOptions, work: &Work<'_>) -> Result<Document> {
    let mut budget = Budget::for_file(bytes.len(), work);
    let whole = Cursor::new(bytes, "gltf");
    let (text, binary) =
        if bytes.starts_with(MAGIC) { parts(whole.clone())? } else { (bytes, None) };
    document::check_depth(text, &whole)?;
    let mut text = text.to_vec();
    budget.spend_bytes(text.len() as u64)?;
    let gltf: Gltf = simd_json::serde::from_slice(&mut text)
        .map_err(|error| whole.malformed(error.to_string()))?;
    let buffers = Buffers::new(&gltf, binary, &whole, &mut budget)?;
    let mut scene = Scene { whole, gltf: &gltf, buffers, mesh: Mesh::default(), visits: 0 };
    scene.textures(&mut budget)?;
    for root in scene.roots() {
        scene.node(root, Place::ROOT, 0, &mut budget)?;
    }
    let mesh = scene.mesh;
    voxels(mesh, options, work, &mut budget)
}

/// The text and the bytes of a binary file.
fn parts(mut cursor: Cursor<'_>) -> Result<(&[u8], Option<&[u8]>)> {
    cursor.take(MAGIC.len())?;
    let here = cursor.clone();
    let version = cursor.u32()?;
    if version != 2 {
        return Err(here.malformed(format!("version {version} is not known")));
    }
    let _length = cursor.u32()?;
    let mut text = None;
    while !cursor.is_empty() {
        let length = cursor.length()?;
        let kind: [u8; 4] = cursor.array()?;
        let bytes = cursor.take(length)?;
        match &kind {
            b"JSON" => text = Some(bytes),
            b"BIN\0" => return text.map(|text| (text, Some(bytes))).ok_or_else(|| no_text(&here)),
            _ => {}
        }
    }
    text.map(|text| (text, None)).ok_or_else(|| no_text(&here))
}

fn no_text(here: &Cursor<'_>) -> Error {
    here.malformed("no chunk JSON before the others")
}

/// What was read so far.
struct Scene<'a> {
    whole: Cursor<'a>,
    gltf: &'a Gltf,
    buffers: Buffers<'a>,
    mesh: Mesh,
    visits: usize,
}

impl Scene<'_> {
    /// The nodes of the scene that shows, or all that nobody has as a child.
    fn roots(&self) -> Vec<usize> {
        let scene = self.gltf.scenes.get(self.gltf.scene.unwrap_or(0));
        scene.map_or_else(|| (0..self.gltf.nodes.len()).collect(), |scene| scene.nodes.clone())
    }

    /// Decodes the pictures of all textures, so that a texture has the number of its picture.
    fn textures(&mut self, budget: &mut Budget<'_>) -> Result<()> {
        for image in &self.gltf.images {
            let bytes = self.buffers.image(image);
            let texture = bytes.and_then(|bytes| decode(&bytes));
            let texture = texture.unwrap_or(Texture { width: 0, pixels: Vec::new() });
            budget.spend_bytes(size_of_val(texture.pixels.as_slice()) as u64)?;
            self.mesh.textures.push(texture);
        }
        Ok(())
    }

    fn node(
        &mut self,
        number: usize,
        above: Place,
        depth: usize,
        budget: &mut Budget<'_>,
    ) -> Result<()> {
        self.visits += 1;
        if depth > SCENE_DEPTH_MAX || self.visits > SCENE_VISITS_MAX {
            let what = format!("nodes more than {SCENE_DEPTH_MAX} deep, or in a circle");
            return Err(self.whole.malformed(what));
        }
        budget.spend_voxels(1)?;
        let gltf = self.gltf;
        let node = gltf.nodes.get(number);
        let node = node.ok_or_else(|| self.whole.malformed(format!("no node {number}")))?;
        let place = above.then(&Place::of(node));
        if let Some(number) = node.mesh {
            let mesh = gltf.meshes.get(number);
            let mesh = mesh.ok_or_else(|| self.whole.malformed(format!("no mesh {number}")))?;
            for primitive in &mesh.primitives {
                self.primitive(primitive, &place, budget)?;
            }
        }
        node.children.iter().try_for_each(|child| self.node(*child, place, depth + 1, budget))
    }

    fn primitive(
        &mut self,
        primitive: &Primitive,
        place: &Place,
        budget: &mut Budget<'_>,
    ) -> Result<()> {
        if primitive.mode.unwrap_or(TRIANGLES) != TRIANGLES {
            return Ok(());
        }
        let gltf = self.gltf;
        let material = primitive.material.and_then(|number| gltf.materials.get(number));
        let look = material.and_then(|material| material.pbr_metallic_roughness.as_ref());
        let factor = look.and_then(|look| look.base_color_factor).unwrap_or([1.0; 4]);
        let texture = look.and_then(|look| look.base_color_texture.as_ref());
        let image = texture.and_then(|texture| gltf.textures.get(texture.index)?.source);
        let uvs = texture.map(|texture| format!("TEXCOORD_{}", texture.tex_coord));

        let positions = self.buffers.floats(primitive.attributes.get("POSITION"), gltf, budget)?;
        let colours = self.buffers.floats(primitive.attributes.get("COLOR_0"), gltf, budget)?;
        let uvs = uvs.and_then(|name| primitive.attributes.get(&name));
        let uvs = self.buffers.floats(uvs, gltf, budget)?;
        let indices = self.buffers.indices(primitive.indices, positions.count(), gltf, budget)?;
        for corners in indices.as_chunks::<3>().0 {
            let mut triangle = Triangle { corners: [Corner::default(); 3], texture: image };
            for (corner, &at) in triangle.corners.iter_mut().zip(corners) {
                let position = positions.get(at as usize);
                let position = position.ok_or_else(|| {
                    self.whole.malformed(format!("corner {at}, which is not there"))
                })?;
                let [x, y, z] = place.point([0, 1, 2].map(|c| f64::from(position[c])));
                corner.at = [x, -z, y];
                let own = colours.get(at as usize).unwrap_or([1.0; 4]);
                corner.colour = [0, 1, 2, 3].map(|c| level(own[c] * factor[c], c));
                corner.uv = uvs.get(at as usize).map_or([0.0; 2], |[u, v, ..]| [u, v]);
            }
            self.mesh.add(triangle, budget)?;
        }
        Ok(())
    }
}

/// A part of linear light as a level of sRGB; alpha, which is the fourth, as it is.
fn level(part: f32, channel: usize) -> f32 {
    let part = part.clamp(0.0, 1.0);
    let part = match channel {
        3 => part,
        _ if part <= 0.003_130_8 => part * 12.92,
        _ => 1.055 * part.powf(1.0 / 2.4) - 0.055,
    };
    part * 255.0
}

/// The pixels of a PNG, if it is one.
fn decode(bytes: &[u8]) -> Option<Texture> {
    let limits = png::Limits { bytes: crate::limits::PICTURE_BYTES_MAX };
    let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = reader.info().size();
    if u64::from(width) * u64::from(height) > crate::limits::HEIGHTS_MAX {
        return None;
    }
    let mut bytes = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut bytes).ok()?;
    let channels = frame.color_type.samples();
    let pixels = bytes.chunks_exact(channels).map(crate::slices::colour).collect();
    Some(Texture { width: width as usize, pixels })
}
