//! [`Mesh`]: triangles with what they look like.

use goxel_proto::types::{Loss, Rgba};

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::raster::Raster;
use crate::report::lose;
use crate::{Error, Result, Warning};

/// A corner of a triangle. Z points up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Corner {
    pub(super) at: [f64; 3],
    /// Red, green, blue, alpha, each 0 to 255.
    pub(super) colour: [f32; 4],
    /// Where in the texture it is, if the triangle has one.
    pub(super) uv: [f32; 2],
}

/// Three corners, and which of the textures lies on them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triangle {
    pub(super) corners: [Corner; 3],
    pub(super) texture: Option<usize>,
}

/// A picture whose pixels are colours: the nearest counts, and beyond its edges it begins again.
#[derive(Clone, Debug)]
pub(super) struct Texture(Raster);

/// Triangles.
#[derive(Clone, Debug, Default)]
pub(super) struct Mesh {
    pub(super) triangles: Vec<Triangle>,
    pub(super) textures: Vec<Texture>,
    /// What of the file is not here.
    pub(super) warnings: Vec<Warning>,
}

impl Mesh {
    /// Adds a triangle and pays for it. One with a corner that is nowhere is left out.
    pub(super) fn add(&mut self, triangle: Triangle, budget: &mut Budget<'_>) -> Result<()> {
        if triangle.corners.iter().all(|corner| corner.at.iter().all(|c| c.is_finite())) {
            budget.spend_bytes(size_of::<Triangle>() as u64)?;
            self.triangles.push(triangle);
        }
        Ok(())
    }

    /// Adds a polygon as a fan around its first corner.
    pub(super) fn add_fan(
        &mut self,
        corners: &[Corner],
        texture: Option<usize>,
        budget: &mut Budget<'_>,
    ) -> Result<()> {
        let Some((&first, rest)) = corners.split_first() else { return Ok(()) };
        for pair in rest.windows(2) {
            let corners = [first, pair[0], pair[1]];
            self.add(Triangle { corners, texture }, budget)?;
        }
        Ok(())
    }

    /// Adds a picture and pays for it. One that nothing here decodes is white, and that is told.
    pub(super) fn add_texture(
        &mut self,
        bytes: Option<&[u8]>,
        budget: &mut Budget<'_>,
    ) -> Result<usize> {
        let raster = bytes.and_then(Raster::decode);
        if bytes.is_some() && raster.is_none() {
            let what =
                "textures that are damaged, too large, or neither PNG nor JPEG count as white";
            self.lose(Loss::Textures, what, 1);
        }
        let raster = raster.unwrap_or(Raster { width: 0, pixels: Vec::new() });
        budget.spend_bytes(size_of_val(raster.pixels.as_slice()) as u64)?;
        self.textures.push(Texture(raster));
        Ok(self.textures.len() - 1)
    }

    /// Tells that something of the file is not in the mesh.
    pub(super) fn lose(&mut self, code: Loss, what: impl Into<String>, count: u64) {
        lose(&mut self.warnings, code, what, count);
    }

    /// The longest edge of the box around all corners; nothing where there is no triangle.
    pub(super) fn longest_edge(&self) -> Option<f64> {
        let corners = || self.triangles.iter().flat_map(|triangle| &triangle.corners);
        corners().next()?;
        let edge = |axis: usize| {
            let all = corners().map(|corner| corner.at[axis]);
            let (low, high) =
                all.fold((f64::MAX, f64::MIN), |(low, high), c| (low.min(c), high.max(c)));
            high - low
        };
        Some(edge(0).max(edge(1)).max(edge(2)))
    }

    /// Makes it so many times as large.
    pub(super) fn scale(&mut self, by: f64) {
        let corners = self.triangles.iter_mut().flat_map(|triangle| &mut triangle.corners);
        corners.for_each(|corner| corner.at = corner.at.map(|c| c * by));
    }

    /// What a triangle looks like at weights of its corners.
    pub(super) fn colour(&self, triangle: &Triangle, weights: [f64; 3]) -> Rgba {
        let mixed = |value: &dyn Fn(&Corner) -> f32| {
            let parts = triangle.corners.iter().zip(weights);
            parts.map(|(corner, weight)| f64::from(value(corner)) * weight).sum::<f64>()
        };
        let own = [0, 1, 2, 3].map(|channel| mixed(&|corner| corner.colour[channel]));
        let texture = triangle.texture.and_then(|at| self.textures.get(at));
        let texel = texture.map_or(Rgba::WHITE, |texture| {
            texture.at([0, 1].map(|axis| mixed(&|corner| corner.uv[axis])))
        });
        Rgba([0, 1, 2, 3].map(|c| (own[c] * f64::from(texel.0[c]) / 255.0).round() as u8))
    }
}

impl Texture {
    /// The pixel at a part of its width and height, counted from the upper left.
    fn at(&self, uv: [f64; 2]) -> Rgba {
        let Raster { width, pixels } = &self.0;
        let height = pixels.len() / (*width).max(1);
        let place = |part: f64, length: usize| {
            let pixel = (part.rem_euclid(1.0) * length as f64) as usize;
            pixel.min(length.saturating_sub(1))
        };
        let at = place(uv[1], height) * width + place(uv[0], *width);
        pixels.get(at).copied().unwrap_or(Rgba::WHITE)
    }
}

/// The error that a mesh names a corner that it does not have.
pub(super) fn no_corner(here: &Cursor<'_>, number: i64) -> Error {
    here.malformed(format!("corner {number}, which is not there"))
}
