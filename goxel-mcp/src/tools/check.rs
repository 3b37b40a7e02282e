//! Checks the arguments of a call against the fields of its tool: what is wrong is told by its place, as
//! `voxels[17].x`, with what it must be. Nothing that is not known is passed over.

use std::fmt;

use goxel_proto::method::{Field, Kind, Named};
use goxel_proto::suggest;
use serde_json::Value;

use crate::tool::{Object, Refused};

/// Where in the arguments something is.
#[derive(Clone, Copy)]
struct Place<'a> {
    around: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Member(&'a str),
    Element(usize),
}

impl<'a> Place<'a> {
    fn element(&'a self, index: usize) -> Self {
        Self { around: Some(self), step: Step::Element(index) }
    }

    fn member(&'a self, name: &'a str) -> Self {
        Self { around: Some(self), step: Step::Member(name) }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(around) = self.around {
            around.fmt(f)?;
        }
        match self.step {
            Step::Member(name) if self.around.is_some() => write!(f, ".{name}"),
            Step::Member(name) => f.write_str(name),
            Step::Element(index) => write!(f, "[{index}]"),
        }
    }
}

/// Checks all arguments of `tool`. `null` counts as absent.
///
/// # Errors
/// Where one is unknown, missing or wrong: what, where, and what it must be.
pub(super) fn arguments(tool: &str, fields: &[Field], given: &Object) -> Result<(), Refused> {
    let names = || fields.iter().map(Field::name);
    if let Some(unknown) = given.keys().find(|key| !names().any(|name| name == **key)) {
        let takes = names().collect::<Vec<_>>().join(", ");
        let near = near(unknown, names());
        return Err(Refused::new(format!(
            "{unknown} is no argument of {tool}{near} It takes: {takes}."
        )));
    }
    for field in fields {
        let name = field.name();
        match given.get(name) {
            None | Some(Value::Null) if field.required => {
                return Err(Refused::new(format!("{name} is missing: {}", hint(field))));
            }
            None | Some(Value::Null) => {}
            Some(value) => {
                let place = Place { around: None, step: Step::Member(name) };
                check(&place, &field.kind, value).map_err(Refused::new)?;
            }
        }
    }
    Ok(())
}

/// What a field must be, and what for.
fn hint(field: &Field) -> String {
    format!("it must be {}. {}", words(&field.kind), field.about)
}

/// `: is "x" meant?`, where a name is near; else the end of a sentence.
fn near<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> String {
    let near = suggest::nearest(word, names);
    near.map_or_else(|| ".".to_owned(), |near| format!(": is \"{near}\" meant?"))
}

fn check(place: &Place<'_>, kind: &Kind, value: &Value) -> Result<(), String> {
    match kind {
        Kind::Named(Named { kind: Kind::AnyOf(kinds), .. }) => any_of(place, kind, kinds, value),
        Kind::Named(named) => check(place, &named.kind, value),
        Kind::Bulk(inner) => check(place, inner, value),
        Kind::AnyOf(kinds) => any_of(place, kind, kinds, value),
        Kind::Array { of, min, max } => match value {
            Value::Array(elements) => array(place, kind, of, (*min, *max), elements),
            _ => Err(wrong(place, kind, value)),
        },
        Kind::Object(fields) => match value {
            Value::Object(members) => object(place, fields, members),
            _ => Err(wrong(place, kind, value)),
        },
        Kind::Word(words) => word(place, kind, &(words.spellings)(), value),
        _ if is(kind, value) => Ok(()),
        _ => Err(wrong(place, kind, value)),
    }
}

/// Whether a value that has no parts is of a kind.
fn is(kind: &Kind, value: &Value) -> bool {
    match kind {
        Kind::Any => true,
        Kind::Bool => value.is_boolean(),
        Kind::True => value.as_bool() == Some(true),
        Kind::False => value.as_bool() == Some(false),
        Kind::Integer { min, max } => whole(value).is_some_and(|n| (*min..=*max).contains(&n)),
        Kind::Choice(numbers) => whole(value).is_some_and(|n| numbers.contains(&n)),
        Kind::Number { min, max } => value.as_f64().is_some_and(|n| (*min..=*max).contains(&n)),
        Kind::Text | Kind::Path | Kind::Base64 => value.is_string(),
        Kind::Exactly(text) => value.as_str().is_some_and(|given| given == *text),
        Kind::Coordinate => whole(value).is_some_and(|n| i32::try_from(n).is_ok()),
        Kind::Component => value.as_f64().is_some_and(|n| (0.0..=255.0).contains(&n)),
        // Which names there are is the daemon's to know.
        Kind::Colour => match value {
            Value::String(_) | Value::Object(_) => true,
            Value::Array(parts) => {
                matches!(parts.len(), 3 | 4) && parts.iter().all(Value::is_number)
            }
            _ => false,
        },
        Kind::Layer | Kind::LayerOrAll => whole(value).is_some(),
        Kind::Word(_) | Kind::Object(_) | Kind::Array { .. } => false,
        Kind::Bulk(_) | Kind::AnyOf(_) | Kind::Named(_) => false,
    }
}

