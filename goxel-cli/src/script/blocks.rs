//! What the lines of a script do that are no commands: `let`, `repeat`, `if`, `else`, `def`, `include`,
//! `end`, and calls of what was defined.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::rc::Rc;

use super::fault::{Fault, Result, offset};
use super::keyword::{Keyword, Nesting, nesting, without_comment};
use super::source::{Body, Definition, Frame, Numbered, Repetition, Source};
use super::{Script, expand, expression, keyword, names, next_of};
use crate::args;
use crate::lines::Lines;

/// Lines that one block may hold: they are kept in memory.
pub(super) const BODY_LINES_MAX: usize = 1 << 16;
/// Lines that all definitions together may hold.
const KEPT_LINES_MAX: usize = 1 << 18;
/// Repetitions, calls and files in each other: a definition that calls itself for ever ends here.
pub(super) const DEPTH_MAX: usize = 64;
/// How often a repetition may run: as often as a coordinate has values.
const TIMES_MAX: f64 = 4_294_967_296.0;
/// By how much of a step the last value may be beyond the end: fractions are rounded.
const ROUNDING: f64 = 1e-9;

/// How they are written.
const LET: &str = "write: let NAME = VALUE";
const REPEAT: &str = "write: repeat NAME FIRST..LAST, or repeat NAME FIRST..LAST step STEP";
const DEF: &str = "write: def NAME, or def NAME PARAMETER ...";
const ELSE: &str = "write: else, or else if CONDITION";
/// What stands between the range of a repetition and its step.
const STEP: &str = "step";

/// The values of a repetition.
struct Range {
    variable: String,
    first: f64,
    step: f64,
    times: u64,
}

/// How lines that are passed over end.
enum Passed {
    Else(Numbered),
    End,
}

impl<R: Read> Script<R> {
    pub(super) fn carry_out(&mut self, line: &str, keyword: Keyword<'_>) -> Result<()> {
        match keyword {
            Keyword::Let(rest) => self.assign(line, rest),
            Keyword::Repeat(rest) => self.repeat(line, rest),
            Keyword::If(rest) => {
                let is_true = self.condition(line, rest);
                let is_true = self.or_skip(is_true)?;
                let number = self.place.line;
                self.open().push(number);
                if is_true { Ok(()) } else { self.otherwise() }
            }
            Keyword::Else(rest) => {
                if self.open().is_empty() {
                    return Err(Fault::at(line, line.trim_start(), "`else` without `if`"));
                }
                // What was before it was done, so what is behind it is not.
                while !matches!(self.pass()?, Passed::End) {}
                self.open().pop();
                check_else(line, rest).map(|_| ())
            }
            Keyword::End => match self.open().pop() {
                Some(_) => Ok(()),
                None => Err(Fault::at(line, line.trim_start(), "`end` without a block")),
            },
            Keyword::Def(rest) => self.define(line, rest),
            Keyword::Include(rest) => self.include(line, rest),
        }
    }

    fn assign(&mut self, line: &str, rest: &str) -> Result<()> {
        let fault = |part: &str, what: &str| Fault::at(line, part, what);
        let (name, value) = rest.split_once('=').ok_or_else(|| fault(rest, LET))?;
        let name = names::name(name.trim()).ok_or_else(|| fault(rest, LET))?;
        let value = value.trim();
        let expanded = expand::line(value, &self.variables)
            .map_err(|fault| fault.behind(offset(line, value)))?;
        let words =
            shlex::split(&expanded).ok_or_else(|| fault(value, "a quote without its end"))?;
        self.variables.set(name, words.join(" ")).map_err(|what| fault(rest, &what))
    }

    /// Passes over a block whose first line is wrong: its lines are not for a shell to carry out, which goes on
    /// behind an error.
    fn or_skip<T>(&mut self, header: Result<T>) -> Result<T> {
        if header.is_err() {
            let mut depth = 0;
            while let Some((_, line)) = self.next_of_same()? {
                match nesting(&line) {
                    Nesting::Opens(_) => depth += 1,
                    Nesting::Closes if depth == 0 => break,
                    Nesting::Closes => depth -= 1,
                    Nesting::Stays => {}
                }
            }
        }
        header
    }

    fn repeat(&mut self, line: &str, rest: &str) -> Result<()> {
        let mut repetition = self.range(line, rest);
        if repetition.is_ok()
            && let Err(fault) = self.check_depth(line)
        {
            repetition = Err(fault);
        }
        let Range { variable, first, step, times } = self.or_skip(repetition)?;
        let body = self.body(line)?;
        let at = body.lines.len();
        let repetition = Repetition { variable, first, step, times, begun: 0, body, at };
        self.frames.push(Frame { source: Source::Repetition(repetition), open: Vec::new() });
        Ok(())
    }

