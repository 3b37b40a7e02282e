//! [`Again`]: writes a project back into the scene of the file that it was read from.
//!
//! Every node, with its name, its group, its frames and its layer, stays as it is. A layer that came from
//! a model is turned back into the model's own space. Those of one model that still hold the same voxels
//! share it; one that was changed gets a model of its own. The objects of layers that are gone are
//! taken out, and those of new layers are added at the end.

use std::collections::HashMap;

use goxel_core::Project;
use goxel_proto::types::LayerId;

use super::COLOURS_MAX;
use super::colours::Made;
use super::dict::Dict;
use super::kept::{Kept, Link};
use super::part::{Model, Part, parts, whole};
use super::plan::{Plan, Slot, fresh, name_of};
use super::quantise::Colours;
use super::scene::{Instance, Scene};
use super::tree::Tree;
use crate::Result;
use crate::bytes::Cursor;

/// A project and the scene that it came from.
pub(super) struct Again<'a> {
    project: &'a Project,
    kept: &'a Kept<'a>,
    colours: &'a Colours,
    made: &'a Made<'a>,
    /// What the file has for each link that is still good, with the index of its layer.
    placed: Vec<(Link, usize, Instance<'a>)>,
    models: Vec<Model<'a>>,
    /// The model of a shape's frame.
    model_of: HashMap<(i32, usize), i32>,
}

impl<'a> Again<'a> {
    pub(super) fn new(
        project: &'a Project,
        kept: &'a Kept<'a>,
        colours: &'a Colours,
        made: &'a Made<'a>,
    ) -> Result<Self> {
        let instances = instances(kept)?;
        let places: HashMap<LayerId, usize> =
            project.layers().iter().enumerate().map(|(at, layer)| (layer.id, at)).collect();
        let placed = kept.links.iter().filter_map(|link| {
            let key = (link.shape, link.frame, link.model);
            Some((*link, *places.get(&link.layer)?, *instances.get(&key)?))
        });
        let placed = placed.collect();
        Ok(Self {
            project,
            kept,
            colours,
            made,
            placed,
            models: Vec::new(),
            model_of: HashMap::new(),
        })
    }

