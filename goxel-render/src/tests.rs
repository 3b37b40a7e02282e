//! Whole pictures: what is seen from where, and that no input and no number of threads upsets it.

use goxel_core::Volume;
use goxel_proto::types::{Aabb, CameraPreset, Pos, Rgba, Word};

use super::*;

const RED: Rgba = Rgba::opaque(220, 30, 30);

fn options(preset: Option<CameraPreset>) -> RenderOptions {
    RenderOptions::default().seen_from(preset).with_size(65, 65)
}

fn picture(volume: &Volume, preset: Option<CameraPreset>) -> Image {
    render(volume, &options(preset)).unwrap()
}

fn centre(image: &Image) -> [u8; 4] {
    image.pixels[image.pixels.len() / 2]
}

fn views() -> impl Iterator<Item = Option<CameraPreset>> {
    CameraPreset::all().map(Some).chain([None])
}

/// A block around the origin.
fn block(rgba: Rgba) -> Volume {
    let mut volume = Volume::new();
    volume.fill(&Aabb::spanning(Pos::from([-9; 3]), Pos::from([9; 3])), rgba);
    volume
}

/// A heap of voxels of many colours, some translucent, across corners of tiles.
fn heap() -> Volume {
    let mut state = 7u32;
    let mut random = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let voxels = (0..4000).map(|_| {
        let pos = [40, 40, 25].map(|edge| random(edge) as i32 - 12);
        let alpha = [255, 255, 255, 90][random(4) as usize];
        let [r, g, b] = [(); 3].map(|()| random(256) as u8);
        (Pos::from(pos), Rgba::new(r, g, b, alpha))
    });
    voxels.collect()
}

#[test]
fn each_preset_shows_its_side() {
    let sides = [
        (CameraPreset::Front, Rgba::opaque(255, 0, 0), [0, -9, 0]),
        (CameraPreset::Back, Rgba::opaque(0, 255, 0), [0, 9, 0]),
        (CameraPreset::Left, Rgba::opaque(0, 0, 255), [-9, 0, 0]),
        (CameraPreset::Right, Rgba::opaque(255, 255, 0), [9, 0, 0]),
        (CameraPreset::Top, Rgba::opaque(255, 0, 255), [0, 0, 9]),
        (CameraPreset::Bottom, Rgba::opaque(0, 255, 255), [0, 0, -9]),
    ];
    let mut volume = block(Rgba::WHITE);
    for (_, rgba, at) in sides {
        let reach = at.map(|axis: i32| if axis == 0 { 8 } else { 0 });
        let corner = |sign: i32| Pos::from([0, 1, 2].map(|axis| at[axis] + sign * reach[axis]));
        volume.fill(&Aabb::spanning(corner(-1), corner(1)), rgba);
    }
    for (preset, rgba, _) in sides {
        // The side in full light has its true colour.
        assert_eq!(centre(&picture(&volume, Some(preset))), rgba.0, "{preset:?}");
    }
}

#[test]
fn the_three_quarter_views_show_front_right_and_top() {
    let mut volume = block(Rgba::WHITE);
    let (red, green, blue) = (RED, Rgba::opaque(0, 200, 0), Rgba::opaque(0, 0, 255));
    for (rgba, low, high) in [
        (red, [-9, -9, -9], [8, -9, 8]),
        (green, [9, -9, -9], [9, 9, 8]),
        (blue, [-9, -9, 9], [9, 9, 9]),
    ] {
        volume.fill(&Aabb::spanning(low.into(), high.into()), rgba);
    }
    for preset in [Some(CameraPreset::Isometric), None] {
        let image = picture(&volume, preset);
        let brightest = |x: usize, y: usize| {
            let [r, g, b, _] = image.pixels[y * 65 + x];
            [r, g, b].iter().enumerate().max_by_key(|(_, value)| **value).unwrap().0
        };
        let seen = [brightest(22, 42), brightest(45, 42), brightest(32, 16)];
        assert_eq!(seen, [0, 1, 2], "{preset:?}");
    }
}

#[test]
fn without_voxels_there_is_the_background() {
    for background in [Rgba::WHITE, Rgba::new(9, 8, 7, 60), Rgba::EMPTY] {
        let options = options(None).before(background);
        let image = render(&Volume::new(), &options).unwrap();
        assert_eq!(image.pixels, vec![background.0; 65 * 65]);
        // Around voxels it is the same.
        assert_eq!(render(&block(RED), &options).unwrap().pixels[0], background.0);
    }
}

#[test]
fn a_voxel_anywhere_fills_the_picture_alike() {
    let corners = [i32::MIN, -1, 0, 15, 16, i32::MAX];
    for preset in views() {
        let images = corners.map(|axis| {
            let volume: Volume = [(Pos::from([axis; 3]), RED)].into_iter().collect();
            picture(&volume, preset)
        });
        // Where in its tile the voxel lies may change the last bit of a distance, not more.
        let near = |a: &Image, b: &Image| {
            let pairs = a.pixels.as_flattened().iter().zip(b.pixels.as_flattened());
            pairs.filter(|(a, b)| a.abs_diff(**b) > 1).count() <= 16
        };
        assert!(images.iter().all(|image| near(image, &images[0])), "{preset:?}");
        let [r, g, b, a] = centre(&images[0]);
        assert!(r > 100 && g < 40 && b < 40 && a == 255, "{preset:?}");
    }
}

