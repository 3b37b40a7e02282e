//! Faults that the C daemon has, each shown not to be here. What ends it, what it loses, what it
//! answers wrongly; exchanges of one request and one reply are in `golden`.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use serde_json::{Value, json};

use crate::world::{Client, World};

fn project(world: &World) -> Client {
    let mut client = world.connect();
    client.call("goxel.create_project", &json!(["P", 16, 16, 16])).unwrap();
    client
}

fn color(client: &mut Client, at: [i32; 3]) -> Value {
    client.call("goxel.get_voxel", &json!(at)).unwrap()["color"].take()
}

#[test]
fn colours_are_told_again_and_again() {
    let world = World::new();
    let mut client = project(&world);
    client.call("goxel.procedural_shape", &json!(["cube", 4, 4, 4, 0, 0, 0, 9, 8, 7])).unwrap();
    for method in
        ["goxel.get_color_histogram", "goxel.get_unique_colors", "goxel.find_voxels_by_color"]
    {
        let params = json!({"color": [9, 8, 7]});
        let first = client.call(method, &params).unwrap();
        assert!(first.to_string().contains("#090807FF"), "{method}: {first}");
        for _ in 0..3 {
            assert_eq!(client.call(method, &params).as_ref(), Ok(&first), "{method}");
        }
    }
}

#[test]
fn all_layers_are_analysed_together() {
    let world = World::new();
    let mut client = project(&world);
    client.call("goxel.add_voxel", &json!([0, 0, 0, 250, 251, 252])).unwrap();
    client.call("goxel.create_layer", &json!(["top"])).unwrap();
    client.call("goxel.add_voxel", &json!([0, 0, 0, 250, 251, 252])).unwrap();
    let found = client
        .call("goxel.find_voxels_by_color", &json!({"color": [250, 251, 252], "layer_id": -2}))
        .unwrap();
    let layers: Vec<_> =
        found["locations"].as_array().unwrap().iter().map(|place| &place["layer"]).collect();
    assert_eq!(layers, ["background", "top"]);
    // A step that reaches past 255 ends there.
    let params = json!({"layer_id": -2, "bin_size": 200});
    let binned = client.call("goxel.get_color_histogram", &params).unwrap();
    assert_eq!(binned["histogram"][0]["rgba"], json!([255, 255, 255, 255]));
    assert_eq!(binned["total_voxels"], 2);
}

#[test]
fn similar_colours_are_merged_by_distance() {
    let world = World::new();
    let mut client = project(&world);
    let voxels: Vec<_> =
        [15, 16, 16, 60].iter().enumerate().map(|(x, g)| json!([x, 0, 0, g, g, g])).collect();
    client.call("goxel.add_voxels", &json!([voxels])).unwrap();
    let params = json!({"merge_similar": true, "merge_threshold": 10});
    let unique = client.call("goxel.get_unique_colors", &params).unwrap();
    let colours: Vec<_> = unique["colors"].as_array().unwrap().iter().map(|c| &c["hex"]).collect();
    assert_eq!(colours, ["#101010FF", "#3C3C3CFF"]);
}

/// What is open, without the engine: it starts workers when it likes.
fn status_of(client: &mut Client) -> Value {
    let mut status = client.call("goxel.get_status", &json!({})).unwrap();
    status.as_object_mut().unwrap().remove("engine");
    status
}

#[test]
fn a_cut_off_file_leaves_the_open_project_as_it_was() {
    let world = World::new();
    let mut client = project(&world);
    client.call("goxel.procedural_shape", &json!(["sphere", 40])).unwrap();
    let path = world.path("whole.gox");
    client.call("goxel.save_project", &json!([path])).unwrap();
    let before = status_of(&mut client);
    let bytes = std::fs::read(&path).unwrap();
    let cut = world.path("cut.gox");
    for length in [4, 7, 12, 100, 1000, bytes.len() - 1] {
        std::fs::write(&cut, &bytes[..length]).unwrap();
        let error = client.call("goxel.load_project", &json!([cut])).unwrap_err();
        assert_eq!(error["code"], -1002, "{length} bytes: {error}");
        assert_eq!(status_of(&mut client), before);
    }
}

#[test]
fn a_path_that_is_too_long_is_an_error() {
    let world = World::new();
    let mut client = project(&world);
    let long = format!("/tmp/{}.obj", "y".repeat(5000));
    for (method, code) in [
        ("goxel.export_model", -1007),
        ("goxel.save_project", -1003),
        ("goxel.load_project", -1002),
        ("goxel.render_scene", -1015),
    ] {
        let error = client.call(method, &json!([long.replace(".obj", ".vox")])).unwrap_err();
        assert_eq!(error["code"], code, "{method}: {error}");
    }
    assert_eq!(client.call("echo", &json!([1])), Ok(json!([1])));
}

