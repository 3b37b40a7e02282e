//! [`answer`]: methods that a script calls while it runs. They read its project as it has made it so far, and may
//! write files; none changes anything of the daemon.

use goxel_core::{Project, Work};
use goxel_proto::calls::{RenderScene, RenderTarget};
use goxel_proto::json::{Unread, Value, Writer};
use goxel_proto::worker::Ask;
use goxel_proto::{Args, ErrorCode, Method, RpcError, suggest};
use goxel_store::state;

use super::handler;
use crate::door::Rights;
use crate::fault::{Fault, Result};
use crate::handler::{Drawing, Drawn, Handler, Snapshot};
use crate::renders::{Renders, Settings};
use crate::scripts::nonsense;

/// Answers a method of a script that has begun with `project`: its result as JSON, or its error.
///
/// # Errors
/// Where the script is to end: other errors are its own.
pub(super) fn answer(
    ask: &Ask,
    project: &Project,
    memory: u64,
    rights: &Rights,
    work: &Work<'_>,
) -> Result<Result<String, String>> {
    match result(ask, project, memory, rights, work) {
        Ok(json) => Ok(Ok(String::from_utf8_lossy(&json).into_owned())),
        Err(fault) => {
            // Who stopped the method meant the script.
            work.check()?;
            let code = Method::find(&ask.method).map_or(ErrorCode::Internal, |m| m.info().code);
            Ok(Err(in_json(&fault.into_rpc(code))))
        }
    }
}

fn in_json(error: &RpcError) -> String {
    let mut json = Vec::new();
    Writer::new(&mut json).object(|w| {
        w.member("code", error.code as i32);
        w.member("message", &error.message);
    });
    String::from_utf8_lossy(&json).into_owned()
}

fn result(
    ask: &Ask,
    project: &Project,
    memory: u64,
    rights: &Rights,
    work: &Work<'_>,
) -> Result<Vec<u8>> {
    let method = Method::find(&ask.method).ok_or_else(|| unknown(&ask.method))?;
    let params = match ask.params.as_str() {
        "" => None,
        params => Some(Unread::from(Value::parse(params.as_bytes()).map_err(RpcError::parse)?)),
    };
    let args = Args::new(method, params)?;
    rights.admit(method, &args)?;
    if args.project()?.is_some() {
        return Err(args.wrong("project", "cannot be another one: a script has one").into());
    }
    let mut now = project.snapshot();
    if !ask.change.is_empty() {
        state::apply_within(&mut now, &ask.change, memory).map_err(nonsense)?;
    }
    read(method, now, &args, rights, work)
}

/// Carries out what changes nothing.
fn read(
    method: Method,
    project: Project,
    args: &Args<'_>,
    rights: &Rights,
    work: &Work<'_>,
) -> Result<Vec<u8>> {
    let mut json = Vec::new();
    let writer = &mut Writer::new(&mut json);
    match *handler(method) {
        Handler::Alone(handle) => handle(args, writer)?,
        Handler::Read(handle) | Handler::ReadVoxel { full: handle, .. } => {
            handle(&project, args, writer)?;
        }
        Handler::LongRead(handle) => handle(args)?(&project, work, writer)?,
        Handler::Job(handle) => handle(rights, Snapshot(project), args)?(work)?(writer),
        Handler::Picture(handle) => {
            if RenderScene::read(args)?.target == RenderTarget::Managed {
                let what = "must be said, or options.return_mode \"base64\": a script's pictures are not kept";
                return Err(args.wrong("output_path", what).into());
            }
            let mut renders = Renders::new(Settings::from_environment());
            match handle(rights, &mut renders, Snapshot(project), args)? {
                Drawing::Now(draw) => match draw(work)? {
                    Drawn::Told(told) => return Ok(told),
                    Drawn::Kept(_) => return Err(refused(method)),
                },
                Drawing::OfPast(_) => return Err(refused(method)),
            }
        }
        Handler::System(_)
        | Handler::Clients(_)
        | Handler::Edit(_)
        | Handler::EditVoxel { .. }
        | Handler::EditFrom(_)
        | Handler::EditLater(_)
        | Handler::Step { .. }
        | Handler::Open(_)
        | Handler::Save(_)
        | Handler::Everything(_)
        | Handler::Files(_)
        | Handler::Past(_)
        | Handler::Restore(_)
        | Handler::Script(_) => return Err(refused(method)),
    }
    Ok(json)
}

fn refused(method: Method) -> Fault {
    let what = format_args!(
        "{}: a script asks for methods that read its project or write it to a file, and no others",
        method.info().name
    );
    RpcError::new(ErrorCode::NotAllowed, what).into()
}

fn unknown(name: &str) -> RpcError {
    let names = Method::ALL.iter().map(|method| method.info().name);
    let near = suggest::nearest(name, names);
    let near = near.map_or(String::new(), |near| format!(": did you mean {near}?"));
    RpcError::new(ErrorCode::MethodNotFound, format_args!("Method not found: {name}{near}"))
}
