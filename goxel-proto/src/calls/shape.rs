//! Calls that build shapes.

use super::parts::{Result, integer};
use crate::args::{Args, coordinate};
use crate::error::{ErrorCode, RpcError};
use crate::json::Kind;
use crate::types::{Axis, Combine, LayerRef, Pos, Rgba, ShapeKind, Word};

/// A shape that is to be built.
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
    /// What its voxels do to the layer.
    pub mode: Combine,
    /// How thick the tube of a torus is, in voxels.
    pub tube: u32,
    /// What a plane lies across. Not all are 0.
    pub normal: [i16; 3],
    /// Where a line ends; it begins at the middle.
    pub to: Pos,
}

/// A torus is so many tubes wide where nothing is said of its tube.
const TUBE_PART: u32 = 4;

impl ProceduralShape {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong, or nothing is known of the shape.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let name: String = args.need("shape_type")?;
        let kind = ShapeKind::named(&name).ok_or_else(|| unknown(&name))?;
        let (size, axis) = (size(args, kind)?, args.need::<Axis>("axis")?.index());
        let needs = |wanted| kind == wanted;
        Ok(Self {
            layer: args.layer()?,
            kind,
            size,
            center: center(args)?,
            axis,
            rgba: args.brush()?,
            mode: args.need("mode")?,
            tube: if needs(ShapeKind::Torus) { tube(args, size, axis)? } else { 0 },
            normal: normal(args, axis)?,
            to: if needs(ShapeKind::Line) { end(args)? } else { Pos::ZERO },
        })
    }
}

fn unknown(name: &str) -> RpcError {
    let known = Vec::from_iter(ShapeKind::spellings()).join(", ");
    let what = format_args!("Shape type not implemented yet: {name} (known are {known})");
    RpcError::new(ErrorCode::Shape, what)
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
        *edge = args.given(name)?.or(*edge);
    }
    let [first, ..] = edges;
    let usual = args.default("size_x")?;
    let missing = first.filter(|_| matches!(kind, ShapeKind::Sphere | ShapeKind::Torus));
    Ok(edges.map(|edge| {
        let edge = edge.or(missing).and_then(|edge| u32::try_from(edge).ok());
        edge.filter(|&edge| edge > 0).unwrap_or(usual)
    }))
}

/// `center_x`, `center_y` and `center_z`, or `center`: an array of three.
fn center(args: &Args<'_>) -> Result<Pos> {
    let mut center = args.get("center")?.unwrap_or(Pos::ZERO).to_array();
    for (axis, name) in center.iter_mut().zip(["center_x", "center_y", "center_z"]) {
        if let Some((value, place)) = args.value(name) {
            *axis = coordinate(&value, &place)?;
        }
    }
    Ok(center.into())
}

/// How thick the tube of a torus is: `tube`, else the edge along its axis where that is another
/// than the width, else a quarter of the width.
fn tube(args: &Args<'_>, size: [u32; 3], axis: usize) -> Result<u32> {
    let [width, depth, height] = [1, 2, 3].map(|step| size[(axis + step) % 3]);
    if width != depth {
        return Err(args.wrong("size", "a torus is round: its edges must be alike"));
    }
    let usual = if height == width { width.div_ceil(TUBE_PART) } else { height };
    let tube = args.get("tube")?.unwrap_or(usual);
    if tube > width {
        let what = format_args!("must be at most the width of the torus, {width}");
        return Err(args.wrong("tube", what));
    }
    Ok(tube)
}

/// `normal`, else the axis.
fn normal(args: &Args<'_>, axis: usize) -> Result<[i16; 3]> {
    let Some(given) = args.get::<Pos>("normal")? else {
        let mut normal = [0; 3];
        normal[axis] = 1;
        return Ok(normal);
    };
    let parts = given.to_array().map(i16::try_from);
    match parts {
        [Ok(x), Ok(y), Ok(z)] if [x, y, z] != [0; 3] => Ok([x, y, z]),
        _ => Err(args.wrong("normal", "must be integers of 16 bits that are not all 0")),
    }
}

/// The other end of a line.
fn end(args: &Args<'_>) -> Result<Pos> {
    args.get("to")?.ok_or_else(|| args.wrong("to", "a line needs its other end, [x, y, z]"))
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
            mode: Combine::Add,
            tube: 0,
            normal: [0, 0, 1],
            to: Pos::ZERO,
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
            normal: [1, 0, 0],
            rgba: Rgba::new(1, 2, 3, 0),
            ..expected
        };
        assert_eq!(shape(named), Ok(cone));
        let opaque = shape("[\"cube\", 1, 1, 1, 0, 0, 0, 7, 8, 9, 0]").unwrap();
        assert_eq!(opaque.rgba, Rgba::opaque(7, 8, 9));
        let error = shape("[\"knot\"]").unwrap_err();
        assert_eq!(error.code, ErrorCode::Shape);
        assert!(error.message.starts_with("Shape type not implemented yet: knot"));
        for bad in [r#"{"axis": "w"}"#, r#"{"size": [1, "2"]}"#, r#"{"center": [1, 2]}"#] {
            assert_eq!(shape(bad).unwrap_err().code, ErrorCode::InvalidParams, "{bad}");
        }
        assert_eq!(shape("[\"BOX\"]").map(|shape| shape.kind.name()), Ok("cube"));
    }
    #[test]
    fn tori_planes_and_lines() {
        let torus = |rest: &str| {
            shape(&format!(r#"{{"shape": "torus", "mode": "Paint"{rest}}}"#))
                .map(|shape| (shape.size, shape.tube, shape.mode))
        };
        assert_eq!(torus(r#", "size": 21"#), Ok(([21; 3], 6, Combine::Paint)));
        assert_eq!(torus(r#", "size_x": 20"#), Ok(([20; 3], 5, Combine::Paint)));
        assert_eq!(torus(r#", "size": [20, 20, 3]"#), Ok(([20, 20, 3], 3, Combine::Paint)));
        let along = r#", "size": [3, 20, 20], "axis": "x", "tube": 20"#;
        assert_eq!(torus(along), Ok(([3, 20, 20], 20, Combine::Paint)));
        for (bad, place) in [
            (r#", "size": [20, 21, 3]"#, "params.size"),
            (r#", "size": 20, "tube": 21"#, "params.tube"),
            (r#", "size": 20, "tube": 0"#, "params.tube"),
            (r#", "mode": "xor""#, "params.mode"),
        ] {
            assert!(torus(bad).unwrap_err().message.starts_with(place), "{bad}");
        }
        let plane = shape(r#"{"shape": "plane", "normal": [1, 0, -2]}"#).unwrap();
        assert_eq!((plane.size, plane.normal), ([10; 3], [1, 0, -2]));
        for bad in ["[0, 0, 0]", "[40000, 0, 0]", "[1, 2]", "7"] {
            assert!(shape(&format!(r#"{{"shape": "plane", "normal": {bad}}}"#)).is_err(), "{bad}");
        }
        let line = shape(r#"{"shape": "line", "from": [1, 2, 3], "to": [-4, 5, 6]}"#).unwrap();
        assert_eq!((line.center, line.to), (Pos::new(1, 2, 3), Pos::new(-4, 5, 6)));
        let open = shape(r#"{"shape": "line"}"#).unwrap_err().message;
        assert_eq!(open, "params.to: a line needs its other end, [x, y, z]");
    }
}