#[test]
fn pictures_are_rendered_for_many_at_once() {
    let world = World::new();
    project(&world).call("goxel.procedural_shape", &json!(["sphere", 20])).unwrap();
    std::thread::scope(|scope| {
        for index in 0..6 {
            let world = &world;
            scope.spawn(move || {
                let mut client = world.connect();
                for turn in 0..3 {
                    let path = world.path(&format!("r{index}-{turn}.png"));
                    let params = json!([path, 64, 48]);
                    let reply = client.call("goxel.render_scene", &params).unwrap();
                    assert_eq!(reply["success"], true);
                    assert!(std::fs::read(&path).unwrap().starts_with(b"\x89PNG"));
                }
            });
        }
    });
}

#[test]
fn projects_are_made_and_edited_by_many_at_once() {
    let world = World::new();
    project(&world);
    std::thread::scope(|scope| {
        for index in 0..20 {
            let world = &world;
            scope.spawn(move || {
                let mut client = world.connect();
                for turn in 0..30 {
                    let made = turn % 10 == 0;
                    let reply = match made {
                        true => client.call("goxel.create_project", &json!([format!("p{index}")])),
                        false => client.call("goxel.add_voxel", &json!([turn, index, 0, 1, 2, 3])),
                    };
                    assert_eq!(reply.unwrap()["success"], true);
                }
                let status = client.call("goxel.get_status", &json!({})).unwrap();
                assert_eq!(status["voxel_count"], 9);
            });
        }
    });
    let projects = world.connect().call("goxel.list_projects", &json!({})).unwrap();
    assert_eq!(projects["count"], 21);
}

#[test]
fn a_request_of_any_length_is_answered_and_so_is_the_next() {
    let world = World::new();
    let mut client = world.connect();
    for length in [65_535, 65_537, 100_000, 1_000_000, 5_000_000] {
        let text = "x".repeat(length);
        assert_eq!(client.call("echo", &json!([text])), Ok(json!([text])), "{length}");
    }
    assert_eq!(client.call("echo", &json!([1])), Ok(json!([1])));
}

#[test]
fn a_long_reply_is_whole() {
    let world = World::new();
    let mut client = project(&world);
    client.call("goxel.procedural_shape", &json!(["cube", 48, 48, 48])).unwrap();
    let by_default = client.call("goxel.get_layer_voxels", &json!({})).unwrap();
    assert_eq!((&by_default["count"], &by_default["truncated"]), (&json!(10_000), &json!(true)));
    // More than is looked at on the loop's own thread.
    let all = client.call("goxel.get_layer_voxels", &json!({"limit": 0})).unwrap();
    assert_eq!(all["voxels"].as_array().unwrap().len(), 48 * 48 * 48);
    assert_eq!(all["bbox"], json!({"min": [-24, -24, -24], "max": [23, 23, 23]}));
}

#[test]
fn a_request_is_carried_out_although_its_sender_has_gone() {
    let world = World::new();
    let mut client = project(&world);
    for x in 0..150 {
        let mut stream = UnixStream::connect(world.socket()).unwrap();
        let params = json!([x, 0, 0, 1, 2, 3]);
        let request =
            json!({"jsonrpc": "2.0", "method": "goxel.add_voxel", "params": params, "id": 1});
        stream.write_all(request.to_string().as_bytes()).unwrap();
        drop(stream);
        // What came before a connection that is answered was read before it.
        assert_eq!(world.connect().call("echo", &json!([x])), Ok(json!([x])));
    }
    let status = client.call("goxel.get_status", &json!({})).unwrap();
    assert_eq!(status["voxel_count"], 150);
}

#[test]
fn requests_in_one_write_are_answered_before_any_more_come() {
    let world = World::new();
    let mut client = world.connect();
    let echo = |id: u32| format!("{{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"id\":{id}}}\n");
    for round in 0..50 {
        let ids = [3 * round, 3 * round + 1, 3 * round + 2];
        client.send(ids.map(echo).concat().as_bytes());
        for id in ids {
            assert_eq!(client.reply()["id"], id);
        }
    }
}

