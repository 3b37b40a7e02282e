//! Whole pictures by paths: what must come out is known beforehand, by energy, by geometry or by
//! another way to find the same light.

use glam::Vec3;
use goxel_core::{Control, Layer, Material, Project, Result as WorkResult, Serial, Swatch, Volume};
use goxel_proto::types::{Aabb, CameraPreset, LayerId, Medium, Pos, Quality, Rgba};

use super::*;
use crate::light::Light;
use crate::tree::VoxelTree;
use crate::{Placed, render, render_subject};

const WHITE: Rgba = Rgba::WHITE;

fn block(low: [i32; 3], high: [i32; 3], rgba: Rgba) -> Volume {
    let mut volume = Volume::new();
    volume.fill(&Aabb::spanning(Pos::from(low), Pos::from(high)), rgba);
    volume
}

/// Layers of voxels, each with a material or without.
fn subject(layers: &[(Volume, Option<Material>)]) -> Subject {
    let mut scene = goxel_core::Scene::default();
    let layers = layers.iter().map(|(volume, material)| {
        let mut layer = Layer::new(LayerId(0), "layer");
        layer.volume = volume.clone();
        layer.material =
            material.as_ref().map(|material| scene.set_material(material.clone()).unwrap());
        layer
    });
    let layers = layers.collect();
    let project = Project::from_layers("p", [8; 3], layers).with_scene(scene);
    Subject::of(&project, &Work::unbounded()).unwrap()
}

fn plain_material() -> Material {
    Material { metallic: 0.0, roughness: 1.0, ..Material::default() }
}

fn lamp(radiance: f32) -> Material {
    Material { emission: [radiance; 3], ..plain_material() }
}

fn options(edge: u32, samples: u32) -> RenderOptions {
    let mut options = RenderOptions::default().with_size(edge, edge).before(Rgba::EMPTY);
    options.look.quality = Quality::Path;
    options.look.samples = Some(samples);
    options.look.noise = Some(0.0);
    options.look.denoise = false;
    options
}

