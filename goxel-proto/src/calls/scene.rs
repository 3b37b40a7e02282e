//! Calls about what is no voxel: materials, cameras, the palette, and what a layer is beside its
//! voxels.

use super::parts::{Result, is_array, object_colour};
use crate::args::{Args, colour};
use crate::error::RpcError;
use crate::json::{Kind, Number, Value};
use crate::types::{Aabb, BlendMode, CameraId, LayerRef, MaterialId, Medium, Rgba, Word};

/// A change of what a layer is. What is `None` stays as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct SetLayer {
    /// Which layer.
    pub layer: LayerRef,
    /// What it is called.
    pub name: Option<String>,
    /// Whether it shows.
    pub visible: Option<bool>,
    /// How it is laid over the layers below.
    pub mode: Option<BlendMode>,
    /// Its material, or none.
    pub material: Option<Option<Named<MaterialId>>>,
    /// Its base transform, 16 numbers by column.
    pub transform: Option<[f32; 16]>,
    /// The box that it is meant to keep to, or none.
    pub bounds: Option<Option<Aabb>>,
}

/// What has an id and a name, by one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named<T> {
    /// By its id.
    Id(T),
    /// By its name.
    Name(String),
}

/// A change of a material. What is `None` stays as it is, or is Goxel's default in a new one.
#[derive(Clone, Debug, PartialEq)]
pub struct SetMaterial {
    /// Which material is changed; of an unknown name, or without any, one is added.
    pub material: Option<Named<MaterialId>>,
    /// What it is called.
    pub name: Option<String>,
    /// Base colour and opacity, linear, each 0 to 1.
    pub color: Option<[f32; 4]>,
    /// 0 for what is no metal, 1 for metal.
    pub metallic: Option<f32>,
    /// 0 for a mirror, 1 for chalk.
    pub roughness: Option<f32>,
    /// Light that it gives off itself, linear.
    pub emission: Option<[f32; 3]>,
    /// How much light goes through the surface.
    pub transmission: Option<f32>,
    /// Index of refraction.
    pub ior: Option<f32>,
    /// What becomes of light behind the surface.
    pub medium: Option<Medium>,
    /// How dense that is.
    pub density: Option<f32>,
}

/// A change of a camera. What is `None` stays as it is, or is a default in a new one.
#[derive(Clone, Debug, PartialEq)]
pub struct SetCamera {
    /// Which camera is changed; of an unknown name, or without any, one is added.
    pub camera: Option<Named<CameraId>>,
    /// What it is called.
    pub name: Option<String>,
    /// Where it is.
    pub placed: Option<Placed>,
    /// From the eye to the point that it turns around, in voxels.
    pub distance: Option<f32>,
    /// Whether it is a parallel projection.
    pub orthographic: Option<bool>,
    /// Whether it is the active one.
    pub active: Option<bool>,
}

/// Where a camera is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Placed {
    /// From its own space to that of the voxels, 16 numbers by column.
    Transform([f32; 16]),
    /// At one point, looking at another.
    Looking {
        /// Where it stands.
        eye: [f32; 3],
        /// What it looks at.
        target: [f32; 3],
    },
}

impl SetLayer {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong; the same for all below.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let mode = args.value("mode").map(|(value, place)| mode(&value, &place)).transpose()?;
        let bounds = match args.value("bounds") {
            Some((value, _)) if value.kind() == Kind::Bool(false) => Some(None),
            _ => args.get("bounds")?.map(Some),
        };
        Ok(Self {
            layer: args.layer()?,
            name: args.get("name")?,
            visible: args.get("visible")?,
            mode,
            material: material(args)?,
            transform: args.get("transform")?,
            bounds,
        })
    }
}

/// A mode by its name or its number.
fn mode(value: &Value<'_>, place: &str) -> Result<BlendMode> {
    let found = match value.kind() {
        Kind::String(name) => BlendMode::named(&name.decode()),
        Kind::Number(number) => {
            let number = number.to_i64().and_then(|number| i32::try_from(number).ok());
            number.and_then(BlendMode::from_number)
        }
        _ => None,
    };
    found.ok_or_else(|| {
        let names = Vec::from_iter(BlendMode::names()).join(", ");
        RpcError::params(place, format_args!("must be one of {names}"))
    })
}

