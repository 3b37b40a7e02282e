//! What changes from run to run, made the same.

/// Members whose values are not compared.
const VOLATILE: [&str; 14] = [
    "timestamp",
    "pid",
    "current_time",
    "hostname",
    "uptime_seconds",
    "memory_allocated",
    "methods_available",
    "version",
    "checksum",
    "size",
    "created_at",
    "expires_at",
    "session_id",
    // A picture, which tests of pictures look at.
    "image",
];

/// A reply with a `_` for each value that changes.
pub(super) fn masked(reply: &str) -> String {
    let mut text = reply.to_owned();
    for name in VOLATILE {
        text = without_values(&text, &format!("\"{name}\": "), "\"_\"");
    }
    without_values(&without_ids(&without_engine(&text)), "$DIR/renders/", "_")
}

/// What no older daemon tells: what the event loop has, which is of the machine, and ids of
/// projects, which are others at every run.
pub(super) const NOT_RECORDED: [&str; 2] = ["engine", "project_id"];

fn without_ids(text: &str) -> String {
    let mut parts = text.split(", \"project_id\": \"");
    let mut rest = parts.next().unwrap_or_default().to_owned();
    parts.for_each(|part| rest.push_str(part.split_once('"').map_or("", |(_, after)| after)));
    rest
}

fn without_engine(text: &str) -> String {
    let Some((before, rest)) = text.split_once(", \"engine\": {") else {
        return text.to_owned();
    };
    let mut depth = 1;
    let ends = |c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0
    };
    let after = rest.split_once(ends).map_or("", |(_, after)| after);
    format!("{before}{after}")
}

/// Puts `mask` in the place of what stands behind each `key`, up to a space, comma or quote.
fn without_values(text: &str, key: &str, mask: &str) -> String {
    let mut parts = text.split(key);
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let quoted = part.strip_prefix('"').and_then(|rest| rest.split_once('"'));
        let rest = match quoted {
            Some((_, rest)) => rest,
            None => &part[part.find([' ', ',', '"']).unwrap_or(part.len())..],
        };
        masked.push_str(key);
        masked.push_str(mask);
        masked.push_str(rest);
    }
    masked
}
