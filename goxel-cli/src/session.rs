//! [`Printing`]: what a command's replies look like to people and to programs.

use std::io::{self, IsTerminal, Write};

use anyhow::{Result, anyhow};
use goxel_proto::json::Value;

use crate::args::{Command, When};
use crate::client::{Client, Closed, Refusal};
use crate::commands::{self, Look, Outbox};
use crate::output::Output;
use crate::{lines, points};

/// How results are printed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Printing {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    /// Standard output is a terminal, and nobody asked for no colour.
    pub(crate) colour: bool,
}

impl Printing {
    /// Looks at standard output and the environment.
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { json, quiet, colour: io::stdout().is_terminal() && !no_colour }
    }

    /// Prints what `command` gave.
    pub(crate) fn print<W: Write>(
        self,
        command: &Command,
        results: &[Vec<u8>],
        output: &mut Output<W>,
    ) -> Result<()> {
        if self.quiet && !self.json && !command.is_question() {
            return Ok(());
        }
        let values: Result<Vec<_>, _> = results.iter().map(|bytes| Value::parse(bytes)).collect();
        let text = if self.json {
            commands::show_json(command, &values?)
        } else {
            commands::show(command, &values?, self.look(command))?
        };
        output.line(&text)?;
        Ok(())
    }

    fn look(self, command: &Command) -> Look {
        let colour = match command {
            Command::Show { color: When::Always, .. } => true,
            Command::Show { color: When::Never, .. } => false,
            _ => self.colour,
        };
        Look { colour }
    }
}

/// Reads the replies to one command's requests. All of them are read, even where one is a refusal.
///
/// # Errors
/// Where the connection breaks.
pub(crate) fn receive(client: &mut Client, count: u64) -> Result<Result<Vec<Vec<u8>>, Refusal>> {
    let mut outcome = Ok(Vec::new());
    for _ in 0..count {
        let reply = client.reply()?.map(|result| result.raw().to_vec());
        outcome = outcome.and_then(|mut results| {
            results.push(reply?);
            Ok(results)
        });
    }
    Ok(outcome)
}

/// Sends the points of `command`'s file. The result looks like that of one request.
///
/// # Errors
/// Where reading or sending fails.
pub(crate) fn send_points(
    client: &mut Client,
    command: &Command,
    project: Option<&str>,
) -> Result<Vec<Vec<u8>>> {
    let (Command::AddVoxels(add), Some(path)) = (command, command.point_file()) else {
        return Err(anyhow!("this command reads no points"));
    };
    let added = points::stream(&mut lines::open(path)?, add, project, client)?;
    Ok(vec![format!("{{ \"success\": true, \"added\": {added} }}").into_bytes()])
}

/// Runs one command on its own connection, which `connect` makes once the request is ready: what
/// cannot be sent starts no daemon.
///
/// # Errors
/// Where anything fails.
pub(crate) fn run_one<W: Write>(
    command: &Command,
    project: Option<&str>,
    printing: Printing,
    connect: impl FnOnce() -> Result<Client>,
    output: &mut Output<W>,
) -> Result<()> {
    let results = if command.point_file().is_some() {
        send_points(&mut connect()?, command, project)
    } else {
        let mut out = Outbox::new(1, project);
        commands::build(command, &mut out)?;
        if out.count == 0 { Ok(Vec::new()) } else { exchange(&mut connect()?, &out) }
    };
    let results = results.map_err(|error| error_of_one(error, command))?;
    printing.print(command, &results, output)
}

fn exchange(client: &mut Client, out: &Outbox<'_>) -> Result<Vec<Vec<u8>>> {
    client.send(&out.bytes, out.count)?;
    Ok(receive(client, out.count)??)
}

fn error_of_one(error: anyhow::Error, command: &Command) -> anyhow::Error {
    if error.is::<Closed>() && command.point_file().is_none() {
        return closed(0, 1);
    }
    error
}

/// The daemon went away when `done` of `count` commands had been answered.
pub(crate) fn closed(done: u64, count: u64) -> anyhow::Error {
    anyhow!("{Closed} ({done} of {count} commands were done)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::testing::parse;
    use crate::fake;

    fn run(
        words: &str,
        printing: Printing,
        answer: fn(u64, &str, Value<'_>) -> Result<String, &'static str>,
    ) -> Result<String, String> {
        let mut bytes = Vec::new();
        let connect = || Ok(fake::daemon(answer).0);
        run_one(&parse(words), None, printing, connect, &mut Output::new(&mut bytes))
            .map_err(|error| error.to_string())?;
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
        assert_eq!(run("undo", plain, |_, _, _| Err("no")).unwrap_err(), "no (error -1004)");
        assert_eq!(
            run("undo", plain, |_, _, _| Err("")).unwrap_err(),
            "the daemon closed the connection before it answered (0 of 1 commands were done)"
        );
        let second = |n, _: &str, _: Value<'_>| if n == 1 { Err("no") } else { Ok("{}".into()) };
        assert_eq!(run("info", plain, second).unwrap_err(), "no (error -1004)");
    }

    #[test]
    fn what_cannot_be_sent_needs_no_daemon() {
        let connect = || -> Result<Client> { panic!("connected") };
        let command = parse("call echo '{'");
        let mut output = Output::new(Vec::new());
        let error = run_one(&command, None, Printing::default(), connect, &mut output);
        assert!(error.unwrap_err().to_string().starts_with("the parameters are not JSON"));
    }
}
