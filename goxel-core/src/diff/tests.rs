//! What differs, against going through all voxels one by one.

use std::collections::BTreeMap;

use goxel_proto::types::{Pos, Rgba};
use proptest::prelude::*;

use super::*;
use crate::{BlendMode, Control, Error, Material, PagePos, Parts, Serial, Swatch};

fn pos() -> impl Strategy<Value = Pos> {
    let axis = prop_oneof![-3..3, 14..18, -40..40, Just(i32::MIN), Just(i32::MAX), 500..503];
    prop::array::uniform3(axis).prop_map(Pos::from)
}

fn near() -> impl Strategy<Value = Pos> {
    prop::array::uniform3(-18..18).prop_map(Pos::from)
}

fn rgba() -> impl Strategy<Value = Rgba> {
    (0..3_u8, prop_oneof![Just(255_u8), Just(9), Just(0)])
        .prop_map(|(r, a)| Rgba::new(r * 20, 0, 0, a))
}

/// What is done to a volume: voxels, then a box.
type Edit = (Vec<(Pos, Rgba)>, Option<(Pos, Pos, Rgba)>);

fn edit() -> impl Strategy<Value = Edit> {
    let filled = prop::option::of((near(), near(), rgba()));
    (prop::collection::vec((pos(), rgba()), 0..60), filled)
}

fn apply(volume: &mut Volume, (voxels, filled): &Edit) {
    for (pos, rgba) in voxels {
        volume.set(*pos, *rgba);
    }
    if let Some((a, b, rgba)) = filled {
        volume.fill(&Aabb::spanning(*a, *b), *rgba);
    }
}

fn volume(edits: &[Edit]) -> Volume {
    let mut volume = Volume::new();
    edits.iter().for_each(|edit| apply(&mut volume, edit));
    volume
}

fn whole(before: &Volume, after: &Volume) -> VoxelDiff {
    volumes(before, after, &Work::unbounded()).unwrap()
}

fn mark(extent: &mut Extent, pos: Pos) {
    extent.add(&Extent { voxels: 1, bounds: Some(Aabb::of(pos)) });
}

/// [`volumes`], the plain way.
fn plain(before: &Volume, after: &Volume) -> VoxelDiff {
    let key = |(pos, rgba): (Pos, Rgba)| ([pos.x, pos.y, pos.z], rgba);
    let old: BTreeMap<[i32; 3], Rgba> = before.voxels().map(key).collect();
    let new: BTreeMap<[i32; 3], Rgba> = after.voxels().map(key).collect();
    let mut diff = VoxelDiff::default();
    for (&at, rgba) in &old {
        match new.get(&at) {
            None => mark(&mut diff.removed, Pos::from(at)),
            Some(other) if other != rgba => mark(&mut diff.recoloured, Pos::from(at)),
            Some(_) => {}
        }
    }
    for &at in new.keys().filter(|at| !old.contains_key(*at)) {
        mark(&mut diff.added, Pos::from(at));
    }
    diff
}

/// Has tasks run in many small chunks.
struct Chunks;

impl crate::Executor for Chunks {
    fn tasks(&self) -> usize {
        1000
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..count).rev().for_each(task);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn volumes_differ_as_their_voxels_do(
        shared in edit(), here in edit(), there in edit(), one_by_one: bool,
    ) {
        // Either both begin with the same storage, or with the same voxels in storage of their own.
        let base = volume(std::slice::from_ref(&shared));
        let mut before = base.clone();
        let mut after = if one_by_one { volume(&[shared]) } else { base };
        apply(&mut before, &here);
        apply(&mut after, &there);
        let work = Work::unbounded();
        let diff = volumes(&before, &after, &work).unwrap();
        prop_assert_eq!(diff, plain(&before, &after));
        let back = volumes(&after, &before, &work).unwrap();
        prop_assert_eq!((back.added, back.removed), (diff.removed, diff.added));
        prop_assert_eq!(back.recoloured, diff.recoloured);
        prop_assert_eq!(volumes(&before, &after, &Work::spread(&Chunks)), Ok(diff));
        after.compact();
        prop_assert_eq!(volumes(&before, &after, &work), Ok(diff));
        prop_assert_eq!(diff.is_empty(), before == after);
    }
}

