//! [`Root`]: the map from page positions to pages, whose copy is a handle.
//!
//! A trie over the bits of a hash of the position: a node has sixteen slots, each of which is free,
//! holds a page, or leads to a node. Nodes are shared and copied at the first write.
//!
//! ```text
//! Root  slot          free | page | node
//!         Node          16 slots, found by the hash's next four bits
//! ```
//!
//! Rationale. A hash table of pages is copied whole by a snapshot: handle by handle, a
//! microsecond for each hundred pages. Here the snapshot copies one handle and the first write
//! after it one node a level, however many pages there are. A volume within one page has no node,
//! and looks nothing up.
//!
//! Positions are chosen by clients: the hash is seeded at random, once for the process, so that
//! volumes that share nodes have the same shape.

use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;

use foldhash::fast::RandomState;
use triomphe::Arc;

use super::page::Page;
use super::pos::PagePos;

const NODE_BITS: u32 = 4;
const NODE_SLOTS: usize = 1 << NODE_BITS;

/// Pages by their positions.
#[derive(Clone, Debug, Default)]
pub(super) struct Root(Slot);

#[derive(Clone, Debug)]
enum Slot {
    Leaf(Option<(PagePos, Page)>),
    Node(Arc<Node>),
}

type Node = [Slot; NODE_SLOTS];

impl Default for Slot {
    fn default() -> Self {
        Self::Leaf(None)
    }
}

impl Root {
    /// The page at `at`.
    #[inline]
    pub(super) fn get(&self, at: PagePos) -> Option<&Page> {
        let mut slot = &self.0;
        let mut path = Path::default();
        loop {
            match slot {
                Slot::Leaf(leaf) => {
                    let (known, page) = leaf.as_ref()?;
                    return (*known == at).then_some(page);
                }
                Slot::Node(node) => slot = &node[path.next(at)],
            }
        }
    }

    /// The page at `at`, to write to; it is made where there is none.
    pub(super) fn page_mut(&mut self, at: PagePos) -> &mut Page {
        let mut slot = &mut self.0;
        let mut path = Path::default();
        loop {
            slot.make_way(at, path.depth);
            match slot {
                Slot::Leaf(leaf) => return &mut leaf.get_or_insert((at, Page::EMPTY)).1,
                Slot::Node(node) => slot = &mut Arc::make_mut(node)[path.next(at)],
            }
        }
    }

    /// Takes a page out, if there is one.
    pub(super) fn remove(&mut self, at: PagePos) -> Option<Page> {
        self.get(at)?;
        let mut slot = &mut self.0;
        let mut path = Path::default();
        loop {
            match slot {
                Slot::Leaf(leaf) => return leaf.take().map(|(_, page)| page),
                Slot::Node(node) => slot = &mut Arc::make_mut(node)[path.next(at)],
            }
        }
    }

    /// All pages, in no particular order.
    pub(super) fn pages(&self) -> impl Iterator<Item = (PagePos, &Page)> {
        let mut waiting = vec![&self.0];
        std::iter::from_fn(move || {
            loop {
                match waiting.pop()? {
                    Slot::Leaf(Some((at, page))) => return Some((*at, page)),
                    Slot::Leaf(None) => {}
                    Slot::Node(node) => waiting.extend(node.iter()),
                }
            }
        })
    }

    /// The pages that are not the same storage in `other`, which may lack them.
    pub(super) fn changes<'a>(&'a self, other: &'a Self) -> Vec<(PagePos, &'a Page)> {
        let mut changes = Vec::new();
        self.0.changes(&other.0, &mut changes);
        changes.retain(|(at, page)| !other.get(*at).is_some_and(|known| known.same(page)));
        changes
    }

    /// Whether both are the same storage.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Slot::Node(a), Slot::Node(b)) => Arc::ptr_eq(a, b),
            (Slot::Leaf(Some((at, a))), Slot::Leaf(Some((other, b)))) => at == other && a.same(b),
            (Slot::Leaf(None), Slot::Leaf(None)) => true,
            _ => false,
        }
    }

    /// Bytes of the nodes.
    pub(super) fn heap_bytes(&self) -> usize {
        self.0.heap_bytes()
    }
}

impl Slot {
    /// Puts a node in the place of a page that is not `at`, with that page in it.
    fn make_way(&mut self, at: PagePos, depth: u32) {
        if let Self::Leaf(leaf) = self
            && let Some((known, page)) = leaf.take_if(|(known, _)| *known != at)
        {
            let mut node = Node::default();
            node[Path::resume(known, depth).next(known)] = Self::Leaf(Some((known, page)));
            *self = Self::Node(Arc::new(node));
        }
    }

