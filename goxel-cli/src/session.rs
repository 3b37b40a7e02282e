//! [`Session`]: commands on one connection, and what their replies look like to people and to
//! programs.

use std::io::{self, IsTerminal, Write};

use anyhow::{Result, bail};
use goxel_client::{Client, Error, Requests};
use goxel_proto::json::Value;

use crate::args::Command;
use crate::commands::projects::Projects;
use crate::commands::{self, Action as _, Arguments as _, OutputStyle, Request, Way};
use crate::conversions::Telling;
use crate::error::{self, Absent, Explained, Interrupted, STOPPED_EARLY, Usage};
use crate::output::Output;
use crate::points::Work;
use crate::progress::Progress;
use crate::scripting::Telling as Told;
use crate::{listing, points, resolve, transaction};

/// How results are printed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Printing {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    /// Nothing confirms what was done: a summary stands for it.
    pub(crate) summarised: bool,
    /// Standard output is a terminal, and nobody asked for no colour.
    pub(crate) colour: bool,
    /// Somebody types the commands, who can be asked to say `--force`. Programs that read from and
    /// write to something else are told on standard error what they lost.
    pub(crate) typed: bool,
}

impl Printing {
    /// Looks at standard output and the environment.
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let terminal = io::stdout().is_terminal();
        let typed = terminal && io::stdin().is_terminal();
        Self { json, quiet, summarised: false, colour: !no_colour && terminal, typed }
    }

    /// Prints what `request` gave.
    pub(crate) fn print<W: Write>(
        self,
        request: &Request,
        results: &[Value<'_>],
        output: &mut Output<W>,
    ) -> Result<()> {
        if !self.json {
            results.iter().for_each(warn);
        }
        if (self.quiet || self.summarised) && !self.json && !request.traits().question {
            return Ok(());
        }
        let text = if self.json {
            request.json(results)
        } else {
            request.show(results, OutputStyle { colour: self.colour, quiet: self.quiet })?
        };
        output.line(&text)?;
        Ok(())
    }

    /// Whether people are to see that work goes on.
    fn hides_progress(self) -> bool {
        self.quiet || self.json
    }
}

/// Says on standard error what a file that was written does not have.
fn warn(result: &Value<'_>) {
    for warning in result.get("warnings").iter().flat_map(Value::elements) {
        let (what, count) = (commands::text(&warning, "what"), commands::count(&warning, "count"));
        error::complain(&format!("goxel-cli: warning: {what} ({count})"));
    }
}

/// Where commands go and what is known of them all.
pub(crate) struct Session<'a, W> {
    pub(crate) project: Option<String>,
    pub(crate) printing: Printing,
    pub(crate) output: &'a mut Output<W>,
    /// A transaction is open: what belongs together needs none of its own.
    pub(crate) in_transaction: bool,
    /// Voxels that were set, and that were removed.
    pub(crate) added: u64,
    pub(crate) removed: u64,
}

impl<'a, W: Write> Session<'a, W> {
    pub(crate) fn new(
        project: Option<&str>,
        printing: Printing,
        output: &'a mut Output<W>,
    ) -> Self {
        let project = project.map(str::to_owned);
        Self { project, printing, output, in_transaction: false, added: 0, removed: 0 }
    }

    /// Counts what a result says was set and removed.
    pub(crate) fn count(&mut self, result: &Value<'_>) {
        self.added += commands::count(result, "added") + commands::count(result, "voxels_created");
        self.removed +=
            commands::count(result, "removed") + commands::count(result, "voxels_removed");
    }