/// The means of all pixels, after `change` was made to the scene.
fn pixels(
    subject: &Subject,
    options: &RenderOptions,
    change: impl FnOnce(&mut Picture<'_>),
) -> Vec<Pixel> {
    let work = Work::unbounded();
    let (volume, look) = (subject.volume(), &options.look);
    let bounds = volume.bounds().unwrap();
    let tree = VoxelTree::new(volume, &bounds, &work).unwrap();
    let view = View::new(tree, bounds.min, subject.surfaces(), options).unwrap();
    let mut picture = Picture::new(view, bounds.min, subject, options, &work).unwrap();
    change(&mut picture);
    let mut pixels = picture.expose(&work).unwrap().develop();
    if look.denoise {
        denoise::denoise(&mut pixels, picture.width, &work).unwrap();
    }
    pixels
}

/// Everything is bright as 1 where all that is seen is white and the sky is 1 everywhere.
fn check_furnace(name: &str, material: Option<&Material>) {
    let mut volume = block([0; 3], [5, 5, 5], WHITE);
    volume.fill(&Aabb::spanning(Pos::from([6, 0, 0]), Pos::from([8, 5, 2])), WHITE);
    let subject = subject(&[(volume, material.cloned())]);
    let options = options(24, 256).before(WHITE);
    let mut options = options;
    options.look.bounces = Some(BOUNCES_MAX);
    let pixels = pixels(&subject, &options, |picture| picture.tracer.sky = Sky::even(1.0));
    let worst = pixels.iter().map(|pixel| (pixel.colour - Vec4::ONE).abs().max_element());
    let worst = worst.fold(0.0, f32::max);
    let mean = pixels.iter().map(|pixel| pixel.colour.x).sum::<f32>() / pixels.len() as f32;
    assert!(
        (mean - 1.0).abs() < 0.002 && worst < 0.2,
        "{name} {material:?}: {mean}, at worst {worst} off"
    );
}

#[test]
fn white_things_in_a_white_furnace_are_not_seen() {
    check_furnace("plain", None);
    for roughness in [0.0, 0.3, 0.6, 1.0] {
        let base = Material { roughness, metallic: 0.0, ..Material::default() };
        check_furnace("plastic", Some(&base));
        check_furnace("metal", Some(&Material { metallic: 1.0, ..base.clone() }));
        check_furnace("half metal", Some(&Material { metallic: 0.5, ..base.clone() }));
        let glass = Material { transmission: 1.0, ior: 1.5, ..base.clone() };
        check_furnace("glass", Some(&glass));
        check_furnace("half glass", Some(&Material { transmission: 0.5, ..base }));
        let fog = Material { medium: Medium::Scatter, density: 0.3, ..glass };
        check_furnace("fog", Some(&fog));
    }
}

/// The radiance of a white floor at `x` along it, below a lamp that is a square of edge 2 at `height`,
/// by summing over the lamp.
fn under_lamp(x: f64, height: f64) -> f64 {
    const STEPS: i32 = 200;
    let mut sum = 0.0;
    for u in 0..STEPS {
        for v in 0..STEPS {
            let [u, v] = [u, v].map(|step| (f64::from(step) + 0.5) / f64::from(STEPS) * 2.0 - 1.0);
            let squared = (u - x).powi(2) + v.powi(2) + height * height;
            sum += height * height / (squared * squared);
        }
    }
    sum * (2.0 / f64::from(STEPS)).powi(2) / std::f64::consts::PI
}

/// A white floor with a lamp over its middle, which is at 0.
fn lit_floor(height: i32) -> Subject {
    let floor = block([-20, -20, -1], [19, 19, -1], WHITE);
    // Black around it, so that it gives off light downwards only.
    let around = block([-2, -2, height], [1, 1, height + 1], Rgba::BLACK);
    let bulb = block([-1, -1, height], [0, 0, height], WHITE);
    subject(&[(floor, None), (around, None), (bulb, Some(lamp(1.0)))])
}

/// A camera that looks down on a point of the floor from close by.
fn above(x: f32, height: f32) -> Placed {
    let mut transform = [0.0; 16];
    for axis in 0..3 {
        transform[5 * axis] = 1.0;
    }
    (transform[12], transform[13], transform[14], transform[15]) = (x, 0.0, height, 1.0);
    Placed { transform, half_width: Some(0.05) }
}

fn middle(
    subject: &Subject,
    options: &RenderOptions,
    change: impl FnOnce(&mut Picture<'_>),
) -> f32 {
    let placed = options.placed;
    let pixels = pixels(subject, options, |picture| {
        if let Some(placed) = placed {
            let tree = &picture.tracer.world.tree;
            let bounds = subject.volume().bounds().unwrap();
            let origin = [0, 1, 2].map(|axis| (bounds.min[axis] - tree.low()[axis]) as f64);
            let camera = placed.camera(glam::DVec3::from(origin), 1.0).unwrap();
            picture.rays = camera.rays(picture.width, picture.height);
        }
        change(picture);
    });
    pixels.iter().map(|pixel| pixel.colour.x).sum::<f32>() / pixels.len() as f32
}

#[test]
fn a_lamp_lights_the_floor_as_geometry_says() {
    for (height, x) in [(4, 0.0), (4, 3.0), (2, 5.0), (12, 0.0)] {
        let mut options = options(4, 1024);
        options.look.bounces = Some(0);
        options.placed = Some(above(x, 1.0));
        let dark = |picture: &mut Picture<'_>| picture.tracer.sky = Sky::even(0.0);
        let light = middle(&lit_floor(height), &options, dark);
        let right = under_lamp(f64::from(x), f64::from(height)) as f32;
        assert!((light / right - 1.0).abs() < 0.02, "{height} {x}: {light}, not {right}");
    }
}

#[test]
fn lights_are_found_alike_by_looking_for_them_and_by_chance() {
    let gold = Material { metallic: 1.0, roughness: 0.6, ..Material::default() };
    let plastic = Material { metallic: 0.0, roughness: 0.4, ..Material::default() };
    for floor in [None, Some(gold), Some(plastic)] {
        let tiles = block([-6, -6, -1], [5, 5, -1], Rgba::opaque(200, 180, 90));
        let mut lamps = block([-5, -5, 3], [1, 1, 3], WHITE);
        lamps.fill(&Aabb::spanning(Pos::from([3, 3, 1]), Pos::from([5, 5, 4])), WHITE);
        let subject = subject(&[(tiles, floor), (lamps, Some(lamp(2.0)))]);
        let mean = |by_chance: bool| {
            let pixels = pixels(&subject, &options(12, 1024), |picture| {
                let light = Light::new(&crate::camera::Axes::of(None), &Look::default());
                let mut sky = Sky::of(&light, 40.0);
                if by_chance {
                    picture.tracer.lamps = Lamps::default();
                }
                sky.level = Vec3::splat(0.1);
                picture.tracer.sky = sky;
            });
            pixels.iter().map(|pixel| pixel.colour.x).sum::<f32>() / pixels.len() as f32
        };
        let (looked_for, by_chance) = (mean(false), mean(true));
        assert!((looked_for / by_chance - 1.0).abs() < 0.02, "{looked_for} {by_chance}");
    }
}

#[test]
fn the_side_in_the_sun_has_the_standard_pictures_light() {
    let grey = Rgba::opaque(128, 128, 128);
    for preset in [CameraPreset::Top, CameraPreset::Front, CameraPreset::Right] {
        let volume = block([0; 3], [7; 3], grey);
        let mut options = options(9, 256).seen_from(Some(preset));
        let centre = |image: &Image| image.pixels[image.pixels.len() / 2];
        let path = centre(&render(&volume, &options).unwrap());
        options.look.quality = Quality::Standard;
        let standard = centre(&render(&volume, &options).unwrap());
        let near = path.iter().zip(standard).all(|(a, b)| a.abs_diff(b) <= 6);
        assert!(near, "{preset:?}: {path:?} {standard:?}");
    }
}

#[test]
fn a_translucent_voxel_hides_a_part_of_the_background() {
    let volume = block([0; 3], [7; 3], Rgba::new(255, 255, 255, 102));
    for (background, alpha) in [(Rgba::EMPTY, 102), (WHITE, 255)] {
        let options = options(9, 1024).before(background).seen_from(Some(CameraPreset::Front));
        let image = render(&volume, &options).unwrap();
        let [.., found] = image.pixels[40];
        assert!(found.abs_diff(alpha) <= 2, "{found}");
    }
}

#[test]
fn a_shadow_catcher_shows_the_shadow_and_nothing_else() {
    let volume = block([0; 3], [7; 3], Rgba::opaque(200, 60, 60));
    let mut options = options(33, 64);
    options.look.ground = Ground::Shadow;
    let image = render(&volume, &options).unwrap();
    let alphas: Vec<u8> = image.pixels.iter().map(|pixel| pixel[3]).collect();
    assert!(alphas.iter().any(|alpha| (40..230).contains(alpha)), "{alphas:?}");
    // Far from the model, towards the sun.
    assert!(alphas[0] < 40, "{}", alphas[0]);
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let floor = block([-9, -9, -1], [9, 9, -1], Rgba::opaque(90, 140, 60));
    let glass = Material { transmission: 0.8, roughness: 0.2, ..plain_material() };
    let lamps = block([-3, -3, 4], [-1, 5, 4], WHITE);
    let layers = [
        (floor, None),
        (block([0; 3], [3; 3], Rgba::opaque(90, 90, 200)), Some(glass)),
        (lamps, Some(lamp(3.0))),
    ];
    let subject = subject(&layers);
    let mut options = options(50, 24);
    options.look.denoise = true;
    options.look.noise = Some(0.05);
    struct Threads(rayon::ThreadPool);
    impl goxel_core::Executor for Threads {
        fn tasks(&self) -> usize {
            self.0.current_num_threads()
        }
        fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
            use rayon::prelude::*;
            self.0.install(|| (0..count).into_par_iter().for_each(task));
        }
    }
    let images = [1, 2, 5].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        render_subject(&subject, &options, &Work::spread(&Threads(pool))).unwrap()
    });
    assert!(images.iter().all(|image| *image == images[0]));
    options.look.seed = 1;
    let other = render_subject(&subject, &options, &Work::unbounded()).unwrap();
    assert_ne!(other, images[0]);
}