    /// Gathers the pages of nodes that `other` does not share.
    fn changes<'a>(&'a self, other: &'a Self, changes: &mut Vec<(PagePos, &'a Page)>) {
        match (self, other) {
            (Self::Node(a), Self::Node(b)) if Arc::ptr_eq(a, b) => {}
            (Self::Node(a), Self::Node(b)) => {
                a.iter().zip(&**b).for_each(|(a, b)| a.changes(b, changes));
            }
            (Self::Node(a), Self::Leaf(_)) => a.iter().for_each(|a| a.changes(other, changes)),
            (Self::Leaf(leaf), _) => changes.extend(leaf.as_ref().map(|(at, page)| (*at, page))),
        }
    }

    fn heap_bytes(&self) -> usize {
        match self {
            Self::Leaf(_) => 0,
            Self::Node(node) => {
                size_of::<usize>()
                    + size_of::<Node>()
                    + node.iter().map(Self::heap_bytes).sum::<usize>()
            }
        }
    }
}

/// The way from the root to a page: four bits of a hash at a time, and of another hash when those
/// of the first are used up.
#[derive(Clone, Copy, Default)]
struct Path {
    hash: u64,
    depth: u32,
}

impl Path {
    /// The way to `at` from a node that is this deep.
    fn resume(at: PagePos, depth: u32) -> Self {
        let step = depth % (u64::BITS / NODE_BITS);
        Self { hash: hash(at, depth - step) >> (step * NODE_BITS), depth }
    }

    /// The next slot on the way to `at`.
    #[inline]
    fn next(&mut self, at: PagePos) -> usize {
        if self.depth.is_multiple_of(u64::BITS / NODE_BITS) {
            self.hash = hash(at, self.depth);
        }
        let slot = self.hash as usize % NODE_SLOTS;
        self.hash >>= NODE_BITS;
        self.depth += 1;
        slot
    }
}

static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::default);

#[inline]
fn hash(at: PagePos, depth: u32) -> u64 {
    let [x, y, z] = at.0.map(i32::cast_unsigned);
    let mut hasher = SEED.build_hasher();
    hasher.write_u64(u64::from(x) << 32 | u64::from(y));
    hasher.write_u64(u64::from(z) << 32 | u64::from(depth));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use goxel_proto::types::Rgba;

    use super::*;

    fn at(index: i32) -> PagePos {
        PagePos([index % 7 - 3, index / 7, -index])
    }

    fn page(index: i32) -> Page {
        Page::Uniform(Rgba::opaque(index as u8, 1, 1))
    }

    fn listed(root: &Root) -> BTreeMap<PagePos, String> {
        root.pages().map(|(at, page)| (at, format!("{page:?}"))).collect()
    }

    #[test]
    fn pages_are_found_again_and_snapshots_keep_theirs() {
        let mut root = Root::default();
        for index in 0..500 {
            *root.page_mut(at(index)) = page(index);
        }
        let before = root.clone();
        for index in 0..250 {
            assert!(root.remove(at(index)).is_some() && root.remove(at(index)).is_none());
        }
        *root.page_mut(at(300)) = page(999);
        assert_eq!((listed(&before).len(), listed(&root).len()), (500, 250));
        for index in 0..500 {
            assert_eq!(root.get(at(index)).is_some(), index >= 250);
            assert!(before.get(at(index)).is_some_and(|known| known.same(&page(index))));
        }
        assert_eq!(before.changes(&root).len(), 251);
        let added = root.changes(&before);
        assert_eq!(added.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [at(300)]);
        assert!(root.changes(&root.clone()).is_empty());
    }

    #[test]
    fn a_hash_that_is_used_up_is_followed_by_another() {
        let slots = |at: PagePos| {
            let mut path = Path::default();
            (0..48).map(|_| path.next(at)).collect::<Vec<_>>()
        };
        for (depth, &slot) in slots(at(1)).iter().enumerate() {
            assert_eq!(Path::resume(at(1), depth as u32).next(at(1)), slot);
        }
        let (a, b) = (slots(at(1)), slots(at(2)));
        assert_ne!(a[..16], b[..16]);
        assert_ne!(a[16..32], a[..16]);
        assert_ne!(a[32..], b[32..]);
    }
}
