//! Arguments that nobody would write, or only those who mean harm: an exception or a result that is defined, and
//! nothing worse.

use super::*;
use crate::api::wild::{BEGIN, KINDS, VALUES, members, program};
use crate::random::Random;

#[test]
fn wild_arguments_are_refused_or_mean_something() {
    let bench = Bench::new();
    bench.gives(BEGIN, "27");
    let all = members();
    assert!(all.len() > 90, "{}", all.len());
    for (of, name, is_method) in all {
        for (index, first) in VALUES.iter().enumerate() {
            // One after the other, with what lies far apart in the list beside it.
            let [second, third] =
                [(7, 3), (11, 5)].map(|(step, from)| VALUES[(index * step + from) % VALUES.len()]);
            let lists = [
                (*first).to_owned(),
                format!("{first}, {second}"),
                format!("[1, 2, 3], {first}, {third}, {second}"),
                format!("{third}, [1, 2, 3], {first}"),
            ];
            for arguments in lists {
                let script = match is_method {
                    true => format!("{of}.{name}({arguments})"),
                    false => format!("{of}.{name}; {of}.{name} = {first}"),
                };
                // Whatever comes of it, it is words of the engine's or ours; a panic would end the test.
                let _ = bench.run(&script);
            }
        }
    }
    bench.after();
}

#[test]
fn methods_of_other_objects_are_refused() {
    let bench = Bench::new();
    bench.gives(BEGIN, "27");
    let objects =
        "[undefined, null, 5, {}, [], new Vec(1), goxel, goxel.image, v, new Proxy(v, {})]";
    for kind in KINDS {
        bench.gives(
            &format!(
                "for (const name of Object.getOwnPropertyNames({kind}.prototype)) {{
                   const d = Object.getOwnPropertyDescriptor({kind}.prototype, name);
                   for (const f of [d.value, d.get, d.set]) for (const of of [...{objects}, Object.create({kind}.prototype)])
                     try {{ if (f && name !== 'constructor') f.call(of, [0, 0, 0], [1, 1, 1], 1) }} catch {{}}
                 }}"
            ),
            "undefined",
        );
    }
    bench.refuses(
        "Volume.prototype.iter.call({}, () => {})",
        "it was called of something that is no Volume",
    );
    bench.refuses(
        "Object.create(Volume.prototype).count",
        "it was called of something that is no Volume",
    );
    bench.refuses("Vec.prototype.x", "it was called of something that is no Vec");
}

#[test]
fn programs_of_any_calls_end() {
    let mut random = Random::new(5);
    for _ in 0..60 {
        let script = program(40, &mut |end| random.between(0, end as i64 - 1) as usize);
        let bench = Bench::new();
        assert_eq!(bench.run(&format!("{script}\n1")).as_deref(), Ok("1"), "{script}");
        bench.after();
    }
}

#[test]
fn functions_that_are_called_may_change_what_they_are_called_for() {
    let bench = Bench::new();
    bench.gives("const v = goxel.image.activeLayer.volume; v.fill('red')", "512");
    for script in [
        "v.iter(() => v.clear())",
        "v.fill('red'); v.iter(() => { goxel.image.activeLayer.volume = new Volume() })",
        "v.fill('red'); v.iter((p) => v.setAt(p, 'blue'))",
        "v.fill(() => { v.clear(); goxel.image.addLayer(); return 'red' })",
        "v.fromSdf([[0, 0, 0], [40, 40, 40]], () => { v.setAt([0, 0, 0], 'red'); return -1 }, () => { v.clear(); return 'red' }, {lipschitz: 1})",
        "goxel.image.layers.forEach(l => l.remove())",
        "v.setAt({get x() { goxel.image.activeLayer.remove(); return 1 }, y: 2, z: 3}, {get r() { v.clear(); return 1 }, g: 2, b: 3})",
        "v.shape('box', {get center() { goxel.image.activeLayer.remove(); return [0, 0, 0] }, size: 3, get color() { v.clear(); return 'red' }})",
        "v.text('a', {get at() { v.text('b'); return [0, 0, 0] }})",
        "goxel.registerScript({get name() { goxel.registerScript({name: 'x', onExecute() {}}); return 'y' }, onExecute() {}})",
        "goxel.image.layers[0].volume.combine(v)",
        "goxel.call('x', {toJSON() { v.clear(); goxel.call('y'); return {} }})",
    ] {
        let given = bench.run(&format!("{{ {script} }}"));
        assert!(given.is_ok(), "{script}: {given:?}");
    }
    bench.after();
}

