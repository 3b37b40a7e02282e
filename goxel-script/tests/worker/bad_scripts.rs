//! Scripts that loop, eat memory, recurse or play games: each ends in an error that says what it was, and the same
//! worker runs the next.

use crate::harness::Worker;

/// Of a hundred bytes each: ten megabytes.
const LINES: usize = 100_000;

#[test]
fn loops_are_stopped_and_the_worker_goes_on() {
    let mut worker = Worker::ready();
    for source in [
        "while (true) {}",
        "while (true) { try { while (true) {} } catch {} }",
        "while (true) { try { throw 1 } catch {} finally { continue } }",
        "(async () => { while (true) await null })()",
        "function again() { Promise.resolve().then(again) } again()",
        "('a'.repeat(40) + 'b').match(/^(a+)+$/)",
        "[2, 1].sort(() => { while (true) {} })",
        "function f() { try { f() } finally { f() } } f()",
        "({toJSON() { while (true) {} }})",
        "print({get x() { while (true) {} }}); while (true) {}",
        "for (const x of {[Symbol.iterator]() { return {next() { return {value: 1} }} }});",
        "new Array(2 ** 31).indexOf(1); while (true) {}",
    ] {
        let failed = worker.stop(source);
        assert_eq!(
            (failed.name.as_str(), failed.message.as_str()),
            ("Stopped", "enough"),
            "{source}"
        );
    }
    assert_eq!(worker.value("1 + 1"), "2");
    assert!(worker.leave().success());
}

#[test]
fn memory_ends_before_the_worker_does() {
    let mut worker = Worker::ready();
    for source in [
        "let s = 'x'; while (true) s = s + s + 'y'",
        "let a = []; while (true) a.push('x'.repeat(1e6) + a.length)",
        "let a = []; while (true) a.push({})",
        "new ArrayBuffer(10 * 2 ** 30)",
        "new Uint8Array(2 ** 31)",
        "new Array(1e9).fill(0)",
        "let b = []; while (true) b.push(new Uint8Array(1 << 20))",
        "'x'.repeat(2 ** 30)",
        "'x'.padEnd(5e8).split('')",
        "let m = new Map(); for (let i = 0; ; i++) m.set(i, [i])",
        "let o = {}; for (let i = 0; ; i++) o['k' + i] = i",
        "function f(...a) { return f(...a, ...a) } f(1, 2)",
        "JSON.stringify(new Array(5e7).fill(0))",
        "let n = 2n; while (true) n *= n",
        "Array.from({length: 1e9}, (_, i) => [i])",
    ] {
        let failed = worker.failed(source);
        let words = format!("{}: {}", failed.name, failed.message);
        let tells = ["memory", "too long", "too large", "length", "size", "too many arguments"];
        assert!(tells.iter().any(|tell| words.contains(tell)), "{source}: {words}");
    }
    assert_eq!(worker.value("1 + 1"), "2");
    assert!(worker.leave().success());
}

#[test]
fn deep_recursion_is_a_range_error() {
    let mut worker = Worker::ready();
    for source in [
        "function f() { f() } f()",
        "let a = []; for (let i = 0; i < 3e5; i++) a = [a]; JSON.stringify(a)",
        "let a = []; for (let i = 0; i < 3e5; i++) a = [a]; a",
        "JSON.parse('['.repeat(1e7))",
        "JSON.parse('{\"a\":'.repeat(1e6))",
        "new RegExp('(?:'.repeat(1e6))",
        "eval('('.repeat(1e6))",
        "eval('-'.repeat(1e6) + '1')",
        "eval('[' .repeat(1e6))",
        "eval('a=>'.repeat(1e6) + '1')",
        "eval('if(1)'.repeat(1e6) + '1')",
        "eval('`${'.repeat(1e6))",
        "eval('{'.repeat(1e6))",
        "eval('function f(){'.repeat(1e5))",
        "class A { get x() { return this.x } } new A().x",
        "let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x",
        "let p = {}; for (let i = 0; i < 5e4; i++) p = Object.create(new Proxy(p, {})); p.x",
        "[1].map(function f() { return [1].map(f) })",
        "'a'.replace(/a/, function f() { return 'a'.replace(/a/, f) })",
        "let o = {toString() { return '' + o }}; '' + o",
        "let a = [1]; a[Symbol.iterator] = () => [...a]; [...a]",
    ] {
        let failed = worker.failed(source);
        assert!(
            failed.message.contains("stack") || failed.name == "SyntaxError",
            "{source}: {failed:?}"
        );
    }
    // What is deep and only printed is cut.
    assert_eq!(
        worker.run("let a = []; for (let i = 0; i < 3e5; i++) a = [a]; print(a)").printed,
        "[[[[[Array]]]]]\n"
    );
    assert_eq!(worker.value("1 + 1"), "2");
    assert!(worker.leave().success());
}

