//! [`Script`]: the lines of a batch, with its variables and repetitions carried out.
//!
//! ```text
//! let wall = 8a8378                  a variable; $wall, ${wall} stand for it from then on
//! repeat i 0..9                      the lines up to `end`, for i = 0, 1 ... 9
//!   fill $(i*4)..$(i*4+1),0,0 $wall  $( ) calculates with integers: + - * / % ( )
//! end
//! ```
//!
//! Text in single quotes is left alone, and `$$` is a dollar sign. Only the lines of a repetition
//! are kept; all others go through one at a time.

mod arithmetic;
mod expand;
mod names;

use std::collections::HashMap;
use std::io::Read;
use std::rc::Rc;

use anyhow::Result;

use crate::error::Located;
use crate::lines::Lines;

/// Lines that one repetition may hold: they are kept in memory.
const BODY_LINES_MAX: usize = 1 << 16;
/// Repetitions in repetitions.
const DEPTH_MAX: usize = 16;

/// Variables and what they stand for.
type Variables = HashMap<String, String>;

/// Goes through the commands of a batch.
pub(crate) struct Script<R> {
    lines: Lines<R>,
    variables: Variables,
    repeats: Vec<Repeat>,
    /// The line that is due, where it is not the one that was read as it stands.
    expanded: Option<String>,
    number: u64,
}

/// A line of a repetition, and where it stands.
type Numbered = (u64, String);

/// A repetition that is running.
struct Repeat {
    variable: String,
    next: i64,
    last: i64,
    body: Rc<[Numbered]>,
    at: usize,
}

