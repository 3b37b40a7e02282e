//! The options of files that are read and written: a flag for each that the table of methods has.

use std::fmt;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use goxel_proto::Method;
use goxel_proto::json::Writer;
use goxel_proto::method::{Field, Kind};

use crate::parse::{ParseError, Pixels};

/// Under which heading help lists the flags of files that are written.
const WRITING: &str = "How the file is written";
/// Under which heading it lists those of files that are read.
const READING: &str = "How the file is read";

/// The options of a file that is written.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Writes(Vec<Given>);

/// The options of a file that is read.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Reads(Vec<Given>);

/// An option that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) name: &'static str,
    pub(super) json: String,
}

impl Given {
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        writer.key(self.name).raw(self.json.as_bytes());
    }
}

impl Writes {
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        write("options", &self.0, writer);
    }
}

impl Reads {
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        write("read_options", &self.0, writer);
    }
}

/// The member of this name, where there are options.
fn write(name: &str, given: &[Given], writer: &mut Writer<'_>) {
    if given.is_empty() {
        return;
    }
    writer.key(name).object(|writer| {
        given.iter().for_each(|option| option.write(writer));
    });
}

/// The fields of a parameter that is an object.
pub(super) fn fields(method: Method, name: &str) -> &'static [Field] {
    let field = method.info().params.iter().find(|field| field.name() == name);
    match field.map(|field| field.kind.plain()) {
        Some(Kind::Object(fields)) => fields,
        _ => &[],
    }
}

fn written() -> &'static [Field] {
    fields(Method::Convert, "options")
}

fn read() -> &'static [Field] {
    fields(Method::Convert, "read_options")
}

/// The flag of an option, and the one that takes it back where it is so by itself.
pub(super) fn flag(field: &Field, heading: &'static str) -> Arg {
    let about = field.about.trim_end_matches('.');
    let flag = Arg::new(field.name()).long(field.name().replace('_', "-")).help_heading(heading);
    let default = field.default.map(|default| default.trim_matches('"').to_owned());
    let default = default.filter(|default| !matches!(&default[..], "false" | "0"));
    let help = match default {
        Some(default) => format!("{about} [default: {default}]"),
        None => about.to_owned(),
    };
    let flag = flag.help(help).action(ArgAction::Set);
    match field.kind.plain() {
        Kind::Bool => flag
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_name("BOOL")
            .value_parser(PossibleValuesParser::new(["true", "false"])),
        Kind::Word(words) => {
            let spellings = (words.spellings)();
            flag.value_parser(PossibleValuesParser::new(spellings)).value_name("WORD")
        }
        Kind::Text => flag.value_name("NAME"),
        Kind::Array { .. } => flag.value_parser(pixels).value_name("WxH"),
        Kind::Number { .. } => flag.value_parser(number::<f64>).value_name("NUMBER"),
        _ => flag.value_parser(number::<i64>).value_name("COUNT"),
    }
}

/// The size of a picture, as the daemon takes it.
fn pixels(text: &str) -> Result<String, ParseError> {
    let Pixels { width, height } = text.parse()?;
    Ok(format!("[{width}, {height}]"))
}

/// A number, which goes on as it was written: the daemon tells whether it is in its range.
pub(super) fn number<T: std::str::FromStr<Err: fmt::Display>>(
    text: &str,
) -> Result<String, String> {
    match text.parse::<T>() {
        // What Rust reads and JSON does not: a plus in front, a dot at the end, words.
        Ok(_) if goxel_proto::json::Value::parse(text.as_bytes()).is_ok() => Ok(text.to_owned()),
        Ok(_) => Err("write it as 12 or 0.5".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// The options that were given. What may be repeated is an array.
pub(super) fn given(
    fields: impl Iterator<Item = &'static Field>,
    matches: &ArgMatches,
) -> Vec<Given> {
    let given = |field: &'static Field| {
        let mut values = matches.get_many::<String>(field.name())?.map(String::as_str);
        let json = match field.kind.plain() {
            Kind::Word(_) | Kind::Text => quoted(values.next()?),
            kind if is_list(kind) => format!("[{}]", values.collect::<Vec<_>>().join(", ")),
            _ => values.next()?.to_owned(),
        };
        Some(Given { name: field.name(), json })
    };
    fields.filter_map(given).collect()
}

/// Whether a flag may be given several times: lists of anything but the numbers of one value, and what is one
/// box or several.
fn is_list(kind: &Kind) -> bool {
    match kind {
        Kind::Array { of, .. } => !matches!(of, Kind::Number { .. } | Kind::Integer { .. }),
        Kind::AnyOf(kinds) => {
            kinds.iter().any(|kind| matches!(kind, Kind::Array { of: Kind::Named(_), .. }))
        }
        _ => false,
    }
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    let mut json = Vec::new();
    Writer::new(&mut json).value(text);
    String::from_utf8_lossy(&json).into_owned()
}

macro_rules! group {
    ($group:ident, $fields:ident, $heading:ident) => {
        impl Args for $group {
            fn augment_args(command: Command) -> Command {
                // One flag stands for an option of both reading and writing.
                let known: Vec<String> =
                    command.get_arguments().map(|arg| arg.get_id().to_string()).collect();
                let new = |field: &&Field| !known.iter().any(|known| known == field.name());
                let fields = $fields().iter().filter(new);
                command.args(fields.map(|field| flag(field, $heading)))
            }

            fn augment_args_for_update(command: Command) -> Command {
                Self::augment_args(command)
            }
        }

        impl FromArgMatches for $group {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                Ok(Self(given($fields().iter(), matches)))
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?;
                Ok(())
            }
        }

        impl fmt::Debug for $group {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(&self.0).finish()
            }
        }
    };
}
group!(Writes, written, WRITING);
group!(Reads, read, READING);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::testing::{parse_error, sends};

    #[test]
    fn flags_are_the_options_of_the_table() {
        assert!(written().len() > 10 && read().len() > 3);
        sends(
            "export /a.stl --closed --scale 2.5 --up z --strict --cavities=false --alpha-min 9",
            &[
                r#"goxel.export_model { "path": "/a.stl", "options": { "strict": true, "alpha_min": 9, "closed": true, "cavities": false, "up": "z", "scale": 2.5 }, "project": "p" }"#,
            ],
        );
        sends(
            "convert /a.glb /b.vox --resolution 64 --fill surface --from gltf --strict",
            &[
                r#"goxel.convert { "path": "/a.glb", "output_path": "/b.vox", "options": { "strict": true }, "read_options": { "from": "gltf", "resolution": 64, "fill": "surface", "strict": true } }"#,
            ],
        );
        sends(
            "convert /a.vox /b.png --size 64x32 --camera left",
            &[
                r#"goxel.convert { "path": "/a.vox", "output_path": "/b.png", "options": { "size": [64, 32], "camera": "left" } }"#,
            ],
        );
        sends(
            "import /a.stl --voxel-size 1e-1",
            &[
                r#"goxel.import_model { "path": "/a.stl", "read_options": { "voxel_size": 1e-1 }, "project": "p" }"#,
            ],
        );
    }

    #[test]
    fn values_that_are_none_are_refused() {
        for wrong in
            ["--scale x", "--scale +1", "--scale inf", "--up w", "--lods 1.5", "--closed=no"]
        {
            parse_error(&format!("export /a.obj {wrong}"));
        }
    }
}
