//! Commands that change what a project has beside its layers. The history keeps the whole scene
//! from before: even a list of a thousand materials takes no more than 80 KB.

use goxel_proto::types::MaterialId;
use triomphe::Arc;

use super::Effect;
use crate::project::entry::Entry;
use crate::{Camera, Project, Result, Scene};

impl Project {
    /// Changes the scene, or leaves it as it was where that is refused.
    pub(super) fn change_scene(
        &mut self,
        change: impl FnOnce(&mut Scene) -> Result<Effect>,
    ) -> Result<Effect> {
        let mut scene = self.scene().clone();
        let effect = change(&mut scene)?;
        let before = std::mem::replace(&mut self.stack.scene, Arc::new(scene));
        self.history.push(Entry::Scene(before));
        Ok(effect)
    }

    /// Layers that have the material have none afterwards.
    pub(super) fn remove_material(&mut self, id: MaterialId) -> Result<Effect> {
        let mut scene = self.scene().clone();
        scene.remove_material(id)?;
        self.change_stack(|stack| {
            stack.scene = Arc::new(scene);
            for layer in &mut stack.layers {
                layer.material = layer.material.filter(|&of| of != id);
            }
            stack.active
        })?;
        Ok(Effect::Material(id))
    }
}

pub(super) fn set_camera(
    scene: &mut Scene,
    camera: &Camera,
    active: Option<bool>,
) -> Result<Effect> {
    let id = scene.set_camera(camera.clone())?;
    match active {
        Some(true) => scene.set_active_camera(Some(id))?,
        Some(false) if scene.active_camera() == Some(id) => scene.set_active_camera(None)?,
        _ => {}
    }
    Ok(Effect::Camera(id))
}