    /// Carries out one command and prints its results. `connect` gives the connection once the
    /// requests are ready: what cannot be sent starts no daemon.
    ///
    /// # Errors
    /// Where anything fails.
    pub(crate) fn run<'c>(
        &mut self,
        command: Command,
        connect: impl FnOnce() -> Result<&'c mut Client>,
    ) -> Result<()> {
        let outcome = match command {
            Command::Request(request) => self.request(request, connect),
            Command::Old(old) => {
                let client = connect()?;
                let mut today = old.today().into_iter();
                today.try_for_each(|request| {
                    if client.is_stopped() {
                        bail!(Interrupted(STOPPED_EARLY.into()));
                    }
                    self.request(request, || Ok(&mut *client))
                })
            }
            Command::Program(_) => bail!(Usage("not possible in a batch".into())),
        };
        outcome.map_err(|error| if error::is_closed(&error) { closed(0, 1) } else { error })
    }

    fn request<'c>(
        &mut self,
        mut request: Request,
        connect: impl FnOnce() -> Result<&'c mut Client>,
    ) -> Result<()> {
        let outcome = if resolve::needs(&mut request) {
            self.unresolved(&mut request, connect)
        } else {
            self.resolved(&request, connect)
        };
        outcome.map_err(|error| explained(error, &request))
    }

    /// A command that lacks something that its requests need.
    fn unresolved<'c>(
        &mut self,
        request: &mut Request,
        connect: impl FnOnce() -> Result<&'c mut Client>,
    ) -> Result<()> {
        let client = connect()?;
        resolve::resolve(request, client, self.project.as_deref())?;
        if resolve::is_for_each(request) {
            return self.on_each_layer(request, client);
        }
        self.resolved(request, || Ok(client))
    }

    /// A command that says all that its requests need.
    fn resolved<'c>(
        &mut self,
        request: &Request,
        connect: impl FnOnce() -> Result<&'c mut Client>,
    ) -> Result<()> {
        match request.way() {
            Way::Requests => self.exchange(request, connect),
            Way::Points(work) => self.send_points(request, work, connect()?),
            Way::Listing(listing) => {
                let json = self.printing.json;
                listing::list(&listing, json, connect()?, self.project.as_deref(), self.output)
            }
            Way::Files(files) => {
                let Printing { json, quiet, .. } = self.printing;
                files.run(connect, Telling { json, quiet }, self.output)
            }
            Way::Picture(picture) => picture.print(connect, self.project.as_deref(), self.output),
            Way::Show(_) if self.printing.json => self.exchange(request, connect),
            Way::Show(showing) => {
                let colour = self.printing.colour;
                showing.run(connect()?, self.project.as_deref(), colour, self.output)
            }
            Way::Script(script) => {
                let (client, project) = (connect()?, self.project.as_deref());
                let Printing { json, quiet, summarised, .. } = self.printing;
                let line = |result: &Value<'_>| request.json(std::slice::from_ref(result));
                let telling = match (json, quiet || summarised) {
                    (true, _) => Told::Json(&line),
                    (false, true) => Told::Value,
                    (false, false) => Told::All,
                };
                let counts = script.run(client, project, telling, self.output)?;
                self.added += counts.0;
                self.removed += counts.1;
                Ok(())
            }
        }
    }

    /// A command of a few requests.
    fn exchange<'c>(
        &mut self,
        request: &Request,
        connect: impl FnOnce() -> Result<&'c mut Client>,
    ) -> Result<()> {
        let mut requests = Requests::new(1, self.project.as_deref());
        request.build(&mut requests)?;
        if requests.is_empty() {
            return self.printing.print(request, &[], self.output);
        }
        let client = connect()?;
        if client.next_id() != 1 || client.wants_progress() {
            requests.clear(client.next_id());
            requests.tell_progress(client.wants_progress());
            request.build(&mut requests)?;
        }
        let results = match client.call_all(&requests) {
            Ok(results) => results,
            Err(error) => return self.refused(error, request, client),
        };
        let values: Result<Vec<_>, _> = results.iter().map(|bytes| Value::parse(bytes)).collect();
        let values = values?;
        values.iter().for_each(|result| self.count(result));
        self.printing.print(request, &values, self.output)
    }

    /// A command that the daemon refused is done all the same, where only changes that are not saved
    /// were in the way and nobody can be asked.
    fn refused(&mut self, error: Error, request: &Request, client: &mut Client) -> Result<()> {
        let forced = if error::would_discard(&error) { request.forced() } else { None };
        match forced {
            Some((forced, lost)) if !self.printing.typed => {
                self.exchange(&forced, || Ok(client))?;
                error::complain(&format!("goxel-cli: {lost}"));
                Ok(())
            }
            _ => Err(with_project(explained(error.into(), request), client)),
        }
    }

    /// One layer after the other, all of them or none.
    fn on_each_layer(&mut self, request: &Request, client: &mut Client) -> Result<()> {
        let project = self.project.clone();
        let project = project.as_deref();
        let each = resolve::each(request, client, project)?;
        if !self.in_transaction {
            transaction::begin(client, project)?;
        }
        let mut requests = Requests::new(client.next_id(), project);
        requests.tell_progress(client.wants_progress());
        each.iter().try_for_each(|request| request.build(&mut requests))?;
        let results = match client.call_all(&requests) {
            Ok(results) => results,
            Err(error) => {
                if !error.is_absent() && !self.in_transaction {
                    transaction::roll_back(client, project)?;
                }
                return Err(error.into());
            }
        };
        if !self.in_transaction {
            transaction::commit(client, project)?;
        }
        if self.printing.json {
            let mut records = Vec::new();
            for (request, result) in each.iter().zip(&results) {
                records.push(request.json(&[Value::parse(result)?]));
            }
            self.output.line(&format!("{{ \"layers\": [ {} ] }}", records.join(", ")))?;
            return Ok(());
        }
        for (request, result) in each.iter().zip(&results) {
            let result = Value::parse(result)?;
            self.count(&result);
            self.printing.print(request, &[result], self.output)?;
        }
        Ok(())
    }

    /// Sends the points of a file. The result looks like that of one request.
    fn send_points(
        &mut self,
        request: &Request,
        work: Work<'_>,
        client: &mut Client,
    ) -> Result<()> {
        let mut source = points::open(work.file)?;
        let progress = Progress::of_bytes(source.length(), self.printing.hides_progress());
        let project = self.project.as_deref();
        client.hide_progress(true);
        let outcome = points::stream(&mut source, work, project, client, &progress);
        client.hide_progress(false);
        drop(progress);
        let count = outcome?;
        let result = format!("{{ \"success\": true, \"{}\": {count} }}", work.counts);
        let result = Value::parse(result.as_bytes())?;
        self.count(&result);
        self.printing.print(request, &[result], self.output)
    }
}

