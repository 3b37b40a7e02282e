//! Scripts on a project without voxels, with nobody at the other end.

mod bad;

use std::cell::RefCell;
use std::rc::Rc;

use goxel_core::{Project, Tile, TilePos};
use goxel_proto::types::LayerId;
use goxel_proto::worker::{Action, Done, Failed, Run};

use super::run;
use crate::ending::Ending;
use crate::model::{Lost, Source};
use crate::outside::{Outside, Told};

/// A quarter of what a thread of the tests has.
const STACK_BYTES: usize = 512 << 10;
/// After so many looks a script has taken too long.
const LOOKS_MAX: usize = 50;

struct Nothing;

impl Source for Nothing {
    fn tiles(&mut self, _layer: LayerId, places: &[TilePos]) -> Result<Vec<Tile>, Lost> {
        Ok(vec![Tile::EMPTY; places.len()])
    }

    fn places(&mut self, _layer: LayerId) -> Result<Vec<TilePos>, Lost> {
        Ok(Vec::new())
    }

    fn ask(&mut self, _: &str, _: &str, _: &[u8]) -> Result<Result<String, String>, Lost> {
        Ok(Err("{}".to_owned()))
    }

    fn progress(&mut self, _: u64, _: u64) -> Result<(), Lost> {
        Ok(())
    }
}

/// Ends a script that does not end by itself.
#[derive(Default)]
struct Listener {
    printed: String,
    looks: usize,
    ending: Ending,
}

impl Told for Listener {
    fn print(&mut self, text: String) {
        self.printed.push_str(&text);
    }

    fn look(&mut self) {
        self.looks += 1;
        if self.looks > LOOKS_MAX {
            self.ending.call("it takes too long");
        }
    }
}

fn skeleton() -> Project {
    Project::new("p", [16; 3])
}

fn with(wanted: &Run) -> (Result<Done, Failed>, Rc<RefCell<Listener>>) {
    with_source(wanted, Nothing)
}

fn with_source(
    wanted: &Run,
    source: impl Source + 'static,
) -> (Result<Done, Failed>, Rc<RefCell<Listener>>) {
    let ending = Ending::default();
    let told = Rc::new(RefCell::new(Listener { ending: ending.clone(), ..Listener::default() }));
    let outside =
        Outside { source: Box::new(source), told: told.clone(), ending, stack_bytes: STACK_BYTES };
    (run(wanted, skeleton(), outside), told)
}

fn wanted(source: &str) -> Run {
    Run {
        source: source.to_owned(),
        name: "a.js".to_owned(),
        heap_max: 32 << 20,
        voxels_max: 32 << 20,
        ..Run::default()
    }
}

fn value(source: &str) -> String {
    with(&wanted(source)).0.unwrap_or_else(|failed| panic!("{source}: {failed:?}")).value
}

fn failed(source: &str) -> Failed {
    with(&wanted(source)).0.expect_err(source)
}

fn printed(source: &str) -> String {
    let (done, told) = with(&wanted(source));
    done.unwrap_or_else(|failed| panic!("{source}: {failed:?}"));
    std::mem::take(&mut told.borrow_mut().printed)
}

/// The kind, the message, the line and the column.
fn check(source: &str, name: &str, message: &str, line: u32, column: u32) {
    let failed = failed(source);
    assert_eq!((failed.name.as_str(), failed.message.as_str()), (name, message), "{source}");
    assert_eq!((failed.line, failed.column), (line, column), "{source}: {}", failed.stack);
    if line > 0 {
        assert_eq!(failed.source_line, source.lines().nth(line as usize - 1).unwrap());
    }
}