/// A clock that goes on by so many seconds each time it is looked at.
struct Clock(u64, std::sync::atomic::AtomicU64);

impl Control for Clock {
    fn check(&self, _: u64, _: u64) -> WorkResult<()> {
        Ok(())
    }

    fn elapsed(&self) -> Option<Duration> {
        let seconds = self.1.fetch_add(self.0, std::sync::atomic::Ordering::Relaxed);
        Some(Duration::from_secs(seconds))
    }
}

#[test]
fn a_time_budget_ends_the_picture_after_its_first_sample() {
    let volume = block([0; 3], [7; 3], WHITE);
    let mut one = options(20, 1);
    let expected = render(&volume, &one).unwrap();
    one.look.samples = Some(4096);
    // Without one, an hour is the budget.
    for (seconds, step) in [(Some(0.5), 1), (None, 3601)] {
        one.look.seconds = seconds;
        let clock = Clock(step, Default::default());
        let work = Work::new(u64::MAX, &clock, &Serial);
        let image = render_subject(&Subject::from(&volume), &one, &work).unwrap();
        assert_eq!(image, expected, "{seconds:?}");
    }
}

#[test]
fn work_that_is_stopped_ends_with_that_error() {
    let work = Work::within(SAMPLE_UNITS * 20 * 20 * 8);
    let volume = block([0; 3], [7; 3], WHITE);
    let stopped = render_subject(&Subject::from(&volume), &options(20, 16), &work);
    assert!(matches!(stopped, Err(Error::Stopped(goxel_core::Error::OverBudget(_)))));
}

