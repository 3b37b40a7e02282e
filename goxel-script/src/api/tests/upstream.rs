//! Scripts as Goxel's users write them.

use goxel_proto::types::{LayerRef, Pos, Rgba};
use rquickjs::CatchResultExt;

use super::*;
use crate::api::{export, import, run};

/// In the manner of those that come with Goxel: registered, then run by their names.
const SCRIPTS: &str = r"
function anyColor() {
  return [Math.floor(Math.random() * 256), Math.floor(Math.random() * 256), Math.floor(Math.random() * 256), 255]
}
goxel.registerScript({
  name: 'FillRandom',
  description: 'All of the selection, in any colours',
  onExecute: function() {
    let box = goxel.image.selectionBox
    let volume = goxel.image.activeLayer.volume
    box.iterVoxels(function(pos) { volume.setAt(pos, anyColor()) })
  }
})
goxel.registerScript({
  name: 'Dilate',
  onExecute: function() {
    let volume = goxel.image.activeLayer.volume
    volume.copy().iter(function(pos, color) {
      for (let z = -1; z < 2; z++)
        for (let y = -1; y < 2; y++)
          for (let x = -1; x < 2; x++)
            volume.setAt([pos.x + x, pos.y + y, pos.z + z], color)
    })
  }
})
goxel.registerScript({
  name: 'Sphere',
  onExecute() {
    let box = goxel.image.selectionBox
    let volume = goxel.image.activeLayer.volume
    let color = goxel.palette.color
    box.iterVoxels((pos) => {
      let p = box.worldToLocal(new Vec(pos.x + 0.5, pos.y + 0.5, pos.z + 0.5))
      if (p.x * p.x + p.y * p.y + p.z * p.z <= 1) volume.setAt(pos, color)
    })
  }
})
goxel.registerFormat({
  name: 'Lines',
  exts: ['*.lines', '*.ln'],
  export: function(img, path) {
    let out = [path]
    img.getLayersVolume().iter((p, c) => out.push(`${p.x} ${p.y} ${p.z} ${c.r} ${c.g} ${c.b}`))
    globalThis.written = out.join('|')
    return this.name
  },
  import: function(img, path) {
    let layer = img.addLayer()
    let volume = new Volume()
    volume.setAt([0, 0, 0], [255, 0, 0, 255])
    layer.volume = volume
  }
})
";

fn with_scripts() -> Bench {
    let bench = Bench::new();
    bench.gives(SCRIPTS, "undefined");
    bench
}

fn run_by_name(bench: &Bench, name: &str) -> Result<(), String> {
    bench.with(|ctx| {
        run(ctx, &bench.host, name).map(|_| ()).catch(ctx).map_err(|error| error.to_string())
    })
}

#[test]
fn the_selection_is_filled_in_any_colours_the_same_for_the_same_seed() {
    let bench = with_scripts();
    run_by_name(&bench, "FillRandom").expect("it is registered");
    let after = bench.after();
    let volume = &after.layers()[0].volume;
    assert_eq!(volume.count(), 512);
    assert_eq!(volume.bounds(), Some(after.image_box()));
    let again = with_scripts();
    run_by_name(&again, "FillRandom").expect("it is registered");
    assert!(again.after().layers() == after.layers());
    let colours: std::collections::BTreeSet<Rgba> = volume.voxels().map(|(_, rgba)| rgba).collect();
    assert!(colours.len() > 500);
}

#[test]
fn what_is_there_grows_by_its_neighbours() {
    let bench = with_scripts();
    bench.gives("goxel.addVoxel(5, 6, 7, [1, 2, 3, 255])", "0");
    run_by_name(&bench, "Dilate").expect("it is registered");
    assert_eq!(bench.after().count(), 27);
    run_by_name(&bench, "Dilate").expect("it is registered");
    assert_eq!(bench.after().count(), 125);
    assert_eq!(bench.voxel([3, 4, 5]), Rgba::opaque(1, 2, 3));
}

#[test]
fn a_sphere_by_the_box_has_the_painters_colour() {
    let bench = with_scripts();
    bench.gives("goxel.palette.color = [10, 20, 30, 255]; goxel.palette.color", "[10,20,30,255]");
    run_by_name(&bench, "Sphere").expect("it is registered");
    let (min, max) = (bench.after().image_box().min, 8);
    let expected = (0..512).filter(|index| {
        let at = [index % max, index / max % max, index / max / max];
        at.map(|axis| (f64::from(axis) + 0.5) / 4.0 - 1.0)
            .iter()
            .map(|axis| axis * axis)
            .sum::<f64>()
            <= 1.0
    });
    assert_eq!(bench.after().count(), expected.count() as u64);
    let middle = min.map(|axis| axis as i32 + 4);
    assert_eq!(bench.voxel(middle), Rgba::opaque(10, 20, 30));
}

