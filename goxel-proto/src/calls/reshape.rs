//! Calls that make a layer into another one: moved, turned, mirrored, scaled, cropped, recoloured,
//! or with a part of it a second time.

use super::parts::Result;
use crate::args::Args;
use crate::types::{Aabb, Axis, Combine, Connectivity, LayerRef, Pos, Rgba, Side};

/// How a layer is to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Voxels near a colour get another.
    ReplaceColour {
        /// Which colour.
        from: Rgba,
        /// How far each channel may be from it.
        tolerance: u8,
        /// The new one; alpha 0 removes them.
        to: Rgba,
    },
    /// Every voxel goes to the other side of a plane.
    Mirror {
        /// Across which axis; 0 is x.
        axis: usize,
        /// Twice the coordinate of the plane; `None` for the middle of what is there.
        twice: Option<i64>,
        /// What is there stays, too.
        keep: bool,
        /// What is on this side is all that stays, and the other becomes like it.
        side: Option<Side>,
    },
    /// Turned by quarters.
    Rotate {
        /// About which axis; 0 is x.
        axis: usize,
        /// How many, from the next axis towards the one after it.
        quarters: i32,
        /// About which voxel; `None` for the one in the middle of what is there.
        pivot: Option<Pos>,
    },
    /// Every voxel further.
    Translate {
        /// By how much.
        by: Pos,
    },
    /// Every voxel becomes a cube.
    Enlarge {
        /// Its edge.
        edge: u32,
    },
    /// Eight voxels become one.
    Halve,
    /// Only what is in a box is left.
    Crop {
        /// The box.
        aabb: Aabb,
    },
    /// What is in a box is there again and again, behind it.
    Extrude {
        /// The box.
        aabb: Aabb,
        /// Along which axis; 0 is x.
        axis: usize,
        /// How many times; backwards where negative.
        times: i32,
    },
    /// Only a shell is left.
    Hollow {
        /// How many voxels thick.
        thickness: u32,
    },
    /// Empty places next to a voxel become like it.
    Dilate {
        /// Which ones are next to it.
        connectivity: Connectivity,
        /// How many times.
        steps: u32,
    },
    /// Voxels next to an empty place go.
    Erode {
        /// Which ones are next to it.
        connectivity: Connectivity,
        /// How many times.
        steps: u32,
    },
}

impl Change {
    /// Reads a replacement of one colour by another.
    ///
    /// # Errors
    /// Where a parameter is missing or wrong; the same for all below.
    pub fn read_replace_colour(args: &Args<'_>) -> Result<Self> {
        let (from, to) = (args.need("from")?, args.need("to")?);
        Ok(Self::ReplaceColour { from, tolerance: args.need("tolerance")?, to })
    }

    /// Reads a mirroring.
    ///
    /// # Errors
    /// As above.
    pub fn read_mirror(args: &Args<'_>) -> Result<Self> {
        let axis = args.need::<Axis>("axis")?.index();
        let whole = |at: f64| Some(at * 2.0).filter(|twice| twice.fract() == 0.0);
        let twice = match args.get::<f64>("at")? {
            None => None,
            Some(at) => {
                let what = "must be a coordinate, or half way between two";
                Some(whole(at).ok_or_else(|| args.wrong("at", what))? as i64)
            }
        };
        Ok(Self::Mirror { axis, twice, keep: args.need("keep")?, side: args.get("side")? })
    }

    /// Reads a turn.
    ///
    /// # Errors
    /// As above.
    pub fn read_rotate(args: &Args<'_>) -> Result<Self> {
        let degrees: i32 = args.need("degrees")?;
        if degrees % 90 != 0 {
            return Err(args.wrong("degrees", "must be a multiple of 90"));
        }
        let axis = args.need::<Axis>("axis")?.index();
        Ok(Self::Rotate { axis, quarters: degrees / 90, pivot: args.get("pivot")? })
    }

    /// Reads a move.
    ///
    /// # Errors
    /// As above.
    pub fn read_translate(args: &Args<'_>) -> Result<Self> {
        Ok(Self::Translate { by: args.need("by")? })
    }

    /// Reads a change of scale.
    ///
    /// # Errors
    /// As above.
    pub fn read_scale(args: &Args<'_>) -> Result<Self> {
        match args.need::<f64>("factor")? {
            0.5 => Ok(Self::Halve),
            edge if (1.0..=f64::from(u32::MAX)).contains(&edge) && edge.fract() == 0.0 => {
                Ok(Self::Enlarge { edge: edge as u32 })
            }
            _ => Err(args.wrong("factor", "must be 0.5 or a whole number from 1")),
        }
    }

