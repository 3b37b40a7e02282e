//! Reads `.vox`. Start with [`read`]; the layout is in the module above.
//!
//! Every instance of a model becomes a layer, in the order of the scene. Old files have no scene:
//! there each model is a layer around the origin, and where they are the frames of an animation
//! (`PACK`) only the first is visible. The colours of the file, used or not, are the palette of
//! the project; those that every program knows are not worth keeping.

use std::borrow::Cow;

use goxel_core::limits::LAYERS_MAX;
use goxel_core::{Layer, Swatch, Work};
use goxel_proto::types::LayerId;

use super::palette::{self, Palette};
use super::place::{self, Model, Transform};
use super::scene::{Instance, Scene};
use super::{MAGIC, packed};
use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::{Document, Error, Result, text};

/// Reads a whole file, as far as `work` lets it.
pub(crate) fn read(bytes: &[u8], work: &Work<'_>) -> Result<Document> {
    let mut cursor = Cursor::new(bytes, "vox");
    if !bytes.starts_with(MAGIC) {
        return Err(cursor.malformed("it does not begin with \"VOX \""));
    }
    cursor.take(MAGIC.len())?;
    // Newer versions add chunks, which are passed over.
    let _version = cursor.u32()?;
    let mut file = File {
        size: None,
        models: Vec::new(),
        palette: None,
        swatches: Vec::new(),
        scene: Scene::default(),
        animated: false,
        budget: Budget::for_file(bytes.len(), work),
    };
    while !cursor.is_empty() {
        let kind: [u8; 4] = cursor.array()?;
        let length = cursor.length()?;
        let _children = cursor.u32()?;
        // MAIN has no content: its children are what comes next. Their length is not needed.
        let body = cursor.split(length)?;
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
    scene: Scene<'a>,
    animated: bool,
    budget: Budget<'w>,
}

impl<'a> File<'a, '_> {
    fn chunk(&mut self, kind: [u8; 4], mut body: Cursor<'a>) -> Result<()> {
        match &kind {
            b"PACK" => {
                self.animated = body.u32()? > 1;
                Ok(())
            }
            b"SIZE" => {
                self.size = Some([body.u32()?, body.u32()?, body.u32()?]);
                Ok(())
            }
            b"XYZI" => self.model(body),
            b"TDCZ" => {
                self.models.push(packed::model(body, &mut self.budget)?);
                Ok(())
            }
            b"RGBA" => {
                let body = body.rest();
                self.palette = Some(palette::from_chunk(body));
                self.swatches = palette::swatches(body);
                Ok(())
            }
            b"nTRN" => self.scene.transform(body),
            b"nGRP" => self.scene.group(body),
            b"nSHP" => self.scene.shape(body),
            b"LAYR" => self.scene.layer(body),
            // Materials, cameras, notes, and what is yet to come.
            _ => Ok(()),
        }
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

    fn finish(mut self, end: &Cursor<'a>) -> Result<Document> {
        let instances =
            if self.scene.is_empty() { self.models_alone() } else { self.scene.instances()? };
        if instances.len() > LAYERS_MAX {
            let found = instances.len();
            return Err(Error::TooLarge(format!(
                "{found} instances of models: there can be {LAYERS_MAX} layers"
            )));
        }
        let mut document = Document::default();
        document.scene.set_palette(self.swatches)?;
        let palette = self.palette.unwrap_or_else(palette::default);
        for instance in &instances {
            // A model that is not stored, or in a way that is not known, is nothing to show.
            let model = usize::try_from(instance.model).ok();
            let Some(model) = model.and_then(|at| self.models.get(at)) else { continue };
            let volume = place::volume(model, &instance.transform, &palette, &mut self.budget)?;
            let mut layer = Layer::new(LayerId(0), name(instance));
            layer.visible = !instance.hidden;
            layer.volume = volume.ok_or_else(|| {
                end.malformed(format!("model {} is out of range", instance.model))
            })?;
            document.layers.push(layer);
        }
        Ok(document)
    }

    /// The models of a file without a scene.
    fn models_alone(&self) -> Vec<Instance<'a>> {
        let models = 0..self.models.len() as i32;
        models
            .map(|model| Instance {
                model,
                transform: Transform::IDENTITY,
                name: None,
                hidden: self.animated && model > 0,
            })
            .collect()
    }
}

fn name(instance: &Instance<'_>) -> String {
    instance.name.map_or_else(|| format!("model {}", instance.model), text::name)
}
