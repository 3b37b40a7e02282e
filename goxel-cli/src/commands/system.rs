//! What there is: the state of a project, the methods, and calls by name.

use anyhow::{Result, bail};
use goxel_proto::Method;
use goxel_proto::json::{Kind, Value, Writer};
use goxel_proto::method::{Info, Param};

use super::values::{count, counted, flag, raw, text};
use crate::args::Command;
use crate::error::Usage;
use goxel_client::Requests;

/// The `layer_id` that stands for every layer.
const ALL_LAYERS: i32 = -2;

pub(super) fn build(command: &Command, out: &mut Requests) {
    match command {
        Command::Info => info(out),
        Command::Undo { steps } => (0..*steps).for_each(|_| out.call(Method::Undo, |_| ())),
        Command::Redo { steps } => (0..*steps).for_each(|_| out.call(Method::Redo, |_| ())),
        Command::History => out.call(Method::History, |_| ()),
        _ => out.call(Method::Ping, |_| ()),
    }
}

fn info(out: &mut Requests) {
    out.call(Method::GetStatus, |_| ());
    out.call(Method::GetBoundingBox, |writer| writer.member("layer_id", ALL_LAYERS));
    out.call(Method::History, |_| ());
}

pub(super) fn call(method: &str, params: Option<&str>, out: &mut Requests) -> Result<()> {
    let Some(text) = params else {
        match Method::find(method) {
            Some(known) => out.call(known, |_| ()),
            None => out.call_by_name(method, |writer| writer.object(|_| ())),
        }
        return Ok(());
    };
    let value = Value::parse(text.as_bytes())
        .map_err(|error| Usage(format!("the parameters are not JSON: {error}")))?;
    match value.kind() {
        Kind::Array => out.call_by_name(method, |writer| writer.raw(&on_one_line(&value))),
        Kind::Object => named_call(method, &value, out),
        _ => bail!(Usage("the parameters must be an object or an array".into())),
    }
    Ok(())
}

