//! [`Tree`]: the nodes of a scene, to be changed and written.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use goxel_core::Layer;

use super::chunk::{chunk, too_large};
use super::dict::Dict;
use super::part::Part;
use super::place::Transform;
use crate::bytes::Cursor;
use crate::{Result, text};

/// The ids of the root and of the group below it, in a scene that is made here.
const ROOT: i32 = 0;
const GROUP: i32 = 1;

/// The nodes, in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    /// Where each is among them.
    places: HashMap<i32, usize>,
    last_id: i32,
}

#[derive(Debug)]
struct Node<'a> {
    id: i32,
    attributes: Dict<'a>,
    kind: Kind<'a>,
    is_gone: bool,
}

#[derive(Debug)]
enum Kind<'a> {
    Transform { child: i32, reserved: i32, layer: i32, frames: Vec<Dict<'a>> },
    Group(Vec<i32>),
    Shape(Vec<(i32, Dict<'a>)>),
}

impl<'a> Tree<'a> {
    /// A scene of nothing.
    pub(super) fn new() -> Self {
        let mut tree = Self { last_id: GROUP, ..Self::default() };
        tree.add(ROOT, Dict::default(), transform(GROUP, None, -1));
        tree.add(GROUP, Dict::default(), Kind::Group(Vec::new()));
        tree
    }

    /// Takes a chunk of a node; others are passed over. Says whether it was one.
    pub(super) fn take(&mut self, kind: [u8; 4], body: &'a [u8]) -> Result<bool> {
        let mut body = Cursor::new(body, "vox");
        if !matches!(&kind, b"nTRN" | b"nGRP" | b"nSHP") {
            return Ok(false);
        }
        let id = body.i32()?;
        let attributes = Dict::read(&mut body)?;
        let node = match &kind {
            b"nTRN" => {
                let [child, reserved, layer] = [body.i32()?, body.i32()?, body.i32()?];
                let frames = (0..body.length()?).map(|_| Dict::read(&mut body));
                Kind::Transform { child, reserved, layer, frames: frames.collect::<Result<_>>()? }
            }
            b"nGRP" => Kind::Group((0..body.length()?).map(|_| body.i32()).collect::<Result<_>>()?),
            _ => {
                let models = (0..body.length()?).map(|_| Ok((body.i32()?, Dict::read(&mut body)?)));
                Kind::Shape(models.collect::<Result<_>>()?)
            }
        };
        self.add(id, attributes, node);
        Ok(true)
    }

    fn add(&mut self, id: i32, attributes: Dict<'a>, kind: Kind<'a>) {
        self.last_id = self.last_id.max(id);
        self.places.insert(id, self.nodes.len());
        self.nodes.push(Node { id, attributes, kind, is_gone: false });
    }

    fn fresh_id(&mut self) -> Result<i32> {
        self.last_id = self.last_id.checked_add(1).ok_or_else(too_large)?;
        Ok(self.last_id)
    }

    fn node(&self, id: i32) -> Option<&Node<'a>> {
        self.places.get(&id).map(|&at| &self.nodes[at]).filter(|node| !node.is_gone)
    }

    fn node_mut(&mut self, id: i32) -> Option<&mut Node<'a>> {
        self.places.get(&id).map(|&at| &mut self.nodes[at]).filter(|node| !node.is_gone)
    }

    /// The ids of all shapes.
    pub(super) fn shapes(&self) -> Vec<i32> {
        let is_shape = |node: &&Node<'_>| matches!(node.kind, Kind::Shape(_));
        self.nodes.iter().filter(is_shape).map(|node| node.id).collect()
    }

    /// Gives a shape other models: `model` says which is that of a frame, if any is left. A shape of
    /// none is taken out, with the transforms above that have it alone.
    pub(super) fn set_models(&mut self, shape: i32, model: impl Fn(usize) -> Option<i32>) {
        let Some(Node { kind: Kind::Shape(models), .. }) = self.node_mut(shape) else { return };
        let left = std::mem::take(models).into_iter().enumerate();
        *models = left.filter_map(|(at, (_, dict))| Some((model(at)?, dict))).collect();
        if models.is_empty() {
            self.take_out(shape);
        }
    }

    fn take_out(&mut self, id: i32) {
        let mut gone = id;
        loop {
            if let Some(node) = self.node_mut(gone) {
                node.is_gone = true;
            }
            let Some(above) = self.above(gone) else { return };
            match self.node_mut(above).map(|node| &mut node.kind) {
                Some(Kind::Group(children)) => return children.retain(|&child| child != gone),
                _ => gone = above,
            }
        }
    }

    /// The node that a node is a child of.
    fn above(&self, id: i32) -> Option<i32> {
        let has = |node: &&Node<'_>| match &node.kind {
            _ if node.is_gone => false,
            Kind::Transform { child, .. } => *child == id,
            Kind::Group(children) => children.contains(&id),
            Kind::Shape(_) => false,
        };
        self.nodes.iter().find(has).map(|node| node.id)
    }

    /// Says something of the node that places a shape.
    pub(super) fn set(&mut self, shape: i32, key: &str, value: Option<&str>) {
        let Some(above) = self.above(shape) else { return };
        let Some(node) = self.node_mut(above) else { return };
        match value {
            Some(value) => node.attributes.set(key, value),
            None => node.attributes.remove(key),
        }
    }

    /// Nothing is hidden any more.
    pub(super) fn show_all(&mut self) {
        for node in &mut self.nodes {
            if node.attributes.get("_hidden") == Some(b"1") {
                node.attributes.set("_hidden", "0");
            }
        }
    }

    /// The group that has all others, and where it stands: the first below the root. There is one
    /// afterwards.
    pub(super) fn top(&mut self) -> Result<(i32, Transform)> {
        let mut placed = Transform::IDENTITY;
        let mut id = self.nodes.iter().map(|node| node.id).min().unwrap_or(ROOT);
        let root = id;
        let mut seen = HashSet::new();
        while let Some(node) = self.node(id).filter(|_| seen.insert(id)) {
            match &node.kind {
                Kind::Group(_) => return Ok((id, placed)),
                Kind::Transform { child, frames, .. } => {
                    let own =
                        frames.first().map_or(Ok(Transform::IDENTITY), super::scene::placed)?;
                    placed = placed.after(&own);
                    id = *child;
                }
                Kind::Shape(_) => break,
            }
        }
        // The root has a single object: it gets a group between.
        let (group, between) = (self.fresh_id()?, self.fresh_id()?);
        let (mut below, mut at_root) = (None, Transform::IDENTITY);
        if let Some(Node { kind: Kind::Transform { child, frames, .. }, .. }) = self.node_mut(root)
        {
            at_root = frames.first().map_or(Ok(Transform::IDENTITY), super::scene::placed)?;
            below = Some(std::mem::replace(child, group));
        }
        let children = match below {
            Some(below) => {
                self.add(between, Dict::default(), transform(below, None, 0));
                vec![between]
            }
            None => Vec::new(),
        };
        self.add(group, Dict::default(), Kind::Group(children));
        Ok((group, at_root))
    }

    /// Adds a layer, whose parts are the models from `model` on, and gives the ids of its nodes.
    pub(super) fn add_layer(
        &mut self,
        layer: &Layer,
        parts: &[Part<'_>],
        model: i32,
        (top, placed): (i32, Transform),
    ) -> Result<RangeInclusive<i32>> {
        let first = self.last_id.saturating_add(1);
        let mut attributes = Dict::default();
        attributes.set("_name", text::clip(&layer.name));
        if !layer.visible {
            attributes.set("_hidden", "1");
        }
        let back = placed.inverse();
        let id = if let [part] = parts {
            self.add_part(part, attributes, model, &back)?
        } else {
            let (id, group) = (self.fresh_id()?, self.fresh_id()?);
            self.add(id, attributes, transform(group, None, 0));
            let models = parts.iter().zip(model..);
            let children: Result<Vec<i32>> = models
                .map(|(part, model)| self.add_part(part, Dict::default(), model, &back))
                .collect();
            self.add(group, Dict::default(), Kind::Group(children?));
            id
        };
        if let Some(Node { kind: Kind::Group(children), .. }) = self.node_mut(top) {
            children.push(id);
        }
        Ok(first..=self.last_id)
    }

    /// Adds a model in its place and returns the id of its transform.
    fn add_part(
        &mut self,
        part: &Part<'_>,
        attributes: Dict<'a>,
        model: i32,
        back: &Transform,
    ) -> Result<i32> {
        let (id, shape) = (self.fresh_id()?, self.fresh_id()?);
        let placed = back.after(&Transform::of_shift(part.shift()));
        self.add(id, attributes, transform(shape, Some(&placed), 0));
        self.add(shape, Dict::default(), Kind::Shape(vec![(model, Dict::default())]));
        Ok(id)
    }

    /// Sorts the children of groups by `key` of the shapes below them; those without stay where they are
    /// behind the one before.
    pub(super) fn sort(&mut self, key: impl Fn(i32) -> Option<usize>) {
        let keys: HashMap<i32, usize> = self.keys(&key);
        for node in &mut self.nodes {
            if let Kind::Group(children) = &mut node.kind {
                let mut last = 0;
                let mut keyed: Vec<(usize, i32)> = Vec::new();
                for child in children.iter() {
                    last = keys.get(child).copied().unwrap_or(last);
                    keyed.push((last, *child));
                }
                keyed.sort_by_key(|(key, _)| *key);
                *children = keyed.into_iter().map(|(_, child)| child).collect();
            }
        }
    }

    /// The least key below each node.
    fn keys(&self, key: &impl Fn(i32) -> Option<usize>) -> HashMap<i32, usize> {
        let above: HashMap<i32, i32> = self.nodes.iter().flat_map(Node::below).collect();
        let mut keys = HashMap::new();
        for node in &self.nodes {
            let Some(own) = key(node.id) else { continue };
            let mut at = Some(node.id);
            // A tree has no circles, and what is deeper than it has nodes is none.
            for _ in 0..=self.nodes.len() {
                let Some(id) = at else { break };
                let least = keys.entry(id).or_insert(own);
                *least = own.min(*least);
                at = above.get(&id).copied();
            }
        }
        keys
    }

    /// All nodes as chunks.
    pub(super) fn write(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        for node in self.nodes.iter().filter(|node| !node.is_gone) {
            let mut body = node.id.to_le_bytes().to_vec();
            node.attributes.write(&mut body);
            let kind = node.kind.write(&mut body);
            bytes.extend(chunk(kind, &body)?);
        }
        Ok(bytes)
    }
}

