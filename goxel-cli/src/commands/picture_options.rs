//! The options of a picture: a flag for each that the table of methods has.

use std::str::FromStr;

use clap::builder::TypedValueParser as _;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use goxel_proto::Method;
use goxel_proto::json::{ToJson, Writer};
use goxel_proto::method::{Field, Kind};
use goxel_proto::types::CameraPreset;

use super::file_options::{Given, fields, flag, given};
use crate::parse::{Colour, ParseError, Range};

/// Under which heading help lists them.
const HEADING: &str = "How the picture looks";
/// Options that are no flags: where the picture goes, other arguments say.
const NO_FLAGS: [&str; 2] = ["return_mode", "output_dir"];
/// The words for a picture that shows what is behind it.
const NOTHING: [&str; 2] = ["none", "transparent"];
/// What a sheet shows where it is not said.
const SHEET: &str = r#"["front", "right", "top", "isometric"]"#;

/// The options of a picture.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct PictureFlags(Vec<Given>);

impl PictureFlags {
    /// The member `options`, with others before them, where there are any of both.
    pub(super) fn write(&self, others: &[(&str, &str)], writer: &mut Writer<'_>) {
        if self.0.is_empty() && others.is_empty() {
            return;
        }
        writer.key("options").object(|writer| {
            others.iter().for_each(|(name, value)| writer.member(name, *value));
            self.0.iter().for_each(|option| option.write(writer));
        });
    }

    /// The value of an option as it was written, without quotes.
    pub(super) fn word(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|option| option.name == name)?;
        Some(found.json.trim_matches('"'))
    }
}

/// The options of the table that are flags.
pub(super) fn flags() -> impl Iterator<Item = &'static Field> {
    let all = fields(Method::RenderScene, "options").iter();
    all.filter(|field| !NO_FLAGS.contains(&field.name()))
}

/// The flag of an option. Those of the kinds that files have too are as theirs.
fn picture_flag(field: &'static Field) -> Arg {
    let arg = flag(field, HEADING);
    match field.name() {
        "background" => arg.value_parser(background).value_name("COLOR"),
        "clip" | "cut" => arg
            .value_parser(aabb)
            .value_name("BOX")
            .action(ArgAction::Append)
            .help(format!("{}, such as 0..9,0..9,0; may be repeated", about(field))),
        "layers" => list(arg.value_parser(layer).value_name("NAME")),
        "highlight" => arg.value_parser(version).value_name("VERSION"),
        "views" => list(arg.value_parser(preset()).value_name("PRESET")),
        _ => match field.kind.plain() {
            Kind::Colour => arg.value_parser(colour).value_name("COLOR"),
            Kind::Array { .. } => {
                arg.value_parser(place).value_name("X,Y,Z").allow_hyphen_values(true)
            }
            Kind::Number { .. } | Kind::Integer { .. } => arg.allow_hyphen_values(true),
            _ => arg,
        },
    }
}

fn about(field: &Field) -> &'static str {
    field.about.trim_end_matches('.')
}

/// A flag of several values, with commas between them or said again.
fn list(arg: Arg) -> Arg {
    arg.action(ArgAction::Append).value_delimiter(',')
}

/// A value as JSON.
fn json(value: impl ToJson) -> String {
    let mut text = Vec::new();
    Writer::new(&mut text).value(value);
    String::from_utf8_lossy(&text).into_owned()
}

fn preset() -> impl clap::builder::TypedValueParser<Value = String> {
    super::word::word::<CameraPreset>().map(|preset| json(goxel_proto::types::Word::name(preset)))
}

fn colour(text: &str) -> Result<String, ParseError> {
    text.parse().map(|Colour(rgba)| json(rgba))
}

/// A colour, nothing, or two colours with a colon between them.
fn background(text: &str) -> Result<String, ParseError> {
    if NOTHING.contains(&text) {
        return Ok(json("transparent"));
    }
    match text.split_once(':') {
        Some((upper, lower)) => Ok(format!("[{}, {}]", colour(upper)?, colour(lower)?)),
        None => colour(text),
    }
}

fn aabb(text: &str) -> Result<String, ParseError> {
    let Range { low, high } = text.parse()?;
    let (low, high) = (low.to_array(), high.to_array());
    Ok(format!(r#"{{ "min": {}, "max": {} }}"#, json(low), json(high)))
}

/// A layer by its name, or by its id.
fn layer(text: &str) -> Result<String, ParseError> {
    version(text)
}

/// A number, or a name.
fn version(text: &str) -> Result<String, ParseError> {
    Ok(u32::from_str(text).map_or_else(|_| json(text), |number| number.to_string()))
}

/// Three numbers.
fn place(text: &str) -> Result<String, String> {
    let parts: Vec<_> = text.split(',').map(str::trim).collect();
    if parts.len() != 3 {
        return Err(format!("a position has 3 parts x,y,z, not {}", parts.len()));
    }
    let parts: Result<Vec<_>, String> =
        parts.into_iter().map(super::file_options::number::<f64>).collect();
    Ok(format!("[{}]", parts?.join(", ")))
}

impl Args for PictureFlags {
    fn augment_args(command: Command) -> Command {
        let sheet = Arg::new("sheet")
            .long("sheet")
            .help("Front, right, top and isometric, as one picture")
            .action(ArgAction::SetTrue)
            .conflicts_with("views")
            .help_heading(HEADING);
        command.arg(sheet).args(flags().map(picture_flag))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for PictureFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut all = given(flags(), matches);
        if matches.get_flag("sheet") {
            all.push(Given { name: "views", json: SHEET.to_owned() });
        }
        Ok(Self(all))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl std::fmt::Debug for PictureFlags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}
