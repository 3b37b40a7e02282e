//! What places say, apart from what is done about it: records of layers, pages, runs.

use std::ops::Range;

use goxel_core::PagePos;
use goxel_proto::types::Rgba;

use super::{NO_MORE_PAGES, PAGE_FOLLOWS, PAGE_TILES, PATCH_VOXELS_MAX, kind};
use crate::state::StateError;
use crate::state::bytes::Taker;
use crate::state::tile::take_gap;

type Result<T> = std::result::Result<T, StateError>;

/// What is said of tiles that follow each other in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::state) enum Run {
    /// They are as they were.
    Kept,
    /// Tiles that come for the first time.
    Fresh,
    /// One that came before: how many numbers before the next fresh one.
    Again(u64),
    /// Of one colour.
    Uniform(Rgba),
    /// The one tile with other voxels: so many follow ([`take_patch`]).
    Patch(u64),
}

/// Which layer a record is of, and the one whose voxels it begins with (0: none).
pub(in crate::state) fn take_record(from: &mut Taker<'_>) -> Result<(u32, u32)> {
    Ok((take_id(from)?, take_id(from)?))
}

fn take_id(from: &mut Taker<'_>) -> Result<u32> {
    u32::try_from(from.varint()?).map_err(|_| from.damaged("an id of more than 32 bits"))
}

/// The next page of a record, `last` being the place of the one before it; nothing at its end.
pub(in crate::state) fn take_page_pos(
    from: &mut Taker<'_>,
    last: &mut [i32; 3],
) -> Result<Option<PagePos>> {
    match from.u8()? {
        NO_MORE_PAGES => return Ok(None),
        PAGE_FOLLOWS => {}
        _ => return Err(from.damaged("neither a page nor the end of them")),
    }
    for axis in &mut *last {
        let moved = from.signed()?.checked_add((*axis).into());
        let moved = moved.and_then(|moved| i32::try_from(moved).ok());
        *axis = moved.ok_or_else(|| from.damaged("a page out of the range of positions"))?;
    }
    let at = PagePos(*last);
    if at.is_in_range() {
        Ok(Some(at))
    } else {
        Err(from.damaged("a page out of the range of positions"))
    }
}

/// Reads the runs of a page: `each` is told what is said of which tiles.
pub(in crate::state) fn take_runs<'a>(
    from: &mut Taker<'a>,
    mut each: impl FnMut(Run, Range<usize>, &mut Taker<'a>) -> Result<()>,
) -> Result<()> {
    let mut index = 0;
    while index < PAGE_TILES {
        let run = from.varint()?;
        let (kind, count) = (run & ((1 << kind::BITS) - 1), run >> kind::BITS);
        if (kind, count) == (kind::KEPT, 0) {
            break;
        }
        if kind == kind::PATCH {
            each(Run::Patch(count), index..index + 1, from)?;
            index += 1;
            continue;
        }
        let count = usize::try_from(count).ok().filter(|&n| n > 0 && n <= PAGE_TILES - index);
        let count = count.ok_or_else(|| from.damaged("a run past the end of its page"))?;
        let places = index..index + count;
        index += count;
        let run = match kind {
            kind::KEPT => Run::Kept,
            kind::FRESH => Run::Fresh,
            kind::AGAIN => Run::Again(from.varint()?),
            kind::UNIFORM => Run::Uniform(take_colour(from)?),
            _ => return Err(from.damaged("a run of a kind that nobody knows")),
        };
        each(run, places, from)?;
    }
    Ok(())
}

fn take_colour(from: &mut Taker<'_>) -> Result<Rgba> {
    let rgba = Rgba(from.u32()?.to_le_bytes());
    if rgba == rgba.normalised() {
        return Ok(rgba);
    }
    Err(from.damaged("a colour of alpha 0 that is not the empty one"))
}

/// Reads the voxels of a patch, so many of them: `each` is told which has which colour.
pub(in crate::state) fn take_patch(
    count: u64,
    from: &mut Taker<'_>,
    mut each: impl FnMut(usize, Rgba),
) -> Result<()> {
    if count == 0 || count > PATCH_VOXELS_MAX as u64 {
        return Err(from.damaged("a patch of no voxels, or of more than there may be"));
    }
    let mut next = 0;
    for _ in 0..count {
        let index = take_gap(from, next)?;
        each(index.into(), Rgba(from.u32()?.to_le_bytes()));
        next = index + 1;
    }
    Ok(())
}