#[test]
fn a_script_of_ten_megabytes_runs_or_is_refused() {
    let mut worker = Worker::ready();
    let line = format!("x += 1; // {}\n", "a".repeat(88));
    let long = line.repeat(LINES);
    assert_eq!(worker.value(&format!("let x = 0; {long} x")), LINES.to_string());
    let failed = worker.failed(&format!("let x = 0;\n{long} x +* 2"));
    assert_eq!((failed.name.as_str(), failed.line as usize), ("SyntaxError", LINES + 2));
    assert_eq!(failed.source_line, " x +* 2");
    // Code takes more memory than its text: this is 1.3 million statements.
    let failed = worker.failed(&"x += 1;\n".repeat(10 << 17));
    assert!(failed.message.starts_with("out of memory"), "{failed:?}");
    let failed = worker.failed(&"(".repeat(10 << 20));
    assert!(failed.message.contains("stack"), "{failed:?}");
    assert_eq!(worker.value("1 + 1"), "2");
}

#[test]
fn exceptions_leave_callbacks_and_iterators_with_their_place() {
    let mut worker = Worker::ready();
    let failed = worker.failed("const it = {[Symbol.iterator]() {\n  return {next() { throw new Error('in next') }}\n}}\nfor (const x of it);");
    assert_eq!((failed.message.as_str(), failed.line), ("in next", 2));
    assert_eq!(failed.source_line, "  return {next() { throw new Error('in next') }}");
    assert!(failed.stack.lines().count() >= 2, "{}", failed.stack);
}

#[test]
fn games_with_what_is_built_in_do_not_reach_the_worker() {
    let mut worker = Worker::ready();
    for source in [
        "Object.prototype.toJSON = function() { return 'all the same' }; ({})",
        "Array.prototype[Symbol.iterator] = function() { throw 1 }; [1]",
        "Object.defineProperty(globalThis, 'console', {get() { throw 1 }}); 1",
        "Object.setPrototypeOf(globalThis, new Proxy({}, {get() { throw 1 }, has() { return true }})); 1",
        "Function.prototype.apply = Function.prototype.call = function() { throw 1 }; print(1); 1",
        "globalThis.goxel = 5; goxel",
        "delete globalThis.Object; delete globalThis.JSON; delete globalThis.Error; 1",
        "Error.prepareStackTrace = () => { throw 1 }; 1",
        "Error.stackTraceLimit = -1; 1",
        "Object.freeze(globalThis); 1",
        "Promise.prototype.then = null; 1",
        "Symbol.iterator; Array.prototype.length = 5; 1",
    ] {
        worker.value(source);
    }
    for source in [
        "Error.prepareStackTrace = () => { throw 1 }; throw new Error('a')",
        "Error.stackTraceLimit = Infinity; function f() { f() } f()",
        "throw new Proxy(new Error('a'), {get() { throw 1 }})",
        "throw {get message() { while (true) break; throw 2 }, get stack() { throw 3 }}",
        "let e = new Error('a'); e.stack = {}; e.message = e; e.name = 1n; throw e",
        "throw Object.create(null)",
        "throw Symbol('a')",
        "throw undefined",
    ] {
        worker.failed(source);
    }
    assert_eq!(worker.value("1 + 1"), "2");
    assert!(worker.leave().success());
}