/// What a line is, other than a command.
#[derive(Clone, Copy)]
enum Keyword<'a> {
    Let(&'a str),
    Repeat(&'a str),
    End,
}

impl<R: Read> Script<R> {
    pub(crate) fn new(lines: Lines<R>) -> Self {
        let (variables, repeats) = (Variables::new(), Vec::new());
        Self { lines, variables, repeats, expanded: None, number: 0 }
    }

    /// Goes to the next line that is a command, or is empty. False at the end.
    ///
    /// # Errors
    /// Where a line cannot be read or carried out.
    pub(crate) fn advance(&mut self) -> Result<bool> {
        self.expanded = None;
        loop {
            let Some(line) = self.next_line()? else { return Ok(false) };
            if line.as_deref().is_none() && is_plain(self.lines.text()) {
                return Ok(true);
            }
            let line = line.unwrap_or_else(|| self.lines.text().to_owned());
            let outcome = match keyword(&line) {
                Some(keyword) => self.carry_out(keyword).map(|()| None),
                None => expand::line(&line, &self.variables).map(Some),
            };
            if let Some(expanded) = outcome.map_err(|what| self.located(&what))? {
                self.expanded = Some(expanded);
                return Ok(true);
            }
        }
    }

    /// The line that [`Script::advance`] went to.
    pub(crate) fn text(&self) -> &str {
        self.expanded.as_deref().unwrap_or_else(|| self.lines.text())
    }

    /// Its number, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// What the file is called.
    pub(crate) fn name(&self) -> &str {
        self.lines.name()
    }

    /// How many bytes were read.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.lines.bytes_read()
    }

    /// Whether the next line may have to be waited for.
    pub(crate) fn may_wait(&self) -> bool {
        self.repeats.is_empty() && self.lines.may_wait()
    }

    /// Leaves the repetitions that are running: the next line is the one behind them.
    pub(crate) fn leave(&mut self) {
        self.repeats.clear();
    }

    fn located(&self, what: &str) -> anyhow::Error {
        Located(format!("{}:{}: {what}", self.name(), self.number)).into()
    }

    /// The next line: of the repetition that is running, or `Some(None)` for the one that was
    /// read into `lines`.
    fn next_line(&mut self) -> Result<Option<Option<String>>> {
        while let Some(repeat) = self.repeats.last_mut() {
            if let Some((number, line)) = repeat.body.get(repeat.at) {
                repeat.at += 1;
                self.number = *number;
                return Ok(Some(Some(line.clone())));
            }
            if repeat.next > repeat.last {
                self.repeats.pop();
                continue;
            }
            repeat.at = 0;
            self.variables.insert(repeat.variable.clone(), repeat.next.to_string());
            repeat.next += 1;
        }
        let found = self.lines.next_line()?.is_some();
        self.number = self.lines.number();
        Ok(found.then_some(None))
    }

    fn carry_out(&mut self, keyword: Keyword<'_>) -> Result<(), String> {
        match keyword {
            Keyword::Let(rest) => self.assign(rest),
            Keyword::Repeat(rest) => self.repeat(rest),
            Keyword::End => Err("`end` without `repeat`".to_owned()),
        }
    }

    fn assign(&mut self, rest: &str) -> Result<(), String> {
        const FORM: &str = "write: let NAME = VALUE";
        let (name, value) = rest.split_once('=').ok_or(FORM)?;
        let name = names::name(name.trim()).ok_or(FORM)?.to_owned();
        let value = expand::line(value.trim(), &self.variables)?;
        let words = shlex::split(&value).ok_or("a quote without its end")?;
        self.variables.insert(name, words.join(" "));
        Ok(())
    }

    fn repeat(&mut self, rest: &str) -> Result<(), String> {
        const FORM: &str = "write: repeat NAME FIRST..LAST";
        let rest = expand::line(rest, &self.variables)?;
        let (name, range) = rest.trim().split_once(char::is_whitespace).ok_or(FORM)?;
        let variable = names::name(name).ok_or(FORM)?.to_owned();
        let (first, last) = range.trim().split_once("..").ok_or(FORM)?;
        let number = |text: &str| text.parse::<i32>().map(i64::from).map_err(|_| FORM);
        let (next, last) = (number(first)?, number(last)?);
        if self.repeats.len() >= DEPTH_MAX {
            return Err(format!("more than {DEPTH_MAX} repetitions in each other"));
        }
        let body: Rc<[Numbered]> = self.body()?.into();
        let at = body.len();
        self.repeats.push(Repeat { variable, next, last, body, at });
        Ok(())
    }

    /// The lines up to the `end` that belongs to a `repeat`.
    fn body(&mut self) -> Result<Vec<Numbered>, String> {
        let begun = self.number;
        let mut body = Vec::new();
        let mut depth = 0;
        loop {
            let line = self.next_of_same().map_err(|error| format!("{error:#}"))?;
            let Some((number, line)) = line else {
                self.number = begun;
                return Err("`repeat` without `end`".to_owned());
            };
            match keyword(&line) {
                Some(Keyword::Repeat(_)) => depth += 1,
                Some(Keyword::End) if depth == 0 => return Ok(body),
                Some(Keyword::End) => depth -= 1,
                _ => {}
            }
            if body.len() >= BODY_LINES_MAX {
                return Err(format!("a repetition of more than {BODY_LINES_MAX} lines"));
            }
            body.push((number, line));
        }
    }

    /// The next line of the innermost repetition, without beginning it anew, or of the file.
    fn next_of_same(&mut self) -> Result<Option<Numbered>> {
        if let Some(repeat) = self.repeats.last_mut() {
            let line = repeat.body.get(repeat.at).cloned();
            repeat.at += 1;
            return Ok(line);
        }
        let line = self.lines.next_line()?.map(str::to_owned);
        Ok(line.map(|line| (self.lines.number(), line)))
    }
}

/// By how many a line changes the number of repetitions that are open.
pub(crate) fn nesting(line: &str) -> i32 {
    match keyword(line) {
        Some(Keyword::Repeat(_)) => 1,
        Some(Keyword::End) => -1,
        Some(Keyword::Let(_)) | None => 0,
    }
}

/// Whether a line is a command as it stands, or nothing at all.
fn is_plain(line: &str) -> bool {
    !line.contains('$') && keyword(line).is_none()
}

fn keyword(line: &str) -> Option<Keyword<'_>> {
    let line = line.trim_start();
    // Most lines are told apart by their first letter.
    if !line.starts_with(['l', 'r', 'e']) {
        return None;
    }
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    match word {
        "let" => Some(Keyword::Let(rest)),
        "repeat" => Some(Keyword::Repeat(rest)),
        "end" => Some(Keyword::End),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
