//! Reads the commonest commands without clap, for batches of hundreds of thousands of lines and
//! for a process that lives a millisecond.
//!
//! It knows the verbs about voxels, shapes and lines, however their words are quoted and their options are
//! written, and comments. Of everything else, and of everything that is wrong, it says nothing: then clap
//! reads the words, and tells what is wrong with them. Where it does read a line it reads it as clap would;
//! a test holds both to that.

mod words;

use goxel_proto::types::{Combine, Word as _};

use super::{Cli, Command, Line, Options};
use crate::commands::reading::GetVoxel;
use crate::commands::shapes::{Line as LineOfVoxels, Shape};
use crate::commands::voxels::{AddVoxels, Fill, PaintVoxels, RemoveVoxels};
use crate::commands::{How, OnLayer, Request};
use crate::parse::{Colour, LayerSpec, Point, Range, fast};

/// A command and the options around it.
#[derive(Default)]
struct Found {
    options: Options,
    layer: Option<LayerSpec>,
    colour: Option<Colour>,
    mode: Option<Combine>,
    /// Of the options of every command, a batch line has one.
    in_batch: bool,
}

/// The command of a line, where it is a plain one.
pub(crate) fn line(text: &str) -> Option<Line> {
    let mut words = words::Words::new(text);
    let verb = words.next()?;
    let mut found = Found { in_batch: true, ..Found::default() };
    let request = found.request(verb, &mut words)?;
    if !words.is_read() {
        return None;
    }
    let Options { project, .. } = found.options;
    Some(Line { project, command: Command::Request(request) })
}

/// The command line, where it is a plain one. The program's own name is not among the words.
pub(crate) fn command_line(words: &[&str]) -> Option<Cli> {
    let mut words = words.iter().copied();
    let mut found = Found::default();
    let verb = loop {
        let word = words.next()?;
        if !word.starts_with('-') {
            break word;
        }
        found.option_of_all(word, &mut words)?;
    };
    let request = found.request(verb, &mut words)?;
    Some(Cli { options: found.options, command: Command::Request(request) })
}