    /// Reads what is left of a layer: a box.
    ///
    /// # Errors
    /// As above.
    pub fn read_crop(args: &Args<'_>) -> Result<Self> {
        Ok(Self::Crop { aabb: args.need("region")? })
    }

    /// Reads a repetition of a part along an axis.
    ///
    /// # Errors
    /// As above.
    pub fn read_extrude(args: &Args<'_>) -> Result<Self> {
        let axis = args.need::<Axis>("axis")?.index();
        Ok(Self::Extrude { aabb: args.need("region")?, axis, times: args.need("times")? })
    }

    /// Reads how thick a shell is left.
    ///
    /// # Errors
    /// As above.
    pub fn read_hollow(args: &Args<'_>) -> Result<Self> {
        Ok(Self::Hollow { thickness: args.need("thickness")? })
    }

    /// Reads a dilation.
    ///
    /// # Errors
    /// As above.
    pub fn read_dilate(args: &Args<'_>) -> Result<Self> {
        Ok(Self::Dilate { connectivity: args.need("connectivity")?, steps: args.need("steps")? })
    }

    /// Reads an erosion.
    ///
    /// # Errors
    /// As above.
    pub fn read_erode(args: &Args<'_>) -> Result<Self> {
        Ok(Self::Erode { connectivity: args.need("connectivity")?, steps: args.need("steps")? })
    }
}

/// A part that is put somewhere else too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// From which layer.
    pub source: LayerRef,
    /// To which layer.
    pub target: LayerRef,
    /// Which voxels.
    pub aabb: Aabb,
    /// Where the low corner of the box is to be.
    pub to: Pos,
    /// What the copy does to the layer; `None` where it lies over what is there.
    pub mode: Option<Combine>,
}

