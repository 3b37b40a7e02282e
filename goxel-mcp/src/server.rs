//! [`Server`]: what is answered to each request of the protocol. What it needs is shared by all clients of the
//! process; all that is one client's own is which resources it watches, where its revision has sessions.

use std::sync::Arc;
use std::time::Duration;

use goxel_proto::suggest::nearest;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CancelTaskParams, CompleteRequestParams,
    CompleteResult, CustomRequest, CustomResult, DiscoverResult, ErrorCode, ErrorData,
    GetPromptRequestParams, GetPromptResponse, GetTaskParams, GetTaskResult, Implementation,
    ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities,
    ServerConfig, SubscribeRequestParams, SubscriptionFilter, UnsubscribeRequestParams,
    UpdateTaskParams,
};
use rmcp::service::{NotificationContext, RequestContext, SubscriptionContext};
use rmcp::{RoleServer, ServerHandler};

use crate::audit::Audit;
use crate::calls::{Asked, Calls};
use crate::completion;
use crate::events::{self, Events, Session};
use crate::listing;
use crate::lookout::Ticket;
use crate::pool::{Confinement, Pool};
use crate::prompts;
use crate::resources;
use crate::tasks::{self, Tasks};
use crate::tool::{Limits, Tool};
use crate::tools::TOOLS;

/// How long what only another version of this program changes may be kept by clients.
const LONG_MS: u64 = 60 * 60 * 1000;
/// How long what models build may be.
const SHORT_MS: u64 = 1000;
/// Projects whose resources are on one page of the list.
const PROJECTS_A_PAGE: usize = 16;

/// What is answered.
#[derive(Clone)]
pub struct Server(Arc<Inner>, Arc<Session>);

struct Inner {
    calls: Arc<Calls>,
    pool: Arc<Pool>,
    confinement: Confinement,
    time: Duration,
    tasks: Tasks,
    events: Events,
    tools: ListToolsResult,
    instructions: String,
}

/// How a server works.
#[derive(Debug)]
pub struct Settings {
    /// What its connections may do.
    pub confinement: Confinement,
    /// What its calls may do.
    pub limits: Limits,
    /// How long a call may take.
    pub time: Duration,
    /// Where a line about each call goes.
    pub audit: Audit,
}

impl Server {
    /// A server of the projects of this daemon, which is started when it is needed.
    #[must_use]
    pub fn new(daemon: goxel_client::Daemon, settings: Settings) -> Self {
        let Settings { confinement, limits, time, audit } = settings;
        let pool = Arc::new(Pool::new(daemon, confinement.clone()));
        let tools = listing::tools(TOOLS).with_ttl_ms(LONG_MS).with_cache_scope(CacheScope::Public);
        let instructions = prompts::instructions(&confinement);
        let calls = Arc::new(Calls::new(Arc::clone(&pool), limits, time, audit));
        let tasks = Tasks::new(time);
        let events = Events::new(Arc::clone(&pool));
        let inner = Inner { calls, pool, confinement, time, tasks, events, tools, instructions };
        Self(Arc::new(inner), Arc::default())
    }

    /// The same, for another client.
    pub(crate) fn for_session(&self) -> Self {
        Self(Arc::clone(&self.0), Arc::default())
    }

