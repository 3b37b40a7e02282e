//! `.ply`: the polygon file format in text, written only. Colours are bytes, Z points up.
//!
//! ```text
//! header, vertices: x y z red green blue alpha, faces: 4 a b c d
//! ```

use std::io::Write;

use goxel_core::{Volume, Work};

use crate::Result;
use crate::mesh::{self, for_each_quad};

/// Writes the surface of a volume.
pub(crate) fn write(volume: &Volume, work: &Work<'_>, out: &mut impl Write) -> Result<()> {
    let faces = mesh::count(volume, work)?;
    header(faces, out)?;
    for_each_quad(volume, work, |quad| -> Result<()> {
        let [r, g, b, a] = quad.rgba.0;
        for [x, y, z] in quad.corners() {
            writeln!(out, "{x} {y} {z} {r} {g} {b} {a}")?;
        }
        Ok(())
    })?;
    for first in (0..4 * faces).step_by(4) {
        writeln!(out, "4 {first} {} {} {}", first + 1, first + 2, first + 3)?;
    }
    Ok(())
}

fn header(faces: u64, out: &mut impl Write) -> Result<()> {
    writeln!(out, "ply\nformat ascii 1.0\ncomment Goxel\nelement vertex {}", 4 * faces)?;
    ["x", "y", "z"].iter().try_for_each(|name| writeln!(out, "property float {name}"))?;
    ["red", "green", "blue", "alpha"]
        .iter()
        .try_for_each(|name| writeln!(out, "property uchar {name}"))?;
    writeln!(out, "element face {faces}\nproperty list uchar uint vertex_indices\nend_header")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use goxel_core::{Project, Volume};
    use goxel_proto::types::{Pos, Rgba};

    use crate::Format;
    use crate::testing::{project_of, text_of};

    #[test]
    fn counts_are_right() {
        let volume: Volume = [0, 5].map(|x| (Pos::new(x, 0, 0), Rgba::WHITE)).into_iter().collect();
        let text = text_of(&project_of(volume), Format::Ply);
        assert!(text.contains("element vertex 48\n") && text.contains("element face 12\n"));
        let (_, body) = text.split_once("end_header\n").unwrap();
        assert_eq!(body.lines().filter(|line| line.ends_with(" 255 255 255 255")).count(), 48);
        assert_eq!(body.lines().filter(|line| line.starts_with("4 ")).count(), 12);
        assert!(body.ends_with("4 44 45 46 47\n"));
        let empty = text_of(&Project::new("e", [4; 3]), Format::Ply);
        assert!(empty.contains("element vertex 0\n") && empty.ends_with("end_header\n"));
    }
}
