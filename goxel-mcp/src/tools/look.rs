//! `look`: a picture of a project from one or several sides, and what is on it in words. Edits take the same
//! options, and mark what they changed.

use goxel_client::Refusal;
use goxel_proto::method::{Field, Kind};
use goxel_proto::{Method, base64};
use serde_json::{Value, json};

use super::args::Args;
use super::ask::{self, Request, State, ask};
use super::caption::{self, Caption, MARGIN};
use super::grid;
use super::params::{self, PROJECT};
use crate::tool::{Call, Object, Outcome, Picture, Refused};

/// The sizes of pictures, in pixels along each edge. A model pays some 90, 350 or 1400 tokens for one.
const SIZES: [(&str, u32); 3] = [("small", 256), ("medium", 512), ("large", 1024)];
/// The one of those where nothing is said.
const USUAL_SIZE: u32 = 512;
/// What is shown where nothing is said: what it looks like, and all three axes straight on.
const USUAL_VIEWS: [&str; 4] = ["isometric", "front", "right", "top"];
/// From where a slice across each axis is seen straight on.
const FACES: [&str; 3] = ["right", "front", "top"];
/// Far beyond every voxel.
const FAR: [i64; 2] = [i32::MIN as i64, i32::MAX as i64];

/// The options of a picture, for `look` and for edits.
pub(super) const OPTIONS: &[Field] = &[
    params::said(
        params::inside(Method::RenderScene, "options", "views"),
        "On one labelled sheet. Default: isometric, front, right, top.",
    ),
    Field::absent(
        "size",
        Kind::AnyOf(&[Kind::Exactly("small"), Kind::Exactly("medium"), Kind::Exactly("large")]),
        "256, 512 (default) or 1024 pixels: some 90, 350, 1400 tokens.",
    ),
    Field::absent("slice", Kind::Text, "Planes: \"z=3\" or \"z=3..5\", seen straight on."),
    params::corners("box", "Only what is in [x1,y1,z1,x2,y2,z2]."),
    Field::absent("layers", Kind::list(&params::LAYER_KIND), "Only these, hidden ones too."),
    Field::absent(
        "since",
        params::kind(Method::Diff, "from"),
        "Version: what changed since is coloured, the rest grey, what is gone red glass.",
    ),
    Field::absent("grid", Kind::Bool, "Lines around each voxel."),
];

/// The tool's own parameters.
pub(super) const PARAMS: &[Field] =
    &[PROJECT, OPTIONS[0], OPTIONS[1], OPTIONS[2], OPTIONS[3], OPTIONS[4], OPTIONS[5], OPTIONS[6]];

/// What the tool tells beside the picture.
pub(super) const GIVES: &[Field] = &[
    Field::needed("version", Kind::COUNT, ""),
    Field::needed("voxels", Kind::COUNT, ""),
    Field::absent("bounds", Kind::Any, ""),
    Field::absent("changes", Kind::Any, ""),
];

/// A picture that is asked for.
#[derive(Clone, Debug)]
pub(super) struct Look {
    views: Vec<String>,
    size: u32,
    clip: Option<Value>,
    layers: Option<Value>,
    since: Option<Value>,
    edges: Option<Value>,
    /// Whether a picture without a highlight is better than none.
    may_do_without: bool,
}