/// Scenes that nobody would draw.
fn nasty() -> Vec<Subject> {
    let one = block([0; 3], [0; 3], WHITE);
    let wild = Material {
        emission: [f32::MAX, 0.0, 1e-30],
        transmission: 1.0,
        ior: f32::MAX,
        density: f32::MAX,
        medium: Medium::Scatter,
        ..Material::default()
    };
    let clear = Material { ior: 1.0, density: 0.0, medium: Medium::Clear, ..wild.clone() };
    let ends: Volume = [i32::MIN, 1 << 30, i32::MAX]
        .map(|axis| (Pos::from([axis; 3]), WHITE))
        .into_iter()
        .collect();
    let mut shell = block([-8; 3], [8; 3], Rgba::opaque(250, 250, 250));
    shell.fill(&Aabb::spanning(Pos::from([-7; 3]), Pos::from([7; 3])), Rgba::EMPTY);
    let black = block([0; 3], [2; 3], Rgba::BLACK);
    vec![
        subject(&[(one.clone(), None)]),
        subject(&[(one.clone(), Some(wild.clone()))]),
        subject(&[(one.clone(), Some(clear))]),
        subject(&[(ends.clone(), None)]),
        subject(&[(ends, Some(lamp(1.0)))]),
        subject(&[(shell.clone(), None)]),
        subject(&[(shell.clone(), Some(lamp(f32::MAX)))]),
        subject(&[(shell, Some(wild.clone())), (one, Some(Material { metallic: 1.0, ..wild }))]),
        subject(&[(
            black,
            Some(Material { metallic: 1.0, roughness: 0.0, ..Material::default() }),
        )]),
    ]
}

#[test]
fn nothing_that_is_drawn_is_no_number() {
    for (nth, subject) in nasty().iter().enumerate() {
        for preset in [None, Some(CameraPreset::Bottom), Some(CameraPreset::Front)] {
            for ground in [Ground::None, Ground::Plane, Ground::Shadow] {
                let mut options = options(9, 32).seen_from(preset);
                options.look.ground = ground;
                options.look.denoise = true;
                let pixels = pixels(subject, &options, |_| {});
                let sound = |pixel: &Pixel| {
                    pixel.colour.is_finite() && pixel.colour.truncate().min_element() >= 0.0
                };
                assert!(pixels.iter().all(sound), "{nth} {preset:?} {ground:?}");
            }
        }
    }
}

#[test]
fn a_camera_inside_of_voxels_or_of_a_closed_room_gets_a_picture() {
    let mut shell = block([-8; 3], [8; 3], Rgba::opaque(250, 250, 250));
    let solid = subject(&[(shell.clone(), None)]);
    shell.fill(&Aabb::spanning(Pos::from([-7; 3]), Pos::from([7; 3])), Rgba::EMPTY);
    let room = subject(&[(shell, None)]);
    for subject in [solid, room] {
        let mut options = options(5, 16);
        options.placed = Some(above(0.5, 0.5));
        let image = render_subject(&subject, &options, &Work::unbounded()).unwrap();
        // There is no light in there.
        assert!(image.pixels.iter().all(|pixel| *pixel == [0, 0, 0, 255]), "{:?}", image.pixels[0]);
    }
}

