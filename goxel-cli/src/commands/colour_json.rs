//! One spelling of colours in what `--json` prints: `"color": "#rrggbbaa"`.
//!
//! Replies keep the spellings of the daemon's contract: arrays, digits of either case, both side
//! by side. `call` prints them as they are.

use goxel_proto::json::{Kind, Value, Writer};
use goxel_proto::types::Rgba;

use super::values::{colour, hex};

/// Members that are a colour, in one spelling or another.
const COLOURS: [&str; 4] = ["color", "rgba", "hex", "target_color"];
/// Members whose colours are factors, which have fractions.
const FACTORS: &str = "materials";

/// The value with its colours in one spelling.
pub(super) fn one_spelling(value: &Value<'_>) -> String {
    let mut out = Vec::new();
    write(value, &mut Writer::new(&mut out));
    String::from_utf8_lossy(&out).into_owned()
}

fn write(value: &Value<'_>, writer: &mut Writer<'_>) {
    match value.kind() {
        Kind::Object => writer.object(|writer| members(value, writer)),
        Kind::Array => writer.array(|writer| {
            value.elements().for_each(|element| write(&element, writer.item()));
        }),
        _ => writer.raw(value.raw()),
    }
}

fn members(value: &Value<'_>, writer: &mut Writer<'_>) {
    let mut has_colour = false;
    for (name, member) in value.members() {
        let name = name.decode();
        match spelled(&name, &member) {
            // The same colour again, in another spelling.
            Some(_) if has_colour && name != "target_color" => {}
            Some(rgba) if name == "target_color" => writer.member(&name, hex(rgba)),
            Some(rgba) => {
                writer.member("color", hex(rgba));
                has_colour = true;
            }
            None if name == FACTORS => writer.key(&name).raw(member.raw()),
            None => write(&member, writer.key(&name)),
        }
    }
}

/// The colour that a member is, where it is one.
fn spelled(name: &str, value: &Value<'_>) -> Option<Rgba> {
    if !COLOURS.contains(&name) {
        return None;
    }
    if let Some(text) = value.as_str() {
        return Rgba::from_hex(&text.decode());
    }
    colour(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours() {
        let check = |text: &str, expected: &str| {
            assert_eq!(one_spelling(&Value::parse(text.as_bytes()).unwrap()), expected);
        };
        check(
            r#"{"exists":true,"color":[1,2,255,4]}"#,
            r##"{ "exists": true, "color": "#0102ff04" }"##,
        );
        check(
            r##"{"colors":[{"hex":"#FF0000FF","rgba":[255,0,0,255],"count":2}]}"##,
            r##"{ "colors": [ { "color": "#ff0000ff", "count": 2 } ] }"##,
        );
        check(
            r#"{"name":"a","color":[255,255,255]}"#,
            r##"{ "name": "a", "color": "#ffffffff" }"##,
        );
        check(r##"{"target_color":"#FFD700FF"}"##, r##"{ "target_color": "#ffd700ff" }"##);
        let materials = r#"{ "materials": [ { "color": [ 1, 1, 1, 1 ] } ] }"#;
        check(materials, materials);
        check(r#"{"color":"red","a":[]}"#, r#"{ "color": "red", "a": [] }"#);
    }
}
