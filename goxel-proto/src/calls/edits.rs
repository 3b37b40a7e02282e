//! Calls that paint, flood and build shapes.

use super::parts::{Result, brush, integer, region};
use crate::args::Args;
use crate::error::{ErrorCode, RpcError};
use crate::json::Kind;
use crate::types::{Aabb, LayerRef, Pos, Rgba};

/// `goxel.paint_voxels`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaintVoxels {
    /// Which layer.
    pub layer: LayerRef,
    /// Which voxels: one, or those of a box.
    pub aabb: Aabb,
    /// The colour.
    pub rgba: Rgba,
}

impl PaintVoxels {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let aabb = match region(args, "region")? {
            Some(region) => region,
            None => Aabb::of(args.pos()?),
        };
        Ok(Self { layer: args.layer()?, aabb, rgba: brush(args)? })
    }
}

/// `goxel.flood_fill`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloodFill {
    /// Which layer.
    pub layer: LayerRef,
    /// Where it begins.
    pub start: Pos,
    /// The colour.
    pub rgba: Rgba,
    /// How far each channel may be from the colour at the start.
    pub tolerance: u8,
    /// Which voxels hang together.
    pub connectivity: Neighbours,
    /// Where it must stay.
    pub bounds: Option<Aabb>,
}

/// How many of the 26 voxels around one are its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbours {
    /// Those that share a face.
    Six,
    /// Those that share an edge, too.
    Eighteen,
    /// Those that share a corner, too.
    TwentySix,
}

impl FloodFill {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let connectivity = match args.optional_i32("connectivity")? {
            None | Some(6) => Neighbours::Six,
            Some(18) => Neighbours::Eighteen,
            Some(26) => Neighbours::TwentySix,
            Some(_) => return Err(RpcError::params("params.connectivity", "must be 6, 18 or 26")),
        };
        let tolerance = u8::try_from(args.optional_i32("tolerance")?.unwrap_or(0));
        let tolerance = tolerance.map_err(|_| {
            RpcError::params("params.tolerance", "must be an integer from 0 to 255")
        })?;
        Ok(Self {
            layer: args.layer()?,
            start: args.pos()?,
            rgba: brush(args)?,
            tolerance,
            connectivity,
            bounds: region(args, "bounds")?,
        })
    }
}

/// `goxel.procedural_shape`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProceduralShape {
    /// Which layer.
    pub layer: LayerRef,
    /// What it looks like.
    pub kind: ShapeKind,
    /// Edges of the box around it, in voxels.
    pub size: [u32; 3],
    /// Its middle.
    pub center: Pos,
    /// The axis that it stands along: 0 is x.
    pub axis: usize,
    /// The colour.
    pub rgba: Rgba,
}

/// What a shape looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeKind {
    /// `cube`, `box`.
    Box,
    /// `sphere`: edges that are not given are as the first one.
    Sphere,
    /// `ellipsoid`.
    Ellipsoid,
    /// `cylinder`.
    Cylinder,
    /// `cone`.
    Cone,
    /// `pyramid`.
    Pyramid,
}

impl ShapeKind {
    /// The kinds by their names; the first is what is built where none is said.
    const NAMES: [(&'static str, Self); 7] = [
        ("cube", Self::Box),
        ("box", Self::Box),
        ("sphere", Self::Sphere),
        ("ellipsoid", Self::Ellipsoid),
        ("cylinder", Self::Cylinder),
        ("cone", Self::Cone),
        ("pyramid", Self::Pyramid),
    ];

    /// The name that replies give it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    fn named(name: &str) -> Result<Self> {
        let found = Self::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, kind)| *kind).ok_or_else(|| {
            let known = Self::NAMES.map(|(name, _)| name).join(", ");
            let what = format_args!("Shape type not implemented yet: {name} (known are {known})");
            RpcError::new(ErrorCode::Shape, what)
        })
    }
}

/// Edge of a shape where none is said, in voxels.
const DEFAULT_EDGE: u32 = 10;

impl ProceduralShape {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong, or nothing is known of the shape.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let kind = match args.optional_string("shape_type")? {
            Some(name) => ShapeKind::named(&name)?,
            None => ShapeKind::Box,
        };
        Ok(Self {
            layer: args.layer()?,
            kind,
            size: size(args, kind)?,
            center: center(args)?,
            axis: axis(args)?,
            rgba: brush(args)?,
        })
    }
}

/// `size_x`, `size_y` and `size_z`, or `size`: one for all, or an array of three.
fn size(args: &Args<'_>, kind: ShapeKind) -> Result<[u32; 3]> {
    let mut edges = [None; 3];
    if let Some((value, place)) = args.value("size") {
        match value.kind() {
            Kind::Array => {
                let parts = value.elements().enumerate();
                for (edge, (index, part)) in edges.iter_mut().zip(parts) {
                    *edge = Some(integer(&part, &format_args!("{place}[{index}]"))?);
                }
            }
            _ => edges = [Some(integer(&value, &place)?); 3],
        }
    }
    for (edge, name) in edges.iter_mut().zip(["size_x", "size_y", "size_z"]) {
        *edge = args.optional_i32(name)?.or(*edge);
    }
    let [first, ..] = edges;
    let missing = first.filter(|_| kind == ShapeKind::Sphere);
    Ok(edges.map(|edge| {
        let edge = edge.or(missing).and_then(|edge| u32::try_from(edge).ok());
        edge.filter(|&edge| edge > 0).unwrap_or(DEFAULT_EDGE)
    }))
}