/// A refusal of a command in the command's own words. Calls by name are told in those of the wire.
pub(crate) fn explained(error: anyhow::Error, request: &Request) -> anyhow::Error {
    match (error.downcast(), request) {
        (Ok(Error::Refused(refusal)), Request::Call(call)) => {
            call.explain(refusal).cancelled(true).into()
        }
        (Ok(Error::Refused(refusal)), _) => {
            let explained = error::explain(refusal, |member| request.argument(member));
            explained.cancelled(is_one_call(request)).into()
        }
        (Ok(other), _) => other.into(),
        (Err(error), _) => error,
    }
}

/// Whether at most one call of a command changes anything.
fn is_one_call(request: &Request) -> bool {
    let mut requests = Requests::new(1, None);
    let is_built = request.build(&mut requests).is_ok();
    !matches!(request.way(), Way::Points(_)) && is_built && requests.len() <= 1
}

/// The same, with the project that may have been meant.
fn with_project(error: anyhow::Error, client: &mut Client) -> anyhow::Error {
    let explained: Explained = match error.downcast() {
        Ok(explained) => explained,
        Err(error) => return error,
    };
    let Some(name) = explained.project() else { return explained.into() };
    let Ok(list) = client.call(Projects::METHOD, None, |_| ()) else { return explained.into() };
    let projects = list.get("projects");
    let projects = projects.iter().flat_map(Value::elements);
    let names: Vec<_> = projects.map(|project| commands::text(&project, "name")).collect();
    let meant = error::suggestion(name, names.iter().map(String::as_str));
    explained.with(&meant).into()
}

