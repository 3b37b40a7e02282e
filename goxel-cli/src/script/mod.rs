//! [`Script`]: the lines of a batch, with its variables and blocks carried out.
//!
//! ```text
//! let wall = 8a8378                  a variable; $wall, ${wall} stand for it from then on
//! repeat i 0..9 step 3               the lines up to `end`, for i = 0, 3, 6, 9
//!   if i % 2 == 0                    or those up to `else`
//!     fill $(i*4)..$(i*4+1),0,0 $wall
//!   end
//! end
//! def tower x y                      lines that are done by their name: tower 3 5
//!   fill $x,$y,0..9 $wall
//! end
//! include parts/gate.goxel           the lines of another file
//! ```
//!
//! Text in single quotes is left alone, and `$$` is a dollar sign. Only the lines of repetitions and
//! definitions are kept; all others go through one at a time. docs/BATCH.md has the grammar.

mod blocks;
mod expand;
mod expression;
mod fault;
mod functions;
mod keyword;
mod names;
mod noise;
mod number;
mod source;
mod variables;

use std::collections::HashMap;
use std::io::Read;
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::Result;

use self::fault::Fault;
use self::keyword::Keyword;
use self::source::{Definition, Frame, Source};
use self::variables::Variables;
use crate::error::Located;
use crate::lines::Lines;
use crate::place::Place;

pub(crate) use self::keyword::{Nesting, WORDS, nesting};

/// Goes through the commands of a batch.
pub(crate) struct Script<R> {
    lines: Lines<R>,
    /// What the file is called, and where it is.
    file: Rc<str>,
    folder: PathBuf,
    variables: Variables,
    definitions: HashMap<String, Rc<Definition>>,
    /// Lines that are kept, of definitions.
    kept: usize,
    /// What is under way on top of the file, the innermost last.
    frames: Vec<Frame>,
    /// The lines of the `if` blocks that are open in the file itself.
    open: Vec<u64>,
    /// The line that is due, where it is not the one that was read as it stands.
    expanded: Option<String>,
    /// Where it stands.
    place: Place,
}

/// A line that is due.
enum Next {
    /// The one that was read into `lines`.
    AsRead,
    Kept(String),
}

impl<R: Read> Script<R> {
    /// The script that `lines` are; files that it includes are looked for in `folder`.
    pub(crate) fn new(lines: Lines<R>, folder: PathBuf) -> Self {
        let file: Rc<str> = lines.name().into();
        let place = Place { file: Rc::clone(&file), line: 0, column: 1 };
        Self {
            lines,
            file,
            folder,
            variables: Variables::default(),
            definitions: HashMap::new(),
            kept: 0,
            frames: Vec::new(),
            open: Vec::new(),
            expanded: None,
            place,
        }
    }

    /// Goes to the next line that is a command, or is empty. False at the end.
    ///
    /// # Errors
    /// Where a line cannot be read or carried out.
    pub(crate) fn advance(&mut self) -> Result<bool> {
        self.expanded = None;
        loop {
            let line = match self.next_line()? {
                None => return Ok(false),
                Some(Next::AsRead) if self.is_plain() => {
                    self.place.column = column(self.lines.text());
                    return Ok(true);
                }
                Some(Next::AsRead) => self.lines.text().to_owned(),
                Some(Next::Kept(line)) => line,
            };
            self.place.column = column(&line);
            match self.step(&line) {
                Ok(Some(expanded)) => {
                    self.expanded = Some(expanded);
                    return Ok(true);
                }
                Ok(None) => {}
                Err(fault) => return Err(self.located(&line, &fault)),
            }
        }
    }

