//! What is found, against going through all voxels one by one.

use goxel_proto::types::{Aabb, LayerId, Pos, Rgba, Voxel};
use proptest::prelude::*;

use super::*;
use crate::{Layer, Volume, Work};

fn layer(voxels: impl IntoIterator<Item = (Pos, Rgba)>) -> Layer {
    let mut layer = Layer::new(LayerId(1), "l");
    layer.volume = voxels.into_iter().collect();
    layer
}

/// All that a query asks for, the plain way.
fn plain(query: &Query, layers: &[Layer]) -> Extract {
    let mut found: Vec<Found> = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        let voxels = layer.volume.voxels();
        let wanted = voxels.filter(|(pos, c)| query.aabb.contains(*pos) && query.near.matches(*c));
        found.extend(wanted.map(|(pos, rgba)| Found { voxel: Voxel { pos, rgba }, layer: index }));
    }
    found.sort_by_key(|f| (f.voxel.pos.z, f.voxel.pos.y, f.voxel.pos.x, f.layer));
    let skipped = usize::try_from(query.offset).unwrap().min(found.len());
    found.drain(..skipped);
    let truncated = found.len() > query.limit;
    found.truncate(query.limit);
    Extract { found, truncated, skipped: skipped as u64 }
}

fn pos() -> impl Strategy<Value = Pos> {
    prop::array::uniform3(prop_oneof![-3..3, 14..18, -40..40]).prop_map(Pos::from)
}

fn rgba() -> impl Strategy<Value = Rgba> {
    (0..4_u8, prop_oneof![Just(255_u8), Just(9)]).prop_map(|(r, a)| Rgba::new(r * 20, 0, 0, a))
}

