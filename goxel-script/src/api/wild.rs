//! Programs that nobody would write: every member of every object with arguments of every kind. For tests and
//! fuzz targets.

use super::members::{Kind, Member};
use super::object::Named;
use super::{bounds, goxel, image, noise, palette, random, vector, volume, which};

/// Values of all kinds, many of which run something when they are read.
pub(crate) const VALUES: [&str; 42] = [
    "undefined",
    "null",
    "true",
    "0",
    "-0",
    "-1",
    "7",
    "0.5",
    "1e300",
    "-1e300",
    "NaN",
    "Infinity",
    "2147483648",
    "'text'",
    "''",
    "'red'",
    "Symbol('s')",
    "10n",
    "[]",
    "[1]",
    "[1, 2, 3]",
    "[NaN, 1, 2]",
    "[[], {}, 'a']",
    "[[-3, 2, 1], [18, 5, 17]]",
    "new Array(5)",
    "{}",
    "({x: 1, y: 2, z: 3, center: [1, 1, 1], size: 3, color: 'red', name: 'n', exts: ['*.a'], onExecute() {}})",
    "({get x() { throw new Error('got') }})",
    "(() => -1)",
    "(() => { throw new Error('called') })",
    "((...all) => { v.setAt([5, 5, 5], all.length ? 'red' : 'blue'); v.clear([[0, 0, 0], [4, 4, 4]]) })",
    "new Proxy([1, 2, 3], {})",
    "new Proxy({}, {get() { throw new RangeError('trap') }})",
    "new Proxy([1, 2, 3], {get(t, k) { v.setAt([1, 1, 1], 'red'); return t[k] }})",
    "new Uint32Array(8)",
    "new Uint8Array(3)",
    "new ArrayBuffer(8)",
    "new Vec(1, 2)",
    "new Vec(NaN, 0, 0)",
    "v",
    "goxel.image.activeLayer",
    "new Box([0, 0, 0], [2, 2, 2])",
];

/// Objects of each kind, by what a script has them; `v` is the volume of the first layer, `w` one of none.
const OBJECTS: [(&str, &[Member]); 10] = [
    ("new Vec(1, 2, 3)", vector::Vector::MEMBERS),
    ("new Box([0, 0, 0], [2, 2, 2])", bounds::Bounds::MEMBERS),
    ("v", volume::VolumeObject::MEMBERS),
    ("w", volume::VolumeObject::MEMBERS),
    ("goxel.image.activeLayer", which::LayerObject::MEMBERS),
    ("goxel.image", image::Image::MEMBERS),
    ("goxel.palette", palette::Palette::MEMBERS),
    ("goxel.random(1)", random::RandomObject::MEMBERS),
    ("goxel.noise(1)", noise::NoiseObject::MEMBERS),
    ("goxel", goxel::Goxel::MEMBERS),
];

/// What every program begins with.
pub(crate) const BEGIN: &str = "var v = goxel.image.layers[0].volume, w = new Volume(); w.fill([[0, 0, 0], [3, 3, 3]], 'blue');";

/// Every member: what it is of, its name, and whether it is called.
pub(crate) fn members() -> Vec<(&'static str, &'static str, bool)> {
    let of = |&(object, members): &(&'static str, &'static [Member])| {
        members.iter().map(move |member| (object, member.name(), member.is_method()))
    };
    OBJECTS.iter().flat_map(of).collect()
}

/// The kinds of which a member is called on anything.
#[cfg(test)]
pub(crate) const KINDS: [&str; 3] =
    [vector::Vector::NAME, bounds::Bounds::NAME, volume::VolumeObject::NAME];

/// A program of so many steps, each of which may fail.
pub(crate) fn program(steps: usize, below: &mut dyn FnMut(usize) -> usize) -> String {
    let members = members();
    let mut program = BEGIN.to_owned();
    for _ in 0..steps {
        let (of, name, is_method) = members[below(members.len())];
        let count = below(5);
        let arguments: Vec<&str> = (0..count).map(|_| VALUES[below(VALUES.len())]).collect();
        let step = match (is_method, arguments.first()) {
            (true, _) => format!("{of}.{name}({})", arguments.join(", ")),
            (false, Some(value)) => format!("{of}.{name} = {value}"),
            (false, None) => format!("{of}.{name}"),
        };
        program.push_str(&format!("\ntry {{ {step} }} catch {{}}"));
    }
    program
}
