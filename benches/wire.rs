//! The wire: what it takes to get from bytes to a typed call, beside the same by other readers.
//!
//! Run it with `cargo bench -p goxel-benches --bench wire`; words after `--` choose lines by name.
//! Each line: the median, what it should be, and every yardstick's median with how many times longer
//! it took.

use std::fmt::Write as _;
use std::hint::black_box;

use goxel_benches::{Figure, measure, report};
use goxel_proto::calls::Voxels;
use goxel_proto::frame::FrameScanner;
use goxel_proto::{Args, Method, RequestView};
use serde::Deserialize;
use serde_json::value::RawValue;

/// 83 bytes: one voxel.
const SMALL: &str =
    r#"{"jsonrpc":"2.0","method":"goxel.add_voxel","params":[1,2,3,255,128,0,255],"id":1}"#;
/// Points of the request of 1 KiB.
const POINTS_1K: usize = 21;
/// Points of the request of 4.5 MB.
const POINTS_LARGE: usize = 100_000;
/// What any machine reaches: a request of 1 KiB read and checked, a name looked up.
const PARSE_NS_MAX: f64 = 10_000.0;
const DISPATCH_NS_MAX: f64 = 100.0;
/// How far ahead of the fastest other reader checking should be.
const PARSE_LEAD: f64 = 1.2;

fn main() {
    report(&[
        ("frame_83_bytes", frame_small),
        ("envelope_83_bytes", envelope_small),
        ("envelope_1k", envelope_1k),
        ("json_parse_1k", checked_1k),
        ("json_typed_1k", typed_1k),
        ("method_dispatch", dispatch),
        ("add_voxels_100k_objects", typed_objects),
        ("add_voxels_100k_arrays", typed_arrays),
        ("add_voxels_100k_base64", typed_base64),
    ]);
}

/// A request of so many points, each an object.
fn objects(count: usize) -> String {
    request(count, |text, [x, y, z, r, g, b]| {
        let _ = write!(text, r#"{{"x":{x},"y":{y},"z":{z},"r":{r},"g":{g},"b":{b}}}"#);
    })
}

/// The same with each point an array.
fn arrays(count: usize) -> String {
    request(count, |text, numbers| {
        let _ = write!(text, "{numbers:?}").map(|()| text.retain(|c| c != ' '));
    })
}

fn request(count: usize, point: impl Fn(&mut String, [u32; 6])) -> String {
    let mut text = String::new();
    let mut random = 0x2545_f491_4f6c_dd1du64;
    for index in 0..count {
        if index > 0 {
            text.push(',');
        }
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let part = |shift: u32, below: u32| (random >> shift) as u32 % below;
        let mut one = String::new();
        let [x, y, z] = [part(34, 512), part(25, 512), part(43, 512)];
        point(&mut one, [x, y, z, part(20, 256), part(50, 256), part(56, 256)]);
        text.push_str(&one);
    }
    around(&format!("\"voxels\":[{text}]"))
}

fn around(params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","method":"goxel.add_voxels","params":{{{params}}},"id":1}}"#)
}

/// The envelope as other readers are asked for it: the parameters stay as they are.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    method: &'a str,
    #[serde(borrow)]
    params: &'a RawValue,
    #[serde(borrow)]
    id: &'a RawValue,
}

#[derive(Deserialize)]
struct LazyEnvelope<'a> {
    #[serde(borrow)]
    method: &'a str,
    #[serde(borrow)]
    params: sonic_rs::LazyValue<'a>,
    id: u64,
}

/// Down to typed points.
#[derive(Deserialize)]
struct Typed {
    params: TypedParams,
}

#[derive(Deserialize)]
struct TypedParams {
    voxels: Vec<TypedPoint>,
}

#[derive(Deserialize)]
struct TypedPoint {
    x: i32,
    y: i32,
    z: i32,
    r: u8,
    g: u8,
    b: u8,
}

#[derive(Deserialize)]
struct TypedRows {
    params: Rows,
}

#[derive(Deserialize)]
struct Rows {
    voxels: Vec<(i32, i32, i32, u8, u8, u8)>,
}

fn frame_small() -> Figure {
    let stream = format!("{SMALL}\n").repeat(8);
    let ns = measure(|| {
        let (mut scanner, mut rest, mut frames) = (FrameScanner::default(), stream.as_bytes(), 0);
        while let Some(frame) = scanner.next_frame(black_box(rest)) {
            frames += 1;
            rest = &rest[frame.end..];
        }
        frames
    });
    Figure::ns(ns / 8.0)
}

fn envelope_small() -> Figure {
    envelope(SMALL).lead(1.0)
}

fn envelope_1k() -> Figure {
    envelope(&objects(POINTS_1K))
}

fn envelope(text: &str) -> Figure {
    let line = Figure::ns(measure(|| {
        let request = RequestView::read(black_box(text.as_bytes()));
        request.map(|r| (r.method, r.params.map(|p| p.raw().len()))).is_ok()
    }));
    let serde = measure(|| {
        let e = serde_json::from_str::<Envelope<'_>>(black_box(text));
        e.map(|e| (e.method.len(), e.params.get().len(), e.id.get().len())).is_ok()
    });
    let sonic = measure(|| {
        let e = sonic_rs::from_str::<LazyEnvelope<'_>>(black_box(text));
        e.map(|e| (e.method.len(), e.params.as_raw_str().len(), e.id)).is_ok()
    });
    line.beside("serde_json raw", serde)
        .beside("sonic-rs lazy", sonic)
        .beside("simd-json tape", tape(text))
}

