//! A list of points: read straight from the text, which nobody has checked before.

use super::template::Template;
use super::{Place, Result, read_point};
use crate::error::RpcError;
use crate::json::{Reader, SyntaxError, Unread};
use crate::types::{Rgba, Voxel};

/// Reads an array of points; `default` is the colour of those that have none.
///
/// # Errors
/// Where it is not JSON, or an element is no point.
pub(super) fn read_points(list: Unread<'_>, place: Place<'_>, default: Rgba) -> Result<Vec<Voxel>> {
    let mut reader = list.reader();
    let mut points = Vec::new();
    let mut more = reader.open(b'[', b']').map_err(RpcError::parse)?;
    while more {
        reader.peek();
        if let Some(template) = Template::of(reader.rest()) {
            let before = points.len();
            more = run(&mut reader, &template, default, &mut points).map_err(RpcError::parse)?;
            if points.len() > before {
                continue;
            }
        }
        let value = reader.value().map_err(RpcError::parse)?;
        let at = format_args!("{place}[{}]", points.len());
        points.push(read_point(&value, &at, default)?);
        more = reader.more(b']').map_err(RpcError::parse)?;
    }
    reader.end().map_err(RpcError::parse)?;
    Ok(points)
}

/// Reads points for as long as they are written as `template` says. True where another follows.
fn run(
    reader: &mut Reader<'_>,
    template: &Template,
    default: Rgba,
    points: &mut Vec<Voxel>,
) -> std::result::Result<bool, SyntaxError> {
    while let Some((voxel, length)) = template.read(reader.rest(), default) {
        if points.len() == points.capacity() {
            // Enough for all where they are alike, and never more than the text could hold.
            points.reserve(reader.rest().len() / (length + 1) + 1);
        }
        points.push(voxel);
        reader.pass(length);
        if !reader.more(b']')? {
            return Ok(false);
        }
        reader.peek();
    }
    Ok(true)
}
