//! [`Scene`]: the nodes of a `.vox` file, and the walk that finds every instance of a model.

use std::collections::{HashMap, HashSet};

use super::dict::{Dict, for_each_entry};
use super::place::Transform;
use crate::bytes::{Cursor, i32s};
use crate::limits::{SCENE_DEPTH_MAX, SCENE_VISITS_MAX};
use crate::{Error, Result};

/// The nodes and layers by id. A later one of the same id takes the place of the first.
#[derive(Debug, Default)]
pub(super) struct Scene<'a> {
    nodes: HashMap<i32, Node<'a>>,
    layers: HashMap<i32, Attributes<'a>>,
    /// Whether two nodes have the same id, or one was come to twice.
    is_tangled: bool,
}

/// A model in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instance<'a> {
    pub(super) model: i32,
    /// The node that names the model.
    pub(super) shape: i32,
    /// Which of the node's models it is.
    pub(super) frame: usize,
    /// What the frame is called, where it is not the first.
    pub(super) label: Option<&'a [u8]>,
    pub(super) transform: Transform,
    pub(super) name: Option<&'a [u8]>,
    pub(super) hidden: bool,
}

/// What nodes and layers alike may say.
#[derive(Clone, Copy, Debug, Default)]
struct Attributes<'a> {
    name: Option<&'a [u8]>,
    hidden: bool,
}

#[derive(Debug)]
struct Node<'a> {
    attributes: Attributes<'a>,
    kind: Kind<'a>,
}

