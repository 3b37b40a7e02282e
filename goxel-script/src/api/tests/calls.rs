//! A program for each call: what it does and gives.

use super::*;

/// The active layer's volume.
const V: &str = "const v = goxel.image.activeLayer.volume;";

#[track_caller]
fn volume_gives(script: &str, expected: &str) {
    gives(&format!("{V} {script}"), expected);
}

#[test]
fn vectors() {
    for (script, expected) in [
        ("new Vec(1, 2, 3)", "[1,2,3]"),
        ("const v = new Vec(1, 2); [v.x, v.g, v.z === undefined, v.length]", "[1,2,true,2]"),
        (
            "const v = new Vec(1, 2, 3, 4); v.w = 9; v.r = 7; [v.a, v.x, v.toArray(), `${v}`]",
            "[9,7,[7,2,3,9],\"Vec(7, 2, 3, 9)\"]",
        ),
        ("new Vec(1) instanceof Vec", "true"),
        ("class P extends Vec { sum() { return this.x + this.y } }; new P(1, 2).sum()", "3"),
    ] {
        gives(script, expected);
    }
    refuses("new Vec()", "a Vec has 1 to 4 parts");
    refuses("new Vec(1, 2, 3, 4, 5)", "a Vec has 1 to 4 parts");
    refuses("new Vec('1')", "a part must be a number, not string");
    refuses("new Vec(1).y = 2", "this Vec has 1 parts");
}

