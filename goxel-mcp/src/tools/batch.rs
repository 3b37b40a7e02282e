//! `batch`: many edits as one, all of them or none.

use goxel_proto::method::{Field, Kind};
use serde_json::{Value, json};

use super::args::Args;
use super::edit::{Act, Editing, LOOK};
use super::params::PROJECT;
use super::spec::{Does, Spec};
use super::voxels::members;
use super::{layers, paint, reshape, scene, shapes, text, voxels};
use crate::tool::{Effect, Object, Refused};

/// Steps of one call: each is a request, while others wait for the project.
const STEPS_MAX: usize = 256;

/// What can be a step: every edit but going back, since a batch is one step of the history itself.
const EDITS: [&Spec; 9] = [
    &voxels::PLACE,
    &voxels::REMOVE,
    &shapes::DRAW,
    &text::DRAW,
    &paint::PAINT,
    &reshape::TRANSFORM,
    &layers::EDIT,
    &scene::MATERIAL,
    &scene::PALETTE,
];

pub(super) const BATCH: Spec = Spec {
    name: "batch",
    title: "Do many edits as one",
    about: "Carries out up to 256 edits of a project, all or none: one undo step, one picture. Each is an \
            editing tool by name (any but undo) and its arguments without project_id and look. Use it for a \
            whole part: add a layer, fill it, carve it.",
    effect: Effect::Changes,
    idempotent: false,
    params: &[
        PROJECT,
        Field::needed(
            "steps",
            Kind::Array {
                of: &Kind::Object(&[
                    Field::needed("tool", Kind::Text, "Its name."),
                    Field::needed("arguments", Kind::Any, "Object."),
                ]),
                min: 1,
                max: STEPS_MAX,
            },
            "In their order.",
        ),
        LOOK,
    ],
    examples: &[
        r#"{"project_id":"p1","steps":[{"tool":"place_voxels","arguments":{"boxes":[[0,0,0,9,0,5]]}}]}"#,
    ],
    gives: &[Field::needed("results", Kind::list(&Kind::Any), "")],
    does: Does::Edits(batch),
};

fn batch(editing: &mut Editing<'_, '_>, args: &mut Args) -> Result<Object, Refused> {
    let Some(Value::Array(steps)) = args.take("steps") else { return Ok(Object::new()) };
    // All of them are looked at before the first is carried out.
    let steps = steps.into_iter().enumerate().map(|(at, step)| read(editing.project(), at, step));
    let steps = steps.collect::<Result<Vec<_>, _>>()?;
    editing.together(|editing| {
        let mut results = Vec::new();
        for Step { place, act, mut args } in steps {
            let told = act(editing, &mut args).map_err(|refused| within(&place, &refused))?;
            results.push(Value::Object(told));
        }
        Ok(members(json!({"results": results})))
    })
}

/// A step that can be carried out.
struct Step {
    /// Where in the call it stands, and which tool it is.
    place: String,
    act: Act,
    args: Args,
}

fn read(project: &str, at: usize, mut step: Value) -> Result<Step, Refused> {
    let name = step["tool"].as_str().unwrap_or_default().to_owned();
    let place = format!("steps[{at}] ({name})");
    let Some(spec) = EDITS.iter().find(|spec| spec.name == name) else {
        let names: Vec<_> = EDITS.iter().map(|spec| spec.name).collect();
        let near = goxel_proto::suggest::nearest(&name, names.iter().copied());
        let near = near.map_or_else(|| ".".to_owned(), |near| format!(": is \"{near}\" meant?"));
        let known = names.join(", ");
        return Err(Refused::new(format!(
            "steps[{at}].tool: \"{name}\" cannot be a step{near} Steps are: {known}."
        )));
    };
    let Value::Object(mut given) = step["arguments"].take() else {
        return Err(Refused::new(format!(
            "steps[{at}].arguments must be an object of the arguments of {name}."
        )));
    };
    if given.get("look").is_some_and(|look| *look != json!(false)) {
        return Err(Refused::new(format!(
            "{place}: look belongs to the batch, which has one picture."
        )));
    }
    let own = given.insert("project_id".to_owned(), project.into());
    if own.is_some_and(|own| own != project) {
        return Err(Refused::new(format!(
            "{place}: a batch is of one project: leave project_id out."
        )));
    }
    let Does::Edits(act) = spec.does else {
        return Err(Refused::new(format!("{place} cannot be a step.")));
    };
    let args =
        Args::read(spec.name, spec.params, given).map_err(|refused| within(&place, &refused))?;
    Ok(Step { place, act, args })
}

/// Says where in a batch something is wrong, and what that means for the rest.
fn within(place: &str, refused: &Refused) -> Refused {
    let words = format!("{place}: {} Nothing of the batch was kept.", refused.words);
    Refused { words, broken: refused.broken }
}