/// The whole number that a value is: `3.0` is one.
pub(super) fn whole(value: &Value) -> Option<i64> {
    let float = || value.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 9e15);
    value.as_i64().or_else(|| float().map(|n| n as i64))
}

fn word(place: &Place<'_>, kind: &Kind, spellings: &[&str], value: &Value) -> Result<(), String> {
    let Some(text) = value.as_str() else { return Err(wrong(place, kind, value)) };
    if spellings.iter().any(|name| name.eq_ignore_ascii_case(text)) {
        return Ok(());
    }
    let near = near(text, spellings.iter().copied());
    Err(format!("{place}: \"{}\" is not known{near} It must be {}", cut(text), kind.words()))
}

fn array(
    place: &Place<'_>,
    kind: &Kind,
    of: &Kind,
    (min, max): (usize, usize),
    elements: &[Value],
) -> Result<(), String> {
    if !(min..=max).contains(&elements.len()) {
        return Err(format!("{place} has {} elements: it must be {}", elements.len(), words(kind)));
    }
    elements
        .iter()
        .enumerate()
        .try_for_each(|(index, element)| check(&place.element(index), of, element))
}

fn object(place: &Place<'_>, fields: &[Field], members: &Object) -> Result<(), String> {
    for (key, value) in members {
        let Some(field) = fields.iter().find(|field| field.is(key.as_bytes())) else {
            let names = || fields.iter().map(Field::name);
            let known = names().collect::<Vec<_>>().join(", ");
            return Err(format!(
                "{} is not known{} Known are: {known}",
                place.member(key),
                near(key, names())
            ));
        };
        if !value.is_null() {
            check(&place.member(key), &field.kind, value)?;
        }
    }
    let is_there = |field: &&Field| members.keys().any(|key| field.is(key.as_bytes()));
    match fields.iter().filter(|field| field.required).find(|field| !is_there(field)) {
        Some(missing) => {
            Err(format!("{} is missing: {}", place.member(missing.name()), hint(missing)))
        }
        None => Ok(()),
    }
}

/// A value that may be of several kinds is compared with those of its type. Where that is one, or it is clear
/// from an array's length which is meant, what is wrong is told of that one.
fn any_of(place: &Place<'_>, all: &Kind, kinds: &[Kind], value: &Value) -> Result<(), String> {
    let mut near: Vec<&Kind> = kinds.iter().filter(|kind| suits(kind, value)).collect();
    if let (Value::Array(elements), true) = (value, near.len() > 1) {
        near.retain(|kind| match kind.plain() {
            Kind::Array { min, max, .. } => (*min..=*max).contains(&elements.len()),
            _ => true,
        });
        if near.is_empty() {
            return Err(format!(
                "{place} has {} elements: it must be {}",
                elements.len(),
                words(all)
            ));
        }
    }
    match near[..] {
        [] => Err(wrong(place, all, value)),
        [one] => check(place, one, value),
        _ if near.iter().any(|kind| check(place, kind, value).is_ok()) => Ok(()),
        _ => Err(wrong(place, all, value)),
    }
}

/// Whether a value is of the type that a kind's values have.
fn suits(kind: &Kind, value: &Value) -> bool {
    match kind.plain() {
        Kind::Any => true,
        Kind::Bool | Kind::True | Kind::False => value.is_boolean(),
        Kind::Text | Kind::Path | Kind::Base64 | Kind::Word(_) | Kind::Exactly(_) => {
            value.is_string()
        }
        Kind::Colour => value.is_string() || value.is_array() || value.is_object(),
        Kind::Object(_) => value.is_object(),
        Kind::Array { .. } => value.is_array(),
        Kind::Bulk(inner) => suits(inner, value),
        Kind::AnyOf(kinds) => kinds.iter().any(|kind| suits(kind, value)),
        _ => value.is_number(),
    }
}

