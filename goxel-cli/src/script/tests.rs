//! Scripts as whole texts.

use proptest::prelude::*;

use super::blocks::{BODY_LINES_MAX, DEPTH_MAX};
use super::*;

fn run_in(folder: PathBuf, text: &str) -> Result<Vec<String>, String> {
    let mut script = Script::new(Lines::new("s", text.as_bytes()), folder);
    let mut found = Vec::new();
    loop {
        match script.advance() {
            Ok(true) => found.push(format!("{}: {}", script.place().line, script.text())),
            Ok(false) => return Ok(found),
            Err(error) => return Err(error.to_string()),
        }
    }
}

fn run(text: &str) -> Result<Vec<String>, String> {
    run_in(PathBuf::new(), text)
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(run(text).unwrap(), expected, "{text}");
}

fn bad(text: &str, expected: &str) {
    assert_eq!(run(text).unwrap_err(), expected, "{text}");
}

#[test]
fn lines_as_they_stand() {
    check("undo\n\n# $x\nredo # $y", &["1: undo", "2: ", "3: # $x", "4: redo "]);
    check("letter\nending\nlayer list", &["1: letter", "2: ending", "3: layer list"]);
}

#[test]
fn variables() {
    check(
        "let a = red # why\nfill 0,0,0 $a\nnew ${a}dish",
        &["2: fill 0,0,0 red", "3: new reddish"],
    );
    check("let a = 2\nlet a = $(a * a)$a\nx $a", &["3: x 42"]);
    check("let c = '#f00'\nfill 0,0,0 $c", &["2: fill 0,0,0 \\#f00"]);
    check("let n = 'a  b'\nnew '$n' \"$n\"", &["2: new '$n' \"a  b\""]);
    check("let n=\nx${n}y $$5", &["2: xy $5"]);
    check("let n = 3\nx $(n / 2) $(n // 2) $(floor(n * 1.5))", &["2: x 1.5 1 4"]);
}

#[test]
fn repetitions() {
    check(
        "repeat i -1..1\n  a $i\n  b\nend\nc",
        &["2:   a -1", "3:   b", "2:   a 0", "3:   b", "2:   a 1", "3:   b", "5: c"],
    );
    check(
        "repeat i 0..1\nrepeat j 0..$i\nx $i,$j\nend\nend",
        &["3: x 0,0", "3: x 1,0", "3: x 1,1"],
    );
    check("repeat i 3..2\nx\nend\ny", &["4: y"]);
    check("repeat i 1..1\nend", &[]);
    check("let n = 2\nrepeat i 1..n\nlet n = $(n + i)\nx $n\nend", &["4: x 3", "4: x 5"]);
}

#[test]
fn repetitions_by_steps() {
    check("repeat i 0..10 step 4\nx $i\nend", &["2: x 0", "2: x 4", "2: x 8"]);
    check("repeat i 3..1 step -1 # down\nx $i\nend", &["2: x 3", "2: x 2", "2: x 1"]);
    check("repeat i 0..1 step 0.5\nx $i\nend", &["2: x 0", "2: x 0.5", "2: x 1"]);
    check("repeat i 1..3 step -1\nx\nend", &[]);
    let tenths = run("repeat i 0..1 step 0.1\nx\nend").unwrap();
    assert_eq!(tenths.len(), 11, "rounding takes no value away");
    check("let n = 2\nrepeat i n*2..(n + 3) step(n - 1)\nx $i\nend", &["3: x 4", "3: x 5"]);
}

#[test]
fn conditions() {
    let text = "repeat i 0..3\nif i == 0\na\nelse if i % 2 == 1\nb $i\nelse\nc\nend\nend\nd";
    check(text, &["3: a", "5: b 1", "7: c", "5: b 3", "10: d"]);
    check("if 0\nif 1\na\nelse\nb\nend\nelse # not\nc\nend", &["8: c"]);
    check(
        "if 1 # yes\nrepeat i 0..0\na\nend\nelse\nrepeat i 0..9\nb\nend\nend\nc",
        &["3: a", "10: c"],
    );
    check("if 0\na $nothing\nend\nb", &["4: b"]);
    check("if 1\nif 0\na\nend\nb\nend", &["5: b"]);
}

