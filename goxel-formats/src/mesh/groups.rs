//! The groups of a part: a mesh for each look of its faces.

use goxel_core::Work;
use goxel_proto::types::Rgba;

use super::model::{Group, Look, Looks, Model, Part};
use super::piece::Piece;
use super::quad::Quad;
use super::solid;
use super::survey::Tally;
use crate::Result;

impl Model {
    /// The groups of a part. Those that one sees through come last: they are drawn over the others.
    pub(super) fn groups(
        &mut self,
        part: usize,
        quads: Option<Vec<Quad>>,
        tallies: &[(Look, Tally)],
        work: &Work<'_>,
    ) -> Result<Vec<Group>> {
        let apart = self.demand.looks == Looks::Apart;
        let mut looks: Vec<Look> = tallies.iter().map(|(look, _)| *look).collect();
        if self.demand.closed {
            looks = vec![self.only_look(part, &looks)];
        }
        looks.sort_by_key(|look| (look.blends(), look.material, look.alpha));
        looks.dedup();
        let mut numbers: Vec<usize> = looks.iter().map(|look| self.number(*look)).collect();
        if !apart {
            numbers.truncate(1);
        }
        // While groups are made, whether there are several must be known.
        self.parts[part].groups = numbers.iter().map(|look| Group::new(*look)).collect();
        let part = &self.parts[part];
        let mut groups = match quads {
            Some(quads) if self.wanted().whole() => self.groups_of_whole(part, quads, work)?,
            Some(quads) => self.groups_kept(part, quads, work)?,
            None if self.has_corners_apart(part) => self.groups_told(part, tallies),
            None => self.groups_counted(part, work)?,
        };
        // The first group may have the corners of the others.
        if groups.iter().all(|group| group.faces == 0) {
            groups.clear();
        }
        Ok(groups)
    }

    /// The look of a closed part, which is in one piece: that of all its faces as far as they agree, else
    /// of its layer.
    fn only_look(&mut self, part: usize, looks: &[Look]) -> Look {
        let part = &mut self.parts[part];
        let same = looks.windows(2).all(|pair| pair[0].material == pair[1].material);
        let material = if same { looks[0].material } else { part.material };
        let blends = looks.iter().any(|look| look.blends());
        let apart = self.demand.looks == Looks::Apart;
        let only = Look { material, alpha: if blends && apart { 0 } else { u8::MAX } };
        let mut lost: Vec<_> = looks.iter().map(|look| look.material).collect();
        lost.sort_unstable();
        lost.dedup();
        lost.retain(|other| *other != material);
        self.looks_lost += lost.len() as u64;
        part.only = Some(only);
        only
    }

    /// Groups of a mesh that has to be looked at as a whole: the first one has all corners.
    fn groups_of_whole(
        &self,
        part: &Part,
        quads: Vec<Quad>,
        work: &Work<'_>,
    ) -> Result<Vec<Group>> {
        let whole = solid::piece(quads, &part.volume, self.wanted(), work)?;
        let (mut vertices, mut rest) = (whole.vertices, whole.faces);
        let mut groups: Vec<Group> = Vec::new();
        for look in part.groups.iter().map(|group| group.look) {
            let (faces, others) = rest.into_iter().partition(|face| self.is(part, look, face.rgba));
            rest = others;
            let piece = Piece { vertices: std::mem::take(&mut vertices), faces };
            let mut group = Group::new(look);
            group.count(&piece);
            group.piece = Some(piece);
            if let Some(first) = groups.first() {
                (group.corners_of, group.bounds) = (Some(0), first.bounds);
            }
            groups.push(group);
        }
        Ok(groups)
    }

    fn groups_kept(&self, part: &Part, quads: Vec<Quad>, work: &Work<'_>) -> Result<Vec<Group>> {
        let (mut rest, mut groups) = (quads, Vec::new());
        for look in part.groups.iter().map(|group| group.look) {
            let (quads, others) = rest.into_iter().partition(|quad| self.is(part, look, quad.rgba));
            rest = others;
            let piece = solid::piece(quads, &part.volume, self.wanted_of(part), work)?;
            let mut group = Group::new(look);
            group.count(&piece);
            group.piece = Some(piece);
            groups.push(group);
        }
        Ok(groups)
    }

    /// Groups whose faces have corners of their own: how many faces there are says all.
    fn groups_told(&self, part: &Part, tallies: &[(Look, Tally)]) -> Vec<Group> {
        let group = |group: &Group| {
            let all = part.groups.len() == 1;
            let own = tallies.iter().filter(|(look, _)| all || self.looks[group.look] == *look);
            let Tally { quads, bounds } = own.fold(Tally::NONE, |sum, (_, tally)| sum.with(tally));
            let (vertices, triangles) = (4 * quads, 2 * quads);
            let bounds = bounds.map(|corner| corner.map(|c| c as f64));
            Group { vertices, faces: quads, triangles, bounds, ..Group::new(group.look) }
        };
        part.groups.iter().map(group).collect()
    }

    fn groups_counted(&self, part: &Part, work: &Work<'_>) -> Result<Vec<Group>> {
        let mut groups = Vec::new();
        for look in part.groups.iter().map(|group| group.look) {
            let mut group = Group::new(look);
            self.pieces(part, look, work, |pieces| {
                pieces.iter().for_each(|piece| group.count(piece));
                Ok(())
            })?;
            groups.push(group);
        }
        Ok(groups)
    }

    /// Whether the faces of a colour are in the group of a look.
    pub(super) fn is(&self, part: &Part, look: usize, rgba: Rgba) -> bool {
        part.groups.len() == 1 || self.look(part, rgba) == self.looks[look]
    }
}

impl Group {
    fn new(look: usize) -> Self {
        let bounds = [[f64::MAX; 3], [f64::MIN; 3]];
        Self { look, vertices: 0, faces: 0, triangles: 0, bounds, piece: None, corners_of: None }
    }

    fn count(&mut self, piece: &Piece) {
        self.vertices += piece.vertices.len() as u64;
        self.faces += piece.faces.len() as u64;
        self.triangles += piece.triangles();
        for vertex in &piece.vertices {
            for axis in 0..3 {
                self.bounds[0][axis] = self.bounds[0][axis].min(vertex.at[axis]);
                self.bounds[1][axis] = self.bounds[1][axis].max(vertex.at[axis]);
            }
        }
    }
}