#[test]
fn formats_are_called_by_their_endings() {
    let bench = with_scripts();
    assert_eq!(
        bench.host.registered.borrow().formats,
        [("Lines".to_owned(), vec!["lines".to_owned(), "ln".to_owned()])]
    );
    assert_eq!(bench.host.registered.borrow().scripts.len(), 3);
    bench.gives("goxel.addVoxel(1, 2, 3, 4, 5, 6); goxel.addVoxel(0, 0, 0, 'gold')", "0");
    let written = |path: &str| {
        bench.with(|ctx| {
            let name =
                export(ctx, &bench.host, path).catch(ctx).map_err(|error| error.to_string())?;
            Ok::<_, String>(name.get::<String>().expect("a text"))
        })
    };
    assert_eq!(written("/a/b.LINES"), Ok("Lines".to_owned()));
    bench.gives("written", "\"/a/b.LINES|0 0 0 255 215 0|1 2 3 4 5 6\"");
    let error = written("a.obj").expect_err("there is none");
    assert!(
        error.contains("no format is registered for \"a.obj\": there are \"lines\", \"ln\""),
        "{error}"
    );
    bench
        .with(|ctx| {
            import(ctx, &bench.host, "x.ln")
                .map(|_| ())
                .catch(ctx)
                .map_err(|error| error.to_string())
        })
        .expect("it reads");
    let after = bench.after();
    assert_eq!(after.layers().len(), 2);
    assert_eq!(
        after.layer(LayerRef::Active).expect("made").volume.get(Pos::ZERO),
        Rgba::opaque(255, 0, 0)
    );
}

#[test]
fn unknown_scripts_are_named_with_those_there_are() {
    let error = run_by_name(&with_scripts(), "Dilute").expect_err("there is none");
    assert!(error.contains("\"FillRandom\", \"Dilate\", \"Sphere\""), "{error}");
    let error = run_by_name(&Bench::new(), "x").expect_err("there is none");
    assert!(error.contains("there are none"), "{error}");
}

#[test]
fn what_is_registered_is_checked() {
    for (script, words) in [
        ("goxel.registerScript()", "an object that has a name"),
        ("goxel.registerScript({name: 7})", "name must be a text"),
        ("goxel.registerScript({name: ''})", "1 to 255 bytes"),
        ("goxel.registerScript({name: 'a', onExecute: 5})", "onExecute must be a function"),
        ("goxel.registerFormat({name: 'a'})", "exts must be a text"),
        ("goxel.registerFormat({name: 'a', exts: []})", "needs endings"),
        ("goxel.registerFormat({name: 'a', exts: ['*.a']})", "import, export, or both"),
        (
            "goxel.registerFormat({name: 'a', exts: ['*.a'], export: 5})",
            "export must be a function",
        ),
        (
            "for (let i = 0; i < 300; i++) goxel.registerScript({name: 's' + i, onExecute() {}})",
            "more than 256",
        ),
    ] {
        refuses(script, words);
    }
    let bench = Bench::new();
    bench.gives(
        "goxel.registerFormat({name: 'old', ext: 'old\\0*.old\\0', export() {}})",
        "undefined",
    );
    assert_eq!(
        bench.host.registered.borrow().formats,
        [("old".to_owned(), vec!["old".to_owned()])]
    );
}

#[test]
fn exceptions_of_functions_that_are_called_come_out() {
    let bench = Bench::new();
    bench.gives("goxel.addVoxel(0, 0, 0, 1, 2, 3)", "0");
    for call in [
        "volume.iter(() => { throw new Error('mine') })",
        "goxel.image.selectionBox.iterVoxels(() => { throw new Error('mine') })",
        "volume.fill(() => { throw new Error('mine') })",
        "volume.fromSdf([[0, 0, 0], [4, 4, 4]], () => { throw new Error('mine') }, 'red')",
        "volume.fromSdf([[0, 0, 0], [4, 4, 4]], () => -1, () => { throw new Error('mine') })",
    ] {
        bench
            .refuses(&format!("{{ let volume = goxel.image.activeLayer.volume; {call} }}"), "mine");
    }
}