#[test]
fn swatches_give_colours_their_material() {
    let red = Rgba::opaque(255, 0, 0);
    let mut scene = goxel_core::Scene::default();
    let glow = scene.set_material(lamp(0.5)).unwrap();
    scene.set_palette(vec![Swatch { material: Some(glow), ..Swatch::from(red) }]).unwrap();
    let mut layer = Layer::new(LayerId(0), "layer");
    layer.volume = block([0; 3], [3; 3], red);
    let project = Project::from_layers("p", [8; 3], vec![layer]).with_scene(scene);
    let subject = Subject::of(&project, &Work::unbounded()).unwrap();
    let pixels = pixels(&subject, &options(5, 16), |picture| {
        picture.tracer.sky = Sky::even(0.0);
    });
    let middle = pixels[12].colour;
    assert!((middle - Vec4::new(0.5, 0.5, 0.5, 1.0)).abs().max_element() < 1e-5, "{middle}");
}

/// A room with a lamp in its ceiling; towers in the sun; a gilded and a plain block beside a lamp.
fn three_scenes() -> [Subject; 3] {
    let mut room = block([-1; 3], [16; 3], Rgba::opaque(200, 200, 200));
    room.fill(&Aabb::spanning(Pos::from([0, -1, 0]), Pos::from([15; 3])), Rgba::EMPTY);
    room.fill(
        &Aabb::spanning(Pos::from([3, 8, 0]), Pos::from([7, 12, 9])),
        Rgba::opaque(200, 60, 50),
    );
    let ceiling = block([5, 5, 16], [10, 10, 16], WHITE);
    let mut towers = block([0; 3], [31, 31, 1], Rgba::opaque(93, 143, 58));
    for tower in 0..16 {
        let [x, y] = [tower % 4 * 8 + 2, tower / 4 * 8 + 2];
        let rgba = Rgba::opaque((tower * 16) as u8, 120, 200);
        towers.fill(
            &Aabb::spanning(Pos::from([x, y, 2]), Pos::from([x + 3, y + 3, 4 + tower])),
            rgba,
        );
    }
    let floor = block([0, 0, -1], [19, 19, -1], Rgba::opaque(180, 180, 190));
    let gold = Material { metallic: 1.0, roughness: 0.5, ..Material::default() };
    [
        subject(&[(room, None), (ceiling, Some(lamp(8.0)))]),
        subject(&[(towers, None)]),
        subject(&[
            (floor, None),
            (block([2, 2, 0], [7, 7, 5], Rgba::opaque(230, 180, 70)), Some(gold)),
            (block([11, 2, 0], [16, 7, 8], Rgba::opaque(90, 120, 200)), None),
            (block([9, 12, 0], [10, 13, 2], WHITE), Some(lamp(4.0))),
        ]),
    ]
}

/// How near a picture is to another, in decibels.
fn psnr(pixels: &[Pixel], right: &[Pixel]) -> f64 {
    let squares = pixels.iter().zip(right).flat_map(|(pixel, right)| {
        let (pixel, right) = (to_bytes(pixel.colour), to_bytes(right.colour));
        (0..3).map(move |part| (f64::from(pixel[part]) - f64::from(right[part])).powi(2))
    });
    -10.0 * (squares.sum::<f64>() / (3 * right.len()) as f64 / 255f64.powi(2)).log10()
}

#[test]
fn the_denoiser_comes_nearer_to_the_picture_of_many_samples() {
    for (nth, subject) in three_scenes().iter().enumerate() {
        let draw = |samples, seed, denoise| {
            let mut options = options(80, samples).before(Rgba::opaque(238, 240, 243));
            (options.look.denoise, options.look.seed) = (denoise, seed);
            pixels(subject, &options, |_| {})
        };
        let right = draw(256, 9, false);
        for (samples, gain) in [(4, 1.0), (16, 0.5)] {
            let [noisy, smooth] =
                [false, true].map(|denoise| psnr(&draw(samples, 0, denoise), &right));
            assert!(smooth > noisy + gain, "{nth}, {samples} samples: {noisy} dB, {smooth} dB");
        }
    }
}
