//! Parameters by position and by name, each from the other.

use goxel_proto::Method;
use serde_json::{Map, Value};

/// The same request with its parameters in the other form, where they can be said in it.
pub(super) fn other(request: &Value) -> Option<Value> {
    let info = Method::find(request["method"].as_str()?)?.info();
    let positional = &info.params[..info.positional];
    let params = match request.get("params")? {
        Value::Array(list) if !list.is_empty() && list.len() <= positional.len() => {
            let named = positional.iter().zip(list);
            Value::Object(
                named.map(|(param, value)| (param.name().to_owned(), value.clone())).collect(),
            )
        }
        Value::Object(members) if !members.is_empty() => by_position(members, positional)?,
        _ => return None,
    };
    let mut other = request.clone();
    other["params"] = params;
    Some(other)
}

fn by_position(
    members: &Map<String, Value>,
    positional: &[goxel_proto::method::Field],
) -> Option<Value> {
    let mut list: Vec<Value> = Vec::new();
    for (name, value) in members {
        let known = |param: &goxel_proto::method::Field| param.names.split('|').any(|n| n == name);
        let place = positional.iter().position(known)?;
        if list.len() <= place {
            list.resize(place + 1, Value::Null);
        }
        list[place] = value.clone();
    }
    Some(Value::Array(list))
}

/// Whether two replies are the same, wherever they say that a parameter stands.
pub(super) fn alike(one: &str, other: &str) -> bool {
    one == other || without_places(one) == without_places(other)
}

/// `params[3]` and `params.color` as `params`.
fn without_places(reply: &str) -> String {
    let mut parts = reply.split("params");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = match part.as_bytes() {
            [b'[', ..] => part.split_once(']').map_or(part, |(_, rest)| rest),
            [b'.', ..] => {
                part[1..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_')
            }
            _ => part,
        };
        text.push_str("params");
        text.push_str(rest);
    }
    text
}
