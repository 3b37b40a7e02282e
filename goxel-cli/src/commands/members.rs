//! Members of parameters that several commands have.

use goxel_proto::json::Writer;

use super::shared::{Next, OnLayer};
use crate::parse::{LayerSpec, Range};

/// What stands for all layers where a call reads.
pub(crate) const ALL_LAYERS: i32 = -2;

/// The layer of a command.
pub(crate) fn write_layer(on: &OnLayer, writer: &mut Writer<'_>) {
    write_id("layer_id", on.layer.as_ref(), writer);
}

/// A layer under another name; every name has been made a number before.
pub(super) fn write_id(name: &str, layer: Option<&LayerSpec>, writer: &mut Writer<'_>) {
    match layer {
        Some(LayerSpec::Id(id)) => writer.member(name, *id),
        Some(LayerSpec::Name(layer)) => writer.member(name, layer),
        Some(LayerSpec::All) => writer.member(name, ALL_LAYERS),
        None => {}
    }
}

/// Which voxels are next to each other, where it is not the usual.
pub(super) fn write_next(next: Next, writer: &mut Writer<'_>) {
    if next != Next::default() {
        writer.member("connectivity", next.connectivity.count());
    }
}

/// `{min, max}`
pub(super) fn write_region(name: &str, range: Range, writer: &mut Writer<'_>) {
    writer.key(name).object(|writer| {
        writer.member("min", range.low.to_array());
        writer.member("max", range.high.to_array());
    });
}

/// The box that a question is limited to, where it is.
pub(super) fn write_where(region: Option<Range>, writer: &mut Writer<'_>) {
    if let Some(region) = region {
        write_region("region", region, writer);
    }
}

/// Rows of six numbers.
pub(crate) fn write_boxes(ranges: &[Range], writer: &mut Writer<'_>) {
    writer.key("boxes").array(|writer| {
        for range in ranges {
            writer.element(range.corners());
        }
    });
}
