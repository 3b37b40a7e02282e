//! Reads `.vox`. Start with [`read`]; the layout is in the module above.
//!
//! Every instance of a model becomes a layer, in the order of the scene; so does every frame of one
//! that is animated, of which only the first is visible. Old files have no scene: there each model is
//! a layer around the origin, and where they are the frames of an animation (`PACK`) only the first is
//! visible. The colours of the file, used or not, are the palette of the project, with what they are
//! made of; those that every program knows are not worth keeping unless one of them is of something.
//! All else goes with the project as it is: see [`super::kept`].

use std::borrow::Cow;
use std::collections::HashMap;

use goxel_core::limits::LAYERS_MAX;
use goxel_core::{Layer, Swatch, Work};
use goxel_proto::types::{LayerId, Loss};

use super::dict::Dict;
use super::kept::{Keeper, Link};
use super::palette::{self, Palette};
use super::place::{self, Model, Transform};
use super::scene::{Instance, Scene};
use super::{COLOURS_MAX, MAGIC, alias, material, packed, slab6};
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::{Document, Error, Result, text};

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "vox");
    if !bytes.starts_with(MAGIC) {
        if slab6::is_one(bytes) {
            return slab6::read(bytes, work);
        }
        return Err(cursor.malformed("it does not begin with \"VOX \""));
    }
    cursor.take(MAGIC.len())?;
    // Newer versions add chunks, which are kept as they are.
    let version = cursor.u32()?;
    let mut file = File {
        size: None,
        models: Vec::new(),
        palette: None,
        swatches: Vec::new(),
        materials: HashMap::new(),
        scene: Scene::default(),
        animated: false,
        kept: Keeper::new(version),
        budget: Budget::for_file(bytes.len(), work),
    };
    while !cursor.is_empty() {
        let kind: [u8; 4] = cursor.array()?;
        let length = cursor.length()?;
        let _children = cursor.u32()?;
        // MAIN has no content: its children are what comes next. Their length is not needed.
        let body = cursor.split(length)?;
        file.kept.keep(kind, &body);
        file.chunk(kind, body)?;
    }
    file.finish(&cursor)
}

/// What was read so far.
struct File<'a, 'w> {
    size: Option<[u32; 3]>,
    models: Vec<Model<'a>>,
    palette: Option<Palette>,
    swatches: Vec<Swatch>,
    /// By the index of their colour.
    materials: HashMap<i32, Dict<'a>>,
    scene: Scene<'a>,
    animated: bool,
    kept: Keeper,
    budget: Budget<'w>,
}

