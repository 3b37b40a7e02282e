//! Kinds as JSON Schema. Only words that draft-07, which the meta-schema of OpenRPC uses, and
//! 2020-12 read alike: `items` is one schema, never a list, and nothing is referred to.
//!
//! All schemas are closed: a member that is not described is refused.

use crate::json::Writer;
use crate::method::{Field, Kind, Row};

/// Writes the members of the schema of what `kind` allows.
pub fn kind(kind: &Kind, w: &mut Writer<'_>) {
    match kind {
        Kind::Any => {}
        Kind::Bool => w.member("type", "boolean"),
        Kind::Integer { min, max } => integer(*min, *max, w),
        Kind::Number { min, max } => number(*min, *max, w),
        Kind::Text | Kind::Path => w.member("type", "string"),
        Kind::Base64 => {
            w.member("type", "string");
            w.member("contentEncoding", "base64");
        }
        Kind::Word(words) => {
            w.member("type", "string");
            w.key("enum").array(|w| (words.spellings)().iter().for_each(|name| w.element(*name)));
        }
        Kind::Choice(numbers) => {
            w.member("type", "integer");
            w.key("enum").array(|w| numbers.iter().for_each(|number| w.element(*number)));
        }
        Kind::Exactly(text) => w.member("const", *text),
        Kind::False => w.member("const", false),
        Kind::True => w.member("const", true),
        Kind::Coordinate => {
            w.member("type", "number");
            w.member("minimum", i64::from(i32::MIN));
            w.member("exclusiveMaximum", 1_i64 << 31);
        }
        Kind::Component => number(0.0, 255.0, w),
        Kind::Colour => self::kind(&COLOUR, w),
        Kind::Layer => integer(-1, i64::from(i32::MAX), w),
        Kind::LayerOrAll => integer(-2, i64::from(i32::MAX), w),
        Kind::Object(fields) => object(fields, w),
        Kind::Array { of, min, max } => array(of, *min, *max, w),
        Kind::Bulk(inner) => self::kind(inner, w),
        Kind::AnyOf(kinds) => w.key("anyOf").array(|w| {
            kinds.iter().for_each(|one| w.item().object(|w| self::kind(one, w)));
        }),
        Kind::Named(named) => self::kind(&named.kind, w),
    }
}

/// What [`Kind::Colour`] is made of.
const COLOUR: Kind = Kind::AnyOf(&[
    Kind::Text,
    Kind::Array { of: &Kind::Component, min: 3, max: 4 },
    Kind::Object(&[
        Field::needed("r", Kind::Component, "Red."),
        Field::needed("g", Kind::Component, "Green."),
        Field::needed("b", Kind::Component, "Blue."),
        Field::absent("a", Kind::Component, "Alpha.").or("255"),
    ]),
]);

fn integer(min: i64, max: i64, w: &mut Writer<'_>) {
    w.member("type", "integer");
    if min > i64::MIN {
        w.member("minimum", min);
    }
    if max < i64::MAX {
        w.member("maximum", max);
    }
}

fn number(min: f64, max: f64, w: &mut Writer<'_>) {
    w.member("type", "number");
    if min > f64::MIN {
        w.member("minimum", min);
    }
    if max < f64::MAX {
        w.member("maximum", max);
    }
}

fn array(of: &Kind, min: usize, max: usize, w: &mut Writer<'_>) {
    w.member("type", "array");
    w.key("items").object(|w| kind(of, w));
    if min > 0 {
        w.member("minItems", min);
    }
    if max < usize::MAX {
        w.member("maxItems", max);
    }
}

/// Writes the members of the schema of a method's parameters by name.
pub fn params(row: &Row, w: &mut Writer<'_>) {
    if row.takes_anything {
        return w.member("type", "object");
    }
    object(row.params, w);
}

/// Writes the members of the schema of an object of these fields and no others.
fn object(fields: &[Field], w: &mut Writer<'_>) {
    w.member("type", "object");
    w.key("properties").object(|w| {
        for field in fields {
            w.key(field.name()).object(|w| self::field(field, w));
            for alias in field.aliases() {
                w.key(alias).object(|w| {
                    w.member("description", format!("Another name of {}.", field.name()));
                    kind(&field.kind, w);
                });
            }
        }
    });
    let required = |with_aliases: bool| {
        fields.iter().filter(move |field| {
            field.required && (field.aliases().next().is_some() == with_aliases)
        })
    };
    if required(false).next().is_some() {
        w.key("required").array(|w| required(false).for_each(|field| w.element(field.name())));
    }
    if required(true).next().is_some() {
        w.key("allOf").array(|w| {
            for field in required(true) {
                w.item().object(|w| one_of_the_names(field, w));
            }
        });
    }
    w.member("additionalProperties", false);
}

fn one_of_the_names(field: &Field, w: &mut Writer<'_>) {
    w.key("anyOf").array(|w| {
        for name in field.names.split('|') {
            w.item().object(|w| w.key("required").array(|w| w.element(name)));
        }
    });
}

/// Writes the members of the schema of one field, with what there is to know of it.
pub fn field(field: &Field, w: &mut Writer<'_>) {
    match field.unit {
        Some(unit) => w.member("description", format!("{} In {unit}.", field.about)),
        None => w.member("description", field.about),
    }
    kind(&field.kind, w);
    if let Some(default) = field.default {
        w.key("default").raw(default.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Kind, expected: &str) {
        let mut out = Vec::new();
        Writer::new(&mut out).object(|w| super::kind(&kind, w));
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn kinds() {
        check(Kind::Any, "{}");
        check(Kind::BYTE, r#"{ "type": "integer", "minimum": 0, "maximum": 255 }"#);
        check(Kind::NUMBER, r#"{ "type": "number" }"#);
        check(Kind::False, r#"{ "const": false }"#);
        check(
            Kind::tuple(&Kind::INT, 3),
            r#"{ "type": "array", "items": { "type": "integer", "minimum": -2147483648, "maximum": 2147483647 }, "minItems": 3, "maxItems": 3 }"#,
        );
    }

    #[test]
    fn an_object_takes_a_required_member_by_any_of_its_names() {
        const FIELDS: &[Field] = &[
            Field::needed("path|file", Kind::Path, "Where."),
            Field::needed("n", Kind::Bool, "N."),
        ];
        check(
            Kind::Object(FIELDS),
            r#"{ "type": "object", "properties": { "path": { "description": "Where.", "type": "string" }, "file": { "description": "Another name of path.", "type": "string" }, "n": { "description": "N.", "type": "boolean" } }, "required": [ "n" ], "allOf": [ { "anyOf": [ { "required": [ "path" ] }, { "required": [ "file" ] } ] } ], "additionalProperties": false }"#,
        );
    }
}
