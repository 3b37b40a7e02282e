//! What `docs/SCRIPTS.md` shows does what it says, and the examples run.

use super::*;

const GUIDE: &str = include_str!("../../../../docs/SCRIPTS.md");
/// What stands before the value that a program of the guide gives.
const GIVES: &str = "// gives ";

#[test]
fn programs_of_the_guide_give_what_they_say() {
    let mut programs = 0;
    for block in GUIDE.split("```js\n").skip(1) {
        let program = block.split("```").next().unwrap_or_default();
        let bench = Bench::new();
        let given = bench.run(program).unwrap_or_else(|error| panic!("{program}\n{error}"));
        if let Some(expected) = program.lines().find_map(|line| line.strip_prefix(GIVES)) {
            assert_eq!(given, expected, "{program}");
        }
        programs += 1;
        bench.after();
    }
    assert!(programs >= 9, "{programs}");
}

#[test]
fn the_examples_build_what_they_are_called() {
    let run = |script: &str| {
        let bench = Bench::with_room(1 << 30);
        let given = bench.run(script).unwrap_or_else(|error| panic!("{error}"));
        (given, bench.after(), bench.log.borrow().progress.len())
    };
    let (given, terrain, told) = run(include_str!("../../../../examples/terrain.js"));
    let names: Vec<&str> = terrain.layers().iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, ["ground", "trees", "sea"]);
    assert!(terrain.count() > 100_000 && told == 97 && given.contains("\"trees\":"), "{given}");
    let (given, city, _) = run(include_str!("../../../../examples/city.js"));
    let names: Vec<&str> = city.layers().iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, ["ground", "houses", "tower"]);
    assert!(city.count() > 100_000, "{given}");
}
