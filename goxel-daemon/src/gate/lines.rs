//! [`Lines`]: the projects that a long edit is under way in, and the connections that wait for it
//! with edits of their own.
//!
//! A line begins with a long edit and ends when nobody waits any more. Who comes meanwhile goes to
//! its end, even while no edit is under way; so edits of a project are made in the order in which
//! they came. A connection waits in one line at the most, since it is not read meanwhile.

use std::collections::VecDeque;

use goxel_core::ProjectId;
use goxel_io::Client;

/// Edits that may wait, over all projects: as many clients are at work on one project at once in
/// the largest studio. Each keeps a request in memory.
pub(crate) const WAITING_MAX: usize = 1024;

/// The lines before all projects that have one.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    waiting: usize,
    /// Those whose turn has come.
    ready: VecDeque<Client>,
}

#[derive(Debug)]
struct Line {
    project: ProjectId,
    /// Whether a long edit is under way.
    busy: bool,
    /// Who was called and has not been served yet.
    called: Option<Client>,
    waiting: VecDeque<Client>,
}

impl Lines {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether this client may edit the project now, rather than wait.
    pub(super) fn admit(&self, project: ProjectId, client: Client) -> bool {
        let line = self.lines.iter().find(|line| line.project == project);
        line.is_none_or(|line| !line.busy && line.called == Some(client))
    }

    /// A long edit of the project begins.
    pub(super) fn begin(&mut self, project: ProjectId) {
        self.line(project).busy = true;
    }

    /// The long edit of the project is over.
    pub(super) fn end(&mut self, project: ProjectId) {
        self.line(project).busy = false;
        self.call_next(project);
    }

    /// Puts a client to the end of a line. False where too many wait.
    pub(super) fn wait(&mut self, project: ProjectId, client: Client) -> bool {
        if self.waiting >= WAITING_MAX {
            return false;
        }
        self.waiting += 1;
        self.line(project).waiting.push_back(client);
        true
    }

    /// Somebody whose turn has come.
    pub(super) fn next_ready(&mut self) -> Option<Client> {
        self.ready.pop_front()
    }

    /// The client that was called is served: the next one's turn has come. It may wait again by now.
    pub(super) fn served(&mut self, client: Client) {
        let called = self.lines.iter_mut().find(|line| line.called == Some(client));
        if let Some(line) = called {
            line.called = None;
            let project = line.project;
            self.call_next(project);
        }
    }

    /// The client waits no more: the next one's turn has come.
    pub(super) fn leave(&mut self, client: Client) {
        let Some(line) = self.lines.iter_mut().find(|line| line.has(client)) else { return };
        let (project, before) = (line.project, line.waiting.len());
        line.waiting.retain(|waiting| *waiting != client);
        self.waiting -= before - line.waiting.len();
        if line.called == Some(client) {
            line.called = None;
        }
        self.call_next(project);
    }

    /// The client waits no more: it is called at once, whoever is before it.
    pub(super) fn call(&mut self, client: Client) {
        let is_called = self.lines.iter().any(|line| line.called == Some(client));
        self.leave(client);
        if !is_called {
            self.ready.push_back(client);
        }
    }

    fn line(&mut self, project: ProjectId) -> &mut Line {
        let found = self.lines.iter().position(|line| line.project == project);
        let index = found.unwrap_or_else(|| {
            let waiting = VecDeque::new();
            self.lines.push(Line { project, busy: false, called: None, waiting });
            self.lines.len() - 1
        });
        &mut self.lines[index]
    }

    /// Calls the one at the front, where nobody is being served. Ends a line without anybody.
    fn call_next(&mut self, project: ProjectId) {
        let Some(line) = self.lines.iter_mut().find(|line| line.project == project) else { return };
        if line.busy || line.called.is_some() {
            return;
        }
        line.called = line.waiting.pop_front();
        match line.called {
            Some(client) => {
                self.waiting -= 1;
                self.ready.push_back(client);
            }
            None => self.lines.retain(|line| line.project != project),
        }
    }
}

impl Line {
    fn has(&self, client: Client) -> bool {
        self.called == Some(client) || self.waiting.contains(&client)
    }
}

#[cfg(test)]
mod tests {
    use goxel_core::{Context, Project};

    use super::*;

    /// Lines, two projects, and three clients.
    fn sample() -> (Lines, [ProjectId; 2], [Client; 3]) {
        let mut context = Context::default();
        let ids =
            ["p", "q"].map(|name| context.insert(Project::new(name, [1; 3])).expect("room").0);
        (Lines::default(), ids, [1, 2, 3].map(Client::without_loop))
    }

    #[test]
    fn whoever_came_first_is_called_first_and_others_stay_out() {
        let (mut lines, [p, q], [a, b, c]) = sample();
        assert!(lines.admit(p, a));
        lines.begin(p);
        assert!(!lines.admit(p, a) && lines.admit(q, a));
        assert!(lines.wait(p, a) && lines.wait(p, b));
        assert_eq!(lines.next_ready(), None);
        lines.end(p);
        assert_eq!((lines.next_ready(), lines.next_ready()), (Some(a), None));
        assert!(lines.admit(p, a) && !lines.admit(p, b) && !lines.admit(p, c));
        // The edit of the one that was called takes long too.
        lines.begin(p);
        lines.leave(a);
        assert_eq!(lines.next_ready(), None);
        lines.end(p);
        assert_eq!(lines.next_ready(), Some(b));
        lines.leave(b);
        assert!(lines.is_empty() && lines.next_ready().is_none() && lines.admit(p, c));
    }

    #[test]
    fn who_is_called_out_of_turn_is_not_served() {
        let (mut lines, [p, _], [a, b, _]) = sample();
        lines.begin(p);
        assert!(lines.wait(p, a) && lines.wait(p, b));
        lines.call(b);
        assert_eq!(lines.next_ready(), Some(b));
        assert!(!lines.admit(p, b));
        lines.end(p);
        assert_eq!((lines.next_ready(), lines.waiting), (Some(a), 0));
        lines.call(a);
        assert!(lines.is_empty(), "the only one left");
    }

    #[test]
    fn who_was_called_for_another_reason_and_waits_goes_on_waiting() {
        let (mut lines, [p, q], [a, b, _]) = sample();
        lines.begin(p);
        assert!(lines.wait(p, a));
        lines.served(a);
        lines.end(p);
        assert_eq!(lines.next_ready(), Some(a));
        // Its turn is over, and its next edit waits elsewhere.
        lines.begin(q);
        assert!(lines.wait(p, b) && lines.wait(q, a));
        lines.served(a);
        assert_eq!(lines.next_ready(), Some(b));
        lines.end(q);
        assert_eq!(lines.next_ready(), Some(a));
    }

    #[test]
    fn so_many_may_wait_and_no_more() {
        let (mut lines, [p, q], _) = sample();
        lines.begin(p);
        let clients = (0..WAITING_MAX as u64).map(Client::without_loop);
        assert!(clients.into_iter().all(|client| lines.wait(p, client)));
        let late = Client::without_loop(u64::MAX);
        assert!(!lines.wait(p, late) && !lines.wait(q, late));
        lines.end(p);
        assert!(lines.wait(p, late), "one is called");
    }
}