impl Copy {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is missing or wrong.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let source = args.layer()?;
        let target = match args.get("target_layer_id")? {
            Some(layer) => layer,
            // A layer's number means another layer in another project.
            None if args.has("from_project") => LayerRef::Active,
            None => source,
        };
        let (aabb, to) = (args.need("region")?, args.need("to")?);
        Ok(Self { source, target, aabb, to, mode: args.get("mode")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;
    use crate::json::Value;
    use crate::types::LayerId;

    type Read = fn(&Args<'_>) -> Result<Change>;

    fn read<T>(method: Method, params: &str, read: fn(&Args<'_>) -> Result<T>) -> Result<T> {
        let value = Value::parse(params.as_bytes()).unwrap();
        read(&Args::new(method, Some(value.into()))?)
    }

    #[test]
    fn changes() {
        let check = |method, of: Read, params: &str, expected: Change| {
            assert_eq!(read(method, params, of), Ok(expected), "{params}");
        };
        let replace = Change::ReplaceColour {
            from: Rgba::opaque(255, 0, 0),
            tolerance: 3,
            to: Rgba::new(1, 2, 3, 0),
        };
        let params = r##"{"from": "#ff0000", "to": [1, 2, 3, 0], "tolerance": 3}"##;
        check(Method::ReplaceColor, Change::read_replace_colour, params, replace);
        let mirror = |axis, twice, keep| Change::Mirror { axis, twice, keep, side: None };
        check(Method::Mirror, Change::read_mirror, r#"["x"]"#, mirror(0, None, false));
        let params = r#"{"axis": "y", "at": -2.5, "keep": true}"#;
        check(Method::Mirror, Change::read_mirror, params, mirror(1, Some(-5), true));
        let rotate = |axis, quarters, pivot| Change::Rotate { axis, quarters, pivot };
        check(Method::Rotate, Change::read_rotate, "{}", rotate(2, 1, None));
        let params = r#"{"axis": "x", "degrees": -180, "pivot": [1, 2, 3]}"#;
        let expected = rotate(0, -2, Some(Pos::new(1, 2, 3)));
        check(Method::Rotate, Change::read_rotate, params, expected);
        let by = Change::Translate { by: Pos::new(1, -2, 3) };
        check(Method::Translate, Change::read_translate, "[[1, -2, 3]]", by);
        check(Method::Scale, Change::read_scale, "[3]", Change::Enlarge { edge: 3 });
        check(Method::Scale, Change::read_scale, "[0.5]", Change::Halve);
        let aabb = Aabb::spanning(Pos::ZERO, Pos::new(1, 2, 3));
        let params = r#"{"region": {"min": [0, 0, 0], "max": [1, 2, 3]}}"#;
        check(Method::Crop, Change::read_crop, params, Change::Crop { aabb });
        let params =
            r#"{"region": {"min": [0, 0, 0], "max": [1, 2, 3]}, "axis": "y", "times": -3}"#;
        let extrude = Change::Extrude { aabb, axis: 1, times: -3 };
        check(Method::Extrude, Change::read_extrude, params, extrude);
        let side = Some(Side::High);
        let symmetry = Change::Mirror { axis: 0, twice: None, keep: false, side };
        let params = r#"{"axis": "x", "side": "high"}"#;
        check(Method::Mirror, Change::read_mirror, params, symmetry);
    }

    #[test]
    fn growth() {
        let check = |method, of: Read, params: &str, expected: Change| {
            assert_eq!(read(method, params, of), Ok(expected), "{params}");
        };
        check(Method::Hollow, Change::read_hollow, "{}", Change::Hollow { thickness: 1 });
        check(Method::Hollow, Change::read_hollow, "[3, 2]", Change::Hollow { thickness: 3 });
        let (connectivity, steps) = (Connectivity::Faces, 1);
        check(Method::Dilate, Change::read_dilate, "{}", Change::Dilate { connectivity, steps });
        let (connectivity, steps) = (Connectivity::Corners, 4);
        check(Method::Erode, Change::read_erode, "[4, 26]", Change::Erode { connectivity, steps });
        for bad in ["[0]", "[-1]", "[1.5]", "[1, 8]"] {
            assert!(read(Method::Dilate, bad, Change::read_dilate).is_err(), "{bad}");
            assert!(read(Method::Erode, bad, Change::read_erode).is_err(), "{bad}");
        }
        assert!(read(Method::Hollow, "[0]", Change::read_hollow).is_err());
    }

    #[test]
    fn what_is_refused() {
        let bad = |method, of: Read, params: &[&str]| {
            for params in params {
                assert!(read(method, params, of).is_err(), "{params}");
            }
        };
        let colours =
            ["{}", r#"["red"]"#, r##"["#fff", "#000", 256]"##, r##"["#fff", "#000", -1]"##];
        bad(Method::ReplaceColor, Change::read_replace_colour, &colours);
        bad(
            Method::Mirror,
            Change::read_mirror,
            &["{}", r#"["w"]"#, r#"["x", 0.25]"#, r#"["x", 1e11]"#, r#"{"axis":"x","side":"up"}"#],
        );
        bad(Method::Rotate, Change::read_rotate, &[r#"["x", 45]"#, r#"["x", 90, [1]]"#]);
        bad(Method::Translate, Change::read_translate, &["{}", "[[1, 2]]", "[5]"]);
        bad(Method::Scale, Change::read_scale, &["{}", "[0]", "[-1]", "[1.5]", "[\"2\"]"]);
        bad(Method::Crop, Change::read_crop, &["{}", "[5]"]);
    }

    #[test]
    fn copies() {
        let region = r#""region": {"min": [0, 0, 0], "max": [1, 1, 1]}"#;
        let of = |rest: &str| read(Method::Copy, &format!("{{{region}{rest}}}"), Copy::read);
        let call = of(r#", "to": [5, 5, 5]"#).unwrap();
        assert_eq!((call.source, call.target), (LayerRef::Active, LayerRef::Active));
        assert_eq!((call.aabb.volume(), call.to), (8, Pos::new(5, 5, 5)));
        let call = of(r#", "to": [5, 5, 5], "layer_id": 2, "target_layer_id": 3"#).unwrap();
        let layer = |id| LayerRef::Id(LayerId(id));
        assert_eq!((call.source, call.target), (layer(2), layer(3)));
        let call = of(r#", "to": [5, 5, 5], "layer_id": 2, "from_project": "q", "mode": "paint""#);
        let call = call.unwrap();
        let expected = (layer(2), LayerRef::Active, Some(Combine::Paint));
        assert_eq!((call.source, call.target, call.mode), expected);
        assert!(of("").is_err() && of(r#", "to": [1]"#).is_err());
        assert!(of(r#", "to": [1, 1, 1], "target_layer_id": -7"#).is_err());
    }
}
