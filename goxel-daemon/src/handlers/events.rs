//! What a connection is told beside its replies, and the name of a project, by which it is told.

use goxel_core::Identity;
use goxel_core::limits::NAME_BYTES_MAX;
use goxel_proto::calls::{Subscribe, Unsubscribe};
use goxel_proto::json::Writer;
use goxel_proto::types::Word as _;
use goxel_proto::{Args, Method, RpcError};

use super::projects::write_identity;
use crate::events::Kinds;
use crate::fault::{Fault, Result};
use crate::handler::Entry;
use crate::handler::Handler::System;
use crate::session::Session;
use crate::state::State;

pub(super) const HANDLERS: &[Entry] = &[
    (Method::Subscribe, System(subscribe)),
    (Method::Poll, System(poll)),
    (Method::Unsubscribe, System(unsubscribe)),
    (Method::RenameProject, System(rename)),
];

fn subscribe(
    state: &mut State,
    session: &mut Session,
    args: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    let call = Subscribe::read(args)?;
    if session.follows {
        return Err(Fault::conflict("this connection follows the daemon, and is for nothing else"));
    }
    let projects = numbers(state, call.projects)?;
    let client = session.client;
    let before = state.projects.listeners().and_then(|listeners| listeners.settings(client));
    let mut settings = before.unwrap_or_default();
    settings.notify = call.notify.unwrap_or(settings.notify);
    settings.own = call.own.unwrap_or(settings.own);
    let settings = call.every_ms.map_or(settings, |ms| settings.every(ms));
    let events = state.projects.events();
    let kinds = Kinds::of(&call.kinds);
    let outcome = events.begin().subscribe(client, projects.as_deref(), kinds, settings);
    events.end_where_unheard();
    outcome?;
    let wanted = events.heard().map(|listeners| listeners.wanted(client)).unwrap_or_default();
    w.object(|w| {
        w.member("success", true);
        w.member("every_ms", settings.every_ms());
        w.member("notify", settings.notify);
        w.member("own", settings.own);
        w.key("subscriptions").array(|w| {
            for (number, kinds) in wanted {
                w.item().object(|w| {
                    if let Some(number) = number {
                        w.member("project_id", Identity::of(number).to_string());
                    }
                    let kinds = kinds.each();
                    w.key("kinds").array(|w| kinds.for_each(|kind| w.element(kind.name())));
                });
            }
        });
    });
    Ok(())
}

/// The numbers of the identities of projects, open or not.
fn numbers(state: &State, projects: Option<Vec<String>>) -> Result<Option<Vec<u64>>> {
    let Some(names) = projects else { return Ok(None) };
    let number = |(at, name): (usize, &String)| {
        let place = format!("params.projects[{at}]");
        state.projects.find_any(name, &place).map(|(identity, _)| identity.number())
    };
    names.iter().enumerate().map(number).collect::<Result<_>>().map(Some)
}

fn poll(state: &mut State, session: &mut Session, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let mut listens = false;
    w.object(|w| listens = state.projects.poll_events(session.client, w.key("events")));
    if listens {
        return Ok(());
    }
    let what = "this connection is told of nothing: call goxel.subscribe first, with notify false";
    Err(Fault::conflict(what))
}

fn unsubscribe(
    state: &mut State,
    session: &mut Session,
    args: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    let call = Unsubscribe::read(args)?;
    let projects = numbers(state, call.projects)?;
    let (client, kinds) = (session.client, Kinds::of(&call.kinds));
    let events = state.projects.events();
    let left = events
        .heard()
        .map_or(0, |listeners| listeners.unsubscribe(client, projects.as_deref(), kinds));
    events.end_where_unheard();
    w.object(|w| {
        w.member("success", true);
        w.member("subscriptions", left);
    });
    Ok(())
}

fn rename(state: &mut State, session: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let (name, to): (String, String) = (args.need("name")?, args.need("to")?);
    if to.is_empty() || to.len() > NAME_BYTES_MAX {
        let what = format_args!("must be text of 1 to {NAME_BYTES_MAX} bytes");
        return Err(RpcError::params("params.to", what).into());
    }
    let id = state.projects.find(&name, "params.name")?;
    state.projects.rename(session, id, &to)?;
    let project = state.projects.read(Some(id))?;
    w.object(|w| {
        w.member("success", true);
        w.member("name", project.name());
        write_identity(project, w);
        w.member("version", project.version());
    });
    Ok(())
}