#[derive(Debug)]
enum Kind<'a> {
    Transform {
        child: i32,
        layer: i32,
        transform: Transform,
    },
    /// The ids of the children, four bytes each.
    Group(&'a [u8]),
    /// The models of all frames, with what these are called.
    Shape(Vec<(i32, &'a [u8])>),
}

impl<'a> Scene<'a> {
    /// Whether the file has no scene, as old ones.
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Takes a `LAYR` chunk.
    pub(super) fn layer(&mut self, mut body: Cursor<'a>) -> Result<()> {
        let id = body.i32()?;
        let attributes = Attributes::read(&mut body)?;
        self.layers.insert(id, attributes);
        Ok(())
    }

    /// Takes an `nTRN` chunk. Of an animation only the first frame counts.
    pub(super) fn transform(&mut self, mut body: Cursor<'a>) -> Result<()> {
        let id = body.i32()?;
        let attributes = Attributes::read(&mut body)?;
        let [child, _reserved, layer] = [body.i32()?, body.i32()?, body.i32()?];
        let frames = body.length()?;
        let transform = if frames == 0 { Transform::IDENTITY } else { frame(&mut body)? };
        let kind = Kind::Transform { child, layer, transform };
        self.insert(id, Node { attributes, kind });
        Ok(())
    }

    /// Takes an `nGRP` chunk.
    pub(super) fn group(&mut self, mut body: Cursor<'a>) -> Result<()> {
        let id = body.i32()?;
        let attributes = Attributes::read(&mut body)?;
        let count = body.length()?;
        let kind = Kind::Group(body.records(count, 4)?);
        self.insert(id, Node { attributes, kind });
        Ok(())
    }

    /// Takes an `nSHP` chunk. An animation has several models.
    pub(super) fn shape(&mut self, mut body: Cursor<'a>) -> Result<()> {
        let id = body.i32()?;
        let attributes = Attributes::read(&mut body)?;
        let mut models = Vec::new();
        for _ in 0..body.length()? {
            let model = body.i32()?;
            let mut frame: &[u8] = &[];
            for_each_entry(&mut body, |key, value, _| {
                frame = if key == b"_f" { value } else { frame };
                Ok(())
            })?;
            models.push((model, frame));
        }
        let kind = Kind::Shape(models);
        self.insert(id, Node { attributes, kind });
        Ok(())
    }

    fn insert(&mut self, id: i32, node: Node<'a>) {
        self.is_tangled |= self.nodes.insert(id, node).is_some();
    }

    /// Whether each node is a child of one other at the most, as far as they were walked.
    pub(super) fn is_a_tree(&self) -> bool {
        !self.is_tangled
    }

    /// Every instance, in the order of the groups. The root is node 0 by custom, or the lowest.
    pub(super) fn instances(&mut self) -> Result<Vec<Instance<'a>>> {
        let mut walk = Walk { scene: self, visits: 0, seen: HashSet::new(), found: Vec::new() };
        if let Some(&root) = self.nodes.keys().min() {
            let start = Instance {
                model: 0,
                shape: 0,
                frame: 0,
                label: None,
                transform: Transform::IDENTITY,
                name: None,
                hidden: false,
            };
            walk.node(root, start, None, 0)?;
        }
        let (is_tangled, found) = (walk.seen.len() < walk.visits, walk.found);
        self.is_tangled |= is_tangled;
        Ok(found)
    }
}

impl<'a> Attributes<'a> {
    fn read(body: &mut Cursor<'a>) -> Result<Self> {
        let mut attributes = Self::default();
        for_each_entry(body, |key, value, _| {
            match key {
                b"_name" if !value.is_empty() => attributes.name = Some(value),
                b"_hidden" => attributes.hidden = value == b"1",
                _ => {}
            }
            Ok(())
        })?;
        Ok(attributes)
    }
}

/// The transform of a frame's dict.
fn frame(body: &mut Cursor<'_>) -> Result<Transform> {
    let mut transform = Transform::IDENTITY;
    for_each_entry(body, |key, value, here| {
        let text = String::from_utf8_lossy(value);
        let taken = match key {
            b"_t" => shift(&text).map(|shift| transform.set_shift(shift)),
            b"_r" => text.trim().parse().ok().and_then(|byte| transform.set_rotation(byte)),
            _ => Some(()),
        };
        taken.ok_or_else(|| here.malformed("a transform that is none"))
    })?;
    Ok(transform)
}

/// The transform of a frame that is read already.
pub(super) fn placed(dict: &Dict<'_>) -> Result<Transform> {
    let mut bytes = Vec::new();
    dict.write(&mut bytes);
    frame(&mut Cursor::new(&bytes, "vox"))
}

/// Three numbers of text.
fn shift(text: &str) -> Option<[i32; 3]> {
    let mut numbers = text.split_whitespace().map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some([next()?, next()?, next()?])
}

/// A walk down from the root. It ends for every file: its depth and its steps are counted, so
/// circles and groups that share children do no harm.
struct Walk<'s, 'a> {
    scene: &'s Scene<'a>,
    visits: usize,
    /// The nodes that were come to.
    seen: HashSet<i32>,
    found: Vec<Instance<'a>>,
}

impl<'a> Walk<'_, 'a> {
    /// Visits a node. `above` is what the nodes above it say; `layer` what its layer is called.
    fn node(
        &mut self,
        id: i32,
        mut above: Instance<'a>,
        layer: Option<&'a [u8]>,
        depth: usize,
    ) -> Result<()> {
        self.visits += 1;
        self.seen.insert(id);
        // Frames are counted, too: a node may have many, and be a child of many.
        if depth > SCENE_DEPTH_MAX || self.visits.max(self.found.len()) > SCENE_VISITS_MAX {
            return Err(Error::TooLarge(format!(
                "the scene is more than {SCENE_DEPTH_MAX} levels deep or has more than \
                 {SCENE_VISITS_MAX} nodes"
            )));
        }
        // A child that is not there is nothing to show.
        let Some(node) = self.scene.nodes.get(&id) else { return Ok(()) };
        above.name = node.attributes.name.or(above.name);
        above.hidden |= node.attributes.hidden;
        match &node.kind {
            Kind::Transform { child, layer: of, transform } => {
                above.transform = above.transform.after(transform);
                let own = self.scene.layers.get(of).copied().unwrap_or_default();
                above.hidden |= own.hidden;
                self.node(*child, above, own.name.or(layer), depth + 1)
            }
            Kind::Group(children) => {
                let ids = children.chunks_exact(4).map(i32s);
                for [child] in ids {
                    self.node(child, above, layer, depth + 1)?;
                }
                Ok(())
            }
            Kind::Shape(models) => {
                let name = above.name.or(layer);
                for (frame, &(model, label)) in models.iter().enumerate() {
                    let label = (frame > 0).then_some(label);
                    let hidden = above.hidden || frame > 0;
                    let (shape, of) = (id, Instance { name, hidden, ..above });
                    self.found.push(Instance { model, shape, frame, label, ..of });
                }
                Ok(())
            }
        }
    }
}
