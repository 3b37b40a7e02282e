//! Paths as the daemon gets them.

use std::path::Path;

use anyhow::{Result, bail};

use crate::error::Usage;

/// The path as the daemon must get it: it works in another directory.
pub(crate) fn absolute(path: &Path) -> Result<String> {
    let path =
        std::path::absolute(path).map_err(|error| Usage(format!("{}: {error}", path.display())))?;
    match path.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => bail!(Usage(format!("{}: the path is not UTF-8", path.display()))),
    }
}
