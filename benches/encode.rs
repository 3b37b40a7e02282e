//! Finished pictures as the bytes of files: a sphere of 1024 by 1024 pixels, in each format, PNG beside the
//! crate `png` at its usual setting and at its fastest.
//!
//! `cargo bench -p goxel-benches --bench encode`; words after `--` choose lines by name.

use std::hint::black_box;
use std::sync::OnceLock;

use goxel_benches::{Figure, measure, report};
use goxel_core::{Volume, Work};
use goxel_proto::types::{CameraPreset, PictureFormat, Pos, Rgba};
use goxel_render::{Image, RenderOptions, render};

/// The edge of the picture.
const EDGE: u32 = 1024;
/// The radius of the sphere, in voxels.
const RADIUS: i32 = 24;
/// How much JPEG keeps: what is taken where nobody says.
const JPEG_QUALITY: u8 = 90;

fn main() {
    report(&[
        ("encode/png_1024", png_time),
        ("encode/png_1024_bytes", png_bytes),
        ("encode/jpeg_1024", || time(PictureFormat::Jpeg)),
        ("encode/webp_1024", || time(PictureFormat::Webp)),
        ("encode/gif_1024", || time(PictureFormat::Gif)),
    ]);
}

fn png_time() -> Figure {
    let theirs = |compression| measure(|| encode(black_box(picture()), compression).is_ok()) / 1e6;
    time(PictureFormat::Png)
        .beside("png", theirs(png::Compression::Balanced))
        .beside("png fast", theirs(png::Compression::Fast))
}

fn png_bytes() -> Figure {
    let theirs =
        |compression| encode(picture(), compression).map_or(f64::NAN, |file| file.len() as f64);
    Figure::new("bytes", picture().to_png().len() as f64)
        .beside("png", theirs(png::Compression::Balanced))
        .beside("png fast", theirs(png::Compression::Fast))
}

/// Milliseconds of a file in this format.
fn time(format: PictureFormat) -> Figure {
    let work = Work::unbounded();
    let encode = || black_box(picture()).encode_within(format, JPEG_QUALITY, &work).is_ok();
    Figure::new("ms", measure(encode) / 1e6)
}

/// What most programs do.
fn encode(image: &Image, compression: png::Compression) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, image.width, image.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_compression(compression);
    encoder.write_header()?.write_image_data(image.pixels.as_flattened())?;
    Ok(file)
}

/// The sphere from a corner.
fn picture() -> &'static Image {
    static PICTURE: OnceLock<Image> = OnceLock::new();
    PICTURE.get_or_init(|| {
        let mut volume = Volume::new();
        let span = || -RADIUS..=RADIUS;
        for at in span().flat_map(|x| span().flat_map(move |y| span().map(move |z| [x, y, z]))) {
            if at.iter().map(|axis| axis * axis).sum::<i32>() <= RADIUS * RADIUS {
                let [r, g, b] = at.map(|axis| (128 + axis * 5) as u8);
                volume.set(Pos::from(at), Rgba::opaque(r, g, b));
            }
        }
        let options = RenderOptions::default().with_size(EDGE, EDGE);
        let picture = render(&volume, &options.seen_from(Some(CameraPreset::Isometric)));
        picture.unwrap_or(Image { width: 0, height: 0, pixels: Vec::new() })
    })
}
