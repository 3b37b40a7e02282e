//! End to end: clients on a socket, requests in flight, a mix of them; rates and latencies.
//!
//! `cargo bench -p goxel-benches --bench end_to_end`; words after `--` choose lines by name.
//! `--daemon PATH` measures another program than the one that was built with this one; `--beside
//! PATH` measures a second one in turns, as the yardstick: that is how two builds are compared,
//! each as a new copy in every round. With `--histogram` every shape shows how long its requests took. One shape of your own:
//! `--mix edits --clients 4 --in-flight 16 --seconds 5`.

#[path = "../engine/load.rs"]
mod load;
mod mix;
#[path = "../engine/program.rs"]
mod program;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use goxel_benches::{Figure, Gain, Histogram, median, rounds, span};

use self::load::{Load, Shape};
use self::mix::Mix;
use self::program::{Program, beside};

/// Rounds, each with every daemon in turn, that the medians are taken of.
const ROUNDS: usize = 8;
/// Rounds where two programs are compared, which differ by less than rounds do.
const ROUNDS_BESIDE: usize = 24;
/// How long a shape is measured in a round.
const TIME: Duration = Duration::from_millis(500);
/// The shapes by name: what is asked, by how many clients, how many requests each keeps in flight.
#[rustfmt::skip]
const SHAPES: [(&str, Mix, usize, usize); 10] = [
    ("edits_one_by_one", Mix::Edits, 1, 1),
    ("edits_eight_by_one", Mix::Edits, 8, 1),
    ("edits_one_by_64", Mix::Edits, 1, 64),
    ("edits_eight_by_64", Mix::Edits, 8, 64),
    ("reads_eight_by_64", Mix::Reads, 8, 64),
    ("mixed_eight_by_16", Mix::Mixed, 8, 16),
    ("points_21_eight_by_16", Mix::Points, 8, 16),
    ("points_100k", Mix::Bulk, 1, 1),
    ("files", Mix::Files, 1, 8),
    ("pictures", Mix::Pictures, 1, 4),
];

fn main() -> io::Result<()> {
    let options = Options::read()?;
    let mut gains = Vec::new();
    for (name, mix, clients, in_flight) in &options.shapes {
        let shape = Shape { clients: *clients, in_flight: *in_flight };
        let gain = measure(name, *mix, shape, &options)?;
        gains.extend(gain.map(|gain| (name.clone(), gain)));
    }
    if !gains.is_empty() {
        Gain::report(&gains);
    }
    Ok(())
}

/// What the arguments say.
struct Options {
    daemon: PathBuf,
    beside: Option<PathBuf>,
    histogram: bool,
    time: Duration,
    shapes: Vec<(String, Mix, usize, usize)>,
}

impl Options {
    fn read() -> io::Result<Self> {
        let (mut values, mut words) = (Vec::new(), Vec::new());
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            match arg.strip_prefix("--") {
                // Cargo says this to every bench.
                Some("bench") => {}
                Some("histogram") => values.push(("histogram".to_owned(), String::new())),
                Some(name) => values.push((name.to_owned(), args.next().unwrap_or_default())),
                None => words.push(arg),
            }
        }
        let value = |name: &str| values.iter().find(|(key, _)| key == name).map(|(_, v)| v);
        let number = |name: &str, default: usize| {
            value(name).map_or(Ok(default), |text| text.parse().map_err(io::Error::other))
        };
        let shapes = match value("mix") {
            Some(mix) => {
                let shape = (number("clients", 1)?, number("in-flight", 1)?);
                vec![(mix.clone(), Mix::find(mix)?, shape.0, shape.1)]
            }
            None => chosen(&words),
        };
        let seconds = value("seconds").map(|text| text.parse().map_err(io::Error::other));
        Ok(Self {
            daemon: value("daemon").map_or_else(|| beside("goxel-daemon"), program)?,
            beside: value("beside").map(program).transpose()?,
            histogram: value("histogram").is_some(),
            time: seconds.transpose()?.map_or_else(|| span(TIME), Duration::from_secs_f64),
            shapes,
        })
    }
}

/// The whole path of a program, which is run from elsewhere.
fn program(path: impl AsRef<Path>) -> io::Result<PathBuf> {
    let path = path.as_ref();
    std::fs::canonicalize(path)
        .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))
}

/// The shapes that the words name, or all.
fn chosen(words: &[String]) -> Vec<(String, Mix, usize, usize)> {
    let full =
        SHAPES.map(|(name, mix, clients, deep)| (format!("end_to_end/{name}"), mix, clients, deep));
    let named = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word));
    full.into_iter().filter(|(name, ..)| named(name)).collect()
}

/// Measures a shape, and what was gained where there is another program to compare with.
fn measure(name: &str, mix: Mix, shape: Shape, options: &Options) -> io::Result<Option<Gain>> {
    let programs: Vec<&PathBuf> = [&options.daemon].into_iter().chain(&options.beside).collect();
    let mut rates = vec![Vec::new(); programs.len()];
    let mut took = Histogram::default();
    let count = if options.beside.is_some() { ROUNDS_BESIDE } else { ROUNDS };
    for round in 0..rounds(count) {
        // Each in a process of its own and alone, and each as often before as after the other:
        // what one leaves in caches and memory is not the other's to pay.
        for turn in 0..programs.len() {
            let which = (round + turn) % programs.len();
            let place = tempfile::tempdir()?;
            let path = match options.beside {
                Some(_) => copied(programs[which], place.path())?,
                None => programs[which].clone(),
            };
            let program = Program::goxel_at(&path, &[])?;
            let mut load = connect(&program, mix, shape, round == 0)?;
            rates[which].push(load.rate(options.time)?);
            if which == 0 {
                took.merge(load.took());
            }
        }
    }
    let gain = rates.get(1).map(|theirs| Gain::of(&rates[0], theirs));
    let mut rates = rates.into_iter().map(median);
    let mut figure = Figure::new("/s", rates.next().unwrap_or(f64::NAN));
    if let (Some(theirs), Some(rate)) = (&options.beside, rates.next()) {
        figure = figure.beside(&label(theirs), rate);
    }
    figure.report(name);
    took.report(name);
    if options.histogram {
        print!("{took}");
    }
    Figure::new("us", took.percentile(99.0) / 1e3).report(&format!("{name}/p99"));
    Ok(gain)
}

/// A program in a file of its own. Where the kernel happens to keep a file's pages makes the program
/// in them faster or slower by several percent for as long as the file lives, so that a program
/// beside a copy of itself would win or lose; over new copies that evens out.
fn copied(program: &Path, dir: &Path) -> io::Result<PathBuf> {
    let path = dir.join("daemon");
    std::fs::copy(program, &path)?;
    Ok(path)
}

/// A program by the directory that it is in: release, pgo.
fn label(program: &Path) -> String {
    let dir = program.parent().and_then(Path::file_name).unwrap_or(program.as_os_str());
    dir.to_string_lossy().into_owned()
}

/// Clients of a daemon that has something to work on. The first time it is seen to that each of
/// their requests is answered well.
fn connect(program: &Program, mix: Mix, shape: Shape, first: bool) -> io::Result<Load> {
    let dir = program.socket().parent().unwrap_or(Path::new("."));
    mix::prepare(program.socket())?;
    if first {
        mix::check(program.socket(), mix, dir)?;
    }
    let mut load = Load::connect(program.socket(), shape, |number| mix.request(number, dir))?;
    load.warm_up()?;
    Ok(load)
}
