//! What a script is given, and what comes of it.

use serde_json::json;

use super::{code, file, run, run_with, scripts, try_run, voxels, world};
use crate::world::World;

#[test]
fn the_value_of_the_last_expression_comes_back() {
    let (_world, mut client) = world();
    for (script, value) in [
        ("1 + 1", json!(2)),
        ("'a' + 1", json!("a1")),
        ("({a: [1, null, true]})", json!({"a": [1, null, true]})),
    ] {
        assert_eq!(run(&mut client, script)["value"], value, "{script}");
    }
    let result = run(&mut client, "let x = 3;");
    assert_eq!((result["code"].as_i64(), result.get("changed")), (Some(0), None));
    assert_eq!(result["message"], "Script executed successfully");
    let result = run(&mut client, "console.log('hi'); print('yo')");
    assert_eq!(result["output"], "hi\nyo\n");
}

#[test]
fn an_error_of_a_script_is_a_result_that_says_where() {
    let (_world, mut client) = world();
    let script = "let a = 1;\ngoxel.addVoxel(1, 1, 1, [1, 2, 3, 255]);\n  noSuchThing(a);";
    let result = try_run(&mut client, script, &json!({"name": "a.js"})).unwrap();
    assert_eq!((&result["success"], &result["code"]), (&json!(false), &json!(-1)));
    assert_eq!(result["message"], "Script execution failed with code -1");
    let error = &result["error"];
    assert_eq!((&error["name"], &error["line"]), (&json!("ReferenceError"), &json!(3)), "{error}");
    assert_eq!(error["source_line"], "  noSuchThing(a);");
    assert!(error["message"].as_str().unwrap().contains("noSuchThing"), "{error}");
    assert_eq!(voxels(&mut client), 0, "nothing of it was changed");
    let result = try_run(&mut client, "syntax error here", &json!({})).unwrap();
    assert_eq!(result["error"]["name"], "SyntaxError", "{result}");
}

#[test]
fn arguments_a_seed_a_layer_and_a_path() {
    let (world, mut client) = world();
    let given = json!({"args": {"n": 3, "name": "x"}});
    assert_eq!(run_with(&mut client, "args.name + args.n", &given)["value"], "x3");
    assert_eq!(
        run_with(&mut client, "scriptArgs.join()", &json!({"args": ["a", "b"]}))["value"],
        "script,a,b"
    );
    let random = |client: &mut _, seed: u64| {
        run_with(client, "Math.random()", &json!({"seed": seed}))["value"].clone()
    };
    assert_eq!(random(&mut client, 7), random(&mut client, 7));
    assert_ne!(random(&mut client, 7), random(&mut client, 8));
    let path = file(&world, "a.js", "goxel.addVoxel(args[0], 0, 0, [1, 2, 3, 255])");
    let params = json!({"path": path, "args": [5], "layer_id": 1});
    let result = client.call("goxel.execute_script", &params).unwrap();
    assert_eq!(result["changed"]["box"], json!({"min": [5, 0, 0], "max": [5, 0, 0]}), "{result}");
    let missing =
        client.call("goxel.execute_script", &json!({"path": world.path("no.js")})).unwrap();
    assert!(missing["error"]["message"].as_str().unwrap().contains("cannot be read"), "{missing}");
    let neither = client.call("goxel.execute_script", &json!({}));
    assert_eq!(code(&neither), -32602);
}

#[test]
fn the_layer_that_is_named_is_the_one_that_a_script_works_on() {
    let (_world, mut client) = world();
    client.call("goxel.create_layer", &json!(["second"])).unwrap();
    let add = "goxel.addVoxel(1, 1, 1, [9, 9, 9, 255])";
    let result = run_with(&mut client, add, &json!({"layer_id": 1}));
    let layers = &result["changed"]["layers"];
    assert_eq!(
        (&layers[0]["id"], &result["changed"]["changed"]),
        (&json!(1), &json!([])),
        "{result}"
    );
    let layers = client.call("goxel.list_layers", &json!({})).unwrap();
    assert_eq!(layers["layers"][1]["active"], true, "the active layer stays what it is: {layers}");
}

