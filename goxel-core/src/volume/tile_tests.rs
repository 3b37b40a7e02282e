//! Tiles in all their forms.

use super::*;
use crate::volume::indexed::UNUSED_MIN;

fn grey(value: usize) -> Rgba {
    Rgba::new(value as u8, (value >> 8) as u8, 7, 255)
}

#[test]
fn a_tile_grows_through_its_forms_and_shrinks_back() {
    let mut tile = Tile::EMPTY;
    let mut plain = [Rgba::EMPTY; TILE_VOXELS];
    for (index, voxel) in plain.iter_mut().enumerate().take(600) {
        assert_eq!(tile.set(index, grey(index)), Rgba::EMPTY);
        *voxel = grey(index);
        // One of the palette's 256 entries is the empty colour.
        assert_eq!(matches!(tile, Tile::Dense(_)), index >= 255, "after {index}");
    }
    assert_eq!(*tile.to_dense(), plain);
    assert_eq!((tile.count(), tile.voxels().count()), (600, 600));
    for index in 0..500 {
        assert_eq!(tile.set(index, Rgba::EMPTY), grey(index));
    }
    tile.compact();
    assert!(matches!(tile, Tile::Indexed(_)));
    for index in 500..600 {
        assert!(!tile.is_empty());
        assert_eq!(tile.set(index, Rgba::EMPTY), grey(index));
    }
    assert!(tile.is_empty(), "without being told to compact");
}

#[test]
fn a_full_palette_makes_room_when_entries_are_unused() {
    let mut tile = Tile::EMPTY;
    (100..=100 + SPARSE_MAX).for_each(|index| {
        tile.set(index, grey(1));
    });
    for index in 0..1000 {
        tile.set(3, grey(index));
    }
    assert!(matches!(tile, Tile::Indexed(_)));
    assert_eq!((tile.get(3), tile.count()), (grey(999), 2 + SPARSE_MAX));
}

#[test]
fn few_voxels_are_held_one_by_one() {
    let mut tile = Tile::EMPTY;
    let places = || (0..SPARSE_MAX).map(|at| at * 1237 % TILE_VOXELS);
    for (set, index) in places().enumerate() {
        assert_eq!(tile.set(index, grey(index)), Rgba::EMPTY);
        assert!(matches!(tile, Tile::Sparse(_)) && tile.count() == set + 1);
        assert!(tile.heap_bytes() <= 40 + 6 * (set + 1).next_power_of_two().max(4));
    }
    let full = tile.clone();
    assert!(full.same(&tile) && Tile::from_dense(&tile.to_dense()).count() == SPARSE_MAX);
    assert!(matches!(Tile::from_dense(&tile.to_dense()), Tile::Sparse(_)));
    let voxels: Vec<_> = tile.voxels().collect();
    assert!(voxels.is_sorted_by_key(|(index, _)| *index) && voxels.len() == SPARSE_MAX);
    // One more, in its place, and another form.
    assert_eq!(tile.set(0, grey(5)), grey(0));
    assert!(matches!(tile, Tile::Sparse(_)) && full.get(0) == grey(0));
    assert_eq!(tile.set(1, grey(5)), Rgba::EMPTY);
    assert!(matches!(tile, Tile::Indexed(_)) && tile.count() == SPARSE_MAX + 1);
    assert!((2..TILE_VOXELS).all(|index| tile.get(index) == full.get(index)));
    // And away again.
    let mut tile = full;
    for index in places() {
        assert_eq!(tile.set(index, Rgba::EMPTY), grey(index));
    }
    assert_eq!(tile.uniform(), Some(Rgba::EMPTY));
}

#[test]
fn rows_and_small_boxes_of_few_voxels_stay_sparse() {
    let mut tile = Tile::EMPTY;
    let mut row = Row::default();
    (row[3], row[9]) = (grey(1), grey(2));
    tile.write_row(32, &row, &mut None);
    tile.fill(&[2..3, 5..6, 0..16], grey(7));
    assert!(matches!(tile, Tile::Sparse(_)));
    assert_eq!((tile.count(), tile.row(2, 0), tile.row_mask(5, 9)), (18, row, 1 << 2));
    row[3] = Rgba::EMPTY;
    tile.write_row(32, &row, &mut None);
    assert_eq!((tile.count(), tile.row(2, 0)), (17, row));
    tile.write_row(32, &Row::default(), &mut None);
    tile.fill(&[2..3, 5..6, 0..16], Rgba::EMPTY);
    assert!(tile.is_empty());
    tile.write_row(0, &[grey(1); TILE_EDGE], &mut None);
    assert!(matches!(tile, Tile::Indexed(_)), "more will follow");
}

