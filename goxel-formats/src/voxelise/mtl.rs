//! Reads `.mtl`, the materials of an `.obj` file: what colour they have, and which texture.
//!
//! ```text
//! newmtl NAME
//! Kd R G B    d ALPHA, or Tr 1 - ALPHA    map_Kd -OPTION ... FILE
//! ```
//!
//! A texture goes in the place of the colour: programs write any colour beside it. What else a material is
//! of has no place in a voxel.

use std::collections::HashMap;

use super::mesh::Mesh;
use super::stl::WHITE;
use crate::Result;
use crate::budget::Budget;
use crate::nearby::Nearby;

/// Options that may stand before the name of a texture, and how many words follow at the most.
const OPTIONS: [(&str, usize); 12] = [
    ("-blendu", 1),
    ("-blendv", 1),
    ("-boost", 1),
    ("-bm", 1),
    ("-cc", 1),
    ("-clamp", 1),
    ("-imfchan", 1),
    ("-mm", 2),
    ("-o", 3),
    ("-s", 3),
    ("-t", 3),
    ("-texres", 1),
];

/// What faces look like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Look {
    /// Red, green, blue, alpha, each 0 to 255.
    pub(super) colour: [f32; 4],
    pub(super) texture: Option<usize>,
}

/// What has no material.
pub(super) const PLAIN: Look = Look { colour: WHITE, texture: None };

/// Materials by their names.
#[derive(Default)]
pub(super) struct Materials {
    by_name: HashMap<String, Look>,
    /// Textures that were asked for, by their names in the file.
    textures: HashMap<String, Option<usize>>,
}

impl Materials {
    /// What a material looks like, if there is one of that name.
    pub(super) fn get(&self, name: &str) -> Option<Look> {
        self.by_name.get(name).copied()
    }

    /// Adds those of a file.
    pub(super) fn add(
        &mut self,
        bytes: &[u8],
        mesh: &mut Mesh,
        nearby: &mut Nearby<'_>,
        budget: &mut Budget<'_>,
    ) -> Result<()> {
        let mut name = None;
        for line in bytes.split(|byte| *byte == b'\n') {
            budget.spend_voxels(1)?;
            let line = String::from_utf8_lossy(line);
            let (key, rest) = word(&line);
            if key == "newmtl" {
                budget.spend_bytes((size_of::<Look>() + rest.len()) as u64)?;
                name = Some(rest.to_owned());
                self.by_name.insert(rest.to_owned(), PLAIN);
                continue;
            }
            let texture = match (key, &name) {
                ("map_Kd", Some(_)) => self.texture(file(rest), mesh, nearby, budget)?,
                _ => None,
            };
            let Some(look) = name.as_ref().and_then(|name| self.by_name.get_mut(name)) else {
                continue;
            };
            match (key, numbers(rest)) {
                ("Kd", [Some(r), Some(g), Some(b)]) => look.colour[..3].copy_from_slice(&[r, g, b]),
                // A single number stands for all three.
                ("Kd", [Some(grey), None, None]) => look.colour[..3].fill(grey),
                ("d", [Some(alpha), ..]) => look.colour[3] = alpha,
                ("Tr", [Some(clear), ..]) => look.colour[3] = 255.0 - clear,
                _ => look.texture = texture.or(look.texture),
            }
        }
        for look in self.by_name.values_mut().filter(|look| look.texture.is_some()) {
            look.colour[..3].fill(255.0);
        }
        Ok(())
    }

    /// The number of a texture. One that is not there is none.
    fn texture(
        &mut self,
        named: &str,
        mesh: &mut Mesh,
        nearby: &mut Nearby<'_>,
        budget: &mut Budget<'_>,
    ) -> Result<Option<usize>> {
        if let Some(known) = self.textures.get(named) {
            return Ok(*known);
        }
        let found = match nearby.read(named)? {
            Some(bytes) => Some(mesh.add_texture(Some(&bytes), budget)?),
            None => None,
        };
        self.textures.insert(named.to_owned(), found);
        Ok(found)
    }
}

/// The first word of a line, and what follows it.
pub(super) fn word(line: &str) -> (&str, &str) {
    let line = line.trim();
    line.split_once(|c: char| c.is_ascii_whitespace())
        .map_or((line, ""), |(word, rest)| (word, rest.trim_start()))
}

/// Up to three parts of 1, as levels.
fn numbers(rest: &str) -> [Option<f32>; 3] {
    let mut words = rest.split_ascii_whitespace().map_while(|word| word.parse::<f32>().ok());
    [0; 3].map(|_| words.next().map(|part| part.clamp(0.0, 1.0) * 255.0))
}

/// The name behind the options, which may have blanks in it.
fn file(mut rest: &str) -> &str {
    loop {
        let (option, behind) = word(rest);
        let known = OPTIONS.iter().find(|(name, _)| *name == option);
        let Some((_, most)) = known else { return rest };
        rest = behind;
        for at in 0..*most {
            let (value, behind) = word(rest);
            // Of those that take up to three numbers, one is enough.
            if behind.is_empty() || at > 0 && value.parse::<f32>().is_err() {
                break;
            }
            rest = behind;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_texture_stands_behind_its_options() {
        for (rest, expected) in [
            ("a.png", "a.png"),
            ("-s 1 1 1 -o 0.5 maps/a b.png", "maps/a b.png"),
            ("-clamp on -mm 0 1 -bm 2 a.jpg", "a.jpg"),
            ("-s 2 2 2d.png", "2d.png"),
            ("", ""),
        ] {
            assert_eq!(file(rest), expected, "{rest}");
        }
    }
}
