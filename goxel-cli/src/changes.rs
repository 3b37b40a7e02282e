//! [`each`]: looks again and again whether the project has changed.

use std::thread;
use std::time::Duration;

use anyhow::Result;
use goxel_client::{Client, Requests};
use goxel_proto::Method;

use crate::error::Refused;

/// Calls `act` at first, and then at every change of the project, for as long as it says so.
///
/// # Errors
/// Those of `act`, and where the connection breaks.
pub(crate) fn each(
    client: &mut Client,
    project: Option<&str>,
    every: Duration,
    mut act: impl FnMut(&mut Client, &[Vec<u8>]) -> Result<bool>,
) -> Result<()> {
    let mut seen = Vec::new();
    loop {
        let state = poll(client, project)?;
        if state != seen {
            seen = state;
            if !act(client, &seen)? {
                return Ok(());
            }
        }
        // Looking again at set times is what this command is: the daemon tells nobody of changes.
        thread::sleep(every);
    }
}

/// The state and the history of the project; the latter fails where there is no project.
fn poll(client: &mut Client, project: Option<&str>) -> Result<Vec<Vec<u8>>> {
    let mut out = Requests::new(client.next_id(), project);
    out.call(Method::GetStatus, |_| ());
    out.call(Method::History, |_| ());
    client.send(&out)?;
    let mut state = Vec::new();
    for _ in 0..2 {
        match client.receive(1)? {
            Ok(mut results) => state.append(&mut results),
            Err(refusal) if state.is_empty() => return Err(Refused(refusal.message).into()),
            Err(_) => {}
        }
    }
    Ok(state)
}
