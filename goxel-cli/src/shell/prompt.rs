//! [`Prompted`]: lines that somebody types, as bytes.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Read};
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::Result;
use clap::CommandFactory as _;
use goxel_client::Daemon;
use reedline::{
    ColumnarMenu, Completer, CompletionResult, DefaultHinter, Emacs, FileBackedHistory, KeyCode,
    KeyModifiers, MenuBuilder as _, Prompt, PromptEditMode, PromptHistorySearch,
    PromptHistorySearchStatus, Reedline, ReedlineEvent, ReedlineMenu, Signal, Span, Suggestion,
    default_emacs_keybindings,
};

use super::Mode;
use crate::args::Line;
use crate::complete::{self, Names};
use crate::script::{self, Nesting};

/// Lines that are remembered from one shell to the next.
const HISTORY_LINES: usize = 1000;
const MENU: &str = "completions";

/// Reads lines with an editor.
pub(super) struct Prompted {
    editor: Reedline,
    /// What was typed and is not read yet.
    line: Vec<u8>,
    at: usize,
    /// The words of the blocks that wait for their `end`.
    open: Vec<&'static str>,
    /// Somebody left the shell in a block.
    left: Rc<Cell<bool>>,
    /// What is read.
    mode: Rc<Cell<Mode>>,
}

impl Prompted {
    /// On the terminal; with colours or without, and with names of what `daemon` holds.
    ///
    /// # Errors
    /// Where the terminal cannot be used.
    pub(super) fn new(colours: bool, daemon: Daemon) -> Result<Self> {
        let mut keys = default_emacs_keybindings();
        let complete = ReedlineEvent::UntilFound(vec![
            ReedlineEvent::Menu(MENU.to_owned()),
            ReedlineEvent::MenuNext,
        ]);
        keys.add_binding(KeyModifiers::NONE, KeyCode::Tab, complete);
        let mut grammar = Line::command();
        grammar.build();
        let menu = ReedlineMenu::EngineCompleter(Box::new(ColumnarMenu::default().with_name(MENU)));
        let mut editor = Reedline::create()
            .with_completer(Box::new(Words { grammar, names: Names::new(Some(daemon)) }))
            .with_menu(menu)
            .with_quick_completions(true)
            .with_partial_completions(true)
            .with_hinter(Box::new(DefaultHinter::default()))
            .with_ansi_colors(colours)
            .with_edit_mode(Box::new(Emacs::new(keys)));
        // Without a place for it, the history ends with the shell.
        if let Some(history) =
            history_path().and_then(|path| FileBackedHistory::with_file(HISTORY_LINES, path).ok())
        {
            editor = editor.with_history(Box::new(history));
        }
        Ok(Self {
            editor,
            line: Vec::new(),
            at: 0,
            open: Vec::new(),
            left: Rc::default(),
            mode: Rc::default(),
        })
    }
}

impl Prompted {
    /// Says, while it reads, whether somebody left the shell in a block.
    pub(super) fn left(&self) -> Rc<Cell<bool>> {
        Rc::clone(&self.left)
    }

    /// To be told what is read.
    pub(super) fn mode(&self) -> Rc<Cell<Mode>> {
        Rc::clone(&self.mode)
    }
}

/// `$XDG_STATE_HOME/goxel/history`, else below `~/.local/state`.
fn history_path() -> Option<PathBuf> {
    let dir = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = dir("XDG_STATE_HOME").or_else(|| Some(dir("HOME")?.join(".local/state")))?;
    Some(state.join("goxel").join("history"))
}

impl Read for Prompted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.line.len() {
            let mode = self.mode.get();
            let prompt = Goxel { open: &self.open, mode };
            match self.editor.read_line(&prompt).map_err(io::Error::other)? {
                Signal::Success(line) if !self.open.is_empty() && super::is_exit(&line) => {
                    self.left.set(true);
                    return Ok(0);
                }
                Signal::Success(line) => {
                    match script::nesting(&line) {
                        _ if mode != Mode::Commands => {}
                        Nesting::Opens(word) => self.open.push(word),
                        Nesting::Closes => drop(self.open.pop()),
                        Nesting::Stays => {}
                    }
                    self.line = line.into_bytes();
                    self.line.push(b'\n');
                    self.at = 0;
                }
                Signal::CtrlC if self.open.is_empty() && mode != Mode::OpenBrackets => {}
                // In a block this is its end, and the shell goes on.
                _ => {
                    self.open.clear();
                    return Ok(0);
                }
            }
        }
        let count = buffer.len().min(self.line.len() - self.at);
        buffer[..count].copy_from_slice(&self.line[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// The words of the grammar and of the shell.
struct Words {
    grammar: clap::Command,
    names: Names,
}

/// Words of the shell alone that are no commands.
const OWN_WORDS: [&str; 3] = ["exit", "help", "js"];

impl Completer for Words {
    fn complete(&mut self, line: &str, pos: usize) -> CompletionResult {
        let line = line.get(..pos).unwrap_or(line);
        let start = line.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let (before, word) = line.split_at(start);
        let before: Vec<&str> = before.split_whitespace().collect();
        let suggestion = |text: String, about: String| Suggestion {
            value: text,
            description: Some(about).filter(|about| !about.is_empty()),
            span: Span { start, end: pos },
            append_whitespace: true,
            ..Suggestion::default()
        };
        let candidates = complete::candidates(&self.grammar, &before, word, &self.names);
        let own = OWN_WORDS.into_iter().chain(script::WORDS);
        let own = own.filter(|own| before.is_empty() && own.starts_with(word));
        let own = own.map(|word| suggestion(word.to_owned(), String::new()));
        let found = candidates.into_iter().map(|found| suggestion(found.text, found.about));
        CompletionResult::fresh(found.chain(own).collect::<Vec<_>>())
    }
}

/// `goxel> `, and `repeat> ` and the like where the lines of a block are collected; `js> `, where that is read.
struct Goxel<'a> {
    open: &'a [&'static str],
    mode: Mode,
}

impl Prompt for Goxel<'_> {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        match self.mode {
            Mode::Commands => {}
            Mode::JavaScript => return Cow::Borrowed("js"),
            Mode::OpenBrackets => return Cow::Borrowed(".."),
        }
        let Some((word, around)) = self.open.split_last() else { return Cow::Borrowed("goxel") };
        // Indented as the lines are.
        Cow::Owned(format!("{}{word}", "  ".repeat(around.len())))
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("> ")
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("... ")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        let failing = match search.status {
            PromptHistorySearchStatus::Passing => "",
            PromptHistorySearchStatus::Failing => "failing ",
        };
        Cow::Owned(format!("({failing}search: {}) ", search.term))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_has_a_prompt_of_its_own() {
        let open: [(&[_], _); 3] =
            [(&[], "goxel"), (&["repeat"], "repeat"), (&["def", "if"], "  if")];
        for (open, expected) in open {
            let mode = Mode::Commands;
            assert_eq!(Goxel { open, mode }.render_prompt_left(), expected);
        }
        for (mode, expected) in [(Mode::JavaScript, "js"), (Mode::OpenBrackets, "..")] {
            assert_eq!(Goxel { open: &[], mode }.render_prompt_left(), expected);
        }
    }
}