/// simd-json writes to its input, so the copy that it needs is part of the work.
fn tape(text: &str) -> f64 {
    let mut buffers = simd_json::Buffers::default();
    let mut copy = Vec::new();
    measure(|| {
        copy.clear();
        copy.extend_from_slice(black_box(text.as_bytes()));
        simd_json::to_tape_with_buffers(&mut copy, &mut buffers).is_ok()
    })
}

fn checked_1k() -> Figure {
    let text = objects(POINTS_1K);
    let line = Figure::ns(measure(|| {
        let request = RequestView::read(black_box(text.as_bytes())).ok()?;
        request.params?.check().ok().map(|value| value.raw().len())
    }));
    let serde = measure(|| serde_json::from_str::<serde::de::IgnoredAny>(black_box(&text)).is_ok());
    let sonic = measure(|| sonic_rs::from_str::<serde::de::IgnoredAny>(black_box(&text)).is_ok());
    let sonic_dom = measure(|| sonic_rs::from_str::<sonic_rs::Value>(black_box(&text)).is_ok());
    line.beside("serde_json ignored", serde)
        .beside("sonic-rs ignored", sonic)
        .beside("sonic-rs value", sonic_dom)
        .beside("simd-json tape", tape(&text))
        .target(PARSE_NS_MAX)
        .lead(PARSE_LEAD)
}

fn typed_1k() -> Figure {
    typed(&objects(POINTS_1K)).lead(1.0)
}

fn typed_objects() -> Figure {
    let text = objects(POINTS_LARGE);
    typed(&text).gigabytes(text.len()).lead(1.0)
}

/// What the daemon does with the request before it touches a volume.
fn points(text: &str) -> Option<usize> {
    let request = RequestView::read(text.as_bytes()).ok()?;
    let method = Method::find(request.method.plain()?)?;
    let args = Args::new(method, request.params).ok()?;
    Voxels::read(&args).ok().map(|call| call.set.points.len())
}

fn typed(text: &str) -> Figure {
    let line = Figure::ns(measure(|| points(black_box(text))));
    let sum = |typed: Typed| {
        let points = typed.params.voxels.iter();
        points.map(|p| p.x + p.y + p.z + i32::from(p.r ^ p.g ^ p.b)).fold(0, i32::wrapping_add)
    };
    let serde = measure(|| serde_json::from_str::<Typed>(black_box(text)).map(sum).ok());
    let sonic = measure(|| sonic_rs::from_str::<Typed>(black_box(text)).map(sum).ok());
    let mut copy = Vec::new();
    let simd = measure(|| {
        copy.clear();
        copy.extend_from_slice(black_box(text.as_bytes()));
        simd_json::from_slice::<Typed>(&mut copy).map(sum).ok()
    });
    line.beside("serde_json", serde).beside("sonic-rs", sonic).beside("simd-json", simd)
}

fn typed_arrays() -> Figure {
    let text = arrays(POINTS_LARGE);
    let line = Figure::ns(measure(|| points(black_box(&text))));
    let sum = |typed: TypedRows| typed.params.voxels.iter().map(|p| p.0 ^ p.1 ^ p.2).sum::<i32>();
    let serde = measure(|| serde_json::from_str::<TypedRows>(black_box(&text)).map(sum).ok());
    let sonic = measure(|| sonic_rs::from_str::<TypedRows>(black_box(&text)).map(sum).ok());
    line.beside("serde_json", serde).beside("sonic-rs", sonic).gigabytes(text.len()).lead(1.0)
}

fn typed_base64() -> Figure {
    let mut data = Vec::new();
    goxel_proto::base64::encode(&vec![7; POINTS_LARGE * 16], &mut data);
    let text = around(&format!("\"data\":\"{}\"", String::from_utf8_lossy(&data)));
    Figure::ns(measure(|| points(black_box(&text)))).gigabytes(text.len())
}

fn dispatch() -> Figure {
    let names: Vec<String> =
        Method::ALL.iter().map(|method| method.info().name.to_owned()).collect();
    // More look-ups than a branch predictor learns by heart.
    let order: Vec<usize> = (0..1021usize).map(|i| (i * i * 31 + i * 7) % names.len()).collect();
    let each = |find: &dyn Fn(&str) -> usize| {
        measure(|| order.iter().map(|&i| find(black_box(&names[i]))).sum::<usize>())
            / order.len() as f64
    };
    let ours = measure(|| {
        order
            .iter()
            .filter_map(|&i| Method::find(black_box(&names[i])))
            .map(Method::index)
            .sum::<usize>()
    }) / order.len() as f64;
    let map: std::collections::HashMap<&str, usize> =
        names.iter().enumerate().map(|(index, name)| (name.as_str(), index)).collect();
    Figure::ns(ours)
        .target(DISPATCH_NS_MAX)
        .lead(1.0)
        .beside("HashMap", each(&|name| map.get(name).copied().unwrap_or(0)))
        .beside("loop of compares", each(&|name| names.iter().position(|n| n == name).unwrap_or(0)))
}
