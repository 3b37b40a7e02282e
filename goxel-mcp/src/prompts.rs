//! Prompts: how to go about a job with these tools. People choose one in their client; a model gets its
//! text.
//!
//! Each names tools by their names, which a test holds, says which way the axes go, and that looking
//! belongs to building: models that build without looking are wrong about what they have built.

use goxel_proto::suggest::nearest;
use rmcp::model::{
    ErrorData, GetPromptResult, JsonObject, Prompt, PromptArgument, PromptMessage, Role,
};
use serde_json::Value;

use crate::pool::Confinement;

/// A prompt.
struct Row {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    arguments: &'static [Argument],
    /// Its text, in which `{name}` stands for what an argument says.
    text: &'static str,
}

struct Argument {
    name: &'static str,
    about: &'static str,
    /// What it is where it is not said; one that has nothing has to be said.
    default: Option<&'static str>,
}

const PROJECT: Argument = Argument {
    name: "project_id",
    about: "The project, as list_projects tells it.",
    default: None,
};

const ROWS: [Row; 4] = [
    Row {
        name: "build",
        title: "Build from a description",
        about: "Build a model from words: plan, block out, look, refine, check, save.",
        arguments: &[
            Argument { name: "description", about: "What to build.", default: None },
            Argument {
                name: "size",
                about: "How large, in voxels: 32x32x48, or in words.",
                default: Some("what the subject needs, at most 64 along the longest edge"),
            },
            Argument {
                name: "style",
                about: "Colours and manner: \"four muted colours\", \"toy-like\".",
                default: Some("a small palette of six colours or fewer, with clear contrast"),
            },
        ],
        text: include_str!("prompts/build.md"),
    },
    Row {
        name: "repair",
        title: "Repair a model",
        about: "Find and mend holes, floating parts, broken symmetry and stray colours.",
        arguments: &[
            PROJECT,
            Argument {
                name: "wish",
                about: "What is wrong, or what to leave alone.",
                default: Some("mend what is plainly damage, and leave what may be meant"),
            },
        ],
        text: include_str!("prompts/repair.md"),
    },
    Row {
        name: "recolour",
        title: "Recolour a model",
        about: "Give a model another scheme of colours, shape untouched.",
        arguments: &[
            PROJECT,
            Argument {
                name: "scheme",
                about: "The colours: \"autumn\", \"#204060 and gold\".",
                default: None,
            },
        ],
        text: include_str!("prompts/recolour.md"),
    },
    Row {
        name: "prepare_for_print",
        title: "Prepare for a 3D print",
        about: "Make a model one solid, printable part and export it for a slicer.",
        arguments: &[
            PROJECT,
            Argument {
                name: "height_mm",
                about: "How high the print is to be, in millimetres.",
                default: Some("60"),
            },
        ],
        text: include_str!("prompts/print.md"),
    },
];

/// What a model is told of the server as a whole.
pub(crate) fn instructions(confinement: &Confinement) -> String {
    let mut text = include_str!("prompts/instructions.md").trim_end().to_owned();
    let workspace = confinement.workspace.display();
    text.push_str(&format!(
        "\nPaths are relative to the workspace {workspace}; no other file can be reached."
    ));
    if confinement.read_only {
        text.push_str(
            " This server was started with --read-only: tools that change something refuse.",
        );
    }
    text
}

/// The list of the prompts.
pub(crate) fn list() -> Vec<Prompt> {
    ROWS.iter().map(listed).collect()
}

fn listed(row: &Row) -> Prompt {
    let argument = |argument: &Argument| {
        PromptArgument::new(argument.name)
            .with_description(argument.about)
            .with_required(argument.default.is_none())
    };
    let arguments = row.arguments.iter().map(argument).collect();
    Prompt::new(row.name, Some(row.about), Some(arguments)).with_title(row.title)
}

/// Whether a prompt has an argument.
///
/// # Errors
/// Where there is no such prompt.
pub(crate) fn takes(prompt: &str, argument: &str) -> Result<bool, ErrorData> {
    row(prompt).map(|row| row.arguments.iter().any(|known| known.name == argument))
}

