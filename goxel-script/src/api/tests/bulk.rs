//! Boxes as typed arrays.

use super::*;

#[test]
fn what_is_put_in_a_box_is_got_from_it() {
    let bench = Bench::new();
    bench.gives(
        "const v = goxel.image.activeLayer.volume, box = [[-3, -20, 5], [30, 2, 40]];
         const n = 33 * 22 * 35, data = new Uint32Array(n);
         for (let i = 0; i < n; i++) data[i] = i % 7 ? (0xff000000 | i * 2654435761) >>> 0 : 0;
         v.setBox(box, data);
         const got = v.getBox(new Box([-3, -20, 5], [30, 2, 40]));
         let same = got.length === n;
         for (let i = 0; i < n; i++) same = same && got[i] === data[i];
         [same, v.count, v.getAt([-3 + 1, -20, 5]).toArray()]",
        &format!(
            "[true,{},[{},{},{},255]]",
            33 * 22 * 35 - (33 * 22 * 35_u32).div_ceil(7),
            0xb1,
            0x79,
            0x37
        ),
    );
    assert_eq!(bench.after().count(), u64::from(33 * 22 * 35 - (33 * 22 * 35_u32).div_ceil(7)));
}

#[test]
fn bytes_are_red_green_blue_and_alpha() {
    gives(
        "const v = new Volume();
         v.setBox([[0, 0, 0], [2, 1, 1]], new Uint8Array([1, 2, 3, 255, 4, 5, 6, 7]));
         v.setBox([[0, 1, 0], [1, 2, 1]], new Uint8ClampedArray([9, 8, 7, 6]));
         v.setBox([[1, 1, 0], [2, 2, 1]], new Int32Array([-1]));
         [v.getAt([0, 0, 0]), v.getAt([1, 0, 0]), v.getAt([0, 1, 0]), v.getAt([1, 1, 0]), ...v.getBox([[0, 0, 0], [1, 1, 1]])]",
        "[[1,2,3,255],[4,5,6,7],[9,8,7,6],[255,255,255,255],4278387201]",
    );
}

#[test]
fn a_part_of_an_array_is_enough() {
    gives(
        "const v = new Volume(), all = new Uint32Array([1, 2, 0xff000003, 0xff000004, 5]);
         v.setBox([[0, 0, 0], [2, 1, 1]], all.subarray(2, 4)); v.getBox([[0, 0, 0], [2, 1, 1]])",
        "{\"0\":4278190083,\"1\":4278190084}",
    );
}

#[test]
fn colours_beyond_what_one_list_holds_are_kept() {
    gives(
        "const v = new Volume(), n = 64 * 16 * 16, data = new Uint32Array(n);
         for (let i = 0; i < n; i++) data[i] = (0xff000000 | (i < 8192 ? i % 250 : i % 700)) >>> 0;
         v.setBox([[0, 0, 0], [64, 16, 16]], data);
         const got = v.getBox([[0, 0, 0], [64, 16, 16]]);
         data.every((value, index) => value === got[index])",
        "true",
    );
}

#[test]
fn arrays_of_another_length_or_kind_are_refused() {
    let v = "const v = new Volume();";
    for (script, words) in [
        (
            "v.setBox([[0, 0, 0], [2, 2, 2]], new Uint32Array(7))",
            "must have 8 elements of 32 bits or 32 of 8, not 28 bytes",
        ),
        ("v.setBox([[0, 0, 0], [1, 1, 1]], new Uint8Array(3))", "not 3 bytes"),
        ("v.setBox([[0, 0, 0], [1, 1, 1]], new Float32Array(1))", "must be a Uint32Array"),
        ("v.setBox([[0, 0, 0], [1, 1, 1]], [1])", "must be a Uint32Array"),
        ("v.setBox([[0, 0, 0], [1, 1, 1]], 'text')", "must be a Uint32Array"),
        ("v.setBox([[0, 0, 0], [1, 1, 1]])", "must be a Uint32Array"),
        ("v.setBox([[0, 0, 0], [1e9, 1e9, 1e9]], new Uint32Array(1))", "too large"),
        ("v.getBox([[0, 0, 0], [1e9, 1e9, 1e9]])", "too large"),
        (
            "const a = new Uint32Array(1); a.buffer.transfer(); v.setBox([[0, 0, 0], [1, 1, 1]], a)",
            "still has its memory",
        ),
        ("v.getBox()", "box must be a Box"),
    ] {
        refuses(&format!("{v} {script}"), words);
    }
    gives(
        "const v = new Volume(); v.setBox([[1, 1, 1], [0, 0, 0]], new Uint32Array(0)); [...v.getBox([[1, 1, 1], [0, 5, 5]])]",
        "[]",
    );
}

#[test]
fn whole_tiles_that_are_overwritten_are_not_asked_for() {
    let mut project = Project::new("", [1; 3]);
    let boxes = [(goxel_proto::types::Aabb { min: [-40; 3], max: [40; 3] }, Rgba::opaque(3, 3, 3))];
    let command =
        goxel_core::Command::SetVoxels { layer: LayerRef::Active, boxes: &boxes, voxels: &[] };
    project.apply(command).expect("small");
    let bench = Bench::over(project);
    bench.gives("goxel.image.activeLayer.volume.setBox([[0, 0, 0], [32, 32, 32]], new Uint32Array(32768).fill(0xff0000ff))", "undefined");
    assert_eq!(bench.log.borrow().tiles, 0);
    assert_eq!(bench.voxel([31, 31, 31]), Rgba::opaque(255, 0, 0));
    assert_eq!(bench.voxel([32, 31, 31]), Rgba::opaque(3, 3, 3));
    bench.gives("goxel.image.activeLayer.volume.setBox([[0, 0, 0], [17, 16, 16]], new Uint32Array(17 * 256))", "undefined");
    assert_eq!(bench.voxel([16, 0, 0]), Rgba::EMPTY);
    assert_eq!(bench.voxel([17, 0, 0]), Rgba::opaque(255, 0, 0));
}
