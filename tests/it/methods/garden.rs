//! The project that the examples of the documents are about.

use serde_json::{Value, json};

use crate::world::{Client, World};

/// A daemon with the project of the examples, and whether it has a data directory.
pub(super) struct Garden(World, bool);

impl Default for Garden {
    fn default() -> Self {
        Self(World::in_its_directory(), false)
    }
}

impl Garden {
    /// One whose daemon has a data directory.
    pub(super) fn kept() -> Self {
        let mut world = World::empty();
        world.start_with(&["--data-dir", "data"]);
        Self(world, true)
    }

    pub(super) fn connect(&self) -> Client {
        self.0.connect()
    }

    /// Makes the projects anew, as the examples find them.
    pub(super) fn plant(&self, client: &mut Client) {
        let mut call = |method: &str, params: Value| done(client, method, &params);
        let open = call("goxel.list_projects", json!({}));
        for project in open["projects"].as_array().unwrap() {
            let method = if self.1 { "goxel.delete_project" } else { "goxel.close_project" };
            call(method, json!({"name": project["name"]}));
        }
        call("goxel.create_project", json!(["meadow", 16, 16, 16]));
        call("goxel.add_voxel", json!([0, 0, 0, 34, 139, 34]));
        call("goxel.create_project", json!(["garden", 32, 32, 32]));
        call("goxel.add_voxels", json!({"boxes": [[0, 0, 0, 7, 7, 0, 34, 139, 34]]}));
        call("goxel.create_layer", json!({"name": "tower"}));
        call("goxel.add_voxels", json!({"boxes": [[2, 2, 1, 3, 3, 4, 255, 215, 0]]}));
        call("goxel.set_material", json!({"name": "steel", "metallic": 1.0}));
        call(
            "goxel.set_camera",
            json!({"name": "front", "eye": [0, -40, 10], "target": [0, 0, 5]}),
        );
        call(
            "goxel.set_palette",
            json!({"colors": ["#228b22", {"color": "#ffd700", "name": "gold"}]}),
        );
        if !self.0.path("garden.gox").exists() {
            call("goxel.save_project", json!({"path": "garden.gox"}));
        }
        call("goxel.add_voxel", json!([9, 9, 9, 255, 0, 0]));
        call("goxel.undo", json!({}));
    }

    /// Has the daemon keep one picture, and gives its path.
    pub(super) fn picture(&self, client: &mut Client) -> String {
        let mut call = |method: &str, params: Value| done(client, method, &params);
        for render in call("goxel.list_renders", json!({}))["renders"].as_array().unwrap() {
            call("goxel.cleanup_render", json!({"path": render["path"]}));
        }
        let options = json!({"width": 8, "height": 8, "options": {"return_mode": "file_path"}});
        let picture = call("goxel.render_scene", options);
        picture["file"]["path"].as_str().unwrap().to_owned()
    }
}

fn done(client: &mut Client, method: &str, params: &Value) -> Value {
    let result = client.call(method, params);
    result.unwrap_or_else(|error| panic!("{method} {params}: {error}"))
}
