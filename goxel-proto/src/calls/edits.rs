//! Calls that paint and flood.

use super::parts::Result;
use crate::args::Args;
use crate::types::{Aabb, Connectivity, LayerRef, Pos, Rgba};

/// Painting one voxel, or those of a box.
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
        let aabb = match args.get("region")? {
            Some(region) => region,
            None => Aabb::of(args.pos()?),
        };
        Ok(Self { layer: args.layer()?, aabb, rgba: args.brush()? })
    }
}

/// A flood.
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
    pub connectivity: Connectivity,
    /// Where it must stay.
    pub bounds: Option<Aabb>,
}

impl FloodFill {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        Ok(Self {
            layer: args.layer()?,
            start: args.pos()?,
            rgba: args.brush()?,
            tolerance: args.need("tolerance")?,
            connectivity: args.need("connectivity")?,
            bounds: args.get("bounds")?,
        })
    }
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

    #[test]
    fn floods_and_paint() {
        let flood = |params: &str| read(Method::FloodFill, params, FloodFill::read);
        let call = flood(r#"{"x": 1, "connectivity": 26, "tolerance": 9, "r": 1, "g": 2, "b": 3}"#);
        let call = call.unwrap();
        assert_eq!((call.connectivity, call.tolerance), (Connectivity::Corners, 9));
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
