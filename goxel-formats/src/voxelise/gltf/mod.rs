//! Reads `.gltf` and `.glb`: meshes in their places, with the colours of corners, materials and textures.
//!
//! ```text
//! glb     "glTF"  u32 2, length  u32 length, "JSON", text  u32 length, "BIN\0", bytes
//! ```
//!
//! Y points up, x to the right, z towards the viewer. Buffers and pictures stand in the file or beside it. A
//! picture that is neither PNG nor JPEG counts as white. Points, lines, animations and cameras have no place
//! in voxels, which is told.

mod access;
mod document;
mod place;

use goxel_core::Work;
use goxel_proto::types::Loss;

use super::mesh::{Corner, Mesh, Triangle};
use super::voxels;
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::limits::{SCENE_DEPTH_MAX, SCENE_VISITS_MAX};
use crate::nearby::Nearby;
use crate::{Document, Error, ReadOptions, Result};
use access::Buffers;
use document::{Gltf, Primitive};
use place::Place;

/// How a binary file begins.
pub(crate) const MAGIC: &[u8; 4] = b"glTF";
/// The kinds of primitives that are triangles: of three corners each, in a strip where each is made of a new
/// corner and the last two, and in a fan around the first corner.
const TRIANGLES: u32 = 4;
const STRIP: u32 = 5;
const FAN: u32 = 6;

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], options: &ReadOptions<'_>, work: &Work<'_>) -> Result<Document> {
    let mut budget = Budget::for_file(bytes.len(), work);
    let whole = Cursor::new(bytes, "gltf");
    let (text, binary) =
        if bytes.starts_with(MAGIC) { parts(whole.clone())? } else { (bytes, None) };
    document::check_depth(text, &whole)?;
    let mut text = text.to_vec();
    budget.spend_bytes(text.len() as u64)?;
    let gltf: Gltf = simd_json::serde::from_slice(&mut text)
        .map_err(|error| whole.malformed(error.to_string()))?;
    let mut nearby = Nearby::new(options, work);
    let buffers = Buffers::new(&gltf, binary, &whole, &mut nearby, &mut budget)?;
    let mut scene = Scene { whole, gltf: &gltf, buffers, mesh: Mesh::default(), visits: 0 };
    scene.textures(&mut nearby, &mut budget)?;
    for root in scene.roots() {
        scene.node(root, Place::ROOT, 0, &mut budget)?;
    }
    let mut mesh = scene.mesh;
    nearby.tell(&mut mesh.warnings);
    let animations = gltf.animations.len() as u64;
    mesh.lose(Loss::Frames, "animations are passed over: the mesh is as it stands", animations);
    mesh.lose(Loss::Cameras, "cameras of meshes are passed over", gltf.cameras.len() as u64);
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
    fn textures(&mut self, nearby: &mut Nearby<'_>, budget: &mut Budget<'_>) -> Result<()> {
        for image in &self.gltf.images {
            let bytes = self.buffers.image(image, nearby)?;
            self.mesh.add_texture(bytes.as_deref(), budget)?;
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
        let mode = primitive.mode.unwrap_or(TRIANGLES);
        if !(TRIANGLES..=FAN).contains(&mode) {
            let what = "points and lines are passed over: only triangles are read";
            self.mesh.lose(Loss::Primitives, what, 1);
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
        for corners in triangles(mode, &indices) {
            let mut triangle = Triangle { corners: [Corner::default(); 3], texture: image };
            for (corner, at) in triangle.corners.iter_mut().zip(corners) {
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

/// The corners of each triangle of a primitive.
fn triangles(mode: u32, indices: &[u32]) -> impl Iterator<Item = [u32; 3]> {
    let count = if mode == TRIANGLES { indices.len() / 3 } else { indices.len().saturating_sub(2) };
    (0..count).map(move |at| {
        let places = match mode {
            // Every second one of a strip runs the other way round.
            STRIP if at % 2 == 1 => [at + 1, at, at + 2],
            STRIP => [at, at + 1, at + 2],
            FAN => [0, at + 1, at + 2],
            _ => [3 * at, 3 * at + 1, 3 * at + 2],
        };
        places.map(|place| indices[place])
    })
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
