//! Calls that look at voxels: lists of them, and their colours.

use super::parts::{Result, is_array, limit, offset, refused};
use crate::args::{Args, between, component, corner};
use crate::types::{Aabb, Connectivity, LayerScope, Rgba};

/// A list of the voxels of a box or of layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadVoxels {
    /// Of which layers.
    pub scope: LayerScope,
    /// Where.
    pub aabb: Aabb,
    /// In which colour, and how far each channel may be from it; `None` for all.
    pub filter: Option<(Rgba, [u8; 4])>,
    /// How many to pass over.
    pub offset: u64,
    /// How many at the most.
    pub limit: usize,
}

impl ReadVoxels {
    /// Reads the call that is about whole layers.
    ///
    /// # Errors
    /// Where a parameter is wrong.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        Ok(Self {
            scope: args.layer_scope()?,
            aabb: Aabb::EVERYTHING,
            filter: filter(args)?,
            offset: offset(args)?,
            limit: limit(args, "limit")?,
        })
    }

    /// Reads the call that is about a box: one whose corners are the wrong way round holds nothing.
    ///
    /// # Errors
    /// Where a parameter is wrong or a corner is missing.
    pub fn read_region(args: &Args<'_>) -> Result<Self> {
        let end = |name: &str| match args.value(name) {
            Some((value, place)) => corner(&value, name, &place),
            None => refused(format_args!("Parameter '{name}' must be an array of 3 integers")),
        };
        Ok(Self { aabb: between(end("min")?, end("max")?), ..Self::read(args)? })
    }
}

/// Alpha 0 is no filter; alpha 255, or none, compares red, green and blue only.
fn filter(args: &Args<'_>) -> Result<Option<(Rgba, [u8; 4])>> {
    let Some(rgba): Option<Rgba> = args.get("color_filter")? else { return Ok(None) };
    Ok(match rgba.alpha() {
        0 => None,
        255 => Some((rgba, [0, 0, 0, 255])),
        _ => Some((rgba, [0; 4])),
    })
}

/// A histogram of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// Of which layers.
    pub scope: LayerScope,
    /// Where.
    pub aabb: Aabb,
    /// How wide a step of a channel is; 0 for exact colours.
    pub bin_size: u8,
    /// The most frequent first, rather than by colour.
    pub by_count: bool,
    /// How many colours to tell at the most.
    pub limit: usize,
}

impl Histogram {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        Ok(Self {
            scope: args.layer_scope()?,
            aabb: args.get("region")?.unwrap_or(Aabb::EVERYTHING),
            bin_size: step(args, "bin_size")?,
            by_count: args.need("sort_by_count")?,
            limit: limit(args, "top_n")?,
        })
    }
}

/// A distance between the values of a channel: negative ones count as 0.
fn step(args: &Args<'_>, name: &str) -> Result<u8> {
    let step: i32 = args.need(name)?;
    u8::try_from(step.max(0)).map_err(|_| args.wrong(name, "must be an integer from 0 to 255"))
}

/// A search for the voxels of a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindByColour {
    /// Of which layers.
    pub scope: LayerScope,
    /// Where.
    pub aabb: Aabb,
    /// Which colour.
    pub target: Rgba,
    /// How far each channel may be from it.
    pub tolerance: [u8; 4],
    /// How many places at the most.
    pub limit: usize,
    /// Whether to tell the places, rather than only how many there are.
    pub with_places: bool,
}

impl FindByColour {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong or `color` is missing.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let Some(target) = args.get("color")? else {
            return refused("Color parameter must be an array of [r,g,b] or [r,g,b,a]");
        };
        Ok(Self {
            scope: args.layer_scope()?,
            aabb: args.get("region")?.unwrap_or(Aabb::EVERYTHING),
            target,
            tolerance: tolerance(args)?,
            limit: limit(args, "max_results")?,
            with_places: args.need("include_locations")?,
        })
    }
}

