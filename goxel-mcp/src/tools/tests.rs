//! What holds for all tools: what a model is told, and that no call, whatever its arguments, brings one down.

use goxel_client::testing;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::TOOLS;
use crate::listing;
use crate::tool::{Call, Limits};

/// Bytes of the list of all tools, which a model reads before its first call: some 6000 tokens.
const LIST_BYTES_MAX: usize = 24_000;
/// Tools at the most: with more, models choose worse.
const TOOLS_MAX: usize = 24;

fn is_valid(schema: Value, value: &Value) -> Result<(), String> {
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("s.json", schema).unwrap();
    let schema = compiler.compile("s.json", &mut schemas).unwrap();
    schemas.validate(value, schema).map_err(|error| error.to_string())
}

#[test]
fn the_list_is_short() {
    let list = serde_json::to_string(&listing::tools(TOOLS)).unwrap();
    assert!(list.len() <= LIST_BYTES_MAX, "{} bytes", list.len());
    assert!(TOOLS.len() <= TOOLS_MAX);
    let mut names: Vec<_> = TOOLS.iter().map(|tool| tool.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), TOOLS.len());
}

/// Every object of a schema.
fn objects<'a>(schema: &'a Value, found: &mut Vec<&'a Value>) {
    if schema["type"] == "object" {
        found.push(schema);
    }
    match schema {
        Value::Object(members) => members.values().for_each(|member| objects(member, found)),
        Value::Array(elements) => elements.iter().for_each(|element| objects(element, found)),
        _ => {}
    }
}

#[test]
fn every_parameter_is_described_and_every_object_closed() {
    for tool in TOOLS {
        let schema = Value::Object((tool.input)());
        let mut found = Vec::new();
        objects(&schema, &mut found);
        for object in found {
            assert_eq!(object["additionalProperties"], false, "{}", tool.name);
            for (name, member) in object["properties"].as_object().unwrap() {
                let about = member["description"].as_str().unwrap_or_default();
                assert!(about.ends_with('.'), "{}: {name}: {about}", tool.name);
            }
        }
        assert!(tool.about.ends_with('.') && tool.about.len() > 60, "{}", tool.name);
    }
}

#[test]
fn examples_keep_to_their_schemas() {
    for tool in TOOLS {
        let schema = Value::Object((tool.input)());
        for example in schema["examples"].as_array().into_iter().flatten() {
            is_valid(schema.clone(), example).unwrap();
        }
        // Another validator reads what is given, too.
        assert!(is_valid(Value::Object((tool.output)()), &json!(7)).is_err());
    }
}

/// Any JSON, of the names and words that tools know among others.
fn any_json() -> impl Strategy<Value = Value> {
    let words = [
        "p",
        "red",
        "#123456",
        "z",
        "mirror",
        "add",
        "set",
        "sphere",
        "line",
        "front",
        "slices",
        "runs",
        "points",
        "place_voxels",
        "batch",
        "medium",
        "a/../../b.gox",
        "",
        "\u{1f600}\u{0}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-40..40i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(words.to_vec()).prop_map(Value::from),
    ];
    let names = [
        "x",
        "y",
        "z",
        "color",
        "axis",
        "at",
        "thickness",
        "tool",
        "arguments",
        "views",
        "size",
        "voxels",
        "boxes",
        "runs",
        "name",
        "material",
        "project_id",
        "look",
        "box",
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(names.to_vec()), inner), 0..5).prop_map(
                |members| {
                    members
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect::<Map<_, _>>()
                        .into()
                }
            ),
        ]
    })
}

/// A call of any tool, mostly with arguments that it knows.
fn any_call() -> impl Strategy<Value = (usize, Map<String, Value>)> {
    (0..TOOLS.len()).prop_flat_map(|at| {
        let properties = (TOOLS[at].input)()["properties"].as_object().cloned().unwrap_or_default();
        let names: Vec<String> = properties
            .keys()
            .cloned()
            .chain(["project_id".to_owned(), "nonsense".to_owned()])
            .collect();
        let argument = (prop::sample::select(names), any_json());
        prop::collection::vec(argument, 0..6).prop_map(move |arguments| {
            let mut given: Map<_, _> = arguments.into_iter().collect();
            given.entry("project_id").or_insert_with(|| "p".into());
            (at, given)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// A daemon that answers nonsense, or refuses: there is an outcome or words, and no panic.
    #[test]
    fn no_arguments_and_no_replies_bring_a_tool_down(
        (at, given) in any_call(),
        replies in prop::collection::vec(any_json(), 1..6),
    ) {
        let (mut client, _daemon) = testing::daemon(move |seen, _, _| {
            match &replies[usize::try_from(seen).unwrap() % replies.len()] {
                Value::Null => Err("-32603|no open project is named \\\"p\\\""),
                reply => Ok(reply.to_string()),
            }
        });
        let limits = Limits::default();
        let mut call = Call { client: &mut client, limits: &limits };
        match (TOOLS[at].run)(&mut call, given) {
            Ok(outcome) => prop_assert!(outcome.structured.is_object()),
            Err(refused) => prop_assert!(!refused.words.is_empty()),
        }
    }
}
