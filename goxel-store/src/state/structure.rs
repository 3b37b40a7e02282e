//! Everything of a project but its voxels, in three bodies: the head, the layers, the scene.
//!
//! `docs/STORAGE.md` has them byte by byte.

use goxel_core::{
    BlendMode, Camera, Layer, Light, Material, Parts, Project, Scene, SceneParts, Swatch, Transform,
};
use goxel_proto::types::{Aabb, CameraId, LayerId, MaterialId, Rgba};

use super::StateError;
use super::bytes::{Put, Taker};
use super::more::put_more;

/// What a layer has: bits of its flags. Any other bit is refused.
mod has {
    pub(super) const SHOWN: u8 = 1;
    pub(super) const MATERIAL: u8 = 2;
    pub(super) const TRANSFORM: u8 = 4;
    pub(super) const BOUNDS: u8 = 8;
    pub(super) const PICTURE: u8 = 16;
    pub(super) const ALL: u8 = 31;
}

type Result<T> = std::result::Result<T, StateError>;

/// The name, the image box, which layer is active, and the id of the next one.
pub(super) fn put_head(project: &Project, out: &mut Vec<u8>) {
    out.put_text(project.name());
    put_box(&project.image_box(), out);
    out.put_u32(project.active().0);
    out.put_u32(project.next_layer());
}

pub(super) fn take_head(from: &mut Taker<'_>, parts: &mut Parts) -> Result<()> {
    parts.name = from.text()?;
    parts.image = take_box(from)?;
    parts.active = LayerId(from.u32()?);
    parts.next_layer = from.u32()?;
    from.end()
}

/// Whether both have the same head.
pub(super) fn same_head(a: &Project, b: &Project) -> bool {
    a.name() == b.name()
        && a.image_box() == b.image_box()
        && a.active() == b.active()
        && a.next_layer() == b.next_layer()
}

pub(super) fn put_layers(layers: &[Layer], out: &mut Vec<u8>) {
    out.put_varint(layers.len() as u64);
    layers.iter().for_each(|layer| put_layer(layer, out));
}

/// The layers, without voxels.
pub(super) fn take_layers(from: &mut Taker<'_>) -> Result<Vec<Layer>> {
    let count = from.varint()?;
    // No more are made room for than there are bytes for: each takes some.
    let mut layers = Vec::new();
    for _ in 0..count {
        layers.push(take_layer(from)?);
    }
    from.end()?;
    Ok(layers)
}

/// Whether both have the same layers, whatever voxels are in them.
pub(super) fn same_layers(a: &[Layer], b: &[Layer]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_layer(a, b))
}

fn same_layer(a: &Layer, b: &Layer) -> bool {
    (a.id, a.visible, a.mode, a.material, a.bounds)
        == (b.id, b.visible, b.mode, b.material, b.bounds)
        && a.name == b.name
        && a.picture == b.picture
        && bits(a.transform) == bits(b.transform)
}

/// What is the same to the bit: a zero has a sign.
fn bits(transform: Transform) -> [u32; 16] {
    transform.to_columns().map(f32::to_bits)
}

fn put_layer(layer: &Layer, out: &mut Vec<u8>) {
    let Layer { id, name, visible, mode, volume: _, material, transform, bounds, picture } = layer;
    let placed = bits(*transform) != bits(Transform::IDENTITY);
    let flags = [
        (*visible, has::SHOWN),
        (material.is_some(), has::MATERIAL),
        (placed, has::TRANSFORM),
        (bounds.is_some(), has::BOUNDS),
        (picture.is_some(), has::PICTURE),
    ];
    out.put_u32(id.0);
    out.put_u8(flags.iter().filter(|(set, _)| *set).map(|(_, bit)| bit).sum());
    out.put_u32(mode.number().cast_unsigned());
    out.put_text(name);
    if let Some(material) = material {
        out.put_u32(material.0);
    }
    if placed {
        put_f32s(&transform.to_columns(), out);
    }
    if let Some(bounds) = bounds {
        put_box(bounds, out);
    }
    if let Some(picture) = picture {
        out.put_text(picture);
    }
}

fn take_layer(from: &mut Taker<'_>) -> Result<Layer> {
    let id = LayerId(from.u32()?);
    let flags = from.u8()?;
    if flags & !has::ALL != 0 {
        return Err(from.damaged("a layer with flags that nobody knows"));
    }
    let mode = BlendMode::from_number(from.u32()?.cast_signed())
        .ok_or_else(|| from.damaged("a blend mode that nobody knows"))?;
    let mut layer = Layer::new(id, from.text()?);
    layer.mode = mode;
    layer.visible = flags & has::SHOWN != 0;
    if flags & has::MATERIAL != 0 {
        layer.material = Some(MaterialId(from.u32()?));
    }
    if flags & has::TRANSFORM != 0 {
        layer.transform = take_transform(from)?;
    }
    if flags & has::BOUNDS != 0 {
        layer.bounds = Some(take_box(from)?);
    }
    if flags & has::PICTURE != 0 {
        layer.picture = Some(from.text()?);
    }
    Ok(layer)
}

