//! Lists of voxels, and their colours. Each handler reads its call and gives back what will read
//! the project: small projects are read inline, large ones on a worker.

use goxel_core::analysis::{self, Count, Extract, Near, Order, Query};
use goxel_core::{Layer, Project, Work};
use goxel_proto::calls::{CountVoxels, FindByColour, Histogram, ReadVoxels, UniqueColours};
use goxel_proto::json::Writer;
use goxel_proto::limits::REPLY_ITEMS_MAX;
use goxel_proto::types::{LayerRef, LayerScope, Rgba};
use goxel_proto::{Args, ErrorCode, Method, RpcError};

use super::voxels::write_pos;
use crate::fault::Result;
use crate::handler::Handler::LongRead;
use crate::handler::{self, Entry};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::GetVoxelsRegion, LongRead(region)),
    (Method::GetLayerVoxels, LongRead(layer)),
    (Method::GetColorHistogram, LongRead(histogram)),
    (Method::FindVoxelsByColor, LongRead(find)),
    (Method::GetUniqueColors, LongRead(unique)),
    (Method::CountVoxels, LongRead(count)),
];

fn region(args: &Args<'_>) -> Result<handler::LongRead> {
    let call = ReadVoxels::read_region(args)?;
    Ok(Box::new(move |project, work, w| read(&call, project, work, w)))
}

fn layer(args: &Args<'_>) -> Result<handler::LongRead> {
    let call = ReadVoxels::read(args)?;
    Ok(Box::new(move |project, work, w| read(&call, project, work, w)))
}

/// The layers that a call names; its own words stand before what is wrong.
fn layers<'a>(project: &'a Project, scope: LayerScope, failed: &str) -> Result<&'a [Layer]> {
    let refuse = |error| RpcError::new(ErrorCode::Internal, format_args!("{failed}: {error}"));
    Ok(project.scope(scope).map_err(refuse)?)
}

fn read(call: &ReadVoxels, project: &Project, work: &Work<'_>, w: &mut Writer<'_>) -> Result {
    let layers = layers(project, call.scope, "Bulk operation failed")?;
    let near = call.filter.map_or(Near::ANY, |(target, tolerance)| Near { target, tolerance });
    let query = Query { aabb: call.aabb, near, offset: call.offset, limit: call.limit };
    let extract = query.run(layers, work)?;
    // Where all layers are read, each voxel says whose it is.
    write_voxels(&extract, (call.scope == LayerScope::All).then_some(layers), w);
    Ok(())
}

fn write_voxels(extract: &Extract, layers: Option<&[Layer]>, w: &mut Writer<'_>) {
    w.object(|w| {
        w.key("voxels").array(|w| {
            for found in &extract.found {
                w.item().object(|w| {
                    write_pos(found.voxel.pos, w);
                    w.member("color", found.voxel.rgba);
                    if let Some(layers) = layers {
                        w.member("layer_id", layers[found.layer].id.0);
                    }
                });
            }
        });
        w.member("count", extract.found.len());
        w.member("truncated", extract.truncated);
        if let Some((low, high)) = extract.bounds().and_then(|aabb| aabb.corners()) {
            w.key("bbox").object(|w| {
                w.member("min", low);
                w.member("max", high);
            });
        }
    });
}

/// `#RRGGBBAA`.
pub(super) fn hex(Rgba([r, g, b, a]): Rgba) -> String {
    format!("#{r:02X}{g:02X}{b:02X}{a:02X}")
}

const COLOURS: &str = "Color analysis failed";

fn order(by_count: bool) -> Order {
    if by_count { Order::ByCount } else { Order::ByColour }
}

fn histogram(args: &Args<'_>) -> Result<handler::LongRead> {
    let call = Histogram::read(args)?;
    Ok(Box::new(move |project, work, w| {
        let layers = layers(project, call.scope, COLOURS)?;
        let mut counts =
            analysis::binned(analysis::colours(layers, &call.aabb, work)?, call.bin_size);
        let total = counts.iter().map(|count| count.voxels).sum();
        // The most frequent are kept, in whichever order they are listed.
        let truncated = counts.len() > call.limit;
        Order::ByCount.sort(&mut counts);
        counts.truncate(call.limit);
        order(call.by_count).sort(&mut counts);
        write_histogram(&call, &counts, total, truncated, w);
        Ok(())
    }))
}

