//! What calls about single voxels share: a position, a layer, a colour, each in several forms.

use super::{Args, Result, colour, component, coordinate, point};
use crate::method::Known;
use crate::types::{LayerRef, LayerScope, Pos, Rgba};

use super::read::FromArg as _;

impl Args<'_> {
    /// The position in `x`, `y` and `z`, or in `position` where none of them is given; absent
    /// ones are 0. Fractions are rounded down.
    ///
    /// # Errors
    /// Where one is not a number that fits.
    pub fn pos(&self) -> Result<Pos> {
        let axes = [Known::X, Known::Y, Known::Z].map(|axis| self.known(axis));
        if let [None, None, None] = axes {
            let position = self.find("position");
            return position.map_or(Ok(Pos::ZERO), |arg| point(&arg.value, &arg.place));
        }
        let [x, y, z] =
            axes.map(|axis| axis.map_or(Ok(0), |arg| coordinate(&arg.value, &arg.place)));
        Ok(Pos { x: x?, y: y?, z: z? })
    }

    /// What `layer_id` says: 0, -1 or nothing for the active layer.
    ///
    /// # Errors
    /// Where it is no integer, or a negative one of no meaning.
    pub fn layer(&self) -> Result<LayerRef> {
        self.known(Known::LayerId).map_or(Ok(LayerRef::Active), |arg| LayerRef::from_arg(&arg))
    }

    /// What `layer_id` says where a call only reads: -2 stands for all layers.
    ///
    /// # Errors
    /// As [`Args::layer`].
    pub fn layer_scope(&self) -> Result<LayerScope> {
        match self.known(Known::LayerId) {
            Some(arg) => LayerScope::from_arg(&arg),
            None => Ok(LayerScope::One(LayerRef::Active)),
        }
    }

    /// The colour of a call that has `r`, `g`, `b`, `a` and `color`: whichever was given.
    /// Nothing at all is opaque white.
    ///
    /// # Errors
    /// Where it is no colour.
    pub fn colour_parts(&self) -> Result<Rgba> {
        if let Some(arg) = self.known(Known::Color) {
            return colour(&arg.value, &arg.place);
        }
        let parts = [Known::R, Known::G, Known::B, Known::A].map(|part| self.known(part));
        match parts {
            // `[x, y, z, "#rrggbb"]`
            [Some(first), ..] if first.value.as_str().is_some() => {
                colour(&first.value, &first.place)
            }
            [None, None, None, None] if !self.is_positional() => Ok(Rgba::WHITE),
            parts => {
                let mut rgba = Rgba::BLACK;
                for (channel, part) in rgba.0.iter_mut().zip(parts) {
                    if let Some(arg) = part {
                        *channel = component(&arg.value, &arg.place)?;
                    }
                }
                Ok(rgba)
            }
        }
    }

    /// The colour of a call that edits. An `a` of 0 stands for opaque, as older clients expect; a
    /// `color` of alpha 0 is taken at its word.
    ///
    /// # Errors
    /// Where it is no colour.
    pub fn brush(&self) -> Result<Rgba> {
        let rgba = self.colour_parts()?;
        let alpha = self.known(Known::A).and_then(|arg| arg.value.as_number()?.to_i64());
        if alpha == Some(0) && self.known(Known::Color).is_none() {
            let [r, g, b, _] = rgba.0;
            return Ok(Rgba::opaque(r, g, b));
        }
        Ok(rgba)
    }
}
