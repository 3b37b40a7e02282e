//! Scripts that loop, eat memory, recurse or play games, and sources that fail them.

use super::*;

/// Nobody gives tiles.
struct Gone;

impl Source for Gone {
    fn tiles(&mut self, _: LayerId, _: &[TilePos]) -> Result<Vec<Tile>, Lost> {
        Err(Lost("gone".to_owned()))
    }

    fn places(&mut self, _: LayerId) -> Result<Vec<TilePos>, Lost> {
        Err(Lost("gone".to_owned()))
    }

    fn ask(&mut self, _: &str, _: &str, _: &[u8]) -> Result<Result<String, String>, Lost> {
        Err(Lost("gone".to_owned()))
    }

    fn progress(&mut self, _: u64, _: u64) -> Result<(), Lost> {
        Err(Lost("gone".to_owned()))
    }
}

#[test]
fn nothing_leaks_from_one_script_to_the_next() {
    value("globalThis.x = 1; Object.prototype.y = 2; Array.prototype.map = null");
    assert_eq!(value("[typeof x, ({}).y, [1].map(a => a + 1)]"), r#"["undefined",null,[2]]"#);
}

#[test]
fn games_with_prototypes_do_not_reach_the_program() {
    let games = "Object.defineProperty(Object.prototype, 'message', {get() { throw 1 }});
        Object.prototype.value = 5; Object.prototype.name = 'n'; Array.prototype[Symbol.iterator] = null;
        Array.prototype.join = () => { throw 2 }; String.prototype.toString = () => { throw 3 };
        Function.prototype.call = null; Promise.prototype.then = null; globalThis.Object = null;
        globalThis.JSON = null; globalThis.console.log('printed', [1, {a: 2}]); ";
    assert_eq!(printed(games), "printed [1, {a: 2}]\n");
    assert_eq!(value(&format!("{games} [1, {{a: 2}}]")), r#"[1,{"a":2}]"#);
    assert_eq!(failed(&format!("{games} throw new Error('e')")).message, "e");
}

#[test]
fn loops_end_where_the_script_is_to_end() {
    for source in [
        "while (true) {}",
        "while (true) { try { while (true) {} } catch {} }",
        "for (;;) try { throw 1 } catch {} finally { continue }",
        "(function f() { f() })(); while (true) { try { (function f() { f() })() } catch {} }",
        "(async () => { while (true) await null })()",
        "function again() { Promise.resolve().then(again) } again()",
        "'a'.repeat(30).match(/^(a+)+$/) ; ('a'.repeat(40) + 'b').match(/^(a+)+$/)",
        "[1, 2].sort(() => { while (true) {} })",
        "JSON.stringify({toJSON() { while (true) {} }})",
        "({toString() { while (true) {} }}) + ''",
        "new Proxy({}, {get() { while (true) {} }}).x",
        "function* g() { while (true) yield 1 } for (const x of g());",
        "({toJSON() { while (true) {} }})",
        "print({get x() { while (true) {} }}); while (true) {}",
    ] {
        let failed = failed(source);
        if source.starts_with("(function") {
            assert_eq!(failed.name, "RangeError", "{source}");
            continue;
        }
        assert_eq!(
            (failed.name.as_str(), failed.message.as_str()),
            ("Stopped", "it takes too long"),
            "{source}"
        );
    }
    let failed = failed("let x = 1;\nfunction f() { while (true) x++ }\n\nf()");
    assert!(failed.line == 2 && failed.stack.contains("at f (a.js:2:"), "{failed:?}");
}

#[test]
fn deep_recursion_is_a_range_error() {
    for source in [
        "function f() { f() } f()",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)",
        "JSON.parse('['.repeat(1e6))",
        "new RegExp('(?:'.repeat(1e6))",
        "eval('('.repeat(1e6))",
        "class A { get x() { return this.x } } new A().x",
        "let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x",
    ] {
        let failed = failed(source);
        assert!(
            ["RangeError", "SyntaxError", "InternalError"].contains(&failed.name.as_str()),
            "{source}: {failed:?}"
        );
        assert!(failed.message.contains("stack"), "{source}: {failed:?}");
    }
}

#[test]
fn a_script_without_memory_says_so() {
    for source in [
        "let s = 'x'; while (true) s += s",
        "let a = []; while (true) a.push({})",
        "new Uint8Array(1e10)",
        "new ArrayBuffer(1e9)",
        "new Array(1e9).fill(0)",
        "let m = new Map(); for (let i = 0; ; i++) m.set(i, [i])",
        "'x'.repeat(2 ** 29)",
    ] {
        let failed = failed(source);
        assert!(
            failed.message.contains("memory")
                || failed.message.contains("too long")
                || failed.name == "RangeError",
            "{source}: {failed:?}"
        );
    }
    let failed = failed("let a = []; while (true) a.push({})");
    let words =
        "out of memory: the values of a script may take 33554432 bytes. Keep less at a time, ";
    assert!(failed.message.starts_with(words), "{failed:?}");
}

#[test]
fn a_heap_that_is_too_small_is_an_error() {
    for heap_max in [0, 1, 1000, 100_000, 1 << 20] {
        let (done, _) = with(&Run { heap_max, ..wanted("let a = []; while (true) a.push({})") });
        assert_eq!(done.unwrap_err().name, "InternalError", "{heap_max}");
    }
}

#[test]
fn a_zero_byte_is_no_text() {
    assert_eq!(failed("1\0 + 1").name, "SyntaxError");
    let (done, _) = with(&Run { name: "a\0b".to_owned(), ..wanted("throw 1") });
    assert_eq!(done.unwrap_err().line, 1);
}

#[test]
fn a_script_whose_tiles_are_lost_ends_whatever_it_catches() {
    let source = "while (true) { try { goxel.getVoxel(0, 0, 0) } catch {} }";
    let (done, _) = with_source(&wanted(source), Gone);
    let failed = done.unwrap_err();
    assert_eq!(failed.name, "Stopped");
    let (done, _) = with_source(&wanted("try { goxel.getVoxel(0, 0, 0) } catch {}; 5"), Gone);
    assert_eq!(done.unwrap_err().message, "it asked for tiles, and nobody gives any more");
}

/// A fault of the program.
struct Faulty;

impl Source for Faulty {
    fn tiles(&mut self, _: LayerId, _: &[TilePos]) -> Result<Vec<Tile>, Lost> {
        panic!("a fault, as it is meant to be")
    }

    fn places(&mut self, _: LayerId) -> Result<Vec<TilePos>, Lost> {
        Ok(Vec::new())
    }

    fn ask(&mut self, _: &str, _: &str, _: &[u8]) -> Result<Result<String, String>, Lost> {
        Ok(Err("{}".to_owned()))
    }

    fn progress(&mut self, _: u64, _: u64) -> Result<(), Lost> {
        Ok(())
    }
}

#[test]
fn a_fault_of_the_program_is_no_fault_of_the_next_script() {
    for source in [
        "Promise.reject(1); goxel.getVoxel(0, 0, 0)",
        "try { goxel.getVoxel(0, 0, 0) } catch {} 5",
        "Promise.resolve().then(() => goxel.getVoxel(0, 0, 0)); 5",
        "[1].map(() => goxel.getVoxel(0, 0, 0))",
    ] {
        let failed = with_source(&wanted(source), Faulty).0.unwrap_err();
        assert!(failed.message.contains("has a fault"), "{source}: {failed:?}");
    }
    assert_eq!(value("1 + 1"), "2");
}