impl Node<'_> {
    /// Each child, with this as what is above it.
    fn below(&self) -> Vec<(i32, i32)> {
        match &self.kind {
            Kind::Transform { child, .. } => vec![(*child, self.id)],
            Kind::Group(children) => children.iter().map(|child| (*child, self.id)).collect(),
            Kind::Shape(_) => Vec::new(),
        }
    }
}

impl Kind<'_> {
    fn write(&self, body: &mut Vec<u8>) -> &'static [u8; 4] {
        let put = |body: &mut Vec<u8>, number: i32| body.extend(number.to_le_bytes());
        match self {
            Self::Transform { child, reserved, layer, frames } => {
                let numbers = [*child, *reserved, *layer, frames.len() as i32];
                numbers.into_iter().for_each(|number| put(body, number));
                frames.iter().for_each(|frame| frame.write(body));
                b"nTRN"
            }
            Self::Group(children) => {
                put(body, children.len() as i32);
                children.iter().for_each(|child| put(body, *child));
                b"nGRP"
            }
            Self::Shape(models) => {
                put(body, models.len() as i32);
                for (model, frame) in models {
                    put(body, *model);
                    frame.write(body);
                }
                b"nSHP"
            }
        }
    }
}

/// A transform of one frame. The layer of the root is none; new objects are in the first one.
fn transform<'a>(child: i32, placed: Option<&Transform>, layer: i32) -> Kind<'a> {
    let mut frame = Dict::default();
    if let Some(placed) = placed {
        let [x, y, z] = placed.shift();
        if placed.rotation() != Transform::IDENTITY.rotation() {
            frame.set("_r", placed.rotation().to_string());
        }
        frame.set("_t", format!("{x} {y} {z}"));
    }
    Kind::Transform { child, reserved: -1, layer, frames: vec![frame] }
}