/// What a value must be.
fn words(kind: &Kind) -> String {
    match kind {
        Kind::Coordinate => "a whole number of the range of 32 bits".to_owned(),
        Kind::Bulk(inner) => words(inner),
        Kind::Named(named) if matches!(named.kind, Kind::AnyOf(_)) => {
            // The name alone says too little.
            format!("{}: {}", named.what, named.about.replace('`', ""))
        }
        kind => kind.words(),
    }
}

fn wrong(place: &Place<'_>, kind: &Kind, value: &Value) -> String {
    format!("{place} must be {}, not {}", words(kind), described(value))
}

/// Letters of a text that are quoted back.
const QUOTED_LETTERS_MAX: usize = 40;

fn cut(text: &str) -> String {
    let mut letters = text.chars();
    let begin: String = letters.by_ref().take(QUOTED_LETTERS_MAX).collect();
    if letters.next().is_some() { format!("{begin}...") } else { begin }
}

/// What a value is, in a few words.
fn described(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("the text \"{}\"", cut(text)),
        Value::Array(elements) => format!("an array of {}", elements.len()),
        Value::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use goxel_proto::Method;
    use serde_json::json;

    use super::super::params;
    use super::*;

    const FIELDS: &[Field] = &[
        params::PROJECT,
        params::of(Method::AddVoxels, "voxels"),
        params::of(Method::AddVoxels, "runs"),
        params::COLOR,
        params::LAYER,
        params::of(Method::Rotate, "axis"),
        params::of(Method::Rotate, "degrees"),
    ];

    fn check(arguments: &Value, expected: &str) {
        let mut given = json!({"project_id": "p"}).as_object().unwrap().clone();
        given.extend(arguments.as_object().unwrap().clone());
        let given = given.into_iter().filter(|(_, value)| *value != json!("absent")).collect();
        let told = super::arguments("t", FIELDS, &given).err().map(|refused| refused.words);
        match expected {
            "" => assert_eq!(told, None, "{arguments}"),
            _ => assert!(
                told.as_deref().is_some_and(|told| told.contains(expected)),
                "{arguments}: {told:?}"
            ),
        }
    }

    #[test]
    fn what_is_right() {
        check(&json!({}), "");
        check(
            &json!({"voxels": [[1, 2, 3], [1, 2, 3, 255, 0, 0], {"x": 1, "y": 2, "z": 3, "color": "red"}]}),
            "",
        );
        check(
            &json!({"runs": [[0, 0, 0, 8], [0, 0, 0, 8, 1, 2, 3, 255]], "layer": 3, "axis": "X"}),
            "",
        );
        check(&json!({"voxels": [[1.0, 2, 3]], "color": null, "layer": "roof"}), "");
        check(&json!({"color": [1, 2, 3]}), "");
    }

    #[test]
    fn what_is_wrong_is_told_by_its_place() {
        check(&json!({"project_id": "absent"}), "project_id is missing: it must be a string");
        check(&json!({"project_id": 7}), "project_id must be a string, not 7");
        check(
            &json!({"voxel": []}),
            "voxel is no argument of t: is \"voxels\" meant? It takes: project_id, voxels",
        );
        check(&json!({"voxels": "no"}), "voxels must be an array of");
        check(
            &json!({"voxels": [[1, 2, 3], [1, 2]]}),
            "voxels[1] has 2 elements: it must be a point: One voxel: [x, y, z]",
        );
        check(
            &json!({"voxels": [[1, 2, 3.5]]}),
            "voxels[0][2] must be a whole number of the range of 32 bits, not 3.5",
        );
        check(
            &json!({"voxels": [{"x": "1", "y": 2, "z": 3}]}),
            "voxels[0].x must be a whole number of the range of 32 bits, not the text \"1\"",
        );
        check(
            &json!({"voxels": [{"x": 1, "y": 2, "z": 3, "colour": "red"}]}),
            "voxels[0].colour is not known: is \"color\" meant?",
        );
        check(&json!({"voxels": [7]}), "voxels[0] must be a point");
        check(&json!({"voxels": [[1, 2, 9_000_000_000i64]]}), "voxels[0][2] must be");
        check(&json!({"axis": "w"}), "axis: \"w\" is not known");
        check(&json!({"axis": 1}), "axis must be \"x\", \"y\" or \"z\", not 1");
        check(&json!({"degrees": 1.5}), "degrees must be an integer, not 1.5");
        check(&json!({"layer": true}), "layer must be");
        check(&json!({"color": 7}), "color must be a colour");
    }
}