    /// Goes to the next line of the file as it stands, which is for somebody else to read. False at the end.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub(crate) fn advance_as_it_stands(&mut self) -> Result<bool> {
        self.expanded = None;
        let found = self.lines.next_line()?.is_some();
        let (file, number) = (Rc::clone(&self.file), self.lines.number());
        self.stand(file, number);
        Ok(found)
    }

    /// The line that [`Script::advance`] went to.
    pub(crate) fn text(&self) -> &str {
        self.expanded.as_deref().unwrap_or_else(|| self.lines.text())
    }

    /// Where it stands, and at which column its command begins.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The same, of a word of the line that is wrong, where that stands there as it was written.
    pub(crate) fn place_of(&self, word: Option<&str>) -> Place {
        let at = word.filter(|_| self.expanded.is_none()).and_then(|word| self.text().find(word));
        let column = at.map(|at| self.text()[..at].chars().count() + 1);
        Place { column: column.unwrap_or(self.place.column), ..self.place.clone() }
    }

    /// How many bytes were read.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.lines.bytes_read()
    }

    /// Whether the next line may have to be waited for.
    pub(crate) fn may_wait(&self) -> bool {
        self.frames.is_empty() && self.lines.may_wait()
    }

    /// Leaves all that is under way: the next line is the one behind it.
    pub(crate) fn leave(&mut self) {
        while self.frames.pop().map(|frame| self.forget(&frame)).is_some() {}
        self.open.clear();
    }

    /// Whether the line that was read is a command as it stands, or nothing at all.
    fn is_plain(&self) -> bool {
        let line = self.lines.text();
        !line.contains('$')
            && Keyword::of(line).is_none()
            && (self.definitions.is_empty() || !self.definitions.contains_key(first_word(line)))
    }

    /// Carries out a line, or replaces what there is to replace in it.
    fn step(&mut self, line: &str) -> fault::Result<Option<String>> {
        if let Some(keyword) = Keyword::of(line) {
            return self.carry_out(line, keyword).map(|()| None);
        }
        match self.definitions.get(first_word(line)) {
            Some(definition) => {
                let definition = Rc::clone(definition);
                self.call(line, &definition).map(|()| None)
            }
            None => expand::line(line, &self.variables).map(Some),
        }
    }

    /// What is wrong in the line that is due.
    fn located(&self, line: &str, fault: &Fault) -> anyhow::Error {
        let place = Place { column: fault.column(line), ..self.place.clone() };
        Located(format!("{place}: {}", fault.what)).into()
    }

    /// The next line, of what is under way or else of the file.
    fn next_line(&mut self) -> Result<Option<Next>> {
        while let Some(frame) = self.frames.last_mut() {
            if let Some(numbered) = next_of(frame)? {
                let (file, (number, line)) = numbered;
                self.stand(file, number);
                return Ok(Some(Next::Kept(line)));
            }
            if let Source::Repetition(repetition) = &mut frame.source
                && let Some(value) = repetition.again()
            {
                let value = value.map_or_else(String::new, |value| value.to_string());
                let set = self.variables.set(&repetition.variable, value);
                set.map_err(|what| self.located("", &Fault::whole(what)))?;
                continue;
            }
            if let Some(frame) = self.frames.pop() {
                self.forget(&frame);
                self.must_be_closed(&frame.open)?;
            }
        }
        let found = self.lines.next_line()?.is_some();
        if !found {
            let open = std::mem::take(&mut self.open);
            self.must_be_closed(&open)?;
            return Ok(None);
        }
        let (file, number) = (Rc::clone(&self.file), self.lines.number());
        self.stand(file, number);
        Ok(Some(Next::AsRead))
    }

    fn stand(&mut self, file: Rc<str>, number: u64) {
        self.place.file = file;
        self.place.line = number;
    }

    /// Something that was under way is over.
    fn forget(&mut self, frame: &Frame) {
        if let Source::Call { .. } = frame.source {
            self.variables.leave();
        }
    }

    /// Says where an `if` stands whose `end` is missing. The last line that was read is in its file.
    fn must_be_closed(&mut self, open: &[u64]) -> Result<()> {
        match open.last() {
            None => Ok(()),
            Some(&line) => {
                self.place.line = line;
                Err(self.located("", &Fault::whole("`if` without `end`")))
            }
        }
    }
}

/// The next line of what is under way, without beginning a repetition anew.
fn next_of(frame: &mut Frame) -> Result<Option<(Rc<str>, source::Numbered)>> {
    let (body, at) = match &mut frame.source {
        Source::Repetition(repetition) => (&repetition.body, &mut repetition.at),
        Source::Call { body, at } => (&*body, at),
        Source::Included { lines, file, .. } => {
            let line = lines.next_line()?.map(str::to_owned);
            return Ok(line.map(|line| (Rc::clone(file), (lines.number(), line))));
        }
    };
    let line = body.lines.get(*at).cloned();
    *at += usize::from(line.is_some());
    Ok(line.map(|line| (Rc::clone(&body.file), line)))
}

/// The column at which the text of a line begins.
fn column(line: &str) -> usize {
    line.len() - line.trim_start().len() + 1
}

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
