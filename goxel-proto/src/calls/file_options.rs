//! How files are read and written.

use super::parts::Result;
use crate::args::Args;
use crate::types::{CameraPreset, Fill, MeshOptions};

/// How a file is written. What is `None` is for the format to say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WriteSettings {
    /// Whether a loss is an error.
    pub strict: bool,
    /// The least alpha of a voxel that is written.
    pub alpha_min: Option<u8>,
    /// How a mesh is made.
    pub mesh: MeshOptions,
    /// Pixels across and down, where the file is a picture.
    pub size: Option<[u32; 2]>,
    /// From where it is drawn.
    pub camera: Option<CameraPreset>,
}

impl WriteSettings {
    /// Reads the call's `options`.
    ///
    /// # Errors
    /// Where one of them is wrong or unknown; the same for all below.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let options = args.members("options")?;
        Ok(Self {
            strict: options.need("strict")?,
            alpha_min: options.get("alpha_min")?,
            mesh: MeshOptions {
                surface: options.need("surface")?,
                colors: options.get("colors")?,
                layers: options.get("layers")?,
                junction_free: options.need("junction_free")?,
                closed: options.need("closed")?,
                cavities: options.need("cavities")?,
                up: options.get("up")?,
                scale: options.need("scale")?,
                unit: options.get("unit")?,
                origin: options.need("origin")?,
                lods: options.need("lods")?,
                embed: options.need("embed")?,
                quantize: options.need("quantize")?,
                text: options.need("text")?,
            },
            size: options.get("size")?,
            camera: options.get("camera")?,
        })
    }
}

/// How a file is read.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadSettings {
    /// The format's name, where the file does not tell it.
    pub format: Option<String>,
    /// Voxels along the longest edge of a mesh.
    pub resolution: u32,
    /// The edge of a voxel in the mesh's own unit.
    pub voxel_size: Option<f32>,
    /// What becomes of the inside of a mesh.
    pub fill: Fill,
    /// How high white is in a picture that is read as heights.
    pub height: u32,
    /// Whether it is an error where something is passed over.
    pub strict: bool,
}

impl ReadSettings {
    /// Reads the call's `read_options`.
    ///
    /// # Errors
    /// See [`WriteSettings::read`].
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let options = args.members("read_options")?;
        Ok(Self {
            format: options.get("from")?,
            resolution: options.need("resolution")?,
            voxel_size: options.get("voxel_size")?,
            fill: options.need("fill")?,
            height: options.need("height")?,
            strict: options.need("strict")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;
    use crate::json::Value;
    use crate::types::{Surface, Up};

    fn settings(params: &str) -> Result<WriteSettings> {
        let value = Value::parse(params.as_bytes()).unwrap();
        WriteSettings::read(&Args::new(Method::ExportModel, Some(value.into()))?)
    }

    #[test]
    fn options_are_read_by_the_table() {
        let plain = settings(r#"["a.obj"]"#).unwrap();
        // The table's defaults are those of whoever calls no table.
        assert_eq!(plain.mesh, MeshOptions::default());
        let given = settings(
            r#"{"path": "a", "options": {"surface": "smooth", "up": "Y", "scale": 0.5, "lods": 2, "alpha_min": null}}"#,
        );
        let given = given.unwrap();
        let mesh = MeshOptions {
            surface: Surface::Smooth,
            up: Some(Up::Y),
            scale: 0.5,
            lods: 2,
            ..MeshOptions::default()
        };
        assert_eq!((given.mesh, given.alpha_min), (mesh, None));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (options, expected) in [
            (
                r#"{"surfaces": "smooth"}"#,
                "params.options.surfaces: is no option: is surface meant?",
            ),
            (r#"{"scale": 0}"#, "params.options.scale: must be a number from 0.000001 to 1000000"),
            (
                r#"{"surface": "x"}"#,
                "params.options.surface: must be \"greedy\", \"faces\" or \"smooth\"",
            ),
            ("1", "params.options: must be an object of options for a file that is written"),
        ] {
            let error = settings(&format!(r#"{{"path": "a", "options": {options}}}"#)).unwrap_err();
            assert_eq!(error.message, expected);
        }
    }

    #[test]
    fn an_option_that_nothing_follows_is_not_taken() {
        let given = |options| settings(&format!(r#"{{"path": "a.glb", "options": {options}}}"#));
        for (options, expected) in [
            (r#"{"compress": true}"#, "params.options.compress: is no option: there are strict, "),
            (r#"{"quantise": true}"#, "params.options.quantise: is no option: is quantize meant?"),
        ] {
            let error = given(options).unwrap_err();
            assert!(error.message.starts_with(expected), "{}", error.message);
        }
    }
}