#[test]
fn all_that_a_script_changes_is_one_step_and_a_dry_run_is_none() {
    let (_world, mut client) = world();
    let script = "for (let x = 0; x < 50; x++) goxel.addVoxel(x, 0, 0, [x, 0, 0, 255])";
    let would = run_with(&mut client, script, &json!({"dry_run": true}));
    assert_eq!((&would["changed"]["added"], &would["dry_run"]), (&json!(50), &json!(true)));
    assert_eq!(voxels(&mut client), 0);
    let result = run(&mut client, script);
    assert_eq!(result["changed"]["added"], 50);
    assert_eq!(voxels(&mut client), 50);
    let history = client.call("goxel.history", &json!({})).unwrap();
    assert_eq!(history["undo"], 1, "{history}");
    client.call("goxel.undo", &json!({})).unwrap();
    assert_eq!(voxels(&mut client), 0);
    client.call("goxel.redo", &json!({})).unwrap();
    assert_eq!(voxels(&mut client), 50);
    // The same again is no change.
    assert!(run(&mut client, script).get("changed").is_none());
    let history = client.call("goxel.history", &json!({})).unwrap();
    assert_eq!(history["undo"], 1, "{history}");
}

#[test]
fn scripts_are_a_part_of_a_transaction() {
    let (_world, mut client) = world();
    client.call("goxel.begin", &json!({})).unwrap();
    run(&mut client, "goxel.addVoxel(1, 0, 0, [9, 9, 9, 255])");
    run(&mut client, "goxel.addVoxel(2, 0, 0, [9, 9, 9, 255])");
    client.call("goxel.rollback", &json!({})).unwrap();
    assert_eq!(voxels(&mut client), 0);
}

#[test]
fn a_script_without_a_project_computes() {
    let world = World::new();
    let mut client = world.connect();
    assert_eq!(run(&mut client, "6 * 7")["value"], 42);
    let result =
        try_run(&mut client, "goxel.addVoxel(1, 1, 1, [9, 9, 9, 255])", &json!({})).unwrap();
    assert_eq!(result["success"], false);
    let words = result["error"]["message"].as_str().unwrap();
    assert!(words.contains("no project is open: create or load one"), "{words}");
}

#[test]
fn one_connection_is_told_what_a_script_of_another_one_has_changed() {
    let (world, mut client) = world();
    let mut listens = world.connect();
    listens.call("goxel.subscribe", &json!({"projects": ["p"], "kinds": ["change"]})).unwrap();
    run(&mut client, "goxel.addVoxel(1, 2, 3, [9, 9, 9, 255])");
    let told = listens.reply();
    assert_eq!(told["params"]["kind"], "change", "{told}");
    assert_eq!(told["params"]["tiles"], json!([[0, 0, 0]]), "{told}");
}

#[test]
fn who_may_only_look_runs_no_scripts() {
    let (_world, mut client) = world();
    client.call("goxel.confine", &json!({"read_only": true})).unwrap();
    assert_eq!(code(&try_run(&mut client, "1", &json!({}))), -1033);
}

#[test]
fn what_holds_the_processes_back_is_told() {
    let (_world, mut client) = world();
    assert!(scripts(&mut client).is_null(), "before the first script there is none");
    run(&mut client, "1");
    let told = scripts(&mut client);
    assert_eq!((&told["workers"], &told["running"]), (&json!(1), &json!(0)), "{told}");
    assert!(told["sandbox"]["seccomp"].is_boolean() && told["sandbox"]["landlock"].is_boolean());
    run(&mut client, "2");
    assert_eq!(scripts(&mut client)["started"], 1, "it was kept for the next");
}
