//! Whether a reply has the shape that the table of methods says: the few words of JSON Schema that
//! `rpc.discover` uses.

use goxel_proto::Method;
use goxel_proto::json::Writer;
use serde_json::Value;

/// The schemas of all results, by method.
pub(super) fn results() -> std::collections::HashMap<String, Value> {
    let mut text = Vec::new();
    goxel_proto::docs::openrpc("", &mut Writer::new(&mut text));
    let document: Value = serde_json::from_slice(&text).unwrap();
    let methods = document["methods"].as_array().unwrap();
    assert_eq!(methods.len(), Method::ALL.len());
    let row = |method: &Value| {
        (method["name"].as_str().unwrap().to_owned(), method["result"]["schema"].clone())
    };
    methods.iter().map(row).collect()
}

/// What is wrong with `value`, where something is.
pub(super) fn fault(value: &Value, schema: &Value) -> Option<String> {
    let fits = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => value.is_number(),
    };
    // What is masked may be anything.
    if value == "_" {
        return None;
    }
    if let Some(kind) = schema["type"].as_str().filter(|kind| !fits(kind)) {
        return Some(format!("{value} is no {kind}"));
    }
    if let Some(forms) = schema["anyOf"].as_array() {
        let faults: Option<Vec<_>> = forms.iter().map(|form| fault(value, form)).collect();
        return faults.map(|faults| faults.join("; "));
    }
    if let Some(missing) = missing(value, schema) {
        return Some(format!("{missing} is missing in {value}"));
    }
    let members = schema["properties"].as_object().into_iter().flatten();
    let items = value.as_array().into_iter().flatten().map(|item| (item, &schema["items"]));
    members
        .filter_map(|(name, schema)| Some((value.get(name)?, schema)))
        .chain(items)
        .find_map(|(value, schema)| fault(value, schema))
}

fn missing<'a>(value: &Value, schema: &'a Value) -> Option<&'a str> {
    let required = schema["required"].as_array()?;
    let recorded = |name: &&str| !super::mask::NOT_RECORDED.contains(name);
    required
        .iter()
        .filter_map(Value::as_str)
        .filter(recorded)
        .find(|name| value.get(name).is_none())
}
