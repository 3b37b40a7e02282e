//! The tools for language models against a daemon: what they do, what they tell, what they refuse, and two agents
//! that use nothing else.

mod answers;
mod castle;
mod edits;
mod refusals;
mod repair;

use goxel_client::Client;
use goxel_mcp::tool::{Call, Limits, Outcome};
use goxel_mcp::tools::TOOLS;
use goxel_proto::Method;
use serde_json::Value;

use crate::world::World;

/// A daemon that keeps versions, a connection to it, and a workspace: the world's directory.
pub(crate) struct Bench {
    pub(crate) world: World,
    client: Client,
    pub(crate) limits: Limits,
    /// Calls so far.
    pub(crate) calls: usize,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let mut world = World::empty();
        world.start_with(&["--data-dir", "data"]);
        Self::of(world)
    }

    pub(crate) fn of(world: World) -> Self {
        let stream = std::os::unix::net::UnixStream::connect(world.socket()).unwrap();
        let limits = Limits { workspace: world.path(""), ..Limits::default() };
        let mut client = Client::new(stream);
        let workspace = limits.path("");
        let confined = client.call(Method::Confine, None, |params| {
            params.key("roots").array(|roots| roots.element(workspace.as_str()));
        });
        confined.unwrap();
        Self { client, world, limits, calls: 0 }
    }

    /// Calls a tool. What it gives keeps to its schema.
    pub(crate) fn try_call(&mut self, name: &str, arguments: Value) -> Result<Outcome, String> {
        self.calls += 1;
        let tool = TOOLS.iter().find(|tool| tool.name == name).unwrap();
        let Value::Object(arguments) = arguments else { panic!("{arguments}") };
        let mut call = Call { client: &mut self.client, limits: &self.limits };
        let outcome = (tool.run)(&mut call, arguments).map_err(|refused| refused.words)?;
        let mut schemas = boon::Schemas::new();
        let mut compiler = boon::Compiler::new();
        compiler.add_resource("s.json", Value::Object((tool.output)())).unwrap();
        let schema = compiler.compile("s.json", &mut schemas).unwrap();
        let checked = schemas.validate(&outcome.structured, schema);
        assert!(checked.is_ok(), "{name}: {}\n{}", outcome.structured, checked.unwrap_err());
        Ok(outcome)
    }

    pub(crate) fn call(&mut self, name: &str, arguments: Value) -> Outcome {
        let said = arguments.to_string();
        self.try_call(name, arguments).unwrap_or_else(|words| panic!("{name} {said}: {words}"))
    }

    /// What a call gives for programs.
    pub(crate) fn told(&mut self, name: &str, arguments: Value) -> Value {
        self.call(name, arguments).structured
    }

    /// Why a call is refused.
    pub(crate) fn refused(&mut self, name: &str, arguments: Value) -> String {
        let said = arguments.to_string();
        self.try_call(name, arguments).expect_err(&said)
    }

    /// A new project's id.
    pub(crate) fn project(&mut self, name: &str) -> String {
        let told =
            self.told("open_project", serde_json::json!({"name": name, "size": [16, 16, 16]}));
        told["project_id"].as_str().unwrap().to_owned()
    }
}
