//! Materials of a project, which layers may have.

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};
use goxel_proto::types::{Medium, Word};

use super::list::commands;
use super::table::list;
use super::values::{count, hex, numbers, raw, text};
use super::word::word;
use super::{Action, Layers, NO_LAYERS, OutputStyle, Traits, last};
use crate::parse::{Colour, Numbers};

commands! {
    "List, make and change materials, which layers may have"
    Material {
        List(List),
        Set(Set),
        Remove(Remove),
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct List {}

impl Action for List {
    const ABOUT: &str = "List the materials";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::ListMaterials, |_| ());
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        let heads = [
            ">id",
            "material",
            "color",
            "metallic",
            "roughness",
            "emission",
            "transmission",
            "ior",
            "medium",
        ];
        Ok(list(last(results)?, "materials", &heads, row))
    }
}

fn row(material: Value<'_>) -> Vec<String> {
    vec![
        count(&material, "id").to_string(),
        text(&material, "name"),
        numbers(&material, "color"),
        numbers(&material, "metallic"),
        numbers(&material, "roughness"),
        numbers(&material, "emission"),
        number(&material, "transmission"),
        number(&material, "ior"),
        medium(&material),
    ]
}

fn number(material: &Value<'_>, name: &str) -> String {
    material.get(name).map_or_else(String::new, |number| raw(&number))
}

/// What becomes of light inside, and how dense that is.
fn medium(material: &Value<'_>) -> String {
    let medium = text(material, "medium");
    match Medium::named(&medium) {
        None | Some(Medium::Clear) => medium,
        Some(_) => format!("{medium} {}", number(material, "density")),
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Set {
    /// Its name
    name: String,
    /// What the colours of voxels are multiplied with
    #[arg(long, value_name = "COLOR")]
    color: Option<Colour>,
    /// From 0 to 1: metal
    #[arg(long, value_name = "NUMBER")]
    metallic: Option<f32>,
    /// From 0, a mirror, to 1, chalk
    #[arg(long, value_name = "NUMBER")]
    roughness: Option<f32>,
    /// The light that it gives off itself, linear
    #[arg(long, value_name = "R,G,B")]
    emission: Option<Numbers>,
    /// How much light goes through the surface: from 0 to 1, clear glass
    #[arg(long, value_name = "NUMBER")]
    transmission: Option<f32>,
    /// Index of refraction: 1.33 for water, 1.5 for glass
    #[arg(long, value_name = "NUMBER")]
    ior: Option<f32>,
    /// What becomes of light behind the surface
    #[arg(long, value_parser = word::<Medium>())]
    medium: Option<Medium>,
    /// How much of that there is in a voxel
    #[arg(long, value_name = "NUMBER")]
    density: Option<f32>,
}

impl Action for Set {
    const ABOUT: &str = "Change a material, or make it where there is none of this name";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::SetMaterial, |writer| {
            writer.member("name", &self.name);
            if let Some(Colour(rgba)) = self.color {
                writer.member("color", hex(rgba));
            }
            for (name, number) in [("metallic", self.metallic), ("roughness", self.roughness)] {
                if let Some(number) = number {
                    writer.member(name, number);
                }
            }
            if let Some(Numbers(emission)) = self.emission {
                writer.member("emission", emission);
            }
            self.write_inside(writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("set material {}", text(last(results)?, "name")))
    }
}

impl Set {
    /// What light meets behind the surface.
    fn write_inside(&self, writer: &mut Writer<'_>) {
        let numbers =
            [("transmission", self.transmission), ("ior", self.ior), ("density", self.density)];
        for (name, number) in numbers {
            if let Some(number) = number {
                writer.member(name, number);
            }
        }
        if let Some(medium) = self.medium {
            writer.member("medium", medium.name());
        }
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Remove {
    /// Its name
    name: String,
}

impl Action for Remove {
    const ABOUT: &str = "Remove a material; layers that have it have none then";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        NO_LAYERS
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::DeleteMaterial, |writer| writer.member("name", &self.name));
        Ok(())
    }

    fn show(&self, _: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("removed material {}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends("material list", &[r#"goxel.list_materials { "project": "p" }"#]);
        sends(
            "material set steel --color '#808080' --metallic 1 --roughness 0.2 --emission 0,0,1.5",
            &[
                r##"goxel.set_material { "name": "steel", "color": "#808080ff", "metallic": 1, "roughness": 0.2, "emission": [ 0, 0, 1.5 ], "project": "p" }"##,
            ],
        );
        sends(
            "material set ice --transmission 0.75 --ior 1.25 --medium sss --density 2",
            &[
                r#"goxel.set_material { "name": "ice", "transmission": 0.75, "ior": 1.25, "density": 2, "medium": "subsurface", "project": "p" }"#,
            ],
        );
        sends(
            "material remove steel",
            &[r#"goxel.delete_material { "name": "steel", "project": "p" }"#],
        );
    }

    #[test]
    fn results() {
        shows(
            "material list",
            &[
                r#"{"count": 1, "materials": [{ "id": 3, "name": "steel", "color": [ 1, 0.5, 0, 1 ], "metallic": 1, "roughness": 0.2, "emission": [ 0, 0, 0 ], "transmission": 0.5, "ior": 1.5, "medium": "absorb", "density": 2 }]}"#,
            ],
            "id  material  color      metallic  roughness  emission  transmission  ior  medium\n 3  steel     1,0.5,0,1  1         0.2        0,0,0     0.5           1.5  absorb 2",
        );
        shows("material list", &[r#"{"count": 0, "materials": []}"#], "no materials");
        shows("material set a", &[r#"{"material_id": 1, "name": "a"}"#], "set material a");
    }
}