    /// What is written.
    pub(super) fn plan(mut self) -> Result<Plan<'a>> {
        self.make_models();
        if !self.kept.has_nodes() {
            return self.without_scene();
        }
        let shown = self.is_shown_again();
        let nodes = self.tree(shown)?.write()?;
        let slots = self.slots(shown);
        Ok(Plan { version: self.kept.version, slots, models: self.models, nodes })
    }

    /// Makes a model of every layer that has its place, those of the same model one after the other.
    fn make_models(&mut self) {
        let aliases = self.kept.aliases();
        let mut order: Vec<usize> = (0..self.placed.len()).collect();
        order.sort_by_key(|&at| self.placed[at].0.model);
        for group in order.chunk_by(|&a, &b| self.placed[a].0.model == self.placed[b].0.model) {
            let first = self.models.len();
            let is_alone = group.len() == 1;
            let mut known: Vec<Option<Vec<u32>>> = Vec::new();
            for &at in group {
                let (link, layer, instance) = self.placed[at];
                let Some(size) = self.kept.size(link.model) else { continue };
                let part = whole(&self.project.layers()[layer]);
                let Some(mut model) = part.into_model_by(&instance.transform, size) else {
                    continue;
                };
                if let Some(aliases) = aliases.get(&link.model) {
                    model.set_aliases(aliases, size);
                }
                let voxels = (!is_alone).then(|| model.sorted(self.colours));
                let same = (0..known.len()).find(|&other| {
                    self.models[first + other].size == model.size
                        && known[other] == voxels
                        && !is_alone
                });
                let number = same.unwrap_or_else(|| {
                    self.models.push(model);
                    known.push(voxels);
                    known.len() - 1
                });
                self.model_of.insert((link.shape, link.frame), (first + number) as i32);
            }
        }
    }

    /// The layers that have no place in the scene of the file, or do not fit there any more.
    fn is_new(&self, layer: usize) -> bool {
        let fits =
            |(link, of, _): &(Link, usize, Instance<'_>)| *of == layer && self.has_model(link);
        !self.placed.iter().any(fits)
    }

    fn model_of(&self, link: &Link) -> Option<i32> {
        self.model_of.get(&(link.shape, link.frame)).copied()
    }

    fn has_model(&self, link: &Link) -> bool {
        self.model_of(link).is_some()
    }

    /// A file that has no scene stays one while all of its layers are as it can say them.
    fn without_scene(self) -> Result<Plan<'a>> {
        let same = self.placed.len() == self.project.layers().len()
            && self.placed.iter().enumerate().all(|(at, (link, layer, instance))| {
                let of = &self.project.layers()[*layer];
                let is_said = of.name == instance.title() && of.visible != instance.hidden;
                at == *layer && is_said && self.model_of(link) == Some(at as i32)
            });
        // Models stand by their order there, so each layer needs one.
        if same && self.models.len() == self.placed.len() {
            let slots = self.slots(false);
            return Ok(Plan {
                version: self.kept.version,
                slots,
                models: self.models,
                nodes: Vec::new(),
            });
        }
        self.keeping_rest(fresh(self.project)?)
    }

    /// A new scene, with all that the file had beside its own.
    fn keeping_rest(&self, plan: Plan<'a>) -> Result<Plan<'a>> {
        let mut slots = vec![Slot::Models, Slot::Nodes];
        for (kind, body) in &self.kept.chunks {
            match kind {
                b"SIZE" | b"XYZI" | b"TDCZ" | b"PACK" | b"nTRN" | b"nGRP" | b"nSHP" => {}
                _ => slots.push(self.slot(*kind, body)),
            }
        }
        Ok(Plan { version: self.kept.version, slots, ..plan })
    }

    /// The scene of the file, as the project is now.
    fn tree(&mut self, shown: bool) -> Result<Tree<'a>> {
        let mut tree = Tree::default();
        for (kind, body) in &self.kept.chunks {
            tree.take(*kind, body)?;
        }
        for shape in tree.shapes() {
            tree.set_models(shape, |frame| self.model_of.get(&(shape, frame)).copied());
        }
        if shown {
            tree.show_all();
        }
        // What the frames behind the first are called, and whether they show, is not said of a shape.
        let mut named = Vec::new();
        for (link, layer, instance) in self.placed.iter().filter(|(link, ..)| self.has_model(link))
        {
            if named.contains(&link.shape) {
                continue;
            }
            named.push(link.shape);
            let layer = &self.project.layers()[*layer];
            if link.frame == 0 && layer.name != instance.title() {
                tree.set(link.shape, "_name", Some(name_of(layer)));
            }
            let is_told = instance.hidden && !shown;
            if link.frame == 0 && !layer.visible && !is_told {
                tree.set(link.shape, "_hidden", Some("1"));
            }
        }
        self.add_new(&mut tree)?;
        Ok(tree)
    }

    /// Adds what is new, and brings all into the order of the layers where that is another one.
    fn add_new(&mut self, tree: &mut Tree<'a>) -> Result<()> {
        let placed = self.placed.iter().filter(|(link, ..)| self.has_model(link));
        let mut layer_of: HashMap<i32, usize> = HashMap::new();
        let mut order = Vec::new();
        for (link, layer, _) in placed {
            order.push(*layer);
            layer_of.entry(link.shape).or_insert(*layer);
        }
        let new: Vec<usize> =
            (0..self.project.layers().len()).filter(|at| self.is_new(*at)).collect();
        let top = if new.is_empty() { None } else { Some(tree.top()?) };
        for (at, top) in new.iter().zip(top.iter().cycle()) {
            let layer = &self.project.layers()[*at];
            let parts = parts(layer);
            let nodes = tree.add_layer(layer, &parts, self.models.len() as i32, *top)?;
            layer_of.extend(nodes.map(|node| (node, *at)));
            order.push(*at);
            self.models.extend(parts.into_iter().map(Part::into_model));
        }
        if !order.is_sorted() {
            tree.sort(|node| layer_of.get(&node).copied());
        }
        Ok(())
    }

    /// Whether something shows that the file has hidden: perhaps by what is above it, so nothing above
    /// hides then any more.
    fn is_shown_again(&self) -> bool {
        let is_shown = |(link, layer, instance): &(Link, usize, Instance<'_>)| {
            link.frame == 0 && instance.hidden && self.project.layers()[*layer].visible
        };
        self.placed.iter().any(is_shown)
    }

    /// The chunks of the file in their order, with what takes the place of those that are made anew.
    fn slots(&self, shown: bool) -> Vec<Slot<'a>> {
        let (mut slots, mut models, mut nodes) = (Vec::new(), false, false);
        for (kind, body) in &self.kept.chunks {
            match kind {
                b"SIZE" | b"XYZI" | b"TDCZ" => {
                    if !std::mem::replace(&mut models, true) {
                        slots.push(Slot::Models);
                    }
                }
                b"nTRN" | b"nGRP" | b"nSHP" => {
                    if !std::mem::replace(&mut nodes, true) {
                        slots.push(Slot::Nodes);
                    }
                }
                b"PACK" => {
                    let count = self.models.len() as u32;
                    slots.push(Slot::Other(*kind, count.to_le_bytes().to_vec()));
                }
                b"LAYR" if shown => slots.push(Slot::Other(*kind, shown_layer(body))),
                _ => slots.push(self.slot(*kind, body)),
            }
        }
        if !models {
            slots.insert(0, Slot::Models);
        }
        slots
    }

    /// What takes the place of a chunk.
    fn slot(&self, kind: [u8; 4], body: &'a [u8]) -> Slot<'a> {
        let index = body.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes));
        let index = usize::try_from(index).ok().filter(|index| (1..=COLOURS_MAX).contains(index));
        match (&kind, index) {
            (b"RGBA", _) => Slot::Palette,
            (b"MATL", Some(index)) => Slot::Material(index),
            (b"MATT", Some(index)) if !self.made.is_as_known(index) => Slot::Material(index),
            _ => Slot::Same(kind, body),
        }
    }
}

