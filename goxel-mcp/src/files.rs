//! The bytes of a project's file. The daemon writes files and sends none, so it writes one into a
//! directory that is made for it in the workspace, which is where both may go, and is taken away again.
//!
//! That is an export: a project is not saved by it.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use goxel_client::{Error, Refusal};
use goxel_proto::{ErrorCode, Method};

use crate::lookout::Ticket;
use crate::pool::{Confinement, Pool};

/// A file that goes into a reply is at most this large, in bytes: what is larger is exported to a
/// file of the workspace.
pub(crate) const FILE_BYTES_MAX: u64 = 16 << 20;

/// The bytes of a project's file, in this format.
///
/// # Errors
/// Where there is no daemon, or it refuses, or the file is too large.
pub(crate) fn read(
    pool: &Pool,
    confinement: &Confinement,
    project: &str,
    format: &str,
    ticket: &Arc<Ticket>,
) -> Result<Vec<u8>, Error> {
    if confinement.read_only {
        return Err(refusal("goxel-mcp was started with --read-only, and writes no file"));
    }
    let workspace = &confinement.workspace;
    let dir = Passing::new(workspace).map_err(|error| {
        refusal(&format!("cannot write into the workspace {}: {error}", workspace.display()))
    })?;
    let within = Confinement { workspace: dir.0.clone(), read_only: false };
    let path = dir.0.join(format!("model.{format}"));
    pool.with_other(&within, ticket, |client| {
        let text = path.to_string_lossy().into_owned();
        client.call(Method::ExportModel, Some(project), |params| params.member("path", text))?;
        bytes(&path)
    })
}

fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let unreadable = |error: io::Error| refusal(&format!("the file cannot be read: {error}"));
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > FILE_BYTES_MAX {
        return Err(refusal(&format!(
            "the file has {size} bytes, and {FILE_BYTES_MAX} at the most are sent: export it to a \
             file of the workspace"
        )));
    }
    fs::read(path).map_err(unreadable)
}

fn refusal(words: &str) -> Error {
    Error::Refused(Refusal { code: ErrorCode::Export as i64, message: words.to_owned() })
}

/// A directory that is there for a moment.
struct Passing(PathBuf);

impl Passing {
    fn new(workspace: &Path) -> io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = workspace.join(format!(".goxel-mcp-{}-{count}", std::process::id()));
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        // One that stays is seen; there is nobody to tell.
        let _ = fs::remove_dir_all(&self.0);
    }
}
