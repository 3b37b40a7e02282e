//! The examples build what they are called.

use super::*;

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