#[test]
fn hooks_of_the_engine_may_call_back_while_an_exception_is_made() {
    let bench = Bench::new();
    bench.gives(
        "const v = goxel.image.activeLayer.volume; let hooks = 0;
         Error.prepareStackTrace = (error, trace) => { hooks++; v.setAt([hooks, 0, 0], 'red'); goxel.image.addLayer(); return 'mine' };
         const tries = [() => v.setAt(), () => v.setAt([1e300, 0, 0], 'red'), () => goxel.image.layer(99), () => new Vec(1).y = 2,
           () => v.setBox([[0, 0, 0], [1, 1, 1]], new Uint8Array(1)), () => v.fromSdf([[0, 0, 0], [1, 1, 1]], () => NaN, 'red'),
           () => v.translate([2147483647, 2147483647, 2147483647]), () => goxel.call('fail'), () => goxel.registerScript({}),
           () => goxel.image.activeLayer.index = 99, () => goxel.palette.colors = [[0, 0, 0, 0]]];
         let caught = 0;
         for (const attempt of tries) try { attempt() } catch (e) { caught++ }
         delete Error.prepareStackTrace; [caught, tries.length]",
        "[11,11]",
    );
}

#[test]
fn prototypes_that_were_played_with_break_the_script_alone() {
    for script in [
        "Object.prototype.a = 5; Object.prototype.min = 7; goxel.image.activeLayer.volume.setAt([0, 0, 0], [1, 2, 3]); 1",
        "Array.prototype[Symbol.iterator] = null; goxel.image.layers.length",
        "delete Volume.prototype.setAt; try { new Volume().setAt([0, 0, 0], 'red') } catch { 1 }",
        "Object.setPrototypeOf(goxel.image.activeLayer.volume, null); 1",
        "Object.freeze(goxel); Object.freeze(Volume.prototype); new Volume().count; 1",
        "goxel = 5; 1",
        "Array.prototype.push = () => { throw 1 }; Function.prototype.call = null; goxel.image.selectionBox.iterVoxels(() => {}); 1",
        "Object.defineProperty(Array.prototype, 3, {get() { throw new Error('no') }}); try { goxel.image.activeLayer.volume.setAt([0, 0, 0], [1, 2, 3]) } catch (e) { 1 }",
    ] {
        let bench = Bench::new();
        bench.gives(script, "1");
        bench.after();
    }
}

#[test]
fn volumes_without_end_are_refused_and_the_script_may_go_on() {
    let bench = Bench::new();
    bench.gives(
        "const all = []; let why = '';
         try { for (;;) { const v = new Volume(); for (let i = 0; i < 300; i++) for (let c = 0; c < 300; c++) v.setAt([16 * i + c % 16, c >> 4, 0], [c, c >> 8, i]); all.push(v) } }
         catch (e) { why = e.message }
         all.length = 0; [why.includes('take more than 32 MB'), why.startsWith('Volume.setAt'), new Volume().count]",
        "[true,true,0]",
    );
    bench.refuses(
        "const a = []; for (;;) a.push(new Volume().getBox([[0, 0, 0], [128, 128, 128]]))",
        "memory",
    );
}

#[test]
fn deep_recursion_through_calls_is_an_exception() {
    let bench = Bench::new();
    bench.refuses("const v = goxel.image.activeLayer.volume; v.setAt([0, 0, 0], 'red'); (function f() { v.iter(f) })()", "stack");
}