/// The daemon went away when `done` of `count` commands had been answered.
pub(crate) fn closed(done: u64, count: u64) -> anyhow::Error {
    let unknown = match count - done {
        1 => "the one that was under way may have been done".to_owned(),
        rest => format!("the {rest} that were under way may have been done"),
    };
    Absent(format!("{} ({done} of {count} commands were done, {unknown})", Error::Closed)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::testing::parse;
    use goxel_client::testing as fake;

    fn run(
        words: &str,
        printing: Printing,
        answer: fn(u64, &str, Value<'_>) -> Result<String, &'static str>,
    ) -> Result<String, String> {
        let mut bytes = Vec::new();
        let mut client = fake::daemon(answer).0;
        let mut output = Output::new(&mut bytes);
        let mut session = Session::new(None, printing, &mut output);
        session.run(parse(words), || Ok(&mut client)).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn one_command() {
        let plain = Printing::default();
        let (json, quiet) = (Printing { json: true, ..plain }, Printing { quiet: true, ..plain });
        let added = |_, _: &str, _: Value<'_>| Ok("{ \"added\": 1 }".to_owned());
        assert_eq!(run("add-voxels 1,2,3", plain, added).unwrap(), "added 1 voxel\n");
        assert_eq!(run("add-voxels 1,2,3", json, added).unwrap(), "{ \"added\": 1 }\n");
        assert_eq!(run("add-voxels 1,2,3", quiet, added).unwrap(), "");
        let empty = |_, _: &str, _: Value<'_>| Ok("{ \"empty\": true }".to_owned());
        assert_eq!(run("bbox", quiet, empty).unwrap(), "empty\n");
    }

    #[test]
    fn failures() {
        let plain = Printing::default();
        assert_eq!(run("undo", plain, |_, _, _| Err("no")).unwrap_err(), "no");
        assert_eq!(
            run("undo", plain, |_, _, _| Err("")).unwrap_err(),
            "the daemon closed the connection before it answered \
             (0 of 1 commands were done, the one that was under way may have been done)"
        );
        let second = |n, _: &str, _: Value<'_>| if n == 1 { Err("no") } else { Ok("{}".into()) };
        assert_eq!(run("info", plain, second).unwrap_err(), "no");
    }

    #[test]
    fn what_cannot_be_sent_needs_no_daemon() {
        let connect = || -> Result<&mut Client> { panic!("connected") };
        let mut output = Output::new(Vec::new());
        let printing = Printing::default();
        let mut session = Session::new(None, printing, &mut output);
        let error = session.run(parse("call echo '{'"), connect).unwrap_err();
        assert!(error.to_string().starts_with("the parameters are not JSON"));
    }

    #[test]
    fn changes_that_are_not_saved_are_lost_where_nobody_can_be_asked() {
        let answer = |_: u64, _: &str, params: Value<'_>| match params.get("discard") {
            Some(discard) if discard.raw() == b"false" => {
                Err("-1030|params.discard: needed, since project p has changes")
            }
            _ => Ok(r#"{"name": "p"}"#.to_owned()),
        };
        let typed = Printing { typed: true, ..Printing::default() };
        let error = run("close p", typed, answer).unwrap_err();
        assert_eq!(error, "--force: needed, since project p has changes");
        assert_eq!(run("close p --force", typed, answer).unwrap(), "closed p\n");
        assert_eq!(run("close p", Printing::default(), answer).unwrap(), "closed p\n");
        let held = |_: u64, _: &str, _: Value<'_>| Err("-1030|somebody holds it");
        assert_eq!(run("close p", Printing::default(), held).unwrap_err(), "somebody holds it");
    }

    #[test]
    fn layers_are_found_by_name() {
        let answer = |_: u64, method: &str, params: Value<'_>| match method {
            "goxel.list_layers" => {
                Ok(r#"{"layers": [{"id": 1, "name": "a"}, {"id": 7, "name": "my roof"}]}"#.into())
            }
            _ => Ok(format!("{{\"added\": {}}}", commands::count(&params, "layer_id"))),
        };
        let plain = Printing::default();
        let shown = run("fill 0,0,0 red --layer 'my roof'", plain, answer);
        assert_eq!(shown.unwrap(), "added 7 voxels\n");
        let error = run("fill 0,0,0 red --layer b", plain, answer).unwrap_err();
        assert_eq!(error, "no layer is named \"b\"");
    }

    #[test]
    fn a_file_of_the_project_s_name() {
        let answer = |_: u64, method: &str, params: Value<'_>| match method {
            "goxel.get_status" => Ok(r#"{"name": "a/b"}"#.into()),
            _ => Ok(format!("{{\"path\": \"{}\"}}", commands::text(&params, "path"))),
        };
        let shown = run("save", Printing::default(), answer).unwrap();
        assert!(shown.starts_with("saved /") && shown.ends_with("/a_b.gox\n"), "{shown}");
    }

    #[test]
    fn the_verbs_of_the_c_tool() {
        let answer = |_: u64, method: &str, _: Value<'_>| match method {
            "goxel.create_project" => Ok(r#"{"name": "n", "width": 1}"#.into()),
            _ => Ok(r#"{"path": "/p"}"#.into()),
        };
        let shown = run("create n --output /p", Printing::default(), answer).unwrap();
        assert_eq!(shown, "created n (1 x 0 x 0)\nsaved /p\n");
    }
}
