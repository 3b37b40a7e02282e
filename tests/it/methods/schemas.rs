//! Judges what is sent and answered by the schemas, with a validator that is not ours.

use std::collections::HashMap;

use boon::{Compiler, Draft, SchemaIndex, Schemas as Compiled};
use goxel_proto::Method;
use goxel_proto::docs::schema;
use goxel_proto::json::Writer;
use goxel_proto::method::Row;
use serde_json::Value;

/// The two versions of JSON Schema that every schema is written for.
const DRAFTS: [Draft; 2] = [Draft::V7, Draft::V2020_12];

/// The schemas of all methods.
pub(super) struct Schemas {
    compiled: Vec<(Compiled, HashMap<String, SchemaIndex>)>,
}

impl Schemas {
    pub(super) fn new() -> Self {
        Self { compiled: DRAFTS.into_iter().map(compile).collect() }
    }

    /// What is wrong with a method's parameters by name, where something is.
    pub(super) fn params(&self, row: &Row, params: &Value) -> Option<String> {
        self.fault(&format!("{}.params", row.name), params)
    }

    /// What is wrong with a result, where something is.
    pub(super) fn result(&self, row: &Row, result: &Value) -> Option<String> {
        self.fault(&format!("{}.result", row.name), result)
    }

    /// Both versions have to agree.
    fn fault(&self, name: &str, value: &Value) -> Option<String> {
        let faults: Vec<_> = self
            .compiled
            .iter()
            .map(|(schemas, names)| {
                schemas.validate(value, names[name]).err().map(|e| e.to_string())
            })
            .collect();
        let both = faults.iter().all(Option::is_some) || faults.iter().all(Option::is_none);
        assert!(both, "one version of JSON Schema takes {name} {value}, the other does not");
        faults.into_iter().next().flatten()
    }
}

fn written(write: impl FnOnce(&mut Writer<'_>)) -> Value {
    let mut text = Vec::new();
    Writer::new(&mut text).object(write);
    serde_json::from_slice(&text).unwrap()
}

fn compile(draft: Draft) -> (Compiled, HashMap<String, SchemaIndex>) {
    let (mut compiler, mut schemas, mut names) = (Compiler::new(), Compiled::new(), HashMap::new());
    compiler.set_default_draft(draft);
    for row in Method::ALL.iter().map(|method| method.info()) {
        let both = [
            (format!("{}.params", row.name), written(|w| schema::params(row, w))),
            (format!("{}.result", row.name), written(|w| schema::kind(&row.result, w))),
        ];
        for (name, schema) in both {
            let place = format!("http://localhost/{name}");
            compiler.add_resource(&place, schema).unwrap();
            names.insert(name, compiler.compile(&place, &mut schemas).unwrap());
        }
    }
    (schemas, names)
}

/// Panics where a document is not OpenRPC.
pub(super) fn check_openrpc(document: &Value) {
    assert_eq!(openrpc_fault(document), None);
}

/// What makes a document no OpenRPC, where something does.
pub(super) fn openrpc_fault(document: &Value) -> Option<String> {
    let mut openrpc: Value = serde_json::from_str(include_str!("openrpc.meta.json")).unwrap();
    let mut json_schema: Value =
        serde_json::from_str(include_str!("json-schema.meta.json")).unwrap();
    // They name each other as their language, which is draft-07 under another address.
    for meta in [&mut openrpc, &mut json_schema] {
        meta["$schema"] = Value::from("http://json-schema.org/draft-07/schema#");
    }
    let (mut compiler, mut schemas) = (Compiler::new(), Compiled::new());
    compiler.set_default_draft(Draft::V7);
    compiler.add_resource("https://meta.json-schema.tools/", json_schema.clone()).unwrap();
    compiler.add_resource("https://meta.json-schema.tools", json_schema).unwrap();
    compiler.add_resource("https://meta.open-rpc.org/", openrpc).unwrap();
    let index = compiler.compile("https://meta.open-rpc.org/", &mut schemas).unwrap();
    schemas.validate(document, index).err().map(|error| format!("{error:#}"))
}
