//! [`Prompted`]: lines that somebody types, as bytes.

use std::borrow::Cow;
use std::io::{self, Read};
use std::path::PathBuf;

use anyhow::Result;
use clap::CommandFactory as _;
use reedline::{
    ColumnarMenu, Completer, CompletionResult, DefaultHinter, Emacs, FileBackedHistory, KeyCode,
    KeyModifiers, MenuBuilder as _, Prompt, PromptEditMode, PromptHistorySearch,
    PromptHistorySearchStatus, Reedline, ReedlineEvent, ReedlineMenu, Signal, Span, Suggestion,
    default_emacs_keybindings,
};

use super::complete;
use crate::args::Line;

/// Lines that are remembered from one shell to the next.
const HISTORY_LINES: usize = 1000;
const MENU: &str = "completions";

/// Reads lines with an editor.
pub(super) struct Prompted {
    editor: Reedline,
    /// What was typed and is not read yet.
    line: Vec<u8>,
    at: usize,
}

impl Prompted {
    /// On the terminal; with colours or without.
    ///
    /// # Errors
    /// Where the terminal cannot be used.
    pub(super) fn new(colours: bool) -> Result<Self> {
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
            .with_completer(Box::new(Words(grammar)))
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
        Ok(Self { editor, line: Vec::new(), at: 0 })
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
            match self.editor.read_line(&Goxel).map_err(io::Error::other)? {
                Signal::Success(line) => {
                    self.line = line.into_bytes();
                    self.line.push(b'\n');
                    self.at = 0;
                }
                Signal::CtrlC => {}
                _ => return Ok(0),
            }
        }
        let count = buffer.len().min(self.line.len() - self.at);
        buffer[..count].copy_from_slice(&self.line[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// The grammar's words.
struct Words(clap::Command);

impl Completer for Words {
    fn complete(&mut self, line: &str, pos: usize) -> CompletionResult {
        let candidates = complete::candidates(&self.0, line.get(..pos).unwrap_or(line));
        let suggestion = |candidate: complete::Candidate| Suggestion {
            value: candidate.text,
            description: Some(candidate.about).filter(|about| !about.is_empty()),
            span: Span { start: candidate.start, end: pos },
            append_whitespace: true,
            ..Suggestion::default()
        };
        CompletionResult::fresh(candidates.into_iter().map(suggestion).collect::<Vec<_>>())
    }
}

/// `goxel> `
struct Goxel;

impl Prompt for Goxel {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed("goxel")
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