#[test]
fn pages_of_one_colour_are_compared_with_all_that_may_stand_there() {
    let mut before = Volume::new();
    before.replace_uniform_page(PagePos([0; 3]), RED);
    let mut after = Volume::new();
    let page = Aabb { min: [0; 3], max: [128; 3] };
    let extent = |voxels, bounds| Extent { voxels, bounds: Some(bounds) };
    let none = VoxelDiff::default();
    let removed = extent(1 << 21, page);
    assert_eq!(whole(&before, &after), VoxelDiff { removed, ..none });
    after.replace_uniform_page(PagePos([0; 3]), RED);
    assert_eq!(whole(&before, &after), none);
    let corners = [Pos::new(3, 4, 5), Pos::new(100, 90, 80)];
    let inner = Aabb::spanning(corners[0], corners[1]);
    corners.iter().for_each(|pos| _ = after.set(*pos, Rgba::WHITE));
    let recoloured = extent(2, inner);
    assert_eq!(whole(&before, &after), VoxelDiff { recoloured, ..none });
    after.replace_uniform_page(PagePos([0; 3]), Rgba::WHITE);
    let recoloured = extent(1 << 21, page);
    assert_eq!(whole(&before, &after), VoxelDiff { recoloured, ..none });
}

/// A project of these layers, by id and voxels.
fn project(layers: Vec<Layer>) -> Project {
    let active = layers[0].id;
    let parts = Project::new("p", [8; 3]).parts();
    Project::restored(Parts { layers, active, next_layer: 99, ..parts }).unwrap()
}

fn layer(id: u32, voxels: &[(i32, Rgba)]) -> Layer {
    let mut layer = Layer::new(LayerId(id), format!("layer {id}"));
    layer.volume = voxels.iter().map(|&(x, rgba)| (Pos::new(x, 0, 0), rgba)).collect();
    layer
}

fn extent(voxels: u64, from: i64, until: i64) -> Extent {
    let bounds = Some(Aabb { min: [from, 0, 0], max: [until, 1, 1] });
    Extent { voxels, bounds }
}

const RED: Rgba = Rgba::new(255, 0, 0, 255);

#[test]
fn layers_are_told_apart_by_their_ids() {
    let before =
        project(vec![layer(1, &[(1, RED), (2, RED)]), layer(2, &[(5, RED)]), layer(3, &[])]);
    let after = project(vec![
        layer(4, &[(-3, RED), (300, RED)]),
        layer(1, &[(2, Rgba::WHITE), (1, RED), (7, RED)]),
        layer(3, &[]),
    ]);
    let diff = between(&before, &after, &Work::unbounded()).unwrap();
    let none = VoxelDiff::default();
    let gone = VoxelDiff { removed: extent(1, 5, 6), ..none };
    let new = VoxelDiff { added: extent(2, -3, 301), ..none };
    let kept = VoxelDiff { added: extent(1, 7, 8), recoloured: extent(1, 2, 3), ..none };
    let told: Vec<_> =
        diff.layers.iter().map(|layer| (layer.id.0, layer.fate.clone(), layer.voxels)).collect();
    let expected =
        vec![(4, Fate::Added, new), (1, Fate::Kept(vec![]), kept), (2, Fate::Removed, gone)];
    assert_eq!(told, expected);
    assert_eq!(diff.layers[2].name, "layer 2");
    let all = VoxelDiff {
        added: extent(3, -3, 301),
        removed: extent(1, 5, 6),
        recoloured: extent(1, 2, 3),
    };
    assert_eq!(diff.voxels, all);
    assert!(!diff.reordered && diff.parts == [Part::ActiveLayer]);
}

