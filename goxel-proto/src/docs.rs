//! What the table of methods says, for people and for programs: `docs/METHODS.md`, and the
//! OpenRPC document that `rpc.discover` answers with.

mod schema;

use std::fmt::Write as _;

use crate::json::Writer;
use crate::method::{Access, Info, Method, Param};

/// The page of all methods, as Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut page = String::from(
        "# Methods\n\n\
         Made from the table in `goxel-proto/src/method.rs`; `goxel-cli methods` prints the same.\n\n\
         Parameters are given by name or by position. Those in brackets can only be named; a bar\n\
         stands between names that mean the same. A project that is not named is the one this\n\
         connection works on. `layer_id` 0, -1 or none is the active layer; methods that only read\n\
         take -2 for all layers. A look at a project of many voxels runs on a worker.\n\n\
         | kind | works on | runs |\n|---|---|---|\n\
         | system | the daemon and its projects | at once |\n\
         | edit | one project, which it changes | at once, and can be undone |\n\
         | read | one project | at once |\n\
         | job | a snapshot of one project | on a worker; this connection waits, others do not |\n",
    );
    for info in Method::ALL.iter().map(|method| method.info()) {
        section(&mut page, info);
    }
    page
}

fn section(page: &mut String, info: &Info) {
    let (positional, named) = info.params.split_at(info.positional);
    // Writing to a string does not fail.
    let _ = write!(page, "\n## `{}`\n\n{} *{}*\n\n", info.name, info.summary, kind(info.access));
    let row = |param: &Param, open: &str, close: &str| {
        format!("- {open}`{}`{close}: {}\n", param.names, param.what)
    };
    if !info.aliases.is_empty() {
        let _ = write!(page, "Also called `{}`.\n\n", info.aliases.join("`, `"));
    }
    page.extend(positional.iter().map(|param| row(param, "", "")));
    page.extend(named.iter().map(|param| row(param, "[", "]")));
    if !info.params.is_empty() {
        page.push('\n');
    }
    let _ = writeln!(page, "Result: `{}`", info.result);
}

fn kind(access: Access) -> &'static str {
    match access {
        Access::System => "system",
        Access::Edit => "edit",
        Access::Read => "read",
        Access::Job => "job",
    }
}

/// The OpenRPC document of this daemon.
pub fn openrpc(version: &str, w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("openrpc", "1.3.2");
        w.key("info").object(|w| {
            w.member("title", "Goxel");
            w.member("version", version);
        });
        w.key("methods").array(|w| {
            for info in Method::ALL.iter().map(|method| method.info()) {
                method(info, w.item());
            }
        });
    });
}

fn method(info: &Info, w: &mut Writer<'_>) {
    w.object(|w| {
        w.member("name", info.name);
        w.member("summary", info.summary);
        w.member("paramStructure", "either");
        if !info.aliases.is_empty() {
            w.key("x-aliases").array(|w| info.aliases.iter().for_each(|name| w.element(name)));
        }
        w.key("params").array(|w| {
            for param in info.params {
                w.item().object(|w| {
                    w.member("name", param.name());
                    w.member("summary", param.what);
                    w.member("required", false);
                    w.key("schema").object(|w| schema::param(param.what, w));
                });
            }
        });
        w.key("result").object(|w| {
            w.member("name", "result");
            w.member("summary", info.result);
            w.key("schema").object(|w| schema::result(info.result, w));
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_described() {
        let mut out = Vec::new();
        openrpc("1", &mut Writer::new(&mut out));
        let document: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let methods = document["methods"].as_array().unwrap();
        assert_eq!(methods.len(), Method::ALL.len());
        let page = markdown();
        for (method, described) in Method::ALL.iter().zip(methods) {
            let info = method.info();
            assert_eq!(described["name"], info.name);
            assert_eq!(described["params"].as_array().unwrap().len(), info.params.len());
            assert!(page.contains(&format!("\n## `{}`\n", info.name)));
        }
    }

    /// What the meta-schema of OpenRPC asks of a document, as far as this one uses it.
    #[test]
    fn the_document_is_openrpc() {
        let mut out = Vec::new();
        openrpc("15", &mut Writer::new(&mut out));
        let document: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert!(document["openrpc"].as_str().unwrap().starts_with("1.3."));
        assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
        let mut names = std::collections::HashSet::new();
        for method in document["methods"].as_array().unwrap() {
            let name = method["name"].as_str().unwrap();
            assert!(names.insert(name), "{name} is there twice");
            assert_eq!(method["paramStructure"], "either");
            let mut params = std::collections::HashSet::new();
            for param in method["params"].as_array().unwrap() {
                assert!(params.insert(param["name"].as_str().unwrap()), "{name}");
                assert_eq!(param["required"], false);
                check_schema(&param["schema"], name);
                assert_ne!(param["schema"], serde_json::json!({}), "{name} {param}");
            }
            assert!(method["result"]["name"].is_string());
            check_schema(&method["result"]["schema"], name);
            let said = method["result"]["schema"].get("properties").is_some();
            assert!(
                said || ["echo", "goxel.render_scene", "rpc.discover"].contains(&name),
                "{name}"
            );
        }
    }

    fn check_schema(schema: &serde_json::Value, method: &str) {
        let types = ["object", "array", "string", "number", "integer", "boolean"];
        let is_type = |value: &serde_json::Value| types.contains(&value.as_str().unwrap());
        for (key, value) in schema.as_object().unwrap() {
            match (key.as_str(), value) {
                ("type", serde_json::Value::Array(several)) => {
                    assert!(several.iter().all(is_type), "{method}");
                }
                ("type", one) => assert!(is_type(one), "{method}"),
                ("items", inner) => check_schema(inner, method),
                ("oneOf", forms) => {
                    forms.as_array().unwrap().iter().for_each(|form| check_schema(form, method));
                }
                ("properties", members) => {
                    let members = members.as_object().unwrap();
                    members.values().for_each(|member| check_schema(member, method));
                }
                ("required", names) => {
                    let known = |name: &serde_json::Value| {
                        schema["properties"].get(name.as_str().unwrap()).is_some()
                    };
                    assert!(names.as_array().unwrap().iter().all(known), "{method}");
                }
                ("minimum" | "maximum", bound) => assert!(bound.is_number(), "{method}"),
                _ => panic!("{method}: {key} is no word of these schemas"),
            }
        }
    }
}
