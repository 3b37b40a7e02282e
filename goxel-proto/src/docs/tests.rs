//! The document and its schemas, held against the words that they may use.

use super::*;
use crate::json::Writer;
use crate::method::Method;

fn document() -> serde_json::Value {
    let mut out = Vec::new();
    openrpc("15", &mut Writer::new(&mut out));
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn every_method_is_described() {
    let document = document();
    let methods = document["methods"].as_array().unwrap();
    assert_eq!(methods.len(), Method::ALL.len());
    let page = markdown();
    for (method, described) in Method::ALL.iter().zip(methods) {
        let row = method.info();
        assert_eq!(described["name"], row.name);
        assert_eq!(described["params"].as_array().unwrap().len(), row.params.len());
        assert!(page.contains(&format!("\n## `{}`\n", row.name)));
        assert!(plain(row).starts_with(row.name));
    }
}

/// Words of JSON Schema that draft-07 and 2020-12 read alike, and no others.
#[test]
fn schemas_are_closed_and_of_the_common_words() {
    for method in document()["methods"].as_array().unwrap() {
        let name = method["name"].as_str().unwrap();
        for param in method["params"].as_array().unwrap() {
            check_schema(&param["schema"], name);
        }
        check_schema(&method["result"]["schema"], name);
    }
    for method in Method::ALL {
        let mut out = Vec::new();
        Writer::new(&mut out).object(|w| schema::params(method.info(), w));
        check_schema(&serde_json::from_slice(&out).unwrap(), method.info().name);
    }
}

fn check_schema(schema: &serde_json::Value, method: &str) {
    let types = ["object", "array", "string", "number", "integer", "boolean"];
    let schemas = |value: &serde_json::Value| {
        value.as_array().unwrap().iter().for_each(|one| check_schema(one, method));
    };
    for (key, value) in schema.as_object().unwrap() {
        match key.as_str() {
            "type" => assert!(types.contains(&value.as_str().unwrap()), "{method}"),
            "items" => check_schema(value, method),
            "anyOf" | "allOf" => schemas(value),
            "properties" => {
                assert_eq!(schema["additionalProperties"], false, "{method}");
                value.as_object().unwrap().values().for_each(|one| check_schema(one, method));
            }
            "required" => {
                assert!(value.as_array().unwrap().iter().all(serde_json::Value::is_string));
            }
            "additionalProperties" => assert_eq!(*value, false, "{method}"),
            "minimum" | "maximum" | "exclusiveMaximum" | "minItems" | "maxItems" => {
                assert!(value.is_number(), "{method}");
            }
            "enum" => assert!(!value.as_array().unwrap().is_empty(), "{method}"),
            "const" | "default" => {}
            "description" | "contentEncoding" => assert!(value.is_string(), "{method}"),
            _ => panic!("{method}: {key} is no word of these schemas"),
        }
    }
}
