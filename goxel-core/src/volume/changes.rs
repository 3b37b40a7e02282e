//! The difference of two volumes, from what they do not share.
//!
//! Storage that both hold cannot have changed, since it is copied on write. So it is skipped, a node,
//! a page or a block at a time. So finding what an
//! edit did costs about what the edit did, however large the volume is.

use super::page::Page;
use super::{PagePos, TilePos, Volume};

impl Volume {
    /// Where the tiles are that are not the same storage in both volumes, in no particular order.
    /// A tile that was written back as it was may be among them.
    pub fn changed_tiles<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = TilePos> + 'a {
        self.changed_pages(other)
            .into_iter()
            .flat_map(|(at, [a, b])| a.changes(b).map(move |index| TilePos::in_page(at, index)))
    }

    /// Whether both share all their storage: one is a snapshot of the other, and neither was
    /// written to since. One comparison of addresses.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.root.same(&other.root)
    }

    /// Pages that differ, as they are here and there.
    fn changed_pages<'a>(&'a self, other: &'a Self) -> Vec<(PagePos, [&'a Page; 2])> {
        let page = |volume: &'a Self, at| volume.root.get(at).unwrap_or(&Page::EMPTY);
        let here = self.root.changes(&other.root).into_iter();
        let here = here.map(|(at, known)| (at, [known, page(other, at)]));
        let gone = other.root.changes(&self.root).into_iter();
        let gone = gone.filter(|(at, _)| self.root.get(*at).is_none());
        here.chain(gone.map(|(at, known)| (at, [&Page::EMPTY, known]))).collect()
    }
}
