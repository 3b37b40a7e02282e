//! Files: saving and exporting.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::{Value, json};

use super::args::Args;
use super::ask::{self, Request};
use super::params::{self, PROJECT};
use super::spec::{Does, Spec};
use crate::tool::{Call, Effect, Outcome, Refused};

/// How a file is written.
const fn write_option(name: &'static str, about: &'static str) -> Field {
    params::plain(params::said(params::inside(Method::ExportModel, "options", name), about))
}

/// What a file that was read or written does not have.
pub(super) const WARNINGS: Field = Field::absent("warnings", Kind::list(&Kind::Text), "");
const OVERWRITE: Field = Field::absent("overwrite", Kind::Bool, "Replace a file that is there.");

/// What is lost, in words.
pub(super) fn warn(structured: &mut Value, told: &Value) {
    let warnings = told["warnings"].as_array().map(Vec::as_slice).unwrap_or_default();
    if warnings.is_empty() {
        return;
    }
    let words = |warning: &Value| {
        format!("{} ({})", warning["what"].as_str().unwrap_or_default(), warning["count"])
    };
    structured["warnings"] = warnings.iter().map(words).collect::<Vec<_>>().into();
}

/// How a file is written, where the format has a use for it.
const OPTIONS: [&str; 3] = ["closed", "unit", "scale"];

pub(super) const SAVE: Spec = Spec {
    name: "save_file",
    title: "Save or export a project",
    about: "Writes a project to a file in the format of its extension: .gox keeps everything, .vox the layers; \
            others what shows: .glb .gltf .obj .stl .3mf .ply .usda (meshes), .qb .xraw .schem, .png. The \
            options are for meshes; for printing closed and unit millimetre.",
    effect: Effect::Destroys,
    idempotent: true,
    params: &[
        PROJECT,
        Field::needed("path", Kind::Path, "Relative to the workspace."),
        OVERWRITE,
        write_option("closed", "Closed and manifold."),
        write_option("unit", "Of lengths."),
        write_option("scale", "A voxel's edge in that unit."),
    ],
    examples: &[],
    gives: &[
        Field::needed("path", Kind::Text, ""),
        Field::absent("beside", Kind::list(&Kind::Text), ""),
        WARNINGS,
    ],
    does: Does::Answers(save),
};

fn save(call: &mut Call<'_>, args: &mut Args) -> Result<Outcome, Refused> {
    let named = args.text("path").unwrap_or_default().to_owned();
    let mut options = json!({});
    for name in OPTIONS {
        if let Some(value) = args.take(name) {
            options[name] = value;
        }
    }
    // Those hold the layers, where a saved project is meant.
    let holds_layers = ["gox", "vox"].iter().any(|extension| has_extension(&named, extension));
    let method = if holds_layers { Method::SaveProject } else { Method::ExportModel };
    let request = Request::new(method)
        .with("path", call.limits.path(&named))
        .with("options", options)
        .with("overwrite", may_overwrite(call, args)?)
        .of(&args.project());
    write(call, &request, json!({"path": named}))
}

fn has_extension(path: &str, extension: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|end| end.eq_ignore_ascii_case(extension))
}

fn may_overwrite(call: &Call<'_>, args: &Args) -> Result<bool, Refused> {
    let asked = args.flag("overwrite");
    if asked && !call.limits.overwrite {
        return Err(Refused::new(
            "overwrite: this server was started so that no file is written over: choose another path.",
        ));
    }
    Ok(asked)
}

fn write(
    call: &mut Call<'_>,
    request: &Request,
    mut structured: Value,
) -> Result<Outcome, Refused> {
    let told = match ask::attempt(call, request)? {
        Ok(told) => told,
        Err(refusal) => {
            // What to do about a file that is there.
            let there = refusal.message.contains("a file is there already");
            let hint = if there { " Choose another path, or say overwrite: true." } else { "" };
            let refused = ask::refused(call, request, &refusal);
            return Err(Refused::new(format!("{}{hint}", refused.words)));
        }
    };
    for name in ["beside", "up", "unit"] {
        if let Some(value) = told.get(name) {
            structured[name] = value.clone();
        }
    }
    warn(&mut structured, &told);
    Ok(Outcome { structured, ..Outcome::default() })
}
