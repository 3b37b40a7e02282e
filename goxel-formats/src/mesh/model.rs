//! [`Model`]: the meshes of a file, and how they are handed to the format that writes it.
//!
//! A model is made of parts, one a layer, and a part of groups, one for each look of its faces. The
//! first pass over a part finds its groups. If its surface is small, or has to be looked at as a whole,
//! the mesh is kept; else each group is meshed again whenever it is written, plane by plane, and corners
//! are shared within a plane only. Where they are not shared at all, as in noise, the first pass has counted
//! them, and the numbers of corners are written without another. What is written depends on the voxels and the options alone.

use std::collections::HashMap;
use std::io::Write;

use goxel_core::{Material, Volume, Work};
use goxel_proto::types::{MaterialId, Rgba};

use super::cell::Solids;
use super::piece::{Face, Piece, Share, Vertex};
use super::quad::{Quad, Side};
use super::rims::Wanted;
use super::solid;
use super::{parallel, slab};
use crate::Result;

/// Corners or faces that are made into bytes in one task.
const TASK_ITEMS: usize = 1 << 13;

/// What a format asks of a mesh.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand {
    pub(crate) share: Share,
    pub(crate) looks: Looks,
    /// Whether faces show behind those that one sees through.
    pub(crate) see_through: bool,
    /// Whether colours stand in a texture.
    pub(crate) texture: bool,
    /// Whether corners name their places in it, instead of faces.
    pub(crate) texture_at_corners: bool,
    pub(crate) greedy: bool,
    pub(crate) smooth: bool,
    pub(crate) junction_free: bool,
    pub(crate) closed: bool,
    pub(crate) cavities: bool,
}

/// What a format does with looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Looks {
    /// It has none.
    None,
    /// Faces of different looks are in groups apart; all that one sees through look the same.
    Apart,
    /// It says of each face how it looks.
    Named,
}

/// What faces look like, but for their colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// The material of the project; none for those that have none.
    pub(crate) material: Option<MaterialId>,
    /// How opaque they are; 0 stands for all that are not wholly so.
    pub(crate) alpha: u8,
}

impl Look {
    pub(super) const PLAIN: Self = Self { material: None, alpha: u8::MAX };

    /// Whether one sees through some of the faces.
    pub(crate) fn blends(self) -> bool {
        self.alpha < u8::MAX
    }
}

/// Faces of one look.
#[derive(Debug)]
pub(crate) struct Group {
    /// Its place in [`Model::looks`].
    pub(crate) look: usize,
    pub(crate) vertices: u64,
    pub(crate) faces: u64,
    pub(crate) triangles: u64,
    /// The lowest and the highest coordinates of its corners, in voxels.
    pub(crate) bounds: [[f64; 3]; 2],
    pub(super) piece: Option<Piece>,
    /// The group of the same part that has the corners of this one's faces, where it has none of its
    /// own.
    pub(crate) corners_of: Option<usize>,
}

/// A mesh of its own.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(super) volume: Volume,
    pub(super) material: Option<MaterialId>,
    /// Whether corners are shared at all.
    shares: bool,
    /// The look of all its faces, where these may not differ.
    pub(super) only: Option<Look>,
    pub(crate) groups: Vec<Group>,
}

/// The meshes of a file.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) parts: Vec<Part>,
    pub(crate) looks: Vec<Look>,
    /// How many looks are left out, since a body is in one piece.
    pub(crate) looks_lost: u64,
    /// Every colour of a face, sorted, where the format asked for a texture.
    pub(crate) colours: Vec<Rgba>,
    pub(super) demand: Demand,
    /// What hides faces of all parts, where there are several.
    hiding: Option<Volume>,
    materials: Materials,
    /// Colours of materials that one sees through.
    clear: foldhash::HashSet<Rgba>,
}

/// The materials of a project.
#[derive(Debug, Default)]
pub(crate) struct Materials {
    pub(crate) all: Vec<Material>,
    /// Those of colours, before those of layers.
    pub(crate) of_colours: HashMap<Rgba, MaterialId>,
}

