//! What scripts have changed is in the data directory as any edit is.

use serde_json::json;

use super::{ENDLESS, begin, run, run_with};
use crate::world::World;

#[test]
fn a_daemon_that_is_killed_has_what_scripts_have_changed() {
    let mut world = World::empty();
    let flags = ["--data-dir", "data", "--durability", "always"];
    world.start_with(&flags);
    let mut client = world.connect();
    client.call("goxel.create_project", &json!(["p"])).unwrap();
    run(
        &mut client,
        "for (let x = 0; x < 300; x++) goxel.addVoxel(x, x % 40, 7, [x % 256, 3, 9, 255])",
    );
    client.call("goxel.add_voxel", &json!([1000, 0, 0, 1, 2, 3])).unwrap();
    run_with(&mut client, "goxel.removeVoxel(0, 0, 7); Math.random()", &json!({"seed": 3}));
    let ask = |client: &mut crate::world::Client| {
        let histogram = client.call("goxel.get_color_histogram", &json!({"project": "p"})).unwrap();
        let history = client.call("goxel.list_versions", &json!({"project": "p"})).unwrap();
        (histogram, history["versions"][0]["method"].clone())
    };
    let before = ask(&mut client);
    assert_eq!(before.1, "goxel.execute_script");
    // One that is under way is not there, and is nobody's trouble.
    begin(&mut client, ENDLESS, &json!({}));
    world.child().kill().unwrap();
    world.child().wait().unwrap();
    world.start_with(&flags);
    let mut client = world.connect();
    assert_eq!(ask(&mut client), before);
    assert_eq!(run(&mut client, "1 + 1")["value"], 2);
}
