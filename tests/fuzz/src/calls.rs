//! Parameters of any method, of the kinds that its row says, mostly.

use std::fmt::Write as _;

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};

use crate::Input;

/// Texts for parameters that are texts: names, of which some are of projects and layers.
const TEXTS: [&str; 8] = ["p", "q", "background", "l", "", "#ff0000", "\\u0000", "-"];
/// Paths, of which some can be written and read.
const PATHS: [&str; 8] =
    ["a.gox", "a.vox", "b.txt", "b.png", "c.ply", "d.gltf", "../a.gox", "/dev/null"];
/// Elements of a list.
const ELEMENTS_MAX: usize = 4;
/// How deep kinds are followed.
const DEPTH_MAX: usize = 6;

/// Parameters of a method, as JSON.
pub fn params(method: Method, input: &mut Input<'_>) -> String {
    let row = method.info();
    let mut json = String::new();
    let by_place = input.byte() < 32;
    if by_place {
        json.push('[');
        let count = input.below(row.params.len() + 1);
        for (at, field) in row.params.iter().take(count).enumerate() {
            json.push_str(if at == 0 { "" } else { "," });
            value(&field.kind, input, &mut json, 0);
        }
        json.push(']');
    } else {
        object(row.params, input, &mut json, 0);
    }
    json
}

fn object(fields: &[Field], input: &mut Input<'_>, json: &mut String, depth: usize) {
    json.push('{');
    let mut comma = "";
    for field in fields {
        // What need not be there is there now and then.
        let roll = input.byte();
        if if field.required { roll < 4 } else { roll < 150 } {
            continue;
        }
        let _ = write!(json, "{comma}\"{}\":", field.name());
        comma = ",";
        value(&field.kind, input, json, depth + 1);
    }
    json.push('}');
}

fn value(kind: &Kind, input: &mut Input<'_>, json: &mut String, depth: usize) {
    if depth > DEPTH_MAX || input.byte() == 255 {
        // Not what it should be.
        json.push_str(*input.pick(&["null", "-1", "[]", "{}", "1e999", "true", "\"\""]));
        return;
    }
    match kind {
        Kind::Any => _ = write!(json, "{}", input.coordinate()),
        Kind::Bool => json.push_str(*input.pick(&["true", "false"])),
        Kind::Integer { min, max } => {
            let near = i64::from(input.coordinate());
            let number = match input.byte() {
                0..10 => *min,
                10..20 => *max,
                20..30 => max.saturating_add(1),
                30..120 => min.saturating_add(near.rem_euclid(20)),
                _ => near,
            };
            let _ = write!(json, "{number}");
        }
        Kind::Number { min, max } => {
            let near = f64::from(input.coordinate()) / 16.0;
            let number = match input.byte() {
                0..10 => *min,
                10..20 => *max,
                20..60 => (min.max(-100.0) + max.min(100.0)) / 2.0,
                _ => near,
            };
            let _ = write!(json, "{number}");
        }
        Kind::Text => _ = write!(json, "\"{}\"", input.pick(&TEXTS)),
        Kind::Path => _ = write!(json, "\"{}\"", input.pick(&PATHS)),
        Kind::Base64 => {
            json.push_str(*input.pick(&["\"\"", "\"AAAA\"", "\"AQAAAAIAAAADAAAA/wAA/w==\""]))
        }
        Kind::Word(words) => {
            let all = (words.spellings)();
            let _ = write!(json, "\"{}\"", all.get(input.below(all.len().max(1))).unwrap_or(&""));
        }
        Kind::Choice(of) => _ = write!(json, "{}", input.pick(of)),
        Kind::Exactly(text) => _ = write!(json, "\"{text}\""),
        Kind::False => json.push_str("false"),
        Kind::True => json.push_str("true"),
        Kind::Coordinate => _ = write!(json, "{}", input.coordinate()),
        Kind::Component => _ = write!(json, "{}", input.byte()),
        Kind::Colour => _ = write!(json, "[{},{},7,{}]", input.byte(), input.byte(), input.byte()),
        Kind::Layer | Kind::LayerOrAll => _ = write!(json, "{}", i32::from(input.byte() % 8) - 2),
        Kind::Object(fields) => object(fields, input, json, depth),
        Kind::Array { of, min, max } => {
            list(of, *min + input.below((max - min).min(ELEMENTS_MAX) + 1), input, json, depth);
        }
        Kind::Bulk(of) => value(of, input, json, depth + 1),
        Kind::AnyOf(kinds) => value(input.pick(kinds), input, json, depth + 1),
        Kind::Named(named) => value(&named.kind, input, json, depth + 1),
    }
}

fn list(of: &Kind, count: usize, input: &mut Input<'_>, json: &mut String, depth: usize) {
    json.push('[');
    for at in 0..count {
        json.push_str(if at == 0 { "" } else { "," });
        value(of, input, json, depth + 1);
    }
    json.push(']');
}