#[test]
fn definitions() {
    check(
        "def tower x h # a tower\nfill $x,0,0..$h red\nend\ntower 3 $(2 * 2)\n  tower 5 1",
        &["2: fill 3,0,0..4 red", "2: fill 5,0,0..1 red"],
    );
    check("def a\nx\nend\ndef b\na\na\nend\nb\ny", &["2: x", "2: x", "9: y"]);
    check("let c = 1\ndef f x\nlet c = 2\ny $c $x\nend\nf 'a b'\nz $c", &["4: y 2 a b", "7: z 1"]);
    check("def f n\nif n > 0\nx $n\nf $(n - 1)\nend\nend\nf 2", &["3: x 2", "3: x 1"]);
    check("def my-part\nx\nend\nrepeat i 0..1\nmy-part\nend", &["2: x", "2: x"]);
}

#[test]
fn files() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("parts")).unwrap();
    std::fs::write(dir.path().join("a"), "x $n\ninclude parts/b\nlet m = 2").unwrap();
    std::fs::write(dir.path().join("parts/b"), "def g\ny\nend\ninclude c").unwrap();
    std::fs::write(dir.path().join("parts/c"), "if 1\nz\n").unwrap();
    let run = |text: &str| run_in(dir.path().to_owned(), text);
    let error = run("let n = 1\ninclude a").unwrap_err();
    assert!(error.ends_with("parts/c:1:1: `if` without `end`"), "{error}");
    std::fs::write(dir.path().join("parts/c"), "if 1\nz\nend").unwrap();
    let found = run("let n = 1\ninclude a\ng\nw $m").unwrap();
    assert_eq!(found, ["1: x 1", "2: z", "2: y", "4: w 2"]);
    std::fs::write(dir.path().join("a"), "include a").unwrap();
    let error = run("include a").unwrap_err();
    assert!(
        error.ends_with("a:1:1: more than 64 repetitions, calls and files in each other"),
        "{error}"
    );
    for (text, expected) in [
        ("include none", "s:1:9: cannot open "),
        ("include parts", "s:1:9: cannot open "),
        ("include", "s:1:8: write: include FILE"),
        ("include a b", "s:1:9: write: include FILE"),
    ] {
        let error = run(text).unwrap_err();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
}

#[test]
fn what_is_wrong_is_placed() {
    bad("x\ny $z", "s:2:4: there is no variable `z`");
    bad("let 1 = 2", "s:1:5: write: let NAME = VALUE");
    bad("let a 2", "s:1:5: write: let NAME = VALUE");
    bad("let a = 'b", "s:1:9: a quote without its end");
    bad("let a = é $(1+)", "s:1:15: `1+` is no calculation: it ends too early");
    bad("repeat i 0..x\nend", "s:1:13: there is no variable `x`");
    let form = "write: repeat NAME FIRST..LAST, or repeat NAME FIRST..LAST step STEP";
    bad("repeat i 0-9\nend", &format!("s:1:10: {form}"));
    bad("repeat i\nend", &format!("s:1:8: {form}"));
    bad("repeat i 0..9 step 0\nend", "s:1:19: a step of 0 leads nowhere");
    bad("repeat i 0..1e10\nend", "s:1:10: it would run 10000000001 times: 4294967296 at the most");
    bad("x\n  repeat i 0..1\ny", "s:2:3: `repeat` without `end`");
    bad("end", "s:1:1: `end` without a block");
    bad("x\nrepeat i 0..1\n\ny $(1/i)\nend", "s:4:6: division by zero in `1/i`");
    bad("if", "s:1:3: a calculation is missing");
    bad("if 1\nx", "s:1:1: `if` without `end`");
    bad("if 0\nx", "s:1:1: `if` without `end`");
    bad("if 0\nelse if y\nend", "s:2:9: there is no variable `y`");
    bad("if 0\n  else maybe\nend", "s:2:8: write: else, or else if CONDITION");
    bad("  else", "s:1:3: `else` without `if`");
    bad("def", "s:1:4: write: def NAME, or def NAME PARAMETER ...");
    bad("def f 1", "s:1:7: write: def NAME, or def NAME PARAMETER ...");
    bad("def f a a\nend", "s:1:9: `a` is there twice");
    bad("def fill\nend", "s:1:5: `fill` is a command already: take another name");
    bad("def repeat\nend", "s:1:5: `repeat` is a command already: take another name");
    bad("def f x\nend\nf", "s:3:1: write: f x");
    bad("def f\nf\nend\nf", "s:2:1: more than 64 repetitions, calls and files in each other");
}

