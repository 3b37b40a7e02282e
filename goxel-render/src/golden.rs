//! Recorded pictures: one of each preset, option and material, compared by eye once, then by tolerance.
//!
//! `GOXEL_BLESS=1 cargo test -p goxel-render golden` records them anew; look at what has changed.

use std::path::PathBuf;

use goxel_core::{Layer, Material, Project, Scene, Volume, Work};
use goxel_proto::types::*;

use crate::{Image, RenderOptions, Subject, render_subject};

/// How much a channel may differ, of 255, before a pixel counts as another.
const CHANNEL: u8 = 6;
/// How many pixels may be others, of a thousand: arithmetic that is done in another order moves edges.
const OTHERS: usize = 4;

fn filled(boxes: &[([i32; 3], [i32; 3], [u8; 4])]) -> Volume {
    let mut volume = Volume::new();
    for &(low, high, rgba) in boxes {
        volume.fill(&Aabb::spanning(Pos::from(low), Pos::from(high)), Rgba(rgba));
    }
    volume
}

/// A yard with a wall, a tree, and a block of each material, around the origin.
fn yard() -> Subject {
    let plain = filled(&[
        ([-12, -12, 0], [11, 11, 1], [150, 150, 155, 255]),
        ([-12, 8, 2], [2, 11, 9], [170, 96, 70, 255]),
        ([6, 7, 2], [7, 8, 8], [110, 76, 44, 255]),
        ([3, 4, 9], [10, 11, 12], [60, 150, 60, 255]),
        ([-11, -11, 2], [-9, -9, 6], [30, 32, 36, 255]),
    ]);
    let block = |low: [i32; 3], high, rgba| filled(&[(low, high, rgba)]);
    let gold = block([-6, -8, 2], [-2, -4, 6], [255, 200, 60, 255]);
    let lamp = block([1, -9, 2], [2, -8, 8], [255, 240, 180, 255]);
    let glass = block([5, -6, 2], [9, -2, 7], [120, 220, 200, 255]);
    let lacquer = block([-10, -2, 2], [-6, 2, 5], [200, 30, 40, 255]);
    let thin = block([-2, 1, 2], [3, 4, 4], [240, 240, 255, 90]);
    let mut scene = Scene::default();
    let mut add = |material: Material| Some(scene.set_material(material).unwrap());
    let base = Material { metallic: 0.0, ..Material::default() };
    let materials = [
        None,
        add(Material { metallic: 1.0, roughness: 0.2, ..base.clone() }),
        add(Material { emission: [2.0, 1.6, 0.8], ..base.clone() }),
        add(Material { transmission: 0.9, roughness: 0.1, ..base.clone() }),
        add(Material { roughness: 0.05, ..base }),
        None,
    ];
    let volumes = [plain, gold, lamp, glass, lacquer, thin];
    let layers = volumes.into_iter().zip(materials).enumerate().map(|(nth, (volume, material))| {
        Layer { volume, material, ..Layer::new(LayerId(nth as u32 + 1), "layer") }
    });
    let project = Project::from_layers("yard", [24; 3], layers.collect()).with_scene(scene);
    Subject::of(&project, &Work::unbounded()).unwrap()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn recorded(name: &str) -> Image {
    let path = folder().join(format!("{name}.png"));
    let file = std::fs::File::open(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; GOXEL_BLESS=1 records it", path.display()));
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    Image { width: info.width, height: info.height, pixels: bytes.as_chunks::<4>().0.to_vec() }
}

fn check(name: &str, subject: &Subject, options: RenderOptions) {
    let options = options.with_size(120, 90);
    let image = render_subject(subject, &options, &Work::unbounded()).unwrap();
    if std::env::var_os("GOXEL_BLESS").is_some() {
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(folder().join(format!("{name}.png")), image.to_png()).unwrap();
        return;
    }
    let old = recorded(name);
    assert_eq!((old.width, old.height), (image.width, image.height), "{name}");
    let differ =
        |(a, b): &(&[u8; 4], &[u8; 4])| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > CHANNEL);
    let others = image.pixels.iter().zip(&old.pixels).filter(differ).count();
    let allowed = image.pixels.len() * OTHERS / 1000;
    assert!(others <= allowed, "{name}: {others} pixels are others, {allowed} may be");
}

fn looks(change: impl FnOnce(&mut Look)) -> RenderOptions {
    let mut options = RenderOptions::default();
    change(&mut options.look);
    options
}

#[test]
fn golden_presets() {
    let yard = yard();
    check("default", &yard, RenderOptions::default());
    for preset in CameraPreset::all() {
        check(preset.name(), &yard, RenderOptions::default().seen_from(Some(preset)));
    }
}

#[test]
fn golden_looks() {
    let yard = yard();
    let sky = Background::Gradient(Rgba::opaque(110, 160, 230), Rgba::opaque(240, 244, 250));
    let all: [(&str, RenderOptions); 14] = [
        ("draft", looks(|look| look.quality = Quality::Draft)),
        ("unlit", looks(|look| look.unlit = true)),
        ("no_shadow", looks(|look| look.shadow = Some(Shadow::None))),
        ("hard_shadow", looks(|look| look.shadow = Some(Shadow::Hard))),
        ("no_occlusion", looks(|look| look.occlusion = 0.0)),
        (
            "evening",
            looks(|look| {
                (look.sun_azimuth, look.sun_elevation) = (Some(200.0), Some(18.0));
                (look.sun_size, look.ground) = (14.0, Ground::Plane);
            }),
        ),
        ("bright", looks(|look| look.exposure = 1.0)),
        ("sky_only", looks(|look| (look.sun, look.sky) = (0.0, 1.4))),
        ("plane", looks(|look| look.ground = Ground::Plane)),
        ("shadow_catcher", looks(|look| (look.ground, look.background) = (Ground::Shadow, sky))),
        ("nothing_behind", looks(|look| look.background = Background::Plain(Rgba::EMPTY))),
        ("grid", looks(|look| look.edges = Edges::Grid)),
        ("outline", looks(|look| look.edges = Edges::Outline)),
        ("sixteen_samples", looks(|look| look.samples = Some(16))),
    ];
    for (name, options) in all {
        check(name, &yard, options);
    }
}

#[test]
fn golden_views() {
    let yard = yard();
    let view = |change: fn(&mut View)| {
        let mut options = RenderOptions::default();
        change(&mut options.view);
        options
    };
    check("turned", &yard, view(|view| view.turn = 120.0));
    check("wide", &yard, view(|view| view.fov = Some(80.0)));
    check("flat", &yard, view(|view| view.projection = Some(Projection::Orthographic)));
    check(
        "inside",
        &yard,
        view(|view| {
            (view.eye, view.target) = (Some([-1.0, -11.5, 6.0]), Some([1.0, 8.0, 4.0]));
            view.fov = Some(60.0);
        }),
    );
    check(
        "within_a_voxel",
        &yard,
        view(|view| {
            (view.eye, view.target) = (Some([-4.0, -6.0, 4.0]), Some([0.0, 8.0, 4.0]));
        }),
    );
}

#[test]
fn golden_models() {
    let work = Work::unbounded();
    let empty = Project::from_layers("", [8; 3], Vec::new());
    check("empty", &Subject::of(&empty, &work).unwrap(), RenderOptions::default());
    let far = filled(&[([-2_000_000_000; 3], [-1_999_999_990; 3], [200, 60, 60, 255])]);
    check("far_away", &Subject::from(&far), RenderOptions::default());
    let dark =
        filled(&[([0; 3], [20, 20, 2], [4, 4, 5, 255]), ([4, 4, 3], [9, 9, 12], [9, 8, 7, 255])]);
    check("dark", &Subject::from(&dark), RenderOptions::default());
    let mut crowd = Volume::new();
    for nth in 0..6000u32 {
        let spread = nth.wrapping_mul(0x9e37_79b9);
        let at = [spread >> 24, spread >> 16 & 255, spread >> 8 & 255].map(|axis| axis as i32);
        crowd.set(Pos::from(at), Rgba::opaque(spread as u8, (nth % 256) as u8, 120));
    }
    check("crowd", &Subject::from(&crowd), RenderOptions::default());
}