/// The text of a prompt.
///
/// # Errors
/// Where there is no such prompt, or an argument is unknown, missing, or no text.
pub(crate) fn get(name: &str, arguments: &JsonObject) -> Result<GetPromptResult, ErrorData> {
    let row = row(name)?;
    let known = || row.arguments.iter().map(|argument| argument.name);
    if let Some(other) = arguments.keys().find(|key| known().all(|name| name != key.as_str())) {
        let meant = nearest(other, known());
        let meant = meant.map(|meant| format!(", did you mean {meant}?")).unwrap_or_default();
        let names = known().collect::<Vec<_>>().join(", ");
        return Err(bad(format!(
            "prompt {name} has no argument {other:?}{meant} It takes {names}"
        )));
    }
    let mut text = row.text.trim_end().to_owned();
    for argument in row.arguments {
        let value = match (arguments.get(argument.name), argument.default) {
            (Some(Value::String(value)), _) if !value.trim().is_empty() => value.trim(),
            (None | Some(Value::Null | Value::String(_)), Some(default)) => default,
            (None | Some(Value::Null | Value::String(_)), None) => {
                return Err(bad(format!(
                    "prompt {name} needs {}: {}",
                    argument.name, argument.about
                )));
            }
            (Some(_), _) => return Err(bad(format!("arguments.{} is no text", argument.name))),
        };
        text = text.replace(&format!("{{{}}}", argument.name), value);
    }
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(row.about))
}

fn row(name: &str) -> Result<&'static Row, ErrorData> {
    ROWS.iter().find(|row| row.name == name).ok_or_else(|| {
        let names = ROWS.map(|row| row.name).join(", ");
        bad(format!("no prompt {name:?}: there are {names}"))
    })
}

fn bad(what: String) -> ErrorData {
    ErrorData::invalid_params(what, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::TOOLS;
    use serde_json::json;

    fn text(name: &str, arguments: Value) -> Result<String, String> {
        let Value::Object(arguments) = arguments else { panic!("no object") };
        let result = get(name, &arguments).map_err(|error| error.message.into_owned())?;
        let message = &result.messages[0];
        Ok(message.content.as_text().unwrap().text.clone())
    }

    #[test]
    fn every_prompt_says_all_that_its_arguments_say() {
        for row in &ROWS {
            let mut arguments = JsonObject::new();
            for argument in row.arguments {
                arguments.insert(argument.name.to_owned(), json!(format!("<{}>", argument.name)));
            }
            let text = text(row.name, Value::Object(arguments)).unwrap();
            for argument in row.arguments {
                assert!(text.contains(&format!("<{}>", argument.name)), "{}: {text}", row.name);
            }
            assert!(!text.contains('{'), "{}: {text}", row.name);
            let needed = row.arguments.iter().filter(|argument| argument.default.is_none());
            let short: JsonObject =
                needed.map(|argument| (argument.name.to_owned(), json!("x"))).collect();
            assert!(get(row.name, &short).is_ok(), "{}", row.name);
        }
    }

    #[test]
    fn what_a_prompt_names_as_a_tool_is_one() {
        for row in &ROWS {
            for name in row.text.split('`').skip(1).step_by(2) {
                assert!(TOOLS.iter().any(|tool| tool.name == name), "{}: {name}", row.name);
            }
        }
    }

    #[test]
    fn prompts_that_are_not_there_and_arguments_that_are_wrong() {
        let check = |name: &str, arguments: Value, says: &str| {
            let words = text(name, arguments).unwrap_err();
            assert!(words.contains(says), "{words}");
        };
        check("biuld", json!({}), "there are build, repair");
        check("build", json!({}), "needs description");
        check("build", json!({"description": " "}), "needs description");
        check("build", json!({"description": 5}), "arguments.description is no text");
        check("repair", json!({"project": "x"}), "did you mean project_id?");
    }
}
