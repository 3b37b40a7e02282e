//! What the table's words say, as JSON Schema.
//!
//! Results are written as `{name, name?, name: {name}, name: [{name}]}`: a `?` stands behind what
//! may be missing, and several forms are joined by `or`. Anything else says nothing.

use crate::json::Writer;

/// The types of members that have the same one wherever they stand.
#[rustfmt::skip]
const MEMBERS: &[(&[&str], &str)] = &[
    (&["success", "empty", "exists", "truncated", "visible", "active", "current", "pong",
       "read_only", "binned", "orthographic", "sorted_by_count", "goxel_initialized"], "boolean"),
    (&["name", "path", "version", "type", "protocol", "status", "hostname", "current_time",
       "message", "format", "output_path", "shape_type", "target_color", "hex", "description",
       "method", "pixels", "layer", "data", "mode", "material", "picture"], "string"),
    (&["x", "y", "z", "width", "height", "depth", "count", "layer_id", "active_layer_id", "id", "material_id", "camera_id",
       "undo", "redo", "added", "removed", "failed", "painted", "voxels_filled", "voxels_created",
       "layer_count", "voxel_count", "total_operations", "successful_operations",
       "failed_operations", "voxels_removed", "voxels_painted", "total", "exposed_faces", "index", "total_voxels", "unique_colors", "match_count", "pid",
       "timestamp", "uptime_seconds", "methods_available", "memory_allocated", "calls",
       "resident_bytes", "voxel_bytes", "undo_bytes", "bin_size"], "integer"),
    (&["min", "max", "first", "rgba", "tolerance", "transform", "emission"], "array"),
    (&["percentage", "metallic", "roughness", "distance"], "number"),
];

/// Writes the members of the schema of a result.
pub(super) fn result(text: &str, w: &mut Writer<'_>) {
    let forms: Vec<&str> = text.split(" or ").collect();
    match forms[..] {
        [form] => Reader { rest: form }.value(w),
        _ => w.key("oneOf").array(|w| {
            forms.iter().for_each(|form| w.item().object(|w| Reader { rest: form }.value(w)));
        }),
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn next_is(&mut self, token: char) -> bool {
        self.rest = self.rest.trim_start();
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest.trim_start();
        let end = rest.find([',', ':', '?', '{', '}', '[', ']']).unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        self.rest = rest;
        word.trim()
    }

    /// Writes the members of the schema of the value that is next.
    fn value(&mut self, w: &mut Writer<'_>) {
        if self.next_is('{') {
            self.object(w);
        } else if self.next_is('[') {
            w.member("type", "array");
            w.key("items").object(|w| self.value(w));
            self.next_is(']');
        } else {
            self.word();
        }
    }

    fn object(&mut self, w: &mut Writer<'_>) {
        w.member("type", "object");
        let mut required = Vec::new();
        w.key("properties").object(|w| {
            while !self.next_is('}') && !self.rest.is_empty() {
                let name = self.word();
                let optional = self.next_is('?');
                if !name.is_empty() && name != "..." {
                    w.key(name).object(|w| self.member(name, w));
                    required.extend((!optional).then_some(name));
                }
                self.next_is(',');
            }
        });
        w.key("required").array(|w| required.into_iter().for_each(|name| w.element(name)));
    }

    fn member(&mut self, name: &str, w: &mut Writer<'_>) {
        if self.next_is(':') {
            return self.value(w);
        }
        let known = MEMBERS.iter().find(|(names, _)| names.contains(&name));
        if let Some((_, kind)) = known {
            w.member("type", kind);
        }
    }
}

/// Writes the members of the schema of a parameter.
pub(super) fn param(what: &str, w: &mut Writer<'_>) {
    if what == "a colour" {
        return w.key("oneOf").array(|w| {
            ["array", "string", "object"]
                .iter()
                .for_each(|kind| w.item().object(|w| w.member("type", kind)));
        });
    }
    if what == "a colour component" {
        w.member("type", "number");
        w.member("minimum", 0);
        return w.member("maximum", 255);
    }
    if what == "[x, y, z] or {x, y, z}" {
        return w.member("type", ["array", "object"]);
    }
    // Where several kinds are taken, the words begin with them.
    let several = [
        ("an integer, or an array", ["integer", "array"].as_slice()),
        ("an array of 3 or 4 numbers from 0 to 1, linear, or #rrggbb", &["array", "string"]),
        ("an object {min, max}, or false", &["object", "boolean"]),
        ("a string, an integer, or ", &["string", "integer", "boolean"]),
        ("a string or an integer", &["string", "integer"]),
    ];
    if let Some((_, kinds)) = several.iter().find(|(words, _)| what.starts_with(words)) {
        return w.key("type").array(|w| kinds.iter().for_each(|kind| w.element(kind)));
    }
    let kinds = [
        ("a string", "string"),
        ("an integer", "integer"),
        ("a number", "number"),
        ("true or false", "boolean"),
        ("an object", "object"),
        ("an array", "array"),
    ];
    if let Some((_, kind)) = kinds.iter().find(|(words, _)| what.starts_with(words)) {
        w.member("type", kind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let mut out = Vec::new();
        Writer::new(&mut out).object(|w| result(text, w));
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{text}");
    }

    #[test]
    fn results() {
        check("the params as they are", "{}");
        check(
            "{success, x?}",
            r#"{ "type": "object", "properties": { "success": { "type": "boolean" }, "x": { "type": "integer" } }, "required": [ "success" ] }"#,
        );
        check(
            "{a: [{b: {c}}], d?: [e], ...}",
            r#"{ "type": "object", "properties": { "a": { "type": "array", "items": { "type": "object", "properties": { "b": { "type": "object", "properties": { "c": {} }, "required": [ "c" ] } }, "required": [ "b" ] } }, "d": { "type": "array", "items": {} } }, "required": [ "a" ] }"#,
        );
        check(
            "{} or {min}",
            r#"{ "oneOf": [ { "type": "object", "properties": {}, "required": [] }, { "type": "object", "properties": { "min": { "type": "array" } }, "required": [ "min" ] } ] }"#,
        );
    }
}
