//! `paint`: other colours for voxels that are there.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::json;

use super::args::Args;
use super::ask::{Request, taken};
use super::edit::{Editing, LOOK};
use super::params::{self, BOX, CELL, COLOR, LAYER, PROJECT};
use super::spec::{Does, Spec};
use super::voxels::members;
use crate::tool::{Effect, Object, Refused};

pub(super) const PAINT: Spec = Spec {
    name: "paint",
    title: "Paint voxels",
    about: "Recolours voxels of a layer: those in box; or all of from_color; or the connected ones of one colour \
            from flood_at on, within box (in empty space it fills what is enclosed). Inside a shape use \
            draw_shape with mode paint.",
    effect: Effect::Changes,
    idempotent: true,
    params: &[
        PROJECT,
        params::required(params::said(
            COLOR,
            "The new one; with from_color \"#00000000\" removes.",
        )),
        BOX,
        Field::absent("from_color", Kind::Colour, "What is replaced."),
        Field::absent("flood_at", CELL, "Where a flood begins."),
        params::plain(params::said(
            params::of(Method::ReplaceColor, "tolerance"),
            "Of each channel. Default: 0.",
        )),
        LAYER,
        LOOK,
    ],
    examples: &[r##"{"project_id":"p1","from_color":"#8b8b86","color":"#a0522d"}"##],
    gives: &[Field::absent("painted", Kind::COUNT, "")],
    does: Does::Edits(paint),
};

fn paint(editing: &mut Editing<'_, '_>, args: &mut Args) -> Result<Object, Refused> {
    let layer = editing.layer(args.get("layer"))?;
    let region = args.cells("box").map(params::region);
    let has_box = region.is_some();
    let color = args.take("color").unwrap_or_default();
    let (from, flood, tolerance) =
        (args.take("from_color"), args.take("flood_at"), args.take("tolerance"));
    let painted = match (from, flood) {
        (Some(_), Some(_)) => return Err(Refused::new("Say from_color or flood_at, not both.")),
        (Some(_), None) if has_box => {
            return Err(Refused::new(
                "from_color is of a whole layer: leave box out, or leave from_color out to paint all in the box.",
            ));
        }
        (Some(from), None) => {
            let counted = Request::new(Method::CountVoxels)
                .with("color", from.clone())
                .maybe("tolerance", tolerance.clone())
                .maybe("layer_id", layer);
            let count = editing.ask(counted)?["count"].clone();
            let request = Request::new(Method::ReplaceColor)
                .with("from", from)
                .with("to", color)
                .maybe("tolerance", tolerance)
                .maybe("layer_id", layer);
            editing.ask(request)?;
            count
        }
        (None, Some(start)) => {
            let request = Request::new(Method::FloodFill)
                .with("position", start)
                .with("color", color)
                .maybe("bounds", region)
                .maybe("tolerance", tolerance)
                .maybe("layer_id", layer);
            taken(editing.ask(request)?, "voxels_filled")
        }
        (None, None) if tolerance.is_some() => {
            return Err(Refused::new(
                "tolerance is of from_color and flood_at: leave it out for a box.",
            ));
        }
        (None, None) => {
            let Some(region) = region else {
                return Err(Refused::new(
                    "What is to be painted? Say box, from_color or flood_at.",
                ));
            };
            let request = Request::new(Method::PaintVoxels)
                .with("region", region)
                .with("color", color)
                .maybe("layer_id", layer);
            taken(editing.ask(request)?, "painted")
        }
    };
    Ok(members(json!({"painted": painted})))
}
