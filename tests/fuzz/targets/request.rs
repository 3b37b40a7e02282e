//! Requests: what is taken is what `serde_json` takes and JSON-RPC allows.

#![no_main]

use goxel_proto::request::Id;
use goxel_proto::{ErrorCode, RequestView};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let theirs = serde_json::from_slice::<Value>(bytes);
    // To us numbers are text: none is too large.
    if matches!(&theirs, Err(error) if error.to_string().starts_with("number out of range")) {
        return;
    }
    match RequestView::read(bytes) {
        Ok(request) => {
            let params = request.params.map(|params| params.check());
            if let Some(Err(_)) = params {
                assert!(theirs.is_err());
                return;
            }
            let value = theirs.expect("JSON to us is JSON to serde_json");
            assert_eq!(value["jsonrpc"], "2.0");
            assert_eq!(value["method"], *request.method.decode());
            match request.id {
                Id::Absent => assert!(value.get("id").is_none()),
                Id::Raw(raw) => {
                    assert_eq!(serde_json::from_slice::<Value>(raw).ok(), value.get("id").cloned());
                }
            }
        }
        Err(refusal) if refusal.error.code == ErrorCode::Parse => {
            assert!(theirs.is_err());
        }
        Err(_) => assert!(theirs.is_ok_and(|value| !is_request(&value))),
    }
});

fn is_request(value: &Value) -> bool {
    value["jsonrpc"] == "2.0"
        && value["method"].is_string()
        && value.get("params").is_none_or(|p| p.is_null() || p.is_array() || p.is_object())
        && value.get("id").is_none_or(|id| id.is_null() || id.is_number() || id.is_string())
}
