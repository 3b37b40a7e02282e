//! Methods that work on more than a voxel: their bounds, and where they run.

use goxel_proto::limits::BATCH_ERRORS_MAX;

use super::tests::Client;
use super::*;

#[test]
fn a_batch_tells_of_so_many_errors_and_counts_all() {
    for (bad, told) in [(BATCH_ERRORS_MAX, 100), (BATCH_ERRORS_MAX + 1, 100)] {
        let operations =
            vec!["{\"type\":\"paint\",\"x\":1,\"y\":1,\"z\":1,\"color\":[1,1,1]}"; bad];
        let params = format!("[[{}]]", operations.join(","));
        let reply = Client::project().call("goxel.batch_operations", &params);
        let counts = format!("\"successful_operations\": 0, \"failed_operations\": {bad}");
        assert!(reply.contains(&counts), "{reply}");
        assert_eq!(reply.matches("there is no voxel at [1, 1, 1]").count(), told);
    }
}

/// Whether the colours of a project of these boxes are read on a worker, and the answer.
fn read_colours(boxes: &str) -> (bool, String) {
    let mut client = Client::project();
    client.call("goxel.add_voxels", &format!("{{\"boxes\": [{boxes}]}}"));
    let request = r#"{"jsonrpc":"2.0","method":"goxel.get_unique_colors","id":1}"#;
    let mut out = Output::default();
    let verdict = client.server.frame(&mut client.session, request.as_bytes(), &mut out);
    let Verdict::Wait(job) = verdict else {
        return (false, String::from_utf8(out.into_bytes()).expect("replies are text"));
    };
    client.server.finish(&mut client.session, job.run(), &mut out);
    (true, String::from_utf8(out.into_bytes()).expect("replies are text"))
}

#[test]
fn a_large_project_is_read_on_a_worker() {
    let most = "[0, 0, 0, 31, 31, 7]";
    let (here, on_worker) =
        (read_colours(most), read_colours(&format!("{most}, [0, 0, 8, 0, 0, 8]")));
    assert_eq!((here.0, on_worker.0), (false, true));
    assert_eq!(here.1, on_worker.1);
    assert!(here.1.contains("#FFFFFFFF"), "{}", here.1);
}

#[test]
fn scattered_voxels_are_read_on_a_worker() {
    let verdict = |tiles: usize| {
        let mut client = Client::project();
        let places: Vec<_> = (0..tiles).map(|at| format!("[{}, 0, 0]", 16 * at)).collect();
        client.call("goxel.add_voxels", &format!("{{\"voxels\": [{}]}}", places.join(", ")));
        let request = r#"{"jsonrpc":"2.0","method":"goxel.find_components","id":1}"#;
        client.server.frame(&mut client.session, request.as_bytes(), &mut Output::default())
    };
    assert!(!matches!(verdict(64), Verdict::Wait(_)));
    assert!(matches!(verdict(129), Verdict::Wait(_)));
}

#[test]
fn a_read_that_is_refused_on_a_worker_says_why() {
    let mut client = Client::project();
    client.call("goxel.procedural_shape", "[\"cube\", 64, 64, 64]");
    client.check(
        "goxel.get_layer_voxels",
        "[9]",
        r#""error": { "code": -32603, "message": "Bulk operation failed: no layer has the id 9" }"#,
    );
}

#[test]
fn what_the_daemon_holds_is_counted_over_all_projects() {
    let mut client = Client::project();
    client.call("goxel.procedural_shape", "[\"sphere\", 3]");
    client.call("goxel.create_project", "[\"q\"]");
    client.call("goxel.create_layer", "[]");
    let stats = client.call("goxel.get_stats", "{}");
    assert!(stats.ends_with("\"projects\": 2, \"layers\": 3, \"voxels\": 19 }"), "{stats}");
    assert!(stats.contains("\"calls\": 5, "), "{stats}");
}

#[test]
fn a_project_tells_all_about_itself() {
    let mut client = Client::project();
    client.call("goxel.add_voxel", "[1, 2, 3]");
    client.check(
        "goxel.get_project_info",
        "{}",
        r#""result": { "success": true, "name": "p", "width": 8, "height": 9, "depth": 10, "layer_count": 1, "active_layer_id": 1, "voxel_count": 1, "bounding_box": { "empty": false, "min": [ 1, 2, 3 ], "max": [ 1, 2, 3 ], "dimensions": [ 1, 1, 1 ] }, "undo": 1, "redo": 0, "layers": [ { "id": 1, "name": "background", "visible": true, "active": true, "voxel_count": 1 } ], "project_id": "krvqkebz99", "unsaved": true }"#,
    );
}

#[test]
fn a_method_is_called_by_any_of_its_names() {
    let mut client = Client::project();
    let version = client.call("version", "{}");
    assert_eq!(client.call("goxel.get_version", "{}"), version);
    client.check("goxel.echo", "[1]", r#""result": [ 1 ]"#);
    client.check("goxel.paint_voxel", "[0, 0, 0]", r#""error": { "code": -1009, "message": "Failed to paint voxel: there is no voxel at [0, 0, 0]" }"#);
}
