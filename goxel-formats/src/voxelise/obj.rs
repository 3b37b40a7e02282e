//! Reads `.obj`: corners, which may have colours, and the polygons between them. Y points up.
//!
//! ```text
//! v X Y Z, or v X Y Z R G B, each 0 to 1
//! vt U V: a place in a texture, counted from the lower left
//! f A/T B/T C/T ..., each a number of a corner, and of a place in the texture; counted from 1, or from the
//! last one where it is negative; behind a second slash may stand more
//! mtllib FILE: materials, see [`mtl`]    usemtl NAME: what the faces that follow are of
//! ```
//!
//! A corner's own colour goes before that of the material: files that have both say the same twice.

use goxel_core::Work;
use goxel_proto::types::Loss;

use super::mesh::{Corner, Mesh, no_corner};
use super::mtl::{self, Look, Materials, PLAIN};
use super::voxels;
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::nearby::Nearby;
use crate::{Document, ReadOptions, Result};

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], options: &ReadOptions<'_>, work: &Work<'_>) -> Result<Document> {
    let mut file = File {
        cursor: Cursor::new(bytes, "obj"),
        budget: Budget::for_file(bytes.len(), work),
        nearby: Nearby::new(options, work),
        points: Vec::new(),
        places: Vec::new(),
        mesh: Mesh::default(),
        materials: Materials::default(),
        look: PLAIN,
        is_known: true,
        unknown: 0,
    };
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        file.budget.spend_voxels(1)?;
        // A name may be written in any letters; what counts here is not.
        file.line(&String::from_utf8_lossy(line))?;
        file.cursor.take(line.len())?;
    }
    let File { mut mesh, mut budget, nearby, unknown, .. } = file;
    nearby.tell(&mut mesh.warnings);
    let what = "faces are white whose material is not there";
    mesh.lose(Loss::Materials, what, unknown);
    voxels(mesh, options, work, &mut budget)
}

/// A corner, as it stands in the file.
#[derive(Clone, Copy)]
struct Point {
    at: [f64; 3],
    /// Red, green, blue, each 0 to 255.
    colour: Option<[f32; 3]>,
}

/// What was read so far.
struct File<'a, 'w> {
    cursor: Cursor<'a>,
    budget: Budget<'w>,
    nearby: Nearby<'w>,
    points: Vec<Point>,
    /// Places in the texture.
    places: Vec<[f32; 2]>,
    mesh: Mesh,
    materials: Materials,
    /// Of the faces that follow.
    look: Look,
    /// Whether their material is there.
    is_known: bool,
    /// Faces whose material is not, and that have no colours of their own.
    unknown: u64,
}

impl File<'_, '_> {
    fn line(&mut self, line: &str) -> Result<()> {
        let (key, rest) = mtl::word(line);
        match key {
            "v" => {
                self.budget.spend_bytes(size_of::<Point>() as u64)?;
                let point = point(rest);
                let bad = || self.cursor.malformed("a line that is not v X Y Z");
                self.points.push(point.ok_or_else(bad)?);
            }
            "vt" => {
                self.budget.spend_bytes(size_of::<[f32; 2]>() as u64)?;
                let mut numbers = rest.split_ascii_whitespace().map(|word| word.parse().ok());
                let mut number = || numbers.next().flatten().unwrap_or(0.0);
                let u = number();
                self.places.push([u, 1.0 - number()]);
            }
            "f" => self.face(rest)?,
            "mtllib" => self.library(rest)?,
            "usemtl" => {
                let found = self.materials.get(rest);
                self.is_known = found.is_some();
                self.look = found.unwrap_or(PLAIN);
            }
            "p" | "l" | "curv" | "curv2" | "surf" => {
                let what = "points, lines and curves are passed over: only faces are read";
                self.mesh.lose(Loss::Primitives, what, 1);
            }
            _ => {}
        }
        Ok(())
    }

    fn face(&mut self, rest: &str) -> Result<()> {
        let bad = || self.cursor.malformed("a line that is not f A B C");
        let mut polygon = Vec::new();
        let mut own_colours = true;
        for word in rest.split_ascii_whitespace() {
            let mut numbers = word.split('/');
            let number: i64 = numbers.next().and_then(|word| word.parse().ok()).ok_or_else(bad)?;
            let point = of_number(&self.points, number);
            let point = point.ok_or_else(|| no_corner(&self.cursor, number))?;
            let place = numbers.next().and_then(|word| word.parse().ok());
            let uv = place.and_then(|number| of_number(&self.places, number)).unwrap_or_default();
            let [r, g, b, alpha] = self.look.colour;
            own_colours &= point.colour.is_some();
            let [r, g, b] = point.colour.unwrap_or([r, g, b]);
            polygon.push(Corner { at: point.at, colour: [r, g, b, alpha], uv });
        }
        self.unknown += u64::from(!self.is_known && !own_colours);
        let texture = self.look.texture.filter(|_| !own_colours);
        self.mesh.add_fan(&polygon, texture, &mut self.budget)
    }

    /// Reads materials from files beside this one: of one name, which may have blanks in it, or else of
    /// several.
    fn library(&mut self, rest: &str) -> Result<()> {
        let File { materials, mesh, nearby, budget, .. } = self;
        let has_blanks = rest.contains(|c: char| c.is_ascii_whitespace());
        if has_blanks && let Some(bytes) = nearby.try_read(rest)? {
            return materials.add(&bytes, mesh, nearby, budget);
        }
        for name in rest.split_ascii_whitespace() {
            if let Some(bytes) = nearby.read(name)? {
                materials.add(&bytes, mesh, nearby, budget)?;
            }
        }
        Ok(())
    }
}

/// That of a number, counted from 1, or from the last one where it is negative.
fn of_number<T: Copy>(all: &[T], number: i64) -> Option<T> {
    let count = all.len() as i64;
    let at = if number < 0 { count.checked_add(number) } else { number.checked_sub(1) };
    all.get(usize::try_from(at?).ok()?).copied()
}

fn point(rest: &str) -> Option<Point> {
    let mut words = rest.split_ascii_whitespace();
    let mut number = || words.next().map(|word| word.parse::<f64>().ok());
    let [x, y, z] = [number()??, number()??, number()??];
    let level = |part: f64| (part.clamp(0.0, 1.0) * 255.0) as f32;
    let colour = match (number(), number(), number()) {
        (Some(Some(r)), Some(Some(g)), Some(Some(b))) => Some([r, g, b].map(level)),
        _ => None,
    };
    Some(Point { at: [x, -z, y], colour })
}
