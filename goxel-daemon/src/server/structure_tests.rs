//! Counting, parts that hang together, and faces.

use super::tests::Client;

#[test]
fn voxels_are_counted() {
    let mut client = Client::project();
    client.call("goxel.add_voxels", r##"{"boxes": [[0,0,0,9,9,9]], "color": "#ff0000"}"##);
    client.call("goxel.create_layer", "[]");
    client.call("goxel.add_voxels", r##"{"boxes": [[0,0,0,9,0,0]], "color": "#fe0000"}"##);
    let mut check = |params: &str, count: u64| {
        let told = format!(r#""result": {{ "count": {count} }}"#);
        client.check("goxel.count_voxels", params, &told);
    };
    check("{}", 10);
    check("[1]", 1000);
    check("[-2]", 1010);
    check(r#"[-2, {"min": [0, 0, 0], "max": [1, 1, 0]}]"#, 6);
    check(r##"{"layer_id": -2, "color": "#fe0000"}"##, 10);
    check(r##"{"layer_id": -2, "color": "#fe0000", "tolerance": 1}"##, 1010);
    let reply = client.call("goxel.count_voxels", "[9]");
    assert!(reply.contains("no layer has the id 9"), "{reply}");
}

#[test]
fn shares_are_of_all_voxels() {
    let mut client = Client::project();
    let boxes = r#"{"boxes": [[0,0,0,2,0,0,255,0,0], [5,0,0,5,0,0,0,0,255]]}"#;
    client.call("goxel.add_voxels", boxes);
    let histogram = client.call("goxel.get_color_histogram", r#"{"top_n": 1}"#);
    assert!(histogram.contains("\"count\": 3, \"percentage\": 75 }"), "{histogram}");
}

#[test]
fn parts_are_listed() {
    let mut client = Client::project();
    let boxes = r#"{"boxes": [[0,0,0,2,0,0], [3,1,0,3,1,0], [9,9,9,9,9,10]]}"#;
    client.call("goxel.add_voxels", boxes);
    let part = |count: u64, min: &str, max: &str| {
        format!(
            r#"{{ "voxel_count": {count}, "min": [ {min} ], "max": [ {max} ], "first": [ {min} ] }}"#
        )
    };
    let told = |parts: &[String], total: u64, truncated: bool| {
        format!(
            r#""result": {{ "components": [ {} ], "count": {}, "total": {total}, "truncated": {truncated} }}"#,
            parts.join(", "),
            parts.len()
        )
    };
    let (row, pair) = (part(3, "0, 0, 0", "2, 0, 0"), part(2, "9, 9, 9", "9, 9, 10"));
    let one = part(1, "3, 1, 0", "3, 1, 0");
    let all = told(&[row.clone(), pair.clone(), one], 3, false);
    client.check("goxel.find_components", "{}", &all);
    client.check(
        "goxel.find_components",
        "[0, 6, null, 1, 1]",
        &told(std::slice::from_ref(&pair), 3, true),
    );
    let joined = told(&[part(4, "0, 0, 0", "3, 1, 0"), pair], 2, false);
    client.check("goxel.find_components", r#"{"connectivity": 18}"#, &joined);
    let region = r#"{"region": {"min": [0, 0, 0], "max": [5, 0, 5]}}"#;
    client.check("goxel.find_components", region, &told(&[row], 1, false));
    client.check(
        "goxel.find_components",
        r#"{"offset": 9}"#,
        r#""result": { "components": [], "count": 0, "total": 3, "truncated": false }"#,
    );
    let bad = client.call("goxel.find_components", "[0, 7]");
    assert!(bad.contains("params[1]: must be 6, 18 or 26"), "{bad}");
}

#[test]
fn faces_are_counted() {
    let mut client = Client::project();
    client.call("goxel.add_voxels", r#"{"boxes": [[0,0,0,2,0,0]]}"#);
    client.call("goxel.create_layer", "[]");
    client.call("goxel.add_voxels", r#"{"boxes": [[3,0,0,3,0,0]]}"#);
    let mut check = |params: &str, faces: u64, voxels: u64| {
        let told = format!(r#""result": {{ "exposed_faces": {faces}, "voxel_count": {voxels} }}"#);
        client.check("goxel.exposed_faces", params, &told);
    };
    check("{}", 6, 1);
    check("[1]", 14, 3);
    check("[-2]", 18, 4);
}
