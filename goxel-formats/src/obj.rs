//! `.obj`: Wavefront, written only. One object of rectangles with colours at the corners.
//!
//! ```text
//! v x y z r g b          a corner, colours from 0 to 1
//! vn x y z               the six directions
//! f v//vn v//vn v//vn v//vn
//! ```
//!
//! Y points up, as most programs take it: voxel space (x, y, z) becomes (x, z, -y).

use std::io::Write;

use goxel_core::{Volume, Work};

use crate::Result;
use crate::mesh::{Quad, for_each_quad};

/// Writes the surface of a volume.
pub(crate) fn write(volume: &Volume, work: &Work<'_>, out: &mut impl Write) -> Result<()> {
    writeln!(out, "# Goxel\no model")?;
    for axis in 0..3 {
        for sign in [-1, 1] {
            let mut normal = [0; 3];
            normal[axis] = sign;
            let [x, y, z] = normal;
            writeln!(out, "vn {x} {z} {}", -y)?;
        }
    }
    let levels = levels();
    let mut first = 1u64;
    for_each_quad(volume, work, |quad| {
        corners(quad, &levels, out)?;
        let normal = quad.direction() + 1;
        let [a, b, c, d] = [0, 1, 2, 3].map(|corner| first + corner);
        writeln!(out, "f {a}//{normal} {b}//{normal} {c}//{normal} {d}//{normal}")?;
        first += 4;
        Ok(())
    })
}

fn corners(quad: &Quad, levels: &[String; 256], out: &mut impl Write) -> Result<()> {
    let [r, g, b, _] = quad.rgba.0.map(|level| &levels[usize::from(level)]);
    for [x, y, z] in quad.corners() {
        writeln!(out, "v {x} {z} {} {r} {g} {b}", -y)?;
    }
    Ok(())
}

/// The text of every level, from 0 to 1: four digits tell 256 of them apart. Text is made of a
/// float slowly, and there are three in every line.
fn levels() -> [String; 256] {
    std::array::from_fn(|level| match level {
        0 => "0".to_owned(),
        255 => "1".to_owned(),
        level => format!("{:.4}", level as f32 / 255.0),
    })
}

#[cfg(test)]
mod tests {
    use goxel_core::{Project, Volume};
    use goxel_proto::types::{Pos, Rgba};

    use crate::Format;
    use crate::testing::{project_of, text_of};

    #[test]
    fn a_voxel_is_six_faces_that_look_outwards() {
        let volume: Volume = [(Pos::new(1, 2, 3), Rgba::opaque(255, 0, 51))].into_iter().collect();
        let text = text_of(&project_of(volume), Format::Obj);
        let numbers = |line: &str| -> Vec<f64> {
            line.split_whitespace().skip(1).map(|number| number.parse().unwrap()).collect()
        };
        let of = |kind: &'static str| text.lines().filter(move |line| line.starts_with(kind));
        let corners: Vec<_> = of("v ").map(numbers).collect();
        let normals: Vec<_> = of("vn ").map(numbers).collect();
        assert_eq!((corners.len(), normals.len(), of("f ").count()), (24, 6, 6));
        for corner in &corners {
            assert!((1.0..=2.0).contains(&corner[0]) && (3.0..=4.0).contains(&corner[1]));
            assert!((-3.0..=-2.0).contains(&corner[2]));
            assert_eq!(corner[3..], [1.0, 0.0, 0.2]);
        }
        for face in of("f ") {
            let ends: Vec<(usize, usize)> = face
                .split_whitespace()
                .skip(1)
                .map(|end| end.split_once("//").unwrap())
                .map(|(corner, normal)| (corner.parse().unwrap(), normal.parse().unwrap()))
                .collect();
            let normal = &normals[ends[0].1 - 1];
            let middle = [1.5, 3.5, -2.5];
            for (corner, _) in ends {
                let along: f64 =
                    (0..3).map(|i| (corners[corner - 1][i] - middle[i]) * normal[i]).sum();
                assert_eq!(along, 0.5, "{face}");
            }
        }
    }

    #[test]
    fn nothing_is_an_object_without_faces() {
        let text = text_of(&Project::new("e", [4; 3]), Format::Obj);
        assert!(text.contains("o model") && !text.contains("\nf "));
    }
}
