//! `goxel.d.ts` declares what is there, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use rquickjs::Object;
use rquickjs::object::Filter;

use super::*;

const DECLARED: &str = include_str!("../../../goxel.d.ts");
/// Kinds of objects, and how a script comes to one.
const KINDS: [(&str, &str); 9] = [
    ("Vec", "new Vec(1, 2, 3, 4)"),
    ("Box", "new Box([0, 0, 0], [1, 1, 1])"),
    ("Volume", "new Volume()"),
    ("Layer", "goxel.image.activeLayer"),
    ("Image", "goxel.image"),
    ("Palette", "goxel.palette"),
    ("Random", "goxel.random(1)"),
    ("Noise", "goxel.noise(1)"),
    ("Goxel", "goxel"),
];
/// Plain objects, whose members are their own.
const PLAIN: [(&str, &str); 2] = [
    ("Project", "goxel.project"),
    ("Material", "goxel.image.setMaterial({}); goxel.project.materials[0]"),
];

/// The members of each class and interface: lines of two spaces that begin with a name.
fn declared() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut kinds: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut open = None;
    for line in DECLARED.lines() {
        let words = line.strip_prefix("declare class ").or_else(|| line.strip_prefix("interface "));
        if let Some(words) = words {
            open = words.split_whitespace().next();
        }
        if line == "}" {
            open = None;
        }
        let (Some(kind), Some(member)) = (open, line.strip_prefix("  ")) else { continue };
        let member = member.strip_prefix("readonly ").unwrap_or(member);
        let end =
            member.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(member.len());
        let (name, rest) = member.split_at(end);
        let is_member =
            !name.is_empty() && rest.starts_with(['(', ':', '?', '<']) && name != "constructor";
        if is_member {
            kinds.entry(kind).or_default().insert(name);
        }
    }
    kinds
}

fn own_names(object: &Object<'_>) -> BTreeSet<String> {
    let names =
        object.own_keys::<String>(Filter::new().string()).collect::<Result<BTreeSet<_>, _>>();
    let mut names = names.expect("texts");
    names.remove("constructor");
    names
}

#[test]
fn every_member_is_declared_and_every_declaration_is_there() {
    let declared = declared();
    let bench = Bench::new();
    let check = |kind: &str, names: BTreeSet<String>| {
        let expected: BTreeSet<String> =
            declared[kind].iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(names, expected, "{kind}");
    };
    bench.with(|ctx| {
        for (kind, script) in KINDS {
            let object: Object<'_> =
                ctx.eval(script).catch(ctx).map_err(|error| error.to_string()).expect(kind);
            check(kind, own_names(&object.get_prototype().expect("it has one")));
        }
        for (kind, script) in PLAIN {
            let object: Object<'_> =
                ctx.eval(script).catch(ctx).map_err(|error| error.to_string()).expect(kind);
            check(kind, own_names(&object));
        }
    });
}

#[test]
fn every_declaration_has_its_sentence() {
    let mut is_told = false;
    for line in DECLARED.lines() {
        let words = line.trim_start();
        if words.starts_with("declare ")
            || words.starts_with("interface ")
            || words.starts_with("type ")
        {
            assert!(is_told || words.starts_with("declare const goxel"), "{line}");
        }
        is_told = words.ends_with("*/");
    }
}
