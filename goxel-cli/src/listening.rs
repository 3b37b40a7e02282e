//! [`next`]: waits for what the daemon tells.

use anyhow::Result;
use goxel_client::{Client, Error, Event};

use crate::error::Absent;

/// The next event, however long that takes.
///
/// # Errors
/// Where the daemon is gone.
pub(crate) fn next(client: &mut Client) -> Result<Event> {
    loop {
        match client.next_event(None) {
            Ok(Some(event)) => return Ok(event),
            Ok(None) => {}
            Err(Error::Closed) => {
                return Err(
                    Absent("the daemon has ended, or closed the connection".to_owned()).into()
                );
            }
            Err(other) => return Err(other.into()),
        }
    }
}
