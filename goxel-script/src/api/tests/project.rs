//! A program for each call of what is no volume: layers, palette, the flat calls, random numbers, methods.

use super::*;

#[test]
fn layers() {
    let i = "const i = goxel.image;";
    for (script, expected) in [
        (
            "i.layers.map(l => [l.id, l.name, l.visible, l.mode, l.material, l.index])",
            r#"[[1,"background",true,"over",null,0]]"#,
        ),
        ("const l = i.addLayer('a'); [l.name, i.activeLayer.id, i.layers.length]", r#"["a",2,2]"#),
        ("i.addLayer(); i.activeLayer = 1; i.activeLayer.id", "1"),
        (
            "const l = i.addLayer('top'); i.layer('background').activate(); i.activeLayer = l; i.activeLayer.name",
            r#""top""#,
        ),
        (
            "const l = i.addLayer('a'); l.name = 'b'; l.visible = false; l.mode = 'subtract'; l.index = 0; i.layers.map(l => [l.name, l.visible, l.mode])",
            r#"[["b",false,"subtract"],["background",true,"over"]]"#,
        ),
        (
            "i.activeLayer.volume.fill('red'); const c = i.activeLayer.duplicate('copy'); c.volume.clear(); [c.name, i.layers.map(l => l.volume.count)]",
            r#"["copy",[512,0]]"#,
        ),
        (
            "i.activeLayer.volume.fill('red'); const l = i.addLayer(); l.volume.setAt([50, 0, 0], 'red'); l.mergeInto(1); [i.layers.length, i.activeLayer.volume.count, i.activeLayer.id]",
            "[1,513,1]",
        ),
        ("i.activeLayer.remove(); i.layers.map(l => [l.id, l.name])", r#"[[2,"background"]]"#),
        (
            "i.activeLayer.volume.fill('red'); i.addLayer().volume.setAt([50, 0, 0], 'red'); i.addLayer().visible = false; i.activeLayer.volume.setAt([60, 0, 0], 'red'); i.getLayersVolume().count",
            "513",
        ),
        ("goxel.image = goxel.image; goxel.image.layers.length", "1"),
        (
            "const id = i.setMaterial({name: 'glass', transmission: 1}); i.activeLayer.material = 'glass'; const a = i.activeLayer.material; i.removeMaterial(id); [a, i.activeLayer.material]",
            "[1,null]",
        ),
        (
            "const id = i.setMaterial({name: 'm', color: [1, 0, 0]}); i.setMaterial({id, roughness: 0.25, medium: 'scatter'}); const m = goxel.project.materials[0]; [m.name, m.color, m.roughness, m.medium]",
            r#"["m",[1,0,0,1],0.25,"scatter"]"#,
        ),
    ] {
        gives(&format!("{i} {script}"), expected);
    }
    for (script, words) in [
        ("i.layer(7)", "no layer has the id 7"),
        ("i.layer('x')", "no layer is named \"x\""),
        ("const l = i.addLayer(); l.remove(); l.name", "no layer has the id 2"),
        ("i.activeLayer.visible = 1", "visible must be true or false"),
        ("i.activeLayer.mode = 'ovr'", "\"over\""),
        ("i.activeLayer.index = 5", "past the end"),
        ("i.activeLayer.mergeInto(i.activeLayer)", "merged with itself"),
        ("i.activeLayer.volume = 5", "volume must be a Volume"),
        ("i.activeLayer.material = 9", "no material has the id 9"),
        ("i.addLayer('a'.repeat(300))", "too long"),
        ("i.setMaterial({metallic: 5})", "metallic must be"),
        ("goxel.image = {}", "image must be a Image"),
    ] {
        refuses(&format!("{i} {script}"), words);
    }
}

#[test]
fn palettes() {
    gives("goxel.palette.color", "[255,255,255,255]");
    gives(
        "goxel.palette.colors = ['red', [1, 2, 3]]; [goxel.palette.colors, goxel.project.palette.length]",
        "[[[255,0,0,255],[1,2,3,255]],2]",
    );
    refuses("goxel.palette.colors = ['red', [0, 0, 0, 0]]", "alpha 0");
    refuses("goxel.palette.colors = new Array(5000)", "1024 colours at the most");
    refuses("goxel.palette.color = 'rde'", "did you mean \"red\"");
}

#[test]
fn the_flat_calls_of_the_c_daemon() {
    for (script, expected) in [
        (
            "[goxel.addVoxel(1, 2, 3, [4, 5, 6, 255]), goxel.getVoxel(1, 2, 3)]",
            r#"[0,{"r":4,"g":5,"b":6,"a":255}]"#,
        ),
        (
            "[goxel.addVoxel(1, 2, 3, 4, 5, 6), goxel.getVoxel(1, 2, 3).a, goxel.addVoxel(1, 2, 3, 4, 5, 6, 77), goxel.getVoxel(1, 2, 3).a]",
            "[0,255,0,77]",
        ),
        (
            "[goxel.getVoxel(9, 9, 9), goxel.removeVoxel(9, 9, 9)]",
            r#"[{"r":0,"g":0,"b":0,"a":0},0]"#,
        ),
        (
            "goxel.addVoxel(1, 2, 3, 'red'); goxel.removeVoxel(1, 2, 3); goxel.getVoxel(1, 2, 3).a",
            "0",
        ),
        (
            "goxel.addVoxel(0, 0, 0, 'red'); [goxel.paintVoxels(0, 0, 0, 1, 2, 3, 255), goxel.paintVoxels(5, 0, 0, 'red'), goxel.getVoxel(0, 0, 0).g]",
            "[0,-1,2]",
        ),
        (
            "goxel.addVoxel(0, 0, 0, 'red'); goxel.addVoxel(1, 0, 0, 'red'); [goxel.floodFill(0, 0, 0, 'lime'), goxel.getVoxel(1, 0, 0).g]",
            "[0,255]",
        ),
        (
            "const l = goxel.image.addLayer('up'); goxel.addVoxel(0, 0, 0, 'red', 1); goxel.addVoxel(1, 0, 0, 1, 2, 3, 255, 'up'); goxel.addVoxel(2, 0, 0, 'red', l); goxel.image.layers.map(l => l.volume.count)",
            "[1,2]",
        ),
        (
            "goxel.addVoxel(0, 0, 0, 'red', 0); goxel.addVoxel(1, 0, 0, 'red', -1); goxel.addVoxel(2, 0, 0, 1, 2, 3, 4, 0); goxel.image.activeLayer.volume.count",
            "3",
        ),
    ] {
        gives(script, expected);
    }
    refuses("goxel.addVoxel(0, 0, 0, 'red', 9)", "no layer has the id 9");
    refuses("goxel.addVoxel(0, 0, 0)", "colour must be");
    refuses("goxel.addVoxel('0', 0, 0, 'red')", "x must be a number, not string");
    refuses("goxel.addVoxel(0, 0, 3e9, 'red')", "z is 3000000000: positions are from");
}

#[test]
fn random_numbers_and_noise_go_by_their_seeds() {
    let draws = |script: &str| Bench::new().run(script).expect("numbers");
    assert_eq!(draws("[Math.random(), Math.random()]"), draws("[Math.random(), Math.random()]"));
    assert_ne!(draws("Math.random()"), draws("Math.random(); Math.random()"));
    for (script, expected) in [
        ("goxel.seed", "42"),
        (
            "const a = goxel.random(7), b = goxel.random(7); [a.next() === b.next(), a.next() === goxel.random(8).next()]",
            "[true,false]",
        ),
        (
            "const r = goxel.random(); let ok = true; for (let i = 0; i < 100; i++) { const n = r.int(-2, 2), b = r.between(5, 6); ok = ok && Number.isInteger(n) && Math.abs(n) <= 2 && b >= 5 && b < 6 }; ok",
            "true",
        ),
        ("['a', 'b'].includes(goxel.random(0.5).pick(['a', 'b']))", "true"),
        (
            "const n = goxel.noise(3); [n.simplex(1, 2, 3) === goxel.noise(3).simplex(1, 2, 3), n.simplex(0.5) === n.simplex(0.5, 0, 0), Math.abs(n.simplex(0.3, 0.4)) <= 1]",
            "[true,true,true]",
        ),
        (
            "const n = goxel.noise(); [n.worley(0.5, 1, 2) >= 0, n.fractal(0.1, 0.2, 0.3, {octaves: 1}) === n.simplex(0.1, 0.2, 0.3), n.fractal(0.1, 0, 0, {octaves: 1, of: 'worley'}) === n.worley(0.1)]",
            "[true,true,true]",
        ),
    ] {
        gives(script, expected);
    }
    refuses("goxel.random('a')", "seed must be a number");
    refuses("goxel.random(1).int(2, 1)", "1 is below 2");
    refuses("goxel.random(1).int(0, 1e300)", "high is 1");
    refuses("goxel.random(1).pick([])", "nothing to pick from");
    refuses("goxel.noise(1).simplex()", "x must be a number");
    refuses("goxel.noise(1).simplex(NaN)", "x is NaN");
    refuses("goxel.noise(1).fractal(0, 0, 0, {octaves: 99})", "octaves is 99");
    refuses("goxel.noise(1).fractal(0, 0, 0, {of: 'perlin'})", "\"simplex\" or \"worley\"");
}

#[test]
fn the_project_to_read() {
    gives(
        "const p = goxel.project; [p.name, p.box, p.activeLayer, p.layers[0].name, p.cameras, p.light, p.activeCamera]",
        r#"["test",{"min":[-4,-4,0],"max":[4,4,8]},1,"background",[],null,null]"#,
    );
    gives("goxel.project.layers[0].name = 'x'; goxel.project.layers[0].name", r#""background""#);
}

#[test]
fn methods_are_asked_of_the_project_as_the_script_has_made_it() {
    gives(
        "goxel.addVoxel(0, 0, 0, 'red'); goxel.image.addLayer(); goxel.call('goxel.x', {a: [1, 'b']})",
        r#"{"method":"goxel.x","params":{"a":[1,"b"]},"voxels":1,"layers":2}"#,
    );
    gives("goxel.call('goxel.x')", r#"{"method":"goxel.x","params":{},"voxels":0,"layers":1}"#);
    gives("goxel.render({width: 9}).method", r#""goxel.render_scene""#);
    gives(
        "try { goxel.call('fail') } catch (e) { [e.message, e.code, e instanceof Error] }",
        r#"["as it was asked to",-1234,true]"#,
    );
    gives(
        "const v = new Volume(); v.fill('red'); goxel.addVoxel(99, 0, 0, 'red'); v.save('/a.vox', 'vox')",
        "undefined",
    );
    refuses("goxel.call('a', 5)", "params must be an object or an array");
    refuses("goxel.call()", "method must be a text");
    refuses("const a = {}; a.a = a; goxel.call('x', a)", "circular");
    let bench = Bench::new();
    bench.gives("goxel.progress(1, 4); goxel.progress(4, 4)", "undefined");
    assert_eq!(bench.log.borrow().progress, [(1, 4), (4, 4)]);
    bench.refuses("goxel.progress(-1, 4)", "done is -1");
}
