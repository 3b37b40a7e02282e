//! Formats that a script registers: the calls for files go to it then.

use serde_json::json;

use super::{file, run, world};
use crate::world::World;

/// A format of a line for each voxel.
const LINES: &str = r"import * as std from 'std';
goxel.registerFormat({
  name: 'Lines',
  exts: ['*.lines'],
  export(image, path) {
    const out = std.open(path, 'w');
    image.getLayersVolume().iter((p, c) => out.puts(`${p.x} ${p.y} ${p.z} ${c.r} ${c.g} ${c.b}\n`));
    out.close();
  },
  import(image, path) {
    const layer = image.addLayer('lines');
    for (const line of std.loadFile(path).split('\n')) {
      const n = line.split(' ').map(Number);
      if (n.length === 6) layer.volume.setAt([n[0], n[1], n[2]], [n[3], n[4], n[5], 255]);
    }
  },
});
";

#[test]
fn a_script_adds_a_format_for_its_session() {
    let (world, mut client) = world();
    let mut other = world.connect();
    let told = run(&mut client, LINES);
    assert_eq!(told["formats"], json!(["Lines"]), "{told}");
    run(
        &mut client,
        "goxel.addVoxel(1, 2, 3, [4, 5, 6, 255]); goxel.addVoxel(-7, 0, 0, [9, 9, 9, 255])",
    );
    let written = client.call("goxel.export_model", &json!({"path": "a.lines"})).unwrap();
    assert_eq!(
        (&written["success"], &written["format"]),
        (&json!(true), &json!("Lines")),
        "{written}"
    );
    let mut lines: Vec<_> = std::fs::read_to_string(world.path("a.lines"))
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    lines.sort();
    assert_eq!(lines, ["-7 0 0 9 9 9", "1 2 3 4 5 6"]);
    let read = client.call("goxel.import_model", &json!({"path": "a.lines"})).unwrap();
    assert_eq!(read["layers"], 1, "{read}");
    let history = client.call("goxel.history", &json!({})).unwrap();
    let before = history["undo"].as_u64().unwrap();
    client.call("goxel.undo", &json!({})).unwrap();
    let history = client.call("goxel.history", &json!({})).unwrap();
    assert_eq!(history["undo"].as_u64().unwrap(), before - 1);
    let opened =
        client.call("goxel.load_project", &json!({"path": "a.lines", "name": "q"})).unwrap();
    assert_eq!(opened["name"], "q");
    let told = client.call("goxel.get_status", &json!({})).unwrap();
    assert_eq!((&told["name"], &told["voxel_count"]), (&json!("q"), &json!(2)), "{told}");
    let listed = client.call("goxel.list_formats", &json!({})).unwrap();
    let names = |listed: &serde_json::Value| {
        listed["formats"].as_array().unwrap().iter().any(|format| format["name"] == "Lines")
    };
    assert!(names(&listed));
    // It is nobody else's.
    assert!(!names(&other.call("goxel.list_formats", &json!({})).unwrap()));
    let refused = other.call("goxel.load_project", &json!({"path": "a.lines"}));
    assert_eq!(refused.unwrap_err()["code"], -1002);
}

#[test]
fn a_format_that_fails_is_told_and_leaves_no_file() {
    let (world, mut client) = world();
    let broken = "goxel.registerFormat({name: 'Broken', exts: ['*.bro'], \
                  export() { throw new TypeError('not today'); }, import() { throw new Error('nor this'); }}); 0";
    run(&mut client, broken);
    let refused = client.call("goxel.export_model", &json!({"path": "a.bro"})).unwrap_err();
    assert_eq!(refused["code"], -1007, "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("TypeError: not today"), "{refused}");
    assert!(!world.path("a.bro").exists());
    file(&world, "b.bro", "x");
    let refused = client.call("goxel.import_model", &json!({"path": "b.bro"})).unwrap_err();
    assert!(refused["message"].as_str().unwrap().contains("nor this"), "{refused}");
    let missing = client.call("goxel.import_model", &json!({"path": "no.bro"})).unwrap_err();
    assert_eq!(missing["code"], -1002, "{missing}");
}

#[test]
fn the_commands_of_a_shell_share_its_formats() {
    let world = World::in_its_directory();
    world.run(&["new", "p"]);
    file(&world, "lines.js", LINES);
    file(&world, "all.goxel", "script lines.js\nadd-voxels 1,2,3,ff0000\nexport a.lines\n");
    world.run(&["batch", "all.goxel"]);
    assert_eq!(std::fs::read_to_string(world.path("a.lines")).unwrap(), "1 2 3 255 0 0\n");
}
