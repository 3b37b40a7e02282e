//! The JSON of a file, and the plan of its buffer.

use serde_json::{Map, Value, json};

use super::layout::{Layout, UNSIGNED_SHORT, index_component};
use super::material::{materials, number};
use super::padded;
use crate::mesh::{Frame, Group, Model};
use crate::{Error, Result};

/// What corners and indices are for, by its numbers in OpenGL.
const ARRAY_BUFFER: u32 = 34_962;
const ELEMENT_ARRAY_BUFFER: u32 = 34_963;
/// The nearest pixel, and no repetition: a colour is one pixel.
const NEAREST: u32 = 9728;
const CLAMP_TO_EDGE: u32 = 33_071;
/// Corners that a `u32` can number; its highest value is reserved.
const VERTICES_MAX: u64 = u32::MAX as u64;

/// Where a group stands in the buffer.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) part: usize,
    pub(super) group: usize,
    /// Where its corners are; none where it has those of another group of its part.
    pub(super) vertices: Option<u64>,
    /// How many corners its indices can name.
    pub(super) corners: u64,
    pub(super) indices: u64,
    pub(super) index_bytes: u64,
}

/// Where everything stands in the buffer.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) blocks: Vec<Block>,
    pub(super) bytes: u64,
    quantized: bool,
}

/// Where the texture is.
pub(super) enum Where {
    /// There is none.
    Nowhere,
    /// At the end of the buffer.
    InBuffer { bytes: u64 },
    /// At this address.
    At(String),
}

impl Plan {
    pub(super) fn new(model: &Model, layout: &Layout) -> Result<Self> {
        let (mut blocks, mut bytes) = (Vec::new(), 0);
        for (part, at) in model.groups_of_parts() {
            let groups = &model.parts[part].groups;
            let group = &groups[at];
            let owner = &groups[group.corners_of.unwrap_or(at)];
            if owner.vertices > VERTICES_MAX {
                let what = "the mesh has more corners than a glTF file can number: export layers as meshes of their own";
                return Err(Error::TooLarge(what.to_owned()));
            }
            let vertices = group.corners_of.is_none().then_some(bytes);
            bytes += group.vertices * layout.stride();
            let size = if index_component(owner.vertices) == UNSIGNED_SHORT { 2 } else { 4 };
            let (indices, index_bytes) = (bytes, 3 * group.triangles * size);
            bytes += padded(index_bytes);
            let corners = owner.vertices;
            blocks.push(Block { part, group: at, vertices, corners, indices, index_bytes });
        }
        Ok(Self { blocks, bytes, quantized: layout.quantized })
    }

    /// The lowest corner of a part in voxels, in the file's axes: where its whole numbers begin.
    pub(super) fn low(&self, model: &Model, frame: &Frame, part: usize) -> [f64; 3] {
        let bounds = model.parts[part].groups.iter().map(|group| turned(group, frame)[0]);
        bounds.reduce(|a, b| [0, 1, 2].map(|axis| a[axis].min(b[axis]))).unwrap_or_default()
    }
}

/// The bounds of a group in voxels, in the file's axes.
fn turned(group: &Group, frame: &Frame) -> [[f64; 3]; 2] {
    sorted(group.bounds.map(|corner| frame.turned(corner)))
}

fn sorted([a, b]: [[f64; 3]; 2]) -> [[f64; 3]; 2] {
    [[0, 1, 2].map(|axis| a[axis].min(b[axis])), [0, 1, 2].map(|axis| a[axis].max(b[axis]))]
}

/// The whole JSON.
pub(super) fn json(
    model: &Model,
    frame: &Frame,
    layout: &Layout,
    plan: &Plan,
    uri: Option<&str>,
    picture: &Where,
    buffer_bytes: u64,
) -> Value {
    let mut root = json!({
        "asset": { "version": "2.0", "generator": "Goxel" },
        "scene": 0,
        "scenes": [{ "name": "Goxel" }],
    });
    if plan.blocks.is_empty() {
        // Accessors and meshes must not be empty, but a scene may be.
        return root;
    }
    let mut arrays = Arrays::default();
    let meshes = meshes(model, frame, layout, plan, &mut arrays);
    root["scenes"][0]["nodes"] = (0..model.parts.len()).collect();
    root["nodes"] = nodes(model, frame, plan);
    root["meshes"] = meshes.into();
    let (materials, mut used) = materials(model, layout.texture.is_some());
    root["materials"] = materials.into();
    let required = if layout.quantized { vec!["KHR_mesh_quantization"] } else { Vec::new() };
    used.extend(&required);
    if !used.is_empty() {
        root["extensionsUsed"] = used.into_iter().collect();
    }
    if !required.is_empty() {
        root["extensionsRequired"] = required.into();
    }
    texture(&mut root, &mut arrays, plan, picture);
    root["accessors"] = arrays.accessors.into();
    root["bufferViews"] = arrays.views.into();
    let mut buffer = json!({ "byteLength": buffer_bytes });
    if let Some(uri) = uri {
        buffer["uri"] = uri.into();
    }
    root["buffers"] = json!([buffer]);
    root
}

