//! What each command sends and what it prints of the answer.
//!
//! Both are functions without side effects: [`build`] appends requests to a buffer, [`show`] makes
//! text of their results. The families of commands are in the modules below, both directions
//! together; what is no request and an answer is in [`crate::session`].

mod colours;
mod layers;
mod projects;
mod render;
mod reshape;
mod scene;
mod shapes;
mod structure;
mod system;
mod table;
#[cfg(test)]
pub(crate) mod testing;
mod values;
mod voxels;

pub(crate) use system::methods_json;
pub(crate) use table::swatch;
pub(crate) use values::{count, counted, raw, text};
pub(crate) use voxels::{Page, page, write_layer};

use anyhow::{Result, bail};
use goxel_client::Requests;
use goxel_proto::json::Value;

use crate::args::{Camera, Command, Heightmap, Layer, Material, Shape, Stroke};
use crate::error::Usage;

/// What decides how results look.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Look {
    /// Standard output takes colours.
    pub(crate) colour: bool,
}

/// Appends the requests that `command` sends.
///
/// # Errors
/// Where the command cannot be sent as it stands.
pub(crate) fn build(command: &Command, out: &mut Requests) -> Result<()> {
    use Command as C;
    match command {
        C::AddVoxels(_)
        | C::RemoveVoxels(_)
        | C::PaintVoxels { .. }
        | C::GetVoxel { .. }
        | C::Fill { .. }
        | C::Flood { .. }
        | C::Clear { .. }
        | C::Bbox(_) => voxels::build(command, out),
        C::Shape(_) | C::Line(_) | C::Heightmap(_) => shapes::build(command, out)?,
        C::Count { .. } | C::Components { .. } | C::Faces(_) => structure::build(command, out),
        C::ReplaceColor { .. }
        | C::Mirror { .. }
        | C::Rotate { .. }
        | C::Move { .. }
        | C::Scale { .. }
        | C::Crop { .. }
        | C::Extrude { .. }
        | C::Hollow { .. }
        | C::Dilate(_)
        | C::Erode(_)
        | C::Copy { .. } => reshape::build(command, out),
        C::Histogram { .. } | C::Colors { .. } | C::Find { .. } => colours::build(command, out),
        C::New { .. }
        | C::Open { .. }
        | C::Save { .. }
        | C::Import { .. }
        | C::Export { .. }
        | C::Convert { .. }
        | C::Projects
        | C::Use { .. }
        | C::Close { .. } => projects::build(command, out)?,
        C::Layer(layer) => layers::build(layer, out),
        C::Material(_) | C::Camera(_) | C::Palette { .. } => scene::build(command, out),
        C::Render { .. } | C::Show { .. } => render::build(command, out)?,
        C::Info | C::Undo { .. } | C::Redo { .. } | C::History | C::Ping => {
            system::build(command, out);
        }
        C::Call { method, params } => system::call(method, params.as_deref(), out)?,
        C::Methods { names } => system::check_methods(names)?,
        C::GetVoxels { .. }
        | C::Batch { .. }
        | C::Shell
        | C::Watch { .. }
        | C::Daemon(_)
        | C::Completions { .. }
        | C::Man { .. }
        | C::Old(_) => bail!(Usage("not possible in a batch".into())),
    }
    Ok(())
}

