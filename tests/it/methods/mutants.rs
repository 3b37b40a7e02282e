//! Replies that are wrong by one thing: a member more, a member less, a value of another type.

use goxel_proto::method::{Field, Kind};
use serde_json::{Value, json};

/// All of them, made of a reply of this kind.
pub(super) fn of(kind: &Kind, value: &Value) -> Vec<Value> {
    match (kind.plain(), value) {
        (Kind::Any, _) => Vec::new(),
        (Kind::AnyOf(kinds), Value::Object(_)) => {
            kinds.iter().filter(|kind| fits(kind, value)).flat_map(|kind| of(kind, value)).collect()
        }
        (Kind::Object(fields), Value::Object(_)) => members(fields, value),
        (Kind::Array { of, .. }, Value::Array(list)) => elements(of, list),
        (_, value) => vec![of_another_type(value)],
    }
}

/// Whether an object has all members that it needs.
fn fits(kind: &Kind, value: &Value) -> bool {
    let Kind::Object(fields) = kind.plain() else { return false };
    fields.iter().filter(|field| field.required).all(|field| value.get(field.name()).is_some())
}

fn members(fields: &[Field], value: &Value) -> Vec<Value> {
    let mut mutants = vec![json!([]), json!("object")];
    let mut more = value.clone();
    more["one_more"] = json!(1);
    mutants.push(more);
    for field in fields {
        let Some(member) = value.get(field.name()) else { continue };
        if field.required {
            let mut less = value.clone();
            less.as_object_mut().unwrap().remove(field.name());
            mutants.push(less);
        }
        for mutant in of(&field.kind, member) {
            let mut other = value.clone();
            other[field.name()] = mutant;
            mutants.push(other);
        }
    }
    mutants
}

fn elements(kind: &Kind, list: &[Value]) -> Vec<Value> {
    let mut mutants = vec![json!({}), json!("array")];
    let Some(first) = list.first() else { return mutants };
    for mutant in of(kind, first) {
        let mut other = list.to_vec();
        other[0] = mutant;
        mutants.push(Value::Array(other));
    }
    mutants
}

fn of_another_type(value: &Value) -> Value {
    match value {
        Value::Object(_) => json!([value]),
        _ => json!({"value": value}),
    }
}
