//! Many voxels at once, in every form there and back.

use super::tests::Client;

/// Two boxes of which one holds the other's colour, a run, two points and a record.
const MIXED: &str = r##"{"boxes": [[0,0,0,1,1,0,1,2,3]], "runs": [[5,0,0,3,9,9,9]],
    "voxels": [[-1,0,0,4,5,6,7], {"x":8,"y":0,"z":0}], "data": "AAAAAAAAAAABAAAAAQIDBA==",
    "color": "#00ff00"}"##;

fn filled() -> Client {
    let mut client = Client::project();
    let added = r#""result": { "success": true, "added": 10, "layer_id": 1 }"#;
    client.check("goxel.add_voxels", MIXED, added);
    client
}

#[test]
fn what_is_read_can_be_written_again() {
    for encoding in ["points", "runs", "base64"] {
        let mut client = filled();
        let all = client.call("goxel.get_voxels", "{}");
        let params = format!(r#"{{"encoding": "{encoding}"}}"#);
        let told = client.call("goxel.get_voxels", &params);
        let told = told.strip_prefix("\"result\": ").expect("a result");
        assert!(told.contains("\"count\": 10, \"truncated\": false, \"layer_id\": 1"), "{told}");
        client.call("goxel.clear", "{}");
        // The whole reply, with what it says beside the voxels.
        client.call("goxel.add_voxels", told);
        assert_eq!(client.call("goxel.get_voxels", "{}"), all, "{encoding}");
    }
}

#[test]
fn forms() {
    let mut client = filled();
    let points = r#""result": { "voxels": [ [ 8, 0, 0, 0, 255, 0, 255 ], [ 2, 0, 0, 0, 0, 0, 0 ] ], "count": 2, "truncated": false, "layer_id": 1 }"#;
    client.check("goxel.get_voxels", "[[[8,0,0],[2,0,0]]]", points);
    let runs = r#""result": { "runs": [ [ 0, 0, 0, 2, 1, 2, 3, 255 ], [ 5, 0, 0, 3, 9, 9, 9, 255 ], [ 0, 1, 0, 2, 1, 2, 3, 255 ] ], "count": 7, "truncated": false, "layer_id": 1 }"#;
    let seven = r#"{"boxes": [[0,0,0,7,1,0]], "encoding": "runs"}"#;
    client.check("goxel.get_voxels", seven, runs);
    let data = r#""result": { "data": "AAAAAAAAAAABAAAAAQIDBA==", "count": 1, "truncated": false, "layer_id": 1 }"#;
    client.check("goxel.get_voxels", r#"{"boxes": [[0,0,1,0,0,1]], "encoding": "base64"}"#, data);
}

#[test]
fn pages() {
    let mut client = filled();
    let all = r#"{"boxes": [[0,0,0,1,1,0], [0,0,0,1,0,0]], "voxels": [[8,0,0], [9,0,0]]"#;
    let mut page = |offset: usize| {
        let reply = client
            .call("goxel.get_voxels", &format!("{all}, \"offset\": {offset}, \"limit\": 3}}"));
        // The list's own bracket is one more.
        (reply.matches("[ ").count().saturating_sub(1), reply.contains("true"))
    };
    // Four of the first box, two of the second, two points.
    assert_eq!(
        [0, 3, 5, 6, 8, 99].map(&mut page),
        [(3, true), (3, true), (3, false), (2, false), (0, false), (0, false)]
    );
}

#[test]
fn what_is_refused_changes_nothing() {
    let mut client = filled();
    let before = client.call("goxel.get_voxels", "{}");
    for (params, error) in [
        (
            r#"{"voxels": [[0,0,9]], "data": "AAAA"}"#,
            "params.data: has 3 bytes, which is no multiple of the 16 of a record",
        ),
        (r#"{"data": "A"}"#, "params.data: is no base64: Invalid input length: 1"),
        (r#"{"data": 7}"#, "params.data: must be a string of base64"),
        (r#"{"voxels": [[0,0,9],[0,0,"x"]]}"#, "params.voxels[1][2]: must be a number"),
        (
            r#"{"voxels": [[0,0,9]], "runs": [[0,0,0,-1]]}"#,
            "params.runs[0][3]: a run has at least one voxel",
        ),
    ] {
        let expected = format!(r#""error": {{ "code": -32602, "message": "{error}" }}"#);
        client.check("goxel.add_voxels", params, &expected);
    }
    let cut = client
        .send(r#"{"jsonrpc":"2.0","method":"goxel.add_voxels","params":[[[0,0,9],]],"id":5}"#);
    assert!(
        cut.contains("-32700") && cut.contains("at byte 64") && cut.contains("\"id\": null"),
        "{cut}"
    );
    assert_eq!(client.call("goxel.get_voxels", "{}"), before);
    let encoding = r#""error": { "code": -32602, "message": "params.encoding: must be \"points\", \"runs\" or \"base64\"" }"#;
    client.check("goxel.get_voxels", r#"{"encoding": "x"}"#, encoding);
}

#[test]
fn the_fast_path_of_single_voxels_answers_as_the_full_one() {
    let numbers =
        ["0", "-1", "1", "2", "255", "256", "7", "-7654321", "12345678", "1.5", "\"#ff0000\""];
    let (mut short, mut long) = (filled(), filled());
    for method in ["goxel.add_voxel", "goxel.remove_voxel", "goxel.get_voxel"] {
        for count in 0..10usize {
            for shift in 0..60usize {
                let number =
                    |index: usize| numbers[(shift * (index + 3) + index * index) % numbers.len()];
                let list: Vec<&str> = (0..count).map(number).collect();
                let list = list.join(",");
                let expected = long.call(method, &format!("[{list} ]"));
                short.check(method, &format!("[{list}]"), &expected);
            }
        }
    }
    assert_eq!(short.call("goxel.get_voxels", "{}"), long.call("goxel.get_voxels", "{}"));
    assert_eq!(short.call("goxel.history", "{}"), long.call("goxel.history", "{}"));
}
