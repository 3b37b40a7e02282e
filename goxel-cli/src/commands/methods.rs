//! The methods of the daemon, and calls by name.

use anyhow::{Result, bail};
use clap::Args;
use goxel_client::{Refusal, Requests};
use goxel_proto::json::{Kind, Value, Writer};
use goxel_proto::method::{Field, Row};
use goxel_proto::{ErrorCode, Method, docs, suggest};

use super::values::{raw, text};
use super::{Action, Layers, NO_LAYERS, OutputStyle, Traits, last};
use crate::error::{self, Explained, Usage};

/// What the names of most methods begin with.
const PREFIX: &str = "goxel.";

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Call {
    /// Its name, as `methods` lists them
    method: String,
    /// An object or an array
    #[arg(value_name = "JSON")]
    params: Option<String>,
}

impl Call {
    /// A refusal in the words of the wire, with the method that may have been meant where there is
    /// none of this name.
    pub(crate) fn explain(&self, refusal: Refusal) -> Explained {
        let meant = match refusal.code == i64::from(ErrorCode::MethodNotFound as i32) {
            true => suggestion(&self.method),
            false => String::new(),
        };
        Explained::of_the_wire(refusal).with(&meant)
    }
}

impl Action for Call {
    const ABOUT: &str = "Call a method of the daemon; `methods NAME` says how";

    fn traits(&self) -> Traits {
        // It may do anything, so it cannot be taken back for sure.
        Traits { undoable: false, ..Traits::QUESTION }
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        call(&self.method, self.params.as_deref(), requests)
    }

    /// As the daemon sent it.
    fn json(&self, results: &[Value<'_>]) -> String {
        results.last().map(raw).unwrap_or_default()
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(raw(last(results)?))
    }
}

fn call(method: &str, params: Option<&str>, requests: &mut Requests) -> Result<()> {
    let Some(text) = params else {
        match Method::find(method) {
            Some(known) => requests.call(known, |_| ()),
            None => requests.call_by_name(method, |writer| writer.object(|_| ())),
        }
        return Ok(());
    };
    let value = Value::parse(text.as_bytes())
        .map_err(|error| Usage(format!("the parameters are not JSON: {error}")))?;
    match value.kind() {
        Kind::Array => requests.call_by_name(method, |writer| writer.raw(&on_one_line(&value))),
        Kind::Object => named_call(method, &value, requests),
        _ => bail!(Usage("the parameters must be an object or an array".into())),
    }
    Ok(())
}

/// What a call says besides the parameters of its method: it cannot be said twice.
const NAMED_ONCE: [&str; 2] = ["project", "progress"];

/// A project that stands in the parameters counts for more than that of the command line.
fn named_call(method: &str, params: &Value<'_>, requests: &mut Requests) {
    let members = |writer: &mut Writer<'_>| {
        for (key, value) in params.members() {
            writer.key(&key.decode()).raw(&on_one_line(&value));
        }
    };
    match Method::find(method) {
        Some(known) if NAMED_ONCE.iter().all(|name| params.get(name).is_none()) => {
            requests.call(known, members);
        }
        _ => requests.call_by_name(method, |writer| writer.object(members)),
    }
}

/// A request is a line. Line breaks can only stand between the parts of a value, never in a string.
fn on_one_line(value: &Value<'_>) -> Vec<u8> {
    value
        .raw()
        .iter()
        .map(|&byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte })
        .collect()
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Methods {
    /// Names, or parts of them
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

impl Action for Methods {
    const ABOUT: &str = "List the methods of the daemon, or tell all about some";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn json(&self, _: &[Value<'_>]) -> String {
        json_of(&self.names)
    }

    /// Nothing is asked: this program knows the methods too.
    fn build(&self, _: &mut Requests) -> Result<()> {
        check_methods(&self.names)
    }

    fn show(&self, _: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show_methods(&self.names))
    }
}

/// The methods that are asked for: those of these names, else those whose names hold them. All of
/// them where none is named.
fn chosen(names: &[String]) -> Vec<&'static Row> {
    let all = || Method::ALL.iter().map(|method| method.info());
    if names.is_empty() {
        return all().collect();
    }
    let of_name = |name: &String| match Method::find(name) {
        Some(method) => vec![method.info()],
        None => all().filter(|info| info.name.contains(name.as_str())).collect(),
    };
    names.iter().flat_map(of_name).collect()
}