#[test]
fn a_palette_that_stays_nearly_full_is_given_up() {
    let mut tile = Tile::EMPTY;
    (0..256 - UNUSED_MIN).for_each(|index| {
        tile.set(index, grey(index));
    });
    for colour in 256..999 {
        tile.set(4000, grey(colour));
    }
    assert!(matches!(tile, Tile::Dense(_)));
    assert_eq!((tile.get(4000), tile.count()), (grey(998), 257 - UNUSED_MIN));
}

#[test]
fn a_copy_is_not_touched_by_writes() {
    let mut tile = Tile::EMPTY;
    tile.set(0, grey(1));
    let copy = tile.clone();
    tile.set(0, grey(2));
    assert_eq!(copy.get(0), grey(1));
    assert!(!copy.same(&tile) && copy.same(&copy.clone()));
}

#[test]
fn every_empty_voxel_is_stored_alike() {
    let mut tile = Tile::from_dense(&[Rgba::new(9, 9, 9, 0); TILE_VOXELS]);
    assert!(tile.is_empty());
    tile.set(5, Rgba::new(1, 2, 3, 0));
    assert!(tile.is_empty());
}

#[test]
fn rows_are_the_voxels_that_get_reads() {
    let mut indexed = Tile::EMPTY;
    (0..300).for_each(|index| {
        indexed.set(index * 7, grey(index % 90));
    });
    let mut dense = indexed.clone();
    (0..600).for_each(|index| {
        dense.set(index * 5, grey(index));
    });
    assert!(matches!((&indexed, &dense), (Tile::Indexed(_), Tile::Dense(_))));
    let mut sparse = Tile::EMPTY;
    (0..SPARSE_MAX).for_each(|index| {
        sparse.set(index * 5 % TILE_VOXELS, grey(index));
    });
    for tile in [Tile::EMPTY, Tile::Uniform(Rgba::WHITE), sparse, indexed, dense] {
        for (y, z) in [(0, 0), (3, 9), (15, 15), (0, 1)] {
            let row = std::array::from_fn(|x| tile.get(index_in_tile(x, y, z)));
            let set = (0..16).filter(|&x: &usize| !row[x].is_empty());
            let mask = set.fold(0, |mask, x| mask | 1 << x);
            assert_eq!((tile.row(y, z), tile.row_mask(y, z)), (row, mask));
        }
    }
}

#[test]
fn clearing_a_part_of_few_voxels_takes_those_in_it() {
    let at = |x: usize, y: usize, z: usize| x + TILE_EDGE * (y + TILE_EDGE * z);
    let mut tile = Tile::EMPTY;
    let places = [at(0, 0, 0), at(5, 3, 2), at(5, 4, 2), at(6, 3, 9), at(15, 15, 15)];
    places.iter().for_each(|&index| _ = tile.set(index, grey(index)));
    assert!(matches!(tile, Tile::Sparse(_)));
    let shared = tile.clone();
    tile.fill(&[1..15, 0..16, 3..9], Rgba::EMPTY);
    let (Tile::Sparse(mine), Tile::Sparse(theirs)) = (&tile, &shared) else { panic!("it grew") };
    assert!(Arc::ptr_eq(mine, theirs), "nothing was copied");
    tile.fill(&[5..7, 3..4, 0..10], Rgba::EMPTY);
    let left: Vec<_> = tile.voxels().map(|(index, _)| index).collect();
    assert_eq!(left, [places[0], places[2], places[4]]);
    assert_eq!(shared.count(), 5);
    tile.fill(&[0..16, 0..16, 0..16], Rgba::EMPTY);
    assert!(tile.is_empty());
}

#[test]
fn entries_of_a_list_become_the_same_tile_as_their_colours() {
    let mut colours: [Rgba; 256] = std::array::from_fn(|at| Rgba::opaque(at as u8, 1, 2));
    // The first is empty whatever it says, one has no alpha, one stands there twice.
    colours[7] = Rgba::new(9, 9, 9, 0);
    colours[9] = colours[8];
    for (count, first) in
        [(1, 0), (1, 3), (1, 7), (2, 8), (2, 0), (3, 6), (200, 0), (255, 1), (256, 0)]
    {
        let mut entries = [0; TILE_VOXELS];
        for (at, entry) in entries.iter_mut().enumerate() {
            *entry = (first + at * 31 % count) as u8;
        }
        let dense = entries.map(|at| if at == 0 { Rgba::EMPTY } else { colours[usize::from(at)] });
        let (tile, expected) = (Tile::from_entries(&entries, &colours), Tile::from_dense(&dense));
        assert_eq!(tile.to_dense(), expected.to_dense(), "{count} from {first}");
        assert_eq!((tile.uniform(), tile.count()), (expected.uniform(), expected.count()));
        assert_eq!(std::mem::discriminant(&tile), std::mem::discriminant(&expected));
    }
}
