//! Reads the commonest commands without clap, for batches of hundreds of thousands of lines and
//! for a process that lives a millisecond.
//!
//! It knows the verbs about voxels, in words that need no quotes. Of everything else, and of
//! everything that is wrong, it says nothing: then clap reads the words, and tells what is wrong
//! with them. Where it does read a line it reads it as clap would; a test holds both to that.

use super::{Cli, Command, Line, Options};
use crate::commands::reading::GetVoxel;
use crate::commands::voxels::{AddVoxels, Fill, PaintVoxels, RemoveVoxels};
use crate::commands::{OnLayer, Request};
use crate::parse::{Colour, LayerSpec, Point, Range, fast};

/// A command and the options around it.
#[derive(Default)]
struct Found {
    options: Options,
    layer: Option<LayerSpec>,
    colour: Option<Colour>,
    /// Of the options of every command, a batch line has one.
    in_batch: bool,
}

/// The command of a line, where it is a plain one.
pub(crate) fn line(text: &str) -> Option<Line> {
    // Quotes, escapes and comments are for the other parser.
    if text.bytes().any(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b'#') || byte >= 0x80) {
        return None;
    }
    let mut words = text.split_ascii_whitespace();
    let verb = words.next()?;
    let mut found = Found { in_batch: true, ..Found::default() };
    let request = found.request(verb, &mut words)?;
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
        match verb {
            "add-voxels" => {
                let points = self.several(words, point)?;
                let (color, on) = (self.colour, self.on());
                Some(Request::AddVoxels(AddVoxels { points, color, on, file: None }))
            }
            "remove-voxels" => {
                let ranges = self.several(words, |word| word.parse::<Range>().ok())?;
                self.colour.is_none().then(|| {
                    Request::RemoveVoxels(RemoveVoxels { ranges, on: self.on(), file: None })
                })
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
                self.colour.is_none().then(|| Request::GetVoxel(GetVoxel { point, on: self.on() }))
            }
            _ => None,
        }
    }

    fn on(&mut self) -> OnLayer {
        OnLayer { layer: self.layer.take() }
    }

    fn range_and_colour<'a>(
        &mut self,
        words: &mut impl Iterator<Item = &'a str>,
    ) -> Option<(Range, Colour)> {
        let values = self.several(words, Some)?;
        let &[range, colour] = values.as_slice() else { return None };
        self.colour.is_none().then_some((range.parse().ok()?, colour.parse().ok()?))
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

    fn option<'a>(&mut self, word: &str, words: &mut impl Iterator<Item = &'a str>) -> Option<()> {
        match word {
            "--color" if self.colour.is_none() => {
                self.colour = Some(value(words.next()?)?.parse().ok()?);
            }
            "--layer" if self.layer.is_none() => {
                // Names may look like options: the other parser knows.
                let id = words.next()?.parse().ok()?;
                self.layer = Some(LayerSpec::Id(id));
            }
            _ => self.option_of_all(word, words)?,
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
            "add-voxels 1,2,3 # why",
            "add-voxels '1,2,3'",
            "add-voxels 1,2,3 --layer roof",
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
                "--file", "--no-spawn", "--color=red", "red", "#f80", "x", "-3", "7", "", "-",
            ]).prop_map(str::to_owned),
            3 => "-?[0-9]{1,3},-?[0-9]{1,2},-?[0-9]",
            1 => "[0-9]{1,2}(..[0-9]{1,2})?,[0-9]{1,2},-?[0-9](..[0-9])?",
            1 => "[0-9]{1,3},[0-9]{1,3},[0-9]{1,3}(,[0-9a-f]{3,8}|,[0-9]{1,3},[0-9]{1,3},[0-9]{1,3})?",
        ]
    }

    proptest! {
        #[test]
        fn both_parsers_agree(
            before in prop::collection::vec(word(), 0..2),
            verb in prop::sample::select(vec![
                "add-voxels", "remove-voxels", "fill", "paint-voxels", "get-voxel", "undo",
            ]),
            after in prop::collection::vec(word(), 0..5),
        ) {
            let words = before.iter().map(String::as_str).chain([verb]);
            let words: Vec<_> = words.chain(after.iter().map(String::as_str)).collect();
            if let Some(found) = command_line(&words) {
                prop_assert_eq!(Some(found), by_clap(&words));
            }
            let text = words[before.len()..].join(" ");
            if let Some(found) = line(&text) {
                prop_assert_eq!(Some(found), line_by_clap(&text));
            }
        }
    }
}
