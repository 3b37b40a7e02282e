//! `goxel.get_voxels`: which voxels are asked for, and in which form they are told.

use super::{Result, VoxelSet, read_given};
use crate::args::Args;
use crate::calls::parts::limit;
use crate::error::RpcError;
use crate::limits::REPLY_VOXELS_DEFAULT;
use crate::types::{LayerRef, Rgba};

/// `goxel.get_voxels`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetVoxels {
    /// Of which layer.
    pub layer: LayerRef,
    /// The boxes to look into, and the points to tell the colours of; `None` for the whole layer.
    pub set: Option<VoxelSet>,
    /// How many to pass over.
    pub offset: u64,
    /// How many at the most.
    pub limit: usize,
    /// How they are told.
    pub encoding: Encoding,
}

/// How voxels are told: each form is one that `goxel.add_voxels` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// `voxels`: `[x, y, z, r, g, b, a]` each.
    #[default]
    Points,
    /// `runs`: `[x, y, z, length, r, g, b, a]` each.
    Runs,
    /// `data`: records in base64.
    Base64,
}

impl GetVoxels {
    /// Reads the call.
    ///
    /// # Errors
    /// Where a parameter is wrong.
    pub fn read(args: &Args<'_>) -> Result<Self> {
        let offset = args.optional_i32("offset")?.unwrap_or(0);
        Ok(Self {
            layer: args.layer()?,
            set: read_given(args, Rgba::EMPTY)?,
            offset: u64::try_from(offset).unwrap_or(0),
            limit: limit(args, "limit", REPLY_VOXELS_DEFAULT)?,
            encoding: encoding(args)?,
        })
    }
}

fn encoding(args: &Args<'_>) -> Result<Encoding> {
    match args.optional_string("encoding")?.as_deref() {
        None | Some("points") => Ok(Encoding::Points),
        Some("runs") => Ok(Encoding::Runs),
        Some("base64") => Ok(Encoding::Base64),
        Some(other) => {
            let what = format_args!("must be points, runs or base64, not {other}");
            Err(RpcError::params("params.encoding", what))
        }
    }
}
