//! What options of a picture do, where numbers can tell it.

use goxel_core::{Layer, Material, Project, Scene, Volume, Work};
use goxel_proto::types::*;

use crate::{Image, RenderOptions, Subject, render, render_subject};

const GREY: Rgba = Rgba::opaque(120, 120, 120);

fn filled(low: [i32; 3], high: [i32; 3], rgba: Rgba) -> Volume {
    let mut volume = Volume::new();
    volume.fill(&Aabb::spanning(Pos::from(low), Pos::from(high)), rgba);
    volume
}

fn top(edge: u32) -> RenderOptions {
    RenderOptions::default().seen_from(Some(CameraPreset::Top)).with_size(edge, edge)
}

fn centre(image: &Image) -> [u8; 4] {
    image.pixels[(image.height / 2 * image.width + image.width / 2) as usize]
}

#[test]
fn a_thousand_colours_come_back_exactly_where_there_is_no_light() {
    let colour = |nth: u32| {
        let spread = nth.wrapping_mul(0x9e37_79b9);
        Rgba::opaque(spread as u8, (spread >> 8) as u8, (spread >> 16) as u8)
    };
    let at = |nth: u32| [(nth % 32) as i32, (nth / 32) as i32, 0];
    let volume: Volume = (0..1024).map(|nth| (Pos::from(at(nth)), colour(nth))).collect();
    let mut options = top(320);
    options.look.unlit = true;
    options.view.margin = Some(0.0);
    for exposure in [0.0, 2.0] {
        options.look.exposure = exposure;
        let image = render(&volume, &options).unwrap();
        for nth in 0..1024 {
            let [x, y, _] = at(nth).map(|axis| axis as u32);
            let pixel = image.pixels[((310 - y * 10 + 5) * 320 + x * 10 + 5) as usize];
            assert_eq!(pixel, colour(nth).0, "{nth}");
        }
    }
}

#[test]
fn a_floor_takes_the_shadow_and_fades_into_the_background() {
    let tower = filled([0; 3], [3, 3, 20], GREY);
    let mut options = RenderOptions::default().with_size(200, 200);
    options.view.margin = Some(0.5);
    let without = render(&tower, &options).unwrap();
    let differs = |look: Ground| {
        let mut options = options.clone();
        options.look.ground = look;
        let image = render(&tower, &options).unwrap();
        let pairs = image.pixels.iter().zip(&without.pixels);
        let darker = pairs.clone().filter(|(new, old)| new[1].saturating_add(20) < old[1]).count();
        (darker, pairs.filter(|(new, old)| new != old).count())
    };
    let (darker, changed) = differs(Ground::Shadow);
    assert!(darker > 300, "{darker}");
    // Where there is neither shadow nor model, what is behind shows.
    assert!(changed < 20_000, "{changed}");
    assert!(differs(Ground::Plane).1 > changed);
}

#[test]
fn caught_shadow_is_black_of_some_alpha() {
    let tower = filled([0; 3], [3, 3, 20], GREY);
    let mut options = RenderOptions::default().with_size(200, 200).before(Rgba::EMPTY);
    options.look.ground = Ground::Shadow;
    let image = render(&tower, &options).unwrap();
    let caught: Vec<_> = image.pixels.iter().filter(|pixel| (1..255).contains(&pixel[3])).collect();
    let black = caught.iter().filter(|pixel| pixel[0] < 3).count();
    assert!(black > 300 && black * 10 > caught.len() * 7, "{black} of {}", caught.len());
}

#[test]
fn a_line_runs_around_each_voxel() {
    let plate = filled([0; 3], [3, 3, 0], GREY);
    let mut options = top(160);
    options.view.margin = Some(0.0);
    options.look.edges = Edges::Grid;
    let image = render(&plate, &options).unwrap();
    let at = |x: usize| image.pixels[100 * 160 + x][0];
    assert!(at(20) == at(60) && at(40) < at(20) && at(80) < at(60), "{} {}", at(20), at(40));
}

#[test]
fn an_outline_is_where_a_shape_ends_or_bends() {
    let mut steps = filled([0; 3], [7, 7, 0], GREY);
    steps.fill(&Aabb::spanning(Pos::new(4, 0, 1), Pos::new(7, 7, 1)), GREY);
    let mut options = top(160);
    options.look.unlit = true;
    let plain = render(&steps, &options).unwrap();
    options.look.edges = Edges::Outline;
    let lined = render(&steps, &options).unwrap();
    let row = |image: &Image| image.pixels[80 * 160..][..160].to_vec();
    let changed: Vec<usize> = row(&plain)
        .iter()
        .zip(row(&lined))
        .enumerate()
        .filter(|(_, (a, b))| **a != *b)
        .map(|(x, _)| x)
        .collect();
    // Both ends, and the step between them, two pixels wide.
    assert_eq!(changed, [8, 79, 80, 151]);
}

