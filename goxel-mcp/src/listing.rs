//! What the protocol is told of the tools, and of requests that nobody answers.

use std::sync::Arc;

use goxel_proto::suggest::nearest;
use rmcp::model::{ErrorCode, ErrorData, ListToolsResult, Tool as Listed, ToolAnnotations};

use crate::tool::{Effect, Tool};

/// The methods of the protocol that are answered where their parameters can be read.
const METHODS: [&str; 20] = [
    "initialize",
    "server/discover",
    "ping",
    "tools/list",
    "tools/call",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "resources/subscribe",
    "resources/unsubscribe",
    "subscriptions/listen",
    "prompts/list",
    "prompts/get",
    "completion/complete",
    "tasks/get",
    "tasks/update",
    "tasks/cancel",
    "notifications/initialized",
    "notifications/cancelled",
    "notifications/progress",
];

/// The list of the tools.
pub(crate) fn tools(tools: &'static [Tool]) -> ListToolsResult {
    ListToolsResult::with_all_items(tools.iter().map(listed).collect())
}

fn listed(tool: &'static Tool) -> Listed {
    let annotations = ToolAnnotations::new().open_world(false);
    // What the protocol takes for granted is not said: every byte of the list is read before the first call.
    let annotations = match tool.effect {
        Effect::Reads => annotations.read_only(true),
        Effect::Adds | Effect::Changes => annotations.destructive(false),
        Effect::Destroys => annotations,
    };
    let annotations = match tool.effect != Effect::Reads && tool.idempotent {
        true => annotations.idempotent(true),
        false => annotations,
    };
    Listed::new(tool.name, tool.about, Arc::new((tool.input)()))
        .with_title(tool.title)
        .with_raw_output_schema(Arc::new((tool.output)()))
        .with_annotations(annotations)
}

/// The error of a request that was not understood: the SDK hands it on as if nobody knew its method,
/// also where only its parameters cannot be read.
pub(crate) fn not_answered(method: &str) -> ErrorData {
    if METHODS.contains(&method) {
        let what = format!("the parameters of {method} are not as the protocol has them");
        return ErrorData::invalid_params(what, None);
    }
    let meant = nearest(method, METHODS.into_iter());
    let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    ErrorData::new(ErrorCode::METHOD_NOT_FOUND, format!("no method {method:?}{meant}"), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_understood_is_told_why() {
        for (method, code, says) in [
            ("tools/call", -32602, "the parameters of tools/call"),
            ("tools/lst", -32601, "did you mean tools/list?"),
            ("goxel.undo", -32601, "no method \"goxel.undo\""),
        ] {
            let error = not_answered(method);
            assert_eq!(error.code.0, code, "{method}");
            assert!(error.message.contains(says), "{method}: {}", error.message);
        }
    }
}
