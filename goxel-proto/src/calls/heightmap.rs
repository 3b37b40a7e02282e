//! A height map: columns as high as numbers say, or as bright as pixels are.

use super::parts::Result;
use crate::args::Args;
use crate::error::RpcError;
use crate::json::{Kind, Number, Value};
use crate::types::{Combine, LayerRef, Pos, Rgba};

/// The call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heightmap {
    /// Which layer.
    pub layer: LayerRef,
    /// The lowest voxel of the column at the lowest x and y.
    pub low: Pos,
    /// How high the columns are.
    pub heights: Heights,
    /// The colour.
    pub rgba: Rgba,
    /// What the columns do to the layer.
    pub mode: Combine,
}

/// How high columns are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heights {
    /// As these numbers say, row after row.
    Rows {
        /// Columns in a row; 0 where there is none.
        width: usize,
        /// In voxels.
        heights: Vec<u32>,
    },
    /// As bright as the pixels of a PNG file are.
    Picture {
        /// Where it is.
        path: String,
        /// How high white is, in voxels.
        height: u32,
    },
}

impl Heightmap {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong, or there are neither heights nor a path.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let heights = match (args.value("heights"), args.get("path")?) {
            (Some((rows, place)), None) => read_rows(&rows, &place)?,
            (None, Some(path)) => Heights::Picture { path, height: args.need("height")? },
            (Some(_), Some(_)) => {
                return Err(args.wrong("path", "there are heights already"));
            }
            (None, None) => {
                let what = "must be an array of rows of integers, or path name a PNG file";
                return Err(args.wrong("heights", what));
            }
        };
        let mode = args.need("mode")?;
        Ok(Self { layer: args.layer()?, low: args.pos()?, heights, rgba: args.brush()?, mode })
    }
}

/// Rows that are equally long.
fn read_rows(rows: &Value<'_>, place: &str) -> Result<Heights> {
    let wrong = |place, what| Err(RpcError::params(place, what));
    if rows.kind() != Kind::Array {
        return wrong(place.to_owned(), "must be an array of rows of integers".to_owned());
    }
    let (mut width, mut heights) = (0, Vec::new());
    for (y, row) in rows.elements().enumerate() {
        if row.kind() != Kind::Array {
            return wrong(format!("{place}[{y}]"), "must be an array of integers".to_owned());
        }
        let before = heights.len();
        for (x, height) in row.elements().enumerate() {
            let height = height.as_number().and_then(Number::to_i64);
            let Some(height) = height.and_then(|height| u32::try_from(height).ok()) else {
                return wrong(format!("{place}[{y}][{x}]"), "must be an integer from 0".to_owned());
            };
            heights.push(height);
        }
        let length = heights.len() - before;
        width = if y == 0 { length } else { width };
        if length != width {
            let what = format!("must be as long as the first row, {width}, not {length}");
            return wrong(format!("{place}[{y}]"), what);
        }
    }
    Ok(Heights::Rows { width, heights })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;
    use crate::types::LayerId;

    fn read(params: &str) -> Result<Heightmap> {
        let value = Value::parse(params.as_bytes()).unwrap();
        Heightmap::read(&Args::new(Method::Heightmap, Some(value.into()))?)
    }

    #[test]
    fn heights_and_pictures() {
        let rows = Heightmap {
            layer: LayerRef::Active,
            low: Pos::ZERO,
            heights: Heights::Rows { width: 2, heights: vec![1, 0, 2, 3] },
            rgba: Rgba::WHITE,
            mode: Combine::Add,
        };
        assert_eq!(read(r#"{"heights": [[1, 0], [2, 3]]}"#), Ok(rows.clone()));
        let none = Heights::Rows { width: 0, heights: vec![] };
        assert_eq!(read(r#"{"heights": []}"#), Ok(Heightmap { heights: none, ..rows.clone() }));
        let picture = Heights::Picture { path: "a.png".to_owned(), height: 64 };
        let expected = Heightmap {
            heights: picture,
            low: Pos::new(1, 2, 3),
            layer: LayerRef::Id(LayerId(4)),
            rgba: Rgba::opaque(1, 2, 3),
            mode: Combine::Subtract,
        };
        let params = r#"{"path": "a.png", "position": [1, 2, 3], "layer_id": 4,
                         "color": [1, 2, 3], "mode": "subtract"}"#;
        assert_eq!(read(params), Ok(expected));
    }

    #[test]
    fn what_is_refused() {
        let bad = |params: &str, expected: &str| {
            assert_eq!(read(params).unwrap_err().message, expected, "{params}");
        };
        bad("{}", "params.heights: must be an array of rows of integers, or path name a PNG file");
        bad("[5]", "params[0]: must be an array of rows of integers");
        bad("[[5]]", "params[0][0]: must be an array of integers");
        bad("[[[1, 2], [3]]]", "params[0][1]: must be as long as the first row, 2, not 1");
        bad(r#"{"heights": [[1, -2]]}"#, "params.heights[0][1]: must be an integer from 0");
        bad(r#"{"heights": [[0.5]]}"#, "params.heights[0][0]: must be an integer from 0");
        bad(r#"{"heights": [], "path": "x"}"#, "params.path: there are heights already");
        bad(r#"{"path": "x", "height": 0}"#, "params.height: must be an integer from 1");
    }
}