fn layers() -> impl Strategy<Value = Vec<Layer>> {
    let layer = (prop::collection::vec((pos(), rgba()), 0..60), pos(), pos(), rgba()).prop_map(
        |(voxels, a, b, fill)| {
            let mut layer = layer(voxels);
            layer.volume.fill(&Aabb::spanning(a, b), fill);
            layer
        },
    );
    prop::collection::vec(layer, 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn queries_find_what_is_there(
        layers in layers(), a in pos(), b in pos(), target in rgba(), tolerance in 0..50_u8,
        offset in prop_oneof![Just(0), 0..3000_u64], limit in prop_oneof![0..9_usize, Just(100_000)],
        whole: bool,
    ) {
        let aabb = if whole { Aabb::EVERYTHING } else { Aabb::spanning(a, b) };
        let query = Query { aabb, near: Near { target, tolerance: [tolerance; 4] }, offset, limit };
        prop_assert_eq!(query.run(&layers, &Work::unbounded()), Ok(plain(&query, &layers)));
        let all = Query { offset: 0, limit: usize::MAX, ..query };
        let found = plain(&all, &layers).found.len() as u64;
        prop_assert_eq!(count(&layers, &aabb, &all.near, &Work::unbounded()), Ok(found));
        let any = Query { near: Near::ANY, ..all };
        let found = plain(&any, &layers).found.len() as u64;
        prop_assert_eq!(count(&layers, &aabb, &any.near, &Work::unbounded()), Ok(found));
    }

    #[test]
    fn colours_are_counted(layers in layers(), a in pos(), b in pos()) {
        let aabb = Aabb::spanning(a, b);
        let mut expected = std::collections::BTreeMap::<Rgba, u64>::new();
        for (pos, rgba) in layers.iter().flat_map(|layer| layer.volume.voxels()) {
            if aabb.contains(pos) {
                *expected.entry(rgba).or_default() += 1;
            }
        }
        let mut counts = colours(&layers, &aabb, &Work::unbounded()).expect("no budget");
        Order::ByColour.sort(&mut counts);
        let counts: Vec<_> = counts.iter().map(|count| (count.rgba, count.voxels)).collect();
        prop_assert_eq!(counts, expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn tiles_of_very_many_colours_are_counted_too() {
    let colour = |index: i32| Rgba::opaque((index % 251) as u8, (index / 251) as u8, 3);
    let place = |index: i32| Pos::new(index % 32, index / 32 % 32, index / 1024);
    let layers = [
        layer((0..20_000).map(|index| (place(index), colour(index % 7919)))),
        layer((0..9).map(|index| (place(index), colour(index)))),
    ];
    let aabb = Aabb::spanning(Pos::ZERO, Pos::new(30, 17, 9));
    let mut expected = std::collections::BTreeMap::<Rgba, u64>::new();
    for (pos, rgba) in layers.iter().flat_map(|layer| layer.volume.voxels()) {
        *expected.entry(rgba).or_default() += u64::from(aabb.contains(pos));
    }
    expected.retain(|_, voxels| *voxels > 0);
    let mut counts = colours(&layers, &aabb, &Work::unbounded()).expect("no budget");
    Order::ByColour.sort(&mut counts);
    let counts: Vec<_> = counts.iter().map(|count| (count.rgba, count.voxels)).collect();
    assert_eq!(counts, expected.into_iter().collect::<Vec<_>>());
}

fn grey(value: u8, voxels: u64) -> Count {
    Count { rgba: Rgba::opaque(value, value, value), voxels }
}

#[test]
fn similar_colours_go_to_the_nearest_frequent_one() {
    // Distances of greys are 1.73 times their difference: 10 reaches 5 steps, not 6.
    let counts = vec![grey(100, 50), grey(105, 1), grey(106, 2), grey(111, 40), grey(250, 3)];
    let merged = merge_similar(counts, 10);
    assert_eq!(merged, [grey(100, 51), grey(111, 42), grey(250, 3)]);
    // A step of bins would put 15 and 16 apart; distance does not.
    assert_eq!(merge_similar(vec![grey(15, 1), grey(16, 2)], 10), [grey(16, 3)]);
    let faint = Count { rgba: Rgba::new(16, 16, 16, 9), voxels: 1 };
    assert_eq!(merge_similar(vec![faint, grey(16, 2)], 10).len(), 2);
    assert_eq!(merge_similar(vec![grey(1, 1), grey(2, 1)], 0).len(), 2);
}

#[test]
fn bins_end_at_255() {
    let bins = |bin: u8| {
        let mut counts = binned(vec![grey(0, 1), grey(99, 2), grey(255, 4)], bin);
        Order::ByColour.sort(&mut counts);
        counts.iter().map(|count| (count.rgba.0[0], count.voxels)).collect::<Vec<_>>()
    };
    assert_eq!(bins(0), [(0, 1), (99, 2), (255, 4)]);
    assert_eq!(bins(16), [(8, 1), (104, 2), (248, 4)]);
    assert_eq!(bins(200), [(100, 3), (255, 4)]);
}

#[test]
fn the_size_of_the_box_costs_nothing() {
    let mut far = layer([]);
    let block = Aabb::spanning(Pos::from([-512; 3]), Pos::from([511; 3]));
    far.volume.fill(&block, Rgba::WHITE);
    let layers = [far];
    let query = Query { aabb: Aabb::EVERYTHING, near: Near::ANY, offset: (1 << 30) - 1, limit: 10 };
    let extract = query.run(&layers, &Work::unbounded()).expect("no budget");
    let last = Voxel { pos: Pos::from([511; 3]), rgba: Rgba::WHITE };
    let found = vec![Found { voxel: last, layer: 0 }];
    assert_eq!(extract, Extract { found, truncated: false, skipped: query.offset });
    assert_eq!(extract.bounds(), Some(Aabb::of(last.pos)));
    assert_eq!(
        colours(&layers, &Aabb::EVERYTHING, &Work::unbounded()).expect("no budget"),
        [Count { rgba: Rgba::WHITE, voxels: 1 << 30 }]
    );
    assert_eq!(
        Query { offset: 1 << 40, ..query }.run(&[layer([])], &Work::unbounded()),
        Ok(Extract::default())
    );
    assert!(Volume::new().bounds().is_none());
}