impl Materials {
    /// The colours that one sees through though they have no alpha.
    fn clear(&self) -> foldhash::HashSet<Rgba> {
        let clear = |id: &MaterialId| {
            let material = self.all.iter().find(|material| material.id == *id);
            material.is_some_and(|there| there.transmission > 0.0 || there.color[3] < 1.0)
        };
        let colours = self.of_colours.iter().filter(|(_, id)| clear(id));
        colours.map(|(rgba, _)| *rgba).collect()
    }
}

/// What is to be written of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Vertices,
    Faces,
    /// Faces of which nothing counts but the numbers of their corners. Where no two share one, nobody need
    /// look at the voxels for that.
    Numbers,
    /// Corners and the faces between them, which may come in turn.
    Both,
}

/// A part of a group that is to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk<'a> {
    /// The corners to write.
    pub(crate) vertices: &'a [Vertex],
    /// The faces to write.
    pub(crate) faces: &'a [Face],
    /// The corners that the faces name.
    pub(crate) named: &'a [Vertex],
    /// How many corners of the group were written before these.
    pub(crate) base: u64,
}

impl Model {
    /// The meshes of layers: name, voxels, material. `hiding` has all their voxels.
    pub(crate) fn new(
        layers: impl Iterator<Item = (String, Volume, Option<MaterialId>)>,
        hiding: Option<Volume>,
        materials: Materials,
        demand: Demand,
        work: &Work<'_>,
    ) -> Result<Self> {
        let parts =
            layers.filter(|(_, volume, _)| !volume.is_empty()).map(|(name, volume, material)| {
                Part { name, volume, material, shares: true, only: None, groups: Vec::new() }
            });
        let mut model = Self {
            parts: parts.collect(),
            looks: Vec::new(),
            looks_lost: 0,
            colours: Vec::new(),
            demand,
            hiding,
            clear: if demand.looks == Looks::None { Default::default() } else { materials.clear() },
            materials,
        };
        let mut colours = foldhash::HashSet::default();
        for at in 0..model.parts.len() {
            let survey = model.survey(at, work)?;
            colours.extend(survey.colours);
            model.parts[at].shares = survey.sample.shares();
            model.parts[at].groups = model.groups(at, survey.quads, &survey.looks, work)?;
        }
        // Where faces of other layers hide all of one, nothing is left of it.
        model.parts.retain(|part| !part.groups.is_empty());
        model.colours = colours.into_iter().collect();
        model.colours.sort_unstable_by_key(|rgba| rgba.0);
        Ok(model)
    }