impl Look {
    /// What `look` of an edit asks for, if anything.
    ///
    /// # Errors
    /// Where an option is wrong.
    pub(super) fn asked(said: Option<Value>) -> Result<Option<Self>, Refused> {
        match said {
            Some(Value::Object(given)) => {
                let args = Args::read("look", OPTIONS, given)?;
                Self::read(&args).map(Some)
            }
            Some(Value::Bool(true)) => {
                Self::read(&Args::read("look", OPTIONS, Object::new())?).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn read(args: &Args) -> Result<Self, Refused> {
        let size = args.text("size").and_then(|said| SIZES.iter().find(|(name, _)| *name == said));
        let slice = args.text("slice").map(Slice::read).transpose()?;
        let views = args
            .get("views")
            .and_then(Value::as_array)
            .map(|views| views.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        let face = || slice.map(|slice| vec![FACES[slice.axis].to_owned()]);
        let usual = || USUAL_VIEWS.map(str::to_owned).to_vec();
        Ok(Self {
            views: views.or_else(face).unwrap_or_else(usual),
            size: size.map_or(USUAL_SIZE, |(_, pixels)| *pixels),
            clip: clip(args.cells("box"), slice)?,
            layers: args.get("layers").cloned(),
            since: args.get("since").cloned(),
            edges: args.flag("grid").then(|| "grid".into()),
            may_do_without: false,
        })
    }

    /// The same with what changed since a version marked, where nothing else is said.
    pub(super) fn since_then(mut self, version: u64) -> Self {
        if self.since.is_none() {
            (self.since, self.may_do_without) = (Some(version.into()), true);
        }
        self
    }

    /// How many views stand beside each other.
    fn columns(&self) -> usize {
        (1..).find(|columns| columns * columns >= self.views.len()).unwrap_or(1)
    }

    fn request(&self, highlights: bool) -> Request {
        let mut options = json!({
            "views": self.views, "columns": self.columns(), "labels": true, "margin": MARGIN, "format": "png",
            "return_mode": "base64",
        });
        let said = [("clip", &self.clip), ("layers", &self.layers), ("edges", &self.edges)];
        let highlight = [("highlight", &self.since)];
        let highlight = if highlights { &highlight[..] } else { &[] };
        for (name, value) in said.iter().chain(highlight) {
            if let Some(value) = value {
                options[*name] = value.clone();
            }
        }
        Request::new(Method::RenderScene)
            .with("width", self.size)
            .with("height", self.size)
            .with("options", options)
    }
}

/// Planes across an axis, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slice {
    axis: usize,
    from: i64,
    to: i64,
}

impl Slice {
    /// Reads `z=3` or `z=3..5`.
    fn read(said: &str) -> Result<Self, Refused> {
        let wrong = || {
            Refused::new(format!(
                "slice: \"{said}\" is no slice: say \"z=3\", or \"z=3..5\" for several planes."
            ))
        };
        let (axis, planes) = said.split_once('=').ok_or_else(wrong)?;
        let axis = ["x", "y", "z"].iter().position(|name| name.eq_ignore_ascii_case(axis.trim()));
        let (from, to) = planes.split_once("..").unwrap_or((planes, planes));
        let number = |text: &str| text.trim().parse::<i32>().ok().map(i64::from);
        match (axis, number(from), number(to)) {
            (Some(axis), Some(from), Some(to)) => {
                Ok(Self { axis, from: from.min(to), to: from.max(to) })
            }
            _ => Err(wrong()),
        }
    }
}

/// The box of what is drawn, where not all is.
fn clip(corners: Option<[i32; 6]>, slice: Option<Slice>) -> Result<Option<Value>, Refused> {
    if corners.is_none() && slice.is_none() {
        return Ok(None);
    }
    let [low, high] = FAR;
    let mut region = match corners {
        Some(corners) => params::region(corners),
        None => json!({"min": [low, low, low], "max": [high, high, high]}),
    };
    if let Some(Slice { axis, from, to }) = slice {
        let side = |side: &str| region[side][axis].as_i64().unwrap_or_default();
        let (low, high) = (side("min").max(from), side("max").min(to));
        if low > high {
            return Err(Refused::new("slice: it is outside of the box that goes with it."));
        }
        (region["min"][axis], region["max"][axis]) = (low.into(), high.into());
    }
    Ok(Some(region))
}

/// A picture, and what is on it.
pub(super) struct Seen {
    pub(super) picture: Picture,
    /// What is on it, in words.
    pub(super) text: String,
    /// What changed since the version that was said.
    pub(super) changes: Option<Value>,
    /// What is not as it was asked for.
    pub(super) note: Option<String>,
    told: Object,
}

/// Draws a project.
///
/// # Errors
/// Where there is no such project, version or layer.
pub(super) fn see(call: &mut Call<'_>, project: &str, look: &Look) -> Result<Seen, Refused> {
    let (drawn, note) = draw(call, project, look)?;
    let image = drawn["image"].as_str().unwrap_or_default();
    let png = base64::decode(image.as_bytes())
        .map_err(|_| Refused::new("The voxel engine's picture cannot be read."))?;
    let info = ask(call, &Request::new(Method::GetProjectInfo).of(project))?;
    let version = State::of(call, project)?.version;
    let changes = look.since.as_ref().filter(|_| note.is_none());
    let changes = changes.and_then(|since| changes_since(call, project, since).ok());
    let label = format!(
        "{}, version {version}: {}",
        info["name"].as_str().unwrap_or(project),
        look.views.join(", ")
    );
    let mut told = Object::new();
    told.insert("project_id".into(), project.into());
    told.insert("version".into(), version.into());
    told.insert("voxels".into(), info["voxel_count"].clone());
    if let Some(bounds) = bounds(&info["bounding_box"]) {
        told.insert("bounds".into(), bounds);
    }
    told.insert("views".into(), look.views.clone().into());
    if let Some(changes) = &changes {
        told.insert("changes".into(), changes.clone());
    }
    let caption = Caption {
        label: &label,
        told: &told,
        views: &look.views,
        columns: look.columns(),
        size: look.size,
        framed: framed(look, &info["layers"], &told),
        since: look.since.as_ref(),
    };
    let text = caption.words();
    Ok(Seen { picture: Picture { png, label }, text, changes, note, told })
}

/// The reply with the picture. An edit's picture is drawn without its highlight where there is no older version
/// to be had; the second tells so then.
fn draw(
    call: &mut Call<'_>,
    project: &str,
    look: &Look,
) -> Result<(Value, Option<String>), Refused> {
    let mut why = None;
    if look.since.is_some() && look.may_do_without {
        match ask::attempt(call, &look.request(true).of(project))? {
            Ok(drawn) => return Ok((drawn, None)),
            Err(Refusal { message, .. }) => {
                why = Some(format!("The change is not highlighted: {message}"));
            }
        }
    }
    let drawn = ask(call, &look.request(why.is_none()).of(project))?;
    Ok((drawn, why))
}

/// What differs between a version and now, in numbers and a box.
///
/// # Errors
/// Where older versions are not kept, or there is no such one.
pub(super) fn changes_since(
    call: &mut Call<'_>,
    project: &str,
    since: &Value,
) -> Result<Value, Refused> {
    let told = ask(call, &Request::new(Method::Diff).with("from", since.clone()).of(project))?;
    let mut changes = json!({});
    for name in ["added", "removed", "recoloured", "box"] {
        if let Some(value) = told.get(name) {
            changes[name] = value.clone();
        }
    }
    Ok(changes)
}

/// The corners of a bounding box that is not empty.
pub(super) fn bounds(told: &Value) -> Option<Value> {
    told.get("min").map(|min| json!({"min": min, "max": told["max"]}))
}

/// The box that the views show: that of all layers, and of what changed, where all of that is drawn.
fn framed(look: &Look, layers: &Value, told: &Object) -> Option<[i32; 6]> {
    let layers = layers.as_array()?;
    let is_part = look.clip.is_some() || look.layers.is_some();
    if is_part || layers.iter().any(|layer| layer["visible"] != json!(true)) {
        return None;
    }
    let all = told.get("bounds").and_then(caption::corners);
    let changed = told.get("changes").and_then(|changes| caption::corners(&changes["box"]));
    all.into_iter().chain(changed).reduce(grid::around)
}

/// Carries out a call of the tool.
///
/// # Errors
/// Where an option is wrong, or there is no such project.
pub(super) fn look(call: &mut Call<'_>, args: &mut Args) -> Result<Outcome, Refused> {
    let project = args.project();
    let seen = see(call, &project, &Look::read(args)?)?;
    Ok(Outcome {
        structured: seen.told.into(),
        text: Some(seen.text),
        pictures: vec![seen.picture],
    })
}