/// A node a layer. Whole numbers are brought to their place and size by it.
fn nodes(model: &Model, frame: &Frame, plan: &Plan) -> Value {
    let nodes = model.parts.iter().enumerate().map(|(at, part)| {
        let mut node = json!({ "name": part.name, "mesh": at });
        if plan.quantized {
            let low = plan.low(model, frame, at);
            node["translation"] = frame.point(frame.untwisted(low)).into_iter().collect();
            node["scale"] = [frame.scale; 3].into_iter().collect();
        }
        node
    });
    nodes.collect()
}

fn texture(root: &mut Value, arrays: &mut Arrays, plan: &Plan, picture: &Where) {
    let image = match picture {
        Where::Nowhere => return,
        Where::InBuffer { bytes } => {
            let view = arrays.view(json!({
                "buffer": 0, "byteOffset": plan.bytes, "byteLength": bytes,
            }));
            json!({ "name": "colours", "bufferView": view, "mimeType": "image/png" })
        }
        Where::At(uri) => json!({ "name": "colours", "uri": uri }),
    };
    root["images"] = json!([image]);
    root["samplers"] = json!([{
        "magFilter": NEAREST, "minFilter": NEAREST, "wrapS": CLAMP_TO_EDGE, "wrapT": CLAMP_TO_EDGE,
    }]);
    root["textures"] = json!([{ "source": 0, "sampler": 0 }]);
}

fn meshes(
    model: &Model,
    frame: &Frame,
    layout: &Layout,
    plan: &Plan,
    arrays: &mut Arrays,
) -> Vec<Value> {
    let mut meshes: Vec<Value> =
        model.parts.iter().map(|part| json!({ "name": part.name, "primitives": [] })).collect();
    let mut attributes = Value::Null;
    for block in &plan.blocks {
        let group = &model.parts[block.part].groups[block.group];
        if let Some(at) = block.vertices {
            let low = plan.low(model, frame, block.part);
            attributes = arrays.vertices(group, at, frame, layout, low);
        }
        // A primitive must not be empty.
        if group.triangles == 0 {
            continue;
        }
        let indices = arrays.indices(block, group);
        if let Some(primitives) = meshes[block.part]["primitives"].as_array_mut() {
            primitives.push(json!({
                "attributes": attributes, "indices": indices, "material": group.look,
            }));
        }
    }
    meshes
}

/// The lists that others name by number.
#[derive(Default)]
struct Arrays {
    accessors: Vec<Value>,
    views: Vec<Value>,
}

impl Arrays {
    fn view(&mut self, view: Value) -> usize {
        self.views.push(view);
        self.views.len() - 1
    }

    fn accessor(&mut self, accessor: Value) -> usize {
        self.accessors.push(accessor);
        self.accessors.len() - 1
    }

    /// The accessors of a group's corners, by the names of what they have.
    fn vertices(
        &mut self,
        group: &Group,
        at: u64,
        frame: &Frame,
        layout: &Layout,
        low: [f64; 3],
    ) -> Value {
        let stride = layout.stride();
        let view = self.view(json!({
            "buffer": 0,
            "byteOffset": at,
            "byteLength": group.vertices * stride,
            "byteStride": stride,
            "target": ARRAY_BUFFER,
        }));
        let mut attributes = Map::new();
        for attribute in layout.attributes() {
            let mut accessor = json!({
                "bufferView": view,
                "byteOffset": attribute.offset,
                "componentType": attribute.component,
                "count": group.vertices,
                "type": attribute.kind,
            });
            if attribute.normalized {
                accessor["normalized"] = true.into();
            }
            if attribute.name == "POSITION" {
                let [min, max] = bounds(group, frame, layout.quantized, low);
                (accessor["min"], accessor["max"]) = (min, max);
            }
            attributes.insert(attribute.name.to_owned(), self.accessor(accessor).into());
        }
        attributes.into()
    }

    fn indices(&mut self, block: &Block, group: &Group) -> usize {
        let view = self.view(json!({
            "buffer": 0,
            "byteOffset": block.indices,
            "byteLength": block.index_bytes,
            "target": ELEMENT_ARRAY_BUFFER,
        }));
        self.accessor(json!({
            "bufferView": view,
            "componentType": index_component(block.corners),
            "count": 3 * group.triangles,
            "type": "SCALAR",
        }))
    }
}

/// The lowest and the highest coordinates of a group's corners, as they are stored.
fn bounds(group: &Group, frame: &Frame, quantized: bool, low: [f64; 3]) -> [Value; 2] {
    if quantized {
        return turned(group, frame).map(|corner| {
            [0, 1, 2].map(|axis| (corner[axis] - low[axis]) as u16).into_iter().collect()
        });
    }
    sorted(group.bounds.map(|corner| frame.point(corner)))
        .map(|corner| corner.map(|part| number(part as f32)).into_iter().collect())
}
