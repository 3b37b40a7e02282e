//! What the tools that read tell.

use serde_json::json;

use super::Bench;

/// A red floor of 4 by 3, and a blue post of three on it, in a layer of its own.
fn garden(bench: &mut Bench) -> String {
    let id = bench.project("garden");
    bench.call(
        "place_voxels",
        json!({"project_id": id, "boxes": [[0, 0, 0, 3, 2, 0]], "color": "#ff0000"}),
    );
    bench.call("edit_layers", json!({"project_id": id, "action": "add", "name": "post"}));
    bench.call("place_voxels", json!({"project_id": id, "runs": [[0, 0, 1, 1], [0, 0, 2, 1], [0, 0, 3, 1]], "color": "blue"}));
    id
}

#[test]
fn projects_are_listed_and_described() {
    let mut bench = Bench::new();
    assert_eq!(bench.told("list_projects", json!({})), json!({"projects": []}));
    let id = garden(&mut bench);
    let listed = bench.told("list_projects", json!({}));
    let expected =
        json!({"project_id": id, "name": "garden", "voxels": 15, "layers": 2, "unsaved": false});
    assert_eq!(listed["projects"], json!([expected]));
    bench.call("edit_material", json!({"project_id": id, "name": "steel", "metallic": 1}));
    bench.call("set_palette", json!({"project_id": id, "colors": ["red", {"color": "blue", "name": "post", "material": "steel"}]}));
    let told = bench.told("get_project", json!({"project_id": id}));
    assert_eq!(told["bounds"], json!({"min": [0, 0, 0], "max": [3, 2, 3]}));
    assert_eq!(told["layers"][1]["name"], "post");
    assert_eq!(told["materials"][0]["name"], "steel");
    assert_eq!(
        told["palette"][1],
        json!({"color": "#0000FFFF", "name": "post", "material": "steel"})
    );
    assert_eq!(told["versions"][0]["version"], told["version"]);
}

#[test]
fn slices_show_every_voxel_as_a_letter() {
    let mut bench = Bench::new();
    let id = garden(&mut bench);
    let seen = bench
        .call("read_voxels", json!({"project_id": id, "axis": "y", "box": [0, 0, 0, 3, 1, 3]}));
    let text = seen.text.unwrap();
    let expected = "Columns: x 0..3 to the right. Rows: z 3..0 downwards.\n\
                    # = #ff0000 (8)  a = #0000ff (3)  \n\n\
                    y = 0\n   3 a...\n   2 a...\n   1 a...\n   0 ####\n\n\
                    y = 1\n   3 ....\n   2 ....\n   1 ....\n   0 ####";
    assert_eq!(text, expected);
    assert_eq!(seen.structured["slices"][1]["rows"][3], "####");
    // One layer alone.
    let post =
        bench.told("read_voxels", json!({"project_id": id, "layer": "post", "form": "points"}));
    assert_eq!(post["voxels"][0], json!([0, 0, 1, 0, 0, 255, 255]));
    let runs = bench.told("read_voxels", json!({"project_id": id, "form": "runs", "limit": 6}));
    assert_eq!(
        runs,
        json!({"runs": [[0, 0, 0, 4, 255, 0, 0, 255], [0, 1, 0, 2, 255, 0, 0, 255]], "next_offset": 6})
    );
    let blue = bench.told("read_voxels", json!({"project_id": id, "color": "blue"}));
    assert_eq!(blue["voxels"][2], json!({"at": [0, 0, 3], "layer": "post"}));
    // What is hidden does not show.
    bench.call(
        "edit_layers",
        json!({"project_id": id, "action": "set", "layer": "post", "visible": false}),
    );
    let shown = bench.told(
        "read_voxels",
        json!({"project_id": id, "form": "points", "box": [0, 0, 1, 9, 9, 9]}),
    );
    assert_eq!(shown["voxels"], json!([]));
}

