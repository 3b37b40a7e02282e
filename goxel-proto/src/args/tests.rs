//! Parameters in every form, and what is refused of them.

use super::*;
use crate::types::{LayerId, LayerRef, LayerScope, Pos};

fn args<R>(params: &str, read: impl FnOnce(Args<'_>) -> R) -> R {
    let value = Value::parse(params.as_bytes()).unwrap();
    read(Args::new(Method::AddVoxel, Some(value.into())).unwrap())
}

fn colour_of(params: &str) -> std::result::Result<[u8; 4], String> {
    args(params, |args| args.colour_parts().map(|c| c.0).map_err(|error| error.message))
}

#[test]
fn colours_in_every_form() {
    let good = [
        ("[0, 0, 0, 1, 2, 3]", [1, 2, 3, 255]),
        ("[0, 0, 0, 1, 2, 3, 4]", [1, 2, 3, 4]),
        ("[0, 0, 0, 0.5, 1.0, 0.0]", [127, 255, 0, 255]),
        ("[0, 0, 0, \"#ff8800\"]", [255, 136, 0, 255]),
        ("[0, 0, 0]", [0, 0, 0, 255]),
        ("{}", [255; 4]),
        ("{\"color\": null}", [255; 4]),
        ("{\"color\": [1, 2, 3]}", [1, 2, 3, 255]),
        ("{\"rgba\": {\"r\": 1, \"g\": 2, \"b\": 3, \"a\": 4}}", [1, 2, 3, 4]),
        ("{\"color\": \"#01020304\"}", [1, 2, 3, 4]),
        ("{\"r\": 9, \"g\": 8, \"b\": 7}", [9, 8, 7, 255]),
    ];
    for (params, expected) in good {
        assert_eq!(colour_of(params), Ok(expected), "{params}");
    }
    let bad = [
        ("[0, 0, 0, 256, 2, 3]", "params[3]: a colour component"),
        ("{\"color\": [1, 2.5, 3]}", "params.color[1]: a colour component"),
        ("{\"color\": [1, 2]}", "params.color: a colour needs"),
        ("{\"color\": {\"r\": 1, \"g\": 2}}", "params.color: Color object missing r, g, b"),
        ("{\"color\": \"#12\"}", "params.color: Invalid hex color format"),
        ("{\"r\": -1}", "params.r: a colour component"),
    ];
    for (params, expected) in bad {
        let message = colour_of(params).unwrap_err();
        assert!(message.starts_with(expected), "{params}: {message}");
    }
}

#[test]
fn positions_are_rounded_down() {
    let pos = |params: &str| args(params, |args| args.pos().map_err(|error| error.message));
    assert_eq!(pos("[1.7, -0.5, 2e1]"), Ok(Pos::new(1, -1, 20)));
    assert_eq!(pos("{\"z\": 5}"), Ok(Pos::new(0, 0, 5)));
    assert_eq!(pos("{\"position\": [1.5, 2, -3]}"), Ok(Pos::new(1, 2, -3)));
    assert_eq!(pos("{\"position\": {\"x\": 1, \"y\": 2, \"z\": 3}}"), Ok(Pos::new(1, 2, 3)));
    for bad in ["[1, 2]", "7", "{\"x\": 1}"] {
        let message = "params.position: needs x, y and z".to_owned();
        assert_eq!(pos(&format!("{{\"position\": {bad}}}")), Err(message));
    }
    let message = "params[1]: is outside the range of 32 bits".to_owned();
    assert_eq!(pos("[0, 2147483648, 0]"), Err(message));
    assert_eq!(pos("{\"x\": \"1\"}"), Err("params.x: must be a number".to_owned()));
    assert!(pos("[1e999]").is_err());
}

#[test]
fn layers() {
    let layer = |params: &str| args(params, |args| args.layer());
    assert_eq!(layer("{\"layer_id\": -1}"), Ok(LayerRef::Active));
    assert_eq!(layer("[0,0,0,1,1,1,255,2]"), Ok(LayerRef::Id(LayerId(2))));
    let scope = args("{\"layer_id\": -2}", |args| args.layer_scope());
    assert_eq!(scope, Ok(LayerScope::All));
    assert!(layer("{\"layer_id\": -5}").is_err() && layer("{\"layer_id\": 1.5}").is_err());
}