#[test]
fn both_ends_of_the_range_are_no_trouble() {
    let ends = [i32::MIN, i32::MAX].map(|axis| (Pos::from([axis; 3]), RED));
    let volume: Volume = ends.into_iter().collect();
    for preset in views() {
        assert_eq!(picture(&volume, preset).pixels.len(), 65 * 65);
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let volume = heap();
    for preset in views() {
        let images = [1, 2, 5].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| picture(&volume, preset))
        });
        assert!(images.iter().all(|image| *image == images[0]), "{preset:?}");
    }
}

#[test]
fn how_a_volume_came_about_changes_nothing() {
    let volume = heap();
    let mut voxels: Vec<_> = volume.voxels().collect();
    voxels.sort_unstable();
    let mut other: Volume = voxels.into_iter().rev().collect();
    other.compact();
    assert_eq!(picture(&volume, None), picture(&other, None));
}

#[test]
fn what_is_behind_glass_shines_through_once() {
    let glass = Rgba::new(255, 255, 255, 128);
    let mut volume = block(glass);
    let options = options(Some(CameraPreset::Front)).before(Rgba::BLACK);
    let thick = centre(&render(&volume, &options).unwrap());
    // Half the light is byte 188.
    assert!(thick[0].abs_diff(188) <= 1, "{thick:?}");
    volume.fill(&Aabb::spanning(Pos::new(-9, 9, -9), Pos::from([9; 3])), RED);
    let [r, g, ..] = centre(&render(&volume, &options).unwrap());
    assert!(r > g && g > 150, "{r} {g}");
}

#[test]
fn glass_over_nothing_is_translucent() {
    let volume = block(Rgba::new(10, 200, 30, 100));
    let options = options(Some(CameraPreset::Top)).before(Rgba::EMPTY);
    assert_eq!(centre(&render(&volume, &options).unwrap()), [10, 200, 30, 100]);
}

#[test]
fn layers_of_glass_come_to_an_end() {
    let voxels = (0..200).map(|y| (Pos::new(0, y, 0), Rgba::new(y as u8, 50, 90, 1)));
    let volume: Volume = voxels.collect();
    let image = picture(&volume, Some(CameraPreset::Front));
    assert_eq!(centre(&image)[3], 255);
}

#[test]
fn a_tower_throws_a_shadow_and_nooks_are_darker() {
    let mut volume = Volume::new();
    volume.fill(&Aabb::spanning(Pos::new(-20, -20, 0), Pos::new(20, 20, 0)), RED);
    let flat = centre(&picture(&volume, Some(CameraPreset::Top)));
    assert_eq!(flat, RED.0);
    // Up and to the left of the centre, where the sun is.
    volume.fill(&Aabb::spanning(Pos::new(-6, 3, 1), Pos::new(-3, 6, 12)), RED);
    let shaded = centre(&picture(&volume, Some(CameraPreset::Top)));
    assert!(shaded[0] < 180 && shaded[0] > 90, "{shaded:?}");
}

#[test]
fn sizes_past_the_limits_are_refused() {
    let options = RenderOptions::default().with_size(IMAGE_EDGE_MAX + 1, 1);
    let refused = Err(Error::Edge { width: IMAGE_EDGE_MAX + 1, height: 1 });
    assert_eq!(render(&block(RED), &options), refused);
    for (width, height) in [(1, 1), (IMAGE_EDGE_MAX, 1), (1, IMAGE_EDGE_MAX)] {
        let image = render(&block(RED), &options.clone().with_size(width, height)).unwrap();
        assert_eq!(image.pixels.len() as u32, width * height);
    }
}

/// Stops what has done so much.
struct Until(u64);

impl goxel_core::Control for Until {
    fn check(&self, done: u64, _: u64) -> goxel_core::Result<()> {
        if done >= self.0 { Err(goxel_core::Error::Cancelled) } else { Ok(()) }
    }
}

#[test]
fn a_picture_that_nobody_wants_any_more_is_not_finished() {
    let options = RenderOptions::default().with_size(512, 512);
    let render = |until: u64| {
        let control = Until(until);
        let work = goxel_core::Work::new(u64::MAX, &control, &goxel_core::Serial);
        let image = render_within(&block(RED), &options, &work);
        (image.and_then(|image| Ok(image.to_png_within(&work)?)), work.done())
    };
    let (whole, all) = render(u64::MAX);
    assert!(whole.is_ok());
    for until in [0, all / 4, all / 4 * 3, all - 70_000] {
        let (stopped, done) = render(until);
        assert_eq!(stopped, Err(Error::Stopped(goxel_core::Error::Cancelled)), "{until}");
        assert!(done < all, "{until}: {done} of {all}");
    }
}