#[test]
fn a_look_is_a_labelled_picture_and_words() {
    let mut bench = Bench::new();
    let id = garden(&mut bench);
    let seen = bench.call("look", json!({"project_id": id}));
    assert_eq!(seen.pictures.len(), 1);
    let (width, height) = size(&seen.pictures[0].png);
    assert_eq!((width, height), (512, 512));
    let text = seen.text.unwrap();
    assert!(text.contains("15 voxels in x 0..3, y 0..2, z 0..3"), "{text}");
    assert!(
        text.contains(
            "Row 2: right (From +x towards -x; y 0..2 at pixels 42..214 across, z 3..0 at 269..499 down); top ("
        ),
        "{text}"
    );
    let slice = json!({"project_id": id, "slice": "z=0", "size": "small"});
    let slice = bench.call("look", slice);
    assert_eq!(size(&slice.pictures[0].png), (256, 256));
    assert_eq!(slice.structured["views"], json!(["top"]));
    assert_ne!(
        slice.pictures,
        bench.call("look", json!({"project_id": id, "views": ["top"], "size": "small"})).pictures
    );
}

#[test]
fn a_caption_says_where_in_the_picture_voxels_are() {
    let mut bench = Bench::new();
    let id = bench.project("p");
    bench.call(
        "place_voxels",
        json!({"project_id": id, "voxels": [[0, 0, 0, 0, 0, 255], [9, 3, 9, 255, 0, 0]]}),
    );
    let seen =
        bench.call("look", json!({"project_id": id, "views": ["top", "front"], "size": "medium"}));
    // The parts stand beside each other, 256 by 512 pixels each.
    let text = seen.text.unwrap();
    assert!(text.contains("x 0..9 at pixels 269..499 across, z 9..0 at 141..371 down"), "{text}");
    let mut reader =
        png::Decoder::new(std::io::Cursor::new(&seen.pictures[0].png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let step = reader.next_frame(&mut pixels).unwrap().color_type.samples();
    let pixel = |x: usize, y: usize| &pixels[(y * 512 + x) * step..][..3];
    let (blue, red) = (pixel(269 + 11, 371 - 11), pixel(499 - 11, 141 + 11));
    assert!(blue[2] > blue[0] && red[0] > red[2], "{blue:?} {red:?}");
    // Where only a part is drawn nobody knows what it fills.
    let slice = bench.call("look", json!({"project_id": id, "slice": "z=0"}));
    assert!(!slice.text.unwrap().contains("pixels"));
}

fn size(png: &[u8]) -> (u32, u32) {
    let reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    (reader.info().width, reader.info().height)
}

#[test]
fn what_is_wrong_with_a_model_is_measured() {
    let mut bench = Bench::new();
    let id = bench.project("p");
    // A wall with a hole, a crumb above it, and a speck of another colour.
    bench.call(
        "place_voxels",
        json!({"project_id": id, "boxes": [[0, 0, 0, 8, 0, 6]], "color": "#808080"}),
    );
    bench.call("remove_voxels", json!({"project_id": id, "voxels": [[2, 0, 3]]}));
    bench.call("place_voxels", json!({"project_id": id, "voxels": [[4, 0, 9], {"x": 6, "y": 0, "z": 2, "color": "red"}], "color": "#808080"}));
    let told = bench.told("measure", json!({"project_id": id}));
    assert_eq!(told["voxels"], 63);
    assert_eq!(told["bounds"], json!({"min": [0, 0, 0], "max": [8, 0, 9]}));
    assert_eq!(told["gaps"]["listed"], json!([{"at": [2, 0, 3], "color": "#808080"}]));
    assert_eq!(told["floating"]["listed"][0]["at"], json!([4, 0, 9]));
    assert_eq!(
        told["colors"]["listed"][1],
        json!({"color": "#ff0000", "voxels": 1, "at": [6, 0, 2]})
    );
    assert_eq!(told["symmetry"]["x"]["at"], 4.0);
    assert_eq!(told["symmetry"]["x"]["differences"], 2);
    let version = told["version"].as_u64().unwrap();
    bench.call("remove_voxels", json!({"project_id": id, "voxels": [[4, 0, 9]]}));
    let told = bench.told("measure", json!({"project_id": id, "since": version}));
    assert_eq!(told["changes"]["removed"], 1);
    assert_eq!(told["floating"]["count"], 0);
}

#[test]
fn more_than_can_be_looked_at_is_measured_roughly() {
    let mut bench = Bench::new();
    let id = bench.project("p");
    bench
        .call("place_voxels", json!({"project_id": id, "voxels": [[0, 0, 0], [1000, 1000, 1000]]}));
    let told = bench.told("measure", json!({"project_id": id}));
    assert_eq!(told["voxels"], 2);
    assert!(told["note"].as_str().unwrap().contains("a smaller box"));
    assert!(told.get("symmetry").is_none());
}
