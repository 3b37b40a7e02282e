//! What is written is read by decoders of somebody else's.

use std::io::Cursor;

use goxel_core::{Control, Serial};
use goxel_proto::types::Word as _;

use super::*;

/// A picture of many colours; every seventh pixel is seen through.
fn noise(width: u32, height: u32) -> Image {
    let pixel = |at: u32| {
        let [r, g, b, _] = at.wrapping_mul(0x9e37_79b9).to_be_bytes();
        [r, g, b, if at % 7 == 3 { 0 } else { 255 }]
    };
    Image { width, height, pixels: (0..width * height).map(pixel).collect() }
}

/// A picture of one colour with a bar in it.
fn bar(width: u32, height: u32, at: u32) -> Image {
    let pixel = |index: u32| match index % width == at % width {
        true => [200, 30, 10, 255],
        false => [240, 240, 240, 255],
    };
    Image { width, height, pixels: (0..width * height).map(pixel).collect() }
}

fn encode(image: &Image, format: PictureFormat) -> Vec<u8> {
    image.encode_within(format, 90, &Work::unbounded()).unwrap()
}

#[test]
fn webp_is_without_loss() {
    for (width, height) in [(1, 1), (3, 2), (300, 1), (64, 65)] {
        let image = noise(width, height);
        let file = encode(&image, PictureFormat::Webp);
        let mut decoder = image_webp::WebPDecoder::new(Cursor::new(&file)).unwrap();
        assert_eq!(decoder.dimensions(), (width, height));
        let mut bytes = vec![0; decoder.output_buffer_size().unwrap()];
        decoder.read_image(&mut bytes).unwrap();
        let expected: Vec<u8> = match decoder.has_alpha() {
            true => image.pixels.as_flattened().to_vec(),
            false => image.pixels.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect(),
        };
        assert!(bytes == expected, "{width} x {height}");
    }
}

#[test]
fn jpeg_has_the_size_and_white_where_one_sees_through() {
    let file =
        encode(&Image { width: 33, height: 9, pixels: vec![[0; 4]; 33 * 9] }, PictureFormat::Jpeg);
    let white = encode(
        &Image { width: 33, height: 9, pixels: vec![[255; 4]; 33 * 9] },
        PictureFormat::Jpeg,
    );
    assert!(file == white, "nothing is as white");
    assert!(file.starts_with(&[0xff, 0xd8]) && file.ends_with(&[0xff, 0xd9]));
    // The header of the frame: precision, height, width, components.
    let header = [8, 0, 9, 0, 33, 3];
    assert!(file.windows(header.len()).any(|window| window == header));
    let coarse = noise(64, 64).encode_within(PictureFormat::Jpeg, 10, &Work::unbounded()).unwrap();
    assert!(coarse.len() < encode(&noise(64, 64), PictureFormat::Jpeg).len());
}

#[test]
fn few_colours_stay_in_a_gif_and_many_come_near() {
    for (image, difference) in [(bar(40, 30, 7), 0), (noise(60, 50), 80)] {
        let file = encode(&image, PictureFormat::Gif);
        let mut options = ::gif::DecodeOptions::new();
        options.set_color_output(::gif::ColorOutput::RGBA);
        let mut decoder = options.read_info(Cursor::new(&file)).unwrap();
        let frame = decoder.read_next_frame().unwrap().unwrap();
        assert_eq!((u32::from(frame.width), u32::from(frame.height)), (image.width, image.height));
        for (found, expected) in frame.buffer.chunks(4).zip(&image.pixels) {
            assert_eq!(found[3], expected[3]);
            let off = found.iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            assert!(expected[3] == 0 || off <= difference, "{found:?} {expected:?}");
        }
    }
}

#[test]
fn rows_and_arrays_are_the_pixels() {
    let image = noise(5, 3);
    assert_eq!(encode(&image, PictureFormat::Rgba), image.pixels.as_flattened());
    let file = encode(&image, PictureFormat::Npy);
    let (head, data) = file.split_at(file.len() - 60);
    assert_eq!((data, head.len() % 64), (image.pixels.as_flattened(), 0));
    let header = String::from_utf8_lossy(&head[10..]);
    let expected = "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 5, 4), }";
    assert_eq!(header.trim_end(), expected);
    assert!(header.ends_with('\n'));
    assert_eq!(u16::from_le_bytes([head[8], head[9]]) as usize + 10, head.len());
}

fn animation(format: PictureFormat) -> Vec<u8> {
    let mut animation = Animation::new(format, (20, 10), 3, 120).unwrap();
    for at in 0..3 {
        animation.add(&bar(20, 10, at), &Work::unbounded()).unwrap();
    }
    animation.finish().unwrap()
}

#[test]
fn frames_of_a_png() {
    let file = animation(PictureFormat::Png);
    let mut reader = ::png::Decoder::new(Cursor::new(&file)).read_info().unwrap();
    let control = reader.info().animation_control.unwrap();
    assert_eq!((control.num_frames, control.num_plays), (3, 0));
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    for at in 0..3 {
        reader.next_frame(&mut bytes).unwrap();
        assert!(bytes == bar(20, 10, at).pixels.as_flattened(), "frame {at}");
        let delay = reader.info().frame_control.unwrap();
        assert_eq!((delay.delay_num, delay.delay_den), (120, 1000));
    }
    reader.finish().unwrap();
}

#[test]
fn frames_of_a_webp() {
    let file = animation(PictureFormat::Webp);
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(&file)).unwrap();
    assert!(decoder.is_animated());
    assert_eq!((decoder.num_frames(), decoder.dimensions()), (3, (20, 10)));
    let mut bytes = vec![0; decoder.output_buffer_size().unwrap()];
    for at in 0..3 {
        assert_eq!(decoder.read_frame(&mut bytes).unwrap(), 120);
        assert!(bytes == bar(20, 10, at).pixels.as_flattened(), "frame {at}");
    }
}

#[test]
fn frames_of_a_gif() {
    let file = animation(PictureFormat::Gif);
    let mut decoder = ::gif::DecodeOptions::new().read_info(Cursor::new(&file)).unwrap();
    let mut delays = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        delays.push(frame.delay);
    }
    assert_eq!(delays, [12; 3]);
    assert_eq!(decoder.repeat(), ::gif::Repeat::Infinite);
}

#[test]
fn what_holds_no_frames_says_so() {
    for format in [PictureFormat::Jpeg, PictureFormat::Rgba, PictureFormat::Npy] {
        assert!(!format.is_animated());
        assert!(Animation::new(format, (1, 1), 2, 80).is_err());
    }
    let mut animation = Animation::new(PictureFormat::Gif, (2, 2), 2, 80).unwrap();
    assert!(animation.add(&bar(3, 2, 0), &Work::unbounded()).is_err());
}

/// Stops what has done so much.
struct Until(u64);

impl Control for Until {
    fn check(&self, done: u64, _: u64) -> goxel_core::Result<()> {
        if done >= self.0 { Err(goxel_core::Error::Cancelled) } else { Ok(()) }
    }
}

#[test]
fn every_encoder_ends_where_nobody_wants_it_any_more() {
    let image = noise(512, 512);
    let until = Until(1 << 16);
    for format in PictureFormat::all() {
        let work = Work::new(u64::MAX, &until, &Serial);
        let stopped = image.encode_within(format, 90, &work);
        assert_eq!(stopped, Err(goxel_core::Error::Cancelled.into()), "{format:?}");
    }
}
