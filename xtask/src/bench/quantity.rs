//! Figures as people read them: the same words as in what the benches print. The file is theirs;
//! the crate of the benches is not linked, since whoever only wants a demo would wait for it.

#[expect(unreachable_pub, reason = "the crate that it belongs to gives it to benches")]
#[path = "../../../benches/quantity.rs"]
mod shared;

pub(crate) use shared::quantity;