/// What people see of the results of `command`, one for each request that it sent.
///
/// # Errors
/// Where a result is not what the command asked for.
pub(crate) fn show(command: &Command, results: &[Value<'_>], look: Look) -> Result<String> {
    use Command as C;
    let Some(result) = results.last() else {
        return Ok(match command {
            C::Methods { names } => system::show_methods(names),
            _ => String::new(),
        });
    };
    Ok(match command {
        C::New { .. } => projects::show_created(result),
        C::Open { .. } => format!("opened {}", text(result, "name")),
        C::Import { .. } => format!("imported {}", text(result, "path")),
        C::Save { .. } => format!("saved {}", text(result, "path")),
        C::Export { .. } => format!("exported {}", text(result, "path")),
        C::Convert { .. } => format!("converted to {}", text(result, "output_path")),
        C::Projects => projects::show_list(result),
        C::Use { .. } => format!("using {}", text(result, "name")),
        C::Close { .. } => format!("closed {}", text(result, "name")),
        C::AddVoxels(_) | C::Fill { .. } => voxels::show_changed("added", result, "added"),
        C::RemoveVoxels(_) => voxels::show_changed("removed", result, "removed"),
        C::PaintVoxels { .. } => voxels::show_changed("painted", result, "painted"),
        C::Flood { .. } => voxels::show_changed("coloured", result, "voxels_filled"),
        C::Shape(Shape { how, .. })
        | C::Line(Stroke { how, .. })
        | C::Heightmap(Heightmap { how, .. }) => shapes::show(*how, result),
        C::Count { .. } => count(result, "count").to_string(),
        C::Components { .. } => structure::show_components(result),
        C::Faces(_) => structure::show_faces(result),
        C::ReplaceColor { .. }
        | C::Mirror { .. }
        | C::Rotate { .. }
        | C::Move { .. }
        | C::Scale { .. }
        | C::Crop { .. }
        | C::Extrude { .. }
        | C::Hollow { .. }
        | C::Dilate(_)
        | C::Erode(_)
        | C::Copy { .. } => reshape::show(result),
        C::Clear { .. } => format!("cleared {}", text(result, "name")),
        C::GetVoxel { .. } => voxels::show_colour(result, look)?,
        C::Layer(layer) => layers::show(layer, result),
        C::Material(_) | C::Camera(_) | C::Palette { .. } => scene::show(command, result, look),
        C::Info => system::show_info(results),
        C::Bbox(_) => system::show_bounds(result),
        C::Histogram { .. } => colours::show_histogram(result, look),
        C::Colors { .. } => colours::show_colours(result, look),
        C::Find { .. } => colours::show_places(result),
        C::Undo { .. } => system::show_steps("undone", results),
        C::Redo { .. } => system::show_steps("done again", results),
        C::History => system::show_history(result),
        C::Render { .. } => format!("rendered {}", text(result, "output_path")),
        C::Show { .. } => render::show(result, look)?,
        C::Ping => "pong".to_owned(),
        _ => raw(result),
    })
}

/// The results of one command as one line of JSON.
pub(crate) fn show_json(command: &Command, results: &[Value<'_>]) -> String {
    match (command, results) {
        (Command::Methods { names }, _) => methods_json(names),
        (Command::Info, [status, bounds, history]) => {
            let (status, bounds, history) = (raw(status), raw(bounds), raw(history));
            format!(
                "{{ \"status\": {status}, \"bounding_box\": {bounds}, \"history\": {history} }}"
            )
        }
        // Several steps back are one command.
        _ => results.last().map(raw).unwrap_or_default(),
    }
}

impl Command {
    /// Whether it asks for something that is to be printed, even where confirmations are not.
    pub(crate) fn is_question(&self) -> bool {
        use Command as C;
        matches!(
            self,
            C::Projects
                | C::GetVoxel { .. }
                | C::GetVoxels { .. }
                | C::Layer(Layer::List)
                | C::Material(Material::List)
                | C::Camera(Camera::List)
                | C::Palette { .. }
                | C::Info
                | C::Bbox(_)
                | C::Count { .. }
                | C::Components { .. }
                | C::Faces(_)
                | C::Histogram { .. }
                | C::Colors { .. }
                | C::Find { .. }
                | C::History
                | C::Show { .. }
                | C::Call { .. }
                | C::Methods { .. }
                | C::Ping
        )
    }

    /// Whether it reads, writes or renders a file, or a picture.
    pub(crate) fn takes_long(&self) -> bool {
        use Command as C;
        matches!(
            self,
            C::Open { .. }
                | C::Save { .. }
                | C::Import { .. }
                | C::Export { .. }
                | C::Convert { .. }
                | C::Heightmap(_)
                | C::Render { .. }
                | C::Show { .. }
        )
    }

    /// Whether it may be on its way together with others: then those behind it are carried out
    /// although it fails. That is harmless among edits and questions about voxels; what chooses,
    /// loads, saves or undoes waits. Their replies are short too, so that they fit the buffers of
    /// the socket while nobody reads them.
    pub(crate) fn may_overlap(&self) -> bool {
        use Command as C;
        match self {
            C::AddVoxels(add) => add.file.is_none(),
            C::RemoveVoxels(remove) => remove.file.is_none(),
            other => matches!(
                other,
                C::Fill { .. }
                    | C::PaintVoxels { .. }
                    | C::Shape(_)
                    | C::Line(_)
                    | C::GetVoxel { .. }
                    | C::Bbox(_)
            ),
        }
    }

    /// Whether it changes one project's voxels and layers, or only asks: what an atomic batch can
    /// take back.
    pub(crate) fn can_be_taken_back(&self) -> bool {
        use Command as C;
        let edits = matches!(
            self,
            C::AddVoxels(_)
                | C::RemoveVoxels(_)
                | C::PaintVoxels { .. }
                | C::Fill { .. }
                | C::Flood { .. }
                | C::Shape(_)
                | C::Line(_)
                | C::Heightmap(_)
                | C::Extrude { .. }
                | C::Hollow { .. }
                | C::Dilate(_)
                | C::Erode(_)
                | C::ReplaceColor { .. }
                | C::Mirror { .. }
                | C::Rotate { .. }
                | C::Move { .. }
                | C::Scale { .. }
                | C::Crop { .. }
                | C::Copy { .. }
                | C::Clear { .. }
                | C::Layer(_)
                | C::Material(_)
                | C::Camera(_)
                | C::Palette { .. }
        );
        edits || (self.is_question() && !matches!(self, C::Call { .. }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_as_json() {
        let values = ["{\"a\": 1}", "[2]", "{}"];
        let values = values.map(|text| Value::parse(text.as_bytes()).unwrap());
        let undo = Command::Undo { steps: 2 };
        assert_eq!(show_json(&undo, &values[..2]), "[2]");
        let all = "{ \"status\": {\"a\": 1}, \"bounding_box\": [2], \"history\": {} }";
        assert_eq!(show_json(&Command::Info, &values), all);
    }
}
