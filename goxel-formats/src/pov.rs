//! `.pov`: a scene for POV-Ray, written only. A box for each row of voxels of one colour.
//!
//! POV-Ray's axes are left-handed with y up: voxel space (x, y, z) becomes <x, z, y>.

use std::io::Write;

use goxel_core::Volume;
use goxel_proto::types::{Aabb, Pos, Rgba};

use crate::{Result, scan};

/// What the camera looks at where there is nothing.
const EMPTY_VIEW: Aabb = Aabb { min: [-8; 3], max: [8; 3] };

/// Voxels of one colour side by side along x.
struct Row {
    start: Pos,
    end: i64,
    rgba: Rgba,
}

/// Writes a scene that shows a volume.
pub(crate) fn write(volume: &Volume, out: &mut impl Write) -> Result<()> {
    view(&scan::shown_bounds(volume).unwrap_or(EMPTY_VIEW), out)?;
    let mut last: Option<Row> = None;
    scan::for_each_shown(volume, |pos, rgba| {
        if let Some(row) = &mut last
            && (row.end, row.start.y, row.start.z) == (i64::from(pos.x), pos.y, pos.z)
            && row.rgba == rgba
        {
            row.end += 1;
            return Ok(());
        }
        let done = last.replace(Row { start: pos, end: i64::from(pos.x) + 1, rgba });
        done.map_or(Ok(()), |row| row.write(out))
    })?;
    last.map_or(Ok(()), |row| row.write(out))
}

impl Row {
    fn write(&self, out: &mut impl Write) -> Result<()> {
        let [x, y, z] = self.start.to_array().map(i64::from);
        let [r, g, b, _] = self.rgba.0;
        writeln!(
            out,
            "box {{ <{x}, {z}, {y}>, <{}, {}, {}> texture {{ pigment {{ color srgb <{r}, {g}, {b}> / 255 }} }} }}",
            self.end,
            z + 1,
            y + 1,
        )?;
        Ok(())
    }
}

/// A camera that sees all of a box from its right, front and above; and a sun behind it.
fn view(bounds: &Aabb, out: &mut impl Write) -> Result<()> {
    let [x, y, z] = [0, 1, 2].map(|axis| (bounds.min[axis] + bounds.max[axis]) as f64 / 2.0);
    let squares = bounds.size().map(|edge| (edge as f64).powi(2));
    // Twice the diagonal is far enough for a lens of 40 degrees.
    let away = 2.0 * squares.iter().sum::<f64>().sqrt();
    let [cx, cy, cz] = [x + 0.5 * away, y - 0.7 * away, z + 0.5 * away];
    writeln!(out, "// Goxel\n#version 3.7;")?;
    writeln!(out, "global_settings {{ assumed_gamma 1.0 ambient_light rgb 2 }}")?;
    writeln!(out, "background {{ color srgb <0.9, 0.9, 0.9> }}")?;
    writeln!(
        out,
        "camera {{ perspective location <{cx:.2}, {cz:.2}, {cy:.2}> look_at <{x:.2}, {z:.2}, {y:.2}> angle 40 }}"
    )?;
    writeln!(
        out,
        "light_source {{ <{:.2}, {:.2}, {:.2}> color rgb 1 parallel point_at <{x:.2}, {z:.2}, {y:.2}> }}",
        x - away,
        z + 2.0 * away,
        y - away,
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use goxel_core::Project;

    use super::*;
    use crate::Format;
    use crate::testing::{project_of, text_of};

    #[test]
    fn rows_are_boxes() {
        let mut volume = Volume::new();
        volume.fill(&Aabb { min: [-20, 3, 0], max: [20, 4, 2] }, Rgba::opaque(1, 2, 3));
        volume.set(Pos::new(0, 3, 0), Rgba::WHITE);
        let text = text_of(&project_of(volume), Format::Pov);
        let boxes: Vec<_> = text.lines().filter(|line| line.starts_with("box")).collect();
        assert_eq!(boxes.len(), 4);
        assert!(boxes[0].starts_with("box { <-20, 0, 3>, <0, 1, 4> texture"), "{}", boxes[0]);
        assert!(boxes[3].starts_with("box { <-20, 1, 3>, <20, 2, 4> texture"), "{}", boxes[3]);
        let empty = text_of(&Project::new("e", [4; 3]), Format::Pov);
        assert!(empty.contains("camera") && empty.contains("light_source"));
        assert_eq!(text.matches('{').count(), text.matches('}').count());
    }
}
