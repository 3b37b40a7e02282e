//! The options of a picture as values: [`View`], [`Look`], [`Arrangement`], [`FileSettings`].

use super::super::parts::Result;
use super::{Arrangement, FileSettings, Inline, RenderTarget, SheetSettings};
use crate::args::{Args, Members, colour, region};
use crate::error::{ErrorCode, RpcError};
use crate::json::{Kind, Value};
use crate::types::{Aabb, Background, Look, PictureFormat, Rgba, View, Word as _};

/// What stands for the number of a frame in the path of a file for each.
const NUMBER: &str = "{}";
/// What means that there is nothing behind the model.
const TRANSPARENT: &str = "transparent";

/// From where the picture is seen.
///
/// # Errors
/// Where an option is wrong; the same for all below.
pub(super) fn view(args: &Args<'_>, options: &Members<'_>) -> Result<View> {
    Ok(View {
        preset: args.get("camera_preset")?,
        eye: options.get("camera_position")?,
        target: options.get("camera_target")?,
        up: options.get("camera_up")?,
        fov: options.get("fov")?,
        projection: options.get("projection")?,
        margin: options.get("margin")?,
        turn: options.need("turn")?,
    })
}

/// How the picture looks.
pub(super) fn look(options: &Members<'_>) -> Result<Look> {
    let usual = Look::default();
    Ok(Look {
        quality: options.need("quality")?,
        pass: options.need("pass")?,
        unlit: options.need("unlit")?,
        shadow: options.get("shadow")?,
        occlusion: options.need("occlusion")?,
        sun_azimuth: options.get("sun_azimuth")?,
        sun_elevation: options.get("sun_elevation")?,
        sun_size: options.need("sun_size")?,
        sun: options.need("sun")?,
        sky: options.need("sky")?,
        exposure: options.need("exposure")?,
        ground: options.need("ground")?,
        ground_color: options.get("ground_color")?.unwrap_or(usual.ground_color),
        edges: options.need("edges")?,
        background: background(options)?.unwrap_or(usual.background),
        samples: options.get("samples")?,
        seconds: options.get("seconds")?,
        noise: options.get("noise")?,
        bounces: options.get("bounces")?,
        seed: options.need("seed")?,
        denoise: options.need("denoise")?,
        clip: boxes(options, "clip")?,
        cut: boxes(options, "cut")?,
    })
}

/// A colour, two of a gradient, or nothing.
fn background(options: &Members<'_>) -> Result<Option<Background>> {
    let Some((value, place)) = options.value("background") else { return Ok(None) };
    if value.as_str().is_some_and(|text| text.decode().eq_ignore_ascii_case(TRANSPARENT)) {
        return Ok(Some(Background::Plain(Rgba::EMPTY)));
    }
    if let Some([upper, lower]) = two_colours(&value) {
        let upper = colour(&upper, &format_args!("{place}[0]"))?;
        return Ok(Some(Background::Gradient(upper, colour(&lower, &format_args!("{place}[1]"))?)));
    }
    colour(&value, &place).map(Background::Plain).map(Some)
}

/// The two elements of a list that is no list of numbers, which would be a colour.
fn two_colours<'a>(value: &Value<'a>) -> Option<[Value<'a>; 2]> {
    let mut elements = value.elements().take(3);
    let both = [elements.next()?, elements.next()?];
    (elements.next().is_none() && both.iter().all(|one| one.as_number().is_none())).then_some(both)
}

/// A box, or a list of boxes.
fn boxes(options: &Members<'_>, name: &str) -> Result<Vec<Aabb>> {
    let Some((value, place)) = options.value(name) else { return Ok(Vec::new()) };
    if value.kind() != Kind::Array {
        return Ok(vec![region(&value, name, &place)?]);
    }
    if !options.fits(name, value.elements().count()) {
        return Err(options.must_be(name));
    }
    let each = value.elements().enumerate();
    each.map(|(index, one)| region(&one, name, &format_args!("{place}[{index}]"))).collect()
}

/// How many pictures are in it.
pub(super) fn arrangement(options: &Members<'_>) -> Result<Arrangement> {
    let frames: Option<u32> = options.get("turntable")?;
    let (frame_ms, labels) = (options.need("frame_ms")?, options.need("labels")?);
    let columns = options.get("columns")?;
    match (options.get("views")?, frames) {
        (Some(_), Some(_)) => Err(options.wrong("turntable", "cannot be one of several views")),
        (Some(views), None) => Ok(Arrangement::Sheet(SheetSettings { views, columns, labels })),
        (None, Some(frames)) => Ok(Arrangement::Turntable { frames, frame_ms }),
        (None, None) => Ok(Arrangement::Single),
    }
}

/// What the bytes are: as it is said, else as the path says.
pub(super) fn file(
    options: &Members<'_>,
    target: &RenderTarget,
    arrangement: &Arrangement,
) -> Result<FileSettings> {
    let jpeg_quality = options.need("jpeg_quality")?;
    let (path, inline) = match target {
        RenderTarget::File { path, inline } => (Some(path.as_str()), *inline),
        RenderTarget::Inline(inline) => (None, Some(*inline)),
        RenderTarget::Managed => (None, None),
    };
    let is_pixels = matches!(target, RenderTarget::Inline(Inline::Pixels));
    let format = match (options.get("format")?, path) {
        (Some(format), _) if is_pixels && format != PictureFormat::Rgba => {
            let what =
                "is not what return_mode \"pixels\" gives: \"base64\" gives the bytes of a file";
            return Err(options.wrong("format", what));
        }
        (Some(format), _) => format,
        (None, _) if is_pixels => PictureFormat::Rgba,
        (None, Some(path)) => of_path(path)?,
        (None, None) => PictureFormat::default(),
    };
    if let Arrangement::Turntable { frames, .. } = arrangement {
        check_frames(options, *frames, format, path)?;
        let is_several = path.is_some_and(|path| path.contains(NUMBER));
        if inline == Some(Inline::Pixels) || (is_several && inline.is_some()) {
            return Err(options
                .wrong("return_mode", "cannot hold several pictures, but one file of frames"));
        }
    }
    Ok(FileSettings { format, jpeg_quality })
}

/// The format that the path says; without an extension it is PNG, as older clients expect.
fn of_path(path: &str) -> Result<PictureFormat> {
    PictureFormat::of_path(path).map(Option::unwrap_or_default).map_err(|extension| {
        let near = crate::suggest::nearest(&extension, PictureFormat::spellings());
        let near = near.map(|near| format!("; is .{near} meant?")).unwrap_or_default();
        let what = format_args!(
            "{}: '{path}': .{extension} is no format of pictures, which are {} (options.format names one for any path){near}",
            ErrorCode::Render.failed(),
            PictureFormat::choices()
        );
        RpcError::new(ErrorCode::Render, what)
    })
}

/// Refuses several frames in a file that holds one.
fn check_frames(
    options: &Members<'_>,
    frames: u32,
    format: PictureFormat,
    path: Option<&str>,
) -> Result<()> {
    let numbered = path.is_some_and(|path| path.contains(NUMBER));
    if frames == 1 || format.is_animated() || numbered {
        return Ok(());
    }
    let what = format_args!(
        "cannot be one file of the format {}: name a .gif, .webp or .png, or a path with {NUMBER} in it for a \
         file of each frame",
        format.name()
    );
    Err(options.wrong("turntable", what))
}
