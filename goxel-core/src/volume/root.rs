//! [`Root`]: the map from page positions to pages: a persistent trie, whose clone is one handle.
//!
//! A trie over the bits of the position, the lowest first: a node has eight slots, one for each
//! triple of bits, each of which is free, holds a page, or leads to a node. Nodes are shared, and a
//! write copies those on its path.
//!
//! ```text
//! Root  slot          free | page | node
//!         Node          8 slots, found by the next bit of x, y and z
//! ```
//!
//! Rationale. A hash table of pages is copied whole by a snapshot: handle by handle, a
//! microsecond for each hundred pages. Here the snapshot copies one handle and the first write
//! after it eight a level, however many pages there are. A volume within one page has no node,
//! and looks nothing up. Pages that lie side by side differ in their lowest bits, so the trie of a
//! model is balanced: every look-up goes equally deep, which branches predict well.
//! Clients choose positions, but whatever they choose a look-up takes 25 steps at the most.

use triomphe::Arc;

use super::page::Page;
use super::pos::PagePos;

const NODE_SLOTS: usize = 8;

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
        self.get_by(at, |_| true)
    }

    /// The page at `at`, if it is there and no snapshot shares the path to it.
    pub(super) fn get_if_unshared(&self, at: PagePos) -> Option<&Page> {
        self.get_by(at, Arc::is_unique)
    }

    /// The page at `at`, by nodes that `may_pass` lets.
    #[inline(always)]
    fn get_by(&self, at: PagePos, may_pass: impl Fn(&Arc<Node>) -> bool) -> Option<&Page> {
        let mut slot = &self.0;
        let mut depth = 0;
        loop {
            match slot {
                Slot::Leaf(leaf) => {
                    let (known, page) = leaf.as_ref()?;
                    return (*known == at).then_some(page);
                }
                Slot::Node(node) if may_pass(node) => slot = &node[slot_at(at, depth)],
                Slot::Node(_) => return None,
            }
            depth += 1;
        }
    }

    /// The page at `at` to write to, if it is there and no snapshot shares the path to it.
    #[inline(always)]
    pub(super) fn get_unshared(&mut self, at: PagePos) -> Option<&mut Page> {
        let mut slot = &mut self.0;
        let mut depth = 0;
        loop {
            match slot {
                Slot::Leaf(leaf) => {
                    let (known, page) = leaf.as_mut()?;
                    return (*known == at).then_some(page);
                }
                Slot::Node(node) => slot = &mut Arc::get_mut(node)?[slot_at(at, depth)],
            }
            depth += 1;
        }
    }

    /// The page at `at`, to write to; it is made where there is none.
    pub(super) fn page_mut(&mut self, at: PagePos) -> &mut Page {
        let mut slot = &mut self.0;
        let mut depth = 0;
        loop {
            slot.split_leaf(at, depth);
            match slot {
                Slot::Leaf(leaf) => return &mut leaf.get_or_insert((at, Page::EMPTY)).1,
                Slot::Node(node) => slot = &mut Arc::make_mut(node)[slot_at(at, depth)],
            }
            depth += 1;
        }
    }

    /// Takes a page out, if there is one.
    pub(super) fn remove(&mut self, at: PagePos) -> Option<Page> {
        self.get(at)?;
        let mut slot = &mut self.0;
        let mut depth = 0;
        loop {
            match slot {
                Slot::Leaf(leaf) => return leaf.take().map(|(_, page)| page),
                Slot::Node(node) => slot = &mut Arc::make_mut(node)[slot_at(at, depth)],
            }
            depth += 1;
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
    /// Where this is the leaf of another page than `at`, a node with that leaf in it takes its place.
    fn split_leaf(&mut self, at: PagePos, depth: u32) {
        if let Self::Leaf(leaf) = self
            && let Some((known, page)) = leaf.take_if(|(known, _)| *known != at)
        {
            let mut node = Node::default();
            node[slot_at(known, depth)] = Self::Leaf(Some((known, page)));
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

/// The slot of a page in a node that is this deep.
#[inline]
fn slot_at(at: PagePos, depth: u32) -> usize {
    let bit = |axis: usize| (at.0[axis] >> depth & 1) as usize;
    bit(0) | bit(1) << 1 | bit(2) << 2
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
    fn pages_that_differ_in_their_last_bit_are_told_apart() {
        // A page's position has 25 bits: 32 less those of a voxel in the page.
        let far = [PagePos([0; 3]), PagePos([-1 << 24, 0, 0]), PagePos([0, 0, -1 << 24])];
        let mut root = Root::default();
        for (index, &at) in far.iter().enumerate() {
            *root.page_mut(at) = page(index as i32);
        }
        assert_eq!(listed(&root).len(), 3);
        for (index, &at) in far.iter().enumerate() {
            assert!(root.remove(at).is_some_and(|known| known.same(&page(index as i32))));
        }
    }
}
