//! What the rows of methods say is held against a daemon: every example is sent, its reply is what
//! the row shows and what the schema of its result allows, and the schema allows nothing else. The
//! whole document is OpenRPC, by that format's own meta-schema.
//!
//! `openrpc.meta.json` and `json-schema.meta.json` are the meta-schemas of OpenRPC (npm package
//! `@open-rpc/meta-schema` 1.14) and of JSON Schema as OpenRPC refers to it (npm package
//! `@json-schema-tools/meta-schema` 1.8), both Apache-2.0.

mod garden;
mod mutants;
mod schemas;

use goxel_proto::Method;
use goxel_proto::method::{Example, Row};
use serde_json::Value;

use self::garden::Garden;
use self::schemas::Schemas;
use crate::world::Client;

/// What examples call a picture that the daemon keeps.
const KEPT: &str = "kept.png";

/// What is another value at every run, wherever it stands in a reply.
const VOLATILE: &[&str] = &[
    "version",
    "methods_available",
    "pid",
    "timestamp",
    "uptime_seconds",
    "current_time",
    "hostname",
    "memory_allocated",
    "calls",
    "resident_bytes",
    "voxel_bytes",
    "undo_bytes",
    "redo_bytes",
    "used_bytes",
    "max_bytes",
    "engine",
    "checksum",
    "created_at",
    "expires_at",
    "session_id",
    "project_id",
    "render_dir",
    "total_renders",
    "total_cleanups",
    "files_cleaned",
    "bytes_freed",
    "current_cache_size",
    "cache_usage_percent",
    "size",
    "time",
];

/// Methods that want daemons which stand otherwise: one that keeps projects, and one that follows it.
/// `kills/followers.rs` calls them.
const ELSEWHERE: [&str; 2] = ["goxel.follow", "goxel.promote"];

/// A reply without what is another value at every run.
fn steady(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !VOLATILE.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), steady(value)))
            .collect(),
        Value::Array(list) => list.iter().map(steady).collect(),
        other => other.clone(),
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The reply to an example, in a garden of its own.
fn reply(garden: &Garden, client: &mut Client, row: &Row, example: &Example) -> Value {
    garden.plant(client);
    let picture =
        if row.name.contains("render") { garden.picture(client) } else { "no picture".into() };
    if let Some(before) = example.behind {
        client.call(before, &json("{}")).unwrap();
    }
    let params = json(&example.params.replace(KEPT, &picture));
    let result = client.call(row.name, &params);
    let result = result.unwrap_or_else(|error| panic!("{} {params}: {error}", row.name));
    json(&result.to_string().replace(&picture, KEPT))
}

#[test]
fn every_example_is_answered_as_its_row_says() {
    let (garden, kept) = (Garden::default(), Garden::kept());
    let (mut client, mut client_of_kept) = (garden.connect(), kept.connect());
    let schemas = Schemas::new();
    let mut wrong = Vec::new();
    // The one that ends the daemon is the last.
    let (last, rows): (Vec<&Method>, Vec<&Method>) =
        Method::ALL.iter().partition(|method| method.info().name == "goxel.shutdown");
    for row in rows.into_iter().chain(last).map(|method| method.info()) {
        if ELSEWHERE.contains(&row.name) {
            let shown = json(row.examples[0].result);
            assert_eq!(schemas.result(row, &shown), None, "{} shows {shown}", row.name);
            continue;
        }
        for (index, example) in row.examples.iter().enumerate() {
            let params = json(example.params);
            if params.is_object() {
                assert_eq!(schemas.params(row, &params), None, "{} {params}", row.name);
            }
            let shown = json(example.result);
            let found = match example.kept {
                true => reply(&kept, &mut client_of_kept, row, example),
                false => reply(&garden, &mut client, row, example),
            };
            assert_eq!(schemas.result(row, &found), None, "{} {found}", row.name);
            if !example.shortened && steady(&found) != steady(&shown) {
                wrong.push(format!("{} {index} {found}", row.name));
            } else {
                assert_eq!(schemas.result(row, &shown), None, "{} shows {shown}", row.name);
            }
            mutants::of(&row.result, &found).into_iter().for_each(|mutant| {
                assert!(schemas.result(row, &mutant).is_some(), "{}: {mutant} is taken", row.name);
            });
        }
    }
    assert!(wrong.is_empty(), "examples whose replies are others:\n{}", wrong.join("\n"));
}

