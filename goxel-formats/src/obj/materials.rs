//! The `.mtl` file: a material for each look, with the keys of physically based rendering.
//!
//! ```text
//! newmtl stone
//! Kd r g b    map_Kd castle_palette.png    d opacity    Ni index of refraction
//! Pm metallic    Pr roughness    Ke r g b, light that it gives off    Tf r g b, light that it lets through
//! ```

use std::io::Write;

use goxel_core::Material;

use crate::Result;
use crate::mesh::{Look, Model};

/// What a look without a material is called.
const PLAIN: &str = "voxels";

/// The names of looks, in the order of the model's.
pub(super) struct Materials {
    names: Vec<String>,
    /// The name of the texture's file.
    picture: Option<String>,
}

impl Materials {
    pub(super) fn new(model: &Model, picture: Option<String>) -> Self {
        let mut names: Vec<String> = Vec::new();
        for look in &model.looks {
            let material = model.material(look.material);
            let mut name = word(material.map_or(PLAIN, |material| &material.name));
            if look.alpha < u8::MAX {
                name = format!("{name}_alpha{}", look.alpha);
            }
            if names.contains(&name) {
                name = format!("{name}_{}", names.len() + 1);
            }
            names.push(name);
        }
        Self { names, picture }
    }

    /// The name of a look.
    pub(super) fn name(&self, model: &Model, look: Look) -> &str {
        let at = model.looks.iter().position(|known| *known == look);
        at.map_or(PLAIN, |at| &self.names[at])
    }

    /// Writes the file.
    pub(super) fn write(&self, model: &Model, out: &mut impl Write) -> Result<()> {
        writeln!(out, "# Goxel")?;
        for (look, name) in model.looks.iter().zip(&self.names) {
            let plain = Material { metallic: 0.0, roughness: 1.0, ..Material::default() };
            let material = model.material(look.material).unwrap_or(&plain);
            self.material(name, material, *look, out)?;
        }
        Ok(())
    }

    fn material(
        &self,
        name: &str,
        material: &Material,
        look: Look,
        out: &mut impl Write,
    ) -> Result<()> {
        let [r, g, b, opacity] = material.color;
        let alpha = if look.alpha == 0 { 1.0 } else { f32::from(look.alpha) / 255.0 };
        writeln!(out, "\nnewmtl {name}\nillum 2\nKa 0 0 0\nKd {r} {g} {b}")?;
        if let Some(picture) = &self.picture {
            writeln!(out, "map_Kd {picture}")?;
        }
        writeln!(out, "Ks 0 0 0\nd {}", opacity * alpha)?;
        writeln!(out, "Pm {}\nPr {}", material.metallic, material.roughness)?;
        writeln!(out, "Ni {}", material.ior)?;
        if material.transmission > 0.0 {
            let through = material.transmission;
            writeln!(out, "Tf {through} {through} {through}")?;
        }
        if material.emission != [0.0; 3] {
            let [r, g, b] = material.emission;
            writeln!(out, "Ke {r} {g} {b}")?;
        }
        Ok(())
    }
}

/// A name in one word, as the format has it.
pub(super) fn word(name: &str) -> String {
    let letter = |c: char| if c.is_whitespace() || c.is_control() { '_' } else { c };
    let word: String = name.trim().chars().map(letter).collect();
    if word.is_empty() { "unnamed".to_owned() } else { word }
}