/// One for all channels, or an array of three or four; the fourth is 0 where it is not said.
fn tolerance(args: &Args<'_>) -> Result<[u8; 4]> {
    let Some((value, place)) = args.value("tolerance") else { return Ok([0; 4]) };
    if !is_array(&value) {
        return Ok([step(args, "tolerance")?; 4]);
    }
    let mut tolerance = [0; 4];
    if !(3..=4).contains(&value.elements().count()) {
        return Err(args.wrong("tolerance", "must be an integer, or an array of three or four"));
    }
    for (index, (channel, part)) in tolerance.iter_mut().zip(value.elements()).enumerate() {
        *channel = component(&part, &format_args!("{place}[{index}]"))?;
    }
    Ok(tolerance)
}

/// A count of voxels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountVoxels {
    /// Of which layers.
    pub scope: LayerScope,
    /// Where.
    pub aabb: Aabb,
    /// In which colour, and how far each channel may be from it; `None` for all.
    pub near: Option<(Rgba, [u8; 4])>,
}

impl CountVoxels {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let tolerance = tolerance(args)?;
        Ok(Self {
            scope: args.layer_scope()?,
            aabb: args.get("region")?.unwrap_or(Aabb::EVERYTHING),
            near: args.get("color")?.map(|target| (target, tolerance)),
        })
    }
}

/// A search for connected components.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindComponents {
    /// Of which layer, or of what shows of all.
    pub scope: LayerScope,
    /// Which voxels hang together.
    pub connectivity: Connectivity,
    /// Where: what is outside joins nothing.
    pub aabb: Aabb,
    /// How many to pass over.
    pub offset: usize,
    /// How many at the most.
    pub limit: usize,
}

impl FindComponents {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        Ok(Self {
            scope: args.layer_scope()?,
            connectivity: args.need("connectivity")?,
            aabb: args.get("region")?.unwrap_or(Aabb::EVERYTHING),
            offset: usize::try_from(offset(args)?).unwrap_or(usize::MAX),
            limit: limit(args, "limit")?,
        })
    }
}

/// A list of the colours that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UniqueColours {
    /// Of which layers.
    pub scope: LayerScope,
    /// Where.
    pub aabb: Aabb,
    /// How far apart colours may be that are put together; `None` where none are.
    pub merge: Option<u8>,
    /// The most frequent first, rather than by colour.
    pub by_count: bool,
}

