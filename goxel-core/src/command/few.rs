//! The fast path of boxes and shapes of few voxels: these are set one by one, and the history keeps them
//! one by one. No tile is copied before, and none compared afterwards.

use goxel_proto::types::{Aabb, LayerRef, Pos, Rgba, Voxel};

use super::{Effect, Solid};
use crate::generate::{line, line_places};
use crate::{Combine, Project, Result, Work};

/// Voxels up to which setting each takes less time than looking at a tile, which has 4,096.
const FEW: u128 = 64;

/// What filling these boxes, then setting these voxels, sets, in that order. `None` where that is much.
pub(super) fn of_boxes(boxes: &[(Aabb, Rgba)], voxels: &[Voxel]) -> Option<Vec<Voxel>> {
    let covered: u128 = boxes.iter().map(|(aabb, _)| aabb.volume()).sum();
    if covered + voxels.len() as u128 > FEW {
        return None;
    }
    let mut set = Vec::with_capacity(covered as usize + voxels.len());
    for (aabb, rgba) in boxes {
        set.extend(places(aabb)?.map(|pos| Voxel { pos, rgba: *rgba }));
    }
    set.extend_from_slice(voxels);
    Some(set)
}

/// The positions of a box. `None` where they are many, or not all are positions.
pub(super) fn places(aabb: &Aabb) -> Option<impl Iterator<Item = Pos> + use<>> {
    if aabb.volume() > FEW || aabb.intersection(&Aabb::EVERYTHING) != *aabb {
        return None;
    }
    let [x, y, z] = [0, 1, 2].map(|axis| aabb.min[axis]..aabb.max[axis]);
    let rows = z.flat_map(move |z| y.clone().map(move |y| (y, z)));
    let at = |x: i64, y: i64, z: i64| Pos::new(x as i32, y as i32, z as i32);
    Some(rows.flat_map(move |(y, z)| x.clone().map(move |x| at(x, y, z))))
}

impl Project {
    /// Fills a shape that lies in a box of few voxels; `None` where that is larger.
    pub(super) fn add_small_shape(
        &mut self,
        layer: LayerRef,
        solid: &Solid,
        rgba: Rgba,
        work: &Work<'_>,
    ) -> Option<Result<Effect>> {
        let form = solid.form();
        let is_inside = |pos: &Pos| form.contains(pos.to_array().map(i64::from));
        let inside = places(&solid.aabb())?.filter(is_inside);
        let voxels: Vec<Voxel> = inside.map(|pos| Voxel { pos, rgba }).collect();
        let set = self.set_points(layer, &voxels, work);
        Some(set.map(|_| Effect::Covered(voxels.len() as u64)))
    }

    /// Sets the voxels of a line: one by one where they are few.
    pub(super) fn add_line(
        &mut self,
        layer: LayerRef,
        from: Pos,
        to: Pos,
        rgba: Rgba,
        work: &Work<'_>,
    ) -> Result<Effect> {
        let places = line_places(from, to)?;
        if places.len() as u128 > FEW {
            let line = line(from, to, rgba, work)?;
            return self.combine(layer, &line, Combine::Add, work);
        }
        let voxels: Vec<Voxel> = places.map(|pos| Voxel { pos, rgba }).collect();
        self.set_points(layer, &voxels, work)?;
        Ok(Effect::Covered(voxels.len() as u64))
    }