#[test]
fn a_layer_that_was_made_is_reported_and_found_by_name() {
    let world = World::new();
    let mut client = project(&world);
    let made = client.call("goxel.create_layer", &json!(["L"])).unwrap();
    assert_eq!((&made["success"], &made["layer_id"]), (&json!(true), &json!(2)));
    let layers = client.call("goxel.list_layers", &json!({})).unwrap();
    let listed: Vec<_> = layers["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|layer| (layer["id"].as_i64().unwrap(), layer["name"].as_str().unwrap()))
        .collect();
    assert_eq!(listed, [(1, "background"), (2, "L")]);
    client.call("goxel.delete_layer", &json!({"layer_name": "L"})).unwrap();
    assert_eq!(client.call("goxel.list_layers", &json!({})).unwrap()["count"], 1);
}

#[test]
fn one_voxel_has_a_box_of_one() {
    let world = World::new();
    let mut client = project(&world);
    client.call("goxel.add_voxel", &json!([0, 0, 0, 1, 2, 3])).unwrap();
    let expected =
        json!({"empty": false, "min": [0, 0, 0], "max": [0, 0, 0], "dimensions": [1, 1, 1]});
    assert_eq!(client.call("goxel.get_bounding_box", &json!({})), Ok(expected));
}

#[test]
fn a_flood_fills_what_hangs_together() {
    let world = World::new();
    let mut client = project(&world);
    client.call("goxel.procedural_shape", &json!(["cube", 5, 5, 5, 0, 0, 0, 1, 2, 3])).unwrap();
    client.call("goxel.add_voxel", &json!([9, 9, 9, 1, 2, 3])).unwrap();
    let filled = client.call("goxel.flood_fill", &json!([0, 0, 0, 50, 60, 70])).unwrap();
    assert_eq!(filled["voxels_filled"], 125);
    assert_eq!(color(&mut client, [2, 2, 2]), json!([50, 60, 70, 255]));
    assert_eq!(color(&mut client, [9, 9, 9]), json!([1, 2, 3, 255]));
    client.call("goxel.undo", &json!({})).unwrap();
    assert_eq!(color(&mut client, [2, 2, 2]), json!([1, 2, 3, 255]));
}

#[test]
fn success_is_only_said_of_what_was_written() {
    let world = World::new();
    let mut client = project(&world);
    client.call("goxel.add_voxel", &json!([0, 0, 0, 1, 2, 3])).unwrap();
    for (method, name) in [
        ("goxel.save_project", "x.gox"),
        ("goxel.save_project", "x.vox"),
        ("goxel.export_model", "x.gltf"),
        ("goxel.export_model", "x.png"),
        ("goxel.render_scene", "x.png"),
    ] {
        let good = world.path(name);
        client.call(method, &json!([good])).unwrap();
        assert!(std::fs::metadata(&good).unwrap().len() > 0, "{method} {name}");
        std::fs::remove_file(&good).unwrap();
        let bad = world.path("no/such/directory").join(name);
        assert!(client.call(method, &json!([bad])).is_err(), "{method} {name}");
    }
}

#[test]
fn files_are_of_the_format_that_their_name_says() {
    let world = World::new();
    let mut client = project(&world);
    client.call("goxel.add_voxel", &json!([1, 1, 1, 200, 0, 0])).unwrap();
    for (name, magic) in [("a.vox", &b"VOX "[..]), ("a.gox", b"GOX "), ("a.bak", b"GOX ")] {
        let path = world.path(name);
        client.call("goxel.save_project", &json!([path])).unwrap();
        assert!(std::fs::read(&path).unwrap().starts_with(magic), "{name}");
        client.call("goxel.load_project", &json!([path])).unwrap();
        assert_eq!(color(&mut client, [1, 1, 1]), json!([200, 0, 0, 255]), "{name}");
    }
}

#[test]
fn an_exported_picture_shows_the_model() {
    let world = World::new();
    let mut client = project(&world);
    client.call("goxel.export_model", &json!([world.path("empty.png")])).unwrap();
    client.call("goxel.procedural_shape", &json!(["cube", 9, 9, 9, 0, 0, 0, 255, 0, 0])).unwrap();
    client.call("goxel.export_model", &json!([world.path("cube.png")])).unwrap();
    let read = |name: &str| std::fs::read(world.path(name)).unwrap();
    assert!(read("empty.png") != read("cube.png"));
}

#[test]
fn a_project_s_size_stays_what_it_was_made_with() {
    let world = World::new();
    let mut client = world.connect();
    client.call("goxel.create_project", &json!(["P", 8, 9, 10])).unwrap();
    client.call("goxel.procedural_shape", &json!(["cube", 6, 6, 6])).unwrap();
    client.call("goxel.render_scene", &json!([world.path("r.png"), 16, 16])).unwrap();
    let status = client.call("goxel.get_status", &json!({})).unwrap();
    assert_eq!([&status["width"], &status["height"], &status["depth"]], [8, 9, 10]);
}

#[test]
fn a_batch_does_what_it_counts() {
    let world = World::new();
    let mut client = project(&world);
    let add =
        |x: Value| json!({"type": "add_voxel", "x": x, "y": 2, "z": 3, "r": 1, "g": 2, "b": 3});
    let operations = [
        add(json!(1.5)),
        add(json!("a")),
        json!({"type": "add", "position": [7, 7, 7], "color": [1, 2, 3]}),
        json!({"type": "remove_voxel", "x": 7, "y": 7, "z": 7}),
        json!({"type": "explode"}),
    ];
    let done = client.call("goxel.batch_operations", &json!({"operations": operations})).unwrap();
    assert_eq!((&done["total_operations"], &done["successful_operations"]), (&json!(5), &json!(3)));
    let failed: Vec<_> =
        done["errors"].as_array().unwrap().iter().map(|error| &error["index"]).collect();
    assert_eq!(failed, [1, 4]);
    assert_eq!(client.call("goxel.get_status", &json!({})).unwrap()["voxel_count"], 1);
    assert_eq!(color(&mut client, [1, 2, 3]), json!([1, 2, 3, 255]));
    client.call("goxel.undo", &json!({})).unwrap();
    assert_eq!(client.call("goxel.get_status", &json!({})).unwrap()["voxel_count"], 0);
}

/// Nothing is written for each voxel, and nothing is walked for each cell.
#[test]
fn large_shapes_and_boxes_cost_no_more_than_they_hold() {
    let mut world = World::empty();
    world.start_logged();
    let mut client = project(&world);
    let made = client.call("goxel.procedural_shape", &json!(["cube", 512, 512, 512])).unwrap();
    assert_eq!(made["voxels_created"], 1 << 27);
    let (low, high) = ([-2_000_000_000; 3], [2_000_000_000; 3]);
    let params = json!({"min": low, "max": high, "limit": 3, "offset": (1 << 27) - 2});
    let region = client.call("goxel.get_voxels_region", &params).unwrap();
    assert_eq!((&region["count"], &region["truncated"]), (&json!(2), &json!(false)));
    let params = json!({"region": {"min": low, "max": high}});
    let colours = client.call("goxel.get_unique_colors", &params).unwrap();
    assert_eq!(colours["count"], 1);
    drop(client);
    assert_eq!(world.log(), "");
}

#[test]
fn tools_take_and_give_colours_and_arrays() {
    let world = World::new();
    let mut client = project(&world);
    let mut tool = |tool: &str, arguments: Value| {
        client.send(json!({"tool": tool, "arguments": arguments}).to_string().as_bytes());
        client.reply()
    };
    let place = json!({"position": {"x": 1, "y": 2, "z": 3}, "color": {"r": 9, "g": 8, "b": 7}});
    assert_eq!(tool("goxel_add_voxels", place.clone())["content"]["color"], json!([9, 8, 7, 255]));
    let red = json!({"position": {"x": 1, "y": 2, "z": 3}, "color": {"r": 255, "g": 0, "b": 0}});
    assert_eq!(tool("goxel_paint_voxels", red)["content"]["painted"], 1);
    assert_eq!(tool("goxel_get_voxel", place.clone())["content"]["color"], json!([255, 0, 0, 255]));
    assert_eq!(tool("goxel_flood_fill", place.clone())["content"]["voxels_filled"], 1);
    let mut operation = place.clone();
    operation["type"] = json!("remove");
    let batch = tool("goxel_batch_voxel_operations", json!({"operations": [operation]}));
    assert_eq!(batch["content"]["successful_operations"], 1);
    let voxels = json!({"voxels": [[0, 0, 0], [1, 0, 0]], "color": [1, 2, 3]});
    assert_eq!(tool("goxel_add_voxels", voxels)["content"]["added"], 2);
    assert_eq!(tool("goxel_get_voxel", place)["content"]["exists"], false);
    let methods = tool("list_methods", json!({}));
    assert!(methods["content"]["methods"].as_array().unwrap().len() > 50);
    assert_eq!(tool("goxel_nope", json!({}))["error_code"], -1001);
}

#[test]
fn kept_pictures_say_the_same_end_everywhere() {
    let world = World::with_renders_for("5");
    let mut client = project(&world);
    let params = json!({"width": 8, "height": 8, "options": {"return_mode": "file_path"}});
    let file = client.call("goxel.render_scene", &params).unwrap()["file"].take();
    let ends =
        |file: &Value| file["expires_at"].as_u64().unwrap() - file["created_at"].as_u64().unwrap();
    let info = client.call("goxel.get_render_info", &json!([file["path"]])).unwrap();
    assert_eq!((ends(&file), ends(&info["render"])), (5, 5));
}

#[test]
fn a_reply_never_has_a_raw_control_character() {
    let world = World::new();
    let mut stream = UnixStream::connect(world.socket()).unwrap();
    let text = (0..0x20).map(|byte| format!("\\u{byte:04x}")).collect::<String>();
    let request =
        format!("{{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[\"{text}\"],\"id\":1}}");
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert_eq!(reply.chars().filter(|c| c.is_control()).collect::<String>(), "\n");
    let reply: Value = serde_json::from_str(&reply).unwrap();
    assert_eq!(reply["result"][0].as_str().unwrap().chars().count(), 32);
}