    /// What the first line of a repetition says.
    fn range(&self, line: &str, rest: &str) -> Result<Range> {
        let rest = without_comment(rest).trim_start();
        let fault = |part: &str, what: &str| Fault::at(line, part, what);
        let (name, range) =
            rest.split_once(char::is_whitespace).ok_or_else(|| fault(rest, REPEAT))?;
        let variable = names::name(name).ok_or_else(|| fault(rest, REPEAT))?.to_owned();
        let (first, last) = range.split_once("..").ok_or_else(|| fault(range, REPEAT))?;
        let (last, step) =
            split_word(last, STEP).map_or((last, None), |(last, step)| (last, Some(step)));
        let value = |text: &str| {
            let value = expression::calculate(text, &self.variables);
            value.map(super::number::Number::get).map_err(|fault| fault.behind(offset(line, text)))
        };
        let (first, last) = (value(first)?, value(last)?);
        let step_by = step.map_or(Ok(1.0), value)?;
        if step_by == 0.0 {
            return Err(fault(step.unwrap_or(rest), "a step of 0 leads nowhere"));
        }
        let times = ((last - first) / step_by + ROUNDING).floor() + 1.0;
        if times > TIMES_MAX {
            return Err(fault(
                range,
                &format!("it would run {times} times: {TIMES_MAX} at the most"),
            ));
        }
        let times = times.max(0.0) as u64;
        Ok(Range { variable, first, step: step_by, times })
    }

    fn condition(&self, line: &str, rest: &str) -> Result<bool> {
        let text = without_comment(rest);
        let value = expression::calculate(text, &self.variables);
        let value = value.map_err(|fault| fault.behind(offset(line, text)))?;
        Ok(value.is_true())
    }

    /// Whether the branch behind an `else` is to be done, where none before it was.
    fn branch(&self, line: &str) -> Result<bool> {
        let Some(Keyword::Else(rest)) = Keyword::of(line) else { return Ok(false) };
        match check_else(line, rest)? {
            None => Ok(true),
            Some(condition) => self.condition(line, condition),
        }
    }

    /// Goes to the branch of an `if` that is to be done, where the one before it is not.
    fn otherwise(&mut self) -> Result<()> {
        while let Passed::Else((number, line)) = self.pass()? {
            self.place.line = number;
            let is_taken = self.branch(&line).map_err(|fault| fault.within(&line));
            if is_taken.is_err() {
                self.open().pop();
            }
            if self.or_skip(is_taken)? {
                return Ok(());
            }
        }
        self.open().pop();
        Ok(())
    }

    /// Passes over the lines of a branch, up to the `else` or `end` of its `if`.
    fn pass(&mut self) -> Result<Passed> {
        let mut depth = 0;
        loop {
            let Some((number, line)) = self.next_of_same()? else {
                let begun = self.open().pop().unwrap_or_default();
                self.place.line = begun;
                return Err(Fault::whole("`if` without `end`"));
            };
            match (nesting(&line), Keyword::of(&line)) {
                (Nesting::Opens(_), _) => depth += 1,
                (Nesting::Closes, _) if depth == 0 => return Ok(Passed::End),
                (Nesting::Closes, _) => depth -= 1,
                (_, Some(Keyword::Else(_))) if depth == 0 => {
                    return Ok(Passed::Else((number, line)));
                }
                _ => {}
            }
        }
    }

    fn define(&mut self, line: &str, rest: &str) -> Result<()> {
        let header = self.definition(line, rest);
        let (name, parameters) = self.or_skip(header)?;
        let body = self.body(line)?;
        self.kept += body.lines.len();
        if self.kept > KEPT_LINES_MAX {
            let what = format!("definitions of more than {KEPT_LINES_MAX} lines");
            return Err(Fault::at(line, name, what));
        }
        self.definitions.insert(name.to_owned(), Rc::new(Definition { parameters, body }));
        Ok(())
    }