/// A layer's material by name or id; false is none.
fn material(args: &Args<'_>) -> Result<Option<Option<Named<MaterialId>>>> {
    let Some((value, place)) = args.value("material") else { return Ok(None) };
    if value.kind() == Kind::Bool(false) {
        return Ok(Some(None));
    }
    let named = by_value(&value, MaterialId).ok_or_else(|| {
        RpcError::params(place, "must be a material's name or id, or false for none")
    })?;
    Ok(Some(Some(named)))
}

/// What a value names: a string is a name, a whole number an id.
pub(super) fn by_value<T>(value: &Value<'_>, of: fn(u32) -> T) -> Option<Named<T>> {
    match value.kind() {
        Kind::String(name) => Some(Named::Name(name.decode().into_owned())),
        Kind::Number(number) => {
            let id = number.to_i64().and_then(|id| u32::try_from(id).ok());
            Some(Named::Id(of(id?)))
        }
        _ => None,
    }
}

impl SetMaterial {
    /// Reads the call.
    ///
    /// # Errors
    /// As above.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        Ok(Self {
            material: named(args, "material_id", MaterialId)?,
            name: args.get("name")?,
            color: linear(args)?,
            metallic: args.get("metallic")?,
            roughness: args.get("roughness")?,
            emission: args.get("emission")?,
            transmission: args.get("transmission")?,
            ior: args.get("ior")?,
            medium: args.get("medium")?,
            density: args.get("density")?,
        })
    }
}

impl SetCamera {
    /// Reads the call.
    ///
    /// # Errors
    /// As above.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let ends = (args.get("eye")?, args.get("target")?);
        let placed = match (args.get("transform")?, ends) {
            (Some(transform), (None, None)) => Some(Placed::Transform(transform)),
            (None, (Some(eye), Some(target))) => Some(Placed::Looking { eye, target }),
            (None, (None, None)) => None,
            _ => return Err(RpcError::params("params", "needs eye and target, or a transform")),
        };
        Ok(Self {
            camera: named(args, "camera_id", CameraId)?,
            name: args.get("name")?,
            placed,
            distance: args.get("distance")?,
            orthographic: args.get("orthographic")?,
            active: args.get("active")?,
        })
    }
}

/// Reads which material or camera a call means: the one of an id, else of `name`.
///
/// # Errors
/// As above.
pub fn named<T>(args: &Args<'_>, id: &str, of: fn(u32) -> T) -> Result<Option<Named<T>>> {
    if let Some(number) = args.get(id)? {
        return Ok(Some(Named::Id(of(number))));
    }
    Ok(args.get("name")?.map(Named::Name))
}

/// A colour of a palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swatch {
    /// The colour.
    pub rgba: Rgba,
    /// What it is called; empty where nobody says.
    pub name: String,
    /// What its voxels are made of.
    pub material: Option<Named<MaterialId>>,
}

/// Reads the colours of a palette, with their names and materials.
///
/// # Errors
/// As above.
pub fn palette(args: &Args<'_>) -> Result<Vec<Swatch>> {
    let Some((value, place)) = args.value("colors").filter(|(value, _)| is_array(value)) else {
        return Err(args.wrong("colors", "must be an array of colours"));
    };
    let colours = value.elements().enumerate();
    colours.map(|(index, value)| swatch(&value, &format!("{place}[{index}]"))).collect()
}

/// A colour, or an object `{color, name?, material?}`.
fn swatch(value: &Value<'_>, place: &str) -> Result<Swatch> {
    if value.kind() != Kind::Object {
        return Ok(Swatch { rgba: colour(value, &place)?, name: String::new(), material: None });
    }
    let name = match value.get("name") {
        None => String::new(),
        Some(name) => match name.as_str() {
            Some(name) => name.decode().into_owned(),
            None => {
                return Err(RpcError::params(format_args!("{place}.name"), "must be a string"));
            }
        },
    };
    let material = match value.get("material") {
        None => None,
        Some(material) => Some(by_value(&material, MaterialId).ok_or_else(|| {
            let place = format_args!("{place}.material");
            RpcError::params(place, "must be a material's name or id")
        })?),
    };
    Ok(Swatch { rgba: object_colour(value, &place)?, name, material })
}

