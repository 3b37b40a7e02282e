//! What a `Volume` has: the table of its members, whose functions are in the files beside.

use super::members::{Kind, Member, Run, get, method};
use super::volume::VolumeObject;
use super::{bulk, editing, sdf, text, volume};

impl Kind for VolumeObject {
    const MAKE: Run =
        |call| call.gives(VolumeObject::detached(call.host().model.borrow().detached()));
    const MEMBERS: &'static [Member] = &[
        get("count", volume::count),
        get("bounds", volume::bounds),
        method("copy", 0, volume::copy),
        method("iter", 1, volume::iter),
        method("setAt", 2, volume::set_at),
        method("getAt", 1, volume::get_at),
        method("save", 1, volume::save),
        method("setBox", 2, bulk::set_box),
        method("getBox", 1, bulk::get_box),
        method("fill", 1, editing::fill),
        method("paint", 1, editing::paint),
        method("clear", 0, editing::clear),
        method("floodFill", 2, editing::flood_fill),
        method("shape", 2, editing::shape),
        method("combine", 1, editing::combine),
        method("merge", 1, editing::merge),
        method("translate", 1, editing::translate),
        method("rotate", 2, editing::rotate),
        method("flip", 1, editing::flip),
        method("fromSdf", 3, sdf::from_sdf),
        method("text", 2, text::text),
    ];
}