fn of_material(material: Material, rgba: Rgba) -> Subject {
    let mut scene = Scene::default();
    let material = Some(scene.set_material(material).unwrap());
    let volume = filled([0; 3], [9; 3], rgba);
    let layer = Layer { volume, material, ..Layer::new(LayerId(1), "") };
    let project = Project::from_layers("", [10; 3], vec![layer]).with_scene(scene);
    Subject::of(&project, &Work::unbounded()).unwrap()
}

fn seen(material: Material, rgba: Rgba) -> [u8; 4] {
    centre(&render_subject(&of_material(material, rgba), &top(65), &Work::unbounded()).unwrap())
}

#[test]
fn materials_change_what_is_seen() {
    let plain = Material { metallic: 0.0, roughness: 1.0, ..Material::default() };
    let matt = seen(plain.clone(), GREY);
    let red = seen(Material { color: [1.0, 0.2, 0.2, 1.0], ..plain.clone() }, GREY);
    assert!(red[0] > 2 * red[1] && red[0].abs_diff(matt[0]) < 12, "{red:?} {matt:?}");
    let lamp = seen(Material { emission: [3.0; 3], ..plain.clone() }, GREY);
    assert_eq!(lamp, [255; 4]);
    let gold = seen(
        Material { metallic: 1.0, roughness: 0.1, ..plain.clone() },
        Rgba::opaque(255, 200, 60),
    );
    assert!(gold[0] > gold[2] + 60, "{gold:?}");
    let clear = top(65).before(Rgba::EMPTY);
    let subject = of_material(Material { transmission: 1.0, ..plain }, GREY);
    let glass = centre(&render_subject(&subject, &clear, &Work::unbounded()).unwrap());
    assert!((30..200).contains(&glass[3]), "{glass:?}");
}

#[test]
fn more_exposure_is_brighter_and_the_sky_lights_without_the_sun() {
    let block = filled([0; 3], [9; 3], GREY);
    let level = |change: &dyn Fn(&mut Look)| {
        let mut options = top(65);
        change(&mut options.look);
        centre(&render(&block, &options).unwrap())[1]
    };
    let usual = level(&|_| {});
    assert_eq!(usual.abs_diff(120), 0);
    assert!(level(&|look| look.exposure = 1.0) > 150);
    let sky = level(&|look| look.sun = 0.0);
    assert!(sky > 60 && sky < usual, "{sky}");
    assert_eq!(level(&|look| (look.sun, look.sky) = (0.0, 0.0)), 0);
}

#[test]
fn soft_shadows_go_over_from_dark_to_light() {
    let mut scene = filled([0; 3], [63, 63, 0], GREY);
    scene.fill(&Aabb::spanning(Pos::new(28, 0, 30), Pos::new(35, 63, 31)), GREY);
    let levels = |shadow| {
        let mut options = RenderOptions::default().with_size(240, 240);
        options.look.shadow = Some(shadow);
        options.look.occlusion = 0.0;
        (options.look.sun_azimuth, options.look.sun_elevation) = (Some(0.0), Some(60.0));
        options.view.preset = Some(CameraPreset::Top);
        let image = render(&scene, &options).unwrap();
        let mut levels: Vec<u8> = image.pixels[120 * 240..][..240].iter().map(|p| p[1]).collect();
        levels.sort_unstable();
        levels.dedup();
        levels.len()
    };
    let (hard, soft) = (levels(Shadow::Hard), levels(Shadow::Soft));
    assert!(soft >= hard + 5, "{hard} {soft}");
}

#[test]
fn a_wall_that_reaches_far_beyond_the_picture_has_no_gap() {
    let mut wall = filled([-4096, 0, -4096], [4095, 127, 4095], GREY);
    wall.set(Pos::new(0, -1, 0), Rgba::BLACK);
    let mut options = RenderOptions::default().with_size(120, 90).before(Rgba::opaque(255, 0, 0));
    options.view.eye = Some([0.3, -1.2, 0.4]);
    options.view.target = Some([3.0, 0.0, 2.0]);
    let image = render(&wall, &options).unwrap();
    let gaps = image.pixels.iter().filter(|pixel| pixel[0] > pixel[1].saturating_add(4)).count();
    assert_eq!(gaps, 0);
}