#[test]
fn boxes() {
    for (script, expected) in [
        ("new Box([0, 0, 0], [2, 3, 4])", r#"{"min":[0,0,0],"max":[2,3,4]}"#),
        ("new Box({min: [0, 1, 2], max: {x: 2, y: 3, z: 4}}).size", "[2,2,2]"),
        ("new Box(goxel.image.selectionBox).min", "[-4,-4,0]"),
        (
            "const b = new Box([0, 0, 0], [2, 2, 2]); [b.contains([1.9, 0, 0]), b.contains(new Vec(2, 0, 0))]",
            "[true,false]",
        ),
        (
            "let n = []; new Box([0, 0, 5], [2, 2, 6]).iterVoxels(p => n.push(p.x + 10 * p.y)); n",
            "[0,1,10,11]",
        ),
        (
            "const b = new Box([0, 0, 0], [4, 8, 2]); [b.worldToLocal([2, 4, 1]), b.worldToLocal([4, 0, 0])]",
            "[[0,0,0],[1,-1,-1]]",
        ),
        (
            "const b = new Box([2, 0, 0], [1, 1, 1]); let n = 0; b.iterVoxels(() => n++); [n, b.size.x]",
            "[0,0]",
        ),
    ] {
        gives(script, expected);
    }
    refuses("new Box([1, 1, 1], [1, 1, 1]).worldToLocal([0, 0, 0])", "the box is empty");
    refuses("new Box([0, 0, 0])", "box.min must be [x, y, z]");
    refuses("new Box([0, 0, 0], [1, 1, 1]).iterVoxels(5)", "must be a function");
}

#[test]
fn single_voxels() {
    for (script, expected) in [
        ("v.setAt([1, 2, 3], [9, 8, 7]); v.getAt([1, 2, 3])", "[9,8,7,255]"),
        ("v.setAt(new Vec(1.9, -0.5, 3), new Vec(9, 8, 7)); v.getAt([1, -1, 3])", "[9,8,7,255]"),
        ("v.setAt({x: 1, y: 2, z: 3}, {r: 1, g: 2, b: 3}); v.getAt([1, 2, 3])", "[1,2,3,255]"),
        ("v.setAt([1, 2, 3], 'gold'); v.getAt([1, 2, 3])", "[255,215,0,255]"),
        ("v.setAt([1, 2, 3], '#0102037f'); v.getAt([1, 2, 3])", "[1,2,3,127]"),
        ("v.setAt([1, 2, 3], [-5, 300, 7.9, 255]); v.getAt([1, 2, 3])", "[0,255,7,255]"),
        (
            "v.setAt([1, 2, 3], [1, 1, 1]); v.setAt([1, 2, 3], [1, 1, 1, 0]); [v.count, v.bounds]",
            "[0,null]",
        ),
        (
            "v.setAt([5, 0, 0], 'red'); v.setAt([-5, 1, 2], 'red'); v.bounds",
            r#"{"min":[-5,0,0],"max":[6,2,3]}"#,
        ),
        ("v.setAt([-2147483648, 0, 2147483647], 'red'); v.bounds.max.z", "2147483648"),
    ] {
        volume_gives(script, expected);
    }
}

#[test]
fn volumes_of_layers_are_live_and_copies_are_not() {
    for (script, expected) in [
        (
            "v.setAt([0, 0, 0], 'red'); const c = v.copy(); c.setAt([1, 0, 0], 'red'); [v.count, c.count]",
            "[1,2]",
        ),
        ("const w = goxel.image.activeLayer.volume; w.setAt([0, 0, 0], 'red'); v.count", "1"),
        (
            "const n = new Volume(); n.setAt([0, 0, 0], 'red'); goxel.image.activeLayer.volume = n; n.setAt([1, 1, 1], 'red'); [v.count, n.count]",
            "[1,2]",
        ),
        (
            "v.setAt([0, 0, 0], 'red'); const l = goxel.image.activeLayer; l.volume = l.volume; v.count",
            "1",
        ),
        (
            "const l = goxel.image.addLayer(); v.setAt([0, 0, 0], 'red'); l.remove(); [v.count, goxel.image.layers.length]",
            "[1,1]",
        ),
    ] {
        volume_gives(script, expected);
    }
}

#[test]
fn iteration_sees_what_was_there_when_it_began() {
    volume_gives(
        "v.setAt([0, 0, 0], 'red'); v.setAt([20, 0, 0], 'blue'); let seen = [];
         v.iter((p, c) => { seen.push([p.x, c.b]); v.setAt([p.x + 1, 0, 0], 'red'); v.clear([[20, 0, 0], [21, 1, 1]]) });
         [seen, v.count]",
        "[[[0,0],[20,255]],3]",
    );
}

#[test]
fn boxes_are_filled_painted_and_cleared() {
    for (script, expected) in [
        ("[v.fill([[0, 0, 0], [20, 20, 20]], 'red'), v.count]", "[8000,8000]"),
        ("[v.fill('red'), v.count]", "[512,512]"),
        (
            "[v.fill([[0, 0, 0], [2, 2, 2]], p => p.x ? [p.x, p.y, p.z] : null), v.getAt([1, 1, 0]), v.count]",
            "[4,[1,1,0,255],4]",
        ),
        ("v.fill(p => v.count ? undefined : 'red'); v.count", "1"),
        ("v.fill('red'); v.fill([[0, 0, 0], [9, 9, 9]], [0, 0, 0, 0]); v.count", "384"),
        (
            "v.fill('red'); [v.paint([[0, 0, 0], [1, 1, 9]], 'blue'), v.paint('lime'), v.getAt([0, 0, 0])]",
            "[8,512,[0,255,0,255]]",
        ),
        ("[v.paint('blue'), v.paint([[0, 0, 0], [1, 1, 1]], 'blue')]", "[0,0]"),
        (
            "v.fill('red'); v.clear([[0, 0, 0], [1, 1, 1]]); const n = v.count; v.clear(); [n, v.count]",
            "[511,0]",
        ),
        (
            "v.fill([[0, 0, 0], [4, 1, 1]], 'red'); v.setAt([2, 0, 0], 'blue'); [v.floodFill([0, 0, 0], 'lime'), v.floodFill([3, 0, 0], 'lime', {tolerance: 255, connectivity: 26})]",
            "[2,4]",
        ),
        ("v.floodFill([0, 0, 0], 'lime', {bounds: [[0, 0, 0], [3, 3, 3]]})", "27"),
    ] {
        volume_gives(script, expected);
    }
    refuses(&format!("{V} v.floodFill([0, 0, 0], 'red')"), "is not enclosed");
    refuses(&format!("{V} v.fill([[0, 0, 0], [2000, 2000, 3]], 'red')"), "take more than 32 MB");
    refuses(
        &format!("{V} v.floodFill([0, 0, 0], 'red', {{connectivity: 7}})"),
        "must be 6, 18 or 26",
    );
    refuses(&format!("{V} v.fill([[-1e9, -1e9, -1e9], [1e9, 1e9, 1e9]], 'red')"), "too large");
    refuses(&format!("{V} v.fill([[-1e9, -1e9, -1e9], [1e9, 1e9, 1e9]], () => null)"), "too large");
}

#[test]
fn shapes_with_modes() {
    for (script, expected) in [
        ("[v.shape('box', {center: [0, 0, 0], size: 3, color: 'red'}), v.count]", "[27,27]"),
        ("v.shape('sphere', {center: [0, 0, 0], size: 5, color: 'red'}); v.bounds.size", "[5,5,5]"),
        (
            "v.shape('cylinder', {center: [0, 0, 0], size: [3, 3, 9], axis: 'z', color: 'red'}); v.bounds.size",
            "[3,3,9]",
        ),
        ("v.shape('cone', {center: [0, 0, 0], size: 9, axis: 'x', color: 'red'}) > 50", "true"),
        ("v.shape('pyramid', {center: [0, 0, 0], size: 9, color: 'red'}) > 50", "true"),
        (
            "v.shape('ellipsoid', {center: [0, 0, 0], size: [3, 5, 9], color: 'red'}); v.bounds.size",
            "[3,5,9]",
        ),
        (
            "v.shape('torus', {center: [0, 0, 0], size: 15, tube: 3, color: 'red'}); v.bounds.size",
            "[15,15,3]",
        ),
        ("v.shape('line', {from: [0, 0, 0], to: [4, 4, 0], color: 'red'})", "5"),
        ("v.shape('plane', {center: [0, 0, 0], size: 5, normal: [0, 0, 1], color: 'red'})", "25"),
        (
            "v.shape('box', {center: [0, 0, 0], size: 5, color: 'red'}); [v.shape('box', {center: [0, 0, 0], size: 3, mode: 'subtract'}), v.count]",
            "[27,98]",
        ),
        (
            "v.shape('box', {center: [0, 0, 0], size: 5, color: 'red'}); v.shape('box', {center: [2, 0, 0], size: 5, mode: 'intersect'}); v.count",
            "75",
        ),
        (
            "v.shape('box', {center: [0, 0, 0], size: 3, color: 'red'}); v.shape('box', {center: [0, 0, 0], size: 9, mode: 'paint', color: 'blue'}); [v.count, v.getAt([1, 1, 1]).b]",
            "[27,255]",
        ),
        (
            "v.shape('box', {center: [0, 0, 0], size: 5, color: 'red'}); v.shape('box', {center: [0, 0, 0], size: 3, color: [0, 0, 0, 0]}); v.count",
            "98",
        ),
        (
            "goxel.palette.color = 'lime'; v.shape('box', {center: [0, 0, 0], size: 1}); v.getAt([0, 0, 0])",
            "[0,255,0,255]",
        ),
    ] {
        volume_gives(script, expected);
    }
    refuses(&format!("{V} v.shape('spher', {{}})"), "\"sphere\"");
    refuses(&format!("{V} v.shape('box')"), "a shape needs options");
    refuses(&format!("{V} v.shape('box', {{center: [0, 0, 0]}})"), "size must be");
    refuses(&format!("{V} v.shape('box', {{center: [0, 0, 0], size: 0}})"), "size is 0");
    refuses(&format!("{V} v.shape('sphere', {{center: [0, 0, 0], size: 1e6}})"), "large");
    refuses(&format!("{V} v.shape('box', {{center: [0, 0, 0], size: 3, mode: 'ad'}})"), "\"add\"");
}

#[test]
fn volumes_are_combined_and_moved() {
    let two = format!(
        "{V} const w = new Volume(); w.fill([[0, 0, 0], [3, 1, 1]], 'blue'); v.fill([[2, 0, 0], [5, 1, 1]], [255, 0, 0, 128]);"
    );
    for (script, expected) in [
        ("[v.combine(w), v.count, v.getAt([2, 0, 0])]", "[3,5,[0,0,255,255]]"),
        ("[v.combine(w, 'subtract'), v.count]", "[1,2]"),
        ("v.combine(w, 'intersect'); v.count", "1"),
        ("v.merge(w); [v.count, v.getAt([2, 0, 0])]", "[5,[0,0,255,255]]"),
        ("w.merge(v); w.getAt([2, 0, 0])", "[128,0,127,255]"),
        ("v.merge(v); v.count", "3"),
        ("v.combine(v, 'subtract'); v.count", "0"),
        ("v.merge(w, 'replace'); v.getAt([0, 0, 0])", "[0,0,255,255]"),
        ("v.translate([-2, 1, 100]); v.bounds.min", "[0,1,100]"),
        ("v.rotate('z', 1); v.bounds", r#"{"min":[0,2,0],"max":[1,5,1]}"#),
        ("v.rotate('z', -1, [2, 0, 0]); v.bounds", r#"{"min":[2,-2,0],"max":[3,1,1]}"#),
        ("v.flip('x'); v.bounds", r#"{"min":[-4,0,0],"max":[-1,1,1]}"#),
        ("v.flip('x', 3); v.bounds.min.x", "2"),
    ] {
        gives(&format!("{two} {script}"), expected);
    }
    refuses(&format!("{two} v.translate([2147483647, 0, 0])"), "leave the range");
    refuses(&format!("{two} v.combine()"), "the other volume must be a Volume, not undefined");
    refuses(&format!("{two} v.merge(w, 'ovr')"), "\"over\"");
}

#[test]
fn signed_distances() {
    let sphere =
        "const f = (x, y, z) => Math.hypot(x, y, z) - 9.2, box = [[-20, -20, -20], [20, 20, 20]];";
    for (script, expected) in [
        (
            "const a = v.fromSdf(box, f, 'red'); const w = new Volume(); const b = w.fromSdf(box, f, 'red', {lipschitz: 1}); v.combine(w, 'subtract'); [a === b, a > 3000, v.count]",
            "[true,true,0]",
        ),
        ("v.fromSdf([[-3, -3, -3], [3, 2, 1]], f, 'red', {lipschitz: 1})", "120"),
        (
            "v.fromSdf(box, f, (x, y, z) => z > 0 ? 'blue' : null, {lipschitz: 1}); [v.bounds.min.z, v.getAt([0, 0, 1])]",
            "[1,[0,0,255,255]]",
        ),
        (
            "v.fill('red'); v.fromSdf(box, f, undefined, {mode: 'subtract', lipschitz: 1}); v.count < 20",
            "true",
        ),
        (
            "let calls = 0; v.fromSdf([[0, 0, 0], [256, 256, 256]], () => { calls++; return 1000 }, 'red', {lipschitz: 1}); calls < 10",
            "true",
        ),
        (
            "let calls = 0; v.fromSdf([[0, 0, 0], [256, 256, 256]], () => { calls++; return -1000 }, 'red', {lipschitz: 1}); [calls < 10, v.count]",
            "[true,16777216]",
        ),
        (
            "v.fromSdf([[0, 0, 0], [4, 4, 4]], (x, y, z) => { v.setAt([9, 9, 9], 'red'); return -1 }, 'red'); v.count",
            "65",
        ),
    ] {
        volume_gives(&format!("{sphere} {script}"), expected);
    }
    for (script, words) in [
        ("v.fromSdf(box, () => NaN, 'red')", "the distance at [-32.0, -32.0, -32.0] is NaN"),
        ("v.fromSdf(box, () => 'a', 'red')", "the distance must be a number, not string"),
        ("v.fromSdf(box, 5, 'red')", "must be a function"),
        ("v.fromSdf(box, f, 'red', {lipschitz: -1})", "must not be negative"),
        ("v.fromSdf(box, f, 'red', {lipschitz: NaN})", "lipschitz is NaN"),
        ("v.fromSdf([[-1e9, 0, 0], [1e9, 1e9, 1e9]], f, 'red')", "too large"),
    ] {
        let script = script.replace("box, () => NaN", "[[-32, -32, -32], [0, 0, 0]], () => NaN");
        refuses(&format!("{V} {sphere} {script}"), words);
    }
}

#[test]
fn texts() {
    for (script, expected) in [
        ("v.text('l', {color: 'red'}); v.bounds.size.z", "7"),
        (
            "v.text('H', {at: [10, 20, 30], color: 'red'}); v.bounds",
            r#"{"min":[10,20,30],"max":[15,21,37]}"#,
        ),
        (
            "v.text('H', {at: [10, 20, 30], color: 'red', scale: 2, depth: 3}); v.bounds.size",
            "[10,3,14]",
        ),
        ("v.text('H', {facing: 'x', color: 'red'}); v.bounds", r#"{"min":[0,0,0],"max":[1,5,7]}"#),
        ("v.text('H', {facing: 'z', color: 'red'}); v.bounds", r#"{"min":[0,0,0],"max":[5,7,1]}"#),
        ("v.text('H\\nH', {color: 'red'}); v.bounds.size.z", "16"),
        ("v.text('', {color: 'red'})", "0"),
        ("v.text('\u{e9}', {color: 'red'}) === new Volume().text('?', {color: 'red'})", "true"),
        // The foot of an L is at the bottom, to the right of its stem.
        (
            "v.text('L', {color: 'red'}); [v.getAt([4, 0, 0]).a, v.getAt([4, 0, 6]).a, v.getAt([0, 0, 6]).a]",
            "[255,0,255]",
        ),
        (
            "v.text('L', {facing: 'z', color: 'red'}); [v.getAt([4, 0, 0]).a, v.getAt([4, 6, 0]).a]",
            "[255,0]",
        ),
        (
            "v.text('L', {facing: 'x', color: 'red'}); [v.getAt([0, 0, 0]).a, v.getAt([0, 0, 6]).a, v.getAt([0, 4, 6]).a]",
            "[255,0,255]",
        ),
    ] {
        volume_gives(script, expected);
    }
    refuses(&format!("{V} v.text('a'.repeat(5000))"), "a text of 5000 bytes is too large");
    refuses(&format!("{V} v.text('a', {{scale: 0}})"), "scale is 0");
    refuses(&format!("{V} v.text(5)"), "text must be a text");
    let large = "v.text('a'.repeat(4096), {scale: 64, depth: 1024})";
    refuses(&format!("{V} {large}"), "voxels is too large");
}
