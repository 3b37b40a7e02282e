//! Reading many voxels: which voxels are asked for, and in which form they are told.

use super::{Result, VoxelSet, read_given};
use crate::args::Args;
use crate::calls::parts::{limit, offset};
use crate::types::{Encoding, LayerScope, Rgba};

/// Which voxels are told, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetVoxels {
    /// Of which layer, or of what shows of all.
    pub scope: LayerScope,
    /// The boxes to look into, and the points to tell the colours of; `None` for all of it.
    pub set: Option<VoxelSet>,
    /// How many to pass over.
    pub offset: u64,
    /// How many at the most.
    pub limit: usize,
    /// How they are told.
    pub encoding: Encoding,
}

impl GetVoxels {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        Ok(Self {
            scope: args.layer_scope()?,
            set: read_given(args, Rgba::EMPTY)?,
            offset: offset(args)?,
            limit: limit(args, "limit")?,
            encoding: args.need("encoding")?,
        })
    }
}
