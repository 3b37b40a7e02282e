//! Calls that make files and pictures.

use super::scene::{Named, by_value};
use crate::args::{Args, colour};
use crate::error::{ErrorCode, RpcError};
use crate::json::Kind;
use crate::types::{CameraId, CameraPreset, Rgba, Word};

/// A picture that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderScene {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// From where.
    pub preset: Option<CameraPreset>,
    /// A camera of the project; it goes before a preset.
    pub camera: Option<KeptCamera>,
    /// What is behind the model.
    pub background: Option<Rgba>,
    /// Where the picture goes.
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

/// Where a picture goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderTarget {
    /// To a PNG file of this path; with `pixels` also into the reply.
    File {
        /// The path.
        path: String,
        /// Whether the reply holds the pixels too.
        pixels: bool,
    },
    /// To a PNG file of a name that the daemon makes up and tells.
    Managed,
    /// Into the reply: rows of four bytes a pixel, base64.
    Pixels,
}

impl RenderScene {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong, or nothing says where the picture shall go.
    pub fn read(args: &Args<'_>) -> Result<Self, RpcError> {
        let mut background = None;
        let (mut managed, mut pixels) = (false, false);
        if let Some((options, place)) = args.value("options") {
            if options.kind() != Kind::Object {
                return Err(RpcError::params(place, "must be an object"));
            }
            if let Some(value) = options.get("background_color") {
                let place = format_args!("{place}.background_color");
                background = Some(colour(&value, &place)?);
            }
            // Unknown modes are passed over: a path may say all that is needed.
            if let Some(mode) = options.get("return_mode").and_then(|value| value.as_str()) {
                managed = mode == *"file_path";
                pixels = mode == *"pixels";
            }
        }
        let target = match args.get("output_path")? {
            _ if managed => RenderTarget::Managed,
            Some(path) => RenderTarget::File { path, pixels },
            None if pixels => RenderTarget::Pixels,
            None => return Err(no_target()),
        };
        Ok(Self {
            width: edge(args, "width")?,
            height: edge(args, "height")?,
            // Unknown presets are passed over, as older clients expect.
            preset: args.get::<String>("camera_preset")?.and_then(|name| Word::named(&name)),
            camera: camera(args)?,
            background,
            target,
        })
    }
}

/// A camera by name or id; true is the active one.
fn camera(args: &Args<'_>) -> Result<Option<KeptCamera>, RpcError> {
    let Some((value, place)) = args.value("camera") else { return Ok(None) };
    if value.kind() == Kind::Bool(true) {
        return Ok(Some(KeptCamera::Active));
    }
    let named = by_value(&value, CameraId).ok_or_else(|| {
        RpcError::params(place, "must be a camera's name or id, or true for the active one")
    })?;
    Ok(Some(KeptCamera::Named(named)))
}

/// An edge in pixels. A number that is not whole, or not positive, stands for the default, as older
/// clients expect.
fn edge(args: &Args<'_>, name: &str) -> Result<u32, RpcError> {
    let number = args.value(name).and_then(|(value, _)| value.as_number());
    if number.is_some_and(|number| number.to_i64().is_none()) {
        return args.default(name);
    }
    match u32::try_from(args.need::<i32>(name)?) {
        Ok(edge) if edge > 0 => Ok(edge),
        _ => args.default(name),
    }
}

fn no_target() -> RpcError {
    let what = "Failed to render scene: neither output_path nor options.return_mode \
                (\"file_path\" or \"pixels\") says where the picture goes";
    RpcError::new(ErrorCode::Render, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;
    use crate::json::Value;

    fn read(params: &str) -> Result<RenderScene, RpcError> {
        let value = Value::parse(params.as_bytes()).unwrap();
        RenderScene::read(&Args::new(Method::RenderScene, Some(value.into()))?)
    }

    fn target(params: &str, expected: &RenderTarget) {
        assert_eq!(&read(params).unwrap().target, expected, "{params}");
    }

    #[test]
    fn targets() {
        let file = |pixels| RenderTarget::File { path: "a".to_owned(), pixels };
        target(r#"["a"]"#, &file(false));
        target(r#"{"path": "a", "options": {"return_mode": "other"}}"#, &file(false));
        target(r#"{"output_path": "a", "options": {"return_mode": "pixels"}}"#, &file(true));
        target(r#"{"options": {"return_mode": "pixels"}}"#, &RenderTarget::Pixels);
        target(
            r#"{"output_path": "a", "format": "jpg", "options": {"return_mode": "file_path"}}"#,
            &RenderTarget::Managed,
        );
        for params in ["{}", "[]", r#"{"options": {"return_mode": "other"}}"#] {
            assert_eq!(read(params).unwrap_err().code, ErrorCode::Render, "{params}");
        }
    }

    #[test]
    fn cameras() {
        let camera = |value: &str| read(&format!(r#"{{"path": "a", "camera": {value}}}"#));
        let named = |named| Ok(Some(KeptCamera::Named(named)));
        assert_eq!(camera("true").map(|call| call.camera), Ok(Some(KeptCamera::Active)));
        assert_eq!(camera("3").map(|call| call.camera), named(Named::Id(CameraId(3))));
        let front = Named::Name("front".to_owned());
        assert_eq!(camera(r#""front""#).map(|call| call.camera), named(front));
        let what = "params.camera: must be a camera's name or id, or true for the active one";
        assert_eq!(camera("false").unwrap_err().message, what);
        assert_eq!(camera("1.5").unwrap_err().message, what);
    }

    #[test]
    fn edges() {
        let cases = [
            (r#"["a", 3, 4]"#, (3, 4)),
            (r#"["a", 0, -4]"#, (512, 512)),
            (r#"["a", 1.5, 7]"#, (512, 7)),
            (r#"{"path": "a", "width": 2147483647}"#, (2_147_483_647, 512)),
        ];
        for (params, expected) in cases {
            let call = read(params).unwrap();
            assert_eq!((call.width, call.height), expected, "{params}");
        }
        let error = read(r#"["a", 2147483648]"#).unwrap_err();
        assert_eq!(error.message, "params[1]: does not fit 32 bits");
        let error = read(r#"["a", "80"]"#).unwrap_err();
        assert_eq!(error.message, "params[1]: must be an integer");
    }
}