    /// Writes a section of a group: `encode` adds the bytes of each chunk.
    pub(crate) fn write(
        &self,
        part: usize,
        group: usize,
        section: Section,
        work: &Work<'_>,
        out: &mut dyn Write,
        encode: impl Fn(&Chunk<'_>, &mut Vec<u8>) + Sync,
    ) -> Result<()> {
        let part = &self.parts[part];
        let group = &part.groups[group];
        let Some(piece) = &group.piece else {
            if section == Section::Numbers && self.has_corners_apart(part) {
                return write_numbers(group.faces, work, out, &encode);
            }
            return self.write_again(part, group, section, work, out, &encode);
        };
        if matches!(section, Section::Vertices | Section::Both) {
            let chunks: Vec<Chunk<'_>> = piece
                .vertices
                .chunks(TASK_ITEMS)
                .map(|vertices| Chunk { vertices, faces: &[], named: &[], base: 0 })
                .collect();
            write_chunks(&chunks, work, out, &encode)?;
        }
        if section != Section::Vertices {
            let owner = group.corners_of.and_then(|owner| part.groups[owner].piece.as_ref());
            let named = &owner.unwrap_or(piece).vertices[..];
            let chunks: Vec<Chunk<'_>> = piece
                .faces
                .chunks(TASK_ITEMS)
                .map(|faces| Chunk { vertices: &[], faces, named, base: 0 })
                .collect();
            write_chunks(&chunks, work, out, &encode)?;
        }
        Ok(())
    }

    /// Meshes a group and writes a section of it, plane by plane.
    fn write_again(
        &self,
        part: &Part,
        group: &Group,
        section: Section,
        work: &Work<'_>,
        out: &mut dyn Write,
        encode: &(impl Fn(&Chunk<'_>, &mut Vec<u8>) + Sync),
    ) -> Result<()> {
        let mut base = 0;
        self.pieces(part, group.look, work, |pieces| {
            let mut chunks = Vec::with_capacity(pieces.len());
            for Piece { vertices, faces } in pieces {
                let (there, named): (&[Vertex], &[Vertex]) = (vertices, vertices);
                let all = Chunk { vertices: there, faces, named, base };
                chunks.push(match section {
                    Section::Vertices => Chunk { faces: &[], ..all },
                    Section::Faces | Section::Numbers => Chunk { vertices: &[], ..all },
                    Section::Both => all,
                });
                base += vertices.len() as u64;
            }
            write_chunks(&chunks, work, out, encode)
        })
    }

    /// Meshes a group: some planes at a time.
    pub(super) fn pieces(
        &self,
        part: &Part,
        look: usize,
        work: &Work<'_>,
        mut each: impl FnMut(&[Piece]) -> Result<()>,
    ) -> Result<()> {
        let wanted = self.wanted_of(part);
        let map = |mut quads: Vec<Quad>| {
            if part.groups.len() > 1 {
                quads.retain(|quad| self.is(part, look, quad.rgba));
            }
            solid::part(&quads, &part.volume, wanted, work)
        };
        let solids = self.solids(part);
        slab::for_each(&solids, self.greedy(), work, map, |pieces| each(&pieces))
    }

    /// The place of a look among all.
    pub(super) fn number(&mut self, look: Look) -> usize {
        self.looks.iter().position(|known| *known == look).unwrap_or_else(|| {
            self.looks.push(look);
            self.looks.len() - 1
        })
    }

    /// The look of the faces of a colour.
    pub(crate) fn look(&self, part: &Part, rgba: Rgba) -> Look {
        let Demand { looks, .. } = self.demand;
        if let Some(only) = part.only {
            return only;
        }
        if looks == Looks::None {
            return Look::PLAIN;
        }
        let material = self.materials.of_colours.get(&rgba).copied().or(part.material);
        let through = self.material(material).is_some_and(|material| material.color[3] < 1.0);
        let alpha = match (looks, rgba.alpha()) {
            (Looks::Named, alpha) => alpha,
            (_, u8::MAX) if !through => u8::MAX,
            _ => 0,
        };
        Look { material, alpha }
    }

    /// The material of a look.
    pub(crate) fn material(&self, id: Option<MaterialId>) -> Option<&Material> {
        self.materials.all.iter().find(|material| Some(material.id) == id)
    }

    pub(super) fn solids<'a>(&'a self, part: &'a Part) -> Solids<'a> {
        let hiding = self.hiding.as_ref().filter(|_| !self.is_by_itself());
        Solids {
            volume: &part.volume,
            hiding: hiding.unwrap_or(&part.volume),
            see_through: Some(&self.clear)
                .filter(|_| self.demand.see_through && !self.is_by_itself()),
        }
    }

    /// Whether a part is a body of its own, which has faces where it touches others.
    fn is_by_itself(&self) -> bool {
        let Demand { closed, cavities, smooth, .. } = self.demand;
        closed || !cavities || smooth
    }

    pub(super) fn greedy(&self) -> bool {
        self.demand.greedy && !self.demand.smooth
    }

    /// What is wanted of a part: where its corners share next to nothing, nobody looks for what they
    /// share.
    pub(super) fn wanted_of(&self, part: &Part) -> Wanted {
        let wanted = self.wanted();
        let looked_for =
            part.shares || wanted.whole() || wanted.smooth || wanted.share == Share::Place;
        if looked_for { wanted } else { Wanted { share: Share::Never, ..wanted } }
    }

    /// Whether the faces of a part are rectangles of four corners each, which no other face has.
    pub(super) fn has_corners_apart(&self, part: &Part) -> bool {
        let wanted = self.wanted_of(part);
        wanted.share == Share::Never && !wanted.whole() && !wanted.smooth
    }

    pub(super) fn wanted(&self) -> Wanted {
        Wanted {
            share: self.demand.share,
            junction_free: self.demand.junction_free,
            closed: self.demand.closed,
            smooth: self.demand.smooth,
            cavities: self.demand.cavities,
            by_colour: self.demand.texture && self.demand.texture_at_corners,
        }
    }

    /// Whether all corners of a part lie on whole numbers of 16 bits from its lowest one.
    pub(crate) fn is_whole_numbers(&self) -> bool {
        let on_lattice = !self.demand.smooth && !self.demand.closed;
        let small = |part: &Part| {
            let bounds = part.groups.iter().map(|group| group.bounds).reduce(union);
            bounds.is_none_or(|[low, high]| {
                (0..3).all(|axis| high[axis] - low[axis] <= f64::from(u16::MAX))
            })
        };
        on_lattice && self.parts.iter().all(small)
    }

    /// Whether each corner has a normal of its own, and is no part of a plane.
    pub(crate) fn is_smooth(&self) -> bool {
        self.demand.smooth
    }

    /// Whether corners have normals: those of a closed mesh that is not smooth belong to faces that
    /// look everywhere.
    pub(crate) fn has_normals(&self) -> bool {
        self.demand.smooth || !self.demand.closed
    }

    /// The numbers of all groups, with their parts.
    pub(crate) fn groups_of_parts(&self) -> impl Iterator<Item = (usize, usize)> {
        let parts = self.parts.iter().enumerate();
        parts.flat_map(|(part, there)| (0..there.groups.len()).map(move |group| (part, group)))
    }

    /// How many corners, faces and triangles there are.
    pub(crate) fn totals(&self) -> [u64; 3] {
        let groups = self.parts.iter().flat_map(|part| &part.groups);
        groups.fold([0; 3], |[vertices, faces, triangles], group| {
            [vertices + group.vertices, faces + group.faces, triangles + group.triangles]
        })
    }
}

/// The bounds of both.
fn union(a: [[f64; 3]; 2], b: [[f64; 3]; 2]) -> [[f64; 3]; 2] {
    [
        [0, 1, 2].map(|axis| a[0][axis].min(b[0][axis])),
        [0, 1, 2].map(|axis| a[1][axis].max(b[1][axis])),
    ]
}

/// Writes the numbers of corners of so many rectangles, each of which has four of its own.
fn write_numbers(
    faces: u64,
    work: &Work<'_>,
    out: &mut dyn Write,
    encode: &(impl Fn(&Chunk<'_>, &mut Vec<u8>) + Sync),
) -> Result<()> {
    let first: Vec<Face> = (0..TASK_ITEMS.min(faces as usize) as u32)
        .map(|face| [0, 1, 2, 3].map(|corner| 4 * face + corner))
        .map(|corners| Face::quad(corners, Rgba::EMPTY, Side::new(0, false)))
        .collect();
    let tasks = work.executor().tasks().max(1) * TASK_ITEMS;
    for start in (0..faces).step_by(tasks) {
        let end = faces.min(start + tasks as u64);
        let chunks = (start..end).step_by(TASK_ITEMS).map(|at| {
            let faces = &first[..(end - at).min(TASK_ITEMS as u64) as usize];
            Chunk { vertices: &[], faces, named: &[], base: 4 * at }
        });
        write_chunks(&chunks.collect::<Vec<_>>(), work, out, encode)?;
    }
    Ok(())
}

/// Writes chunks in their order, each made into bytes by itself.
fn write_chunks(
    chunks: &[Chunk<'_>],
    work: &Work<'_>,
    out: &mut dyn Write,
    encode: &(impl Fn(&Chunk<'_>, &mut Vec<u8>) + Sync),
) -> Result<()> {
    for chunks in chunks.chunks(work.executor().tasks().max(1)) {
        let made = parallel::map(work, chunks, |chunk| {
            work.spend((chunk.vertices.len() + chunk.faces.len()) as u64 * ITEM_UNITS)?;
            let mut bytes = Vec::new();
            encode(&chunk, &mut bytes);
            Ok(bytes)
        })?;
        for bytes in made {
            out.write_all(&bytes)?;
        }
    }
    Ok(())
}

/// What it costs to make a corner or a face into bytes, in units of work.
const ITEM_UNITS: u64 = 32;
