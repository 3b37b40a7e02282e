//! Completion in the shells that are there: each is run, and asked how words go on.

use std::process::{Command, Stdio};

use crate::transcript::run;
use crate::world::{World, programs};

/// Lines that somebody may have typed, and what they go on as; one candidate each.
const LINES: [(&str, &str); 8] = [
    ("und", "undo"),
    ("layer du", "layer duplicate"),
    ("shape sphere 0,0,0 3 tomat", "shape sphere 0,0,0 3 tomato"),
    ("fill 0,0,0 red --layer ro", "fill 0,0,0 red --layer roof"),
    ("use cast", "use castle"),
    ("call goxel.und", "call goxel.undo"),
    ("export x --format pl", "export x --format ply"),
    ("open point", "open points.csv"),
];

/// A daemon with a project and a layer, and a file.
fn world() -> World {
    let world = World::new();
    world.run(&["new", "castle"]);
    world.run(&["layer", "add", "roof"]);
    std::fs::write(world.path("points.csv"), "1,2,3\n").unwrap();
    world
}

/// Runs a script of a shell, if it is installed; else says so.
fn shell(world: &World, name: &str, options: &[&str], script: &str) -> Option<String> {
    let path = std::env::var("PATH").unwrap();
    let output = Command::new(name)
        .args(options)
        .args(["-c", script])
        .current_dir(world.path(""))
        .env("PATH", format!("{}:{path}", programs().display()))
        .env("GOXEL_SOCKET", world.socket())
        .env("XDG_STATE_HOME", world.path("state"))
        .env("HOME", world.path(""))
        .env("TERM", "dumb")
        .stdin(Stdio::null())
        .output();
    match output {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("skipped: there is no {name} here");
            None
        }
        Err(error) => panic!("{name}: {error}"),
    }
}

/// Compares what a shell printed, a line each, with how the lines go on.
fn check(name: &str, printed: &str) {
    let found: Vec<_> = printed.lines().map(str::trim_end).collect();
    let expected: Vec<_> = LINES.iter().map(|(_, whole)| *whole).collect();
    assert_eq!(found, expected, "{name}");
}

#[test]
fn bash() {
    let mut script = "source <(goxel-cli completions bash)
        try() {
            COMP_WORDS=(goxel-cli \"$@\") COMP_CWORD=$#
            _goxel_cli goxel-cli
            # As `complete -o default` does it.
            (( ${#COMPREPLY[@]} )) || COMPREPLY=($(compgen -f -- \"${!#}\"))
            local words=(\"${@:1:$#-1}\" \"${COMPREPLY[@]}\")
            echo \"${words[*]}\"
        }
        complete -p goxel-cli | grep -q -- '-o default -F _goxel_cli' || echo not registered\n"
        .to_owned();
    for (line, _) in LINES {
        script.push_str(&format!("try {line}\n"));
    }
    if let Some(printed) = shell(&world(), "bash", &["--norc"], &script) {
        check("bash", &printed);
    }
}

#[test]
fn fish() {
    let mut script = "goxel-cli completions fish | source\n".to_owned();
    for (line, _) in LINES {
        let before = line.rsplit_once(' ').map_or("", |(before, _)| before);
        let space = if before.is_empty() { "" } else { " " };
        script.push_str(&format!(
            "echo -n '{before}{space}'; complete -C 'goxel-cli {line}' | string split -f1 \\t\n"
        ));
    }
    if let Some(printed) = shell(&world(), "fish", &["--no-config"], &script) {
        check("fish", &printed);
    }
}

/// Zsh completes only where somebody types, so it runs on a terminal of its own; Ctrl-X prints what
/// the line has become.
#[test]
fn zsh() {
    let mut script = "zmodload zsh/zpty
        zpty z zsh -f -i
        zpty -w z $'PROMPT=; autoload -Uz compinit; compinit -u -D; \
            eval \"$(goxel-cli completions zsh)\"; setopt no_beep; \
            show() { print -r -- \"<$BUFFER>\"; BUFFER=; }; zle -N show; bindkey \"^X\" show'
        try() {
            zpty -w -n z \"goxel-cli $1\"$'\\t\\x18'
            zpty -r -m z line '*<goxel-cli*>*'
            line=${${line##*\\<goxel-cli }%%>*}
            print -r -- $line
        }\n"
    .to_owned();
    for (line, _) in LINES {
        script.push_str(&format!("try '{line}'\n"));
    }
    if let Some(printed) = shell(&world(), "zsh", &["-f"], &script) {
        check("zsh", &printed);
    }
}

#[test]
fn formats_are_those_of_the_daemon() {
    let world = world();
    let refused = run(&world, "goxel-cli export x --format nothing");
    let (_, formats) = refused.split_once("that can be written are ").unwrap();
    let formats: Vec<_> = formats.lines().next().unwrap().split(", ").collect();
    let offered = run(&world, "goxel-cli complete -- export x --format ''");
    let offered: Vec<_> = offered.lines().map(str::trim_end).collect();
    assert_eq!(offered, formats);
}

#[test]
fn hidden_words_are_not_offered() {
    let offered = run(&world(), "goxel-cli complete -- voxel-; goxel-cli complete -- comp");
    let offered: Vec<_> = offered.lines().filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(offered, ["components", "completions"]);
}