    /// Paints the voxels of a box of few; `None` where it is larger.
    pub(super) fn paint_few(
        &mut self,
        layer: LayerRef,
        aabb: &Aabb,
        rgba: Rgba,
        work: &Work<'_>,
    ) -> Option<Result<Effect>> {
        let places = places(aabb)?;
        let volume = match self.layer(layer) {
            Ok(layer) => &layer.volume,
            Err(error) => return Some(Err(error)),
        };
        let mut reader = volume.reader();
        let there = places.filter(|pos| !reader.get(*pos).is_empty());
        let voxels: Vec<Voxel> = there.map(|pos| Voxel { pos, rgba }).collect();
        if voxels.is_empty() {
            return Some(Ok(Effect::Covered(0)));
        }
        let set = self.set_points(layer, &voxels, work);
        Some(set.map(|_| Effect::Covered(voxels.len() as u64)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Command, Shape};

    fn corner() -> impl Strategy<Value = [i64; 3]> {
        [-20..20_i64, -3..19_i64, -2..2_i64]
    }

    fn few() -> impl Strategy<Value = Aabb> {
        let edges = prop_oneof![Just([1_i64; 3]), [1..5_i64, 1..5_i64, 1..5_i64]];
        (corner(), edges).prop_map(|(min, edges)| Aabb {
            min,
            max: [0, 1, 2].map(|axis| min[axis] + edges[axis]),
        })
    }

    fn colour() -> impl Strategy<Value = Rgba> {
        prop_oneof![Just(Rgba::EMPTY), Just(Rgba::WHITE), Just(Rgba::opaque(9, 9, 9))]
    }

    /// Some voxels, as the tests find and leave them.
    fn project() -> Project {
        let mut project = Project::new("p", [8; 3]);
        let low = Aabb { min: [-9, -1, 0], max: [17, 3, 1] };
        let boxes = [(low, Rgba::opaque(1, 2, 3))];
        let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &boxes, voxels: &[] };
        project.apply(command).expect("room");
        project
    }

    /// Makes an edit in both ways, which end in the same, and takes it back.
    fn both(
        fast: impl FnOnce(&mut Project) -> Result<Effect>,
        plain: impl FnOnce(&mut Project) -> Result<Effect>,
    ) {
        let (mut one, mut other, before) = (project(), project(), project());
        assert_eq!(fast(&mut one), plain(&mut other));
        assert!(one.stack == other.stack && one.version() == other.version());
        assert_eq!(one.history_depth(), other.history_depth());
        if one.version() != before.version() {
            assert!(one.undo() && one.stack == before.stack);
            assert!(one.redo() && one.stack == other.stack);
        }
    }

    proptest! {
        #[test]
        fn boxes_as_by_tiles(
            boxes in prop::collection::vec((few(), colour()), 1..4),
            voxels in prop::collection::vec((corner(), colour()), 0..3),
        ) {
            let at = |min: [i64; 3]| Pos::from(min.map(|part| part as i32));
            let voxels: Vec<_> =
                voxels.into_iter().map(|(min, rgba)| Voxel { pos: at(min), rgba }).collect();
            let (layer, work) = (LayerRef::Active, Work::unbounded());
            both(
                |project| {
                    project.apply(Command::SetVoxels { layer, boxes: &boxes, voxels: &voxels })
                },
                |project| project.set_boxes(layer, &boxes, &voxels, &work),
            );
        }

        #[test]
        fn painting_as_by_tiles(aabb in few(), rgba in colour()) {
            let (layer, work) = (LayerRef::Active, Work::unbounded());
            prop_assume!(aabb.volume() > 1);
            both(
                |project| project.apply(Command::Paint { layer, aabb, rgba }),
                |project| project.paint_tiles(layer, &aabb, rgba, &work),
            );
        }

        #[test]
        fn shapes_as_by_tiles(
            center in corner(), size in [1..5_u32, 1..5_u32, 1..5_u32], axis in 0..3_usize,
            shape in 0..4_usize, rgba in colour(),
        ) {
            let shapes = [Shape::Ellipsoid, Shape::Cylinder, Shape::Cone, Shape::Pyramid];
            let center = Pos::from(center.map(|part| part as i32));
            let solid = Solid { shape: shapes[shape], size, center, axis };
            let (layer, work) = (LayerRef::Active, Work::unbounded());
            both(
                |project| project.apply(Command::AddShape { layer, solid, rgba }),
                |project| project.add_solid(layer, &solid, rgba, &work),
            );
        }
    }

    proptest! {
        #[test]
        fn lines_as_volumes(from in corner(), to in corner()) {
            let [from, to] = [from, to].map(|at| Pos::from(at.map(|part| part as i32)));
            let (layer, rgba, work) = (LayerRef::Active, Rgba::opaque(7, 7, 7), Work::unbounded());
            both(
                |project| project.apply(Command::AddLine { layer, from, to, rgba }),
                |project| {
                    let line = line(from, to, rgba, &work)?;
                    project.combine(layer, &line, Combine::Add, &work)
                },
            );
        }
    }

    #[test]
    fn places_that_are_none_go_the_other_way() {
        let beyond =
            Aabb { min: [i64::from(i32::MAX), 0, 0], max: [i64::from(i32::MAX) + 2, 1, 1] };
        assert!(of_boxes(&[(beyond, Rgba::WHITE)], &[]).is_none());
        assert!(of_boxes(&[(Aabb::EVERYTHING, Rgba::EMPTY)], &[]).is_none());
        let most = Aabb { min: [0; 3], max: [4; 3] };
        assert_eq!(of_boxes(&[(most, Rgba::WHITE)], &[]).map(|set| set.len()), Some(64));
        let one = [Voxel { pos: Pos::ZERO, rgba: Rgba::WHITE }];
        assert!(of_boxes(&[(most, Rgba::WHITE)], &one).is_none());
    }
}
