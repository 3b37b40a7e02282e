//! [`Scene`]: the nodes of a `.vox` file, and the walk that finds every instance of a model.

use std::collections::HashMap;

use super::place::Transform;
use crate::bytes::{Cursor, i32s};
use crate::limits::{SCENE_DEPTH_MAX, SCENE_VISITS_MAX};
use crate::{Error, Result};

/// The nodes and layers by id. A later one of the same id takes the place of the first.
#[derive(Debug, Default)]
pub(super) struct Scene<'a> {
    nodes: HashMap<i32, Node<'a>>,
    layers: HashMap<i32, Attributes<'a>>,
}

/// A model in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instance<'a> {
    pub(super) model: i32,
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
    /// The model of the first frame.
    Shape(Option<i32>),
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
        self.nodes.insert(id, Node { attributes, kind });
        Ok(())
    }

    /// Takes an `nGRP` chunk.
    pub(super) fn group(&mut self, mut body: Cursor<'a>) -> Result<()> {
        let id = body.i32()?;
        let attributes = Attributes::read(&mut body)?;
        let count = body.length()?;
        let kind = Kind::Group(body.records(count, 4)?);
        self.nodes.insert(id, Node { attributes, kind });
        Ok(())
    }

    /// Takes an `nSHP` chunk. Of an animation only the first frame counts.
    pub(super) fn shape(&mut self, mut body: Cursor<'a>) -> Result<()> {
        let id = body.i32()?;
        let attributes = Attributes::read(&mut body)?;
        let count = body.length()?;
        let model = if count == 0 { None } else { Some(body.i32()?) };
        let kind = Kind::Shape(model);
        self.nodes.insert(id, Node { attributes, kind });
        Ok(())
    }

    /// Every instance, in the order of the groups. The root is node 0 by custom, or the lowest.
    pub(super) fn instances(&self) -> Result<Vec<Instance<'a>>> {
        let mut walk = Walk { scene: self, visits: 0, found: Vec::new() };
        if let Some(&root) = self.nodes.keys().min() {
            let start =
                Instance { model: 0, transform: Transform::IDENTITY, name: None, hidden: false };
            walk.node(root, start, None, 0)?;
        }
        Ok(walk.found)
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

/// Three numbers of text.
fn shift(text: &str) -> Option<[i32; 3]> {
    let mut numbers = text.split_whitespace().map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some([next()?, next()?, next()?])
}

/// Calls `f` with each key and value, and the place behind them.
fn for_each_entry<'a>(
    body: &mut Cursor<'a>,
    mut f: impl FnMut(&[u8], &'a [u8], &Cursor<'a>) -> Result<()>,
) -> Result<()> {
    for _ in 0..body.length()? {
        let length = body.length()?;
        let key = body.take(length)?;
        let length = body.length()?;
        let value = body.take(length)?;
        f(key, value, body)?;
    }
    Ok(())
}

/// A walk down from the root. It ends for every file: its depth and its steps are counted, so
/// circles and groups that share children do no harm.
struct Walk<'s, 'a> {
    scene: &'s Scene<'a>,
    visits: usize,
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
        if depth > SCENE_DEPTH_MAX || self.visits > SCENE_VISITS_MAX {
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
            Kind::Shape(None) => Ok(()),
            Kind::Shape(Some(model)) => {
                let name = above.name.or(layer);
                self.found.push(Instance { model: *model, name, ..above });
                Ok(())
            }
        }
    }
}