pub(super) fn put_scene(scene: &Scene, out: &mut Vec<u8>) {
    out.put_u32(scene.next_material());
    out.put_varint(scene.materials().len() as u64);
    // What came to it later is in a section of its own.
    for Material { id, name, color, metallic, roughness, emission, .. } in scene.materials() {
        out.put_u32(id.0);
        out.put_text(name);
        put_f32s(color, out);
        put_f32s(&[*metallic, *roughness], out);
        put_f32s(emission, out);
    }
    out.put_u32(scene.next_camera());
    out.put_varint(scene.cameras().len() as u64);
    for Camera { id, name, distance, orthographic, transform } in scene.cameras() {
        out.put_u32(id.0);
        out.put_text(name);
        out.put_f32(*distance);
        out.put_u8((*orthographic).into());
        put_f32s(&transform.to_columns(), out);
    }
    // 0 is the id of no camera.
    out.put_u32(scene.active_camera().map_or(0, |id| id.0));
    out.put_u8(scene.light().is_some().into());
    if let Some(Light { pitch, yaw, intensity, fixed, ambient, shadow }) = scene.light() {
        put_f32s(&[*pitch, *yaw, *intensity, *ambient, *shadow], out);
        out.put_u8((*fixed).into());
    }
    out.put_varint(scene.palette().len() as u64);
    for Swatch { rgba, name, material: _ } in scene.palette() {
        out.put(&rgba.0);
        out.put_text(name);
    }
}

pub(super) fn take_scene(from: &mut Taker<'_>) -> Result<Scene> {
    let next_material = from.u32()?;
    let materials = take_list(from, take_material)?;
    let next_camera = from.u32()?;
    let cameras = take_list(from, take_camera)?;
    let active_camera = Some(from.u32()?).filter(|id| *id != 0).map(CameraId);
    let light = if from.flag()? { Some(take_light(from)?) } else { None };
    let palette = take_list(from, take_swatch)?;
    from.end()?;
    let parts = SceneParts {
        materials,
        next_material,
        cameras,
        next_camera,
        active_camera,
        light,
        palette,
        opaque: Vec::new(),
    };
    Ok(Scene::restored(parts)?)
}

fn take_list<T>(
    from: &mut Taker<'_>,
    take: impl Fn(&mut Taker<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let count = from.varint()?;
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(take(from)?);
    }
    Ok(items)
}

fn take_material(from: &mut Taker<'_>) -> Result<Material> {
    Ok(Material {
        id: MaterialId(from.u32()?),
        name: from.text()?,
        color: from.f32s()?,
        metallic: from.f32()?,
        roughness: from.f32()?,
        emission: from.f32s()?,
        ..Material::default()
    })
}

fn take_camera(from: &mut Taker<'_>) -> Result<Camera> {
    Ok(Camera {
        id: CameraId(from.u32()?),
        name: from.text()?,
        distance: from.f32()?,
        orthographic: from.flag()?,
        transform: take_transform(from)?,
    })
}

fn take_light(from: &mut Taker<'_>) -> Result<Light> {
    let [pitch, yaw, intensity, ambient, shadow] = from.f32s()?;
    Ok(Light { pitch, yaw, intensity, fixed: from.flag()?, ambient, shadow })
}

fn take_swatch(from: &mut Taker<'_>) -> Result<Swatch> {
    let bytes = from.u32()?.to_le_bytes();
    Ok(Swatch { rgba: Rgba(bytes), name: from.text()?, material: None })
}

/// Whether both are the same scene to the bit, but for what is in the section of later things.
pub(super) fn same_scene(a: &Scene, b: &Scene) -> bool {
    // Snapshots share the scene until one of them changes it.
    std::ptr::eq(a, b) || bytes_of(a, put_scene) == bytes_of(b, put_scene)
}

/// Whether the section of later things is the same.
pub(super) fn same_more(a: &Scene, b: &Scene) -> bool {
    std::ptr::eq(a, b) || bytes_of(a, put_more) == bytes_of(b, put_more)
}

fn bytes_of(scene: &Scene, put: fn(&Scene, &mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    put(scene, &mut bytes);
    bytes
}

fn put_f32s(numbers: &[f32], out: &mut Vec<u8>) {
    numbers.iter().for_each(|number| out.put_f32(*number));
}

fn take_transform(from: &mut Taker<'_>) -> Result<Transform> {
    Transform::from_columns(from.f32s()?)
        .map_err(|_| from.damaged("a transform of numbers that are none"))
}

fn put_box(aabb: &Aabb, out: &mut Vec<u8>) {
    aabb.min.iter().chain(&aabb.max).for_each(|edge| out.put_signed(*edge));
}

fn take_box(from: &mut Taker<'_>) -> Result<Aabb> {
    let mut corners = [[0; 3]; 2];
    for edge in corners.iter_mut().flatten() {
        *edge = from.signed()?;
    }
    let [min, max] = corners;
    Ok(Aabb { min, max })
}
