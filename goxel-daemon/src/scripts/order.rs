//! [`Order`]: what a call wants of a script.

use std::sync::Arc;
use std::time::Duration;

use goxel_proto::calls::{Code, ExecuteScript, SCRIPT_BYTES_MAX};
use goxel_proto::types::LayerRef;
use goxel_proto::worker::Action;
use goxel_proto::{Args, Method};

use crate::door::{Place, Rights};
use crate::fault::{Result, reason};

/// What a script without a name and a path is called.
const UNNAMED: &str = "script";

/// What is wanted of a script.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    source: Source,
    /// What errors call it.
    pub(super) name: String,
    pub(super) action: Action,
    /// How long it may run.
    pub(super) timeout: Duration,
    /// What it is given: JSON.
    pub(super) args: String,
    pub(super) seed: u64,
    /// Whether it only says what it would change.
    pub(crate) dry_run: bool,
    /// How many times it may begin anew.
    pub(crate) retries: u32,
    /// The layer that it works on where it names none.
    pub(super) layer: LayerRef,
}

/// Where the code is.
#[derive(Clone, Debug)]
enum Source {
    Text(Arc<str>),
    File(Place),
}

impl Order {
    /// Reads the call of whoever has these rights.
    ///
    /// # Errors
    /// Where a parameter is wrong, or the path leads where the caller may not go.
    pub(crate) fn read(rights: &Rights, args: &Args<'_>) -> Result<Self> {
        debug_assert_eq!(args.row().name, Method::ExecuteScript.info().name);
        let call = ExecuteScript::read(args)?;
        let (source, called) = match call.code {
            Code::Text(text) => (Source::Text(text.into()), UNNAMED.to_owned()),
            Code::Path(path) => (Source::File(rights.place(&path)?), path),
        };
        Ok(Self {
            source,
            name: call.name.unwrap_or(called),
            action: Action::Evaluate,
            timeout: Duration::from_millis(call.timeout_ms),
            args: call.args,
            seed: call.seed,
            dry_run: call.dry_run,
            retries: call.retries,
            layer: call.layer,
        })
    }

    /// The code, or why it cannot be had, in words.
    pub(super) fn code(&self) -> Result<String, String> {
        let place = match &self.source {
            Source::Text(text) => return Ok(text.to_string()),
            Source::File(place) => place,
        };
        let failed = |why: &dyn std::fmt::Display| {
            format!("'{}' cannot be read: {why}", place.named().display())
        };
        let bytes = place.read_all(SCRIPT_BYTES_MAX).map_err(|error| failed(&reason(error)))?;
        String::from_utf8(bytes).map_err(|_| failed(&"it is not text in UTF-8"))
    }
    /// The same with its code as it is now, for whoever runs it again, whatever becomes of its file.
    pub(crate) fn pinned(&self) -> Option<Self> {
        Some(Self { source: Source::Text(self.code().ok()?.into()), ..self.clone() })
    }

    /// The same, of which something else is wanted.
    pub(super) fn with(&self, action: Action) -> Self {
        Self { action, ..self.clone() }
    }

    /// Bytes of its code, where that is here.
    pub(super) fn code_bytes(&self) -> usize {
        if let Source::Text(text) = &self.source { text.len() } else { 0 }
    }
}
