//! [`append`]: what a bench found, as a line of JSON at the end of the file that
//! `GOXEL_BENCH_REPORT` names.

use std::fs::OpenOptions;
use std::io::{self, Write as _};

use serde_json::Value;

/// Adds a line, where a file is named; where it cannot be, says that `name` is missing.
pub(crate) fn append(name: &str, line: &Value) {
    if let Err(error) = try_append(line) {
        eprintln!("{name} is not in the report: {error}");
    }
}

fn try_append(line: &Value) -> io::Result<()> {
    let Some(path) = std::env::var_os("GOXEL_BENCH_REPORT") else { return Ok(()) };
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    writeln!(file, "{line}")
}
