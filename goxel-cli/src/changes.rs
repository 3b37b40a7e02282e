//! [`each`]: does something whenever the project has changed.

use std::time::Duration;

use anyhow::Result;
use goxel_client::{Client, Requests};
use goxel_proto::Method;

use crate::error::Refused;
use crate::listening;

/// What an event may come with that changes what is seen of a project, or which one is meant.
const KINDS: [&str; 5] = ["change", "project", "layers", "scene", "history"];

/// Calls `act` at first, and then at every change of the project, for as long as it says so. Changes that come
/// within `every` of each other are one.
///
/// # Errors
/// Those of `act`, and where the connection breaks.
pub(crate) fn each(
    client: &mut Client,
    project: Option<&str>,
    every: Duration,
    mut act: impl FnMut(&mut Client, &[Vec<u8>]) -> Result<bool>,
) -> Result<()> {
    subscribe(client, every)?;
    let mut seen = Vec::new();
    loop {
        let state = state(client, project)?;
        if state != seen {
            seen = state;
            if !act(client, &seen)? {
                return Ok(());
            }
        }
        // Whichever project it is about: which one is meant may be another by that.
        listening::next(client)?;
        while client.next_event(Some(Duration::ZERO))?.is_some() {}
    }
}

fn subscribe(client: &mut Client, every: Duration) -> Result<()> {
    client.call(Method::Subscribe, None, |w| {
        w.key("kinds").array(|w| KINDS.iter().for_each(|kind| w.element(*kind)));
        w.member("every_ms", u64::try_from(every.as_millis()).unwrap_or(u64::MAX));
    })?;
    Ok(())
}

/// The state and the history of the project; the latter fails where there is no project.
fn state(client: &mut Client, project: Option<&str>) -> Result<Vec<Vec<u8>>> {
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