#[test]
fn an_order_is_that_of_the_layers_that_both_have() {
    let of = |ids: &[u32]| ids.iter().map(|id| layer(*id, &[])).collect::<Vec<Layer>>();
    assert!(!reordered(&of(&[1, 2, 3]), &of(&[9, 1, 3, 8])));
    assert!(reordered(&of(&[1, 2, 3]), &of(&[3, 9, 1])));
}

#[test]
fn each_property_is_named() {
    let mut other = layer(1, &[]);
    other.name = "another".to_owned();
    (other.visible, other.mode) = (false, BlendMode::Sub);
    other.material = Some(goxel_proto::types::MaterialId(1));
    let mut columns = other.transform.to_columns();
    columns[12] = 4.0;
    other.transform = crate::Transform::from_columns(columns).unwrap();
    other.bounds = Some(Aabb::of(Pos::new(0, 0, 0)));
    other.picture = Some("p.png".to_owned());
    let all = [
        Property::Name,
        Property::Visible,
        Property::Mode,
        Property::Material,
        Property::Transform,
        Property::Bounds,
        Property::Picture,
    ];
    assert_eq!(properties(&layer(1, &[]), &other), all);
    assert_eq!(properties(&other, &other.clone()), []);
}

#[test]
fn each_part_of_a_project_is_named() {
    let before = project(vec![layer(1, &[]), layer(2, &[])]);
    assert!(between(&before, &before.snapshot(), &Work::unbounded()).unwrap().is_empty());
    let mut scene = before.scene().clone();
    scene.set_material(Material::default()).unwrap();
    scene.set_camera(crate::Camera::default()).unwrap();
    scene.set_light(Some(crate::Light { yaw: 9.0, ..crate::Light::default() })).unwrap();
    scene.set_palette(vec![Swatch::from(RED)]).unwrap();
    let image = Aabb { min: [0; 3], max: [9; 3] };
    let (name, active) = ("another".to_owned(), LayerId(2));
    let parts = Parts { scene: Some(scene), image, name, active, ..before.parts() };
    let after = Project::restored(parts).unwrap();
    let diff = between(&before, &after, &Work::unbounded()).unwrap();
    let all = [
        Part::Name,
        Part::ImageBox,
        Part::ActiveLayer,
        Part::Materials,
        Part::Cameras,
        Part::Light,
        Part::Palette,
    ];
    assert_eq!(diff, ProjectDiff { parts: all.to_vec(), ..ProjectDiff::default() });
}

#[test]
fn what_both_share_costs_nothing_and_the_rest_can_be_stopped() {
    let mut large = layer(1, &[]);
    for page in 0..500 {
        large.volume.set(Pos::new(page * 128, 0, 0), RED);
    }
    let before = project(vec![large]);
    let mut parts = before.parts();
    parts.layers[0].volume.set(Pos::new(128, 0, 0), Rgba::WHITE);
    let after = Project::restored(parts).unwrap();
    let work = Work::unbounded();
    let diff = between(&before, &after, &work).unwrap();
    assert_eq!(diff.voxels.recoloured, extent(1, 128, 129));
    assert!(work.done() < 2 * (COMPARE_UNITS + TILE_UNITS), "{}", work.done());
    let none = project(vec![layer(1, &[])]);
    let refused = between(&none, &after, &Work::within(100 * PARTIAL_UNITS));
    assert_eq!(refused, Err(Error::OverBudget(100 * PARTIAL_UNITS)));
    let refused = between(&none, &after, &Work::new(u64::MAX, &Stop, &Serial));
    assert_eq!(refused, Err(Error::Cancelled));
}

struct Stop;

impl Control for Stop {
    fn check(&self, _: u64, _: u64) -> Result<()> {
        Err(Error::Cancelled)
    }
}