    /// Has something that blocks done with a connection's pool, until the request is cancelled.
    async fn blocking<T: Send + 'static>(
        &self,
        context: &RequestContext<RoleServer>,
        work: impl FnOnce(&Inner, &Arc<Ticket>) -> Result<T, ErrorData> + Send + 'static,
    ) -> Result<T, ErrorData> {
        let ticket = Ticket::new(self.0.time);
        let (inner, of_work) = (Arc::clone(&self.0), Arc::clone(&ticket));
        let mut done = tokio::task::spawn_blocking(move || work(&inner, &of_work));
        let done = tokio::select! {
            done = &mut done => done,
            () = context.ct.cancelled() => {
                ticket.stop();
                done.await
            }
        };
        done.unwrap_or_else(|_| {
            Err(ErrorData::internal_error(
                "goxel-mcp failed in itself, which is a fault of it",
                None,
            ))
        })
    }

    async fn projects(
        &self,
        context: &RequestContext<RoleServer>,
    ) -> Result<Vec<resources::Project>, ErrorData> {
        self.blocking(context, |inner, ticket| {
            inner
                .pool
                .with_kept(ticket, resources::projects)
                .map_err(|error| ErrorData::internal_error(crate::calls::unreachable(&error), None))
        })
        .await
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .enable_resources_list_changed()
            .enable_resources_subscribe()
            .enable_prompts()
            .enable_completions()
            .enable_tasks()
            .build();
        let about = Implementation::new("goxel-mcp", env!("CARGO_PKG_VERSION"))
            .with_title("Goxel")
            .with_description(env!("CARGO_PKG_DESCRIPTION"))
            .with_website_url(env!("CARGO_PKG_REPOSITORY"));
        ServerConfig::new(capabilities)
            .with_server_info(about)
            .with_instructions(self.0.instructions.clone())
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.get_info())
            .with_ttl_ms(LONG_MS)
            .with_cache_scope(CacheScope::Private))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(self.0.tools.clone())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let tool = named_tool(&request.name)?;
        let arguments = request.arguments.unwrap_or_default();
        let asked = Asked { tool, arguments, client: client_name(&context) };
        Ok(tasks::call(&self.0.calls, &self.0.tasks, asked, &context).await)
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        self.0.tasks.get(&request.task_id)
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        // A task asks for nothing, so there is nothing that an answer could be to.
        self.0.tasks.get(&request.task_id).map(|_| ())
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.0.tasks.cancel(&request.task_id)
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let cursor = request.and_then(|request| request.cursor);
        let begin = match &cursor {
            None => 0,
            Some(cursor) => cursor.parse().map_err(|_| bad_cursor(cursor))?,
        };
        let projects = self.projects(&context).await?;
        let page = projects.iter().skip(begin).take(PROJECTS_A_PAGE);
        let first = (begin == 0).then(resources::list);
        let all = first.into_iter().chain(page.flat_map(resources::of)).collect();
        let mut result = ListResourcesResult::with_all_items(all)
            .with_ttl_ms(SHORT_MS)
            .with_cache_scope(CacheScope::Private);
        let end = begin.saturating_add(PROJECTS_A_PAGE);
        result.next_cursor = (end < projects.len()).then(|| end.to_string());
        Ok(result)
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates())
            .with_ttl_ms(LONG_MS)
            .with_cache_scope(CacheScope::Public))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let read = self.blocking(&context, move |inner, ticket| {
            resources::read(&inner.pool, &inner.confinement, &request.uri, ticket)
        });
        let read = read.await?.with_ttl_ms(SHORT_MS).with_cache_scope(CacheScope::Private);
        Ok(read.into())
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let (events, session) = (self.0.events.clone(), Arc::clone(&self.1));
        tokio::spawn(events::tell(events, session, context.peer));
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.1.watch(request.uri)
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.1.leave(&request.uri);
        Ok(())
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(events::accepted(requested))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        self.0.events.tell(context).await;
        Ok(())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(prompts::list())
            .with_ttl_ms(LONG_MS)
            .with_cache_scope(CacheScope::Public))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        prompts::get(&request.name, &arguments).map(Into::into)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let projects = match completion::wants_projects(&request) {
            true => self.projects(&context).await?,
            false => Vec::new(),
        };
        completion::complete(&request, &projects)
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        Err(listing::not_answered(&request.method))
    }
}

/// What a client calls itself.
fn client_name(context: &RequestContext<RoleServer>) -> String {
    let info = context.client_info();
    info.map_or_else(|| "unknown".to_owned(), |info| format!("{} {}", info.name, info.version))
}

fn named_tool(name: &str) -> Result<&'static Tool, ErrorData> {
    TOOLS.iter().find(|tool| tool.name == name).ok_or_else(|| {
        let meant = nearest(name, TOOLS.iter().map(|tool| tool.name));
        let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
        let what = format!("no tool {name:?}{meant} tools/list has them all");
        ErrorData::new(ErrorCode::INVALID_PARAMS, what, None)
    })
}

fn bad_cursor(cursor: &str) -> ErrorData {
    let what = format!("cursor {cursor:?} is none that resources/list gave: begin without one");
    ErrorData::invalid_params(what, None)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_registry_is_told_of_this_version() {
        let entry: serde_json::Value =
            serde_json::from_str(include_str!("../server.json")).unwrap();
        assert_eq!(entry["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(entry["repository"]["url"], env!("CARGO_PKG_REPOSITORY"));
        // The registry takes no more.
        assert!(entry["description"].as_str().unwrap().len() <= 100);
    }
}