#[test]
fn a_block_that_cannot_begin_is_passed_over() {
    // As a shell goes on, behind each error.
    for opening in
        ["if y", "if 0\nelse if y", "repeat i 0..y", "def fill", "def f 1", "if 0\nelse maybe"]
    {
        let text = format!("{opening}\na\nif 1\nb\nelse\nc\nend\nend\nd");
        let mut script = Script::new(Lines::new("s", text.as_bytes()), PathBuf::new());
        let (mut found, mut errors) = (Vec::new(), 0);
        loop {
            match script.advance() {
                Ok(true) => found.push(script.text().to_owned()),
                Ok(false) => break,
                Err(_) => errors += 1,
            }
        }
        assert_eq!((found, errors), (vec!["d".to_owned()], 1), "{opening}");
    }
}

#[test]
fn blocks_are_bounded() {
    let body = |lines| "repeat i 0..0\n".to_owned() + &"x\n".repeat(lines) + "end\n";
    assert_eq!(run(&body(BODY_LINES_MAX)).unwrap().len(), BODY_LINES_MAX);
    bad(&body(BODY_LINES_MAX + 1), "s:1:1: `repeat` of more than 65536 lines");
    let deep = |levels| "repeat i 0..0\n".repeat(levels) + "x\n" + &"end\n".repeat(levels);
    assert_eq!(run(&deep(DEPTH_MAX)).unwrap(), ["65: x"]);
    bad(&deep(DEPTH_MAX + 1), "s:65:1: more than 64 repetitions, calls and files in each other");
    let long = "let a = xxxxxxxx\n".to_owned() + &"let a = $a$a\n".repeat(40);
    bad(&long, "s:19:11: the line becomes longer than 1048576 bytes");
    let many = "def f\n".to_owned() + &"x\n".repeat(BODY_LINES_MAX) + "end\n";
    bad(&many.repeat(5), "s:262153:5: definitions of more than 262144 lines");
}

/// Lines that open, close and divide blocks, and some that are wrong.
fn line() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "repeat i 0..2",
        "repeat j 2..0 step -1",
        "end",
        "end",
        "if i == 1",
        "if 0",
        "else",
        "else if 1",
        "def f",
        "def g x",
        "f",
        "g 1",
        "x $i",
        "let i = $(i + 1)",
        "let i = 0",
        "y",
        "include none",
    ])
}

proptest! {
    #[test]
    fn every_script_ends(lines in prop::collection::vec(line(), 0..14)) {
        let text = lines.join("\n");
        let mut script = Script::new(Lines::new("s", text.as_bytes()), PathBuf::new());
        for _ in 0..100_000 {
            match script.advance() {
                Ok(true) => {}
                Ok(false) | Err(_) => break,
            }
        }
        // A shell goes on behind an error, and leaves what was under way.
        script.leave();
        prop_assert!(script.frames.is_empty() && script.open.is_empty());
    }
}