impl Found {
    fn request<'a>(
        &mut self,
        verb: &str,
        words: &mut impl Iterator<Item = &'a str>,
    ) -> Option<Request> {
        let request = self.of_verb(verb, words)?;
        // Every verb takes what it has from here; what is left it does not have.
        (self.colour.is_none() && self.mode.is_none()).then_some(request)
    }

    fn of_verb<'a>(
        &mut self,
        verb: &str,
        words: &mut impl Iterator<Item = &'a str>,
    ) -> Option<Request> {
        match verb {
            "add-voxels" => {
                let points = self.several(words, point)?;
                let (color, on) = (self.colour.take(), self.on());
                Some(Request::AddVoxels(AddVoxels { points, color, on, file: None }))
            }
            "remove-voxels" => {
                let ranges = self.several(words, |word| word.parse::<Range>().ok())?;
                Some(Request::RemoveVoxels(RemoveVoxels { ranges, on: self.on(), file: None }))
            }
            "fill" => {
                let (range, colour) = self.range_and_colour(words)?;
                Some(Request::Fill(Fill { range, colour, on: self.on() }))
            }
            "paint-voxels" => {
                let (range, colour) = self.range_and_colour(words)?;
                Some(Request::PaintVoxels(PaintVoxels { range, colour, on: self.on() }))
            }
            "get-voxel" => {
                let points = self.several(words, point)?;
                let &[point] = points.as_slice() else { return None };
                Some(Request::GetVoxel(GetVoxel { point, on: self.on() }))
            }
            "shape" => {
                let values = self.several(words, Some)?;
                let &[kind, center, size, colour] = values.as_slice() else { return None };
                let (how, on) = (self.how(), self.on());
                let (center, size) = (point(center)?, size.parse().ok()?);
                let shape = Shape::plain(kind, center, size, colour.parse().ok()?, how, on)?;
                Some(Request::Shape(shape))
            }
            "line" => {
                let values = self.several(words, Some)?;
                let &[from, to, colour] = values.as_slice() else { return None };
                let (how, on) = (self.how(), self.on());
                let (from, to) = (point(from)?, point(to)?);
                Some(Request::Line(LineOfVoxels {
                    from,
                    to,
                    colour: colour.parse().ok()?,
                    how,
                    on,
                }))
            }
            _ => None,
        }
    }

    fn on(&mut self) -> OnLayer {
        OnLayer { layer: self.layer.take() }
    }

    fn how(&mut self) -> How {
        How { mode: self.mode.take().unwrap_or_default() }
    }

    fn range_and_colour<'a>(
        &mut self,
        words: &mut impl Iterator<Item = &'a str>,
    ) -> Option<(Range, Colour)> {
        let values = self.several(words, Some)?;
        let &[range, colour] = values.as_slice() else { return None };
        Some((range.parse().ok()?, colour.parse().ok()?))
    }

    /// One value or more, among options.
    fn several<'a, T>(
        &mut self,
        words: &mut impl Iterator<Item = &'a str>,
        read: impl Fn(&'a str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut values = Vec::new();
        while let Some(word) = words.next() {
            match value(word) {
                Some(word) => values.push(read(word)?),
                None => self.option(word, words)?,
            }
        }
        (!values.is_empty()).then_some(values)
    }

    fn option<'a>(
        &mut self,
        word: &'a str,
        words: &mut impl Iterator<Item = &'a str>,
    ) -> Option<()> {
        let (name, written) = match word.split_once('=') {
            // Nothing behind the sign is for the other parser to refuse.
            Some((name, value)) if !value.is_empty() => (name, Some(value)),
            Some(_) => return None,
            None => (word, None),
        };
        match name {
            "--color" if self.colour.is_none() => {
                let colour = written.or_else(|| value(words.next()?))?;
                self.colour = Some(colour.parse().ok()?);
            }
            "--mode" if self.mode.is_none() => {
                let mode = written.or_else(|| plain(words.next()?))?;
                self.mode = Some(Combine::named(mode)?);
            }
            "--layer" if self.layer.is_none() => {
                let layer = written.or_else(|| words.next())?;
                // A name may look like an option: the other parser knows.
                let is_plain =
                    written.is_some() || plain(layer).is_some() || layer.parse::<i32>().is_ok();
                self.layer = is_plain.then(|| layer.parse().ok()).flatten();
                self.layer.as_ref()?;
            }
            "--project" if self.options.project.is_none() => {
                self.options.project = Some(written.or_else(|| plain(words.next()?))?.into());
            }
            _ if written.is_none() => self.option_of_all(word, words)?,
            _ => return None,
        }
        Some(())
    }

    fn option_of_all<'a>(
        &mut self,
        word: &str,
        words: &mut impl Iterator<Item = &'a str>,
    ) -> Option<()> {
        let options = &mut self.options;
        match word {
            "--project" if options.project.is_none() => {
                options.project = Some(plain(words.next()?)?.into());
            }
            _ if self.in_batch => return None,
            "--json" if !options.json => options.json = true,
            "--quiet" | "-q" if !options.quiet => options.quiet = true,
            "--no-spawn" if !options.no_spawn => options.no_spawn = true,
            "--socket" if options.socket.is_none() => {
                options.socket = Some(plain(words.next()?)?.into());
            }
            _ => return None,
        }
        Some(())
    }
}

/// A word that is no option.
fn plain(word: &str) -> Option<&str> {
    (!word.is_empty() && !word.starts_with('-')).then_some(word)
}

/// A word that is a value: also one that begins with a negative number, as for [`shield`].
///
/// [`shield`]: super::shield
fn value(word: &str) -> Option<&str> {
    let Some(rest) = word.strip_prefix('-') else { return Some(word) };
    let digits = rest.as_bytes().first().is_some_and(u8::is_ascii_digit);
    (digits && rest.contains(',')).then_some(word)
}