/// Percentages are of all voxels, also of those whose colours are not listed.
fn write_histogram(
    call: &Histogram,
    counts: &[Count],
    total: u64,
    truncated: bool,
    w: &mut Writer<'_>,
) {
    w.object(|w| {
        w.key("histogram").array(|w| {
            for count in counts {
                w.item().object(|w| {
                    w.member("color", hex(count.rgba));
                    w.member("rgba", count.rgba);
                    w.member("count", count.voxels);
                    w.member("percentage", count.voxels as f64 * 100.0 / total as f64);
                });
            }
        });
        w.member("total_voxels", total);
        w.member("unique_colors", counts.len());
        w.key("metadata").object(|w| {
            w.member("binned", call.bin_size > 0);
            if call.bin_size > 0 {
                w.member("bin_size", call.bin_size);
            }
            w.member("truncated", truncated);
        });
    });
}

fn find(args: &Args<'_>) -> Result<handler::LongRead> {
    let call = FindByColour::read(args)?;
    Ok(Box::new(move |project, work, w| {
        let layers = layers(project, call.scope, COLOURS)?;
        let near = Near { target: call.target, tolerance: call.tolerance };
        let query = Query { aabb: call.aabb, near, offset: 0, limit: call.limit };
        write_found(&call, &query.run(layers, work)?, layers, w);
        Ok(())
    }))
}

fn write_found(call: &FindByColour, extract: &Extract, layers: &[Layer], w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("target_color", hex(call.target));
        w.member("match_count", extract.found.len());
        w.member("truncated", extract.truncated);
        if call.with_places {
            w.key("locations").array(|w| {
                for found in &extract.found {
                    let layer = &layers[found.layer];
                    w.item().object(|w| {
                        write_pos(found.voxel.pos, w);
                        w.member("layer", &layer.name);
                        w.member("layer_id", layer.id.0);
                    });
                }
            });
        }
        w.key("metadata").object(|w| w.member("tolerance", call.tolerance));
    });
}

fn count(args: &Args<'_>) -> Result<handler::LongRead> {
    let call = CountVoxels::read(args)?;
    Ok(Box::new(move |project, work, w| {
        let layers = layers(project, call.scope, COLOURS)?;
        let near = call.near.map_or(Near::ANY, |(target, tolerance)| Near { target, tolerance });
        let count = analysis::count(layers, &call.aabb, &near, work)?;
        w.object(|w| w.member("count", count));
        Ok(())
    }))
}

fn unique(args: &Args<'_>) -> Result<handler::LongRead> {
    let call = UniqueColours::read(args)?;
    Ok(Box::new(move |project, work, w| {
        let layers = layers(project, call.scope, COLOURS)?;
        let mut counts = analysis::colours(layers, &call.aabb, work)?;
        if let Some(threshold) = call.merge {
            counts = analysis::merge_similar(counts, threshold);
        }
        order(call.by_count).sort(&mut counts);
        let truncated = counts.len() > REPLY_ITEMS_MAX;
        counts.truncate(REPLY_ITEMS_MAX);
        write_unique(&call, &counts, truncated, w);
        Ok(())
    }))
}

fn write_unique(call: &UniqueColours, counts: &[Count], truncated: bool, w: &mut Writer<'_>) {
    w.object(|w| {
        w.key("colors").array(|w| {
            for count in counts {
                w.item().object(|w| {
                    w.member("hex", hex(count.rgba));
                    w.member("rgba", count.rgba);
                });
            }
        });
        w.member("count", counts.len());
        w.key("metadata").object(|w| {
            w.member("layer_id", scope_id(call.scope));
            w.member("sorted_by_count", call.by_count);
            w.member("truncated", truncated);
        });
    });
}

/// A scope as `layer_id` says it.
fn scope_id(scope: LayerScope) -> i64 {
    match scope {
        LayerScope::All => -2,
        LayerScope::One(LayerRef::Active) => -1,
        LayerScope::One(LayerRef::Id(id)) => i64::from(id.0),
    }
}
