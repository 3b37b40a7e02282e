//! What the table of methods says, for people and for programs: `docs/METHODS.md`, and the
//! OpenRPC document that `rpc.discover` answers with.

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
         take -2 for all layers.\n\n\
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
        w.key("params").array(|w| {
            for param in info.params {
                w.item().object(|w| {
                    w.member("name", param.name());
                    w.member("summary", param.what);
                    w.member("required", false);
                    w.key("schema").object(|w| schema(param, w));
                });
            }
        });
        w.key("result").object(|w| {
            w.member("name", "result");
            w.member("summary", info.result);
            w.key("schema").object(|_| ());
        });
    });
}

/// What a parameter's words say as JSON Schema; nothing where several kinds will do.
fn schema(param: &Param, w: &mut Writer<'_>) {
    let kinds = [
        ("a string", "string"),
        ("an integer", "integer"),
        ("a number", "number"),
        ("true or false", "boolean"),
        ("an object", "object"),
        ("an array", "array"),
    ];
    if let Some((_, kind)) = kinds.iter().find(|(words, _)| param.what.starts_with(words)) {
        w.member("type", kind);
    }
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
}
