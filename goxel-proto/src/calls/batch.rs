//! Calls of many parts, each of which may be wrong on its own: the others are carried out.

use std::fmt::Display;

use super::parts::{Result, integer, is_array, object_colour, position, refused};
use crate::args::Args;
use crate::error::RpcError;
use crate::json::{Str, Value};
use crate::types::{LayerId, LayerRef, Pos, Rgba, Voxel};

/// Many operations on single voxels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// What can be read of it, in order, with the index of each.
    pub operations: Vec<(usize, BatchOperation)>,
    /// What cannot, and why.
    pub refused: Vec<(usize, RpcError)>,
}

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchOperation {
    /// Which layer.
    pub layer: LayerRef,
    /// Which voxel.
    pub pos: Pos,
    /// What becomes of it.
    pub act: BatchAct,
}

/// What becomes of a voxel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchAct {
    /// `add_voxel`, `add`.
    Add(Rgba),
    /// `remove_voxel`, `remove`.
    Remove,
    /// `paint_voxel`, `paint`.
    Paint(Rgba),
}

impl Batch {
    /// Reads the call.
    ///
    /// # Errors
    /// Where `operations` is not an array, or `layer_id` is wrong.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let layer = args.layer()?;
        let Some((value, place)) = args.value("operations").filter(|(v, _)| is_array(v)) else {
            return refused("Must specify operations array");
        };
        let mut batch = Self { operations: Vec::new(), refused: Vec::new() };
        for (index, element) in value.elements().enumerate() {
            match operation(&element, &format_args!("{place}[{index}]"), layer) {
                Ok(operation) => batch.operations.push((index, operation)),
                Err(error) => batch.refused.push((index, error)),
            }
        }
        Ok(batch)
    }

    /// How many operations there are, good and bad.
    #[must_use]
    pub fn len(&self) -> usize {
        self.operations.len() + self.refused.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn operation(value: &Value<'_>, place: &dyn Display, layer: LayerRef) -> Result<BatchOperation> {
    let name = value.get("type").and_then(|name| name.as_str());
    let Some(name) = name.map(Str::decode) else {
        return Err(RpcError::params(place, "needs a type: add_voxel, remove_voxel, paint_voxel"));
    };
    let act = match name.as_ref() {
        "add_voxel" | "add" => BatchAct::Add(object_colour(value, place)?),
        "remove_voxel" | "remove" => BatchAct::Remove,
        "paint_voxel" | "paint" => BatchAct::Paint(object_colour(value, place)?),
        other => {
            let what = format_args!("\"{other}\" is not add_voxel, remove_voxel or paint_voxel");
            return Err(RpcError::params(format_args!("{place}.type"), what));
        }
    };
    Ok(BatchOperation { layer: own_layer(value, place, layer)?, pos: position(value, place)?, act })
}

/// An operation's `layer_id`, else the call's.
fn own_layer(value: &Value<'_>, place: &dyn Display, layer: LayerRef) -> Result<LayerRef> {
    let Some(id) = value.get("layer_id") else { return Ok(layer) };
    let place = format_args!("{place}.layer_id");
    let id = integer(&id, &place)?;
    match (id, u32::try_from(id)) {
        (0 | -1, _) => Ok(LayerRef::Active),
        (_, Ok(id)) => Ok(LayerRef::Id(LayerId(id))),
        _ => Err(RpcError::params(place, "must be a layer's id, or 0 for the active layer")),
    }
}

/// Voxels of which the bad ones are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EachVoxel {
    /// What can be set.
    pub voxels: Vec<Voxel>,
    /// How many could not be read.
    pub failed: usize,
}

