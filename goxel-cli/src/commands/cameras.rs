//! The cameras that a project keeps.

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::Value;

use super::list::commands;
use super::table::list;
use super::values::{count, flag, numbers, text};
use super::{Action, Layers, NO_LAYERS, OutputStyle, Traits, last};
use crate::parse::Numbers;

commands! {
    "List, make and change the cameras that the project keeps"
    Camera {
        List(List),
        Set(Set),
        Remove(Remove),
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct List {}

impl Action for List {
    const ABOUT: &str = "List the cameras";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::ListCameras, |_| ());
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let heads = ["", ">id", "camera", "distance", ""];
        Ok(list(last(results)?, "cameras", &heads, row))
    }
}

fn row(camera: Value<'_>) -> Vec<String> {
    let mark = if flag(&camera, "active") { "*" } else { "" };
    let parallel = if flag(&camera, "orthographic") { "parallel" } else { "" };
    vec![
        mark.to_owned(),
        count(&camera, "id").to_string(),
        text(&camera, "name"),
        numbers(&camera, "distance"),
        parallel.to_owned(),
    ]
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Set {
    /// Its name
    name: String,
    /// Where it stands
    #[arg(long, value_name = "X,Y,Z", requires = "target")]
    eye: Option<Numbers>,
    /// What it looks at
    #[arg(long, value_name = "X,Y,Z", requires = "eye")]
    target: Option<Numbers>,
    /// A parallel projection that shows so many voxels to either side of its middle
    #[arg(id = "distance", long = "parallel", value_name = "NUMBER")]
    parallel: Option<f32>,
    /// Make it the active one
    #[arg(long)]
    active: bool,
}

impl Action for Set {
    const ABOUT: &str = "Change a camera, or make it where there is none of this name";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::SetCamera, |writer| {
            writer.member("name", &self.name);
            for (name, point) in [("eye", self.eye), ("target", self.target)] {
                if let Some(Numbers(point)) = point {
                    writer.member(name, point);
                }
            }
            if let Some(half_width) = self.parallel {
                writer.member("distance", half_width);
                writer.member("orthographic", true);
            } else if self.eye.is_some() {
                writer.member("orthographic", false);
            }
            if self.active {
                writer.member("active", true);
            }
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("set camera {}", text(last(results)?, "name")))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Remove {
    /// Its name
    name: String,
}

impl Action for Remove {
    const ABOUT: &str = "Remove a camera";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::DeleteCamera, |writer| writer.member("name", &self.name));
        Ok(())
    }

    fn show(&self, _: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("removed camera {}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends(
            "camera set front --eye -1.5,2,3 --target 0,0,0 --active",
            &[
                r#"goxel.set_camera { "name": "front", "eye": [ -1.5, 2, 3 ], "target": [ 0, 0, 0 ], "orthographic": false, "active": true, "project": "p" }"#,
            ],
        );
        sends(
            "camera set front --parallel 20",
            &[
                r#"goxel.set_camera { "name": "front", "distance": 20, "orthographic": true, "project": "p" }"#,
            ],
        );
    }

    #[test]
    fn results() {
        shows(
            "camera list",
            &[
                r#"{"count": 1, "cameras": [{ "id": 1, "name": "front", "active": true, "distance": 12.5, "orthographic": true }]}"#,
            ],
            "   id  camera  distance\n*   1  front   12.5      parallel",
        );
        shows(
            "camera remove front",
            &[r#"{"success": true, "camera_id": 1}"#],
            "removed camera front",
        );
    }
}