fn point(word: &str) -> Option<Point> {
    fast::word(word.as_bytes()).or_else(|| word.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::super::shield;
    use super::*;
    use clap::Parser as _;
    use proptest::prelude::*;

    fn by_clap(words: &[&str]) -> Option<Cli> {
        let words = words.iter().map(|word| shield(word.into()));
        Cli::try_parse_from(std::iter::once("goxel-cli".into()).chain(words)).ok()
    }

    fn line_by_clap(text: &str) -> Option<Line> {
        let words = shlex::split(text)?;
        Line::try_parse_from(words.iter().map(|word| shield(word.into()))).ok()
    }

    #[test]
    fn what_is_read() {
        for text in [
            "add-voxels 1,2,3",
            "add-voxels -1,2,3,red 4,5,6 --color 00f --layer -1 --project p",
            "remove-voxels 0..9,0,-5..5 1,2,3 --layer 4",
            "fill --layer 1 0..9,0,0..9 tomato",
            "fill --layer=roof '0..9,0,0..9' \"tomato\" # a floor",
            "add-voxels --color='f00' 1,2,3 --project=p #f",
            "add-voxels 1,2,3 --layer roof",
            "line 0,0,0 -9,9,9 red --mode=subtract",
            "shape sphere 1,2,3 5 '#f80' --mode paint --layer 2",
            "shape box 1,2,3 5,4,3 f00",
            "paint-voxels -5,0,0 1,2,3",
            "get-voxel  1,2,3 ",
        ] {
            let found = line(text);
            assert!(found.is_some(), "{text}");
            assert_eq!(found, line_by_clap(text), "{text}");
        }
        let words = ["--socket", "/s t", "--json", "get-voxel", "-1,2,3", "-q"];
        assert!(command_line(&words).is_some());
        assert_eq!(command_line(&words), by_clap(&words));
    }

    #[test]
    fn what_is_left_to_clap() {
        for text in [
            "undo",
            "",
            "add-voxels",
            "add-voxels '1,2,3",
            "add-voxels 1,'2',3",
            "add-voxels 1,2,3 --layer --roof",
            "add-voxels 1,2,3 --color=",
            "add-voxels 1,2,3 --mode add",
            "shape sphere 1,2,3 5 red --axis x",
            "shape ball 1,2,3 5 red",
            "line 0,0,0 1,1,1 red --color red",
            "add-voxels 1,2,3 --json",
            "get-voxel 1,2,3 4,5,6",
            "fill 0,0,0 red blue",
            "fill 0,0,0",
            "add-voxels -- 1,2,3",
            "add-voxels --file x",
            "fill 0,0,0 red --color red",
            "add-voxels 1,2,3 --color red --color red",
        ] {
            assert_eq!(line(text), None, "{text}");
        }
    }

    fn word() -> impl Strategy<Value = String> {
        prop_oneof![
            2 => prop::sample::select(vec![
                "--color", "--layer", "--project", "--json", "--socket", "--quiet", "-q", "--",
                "--file", "--no-spawn", "--color=red", "--color=", "--layer=-1", "--layer=x", "--mode", "add",
                "--mode=paint", "sphere", "'a b'", "\"1,2,3\"", "# 1,2,3", "--axis=x", "red", "#f80", "x", "-3", "7", "", "-",
            ]).prop_map(str::to_owned),
            3 => "-?[0-9]{1,3},-?[0-9]{1,2},-?[0-9]",
            1 => "[0-9]{1,2}(..[0-9]{1,2})?,[0-9]{1,2},-?[0-9](..[0-9])?",
            1 => "[0-9]{1,3},[0-9]{1,3},[0-9]{1,3}(,[0-9a-f]{3,8}|,[0-9]{1,3},[0-9]{1,3},[0-9]{1,3})?",
        ]
    }

    /// A word as it stands, or in quotes.
    fn spelt(word: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
        (word, 0..6).prop_map(|(word, way)| match way {
            0 => format!("'{word}'"),
            1 => format!("\"{word}\""),
            _ => word,
        })
    }

    fn point_word() -> impl Strategy<Value = String> {
        "-?[0-9]{1,3},-?[0-9]{1,2},-?[0-9]"
    }

    fn colour_word() -> impl Strategy<Value = String> {
        prop::sample::select(vec!["red", "f80", "1,2,3", "1,2,3,4", "AliceBlue"])
            .prop_map(str::to_owned)
    }

    /// An option in any of its spellings.
    fn option(name: &'static str, value: BoxedStrategy<String>) -> impl Strategy<Value = String> {
        (spelt(value), any::<bool>()).prop_map(move |(value, joined)| {
            format!("{name}{}{value}", if joined { "=" } else { " " })
        })
    }

    fn joined(parts: Vec<BoxedStrategy<String>>) -> BoxedStrategy<String> {
        parts.prop_map(|parts| parts.join(" ")).boxed()
    }

    /// A line as the grammar has it: a verb, its values, options among them, a comment perhaps.
    fn any_spelling() -> impl Strategy<Value = String> {
        let range =
            || prop_oneof![point_word(), "[0-9]{1,2}\\.\\.[0-9]{1,2},-?[0-9],[0-9]\\.\\.[0-9]"];
        let kind = prop::sample::select(vec!["sphere", "box", "cone"]).prop_map(str::to_owned);
        let (p, c) = (|| spelt(point_word()).boxed(), || spelt(colour_word()).boxed());
        let line = prop_oneof![
            joined(vec![Just("add-voxels".to_owned()).boxed(), p(), p()]),
            joined(vec![
                Just("add-voxels".to_owned()).boxed(),
                option("--color", colour_word().boxed()).boxed(),
                p()
            ]),
            joined(vec![Just("get-voxel".to_owned()).boxed(), p()]),
            joined(vec![Just("remove-voxels".to_owned()).boxed(), spelt(range()).boxed()]),
            joined(vec![Just("fill".to_owned()).boxed(), spelt(range()).boxed(), c()]),
            joined(vec![Just("paint-voxels".to_owned()).boxed(), spelt(range()).boxed(), c()]),
            joined(vec![Just("line".to_owned()).boxed(), p(), p(), c()]),
            joined(vec![
                Just("shape".to_owned()).boxed(),
                spelt(kind).boxed(),
                p(),
                Just("3".to_owned()).boxed(),
                c()
            ]),
        ];
        let layer = option(
            "--layer",
            prop_oneof![Just("roof".to_owned()), Just("-1".to_owned()), Just("4".to_owned())]
                .boxed(),
        );
        let project = option("--project", Just("p".to_owned()).boxed());
        let tail = prop_oneof![
            3 => Just(String::new()),
            1 => layer,
            1 => project,
            1 => Just("# why, é".to_owned()),
        ];
        (line, tail).prop_map(|(line, tail)| format!("{line} {tail}"))
    }

    proptest! {
        #[test]
        fn every_spelling_is_read_here(text in any_spelling()) {
            let found = line(&text);
            prop_assert!(found.is_some(), "{}", text);
            prop_assert_eq!(found, line_by_clap(&text));
        }

        #[test]
        fn both_parsers_agree(
            before in prop::collection::vec(word(), 0..2),
            verb in prop::sample::select(vec![
                "add-voxels", "remove-voxels", "fill", "paint-voxels", "get-voxel", "undo", "line", "shape",
            ]),
            after in prop::collection::vec(word(), 0..5),
        ) {
            let words = before.iter().map(String::as_str).chain([verb]);
            let words: Vec<_> = words.chain(after.iter().map(String::as_str)).collect();
            // The shell has taken the quotes away.
            let is_quoted = |word: &&str| word.contains(['\'', '"', '#']);
            if let Some(found) = command_line(&words).filter(|_| !words.iter().any(is_quoted)) {
                prop_assert_eq!(Some(found), by_clap(&words));
            }
            let text = words[before.len()..].join(" ");
            if let Some(found) = line(&text) {
                prop_assert_eq!(Some(found), line_by_clap(&text));
            }
        }
    }
}
