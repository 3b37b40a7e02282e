//! [`AtHand`]: a project at hand as a source, for tests and fuzz targets.

use std::cell::RefCell;
use std::rc::Rc;

use goxel_core::{Project, Tile, TilePos, Volume};
use goxel_proto::types::{LayerId, LayerRef};
use goxel_store::state;

use super::{Lost, Model, Source};

/// A project that gives its tiles, and notes what it was asked for.
pub(crate) struct AtHand {
    project: Project,
    pub(crate) log: Rc<RefCell<Log>>,
}

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Log {
    /// Messages that asked for tiles, and tiles in them.
    pub(crate) messages: usize,
    pub(crate) tiles: usize,
    /// Messages that asked where there are any.
    pub(crate) places: usize,
    /// How far the script said it was.
    pub(crate) progress: Vec<(u64, u64)>,
    /// So many messages are answered; then the source is lost.
    pub(crate) until: Option<usize>,
}

impl AtHand {
    pub(crate) fn new(project: &Project) -> Self {
        Self { project: project.snapshot(), log: Rc::default() }
    }

    fn heard(&self) -> Result<(), Lost> {
        let log = self.log.borrow();
        match log.until {
            Some(until) if log.messages + log.places > until => {
                Err(Lost("the test is over".to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn volume(&self, layer: LayerId) -> Volume {
        let layer = self.project.layer(LayerRef::Id(layer));
        layer.map(|layer| layer.volume.clone()).unwrap_or_default()
    }
}

impl Source for AtHand {
    fn tiles(&mut self, layer: LayerId, places: &[TilePos]) -> Result<Vec<Tile>, Lost> {
        let mut log = self.log.borrow_mut();
        log.messages += 1;
        log.tiles += places.len();
        drop(log);
        self.heard()?;
        let volume = self.volume(layer);
        Ok(places.iter().map(|&at| volume.tile(at).to_tile()).collect())
    }

    fn places(&mut self, layer: LayerId) -> Result<Vec<TilePos>, Lost> {
        self.log.borrow_mut().places += 1;
        self.heard()?;
        Ok(self.volume(layer).tiles().map(|(at, _)| at).collect())
    }

    fn ask(
        &mut self,
        method: &str,
        params: &str,
        change: &[u8],
    ) -> Result<Result<String, String>, Lost> {
        self.heard()?;
        let mut project = self.project.snapshot();
        if !change.is_empty() && state::apply(&mut project, change).is_err() {
            return Ok(Err(r#"{"code":-32603,"message":"the change is damaged"}"#.to_owned()));
        }
        Ok(match method {
            "fail" => Err(r#"{"code":-1234,"message":"as it was asked to"}"#.to_owned()),
            _ => Ok(format!(
                r#"{{"method":"{method}","params":{params},"voxels":{},"layers":{}}}"#,
                project.count(),
                project.layers().len()
            )),
        })
    }

    fn progress(&mut self, done: u64, total: u64) -> Result<(), Lost> {
        self.log.borrow_mut().progress.push((done, total));
        self.heard()
    }
}

/// The project without its voxels.
pub(crate) fn skeleton(project: &Project) -> Project {
    let mut skeleton = project.snapshot();
    let mut parts = project.parts();
    parts.layers.iter_mut().for_each(|layer| layer.volume = Volume::new());
    if skeleton.put(parts).is_err() {
        return project.snapshot();
    }
    skeleton
}

/// A model over a project, which gives tiles when they are asked for.
pub(crate) fn model_of(project: &Project) -> (Model, Rc<RefCell<Log>>) {
    model_within(project, ROOM)
}

/// [`model_of`], in which volumes may take so many bytes.
pub(crate) fn model_within(project: &Project, room: u64) -> (Model, Rc<RefCell<Log>>) {
    let source = AtHand::new(project);
    let log = Rc::clone(&source.log);
    (Model::new(skeleton(project), Box::new(source), room), log)
}

/// Bytes that the volumes of a test may take.
pub(crate) const ROOM: u64 = 1 << 25;
