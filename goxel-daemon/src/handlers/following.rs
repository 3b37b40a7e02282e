//! One daemon that follows another: what both say to each other, and what is told of it.

use goxel_core::Identity;
use goxel_proto::json::{Kind, Value, Writer};
use goxel_proto::{Args, ErrorCode, Method, RpcError};

use crate::fault::Result;
use crate::handler::Entry;
use crate::handler::Handler::System;
use crate::session::Session;
use crate::state::State;
use crate::storage::{Had, MEANING, STREAM_FORMAT};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::Follow, System(follow)),
    (Method::Followed, System(followed)),
    (Method::Promote, System(promote)),
];

fn follow(state: &mut State, session: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    if session.in_batch {
        let what = "goxel.follow takes the whole connection, so it cannot be called in a batch";
        return Err(RpcError::new(ErrorCode::InvalidRequest, what).into());
    }
    admit_versions(args.need("format")?, args.need("meaning")?)?;
    let mut has = Vec::new();
    if let Some((projects, place)) = args.value("projects") {
        if projects.kind() != Kind::Array {
            return Err(args.must_be("projects").into());
        }
        for (index, project) in projects.elements().enumerate() {
            let had = read_had(&project).ok_or_else(|| {
                let what = "must be an object of a project_id, a version and perhaps a run";
                RpcError::params(format_args!("{place}[{index}]"), what)
            })?;
            has.push(had);
        }
    }
    let followers = state.projects.follow(session.client, &has)?;
    session.follows = true;
    w.object(|w| {
        w.member("run", format!("{:016x}", followers.run()).as_str());
        w.member("waits", followers.are_waited_for());
    });
    Ok(())
}

/// Both have to be of the same formats: what is sent is written as it came.
fn admit_versions(format: u32, meaning: u32) -> Result {
    if format == STREAM_FORMAT && meaning == u32::from(MEANING) {
        return Ok(());
    }
    let what = format_args!(
        "the follower reads format {format} and version {meaning} of what commands mean, this daemon sends \
         {STREAM_FORMAT} and {MEANING}: use the same version of Goxel for both"
    );
    Err(RpcError::new(ErrorCode::Storage, what).into())
}

fn read_had(value: &Value<'_>) -> Option<Had> {
    let identity = Identity::parse(&value.get("project_id")?.as_str()?.decode())?;
    let version = u64::try_from(value.get("version")?.as_number()?.to_i64()?).ok()?;
    let run = match value.get("run") {
        Some(run) => u64::from_str_radix(&run.as_str()?.decode(), 16).ok()?,
        None => 0,
    };
    Some(Had { number: identity.number(), version, run })
}

fn followed(
    state: &mut State,
    session: &mut Session,
    args: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    let is_so = state.projects.heard(session, args.need("through")?);
    w.object(|w| w.member("success", is_so));
    Ok(())
}

fn promote(state: &mut State, _: &mut Session, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let State { following, projects, .. } = state;
    following.promote(projects)?;
    let count = projects.versions().len();
    w.object(|w| {
        w.member("success", true);
        w.member("projects", count);
    });
    Ok(())
}

/// Writes who follows this daemon, and whom it follows: nothing where that is nobody.
pub(super) fn write_state(state: &State, w: &mut Writer<'_>) {
    if let Some((leader, link)) = state.following.state() {
        w.key("follows").object(|w| {
            w.member("leader", leader.to_string().as_str());
            w.member("connected", link.is_connected);
            w.member("complete", link.is_complete);
            w.member("durable", link.durable);
            if let Some(error) = &link.error {
                w.member("error", error.as_str());
            }
        });
    }
    let Some(followers) = state.projects.followers().filter(|all| all.list().next().is_some())
    else {
        return;
    };
    w.key("followers").array(|w| {
        for follower in followers.list() {
            w.item().object(|w| {
                w.member("client", follower.client.number());
                w.member("complete", follower.is_complete);
                w.member("missing", follower.missing);
                w.member("behind", follower.behind);
                w.member("backlog_bytes", follower.backlog_bytes);
            });
        }
    });
}