/// `center_x`, `center_y` and `center_z`, or `center`: an array of three.
fn center(args: &Args<'_>) -> Result<Pos> {
    let mut center = match args.value("center") {
        Some((value, _)) => super::parts::corner(&value, "center")?.to_array(),
        None => [0; 3],
    };
    for (axis, name) in center.iter_mut().zip(["center_x", "center_y", "center_z"]) {
        if let Some((value, place)) = args.value(name) {
            *axis = crate::args::coordinate(&value, &place)?;
        }
    }
    Ok(center.into())
}

pub(super) fn axis(args: &Args<'_>) -> Result<usize> {
    let name = args.optional_string("axis")?;
    let name = name.as_deref().unwrap_or("z");
    let found = ["x", "y", "z"].iter().position(|axis| axis.eq_ignore_ascii_case(name));
    found.ok_or_else(|| RpcError::params("params.axis", "must be \"x\", \"y\" or \"z\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;
    use crate::json::Value;

    fn read<T>(method: Method, params: &str, read: fn(&Args<'_>) -> Result<T>) -> Result<T> {
        let value = Value::parse(params.as_bytes()).unwrap();
        read(&Args::new(method, Some(value.into()))?)
    }

    fn shape(params: &str) -> Result<ProceduralShape> {
        read(Method::ProceduralShape, params, ProceduralShape::read)
    }

    #[test]
    fn shapes() {
        let expected = ProceduralShape {
            layer: LayerRef::Active,
            kind: ShapeKind::Box,
            size: [10; 3],
            center: Pos::ZERO,
            axis: 2,
            rgba: Rgba::WHITE,
        };
        assert_eq!(shape("{}"), Ok(expected));
        let black = ProceduralShape { rgba: Rgba::BLACK, ..expected };
        assert_eq!(shape("[\"cube\", 0, -1, 10]"), Ok(black));
        let ball = ProceduralShape { kind: ShapeKind::Sphere, size: [5; 3], ..black };
        assert_eq!(shape("[\"sphere\", 5]"), Ok(ball));
        assert_eq!(shape("[\"ellipsoid\", 5]").unwrap().size, [5, 10, 10]);
        let named = r#"{"type": "Cone", "size": [1, 2, 3], "size_y": 7, "center": [1, 2.5, -3],
                       "axis": "x", "color": [1, 2, 3, 0]}"#;
        let cone = ProceduralShape {
            kind: ShapeKind::Cone,
            size: [1, 7, 3],
            center: Pos::new(1, 2, -3),
            axis: 0,
            rgba: Rgba::new(1, 2, 3, 0),
            ..expected
        };
        assert_eq!(shape(named), Ok(cone));
        let opaque = shape("[\"cube\", 1, 1, 1, 0, 0, 0, 7, 8, 9, 0]").unwrap();
        assert_eq!(opaque.rgba, Rgba::opaque(7, 8, 9));
        let error = shape("[\"torus\"]").unwrap_err();
        assert_eq!(error.code, ErrorCode::Shape);
        assert!(error.message.starts_with("Shape type not implemented yet: torus"));
        for bad in [r#"{"axis": "w"}"#, r#"{"size": [1, "2"]}"#, r#"{"center": [1, 2]}"#] {
            assert_eq!(shape(bad).unwrap_err().code, ErrorCode::InvalidParams, "{bad}");
        }
        assert_eq!(ShapeKind::named("BOX").map(ShapeKind::name), Ok("cube"));
    }

    #[test]
    fn floods_and_paint() {
        let flood = |params: &str| read(Method::FloodFill, params, FloodFill::read);
        let call = flood(r#"{"x": 1, "connectivity": 26, "tolerance": 9, "r": 1, "g": 2, "b": 3}"#);
        let call = call.unwrap();
        assert_eq!((call.connectivity, call.tolerance), (Neighbours::TwentySix, 9));
        assert_eq!((call.start, call.rgba), (Pos::new(1, 0, 0), Rgba::opaque(1, 2, 3)));
        for bad in [r#"{"connectivity": 8}"#, r#"{"tolerance": 256}"#, r#"{"bounds": 5}"#] {
            assert!(flood(bad).is_err(), "{bad}");
        }
        let paint = |params: &str| read(Method::PaintVoxels, params, PaintVoxels::read).unwrap();
        assert_eq!(paint("[1, 2, 3]").aabb, Aabb::of(Pos::new(1, 2, 3)));
        let region = paint(r#"{"region": {"min": [0, 0, 0], "max": [1, 1, 1]}}"#);
        assert_eq!((region.aabb.volume(), region.rgba), (8, Rgba::WHITE));
    }
}
