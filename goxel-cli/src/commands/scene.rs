//! Materials, cameras and the palette of a project.

use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};

use super::Look;
use super::table::{swatch, table};
use super::values::{colour, count, counted, flag, hex, raw, text};
use crate::args::{Camera, CameraPlace, Command, Material, MaterialLook};
use crate::parse::{Colour, Numbers};

pub(super) fn build(command: &Command, out: &mut Requests) {
    match command {
        Command::Material(Material::List) => out.call(Method::ListMaterials, |_| ()),
        Command::Material(Material::Set { name, look }) => {
            out.call(Method::SetMaterial, |writer| write_material(name, look, writer));
        }
        Command::Material(Material::Remove { name }) => {
            out.call(Method::DeleteMaterial, |writer| writer.member("name", name));
        }
        Command::Camera(Camera::List) => out.call(Method::ListCameras, |_| ()),
        Command::Camera(Camera::Set { name, place }) => {
            out.call(Method::SetCamera, |writer| write_camera(name, place, writer));
        }
        Command::Camera(Camera::Remove { name }) => {
            out.call(Method::DeleteCamera, |writer| writer.member("name", name));
        }
        Command::Palette { colours, clear } if *clear || !colours.is_empty() => {
            out.call(Method::SetPalette, |writer| {
                writer.key("colors").array(|writer| {
                    colours.iter().for_each(|Colour(rgba)| writer.element(*rgba));
                });
            });
        }
        Command::Palette { .. } => out.call(Method::GetPalette, |_| ()),
        _ => {}
    }
}

fn write_material(name: &str, look: &MaterialLook, writer: &mut Writer<'_>) {
    writer.member("name", name);
    if let Some(Colour(rgba)) = look.color {
        writer.member("color", hex(rgba));
    }
    for (name, number) in [("metallic", look.metallic), ("roughness", look.roughness)] {
        if let Some(number) = number {
            writer.member(name, number);
        }
    }
    if let Some(Numbers(emission)) = look.emission {
        writer.member("emission", emission);
    }
}

fn write_camera(name: &str, place: &CameraPlace, writer: &mut Writer<'_>) {
    writer.member("name", name);
    for (name, point) in [("eye", place.eye), ("target", place.target)] {
        if let Some(Numbers(point)) = point {
            writer.member(name, point);
        }
    }
    if let Some(half_width) = place.parallel {
        writer.member("distance", half_width);
        writer.member("orthographic", true);
    } else if place.eye.is_some() {
        writer.member("orthographic", false);
    }
    if place.active {
        writer.member("active", true);
    }
}

pub(super) fn show(command: &Command, result: &Value<'_>, look: Look) -> String {
    match command {
        Command::Material(Material::List) => list(result, "materials", &MATERIAL_HEADS, material),
        Command::Camera(Camera::List) => list(result, "cameras", &CAMERA_HEADS, camera),
        Command::Material(Material::Set { .. }) => format!("set material {}", text(result, "name")),
        Command::Camera(Camera::Set { .. }) => format!("set camera {}", text(result, "name")),
        Command::Material(Material::Remove { name }) => format!("removed material {name}"),
        Command::Camera(Camera::Remove { name }) => format!("removed camera {name}"),
        _ => match result.get("colors") {
            Some(colours) => show_palette(&colours, look),
            None => format!("{} in the palette", counted(count(result, "count"), "colour")),
        },
    }
}

const MATERIAL_HEADS: [&str; 6] = [">id", "material", "color", "metallic", "roughness", "emission"];
const CAMERA_HEADS: [&str; 5] = ["", ">id", "camera", "distance", ""];

fn list(
    result: &Value<'_>,
    name: &str,
    heads: &[&str],
    row: fn(Value<'_>) -> Vec<String>,
) -> String {
    let items = result.get(name);
    let rows: Vec<_> = items.iter().flat_map(Value::elements).map(row).collect();
    if rows.is_empty() { format!("no {name}") } else { table(heads, rows) }
}

fn material(material: Value<'_>) -> Vec<String> {
    vec![
        count(&material, "id").to_string(),
        text(&material, "name"),
        numbers(&material, "color"),
        numbers(&material, "metallic"),
        numbers(&material, "roughness"),
        numbers(&material, "emission"),
    ]
}

fn camera(camera: Value<'_>) -> Vec<String> {
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

/// A number, or several, as they came but for brackets and spaces.
fn numbers(value: &Value<'_>, name: &str) -> String {
    let text = value.get(name).map(|value| raw(&value)).unwrap_or_default();
    text.chars().filter(|c| !matches!(c, '[' | ']' | ' ')).collect()
}

/// One line a colour, with its name where it has one.
fn show_palette(colours: &Value<'_>, look: Look) -> String {
    let line = |entry: Value<'_>| {
        let rgba = entry.get("rgba").and_then(|rgba| colour(&rgba)).unwrap_or_default();
        let name = entry.get("name").map(|_| format!("  {}", text(&entry, "name")));
        format!("{}{}{}", swatch(rgba, look.colour), hex(rgba), name.unwrap_or_default())
    };
    let lines: Vec<_> = colours.elements().map(line).collect();
    if lines.is_empty() { "no colours".to_owned() } else { lines.join("\n") }
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
            "material remove steel",
            &[r#"goxel.delete_material { "name": "steel", "project": "p" }"#],
        );
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
        sends("palette", &[r#"goxel.get_palette { "project": "p" }"#]);
        sends(
            "palette red 0000ff88",
            &[
                r#"goxel.set_palette { "colors": [ [ 255, 0, 0, 255 ], [ 0, 0, 255, 136 ] ], "project": "p" }"#,
            ],
        );
        sends("palette --clear", &[r#"goxel.set_palette { "colors": [], "project": "p" }"#]);
    }

    #[test]
    fn results() {
        shows(
            "material list",
            &[
                r#"{"count": 1, "materials": [{ "id": 3, "name": "steel", "color": [ 1, 0.5, 0, 1 ], "metallic": 1, "roughness": 0.2, "emission": [ 0, 0, 0 ] }]}"#,
            ],
            "id  material  color      metallic  roughness  emission\n 3  steel     1,0.5,0,1  1         0.2        0,0,0",
        );
        shows("material list", &[r#"{"count": 0, "materials": []}"#], "no materials");
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
        shows("material set a", &[r#"{"material_id": 1, "name": "a"}"#], "set material a");
        shows(
            "palette",
            &[
                r##"{"count": 2, "colors": [{ "hex": "#FF0000FF", "rgba": [ 255, 0, 0, 255 ] }, { "rgba": [ 1, 2, 3, 4 ], "name": "moss" }]}"##,
            ],
            "#ff0000ff\n#01020304  moss",
        );
        shows("palette", &[r#"{"count": 0, "colors": []}"#], "no colours");
        shows("palette red", &[r#"{"success": true, "count": 1}"#], "1 colour in the palette");
    }
}
