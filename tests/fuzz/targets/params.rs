//! Parameters: any bytes as those of any method are JSON to us as they are to `serde_json`, and no
//! call that is read from them comes to harm.

#![no_main]

use goxel_proto::calls::{
    Batch, EachVoxel, FindByColour, FloodFill, GetVoxels, Histogram, PaintVoxels, Plain,
    ProceduralShape, ReadVoxels, RenderScene, UniqueColours, Voxels,
};
use goxel_proto::json::{Reader, Unread};
use goxel_proto::types::{Aabb, Axis, LayerRef, LayerScope, Pos, Rgba};
use goxel_proto::{Args, ErrorCode, Method, RpcError};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: (u8, &[u8])| {
    let (method, bytes) = input;
    let method = Method::ALL[usize::from(method) % Method::ALL.len()];
    let Some(params) = Reader::new(bytes).unread() else { return };
    plain(params);
    let outcome = Args::new(method, Some(params)).and_then(|args| read(method, &args));
    let refused = matches!(&outcome, Err(error) if error.code == ErrorCode::Parse);
    let theirs = serde_json::from_slice::<Value>(params.raw());
    // A call that stops at its first mistake need not have come to the one in the syntax.
    match theirs {
        // As parameters they stand one level deeper than by themselves.
        Ok(_) => assert!(!refused || outcome.is_err_and(|e| e.message.contains("nested too deep"))),
        Err(error) if error.to_string().starts_with("number out of range") => {}
        Err(_) => assert!(outcome.is_err()),
    }
});

/// What the short way takes, the long one takes as the same.
fn plain(params: Unread<'_>) {
    let Some((plain, length)) = Plain::read(params.raw()) else { return };
    assert_eq!(length, params.raw().len());
    let args = Args::new(Method::AddVoxel, Some(params)).expect("plain numbers are JSON");
    assert_eq!(args.pos(), Ok(plain.pos()));
    if let Some(rgba) = plain.rgba() {
        assert_eq!(args.colour_parts(), Ok(rgba));
    }
    if let Some((layer, _)) = plain.layer(7) {
        assert_eq!(args.layer(), Ok(layer));
    }
}

/// Reads the call of a method, or what handlers ask for where there is none.
fn read(method: Method, args: &Args<'_>) -> Result<(), RpcError> {
    match method {
        Method::AddVoxels => Voxels::read(args).map(|_| ()),
        Method::RemoveVoxels => Voxels::read_removal(args).map(|_| ()),
        Method::GetVoxels => GetVoxels::read(args).map(|_| ()),
        Method::RenderScene | Method::RenderFile => RenderScene::read(args).map(|_| ()),
        Method::GetVoxelsRegion => ReadVoxels::read_region(args).map(|_| ()),
        Method::GetLayerVoxels => ReadVoxels::read(args).map(|_| ()),
        Method::GetColorHistogram => Histogram::read(args).map(|_| ()),
        Method::FindVoxelsByColor => FindByColour::read(args).map(|_| ()),
        Method::GetUniqueColors => UniqueColours::read(args).map(|_| ()),
        Method::AddEach => EachVoxel::read(args).map(|_| ()),
        Method::PaintVoxels => PaintVoxels::read(args).map(|_| ()),
        Method::FloodFill => FloodFill::read(args).map(|_| ()),
        Method::ProceduralShape => ProceduralShape::read(args).map(|_| ()),
        Method::BatchOperations => Batch::read(args).map(|_| ()),
        _ => {
            // Whatever a parameter is asked for as, it is that or an error.
            for param in method.info().params {
                let name = param.name();
                let _ = (args.get::<bool>(name), args.get::<i32>(name), args.get::<f32>(name));
                let _ =
                    (args.get::<String>(name), args.get::<Rgba>(name), args.get::<[f32; 3]>(name));
                let _ = (args.get::<Pos>(name), args.get::<Aabb>(name), args.get::<Axis>(name));
                let _ = (args.get::<LayerRef>(name), args.get::<LayerScope>(name));
            }
            args.project().map(|_| ())
        }
    }
}
