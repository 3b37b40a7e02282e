//! Fields as JSON Schemas for a model: as the documents of the methods have them, but as short as can be, since
//! a model reads all of them before its first call. What a schema leaves out - further spellings of a word, other
//! forms of a colour - is understood all the same.

use goxel_proto::method::{Field, Kind};
use serde_json::{Value, json};

use crate::tool::Object;

/// The schema of a tool's arguments, with examples of them as JSON.
pub(super) fn input(fields: &[Field], examples: &[&str]) -> Object {
    let mut schema = object(fields);
    schema.insert("additionalProperties".into(), false.into());
    let examples: Vec<Value> =
        examples.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    if !examples.is_empty() {
        schema.insert("examples".into(), examples.into());
    }
    schema
}

/// The schema of a result of these members, and others.
pub(super) fn output(fields: &[Field]) -> Object {
    let mut schema = object(fields);
    // What is counted is not negative: nobody who reads it needs to be told.
    for member in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten()
    {
        if let Value::Object(member) = member.1 {
            member.remove("minimum");
        }
    }
    schema
}

/// The schema of an object of these members.
fn object(fields: &[Field]) -> Object {
    let mut schema = typed("object");
    let properties = fields.iter().map(|field| (field.name().to_owned(), of(field).into()));
    schema.insert("properties".into(), Value::Object(properties.collect()));
    let required: Vec<_> = fields.iter().filter(|field| field.required).map(Field::name).collect();
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    schema
}

/// The schema of a field, with what there is to know of it.
fn of(field: &Field) -> Object {
    let mut schema = kind(&field.kind);
    if !field.about.is_empty() {
        let about = match field.unit {
            Some(unit) if !field.about.contains(unit) => format!("{} In {unit}.", field.about),
            _ => field.about.to_owned(),
        };
        schema.insert("description".into(), about.into());
    }
    if let Some(default) = field.default.and_then(|text| serde_json::from_str(text).ok()) {
        schema.insert("default".into(), default);
    }
    schema
}

fn typed(name: &str) -> Object {
    [("type".to_owned(), name.into())].into_iter().collect()
}

/// The schema of what a kind allows.
fn kind(kind: &Kind) -> Object {
    match kind {
        Kind::Any => Object::new(),
        Kind::Bool | Kind::True | Kind::False => typed("boolean"),
        Kind::Integer { min, max } => integer(*min, *max),
        Kind::Choice(numbers) => with(typed("integer"), "enum", numbers.to_vec()),
        Kind::Number { min, max } => number(*min, *max),
        Kind::Text | Kind::Path | Kind::Base64 | Kind::Colour => typed("string"),
        Kind::Word(words) => {
            let names: Vec<_> = (words.rows)().iter().map(|(name, _)| *name).collect();
            with(typed("string"), "enum", names)
        }
        Kind::Exactly(text) => with(typed("string"), "enum", vec![*text]),
        Kind::Coordinate | Kind::Component | Kind::Layer | Kind::LayerOrAll => typed("integer"),
        Kind::Object(fields) => with(object(fields), "additionalProperties", false),
        Kind::Array { of, min, max } => array(of, *min, *max),
        Kind::Bulk(inner) => self::kind(inner),
        Kind::AnyOf(kinds) => union(kinds),
        Kind::Named(named) => self::kind(&named.kind),
    }
}

fn with(mut schema: Object, key: &str, value: impl Into<Value>) -> Object {
    schema.insert(key.to_owned(), value.into());
    schema
}

/// Limits that only say what fits a machine's word are left out.
fn integer(min: i64, max: i64) -> Object {
    let mut schema = typed("integer");
    if min > i64::from(i32::MIN) {
        schema.insert("minimum".into(), min.into());
    }
    if max < i64::from(i32::MAX) {
        schema.insert("maximum".into(), max.into());
    }
    schema
}

fn number(min: f64, max: f64) -> Object {
    let mut schema = typed("number");
    for (key, limit) in [("minimum", min), ("maximum", max)] {
        // Whole numbers are written as such.
        if limit.abs() < 1e9 {
            let whole = limit.fract() == 0.0;
            let limit = if whole { json!(limit as i64) } else { json!(limit) };
            schema.insert(key.into(), limit);
        }
    }
    schema
}

/// How many a tuple of numbers has its sentence shows, as `[x,y,z]`.
fn array(of: &Kind, min: usize, max: usize) -> Object {
    let items = kind(of);
    if items.is_empty() {
        return typed("array");
    }
    let mut schema = with(typed("array"), "items", items);
    if min == max {
        return schema;
    }
    if min > 0 {
        schema.insert("minItems".into(), min.into());
    }
    if max < usize::MAX {
        schema.insert("maxItems".into(), max.into());
    }
    schema
}

/// Words of several kinds are one set of words. Else it is said of which types a value may be, and of an array
/// of what: the forms one by one would take ten times the room.
fn union(kinds: &[Kind]) -> Object {
    let schemas: Vec<Object> = kinds.iter().map(kind).collect();
    if schemas.iter().all(|schema| schema.contains_key("enum")) {
        let words = schemas.iter().filter_map(|schema| schema.get("enum")?.as_array()).flatten();
        return with(typed("string"), "enum", words.cloned().collect::<Vec<_>>());
    }
    let mut types: Vec<Value> = Vec::new();
    for one in schemas.iter().filter_map(|schema| schema.get("type")) {
        let named = one.as_array().cloned().unwrap_or_else(|| vec![one.clone()]);
        types.extend(named.into_iter().filter(|name| !types.contains(name)).collect::<Vec<_>>());
    }
    // What may be a name or a number is told to be a text: a number in it is understood.
    if types.contains(&"string".into()) {
        types.retain(|name| name != "integer");
    }
    let mut merged = Object::new();
    let arrays = || schemas.iter().filter(|schema| schema.contains_key("items"));
    if let Some(items) = arrays().find_map(|schema| schema.get("items")) {
        merged.insert("items".into(), items.clone());
    }
    let types = if types.len() == 1 { types.remove(0) } else { types.into() };
    merged.insert("type".into(), types);
    merged
}

#[cfg(test)]
mod tests {
    use goxel_proto::Method;

    use super::super::params;
    use super::*;

    fn check(kind: Kind, expected: &Value) {
        assert_eq!(Value::Object(super::kind(&kind)), *expected, "{kind:?}");
    }

    #[test]
    fn kinds_are_short() {
        check(Kind::Colour, &json!({"type": "string"}));
        check(Kind::BYTE, &json!({"type": "integer", "minimum": 0, "maximum": 255}));
        check(Kind::POSITIVE, &json!({"type": "integer", "minimum": 1}));
        check(Kind::UNIT, &json!({"type": "number", "minimum": 0, "maximum": 1}));
        check(params::CELL, &json!({"type": "array", "items": {"type": "integer"}}));
        check(
            params::kind(Method::Rotate, "axis"),
            &json!({"type": "string", "enum": ["x", "y", "z"]}),
        );
    }

    #[test]
    fn several_kinds_are_one() {
        check(params::LAYER_KIND, &json!({"type": "string"}));
        check(
            params::kind(Method::AddVoxels, "runs"),
            &json!({"type": "array", "items": {
                "type": "array", "items": {"type": "integer"}}}),
        );
        check(
            Kind::AnyOf(&[Kind::Exactly("a"), Kind::Exactly("b")]),
            &json!({"type": "string", "enum": ["a", "b"]}),
        );
    }
}