impl UniqueColours {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let threshold = step(args, "merge_threshold")?;
        let merge: bool = args.need("merge_similar")?;
        Ok(Self {
            scope: args.layer_scope()?,
            aabb: args.get("region")?.unwrap_or(Aabb::EVERYTHING),
            merge: merge.then_some(threshold),
            by_count: args.need("sort_by_count")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;
    use crate::json::Value;
    use crate::types::Pos;

    fn read<T>(method: Method, params: &str, read: fn(&Args<'_>) -> Result<T>) -> Result<T> {
        let value = Value::parse(params.as_bytes()).unwrap();
        read(&Args::new(method, Some(value.into()))?)
    }

    fn region_of(params: &str) -> Result<ReadVoxels> {
        read(Method::GetVoxelsRegion, params, ReadVoxels::read_region)
    }

    #[test]
    fn regions() {
        let found = region_of(r#"[[0, 0, 0], [1.5, -0, 2], -2, [1, 2, 3], 4, 5]"#).unwrap();
        let expected = ReadVoxels {
            scope: LayerScope::All,
            aabb: Aabb::spanning(Pos::ZERO, Pos::new(1, 0, 2)),
            filter: Some((Rgba::opaque(1, 2, 3), [0, 0, 0, 255])),
            offset: 4,
            limit: 5,
        };
        assert_eq!(found, expected);
        let limits = [("1", 1), ("0", 1_000_000), ("-5", 1_000_000), ("2000000", 1_000_000)];
        for (limit, expected) in limits {
            let params =
                format!(r#"{{"limit": {limit}, "offset": -3, "color_filter": [1,2,3,0]}}"#);
            let call = read(Method::GetLayerVoxels, &params, ReadVoxels::read).unwrap();
            assert_eq!((call.limit, call.offset, call.filter), (expected, 0, None), "{limit}");
        }
        assert!(region_of(r#"{"min": [1, 0, 0], "max": [0, 9, 9]}"#).unwrap().aabb.is_empty());
    }

    #[test]
    fn what_is_refused() {
        let bad = |params: &str, expected: &str| {
            assert_eq!(region_of(params).unwrap_err().message, expected, "{params}");
        };
        bad("{}", "Parameter 'min' must be an array of 3 integers");
        bad(
            r#"{"min": [0, 0], "max": [1, 1, 1]}"#,
            "Parameter 'min' must be an array of 3 integers",
        );
        bad(r#"[[0, 0, 0], 5]"#, "Parameter 'max' must be an array of 3 integers");
        bad(r#"[[0, 0, "1"], [0, 0, 0]]"#, "params[0][2]: must be a number");
        let find = |params: &str, expected: &str| {
            let found = read(Method::FindVoxelsByColor, params, FindByColour::read);
            assert_eq!(found.unwrap_err().message, expected, "{params}");
        };
        find("{}", "Color parameter must be an array of [r,g,b] or [r,g,b,a]");
        find(r#"[[1, 2, 3], 256]"#, "params[1]: must be an integer from 0 to 255");
        find(
            r#"[[1, 2, 3], [1, 2]]"#,
            "params[1]: must be an integer, or an array of three or four",
        );
        find(
            r#"{"color": [1, 2, 3], "region": {"min": [0, 0, 0]}}"#,
            "Parameter 'region.max' must be an array of 3 integers",
        );
    }

    #[test]
    fn colours() {
        let call = read(
            Method::FindVoxelsByColor,
            r##"{"color": "#010203", "tolerance": [1, 2, 3], "max_results": 7}"##,
            FindByColour::read,
        );
        let call = call.unwrap();
        assert_eq!((call.target, call.tolerance), (Rgba::opaque(1, 2, 3), [1, 2, 3, 0]));
        assert_eq!((call.limit, call.with_places), (7, true));
        let call = read(Method::GetUniqueColors, "[0, null, true]", UniqueColours::read).unwrap();
        assert_eq!((call.merge, call.by_count, call.aabb), (Some(10), false, Aabb::EVERYTHING));
        let call = read(Method::GetColorHistogram, "[0, null, -4]", Histogram::read).unwrap();
        assert_eq!((call.bin_size, call.by_count, call.limit), (0, true, 1_000_000));
    }
    #[test]
    fn counts_and_components() {
        let count = |params: &str| read(Method::CountVoxels, params, CountVoxels::read);
        let all = CountVoxels {
            scope: LayerScope::One(crate::types::LayerRef::Active),
            aabb: Aabb::EVERYTHING,
            near: None,
        };
        assert_eq!(count("{}"), Ok(all));
        let near = Some((Rgba::opaque(1, 2, 3), [4; 4]));
        let scope = LayerScope::All;
        let params = r#"{"layer_id": -2, "color": [1, 2, 3], "tolerance": 4}"#;
        assert_eq!(count(params), Ok(CountVoxels { scope, near, ..all }));
        assert!(count(r#"{"color": 7}"#).is_err());
        let parts = |params: &str| read(Method::FindComponents, params, FindComponents::read);
        let found = parts("[0, 26, null, 5, 7]").unwrap();
        assert_eq!((found.connectivity, found.offset, found.limit), (Connectivity::Corners, 5, 7));
        assert_eq!(parts("{}").map(|found| found.limit), Ok(1000));
        let bad = parts("[0, 7]").unwrap_err().message;
        assert_eq!(bad, "params[1]: must be 6, 18 or 26");
    }
}
