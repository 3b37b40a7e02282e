//! Pictures: a castle-like model from the usual side, and the same picture as a PNG file, beside
//! the crate `png`.
//!
//! `cargo bench -p goxel-benches --bench render`; words after `--` choose lines by name.

use std::hint::black_box;

use goxel_benches::{Figure, measure, report};
use goxel_core::Volume;
use goxel_proto::types::{Aabb, Pos, Rgba};
use goxel_render::{Image, RenderOptions, render};

/// The edge of most pictures.
const EDGE: u32 = 512;

fn main() {
    report(&[
        ("render/picture_256", || picture(256)),
        ("render/picture_512", || picture(512)),
        ("render/picture_1024", || picture(1024)),
        ("render/png_512", png),
    ]);
}

/// Milliseconds of a picture with this edge.
fn picture(edge: u32) -> Figure {
    let (model, options) = (model(), RenderOptions::default().with_size(edge, edge));
    Figure::new("ms", measure(|| render(black_box(&model), &options).is_ok()) / 1e6)
}

fn png() -> Figure {
    let options = RenderOptions::default().with_size(EDGE, EDGE);
    let Ok(image) = render(&model(), &options) else { return Figure::new("ms", f64::NAN) };
    let ours = measure(|| black_box(&image).to_png());
    let theirs = measure(|| encode(black_box(&image)).is_ok());
    Figure::new("ms", ours / 1e6).beside("png", theirs / 1e6)
}

/// What most programs do.
fn encode(image: &Image) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, EDGE, EDGE);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header()?.write_image_data(image.pixels.as_flattened())?;
    Ok(file)
}

/// Ground with towers on it, each in a colour of its own.
fn model() -> Volume {
    let mut volume = Volume::new();
    let mut block = |low: [i32; 3], high: [i32; 3], rgba| {
        volume.fill(&Aabb::spanning(Pos::from(low), Pos::from(high)), rgba);
    };
    block([0, 0, 0], [255, 255, 7], Rgba::opaque(93, 143, 58));
    for tower in 0..64 {
        let [x, y] = [tower % 8 * 32 + 6, tower / 8 * 32 + 6];
        let rgba = Rgba::opaque((tower * 4) as u8, 120, 200);
        block([x, y, 8], [x + 12, y + 12, 20 + tower], rgba);
    }
    volume
}