impl<'a> File<'a, '_> {
    fn chunk(&mut self, kind: [u8; 4], mut body: Cursor<'a>) -> Result<()> {
        match &kind {
            b"PACK" => self.animated = body.u32()? > 1,
            b"SIZE" => self.size = Some([body.u32()?, body.u32()?, body.u32()?]),
            b"XYZI" => self.model(body)?,
            b"TDCZ" => self.models.push(packed::model(body, &mut self.budget)?),
            b"RGBA" => {
                let body = body.rest();
                self.palette = Some(palette::from_chunk(body));
                self.swatches = palette::swatches(body);
            }
            b"MATL" => {
                let (colour, dict) = material::read(body)?;
                self.material(colour, dict);
            }
            b"MATT" => {
                let (colour, dict) = material::read_old(body)?;
                self.material(colour, dict);
            }
            b"nTRN" => self.scene.transform(body)?,
            b"nGRP" => self.scene.group(body)?,
            b"nSHP" => self.scene.shape(body)?,
            b"LAYR" => self.scene.layer(body)?,
            // Cameras, settings of the renderer, notes, and what is yet to come.
            _ => {}
        }
        Ok(())
    }

    fn model(&mut self, mut body: Cursor<'a>) -> Result<()> {
        let Some(size) = self.size.take() else {
            return Err(body.malformed("a model without a size"));
        };
        let count = body.length()?;
        let voxels = Cow::Borrowed(body.records(count, 4)?.as_chunks().0);
        self.models.push(Model { size, voxels });
        Ok(())
    }

    /// Those of colours that there are not would only take memory.
    fn material(&mut self, colour: i32, dict: Dict<'a>) {
        if (1..=COLOURS_MAX as i32).contains(&colour) {
            self.materials.insert(colour, dict);
        }
    }

    fn finish(mut self, end: &Cursor<'a>) -> Result<Document> {
        let mut instances = if self.scene.is_empty() {
            alone(self.models.len(), self.animated)
        } else {
            self.scene.instances()?
        };
        let mut frames = 0;
        if instances.len() > LAYERS_MAX {
            // Frames are what one can do without.
            frames = instances.extract_if(.., |instance| instance.frame > 0).count() as u64;
        }
        if instances.len() > LAYERS_MAX {
            let found = instances.len();
            return Err(Error::TooLarge(format!(
                "{found} instances of models: there can be {LAYERS_MAX} layers"
            )));
        }
        let mut document = Document::default();
        let palette = self.colours(&mut document.scene)?;
        let mut links = Vec::new();
        for instance in &instances {
            // A model that is not stored, or in a way that is not known, is nothing to show.
            let model = usize::try_from(instance.model).ok();
            let Some(model) = model.and_then(|at| self.models.get(at)) else { continue };
            let volume = place::volume(model, &instance.transform, &palette, &mut self.budget)?;
            // The project keeps these ids: what is kept of the scene names layers by them.
            let id = LayerId(document.layers.len() as u32 + 1);
            let mut layer = Layer::new(id, instance.title());
            layer.visible = !instance.hidden;
            layer.volume = volume.ok_or_else(|| {
                end.malformed(format!("model {} is out of range", instance.model))
            })?;
            links.push(Link::new(id, instance));
            document.layers.push(layer);
        }
        document.lose(Loss::Frames, "frames of animations beside the first are left out", frames);
        let kept = if self.scene.is_a_tree() {
            self.kept.finish(&links, alias::pack(&self.models, &palette))
        } else {
            None
        };
        if kept.is_none() {
            let what = "a scene that is no tree, or larger than a project may keep: groups, cameras, \
                        settings and notes are left out";
            document.lose(Loss::ForeignData, what, 1);
        }
        document.scene.set_opaque(kept.unwrap_or_default())?;
        Ok(document)
    }

    /// The colours by index. Those of the file are the palette of the project.
    fn colours(&mut self, scene: &mut goxel_core::Scene) -> Result<Palette> {
        let palette = self.palette.unwrap_or_else(palette::default);
        let material = |index: usize| {
            let dict = self.materials.get(&(index as i32))?;
            Some((material::material(dict, palette[index])?, dict))
        };
        let last = (1..=COLOURS_MAX).rfind(|&index| material(index).is_some()).unwrap_or(0);
        let mut swatches = std::mem::take(&mut self.swatches);
        if swatches.len() < last {
            swatches.extend(palette[swatches.len() + 1..=last].iter().map(|rgba| (*rgba).into()));
        }
        for (index, swatch) in swatches.iter_mut().enumerate() {
            let Some((mut made, dict)) = material(index + 1) else { continue };
            let known = scene.materials().iter().find(|known| material::alike(known, &made));
            swatch.material = Some(match known {
                Some(known) => known.id,
                None => {
                    made.name = material::name(dict, index + 1);
                    scene.set_material(made)?
                }
            });
        }
        swatches.retain(|swatch| !swatch.rgba.is_empty());
        scene.set_palette(swatches)?;
        Ok(palette)
    }
}

/// The models of a file without a scene.
fn alone(count: usize, animated: bool) -> Vec<Instance<'static>> {
    (0..count as i32).map(|model| Instance::alone(model, animated)).collect()
}

impl Instance<'_> {
    /// A model of a file without a scene.
    pub(super) fn alone(model: i32, animated: bool) -> Self {
        Self {
            model,
            // There is no node, so it is none that there can be.
            shape: -1 - model,
            frame: 0,
            label: None,
            transform: Transform::IDENTITY,
            name: None,
            hidden: animated && model > 0,
        }
    }

    /// What its layer is called.
    pub(super) fn title(&self) -> String {
        let name = self.name.map_or_else(|| format!("model {}", self.model), text::name);
        let name = match self.label {
            None => name,
            Some([]) => format!("{name}, frame {}", self.frame),
            Some(label) => format!("{name}, frame {}", text::name(label)),
        };
        text::clip(&name).to_owned()
    }
}
