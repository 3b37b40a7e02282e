//! [`Requests`]: requests that are to be sent, as bytes.

use goxel_proto::json::Writer;
use goxel_proto::{Method, response};

/// Requests, one a line, whose ids go up by one.
///
/// They can be written before there is a connection, so that what cannot be sent starts no daemon.
#[derive(Debug)]
pub struct Requests {
    bytes: Vec<u8>,
    count: u64,
    first_id: u64,
    project: Option<String>,
    tells_progress: bool,
}

impl Requests {
    /// None yet. Ids begin with `first_id`, which is [`Client::next_id`] of the connection that they
    /// will be sent on; calls of methods that work on a project name this one, where there is one.
    ///
    /// [`Client::next_id`]: crate::Client::next_id
    #[must_use]
    pub fn new(first_id: u64, project: Option<&str>) -> Self {
        let project = project.map(str::to_owned);
        Self { bytes: Vec::new(), count: 0, first_id, project, tells_progress: false }
    }

    /// Forgets all of them; the next ids begin with `first_id`.
    pub fn clear(&mut self, first_id: u64) {
        self.bytes.clear();
        self.count = 0;
        self.first_id = first_id;
    }

    /// What the calls that follow name as their project.
    pub fn set_project(&mut self, project: Option<&str>) {
        if self.project.as_deref() != project {
            self.project = project.map(str::to_owned);
        }
    }

    /// Whether the calls that follow ask for news of their progress, where they may become jobs.
    pub fn tell_progress(&mut self, tells: bool) {
        self.tells_progress = tells;
    }

    /// Appends a call of `method`; `params` writes the members of its parameters.
    pub fn call(&mut self, method: Method, params: impl FnOnce(&mut Writer<'_>)) {
        let project = self.project.take();
        let named = project.as_deref().filter(|_| takes(method, "project"));
        let tells = self.tells_progress && takes(method, "progress");
        self.call_by_name(method.info().name, |writer| {
            writer.object(|writer| {
                params(writer);
                if let Some(project) = named {
                    writer.member("project", project);
                }
                if tells {
                    writer.member("progress", true);
                }
            });
        });
        self.project = project;
    }

    /// As [`Self::call`], of this project where it says one: whoever asks of a project by name need not choose it.
    pub fn call_of(
        &mut self,
        project: Option<&str>,
        method: Method,
        params: impl FnOnce(&mut Writer<'_>),
    ) {
        let usual = self.project.clone();
        if let Some(project) = project {
            self.project = Some(project.to_owned());
        }
        self.call(method, params);
        self.project = usual;
    }

    /// Appends a call of whatever has this name; `params` writes one object or array.
    pub fn call_by_name(&mut self, name: &str, params: impl FnOnce(&mut Writer<'_>)) {
        response::request(&mut self.bytes, name, self.first_id + self.count, params);
        self.count += 1;
    }

    /// The requests as they are sent: a line each.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The id of the first.
    pub(crate) fn first_id(&self) -> u64 {
        self.first_id
    }
}

/// Whether a method has a parameter of this name. Projects are chosen and closed by name: there
/// `project` is another name of the first parameter.
fn takes(method: Method, name: &str) -> bool {
    method.info().params.iter().any(|param| param.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_numbered_lines() {
        let mut requests = Requests::new(7, None);
        requests.call(Method::Undo, |_| ());
        requests.set_project(Some("p"));
        requests.call(Method::Undo, |_| ());
        requests.call(Method::Ping, |_| ());
        let expected = "{ \"jsonrpc\": \"2.0\", \"method\": \"goxel.undo\", \"params\": {}, \"id\": 7 }\n\
                        { \"jsonrpc\": \"2.0\", \"method\": \"goxel.undo\", \
                        \"params\": { \"project\": \"p\" }, \"id\": 8 }\n\
                        { \"jsonrpc\": \"2.0\", \"method\": \"ping\", \"params\": {}, \"id\": 9 }\n";
        assert_eq!(String::from_utf8_lossy(requests.bytes()), expected);
        assert_eq!(requests.len(), 3);
        requests.clear(10);
        assert!(requests.bytes().is_empty() && requests.is_empty());
    }

    #[test]
    fn what_may_take_long_asks_for_news() {
        let mut requests = Requests::new(1, None);
        requests.tell_progress(true);
        requests.call(Method::Mirror, |_| ());
        requests.call(Method::Ping, |_| ());
        let expected = "{ \"jsonrpc\": \"2.0\", \"method\": \"goxel.mirror\", \
                        \"params\": { \"progress\": true }, \"id\": 1 }\n\
                        { \"jsonrpc\": \"2.0\", \"method\": \"ping\", \"params\": {}, \"id\": 2 }\n";
        assert_eq!(String::from_utf8_lossy(requests.bytes()), expected);
    }
}