/// A method that takes parameters by position takes its example in that form, too.
#[test]
fn every_example_by_position() {
    let (plain, kept) = (Garden::default(), Garden::kept());
    let (mut client_of_plain, mut client_of_kept) = (plain.connect(), kept.connect());
    for row in Method::ALL.iter().map(|method| method.info()) {
        // After the one there is nothing left; the other finds what it chose the first time.
        let is_once = matches!(row.name, "goxel.shutdown" | "goxel.attach");
        let is_once = is_once || ELSEWHERE.contains(&row.name);
        for example in row.examples.iter().filter(|_| !is_once) {
            let Some(list) = by_position(row, &json(example.params)) else { continue };
            let (garden, client) = match example.kept {
                true => (&kept, &mut client_of_kept),
                false => (&plain, &mut client_of_plain),
            };
            let named = reply(garden, client, row, example);
            let text = list.to_string();
            let example = Example { params: Box::leak(text.into_boxed_str()), ..*example };
            let placed = reply(garden, client, row, &example);
            assert_eq!(steady(&named), steady(&placed), "{} {list}", row.name);
        }
    }
}

/// The same parameters by position, where they can be said so.
fn by_position(row: &Row, params: &Value) -> Option<Value> {
    let members = params.as_object().filter(|members| !members.is_empty())?;
    let mut list = vec![Value::Null; row.positional];
    for (name, value) in members {
        let place =
            row.params[..row.positional].iter().position(|param| param.is(name.as_bytes()))?;
        list[place] = value.clone();
    }
    Some(Value::Array(list))
}

/// Each parameter is one that the method reads: a value of no kind that it takes is refused at its
/// place, by name.
#[test]
fn every_parameter_is_read() {
    let garden = Garden::default();
    let mut client = garden.connect();
    for row in Method::ALL.iter().map(|method| method.info()) {
        garden.plant(&mut client);
        for param in row.params.iter().filter(|param| !passed_over(row, param.name())) {
            let mut params = beside(row, param.name());
            params[param.name()] = serde_json::json!({"no": "such"});
            let error = match client.call(row.name, &params) {
                Err(error) => error["message"].as_str().unwrap().to_owned(),
                Ok(reply) => panic!("{} takes {params}: {reply}", row.name),
            };
            assert!(
                error.contains(param.name()) || error.contains("params."),
                "{} {params}: {error}",
                row.name
            );
        }
    }
}

/// Parameters that are there only so that they may be sent, and what may be anything.
fn passed_over(row: &Row, name: &str) -> bool {
    if (row.name, name) == ("goxel.execute_script", "args") {
        return true;
    }
    let sent_back = ["goxel.add_voxels", "goxel.remove_voxels"].contains(&row.name);
    sent_back && ["count", "truncated"].contains(&name)
}

/// The parameters that have to be beside one so that it is read.
fn beside(row: &Row, name: &str) -> Value {
    let companion = match (row.name, name) {
        ("goxel.add_voxels" | "goxel.remove_voxels", _) => r#"{"voxels": [[1, 1, 1]]}"#,
        ("goxel.heightmap", "height") => r#"{"path": "hills.png"}"#,
        ("goxel.procedural_shape", "tube") => r#"{"shape": "torus"}"#,
        ("goxel.procedural_shape", "to") => r#"{"shape": "line"}"#,
        ("goxel.render_scene", _) => r#"{"output_path": "garden.png"}"#,
        _ => "{}",
    };
    let mut params = json(companion);
    let example = json(row.examples[0].params);
    for param in row.params.iter().filter(|param| param.required) {
        let sent = param.names.split('|').find_map(|name| example.get(name));
        params[param.name()] = sent.unwrap_or(&Value::Null).clone();
    }
    params
}

#[test]
fn a_parameter_that_a_method_does_not_have_is_refused_with_the_nearest() {
    let garden = Garden::default();
    let mut client = garden.connect();
    garden.plant(&mut client);
    let mut refused = |method: &str, params: &str, expected: &str| {
        let error = client.call(method, &json(params)).unwrap_err();
        assert_eq!(error["message"], expected, "{method} {params}");
        assert_eq!(error["code"], -32602);
    };
    refused(
        "goxel.rotate",
        r#"{"degres": 90}"#,
        "params.degres: is no parameter of goxel.rotate: is degrees meant?",
    );
    refused(
        "goxel.hollow",
        r#"{"colour": 1}"#,
        "params.colour: is no parameter of goxel.hollow, which takes thickness, layer_id, project, progress, deadline_ms",
    );
    refused(
        "goxel.list_projects",
        r#"{"x": 1}"#,
        "params.x: goxel.list_projects takes no parameters",
    );
    refused(
        "goxel.translate",
        "[[1, 2, 3], 0, 5]",
        "params[2]: goxel.translate takes at most 2 parameters by position",
    );
    // Clients of the C daemon may send more than it reads.
    assert!(client.call("goxel.get_voxel", &json(r#"{"x": 1, "unknown": 5}"#)).is_ok());
}

#[test]
fn the_document_is_openrpc() {
    let garden = Garden::default();
    let document = garden.connect().call("rpc.discover", &json("{}")).unwrap();
    schemas::check_openrpc(&document);
    let mut broken = document;
    broken["methods"][3]["params"] = json("5");
    assert!(schemas::openrpc_fault(&broken).is_some(), "the meta-schema finds nothing wrong");
}
