//! [`RenderScene`]: the call for a picture. What it is like is read in `options.rs`.

mod options;

use self::options::{arrangement, file, look, view};
use super::parts::Result;
use super::scene::{Named, by_value};
use super::versions::VersionName;
use crate::args::{Args, Members};
use crate::json::Kind;
use crate::types::{CameraId, CameraPreset, LayerId, Look, PictureFormat, ReturnMode, View};

/// A picture that is to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct RenderScene {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// From where.
    pub view: View,
    /// A camera of the project; it goes before a preset.
    pub camera: Option<KeptCamera>,
    /// How it looks.
    pub look: Look,
    /// The layers that show, where not those of the project that do.
    pub layers: Option<Vec<Named<LayerId>>>,
    /// The version since which changes are marked.
    pub highlight: Option<VersionName>,
    /// How many pictures are in it.
    pub arrangement: Arrangement,
    /// What its bytes are.
    pub file: FileSettings,
    /// Where it goes.
    pub target: RenderTarget,
}

/// A camera that a project keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptCamera {
    /// The active one.
    Active,
    /// By its id or its name.
    Named(Named<CameraId>),
}

/// How many pictures are in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// One.
    Single,
    /// Several beside each other.
    Sheet(SheetSettings),
    /// Several after each other, of one turn around the model.
    Turntable {
        /// How many.
        frames: u32,
        /// How long each is shown, in milliseconds.
        frame_ms: u32,
    },
}

/// Several views in one picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetSettings {
    /// From where each is seen, in the order of reading.
    pub views: Vec<CameraPreset>,
    /// How many stand beside each other, where it is said.
    pub columns: Option<u32>,
    /// Whether each has its name in it.
    pub labels: bool,
}

/// What the bytes of a picture are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileSettings {
    /// The format.
    pub format: PictureFormat,
    /// How much JPEG keeps, 1 to 100.
    pub jpeg_quality: u8,
}

/// Where a picture goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderTarget {
    /// To a file of this path, and into the reply as well where it says how.
    File {
        /// The path.
        path: String,
        /// What the reply holds of it.
        inline: Option<Inline>,
    },
    /// To a file of a name that the daemon makes up and tells.
    Managed,
    /// Into the reply.
    Inline(Inline),
}

/// What a reply holds of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inline {
    /// The bytes of a file.
    Image,
    /// Rows of four bytes a pixel.
    Pixels,
}

impl RenderScene {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter or an option is wrong, or two of them say different things.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let options = args.members_or_beside("options")?;
        let (view, camera) = (view(args, &options)?, camera(args)?);
        let arrangement = arrangement(&options)?;
        check_cameras(args, &view, camera.is_some(), &arrangement)?;
        let target = target(args, &options)?;
        Ok(Self {
            width: edge(args, "width")?,
            height: edge(args, "height")?,
            view,
            camera,
            look: look(&options)?,
            layers: layers(&options)?,
            highlight: VersionName::member(&options, "highlight")?,
            file: file(&options, &target, &arrangement)?,
            arrangement,
            target,
        })
    }
}

/// A camera by name or id; true is the active one.
fn camera(args: &Args<'_>) -> Result<Option<KeptCamera>> {
    let Some((value, _)) = args.value("camera") else { return Ok(None) };
    if value.kind() == Kind::Bool(true) {
        return Ok(Some(KeptCamera::Active));
    }
    let what = "must be a camera's name or id, or true for the active one";
    let named = by_value(&value, CameraId).ok_or_else(|| args.wrong("camera", what))?;
    Ok(Some(KeptCamera::Named(named)))
}

/// Refuses what says in two ways from where the picture is seen, since one of them would be lost.
fn check_cameras(
    args: &Args<'_>,
    view: &View,
    is_kept: bool,
    arrangement: &Arrangement,
) -> Result<()> {
    let of_sheet = matches!(arrangement, Arrangement::Sheet(_));
    if of_sheet && view.preset.is_some() {
        let what = "says from where, as options.views does: leave out either";
        return Err(args.wrong("camera_preset", what));
    }
    let beside = [
        ("camera_preset", view.preset.is_some()),
        ("camera_position", view.eye.is_some()),
        ("camera_target", view.target.is_some()),
        ("camera_up", view.up.is_some()),
        ("fov", view.fov.is_some()),
        ("projection", view.projection.is_some()),
        ("margin", view.margin.is_some()),
        ("turn", view.turn != 0.0),
        ("views", of_sheet),
        ("turntable", matches!(arrangement, Arrangement::Turntable { .. })),
    ];
    match beside.into_iter().find(|(_, said)| *said && is_kept) {
        Some((name, _)) => {
            let what =
                format_args!("says all of from where the picture is seen: leave out it or {name}");
            Err(args.wrong("camera", what))
        }
        None => Ok(()),
    }
}

/// An edge in pixels. A number that is not whole, or not positive, stands for the default, as older
/// clients expect.
fn edge(args: &Args<'_>, name: &str) -> Result<u32> {
    let number = args.value(name).and_then(|(value, _)| value.as_number());
    if number.is_some_and(|number| number.to_i64().is_none()) {
        return args.default(name);
    }
    match u32::try_from(args.need::<i32>(name)?) {
        Ok(edge) if edge > 0 => Ok(edge),
        _ => args.default(name),
    }
}

/// The layers that are named.
fn layers(options: &Members<'_>) -> Result<Option<Vec<Named<LayerId>>>> {
    let Some((value, _)) = options.value("layers") else { return Ok(None) };
    let layers = value.elements().map(|layer| by_value(&layer, LayerId)).collect();
    let layers: Option<Vec<_>> = if value.kind() == Kind::Array { layers } else { None };
    let layers = layers.filter(|layers| options.fits("layers", layers.len()));
    layers.map(Some).ok_or_else(|| options.must_be("layers"))
}

/// Where the picture goes. Kept pictures go before a path, as older clients expect.
fn target(args: &Args<'_>, options: &Members<'_>) -> Result<RenderTarget> {
    let inline = match options.get("return_mode")? {
        Some(ReturnMode::FilePath) => return Ok(RenderTarget::Managed),
        Some(ReturnMode::Base64) => Some(Inline::Image),
        Some(ReturnMode::Pixels) => Some(Inline::Pixels),
        None => None,
    };
    Ok(match args.get("output_path")? {
        Some(path) => RenderTarget::File { path, inline },
        None => RenderTarget::Inline(inline.unwrap_or(Inline::Image)),
    })
}

#[cfg(test)]
mod tests;