#[test]
fn the_value_is_that_of_the_last_expression_as_json() {
    for (source, expected) in [
        ("1 + 1", "2"),
        ("'a\"b'", r#""a\"b""#),
        ("({a: [1, null, undefined], b: undefined, c() {}})", r#"{"a":[1,null,null]}"#),
        ("undefined", ""),
        ("x => x", ""),
        ("let x = 3; x;", "3"),
        ("let y = 3", ""),
        ("NaN", "null"),
        ("new Date(0)", r#""1970-01-01T00:00:00.000Z""#),
        ("if (true) { 5 } else { 6 }", "5"),
        ("", ""),
        ("#!/usr/bin/env goxel\n7", "7"),
        ("undeclared = 4; this.undeclared", "4"),
    ] {
        assert_eq!(value(source), expected, "{source}");
    }
}

#[test]
fn a_value_that_has_no_form_as_json_fails() {
    for (source, message) in [
        ("let a = {}; a.a = a; a", "circular reference"),
        ("10n", "BigInt"),
        ("({get x() { throw new Error('no') }})", "no"),
        ("({toJSON() { throw 5 }})", "5"),
    ] {
        let failed = failed(source);
        assert!(failed.message.contains(message), "{source}: {failed:?}");
        assert!(
            failed.message.starts_with("the value of the script has no form as JSON: "),
            "{failed:?}"
        );
        assert!(
            failed.message.ends_with("; end it with another, or with `undefined`"),
            "{failed:?}"
        );
    }
}

#[test]
fn a_promise_stands_for_what_becomes_of_it() {
    assert_eq!(value("(async () => { await null; return 5 })()"), "5");
    assert_eq!(value("Promise.resolve(Promise.resolve([1]))"), "[1]");
    assert_eq!(value("let x = await Promise.resolve(2); x * 2"), "4");
    assert_eq!(value("await 1; var g = 5; globalThis.g"), "5");
    assert_eq!(printed("Promise.resolve(1).then(x => print(x)); print(0)"), "0\n1\n");
    let never = failed("new Promise(() => {})");
    assert_eq!(never.message, "the script waits for a promise that nothing settles");
}

#[test]
fn a_rejection_that_nobody_takes_fails_the_script() {
    check("Promise.reject(new TypeError('no'))", "TypeError", "no", 1, 20);
    check("async function f() {\n  throw new Error('late')\n}\nf(); 3", "Error", "late", 2, 13);
    assert_eq!(value("let p = Promise.reject(1); p.catch(() => {}); 3"), "3");
    assert_eq!(
        value("let q = Promise.reject(1); Promise.resolve().then(() => q.catch(() => {})); 3"),
        "3"
    );
}

#[test]
fn a_script_with_imports_is_a_module() {
    assert_eq!(printed("import * as std from 'std'\nstd.printf('%03d\\n', 7)"), "007\n");
    assert_eq!(
        value("import {sprintf} from 'std'; export default sprintf('%.1f', 1.25)"),
        "\"1.2\""
    );
    assert_eq!(value("export const a = 1"), "");
    assert_eq!(value("const {sprintf} = await import('std'); sprintf('%x', 255)"), "\"ff\"");
    assert_eq!(value("// import x from 'y'\n2"), "2");
    assert_eq!(value("let important = 'import x from `std`'; 3"), "3");
    let os = failed("import * as os from 'os'");
    assert!(os.message.contains("scripts can import `std` and nothing else"), "{os:?}");
    check(
        "import * as std from 'std'\nlet x = 1\nlet = =",
        "SyntaxError",
        "variable name expected",
        3,
        5,
    );
    check("import * as std from 'std'\n\nnope()", "ReferenceError", "nope is not defined", 3, 1);
}

/// The members of an interface of `goxel.d.ts`.
fn declared(interface: &str) -> Vec<&'static str> {
    let lines = include_str!("../../../goxel.d.ts").lines();
    let lines = lines.skip_while(|line| !line.starts_with(&format!("interface {interface} ")));
    let members =
        lines.skip(1).take_while(|line| *line != "}").filter(|line| !line.contains("/**"));
    members.filter_map(|line| line.trim().split(['(', ':', '?']).next()).collect()
}

#[test]
fn std_is_as_it_is_declared() {
    let mut names = declared("Std");
    names.sort_unstable();
    let expected = format!("{names:?}").replace(", ", ",");
    assert_eq!(value("Object.keys(std).sort()"), expected);
    let module = "import * as s from 'std'; export default Object.keys(s).filter(k => k != 'default').sort()";
    assert_eq!(value(module), expected);
    let mut of_file = [declared("Output"), declared("OpenFile")].concat();
    of_file.sort_unstable();
    let source = "goxel.registerFormat({name: 'F', exts: ['*.f'],
        export(i, path) { const f = std.open(path, 'w'); f.puts(Object.keys(f).sort()); f.close() }})";
    let action = Action::Export("a.f".to_owned());
    let written = with(&Run { action, ..wanted(source) }).0.unwrap().written;
    assert_eq!(String::from_utf8(written).unwrap(), format!("{of_file:?}"));
}

#[test]
fn errors_say_where() {
    check(
        "let a = 1;\nlet b = a +* 2",
        "SyntaxError",
        "unexpected token in expression: '*'",
        2,
        12,
    );
    check("let a = 1;\n  a.b.c", "TypeError", "cannot read property 'c' of undefined", 2, 3);
    check(
        "[1].forEach(function f() {\n  throw new RangeError('far')\n})",
        "RangeError",
        "far",
        2,
        13,
    );
    check(
        "JSON.parse('{')",
        "SyntaxError",
        "Expected property name or '}' in JSON at position 1 (line 1 column 2)",
        1,
        5,
    );
    check("throw {name: 'MyError', message: 'm', stack: 's'}", "MyError", "m", 0, 0);
    check("null.x", "TypeError", "cannot read property 'x' of null", 1, 1);
}