/// The body of a layer's chunk that hides nothing.
fn shown_layer(body: &[u8]) -> Vec<u8> {
    let read = |mut body: Cursor<'_>| -> Result<Vec<u8>> {
        let mut written = body.i32()?.to_le_bytes().to_vec();
        let mut attributes = Dict::read(&mut body)?;
        if attributes.get("_hidden") == Some(b"1") {
            attributes.set("_hidden", "0");
        }
        attributes.write(&mut written);
        written.extend(body.rest());
        Ok(written)
    };
    read(Cursor::new(body, "vox")).unwrap_or_else(|_| body.to_vec())
}

/// What the file has, by its shape, frame and model.
fn instances<'a>(kept: &Kept<'a>) -> Result<HashMap<(i32, usize, i32), Instance<'a>>> {
    let mut scene = Scene::default();
    for (kind, body) in &kept.chunks {
        let body = Cursor::new(body, "vox");
        match kind {
            b"nTRN" => scene.transform(body)?,
            b"nGRP" => scene.group(body)?,
            b"nSHP" => scene.shape(body)?,
            b"LAYR" => scene.layer(body)?,
            _ => {}
        }
    }
    let found = if scene.is_empty() { kept.models_alone() } else { scene.instances()? };
    if !scene.is_a_tree() {
        return Err(Cursor::new(&[], "vox").malformed("a scene that is no tree"));
    }
    Ok(found.into_iter().map(|found| ((found.shape, found.frame, found.model), found)).collect())
}
