//! What is read of a call for a picture, and what is refused.

use super::*;
use crate::Method;
use crate::json::Value;
use crate::types::{Aabb, Background, Projection, Quality, Rgba};

fn read(params: &str) -> Result<RenderScene> {
    let value = Value::parse(params.as_bytes()).unwrap();
    RenderScene::read(&Args::new(Method::RenderScene, Some(value.into()))?)
}

fn with(options: &str) -> Result<RenderScene> {
    read(&format!(r#"{{"path": "a.png", "options": {{{options}}}}}"#))
}

fn refused(params: &str, expected: &str) {
    match read(params) {
        Ok(_) => panic!("taken: {params}"),
        Err(error) => {
            assert!(error.message.starts_with(expected), "{params}: {}", error.message);
        }
    }
}

fn target(params: &str, expected: &RenderTarget) {
    assert_eq!(&read(params).unwrap().target, expected, "{params}");
}

#[test]
fn targets() {
    let file = |inline| RenderTarget::File { path: "a".to_owned(), inline };
    target(r#"["a"]"#, &file(None));
    target(
        r#"{"output_path": "a", "options": {"return_mode": "pixels"}}"#,
        &file(Some(Inline::Pixels)),
    );
    target(r#"{"path": "a", "return_mode": "base64"}"#, &file(Some(Inline::Image)));
    target(r#"{"options": {"return_mode": "pixels"}}"#, &RenderTarget::Inline(Inline::Pixels));
    target(
        r#"{"output_path": "a", "options": {"return_mode": "file_path", "output_dir": "b"}}"#,
        &RenderTarget::Managed,
    );
    for params in ["{}", "[]", r#"{"options": {"return_mode": "direct"}}"#, r#"{"options": null}"#]
    {
        target(params, &RenderTarget::Inline(Inline::Image));
    }
}

#[test]
fn what_is_not_said_is_as_the_look_has_it() {
    let call = read(r#"["a.png"]"#).unwrap();
    assert_eq!((call.look, call.view), (Look::default(), View::default()));
    assert_eq!(call.arrangement, Arrangement::Single);
    assert_eq!((call.layers, call.highlight), (None, None));
}

#[test]
fn options() {
    let call = with(
        r#""quality": "path", "samples": 64, "background_color": "transparent", "fov": 40,
           "camera_position": [1, 2.5, -3], "projection": "perspective", "turn": -90,
           "clip": {"min": [0, 0, 0], "max": [1, 1, 1]},
           "cut": [{"min": [0, 0, 0], "max": [0, 0, 0]}, {"min": [2, 2, 2], "max": [1, 1, 1]}],
           "layers": ["roof", 2], "highlight": "15m""#,
    );
    let call = call.unwrap();
    assert_eq!((call.look.quality, call.look.samples), (Quality::Path, Some(64)));
    assert_eq!(call.look.background, Background::Plain(Rgba::EMPTY));
    assert_eq!((call.view.eye, call.view.fov), (Some([1.0, 2.5, -3.0]), Some(40.0)));
    assert_eq!((call.view.projection, call.view.turn), (Some(Projection::Perspective), -90.0));
    assert_eq!(call.look.clip, [Aabb { min: [0; 3], max: [2; 3] }]);
    assert_eq!(call.look.cut, [Aabb { min: [0; 3], max: [1; 3] }, Aabb::default()]);
    let layers = vec![Named::Name("roof".to_owned()), Named::Id(LayerId(2))];
    assert_eq!(call.layers, Some(layers));
    assert_eq!(call.highlight, Some(VersionName::Text("15m".to_owned())));
}

#[test]
fn backgrounds() {
    let behind =
        |text: &str| with(&format!(r#""background": {text}"#)).map(|call| call.look.background);
    let red = Rgba::opaque(255, 0, 0);
    assert_eq!(behind(r#""red""#), Ok(Background::Plain(red)));
    assert_eq!(behind("[255, 0, 0]"), Ok(Background::Plain(red)));
    assert_eq!(behind(r#"["red", [0, 0, 0]]"#), Ok(Background::Gradient(red, Rgba::BLACK)));
    assert!(behind("[1, 2]").is_err());
    assert!(
        behind(r#"["red", "rod"]"#)
            .unwrap_err()
            .message
            .starts_with("params.options.background[1]: ")
    );
}

#[test]
fn an_option_may_stand_beside_the_others() {
    let call =
        read(r#"{"path": "a.png", "quality": "draft", "camera_target": [0, 0, 1]}"#).unwrap();
    assert_eq!((call.look.quality, call.view.target), (Quality::Draft, Some([0.0, 0.0, 1.0])));
    // What older clients send and nobody knows is passed over.
    assert!(read(r#"{"path": "a.png", "xyzzy": 5}"#).is_ok());
    refused(
        r#"{"path": "a.png", "qality": 5}"#,
        "params.qality: is no parameter: is quality meant?",
    );
    refused(
        r#"{"quality": "draft", "options": {"quality": "path"}}"#,
        "params.quality: stands in params.options, too",
    );
    refused(r#"{"fov": 500}"#, "params.fov: must be a number from 1 to 170");
}

#[test]
fn what_is_unknown_is_refused_with_the_nearest_name() {
    refused(
        r#"{"options": {"exposur": 1}}"#,
        "params.options.exposur: is no option: is exposure meant?",
    );
    refused(
        r#"{"options": {"quality": "drft"}}"#,
        "params.options.quality: must be \"draft\", \"standard\" or \"path\"; is draft meant?",
    );
    let error = read(r#"{"camera_preset": "izometric"}"#).unwrap_err().message;
    assert!(error.starts_with("params.camera_preset: must be \"front\", "), "{error}");
    assert!(error.ends_with("; is isometric meant?"), "{error}");
    refused(r#"{"options": {"return_mode": "other"}}"#, "params.options.return_mode: must be ");
    refused(r#"{"options": {"format": "bmp"}}"#, "params.options.format: must be \"png\", ");
    refused(
        r#"["a.pngg"]"#,
        "Failed to render scene: 'a.pngg': .pngg is no format of pictures, which are \"png\", ",
    );
    refused(r#"{"options": 5}"#, "params.options: must be an object of picture options");
    refused(r#"{"options": {"views": ["front", "tap"]}}"#, "params.options.views: must be ");
    refused(r#"{"options": {"views": []}}"#, "params.options.views: must be ");
    refused(r#"{"options": {"layers": []}}"#, "params.options.layers: must be ");
    refused(r#"{"options": {"clip": []}}"#, "params.options.clip: must be ");
    refused(r#"{"options": {"clip": [5]}}"#, "params.options.clip[0]: must be {min");
    refused(r#"{"options": {"samples": 0}}"#, "params.options.samples: must be an integer from 1");
    refused(
        r#"{"options": {"camera_up": [0, 0]}}"#,
        "params.options.camera_up: must be an array of 3 ",
    );
    refused(
        r#"{"options": {"turntable": 361}}"#,
        "params.options.turntable: must be an integer from 1 to 360",
    );
}

#[test]
fn formats() {
    let format = |params: &str| read(params).map(|call| call.file.format);
    assert_eq!(format(r#"["a.jpg"]"#), Ok(PictureFormat::Jpeg));
    assert_eq!(format(r#"["a"]"#), Ok(PictureFormat::Png));
    assert_eq!(format(r#"{"path": "a.jpg", "format": "webp"}"#), Ok(PictureFormat::Webp));
    assert_eq!(format(r#"{"return_mode": "pixels"}"#), Ok(PictureFormat::Rgba));
    refused(
        r#"{"return_mode": "pixels", "format": "png"}"#,
        "params.format: is not what return_mode",
    );
}

#[test]
fn several_views() {
    let call = with(r#""views": ["front", "iso"], "columns": 2, "labels": false"#).unwrap();
    let views = vec![CameraPreset::Front, CameraPreset::Isometric];
    let sheet = SheetSettings { views, columns: Some(2), labels: false };
    assert_eq!(call.arrangement, Arrangement::Sheet(sheet));
    let call = read(r#"{"path": "a.gif", "turntable": 12}"#).unwrap();
    assert_eq!(call.arrangement, Arrangement::Turntable { frames: 12, frame_ms: 80 });
    assert!(read(r#"{"path": "a-{}.jpg", "turntable": 12}"#).is_ok());
    refused(
        r#"{"path": "a.jpg", "turntable": 12}"#,
        "params.turntable: cannot be one file of the format jpeg",
    );
    refused(
        r#"{"path": "a-{}.png", "turntable": 2, "return_mode": "base64"}"#,
        "params.return_mode: cannot hold several pictures",
    );
    refused(
        r#"{"turntable": 2, "views": ["top"]}"#,
        "params.turntable: cannot be one of several views",
    );
    refused(
        r#"{"camera_preset": "top", "views": ["top"]}"#,
        "params.camera_preset: says from where",
    );
}

#[test]
fn cameras() {
    let camera = |value: &str| read(&format!(r#"{{"path": "a", "camera": {value}}}"#));
    let named = |named| Ok(Some(KeptCamera::Named(named)));
    assert_eq!(camera("true").map(|call| call.camera), Ok(Some(KeptCamera::Active)));
    assert_eq!(camera("3").map(|call| call.camera), named(Named::Id(CameraId(3))));
    let front = Named::Name("front".to_owned());
    assert_eq!(camera(r#""front""#).map(|call| call.camera), named(front));
    let what = "params.camera: must be a camera's name or id, or true for the active one";
    assert_eq!(camera("false").unwrap_err().message, what);
    assert_eq!(camera("1.5").unwrap_err().message, what);
    for (beside, name) in [
        (r#""camera_up": [0, 1, 0]"#, "camera_up"),
        (r#""turn": 30"#, "turn"),
        (r#""turntable": 3"#, "turntable"),
        (r#""views": ["top"]"#, "views"),
        (r#""camera_preset": "top""#, "camera_preset"),
    ] {
        let expected = format!(
            "params.camera: says all of from where the picture is seen: leave out it or {name}"
        );
        refused(&format!(r#"{{"camera": true, {beside}}}"#), &expected);
    }
}

#[test]
fn edges() {
    let cases = [
        (r#"["a", 3, 4]"#, (3, 4)),
        (r#"["a", 0, -4]"#, (512, 512)),
        (r#"["a", 1.5, 7]"#, (512, 7)),
        (r#"{"path": "a", "width": 2147483647}"#, (2_147_483_647, 512)),
    ];
    for (params, expected) in cases {
        let call = read(params).unwrap();
        assert_eq!((call.width, call.height), expected, "{params}");
    }
    refused(r#"["a", 2147483648]"#, "params[1]: does not fit 32 bits");
    refused(r#"["a", "80"]"#, "params[1]: must be an integer");
}