#[test]
fn what_is_thrown_need_not_be_an_error() {
    check("let a\n\nthrow 3", "Thrown", "3", 3, 7);
    check("function f() {\n  throw {a: 1}\n}\nf()", "Thrown", "{a: 1}", 2, 9);
    check("throw null", "Thrown", "null", 1, 6);
    check("let x = null\nthrow   x", "Thrown", "null", 2, 9);
    check("Promise.reject(null); 1", "Thrown", "null", 0, 0);
    check("(async () => { throw null })(); 1", "Thrown", "null", 1, 21);
    check("throw 'text'", "Thrown", "text", 1, 6);
}

#[test]
fn arguments_are_values_and_text() {
    let (done, _) =
        with(&Run { args: r#"[1, "b", {"c": 2}]"#.to_owned(), ..wanted("[args, scriptArgs]") });
    assert_eq!(done.unwrap().value, r#"[[1,"b",{"c":2}],["a.js","1","b","[object Object]"]]"#);
    assert_eq!(value("[args, scriptArgs]"), r#"[[],["a.js"]]"#);
}

#[test]
fn other_scripts_are_out_of_reach() {
    let failed = failed("__loadScript('b.js')");
    assert_eq!(
        failed.message,
        "`b.js` cannot be loaded: a script reaches no files, so put both into one"
    );
}

#[test]
fn output_is_gathered_and_bounded() {
    assert_eq!(
        printed("console.log('a', 1, {b: 'c'}); print(); console.warn([1])"),
        "a 1 {b: \"c\"}\n\n[1]\n"
    );
    let long = printed("for (let i = 0; i < 3000; i++) print('x'.repeat(999))");
    assert!(long.len() < (1 << 20) + 200, "{}", long.len());
    assert!(long.ends_with(" bytes more were printed and dropped: a script may print 1048576)\n"));
    let once = printed("const s = 'x'.repeat(1e6); print('a'); print(...Array(60000).fill(s))");
    assert!(once.starts_with("a\n") && once.len() < 200, "{} bytes", once.len());
    let form = failed(
        "import {sprintf} from 'std'; sprintf('%s'.repeat(60000), ...Array(60000).fill('x'.repeat(1e6)))",
    );
    assert!(form.name == "RangeError" && form.message.contains("make it in parts"), "{form:?}");
}

#[test]
fn registered_scripts_and_formats_are_told_and_run() {
    let source = "goxel.registerScript({name: 'twice', onExecute() { return 2 * args[0] }});
        goxel.registerFormat({name: 'Lines', exts: ['*.lines'],
            export(image, path) { const f = std.open(path, 'w'); f.printf('%d\\n', 7); f.close(); },
            import(image, path) { print(std.loadFile(path)) }});
        goxel.registerFormat({name: 'Read', exts: ['*.r'], import() { throw new Error('broken') }}); 5";
    let with_std = format!("import * as std from 'std'\n{source}");
    let act = |action: Action| with(&Run { action, args: "[4]".to_owned(), ..wanted(&with_std) });
    let done = act(Action::Evaluate).0.unwrap();
    assert_eq!(done.scripts, ["twice"]);
    let formats =
        [("Lines".to_owned(), vec!["lines".to_owned()]), ("Read".to_owned(), vec!["r".to_owned()])];
    assert_eq!(done.formats, formats);
    assert_eq!(act(Action::Registered("twice".to_owned())).0.unwrap().value, "8");
    let unknown = act(Action::Registered("thrice".to_owned())).0.unwrap_err();
    assert!(unknown.message.contains("thrice") && unknown.message.contains("twice"), "{unknown:?}");
    assert_eq!(act(Action::Export("a.lines".to_owned())).0.unwrap().written, b"7\n");
    let (done, told) = act(Action::Import("a.lines".to_owned(), b"read this".to_vec()));
    assert!(done.is_ok() && told.borrow().printed == "read this\n", "{done:?}");
    let broken = act(Action::Import("a.r".to_owned(), Vec::new())).0.unwrap_err();
    assert_eq!((broken.message.as_str(), broken.line), ("broken", 6));
    assert!(act(Action::Export("a.r".to_owned())).0.is_err());
    assert!(act(Action::Export("a.other".to_owned())).0.is_err());
}

#[test]
fn what_a_script_changes_is_told_as_a_change() {
    let done = with(&wanted("goxel.addVoxel(1, 2, 3, [255, 0, 0, 255]); goxel.getVoxel(1, 2, 3)"))
        .0
        .unwrap();
    let mut project = skeleton();
    goxel_store::state::apply(&mut project, &done.change).unwrap();
    assert_eq!(project.layers()[0].volume.count(), 1);
    assert!(with(&wanted("goxel.getVoxel(1, 2, 3)")).0.unwrap().change.is_empty());
}
