//! Scripts as whole texts.

use super::*;

fn run(text: &str) -> Result<Vec<String>, String> {
    let mut script = Script::new(Lines::new("s", text.as_bytes()));
    let mut found = Vec::new();
    loop {
        match script.advance() {
            Ok(true) => found.push(format!("{}: {}", script.number(), script.text())),
            Ok(false) => return Ok(found),
            Err(error) => return Err(error.to_string()),
        }
    }
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(run(text).unwrap(), expected, "{text}");
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
    check("let n = 2\nrepeat i 1..$n\nlet n = $(n + i)\nx $n\nend", &["4: x 3", "4: x 5"]);
}

#[test]
fn how_lines_open_and_close() {
    for (line, expected) in
        [("repeat i 0..2", 1), ("  repeat", 1), ("end", -1), ("endless", 0), ("let a = 1", 0)]
    {
        assert_eq!(nesting(line), expected, "{line}");
    }
}

#[test]
fn what_is_wrong_is_placed() {
    let bad = |text: &str, expected: &str| assert_eq!(run(text).unwrap_err(), expected, "{text}");
    bad("x\ny $z", "s:2: there is no variable `z`");
    bad("let 1 = 2", "s:1: write: let NAME = VALUE");
    bad("let a 2", "s:1: write: let NAME = VALUE");
    bad("let a = 'b", "s:1: a quote without its end");
    bad("repeat i 0..x\nend", "s:1: write: repeat NAME FIRST..LAST");
    bad("repeat i\nend", "s:1: write: repeat NAME FIRST..LAST");
    bad("x\nrepeat i 0..1\ny", "s:2: `repeat` without `end`");
    bad("end", "s:1: `end` without `repeat`");
    bad("x\nrepeat i 0..1\n\ny $(1/i)\nend", "s:4: division by zero in `1/i`");
    let deep = "repeat i 0..0\n".repeat(DEPTH_MAX + 1) + &"end\n".repeat(DEPTH_MAX + 1);
    bad(&deep, "s:17: more than 16 repetitions in each other");
}

#[test]
fn repetitions_are_bounded() {
    let body = |lines| "repeat i 0..0\n".to_owned() + &"x\n".repeat(lines) + "end\n";
    assert_eq!(run(&body(BODY_LINES_MAX)).unwrap().len(), BODY_LINES_MAX);
    let error = run(&body(BODY_LINES_MAX + 1)).unwrap_err();
    assert_eq!(error, "s:1: a repetition of more than 65536 lines");
    let deepest = "repeat i 0..0\n".repeat(DEPTH_MAX) + "x\n" + &"end\n".repeat(DEPTH_MAX);
    check(&deepest, &["17: x"]);
}
