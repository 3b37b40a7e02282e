//! Transactions: edits that are one step of the history, or none.

use anyhow::Result;
use goxel_client::Client;
use goxel_proto::Method;

/// Begins a transaction of the project.
///
/// # Errors
/// Where the daemon refuses, or the connection breaks.
pub(crate) fn begin(client: &mut Client, project: Option<&str>) -> Result<()> {
    client.call(Method::Begin, project, |_| ())?;
    Ok(())
}

/// Makes one step of all edits since [`begin`].
///
/// # Errors
/// Where the daemon refuses, or the connection breaks.
pub(crate) fn commit(client: &mut Client, project: Option<&str>) -> Result<()> {
    client.call(Method::Commit, project, |_| ())?;
    Ok(())
}

/// Takes back all edits since [`begin`].
///
/// # Errors
/// Where the daemon refuses, or the connection breaks.
pub(crate) fn roll_back(client: &mut Client, project: Option<&str>) -> Result<()> {
    client.call(Method::Rollback, project, |_| ())?;
    Ok(())
}
