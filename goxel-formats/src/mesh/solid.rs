//! Meshes that are looked at as a whole: free of T-junctions, closed and manifold, smooth, without
//! cavities.
//!
//! ```text
//! rectangles -> rims: around each, the corners of all that lie on its edges
//!            -> fill: triangles within each rim
//!            -> place: where each corner goes
//! ```

use goxel_core::{Volume, Work};

use super::cavity;
use super::piece::Piece;
use super::quad::Quad;
use super::rims::{Rims, Wanted};
use crate::Result;

/// The mesh of all rectangles of a volume's surface.
pub(super) fn piece(
    mut quads: Vec<Quad>,
    volume: &Volume,
    wanted: Wanted,
    work: &Work<'_>,
) -> Result<Piece> {
    if !wanted.cavities {
        quads = cavity::without(quads, volume, work)?;
    }
    if !wanted.closed && !wanted.junction_free {
        return part(&quads, volume, wanted, work);
    }
    let mut rims = Rims::new(&quads, volume, wanted);
    for quad in &quads {
        rims.add(quad, work)?;
    }
    rims.filled(&quads, work)
}

/// The mesh of some rectangles, which knows nothing of its neighbours.
pub(super) fn part(
    quads: &[Quad],
    volume: &Volume,
    wanted: Wanted,
    work: &Work<'_>,
) -> Result<Piece> {
    if !wanted.smooth {
        return Ok(Piece::of(quads, wanted.share));
    }
    let mut rims = Rims::new(&[], volume, Wanted { closed: true, ..wanted });
    for quad in quads {
        rims.add(quad, work)?;
    }
    rims.filled(quads, work)
}