/// A material's colour: three or four linear numbers from 0 to 1, or `#rrggbb`, which is sRGB.
fn linear(args: &Args<'_>) -> Result<Option<[f32; 4]>> {
    let Some((value, place)) = args.value("color") else { return Ok(None) };
    if value.as_str().is_some() {
        let [r, g, b, a] = colour(&value, &place)?.0;
        let [r, g, b] = [r, g, b].map(to_linear);
        return Ok(Some([r, g, b, f32::from(a) / 255.0]));
    }
    let parts: Option<Vec<f32>> = value.elements().map(|element| float(&element)).collect();
    match parts.as_deref() {
        Some(&[r, g, b]) => Ok(Some([r, g, b, 1.0])),
        Some(&[r, g, b, a]) => Ok(Some([r, g, b, a])),
        _ => Err(args.must_be("color")),
    }
}

fn to_linear(level: u8) -> f32 {
    let level = f64::from(level) / 255.0;
    let linear = if level <= 0.04045 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) };
    linear as f32
}

fn float(value: &Value<'_>) -> Option<f32> {
    let number = value.as_number().and_then(Number::to_f64)? as f32;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;
    use crate::types::LayerId;

    fn read<T>(method: Method, params: &str, read: fn(&Args<'_>) -> Result<T>) -> Result<T> {
        let value = Value::parse(params.as_bytes()).unwrap();
        read(&Args::new(method, Some(value.into()))?)
    }

    fn refused<T>(method: Method, params: &str, of: fn(&Args<'_>) -> Result<T>, expected: &str) {
        match read(method, params, of) {
            Ok(_) => panic!("taken: {params}"),
            Err(error) => assert!(error.message.starts_with(expected), "{}", error.message),
        }
    }

    #[test]
    fn layers() {
        let layer = |params: &str| read(Method::SetLayer, params, SetLayer::read);
        let nothing = SetLayer {
            layer: LayerRef::Active,
            name: None,
            visible: None,
            mode: None,
            material: None,
            transform: None,
            bounds: None,
        };
        assert_eq!(layer("{}"), Ok(nothing.clone()));
        let some = r#"{"id": 2, "mode": "intersect", "material": "steel", "bounds": false}"#;
        let expected = SetLayer {
            layer: LayerRef::Id(LayerId(2)),
            mode: Some(BlendMode::Intersect),
            material: Some(Some(Named::Name("steel".to_owned()))),
            bounds: Some(None),
            ..nothing.clone()
        };
        assert_eq!(layer(some), Ok(expected));
        let expected = SetLayer { mode: Some(BlendMode::Replace), material: Some(None), ..nothing };
        assert_eq!(layer(r#"{"mode": 8, "material": false}"#), Ok(expected));
        let bounds = layer(r#"{"bounds": {"min": [0, 0, 0], "max": [1, 1, 1]}}"#).unwrap().bounds;
        assert_eq!(bounds, Some(Some(Aabb { min: [0; 3], max: [2; 3] })));
        for (bad, expected) in [
            (r#"{"mode": 9}"#, "params.mode: must be one of over, "),
            (r#"{"mode": "plus"}"#, "params.mode: must be one of over, "),
            (r#"{"material": true}"#, "params.material: must be a material's name"),
            (r#"{"material": -1}"#, "params.material: must be a material's name"),
            (r#"{"transform": [1, 2]}"#, "params.transform: must be an array of 16 numbers"),
            (r#"{"bounds": 5}"#, "params.bounds: must be"),
        ] {
            refused(Method::SetLayer, bad, SetLayer::read, expected);
        }
    }

    #[test]
    fn materials() {
        let material = |params: &str| read(Method::SetMaterial, params, SetMaterial::read).unwrap();
        let found = material(r##"["a", "#ff0080", 1, 0.25, [0, 1, 2]]"##);
        assert_eq!((found.metallic, found.roughness), (Some(1.0), Some(0.25)));
        assert_eq!(found.emission, Some([0.0, 1.0, 2.0]));
        let [r, g, b, a] = found.color.unwrap();
        assert!([r, g, a] == [1.0, 0.0, 1.0] && (b - 0.215_86).abs() < 1e-5, "{b}");
        assert_eq!(found.material, Some(Named::Name("a".to_owned())));
        let found = material(r#"{"id": 3, "name": "b", "color": [0.5, 0, 1]}"#);
        assert_eq!(found.color, Some([0.5, 0.0, 1.0, 1.0]));
        assert_eq!(found.material, Some(Named::Id(MaterialId(3))));
        assert_eq!(material(r#"{"color": [0, 0, 0, 0.5]}"#).color, Some([0.0, 0.0, 0.0, 0.5]));
        let glass = r#"{"transmission": 0.5, "ior": 1.25, "medium": "scatter", "density": 2}"#;
        let found = material(glass);
        assert_eq!((found.transmission, found.ior), (Some(0.5), Some(1.25)));
        assert_eq!((found.medium, found.density), (Some(Medium::Scatter), Some(2.0)));
        for (bad, expected) in [
            (r#"{"ior": 0.5}"#, "params.ior: must be a number from 1"),
            (r#"{"medium": "soup"}"#, "params.medium: must be \"clear\", "),
            (r#"{"color": [1, 2]}"#, "params.color: must be an array of 3 or 4 numbers"),
            (r#"{"metallic": "1"}"#, "params.metallic: must be a number"),
            (r#"{"metallic": 1e39}"#, "params.metallic: must be a number from 0 to 1"),
            (r#"{"material_id": -1}"#, "params.material_id: must be an integer from 0"),
        ] {
            refused(Method::SetMaterial, bad, SetMaterial::read, expected);
        }
    }

    #[test]
    fn cameras() {
        let camera = |params: &str| read(Method::SetCamera, params, SetCamera::read).unwrap();
        let found = camera(r#"["front", [0, -9.5, 0], [0, 0, 0]]"#);
        let placed = Placed::Looking { eye: [0.0, -9.5, 0.0], target: [0.0; 3] };
        assert_eq!(found.placed, Some(placed));
        assert_eq!(camera(r#"{"camera_id": 1, "active": true}"#).placed, None);
        for bad in [r#"{"eye": [1, 2, 3]}"#, r#"{"eye": [1, 2, 3], "transform": [1]}"#] {
            refused(Method::SetCamera, bad, SetCamera::read, "params");
        }
    }

    #[test]
    fn palettes() {
        let found = read(
            Method::SetPalette,
            r##"[["#ff0000", [1, 2, 3, 4], {"r": 1, "g": 2, "b": 3}, {"color": "#fff", "name": "snow", "material": "ice"}]]"##,
            palette,
        );
        let plain = |rgba| Swatch { rgba, name: String::new(), material: None };
        let material = Some(Named::Name("ice".to_owned()));
        let expected = vec![
            plain(Rgba::opaque(255, 0, 0)),
            plain(Rgba::new(1, 2, 3, 4)),
            plain(Rgba::opaque(1, 2, 3)),
            Swatch { rgba: Rgba::WHITE, name: "snow".to_owned(), material },
        ];
        assert_eq!(found, Ok(expected));
        for (bad, expected) in [
            ("{}", "params.colors: must be an array of colours"),
            (r#"{"colors": [5]}"#, "params.colors[0]: must be a colour"),
            (r##"{"colors": ["#fff", {"color": "#fff", "name": 1}]}"##, "params.colors[1].name: "),
            (
                r##"{"colors": [{"color": "#fff", "material": true}]}"##,
                "params.colors[0].material: ",
            ),
        ] {
            refused(Method::SetPalette, bad, palette, expected);
        }
    }
}
