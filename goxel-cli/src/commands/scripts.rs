//! Scripts.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use goxel_client::{Client, Requests};
use goxel_proto::Method;
use goxel_proto::calls::SCRIPT_BYTES_MAX;
use goxel_proto::json::{Value, Writer};

use super::members::write_layer;
use super::shared::OnLayer;
use super::values::raw;
use super::{Action, All, Layers, OutputStyle, Traits, Way, last};
use crate::error::Usage;
use crate::lines::STDIN;
use crate::scripting::Scripting;

/// What a script is called that stands on the command line.
const GIVEN: &str = "-e";

/// What help shows of the arguments.
const USAGE: &str = "goxel-cli script [OPTIONS] <FILE> [ARGS]...\n       \
                     goxel-cli script [OPTIONS] -e <CODE> [ARGS]...";

#[derive(Args, Clone, Debug, Default, PartialEq)]
#[command(override_usage = USAGE)]
pub(crate) struct Script {
    /// The script, or - for standard input; what stands behind it the script finds in `args`
    #[arg(id = "script", value_name = "FILE", required_unless_present = "code")]
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
    /// The script itself
    #[arg(short = 'e', long = "eval", id = "code", value_name = "CODE")]
    code: Option<String>,
    /// A member of what the script finds in `args`: JSON, or else text; may be given several times
    #[arg(id = "args", long = "arg", value_name = "NAME=VALUE", value_parser = parse_arg)]
    args: Vec<(String, String)>,
    /// What random numbers start from
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Milliseconds after which it is ended, up to 300000 [default: 30000]
    #[arg(id = "timeout_ms", long = "timeout", value_name = "MS")]
    #[arg(value_parser = clap::value_parser!(i32).range(1..=300_000))]
    timeout: Option<i32>,
    /// Only say what it would change
    #[arg(long)]
    dry_run: bool,
    /// Begin anew up to so many times where others have changed the same
    #[arg(long, value_name = "TIMES", value_parser = clap::value_parser!(u8).range(..=100))]
    retry: Option<u8>,
    #[command(flatten)]
    on: OnLayer,
    /// The code, once it is read.
    #[arg(skip)]
    read: Option<String>,
}

/// `wide=3`, `name=tower`, `size=[1, 2]`: the name, and the value as JSON.
fn parse_arg(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it is NAME=VALUE")?;
    if Value::parse(value.as_bytes()).is_ok() {
        return Ok((name.to_owned(), value.to_owned()));
    }
    let mut json = Vec::new();
    Writer::new(&mut json).value(value);
    Ok((name.to_owned(), String::from_utf8_lossy(&json).into_owned()))
}

impl Script {
    /// Code that somebody has typed.
    pub(crate) fn typed(code: String) -> Self {
        Self { code: Some(code), ..Self::default() }
    }

    /// The file, where it is one, and the words behind it.
    fn parts(&self) -> (Option<&str>, &[String]) {
        match (&self.code, self.words.split_first()) {
            (None, Some((file, rest))) => (Some(file), rest),
            _ => (None, &self.words),
        }
    }

    /// What errors call it.
    fn name(&self) -> &str {
        match self.parts().0 {
            Some(STDIN) => "stdin",
            Some(file) => file,
            None => GIVEN,
        }
    }

    /// The members of the call.
    fn write(&self, writer: &mut Writer<'_>) {
        writer
            .member("script", self.code.as_ref().or(self.read.as_ref()).map_or("", String::as_str));
        writer.member("name", self.name());
        let words = self.parts().1;
        if !self.args.is_empty() {
            writer.key("args").object(|writer| {
                self.args.iter().for_each(|(name, value)| writer.key(name).raw(value.as_bytes()));
            });
        } else if !words.is_empty() {
            writer.key("args").array(|writer| words.iter().for_each(|word| writer.element(word)));
        }
        if let Some(seed) = self.seed {
            writer.member("seed", seed);
        }
        if let Some(timeout) = self.timeout {
            writer.member("timeout_ms", timeout);
        }
        if self.dry_run {
            writer.member("dry_run", true);
        }
        if let Some(retry) = self.retry {
            writer.member("retry", retry);
        }
        write_layer(&self.on, writer);
    }
}

impl Action for Script {
    const ABOUT: &str = "Run a script in JavaScript (docs/SCRIPTS.md)";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Refused)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::ExecuteScript, |writer| self.write(writer));
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(last(results)?.get("value").map_or_else(String::new, |value| raw(&value)))
    }

    fn way(&self) -> Way<'_> {
        Way::Script(Scripting { name: self.name(), write: Box::new(|writer| self.write(writer)) })
    }

    fn is_complete(&self) -> bool {
        self.code.is_some() || self.read.is_some()
    }

    fn complete(&mut self, _: &mut Client, _: Option<&str>) -> Result<()> {
        if !self.args.is_empty() && !self.parts().1.is_empty() {
            bail!(Usage("a script takes words or --arg NAME=VALUE, not both".into()));
        }
        let (Some(file), _) = self.parts() else { return Ok(()) };
        self.read = Some(read(file)?);
        Ok(())
    }
}

fn read(file: &str) -> Result<String> {
    let from: Box<dyn Read> = match file {
        STDIN => Box::new(io::stdin().lock()),
        _ => Box::new(File::open(Path::new(file)).with_context(|| format!("cannot open {file}"))?),
    };
    let mut bytes = Vec::new();
    let read = from.take(SCRIPT_BYTES_MAX as u64 + 1).read_to_end(&mut bytes);
    read.with_context(|| format!("cannot read {file}"))?;
    if bytes.len() > SCRIPT_BYTES_MAX {
        bail!("{file} is too long: a script has {SCRIPT_BYTES_MAX} bytes at the most");
    }
    String::from_utf8(bytes).ok().with_context(|| format!("{file} is not text in UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{parse_error, sends};

    #[test]
    fn code_and_words() {
        sends(
            "script -e 1+1",
            &[r#"goxel.execute_script { "script": "1+1", "name": "-e", "project": "p" }"#],
        );
        sends(
            "script --seed 7 --dry-run --retry 2 --timeout 50 --layer 3 -e x a -b",
            &[
                r#"goxel.execute_script { "script": "x", "name": "-e", "args": [ "a", "-b" ], "seed": 7, "timeout_ms": 50, "dry_run": true, "retry": 2, "layer_id": 3, "project": "p" }"#,
            ],
        );
        sends(
            "script --arg n=3 --arg 'name=a b' --arg size=[1,2] -e x",
            &[
                r#"goxel.execute_script { "script": "x", "name": "-e", "args": { "n": 3, "name": "a b", "size": [1,2] }, "project": "p" }"#,
            ],
        );
        parse_error("script");
        parse_error("script --arg n -e x");
        parse_error("script --timeout 300001 -e x");
    }
}