impl EachVoxel {
    /// Reads the call.
    ///
    /// # Errors
    /// Where `voxels` is not an array.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        if args.raw().is_none() {
            return refused("Missing voxels parameter");
        }
        let Some((value, place)) = args.value("voxels").filter(|(v, _)| is_array(v)) else {
            return refused("Invalid voxels parameter (must be array)");
        };
        let mut call = Self { voxels: Vec::new(), failed: 0 };
        for element in value.elements() {
            let read = || {
                let (pos, rgba) = (position(&element, &place)?, object_colour(&element, &place)?);
                Result::Ok(Voxel { pos, rgba })
            };
            match read() {
                Ok(voxel) => call.voxels.push(voxel),
                Err(_) => call.failed += 1,
            }
        }
        Ok(call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;

    fn batch(params: &str) -> Result<Batch> {
        let value = Value::parse(params.as_bytes()).unwrap();
        Batch::read(&Args::new(Method::BatchOperations, Some(value.into()))?)
    }

    #[test]
    fn operations_in_every_form() {
        let call = batch(
            r##"{"layer_id": 3, "operations": [
                {"type": "add_voxel", "x": 1, "y": 2, "z": 3, "r": 4, "g": 5, "b": 6, "a": 7},
                {"type": "add", "position": [1, 2, 3.5], "color": "#040506"},
                {"type": "remove", "position": {"x": 1, "y": 2, "z": 3}, "layer_id": 0},
                {"type": "paint_voxel", "x": 1, "y": 2, "z": 3, "rgba": [4, 5, 6], "layer_id": 9}
            ]}"##,
        )
        .unwrap();
        let layer = |id| LayerRef::Id(LayerId(id));
        let expected = [
            (layer(3), BatchAct::Add(Rgba::new(4, 5, 6, 7))),
            (layer(3), BatchAct::Add(Rgba::opaque(4, 5, 6))),
            (LayerRef::Active, BatchAct::Remove),
            (layer(9), BatchAct::Paint(Rgba::opaque(4, 5, 6))),
        ];
        let pos = Pos::new(1, 2, 3);
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(layer, act)| BatchOperation { layer, pos, act })
            .enumerate()
            .collect();
        assert_eq!(call, Batch { operations: expected, refused: vec![] });
    }

    #[test]
    fn each_bad_operation_is_told() {
        let call = batch(
            r#"[[5, {"type": "move"}, {"type": "add", "x": 1, "y": 2, "z": 3},
                {"type": "remove", "x": 1}, {"type": "remove", "x": "a", "y": 1, "z": 1},
                {"type": "add", "x": 1, "y": 2, "z": 3, "r": 300, "g": 0, "b": 0}, {}]]"#,
        )
        .unwrap();
        let told: Vec<_> = call.refused.iter().map(|(_, error)| error.message.as_str()).collect();
        assert_eq!(
            told,
            [
                "params[0][0]: needs a type: add_voxel, remove_voxel, paint_voxel",
                "params[0][1].type: \"move\" is not add_voxel, remove_voxel or paint_voxel",
                "params[0][2]: needs r, g and b, or color",
                "params[0][3]: needs x, y and z",
                "params[0][4].x: must be a number",
                "params[0][5].r: a colour component must be an integer from 0 to 255",
                "params[0][6]: needs a type: add_voxel, remove_voxel, paint_voxel",
            ]
        );
        assert_eq!((call.len(), call.is_empty()), (7, false));
        for bad in ["{}", "[]", "[5]", "{\"operations\": {}}"] {
            assert_eq!(batch(bad).unwrap_err().message, "Must specify operations array", "{bad}");
        }
    }

    #[test]
    fn bad_voxels_are_counted() {
        let each = |params: &str| {
            let value = Value::parse(params.as_bytes()).unwrap();
            EachVoxel::read(&Args::new(Method::AddEach, Some(value.into()))?)
        };
        let call = each(
            r#"[[{"x": 0, "y": 9, "z": 0, "r": 1, "g": 2, "b": 3}, {"x": 0}, 5,
                {"position": [0, 9, 1], "color": [1, 2, 3]}, {"x": 0, "y": 9, "z": 1},
                {"x": 0, "y": 9, "z": 2, "r": 256, "g": 2, "b": 3}]]"#,
        );
        let rgba = Rgba::opaque(1, 2, 3);
        let voxels =
            vec![Voxel { pos: Pos::new(0, 9, 0), rgba }, Voxel { pos: Pos::new(0, 9, 1), rgba }];
        assert_eq!(call, Ok(EachVoxel { voxels, failed: 4 }));
        for bad in ["{}", "[]", "{\"voxels\": 5}"] {
            let error = each(bad).unwrap_err();
            assert_eq!(error.message, "Invalid voxels parameter (must be array)", "{bad}");
        }
        let error = EachVoxel::read(&Args::new(Method::AddEach, None).unwrap()).unwrap_err();
        assert_eq!(error.message, "Missing voxels parameter");
    }
}