    /// What the first line of a definition says: its name and parameters.
    fn definition<'l>(&self, line: &str, rest: &'l str) -> Result<(&'l str, Vec<String>)> {
        let rest = without_comment(rest);
        let fault = |part: &str, what: &str| Fault::at(line, part, what);
        let mut words = rest.split_whitespace();
        let name = words.next().ok_or_else(|| fault(rest, DEF))?;
        if !names::is_command_name(name) {
            return Err(fault(name, DEF));
        }
        if args::is_command(name) || keyword::WORDS.contains(&name) {
            return Err(fault(name, &format!("`{name}` is a command already: take another name")));
        }
        let mut parameters: Vec<String> = Vec::new();
        for word in words {
            if names::name(word).is_none() {
                return Err(fault(word, DEF));
            }
            if parameters.iter().any(|known| known == word) {
                return Err(fault(word, &format!("`{word}` is there twice")));
            }
            parameters.push(word.to_owned());
        }
        Ok((name, parameters))
    }

    /// Begins what was defined, with the words of the line.
    pub(super) fn call(&mut self, line: &str, definition: &Definition) -> Result<()> {
        let expanded = expand::line(line, &self.variables)?;
        let start = line.trim_start();
        let fault = |what: String| Fault::at(line, start, what);
        let words =
            shlex::split(&expanded).ok_or_else(|| fault("a quote without its end".to_owned()))?;
        let Some((name, words)) = words.split_first() else { return Ok(()) };
        let parameters = &definition.parameters;
        if words.len() != parameters.len() {
            let form = [std::slice::from_ref(name), parameters].concat().join(" ");
            return Err(fault(format!("write: {form}")));
        }
        self.check_depth(line)?;
        self.variables.enter();
        let body = definition.body.clone();
        self.frames.push(Frame { source: Source::Call { body, at: 0 }, open: Vec::new() });
        for (parameter, word) in parameters.iter().zip(words) {
            self.variables.set(parameter, word.clone()).map_err(fault)?;
        }
        Ok(())
    }

    fn include(&mut self, line: &str, rest: &str) -> Result<()> {
        let rest = rest.trim();
        let fault = |what: String| Fault::at(line, rest, what);
        let expanded = expand::line(rest, &self.variables)
            .map_err(|fault| fault.behind(offset(line, rest)))?;
        let words = shlex::split(&expanded).unwrap_or_default();
        let [name] = words.as_slice() else { return Err(fault("write: include FILE".to_owned())) };
        self.check_depth(line)?;
        let folders = self.frames.iter().rev().find_map(|frame| match &frame.source {
            Source::Included { folder, .. } => Some(folder),
            _ => None,
        });
        let path = folders.unwrap_or(&self.folder).join(name);
        let opened = File::open(&path).and_then(|file| match file.metadata()?.is_dir() {
            true => Err(std::io::ErrorKind::IsADirectory.into()),
            false => Ok(file),
        });
        let file =
            opened.map_err(|error| fault(format!("cannot open {}: {error}", path.display())))?;
        let name = path.display().to_string();
        let lines = Box::new(Lines::new(&name, file));
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let source = Source::Included { lines, file: name.into(), folder };
        self.frames.push(Frame { source, open: Vec::new() });
        Ok(())
    }

    /// The `if` blocks that are open in what is under way.
    fn open(&mut self) -> &mut Vec<u64> {
        match self.frames.last_mut() {
            Some(frame) => &mut frame.open,
            None => &mut self.open,
        }
    }

    fn check_depth(&self, line: &str) -> Result<()> {
        if self.frames.len() < DEPTH_MAX {
            return Ok(());
        }
        let what = format!("more than {DEPTH_MAX} repetitions, calls and files in each other");
        Err(Fault::at(line, line.trim_start(), what))
    }

    /// The lines up to the `end` that belongs to the block that `opening` opens.
    fn body(&mut self, opening: &str) -> Result<Body> {
        let (begun, file) = (self.place.line, Rc::clone(&self.place.file));
        let word = super::first_word(opening);
        let fault = |what: String| Fault::at(opening, opening.trim_start(), what);
        let mut lines = Vec::new();
        let mut depth = 0;
        loop {
            let Some((number, line)) = self.next_of_same()? else {
                self.place.line = begun;
                return Err(fault(format!("`{word}` without `end`")));
            };
            match nesting(&line) {
                Nesting::Opens(_) => depth += 1,
                Nesting::Closes if depth == 0 => {
                    self.place.line = begun;
                    return Ok(Body { file, lines: lines.into() });
                }
                Nesting::Closes => depth -= 1,
                Nesting::Stays => {}
            }
            if lines.len() >= BODY_LINES_MAX {
                self.place.line = begun;
                return Err(fault(format!("`{word}` of more than {BODY_LINES_MAX} lines")));
            }
            lines.push((number, line));
        }
    }

    /// The next line of what is under way, without beginning a repetition anew, or of the file.
    fn next_of_same(&mut self) -> Result<Option<Numbered>> {
        let unread = |error: anyhow::Error| Fault::whole(format!("{error:#}"));
        if let Some(frame) = self.frames.last_mut() {
            return next_of(frame).map(|line| line.map(|(_, line)| line)).map_err(unread);
        }
        let line = self.lines.next_line().map_err(unread)?.map(str::to_owned);
        Ok(line.map(|line| (self.lines.number(), line)))
    }
}

/// The condition behind `else`, if there is one.
fn check_else<'a>(line: &str, rest: &'a str) -> Result<Option<&'a str>> {
    match without_comment(rest).trim_start() {
        "" => Ok(None),
        behind => match split_word(behind, "if") {
            Some(("", condition)) => Ok(Some(condition)),
            _ => Err(Fault::at(line, behind, ELSE)),
        },
    }
}

/// What stands before a word and what behind it, where spaces are around it.
fn split_word<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let found = text.match_indices(word).find(|(at, _)| {
        let (before, behind) = (&text[..*at], &text[at + word.len()..]);
        (before.is_empty() || before.ends_with(char::is_whitespace))
            && (behind.is_empty() || behind.starts_with(|c: char| c.is_whitespace() || c == '('))
    });
    found.map(|(at, _)| (&text[..at], &text[at + word.len()..]))
}
