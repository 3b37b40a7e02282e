//! [`Swatch`]: a colour of the palette that people pick from.
//!
//! This palette belongs to the project. Those of tiles, in `volume`, are how voxels are stored.

use goxel_proto::types::{MaterialId, Rgba};

use crate::check::check_name;
use crate::{Error, Result, limits};

/// A colour to pick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swatch {
    /// The colour, which is not empty.
    pub rgba: Rgba,
    /// What it is called; most have no name.
    pub name: String,
    /// What the voxels of this colour are made of, whichever layer they are in. Where none is said,
    /// that is the material of their layer.
    pub material: Option<MaterialId>,
}

impl From<Rgba> for Swatch {
    fn from(rgba: Rgba) -> Self {
        Self { rgba, name: String::new(), material: None }
    }
}

pub(super) fn check(palette: &[Swatch]) -> Result<()> {
    if palette.len() > limits::PALETTE_MAX {
        return Err(Error::TooMany { kind: "palette colour", max: limits::PALETTE_MAX });
    }
    for (index, swatch) in palette.iter().enumerate() {
        check_name(&swatch.name)?;
        if swatch.rgba.is_empty() {
            return Err(Error::EmptyColour(index));
        }
    }
    Ok(())
}