/// Notes how much was done whenever it is asked.
#[derive(Default)]
struct Asked(std::sync::Mutex<Vec<u64>>);

impl goxel_core::Control for Asked {
    fn check(&self, done: u64, _: u64) -> goxel_core::Result<()> {
        self.0.lock().unwrap().push(done);
        Ok(())
    }
}

#[test]
fn a_picture_asks_on_the_way_whether_to_go_on() {
    let options = RenderOptions::default().with_size(512, 512);
    for volume in [Volume::new(), block(RED), heap()] {
        let asked = Asked::default();
        let work = goxel_core::Work::new(u64::MAX, &asked, &goxel_core::Serial);
        render_within(&volume, &options, &work).unwrap();
        let asked = asked.0.into_inner().unwrap();
        // A row of a block of pixels, or some rows of a picture of nothing.
        assert!(asked.len() >= 64, "{} times for 512 x 512 pixels", asked.len());
    }
}

/// A camera of a project at `eye`, which looks along y.
fn looking(eye: [f32; 3], orthographic: bool, distance: f32) -> Placed {
    let target = [eye[0], eye[1] + 1.0, eye[2]];
    let transform = goxel_core::Transform::looking(eye, target).unwrap();
    let camera = goxel_core::Camera { transform, orthographic, distance, ..Default::default() };
    Placed::from(&camera)
}

fn taken(volume: &Volume, placed: Placed) -> Result<Image, Error> {
    render(volume, &RenderOptions { placed: Some(placed), ..options(None) })
}

/// How many pixels in the row through the middle show a voxel.
fn width_of(image: &Image) -> usize {
    let row = &image.pixels[32 * 65..][..65];
    row.iter().filter(|pixel| **pixel != image.pixels[0]).count()
}

#[test]
fn a_placed_camera_sees_what_is_before_it() {
    let wall = block(RED);
    // 19 voxels of the 65 that the picture is wide: a voxel a pixel.
    let flat = taken(&wall, looking([0.5, -50.0, 0.5], true, 32.5)).unwrap();
    assert_eq!(width_of(&flat), 19);
    // From 100 away the picture is 35 voxels high.
    let deep = taken(&wall, looking([0.5, -109.0, 0.5], false, 1.0)).unwrap();
    assert!((34..=37).contains(&width_of(&deep)), "{}", width_of(&deep));
    let away = looking([0.5, -50.0, 0.5], true, 32.5);
    let mut turned = away.transform;
    for part in [0, 1, 2, 8, 9, 10] {
        turned[part] = -turned[part];
    }
    let behind = taken(&wall, Placed { transform: turned, ..away }).unwrap();
    assert_eq!(width_of(&behind), 0);
    // Within the model there is nothing else to see.
    let within = taken(&wall, looking([0.5, -1.5, 0.5], false, 1.0)).unwrap();
    assert!(within.pixels.iter().all(|pixel| pixel[0] > pixel[1]));
}

#[test]
fn the_place_of_the_model_does_not_matter_to_a_camera_beside_it() {
    let voxels = |by: [i32; 3]| -> Volume {
        let moved = heap()
            .voxels()
            .map(|(pos, rgba)| (pos.checked_add(by.into()).unwrap(), rgba))
            .collect::<Vec<_>>();
        moved.into_iter().collect()
    };
    let here = taken(&voxels([0; 3]), looking([8.0, -96.0, 0.5], false, 1.0)).unwrap();
    let mut far = looking([8.0, -96.0, 0.5], false, 1.0);
    far.transform[12] += 1024.0;
    far.transform[13] -= 4096.0;
    let there = taken(&voxels([1024, -4096, 0]), far).unwrap();
    assert!(here.pixels == there.pixels && width_of(&here) > 5);
}

#[test]
fn cameras_that_see_nothing_are_refused() {
    let good = looking([0.0, -9.0, 0.0], false, 1.0);
    let with = |at: usize, number: f32| {
        let mut placed = good;
        placed.transform[at] = number;
        placed
    };
    let mut flat = good;
    flat.transform[..3].copy_from_slice(&good.transform[8..11]);
    let nothing = Placed { transform: [0.0; 16], half_width: None };
    let edge = (1u64 << 40) as f32;
    let bad = [with(12, edge * 1.001), with(0, f32::NAN), with(13, f32::INFINITY), flat, nothing];
    let wide = |half_width| Placed { half_width: Some(half_width), ..good };
    let bad = bad.into_iter().chain([0.0, -1.0, f32::NAN, edge * 1.001].map(wide));
    for placed in bad {
        assert_eq!(taken(&block(RED), placed), Err(Error::Camera), "{placed:?}");
    }
    for placed in [with(12, edge), with(12, -edge), wide(edge), wide(1e-30)] {
        assert!(taken(&block(RED), placed).is_ok(), "{placed:?}");
    }
}