/// A project that stands in the parameters counts for more than that of the command line.
fn named_call(method: &str, params: &Value<'_>, out: &mut Requests) {
    let members = |writer: &mut Writer<'_>| {
        for (key, value) in params.members() {
            writer.key(&key.decode()).raw(&on_one_line(&value));
        }
    };
    match Method::find(method) {
        Some(known) if params.get("project").is_none() => out.call(known, members),
        _ => out.call_by_name(method, |writer| writer.object(members)),
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

pub(super) fn show_info(results: &[Value<'_>]) -> String {
    let [status, bounds, history] = results else { return String::new() };
    let edges = ["width", "height", "depth"].map(|edge| count(status, edge).to_string());
    let read_only = if flag(status, "read_only") { " (read only)" } else { "" };
    let lines = [
        format!("project  {}{read_only}", text(status, "name")),
        format!("size     {}", edges.join(" x ")),
        format!("layers   {}", counted(count(status, "layer_count"), "layer")),
        format!("voxels   {}", counted(count(status, "voxel_count"), "voxel")),
        format!("bounds   {}", show_bounds(bounds)),
        format!("history  {}", show_history(history)),
        format!("daemon   {}", text(status, "version")),
    ];
    lines.join("\n")
}

pub(super) fn show_bounds(bounds: &Value<'_>) -> String {
    if flag(bounds, "empty") {
        return "empty".to_owned();
    }
    let joined = |name: &str, by: &str| {
        let parts = bounds.get(name).map(|list| list.elements().map(|part| raw(&part)).collect());
        parts.map_or_else(|| "?".to_owned(), |parts: Vec<_>| parts.join(by))
    };
    format!("{} to {} ({})", joined("min", ","), joined("max", ","), joined("dimensions", " x "))
}

/// `undone (2 to undo, 1 to redo)`, or how many of several steps were.
pub(super) fn show_steps(done: &str, results: &[Value<'_>]) -> String {
    let Some(last) = results.last() else { return String::new() };
    let steps = results.iter().filter(|result| flag(result, "success")).count() as u64;
    if steps == 0 {
        return format!("nothing to be {done}");
    }
    let steps = if results.len() > 1 { counted(steps, "step") + " " } else { String::new() };
    format!("{steps}{done} ({})", show_history(last))
}

pub(super) fn show_history(result: &Value<'_>) -> String {
    format!("{} to undo, {} to redo", count(result, "undo"), count(result, "redo"))
}

/// The methods that are asked for: those of these names, else those whose names hold them. All of
/// them where none is named.
fn chosen(names: &[String]) -> Vec<&'static Info> {
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

/// Every name must stand for a method.
pub(super) fn check_methods(names: &[String]) -> Result<()> {
    let unknown = names.iter().find(|name| chosen(std::slice::from_ref(name)).is_empty());
    match unknown {
        Some(name) => bail!(Usage(format!("no method's name holds \"{name}\""))),
        None => Ok(()),
    }
}

/// One paragraph a method: how it is called, what it does, what it gives; where methods are named,
/// what each parameter must be, too.
pub(super) fn show_methods(names: &[String]) -> String {
    let paragraph = |info: &'static Info| {
        if names.is_empty() { short(info) } else { in_full(info) }
    };
    chosen(names).into_iter().map(paragraph).collect::<Vec<_>>().join("\n")
}

fn short(info: &Info) -> String {
    let params: Vec<_> = info.params.iter().map(Param::name).collect();
    let call = format!("{} {}", info.name, params.join(" "));
    format!("{}\n    {}\n    -> {}", call.trim_end(), info.summary, info.result)
}

fn in_full(info: &Info) -> String {
    let mut lines = vec![info.name.to_owned(), format!("    {}", info.summary)];
    if !info.aliases.is_empty() {
        lines.push(format!("    also called {}", info.aliases.join(", ")));
    }
    let width = info.params.iter().map(|param| param.names.len()).max().unwrap_or(0);
    for (index, param) in info.params.iter().enumerate() {
        let place = match index < info.positional {
            true => format!("{}", index + 1),
            false => "-".to_owned(),
        };
        lines.push(format!("    {place:>2}  {:width$}  {}", param.names, param.what));
    }
    lines.push(format!("    -> {}", info.result));
    lines.join("\n")
}

pub(crate) fn methods_json(names: &[String]) -> String {
    let mut out = Vec::new();
    Writer::new(&mut out).array(|writer| {
        for info in chosen(names) {
            writer.item().object(|writer| {
                writer.member("method", info.name);
                writer.key("params").array(|writer| {
                    info.params.iter().for_each(|param| writer.element(param.name()));
                });
                writer.member("result", info.result);
                writer.member("description", info.summary);
            });
        }
    });
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends(
            "info",
            &[
                r#"goxel.get_status { "project": "p" }"#,
                r#"goxel.get_bounding_box { "layer_id": -2, "project": "p" }"#,
                r#"goxel.history { "project": "p" }"#,
            ],
        );
        sends("undo", &[r#"goxel.undo { "project": "p" }"#]);
        sends("redo 2", &[r#"goxel.redo { "project": "p" }"#; 2]);
        sends("history", &[r#"goxel.history { "project": "p" }"#]);
        sends("ping", &["ping {}"]);
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
    fn the_state_of_a_project() {
        shows(
            "info",
            &[
                r#"{"version": "15", "layer_count": 2, "read_only": false, "width": 8, "height": 8,
                    "depth": 4, "name": "castle", "voxel_count": 45678}"#,
                r#"{"empty": false, "min": [-1, 0, 0], "max": [3, 3, 3], "dimensions": [5, 4, 4]}"#,
                r#"{"undo": 3, "redo": 0}"#,
            ],
            "project  castle\nsize     8 x 8 x 4\nlayers   2 layers\nvoxels   45,678 voxels\n\
             bounds   -1,0,0 to 3,3,3 (5 x 4 x 4)\nhistory  3 to undo, 0 to redo\ndaemon   15",
        );
        shows("bbox", &[r#"{"empty": true}"#], "empty");
        shows(
            "undo",
            &[r#"{"success": true, "undo": 2, "redo": 1}"#],
            "undone (2 to undo, 1 to redo)",
        );
        let none = r#"{"success": false, "undo": 0, "redo": 2}"#;
        let one = r#"{"success": true, "undo": 0, "redo": 2}"#;
        shows("undo 2", &[one, none], "1 step undone (0 to undo, 2 to redo)");
        shows("undo", &[none], "nothing to be undone");
        shows("history", &[none], "0 to undo, 2 to redo");
    }

    #[test]
    fn the_table_of_methods() {
        let shown = show_methods(&[]);
        assert!(shown.contains("goxel.undo project\n    Takes back the last change.\n"), "{shown}");
        assert!(shown.starts_with("echo\n"));
        let count = |names: Vec<String>| {
            let json = methods_json(&names);
            Value::parse(json.as_bytes()).unwrap().elements().count()
        };
        assert_eq!(count(vec![]), Method::ALL.len());
        assert_eq!(count(vec!["echo".to_owned(), "renders".to_owned()]), 2);
    }

    #[test]
    fn one_method_in_full() {
        shows(
            "methods goxel.open_file",
            &[],
            "goxel.load_project\n    Loads a file as a project: .gox or .vox, told apart by content.\n    \
             also called goxel.open_file\n     1  path|file_path  a string\n     \
             -  name            a string\n    -> {success, path, name}",
        );
        let error = check_methods(&["undo".to_owned(), "nope".to_owned()]).unwrap_err();
        assert_eq!(error.to_string(), "no method's name holds \"nope\"");
    }
}