/// The method that somebody may have meant. Names are compared without what most of them begin with,
/// which would make any two of them alike.
fn suggestion(name: &str) -> String {
    let short = |name: &'static str| name.strip_prefix(PREFIX).unwrap_or(name);
    let names = || Method::ALL.iter().map(|method| method.info().name);
    let word = name.strip_prefix(PREFIX).unwrap_or(name);
    let meant = suggest::nearest(word, names().map(short));
    let full = meant.and_then(|meant| names().find(|name| short(name) == meant));
    full.map(error::did_you_mean).unwrap_or_default()
}

/// Every name must stand for a method.
fn check_methods(names: &[String]) -> Result<()> {
    let unknown = names.iter().find(|name| chosen(std::slice::from_ref(name)).is_empty());
    match unknown {
        Some(name) => {
            bail!(Usage(format!("no method's name holds \"{name}\"{}", suggestion(name))))
        }
        None => Ok(()),
    }
}

/// One paragraph a method: how it is called, what it does, what it gives; where methods are named,
/// what each parameter must be, too.
fn show_methods(names: &[String]) -> String {
    let paragraph = |row: &'static Row| {
        if names.is_empty() { short(row) } else { docs::plain(row) }
    };
    chosen(names).into_iter().map(paragraph).collect::<Vec<_>>().join("\n")
}

fn short(row: &Row) -> String {
    let params: Vec<_> = row.params.iter().map(Field::name).collect();
    let call = format!("{} {}", row.name, params.join(" "));
    format!("{}\n    {}", call.trim_end(), row.title)
}

fn json_of(names: &[String]) -> String {
    let mut out = Vec::new();
    Writer::new(&mut out).array(|writer| {
        for info in chosen(names) {
            writer.item().object(|writer| {
                writer.member("method", info.name);
                writer.key("params").array(|writer| {
                    info.params.iter().for_each(|param| writer.element(param.name()));
                });
                writer.member("result", info.result.words());
                writer.member("title", info.title);
                writer.member("description", info.about);
            });
        }
    });
    String::from_utf8_lossy(&out).into_owned()
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Ping {}

impl Action for Ping {
    const ABOUT: &str = "Ask whether the daemon lives";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Ping, |_| ());
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        last(results)?;
        Ok("pong".to_owned())
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Metrics {}

impl Action for Metrics {
    const ABOUT: &str = "Print the daemon's figures in the text form that Prometheus reads";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Metrics, |_| ());
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(text(last(results)?, "text").trim_end().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends("ping", &["ping {}"]);
        sends("metrics", &["goxel.metrics {}"]);
        shows("metrics", &[r#"{"text": "a 1\nb 2\n"}"#], "a 1\nb 2");
        sends("methods", &[]);
    }

    #[test]
    fn calls_by_name() {
        sends("call goxel.redo", &[r#"goxel.redo { "project": "p" }"#]);
        sends("call no.such", &["no.such {}"]);
        sends("call echo '[1,\n{\"a\": \"b c\"}]'", &[r#"echo [1, {"a": "b c"}]"#]);
        sends(
            r#"call goxel.get_voxel '{"x":1,"y":[2]}'"#,
            &[r#"goxel.get_voxel { "x": 1, "y": [2], "project": "p" }"#],
        );
        sends(r#"call goxel.undo '{"project":"q"}'"#, &[r#"goxel.undo { "project": "q" }"#]);
        for bad in ["{", "5", ""] {
            let error = call("echo", Some(bad), &mut Requests::new(1, None)).unwrap_err();
            assert!(error.is::<Usage>(), "{bad}");
        }
        shows("call echo", &[r#"{ "a": 1 }"#], r#"{ "a": 1 }"#);
    }

    #[test]
    fn the_table_of_methods() {
        let shown = show_methods(&[]);
        assert!(shown.contains("goxel.undo project progress deadline_ms\n    Undo\n"), "{shown}");
        assert!(shown.starts_with("echo\n"));
        let count = |names: Vec<String>| {
            let json = json_of(&names);
            Value::parse(json.as_bytes()).unwrap().elements().count()
        };
        assert_eq!(count(vec![]), Method::ALL.len());
        assert_eq!(count(vec!["echo".to_owned(), "renders".to_owned()]), 2);
    }

    #[test]
    fn one_method_in_full() {
        let shown = show_methods(&["goxel.open_file".to_owned()]);
        assert!(shown.starts_with("goxel.load_project\n"), "{shown}");
        for part in ["also called goxel.open_file", "path|file_path: a string; required", "[name]"]
        {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        let error = check_methods(&["undo".to_owned(), "nope".to_owned()]).unwrap_err();
        assert_eq!(error.to_string(), "no method's name holds \"nope\"");
    }
}
