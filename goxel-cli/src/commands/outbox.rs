//! [`Outbox`]: requests that are to be sent, as bytes.

use goxel_proto::json::Writer;
use goxel_proto::{Method, response};

/// Requests, one a line, whose ids go up by one.
#[derive(Debug)]
pub(crate) struct Outbox {
    pub(crate) bytes: Vec<u8>,
    pub(crate) count: u64,
    first_id: u64,
    project: Option<String>,
}

impl Outbox {
    /// An empty one; ids begin with `first_id`, and calls that may name a project name this one.
    pub(crate) fn new(first_id: u64, project: Option<&str>) -> Self {
        let project = project.map(str::to_owned);
        Self { bytes: Vec::new(), count: 0, first_id, project }
    }

    /// Empties it; the next ids begin with `first_id`.
    pub(crate) fn clear(&mut self, first_id: u64) {
        self.bytes.clear();
        self.count = 0;
        self.first_id = first_id;
    }

    /// What the calls that follow name as their project.
    pub(crate) fn set_project(&mut self, project: Option<&str>) {
        if self.project.as_deref() != project {
            self.project = project.map(str::to_owned);
        }
    }

    /// Appends a call of `method`; `params` writes the members of its parameters.
    pub(crate) fn call(&mut self, method: Method, params: impl FnOnce(&mut Writer<'_>)) {
        let info = method.info();
        let project = self.project.take();
        let named = project.as_deref().filter(|_| takes_project(method));
        self.raw(info.name, |writer| {
            writer.object(|writer| {
                params(writer);
                if let Some(project) = named {
                    writer.member("project", project);
                }
            });
        });
        self.project = project;
    }

    /// Appends a call by name; `params` writes one object or array.
    pub(super) fn raw(&mut self, method: &str, params: impl FnOnce(&mut Writer<'_>)) {
        response::request(&mut self.bytes, method, self.first_id + self.count, params);
        self.count += 1;
    }
}

fn takes_project(method: Method) -> bool {
    let params = method.info().params;
    // Projects are chosen and closed by name: there it is another name of the first parameter.
    params.iter().any(|param| param.name() == "project")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_numbered_lines() {
        let mut out = Outbox::new(7, None);
        out.call(Method::Undo, |_| ());
        out.set_project(Some("p"));
        out.call(Method::Undo, |_| ());
        out.call(Method::Ping, |_| ());
        let expected = "{ \"jsonrpc\": \"2.0\", \"method\": \"goxel.undo\", \"params\": {}, \"id\": 7 }\n\
                        { \"jsonrpc\": \"2.0\", \"method\": \"goxel.undo\", \
                        \"params\": { \"project\": \"p\" }, \"id\": 8 }\n\
                        { \"jsonrpc\": \"2.0\", \"method\": \"ping\", \"params\": {}, \"id\": 9 }\n";
        assert_eq!(String::from_utf8_lossy(&out.bytes), expected);
        assert_eq!(out.count, 3);
        out.clear(10);
        assert!(out.bytes.is_empty() && out.count == 0);
    }
}
