//! Parameters: any bytes as those of any method are JSON to us as they are to `serde_json`, and no
//! call that is read from them comes to harm.

#![no_main]

use goxel_proto::calls::{RenderScene, Voxels};
use goxel_proto::json::Reader;
use goxel_proto::{Args, ErrorCode, Method, RpcError};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: (u8, &[u8])| {
    let (method, bytes) = input;
    let method = Method::ALL[usize::from(method) % Method::ALL.len()];
    let Some(params) = Reader::new(bytes).unread() else { return };
    let outcome = Args::new(method, Some(params)).and_then(|args| read(method, &args));
    let refused = matches!(&outcome, Err(error) if error.code == ErrorCode::Parse);
    let theirs = serde_json::from_slice::<Value>(params.raw());
    // A call that stops at its first mistake need not have come to the one in the syntax.
    match theirs {
        Ok(_) => assert!(!refused || outcome.is_err_and(|e| e.message.contains("nested too deep"))),
        Err(error) if error.to_string().starts_with("number out of range") => {}
        Err(_) => assert!(outcome.is_err()),
    }
});

/// Reads everything that a handler could ask for.
fn read(method: Method, args: &Args<'_>) -> Result<(), RpcError> {
    match method {
        Method::AddVoxels => Voxels::read(args).map(|_| ()),
        Method::RemoveVoxels => Voxels::read_removal(args).map(|_| ()),
        Method::RenderScene => RenderScene::read(args).map(|_| ()),
        _ => {
            let outcomes = [
                args.pos().map(|_| ()),
                args.layer().map(|_| ()),
                args.layer_scope().map(|_| ()),
                args.colour_parts().map(|_| ()),
                args.optional_colour().map(|_| ()),
                args.optional_string("name").map(|_| ()),
            ];
            outcomes.into_iter().collect()
        }
    }
}
