//! Change notices: what the daemon tells of projects, as the protocol tells its clients of resources.
//!
//! One connection listens for all clients, from the first that may want to know. It starts no daemon: where
//! none runs, or it is gone, it is tried again when a call has reached one.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use goxel_client::{Client, Error, Event};
use goxel_proto::Method;
use goxel_proto::types::{EventKind, Word as _};
use rmcp::RoleServer;
use rmcp::model::{ErrorData, ResourceUpdatedNotificationParam, SubscriptionFilter};
use rmcp::service::{Peer, SubscriptionContext};
use tokio::sync::{Notify, broadcast};

use crate::pool::Pool;
use crate::resources;

/// For how long changes are merged, in milliseconds: a client reads a resource again at each notice.
const EVERY_MS: u64 = 200;
/// How long the connection is waited on before it is looked whether anybody still wants to know.
const LISTENED_FOR: Duration = Duration::from_secs(5);
/// Notices that a client may be behind. One that is further behind is told that everything changed.
const BEHIND_MAX: usize = 256;
/// Resources that one client may watch.
const WATCHED_MAX: usize = 256;
/// What is listened to.
const KINDS: [EventKind; 5] = [
    EventKind::Change,
    EventKind::Project,
    EventKind::Layers,
    EventKind::Scene,
    EventKind::History,
];

/// What has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// A project, of this id.
    Project(String),
    /// Which projects there are, or what they are called.
    List,
    /// What was watched before anybody listened may have changed since.
    Begun,
    /// Nobody knows what.
    Everything,
}

impl News {
    fn of(event: &Event) -> Vec<Self> {
        let project = event.project_id.clone().map(Self::Project);
        match event.kind {
            None => vec![Self::Everything],
            Some(EventKind::Project) => project.into_iter().chain([Self::List]).collect(),
            Some(_) => project.into_iter().collect(),
        }
    }

    fn is_of_list(&self) -> bool {
        matches!(self, Self::List | Self::Everything)
    }

    /// Whether a resource has changed. The list of projects tells how many voxels each has.
    fn is_of(&self, uri: &str) -> bool {
        match (self, resources::named(uri)) {
            (_, Ok(None)) | (Self::Begun | Self::Everything, Ok(_)) => true,
            (Self::Project(id), Ok(Some((of, _)))) => id == of,
            _ => false,
        }
    }
}

/// Tells everybody.
#[derive(Clone)]
pub(crate) struct Events {
    pool: Arc<Pool>,
    news: broadcast::Sender<News>,
    is_listening: Arc<AtomicBool>,
    reached: Arc<Notify>,
}

impl Events {
    pub(crate) fn new(pool: Arc<Pool>) -> Self {
        let reached = pool.reached();
        Self {
            pool,
            news: broadcast::Sender::new(BEHIND_MAX),
            is_listening: Arc::default(),
            reached,
        }
    }

    /// What happens from now on.
    fn subscribe(&self) -> broadcast::Receiver<News> {
        let news = self.news.subscribe();
        if !self.is_listening.swap(true, Ordering::AcqRel) {
            tokio::spawn(self.clone().listen());
        }
        news
    }

    /// Listens for as long as anybody wants to know.
    async fn listen(self) {
        let mut has_begun = false;
        loop {
            let reached = self.reached.notified();
            if let Ok(client) = self.connected().await {
                // Whatever happened before this has not been told.
                let gap = if has_begun { News::Everything } else { News::Begun };
                let _ = self.news.send(gap);
                has_begun = true;
                if self.told_by(client).await {
                    self.is_listening.store(false, Ordering::Release);
                    // Somebody may have come between the two.
                    if self.news.receiver_count() == 0
                        || self.is_listening.swap(true, Ordering::AcqRel)
                    {
                        return;
                    }
                    continue;
                }
            }
            reached.await;
        }
    }

    async fn connected(&self) -> Result<Client, Error> {
        let pool = Arc::clone(&self.pool);
        let connected = tokio::task::spawn_blocking(move || {
            let mut client = pool.listener()?;
            let kinds = KINDS.map(|kind| kind.name().to_owned());
            client.call(Method::Subscribe, None, |params| {
                params.member("kinds", kinds);
                params.member("every_ms", EVERY_MS);
            })?;
            Ok(client)
        });
        connected.await.unwrap_or(Err(Error::Closed))
    }

    /// Passes on what is told. Whether nobody wants to know any more; else the daemon is gone.
    async fn told_by(&self, mut client: Client) -> bool {
        loop {
            let waited = tokio::task::spawn_blocking(move || {
                let event = client.next_event(Some(LISTENED_FOR));
                (client, event)
            });
            let Ok((same, event)) = waited.await else { return false };
            client = same;
            match event {
                Ok(Some(event)) => {
                    for news in News::of(&event) {
                        let _ = self.news.send(news);
                    }
                }
                Ok(None) if self.news.receiver_count() == 0 => return true,
                Ok(None) => {}
                Err(_) => return false,
            }
        }
    }

    /// Tells one who listens by a request of its own, until that ends.
    pub(crate) async fn tell(&self, context: SubscriptionContext) {
        let (mut news, sink) = (self.subscribe(), context.sink().clone());
        loop {
            let news = tokio::select! {
                news = next(&mut news) => news,
                () = context.cancelled() => return,
            };
            let accepted = context.accepted();
            if accepted.resources_list_changed == Some(true)
                && news.is_of_list()
                && sink.notify_resource_list_changed().await.is_err()
            {
                return;
            }
            let watched = accepted.resource_subscriptions.iter().flatten();
            for uri in watched.filter(|uri| news.is_of(uri)) {
                if sink.notify_resource_updated(uri.clone()).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// The next news; where some were missed, that everything changed.
async fn next(news: &mut broadcast::Receiver<News>) -> News {
    match news.recv().await {
        Ok(news) => news,
        Err(broadcast::error::RecvError::Lagged(_)) => News::Everything,
        // Whoever tells outlives whoever is told.
        Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
    }
}

/// What of a filter can be told of.
pub(crate) fn accepted(requested: &SubscriptionFilter) -> SubscriptionFilter {
    let mut accepted = SubscriptionFilter::new();
    accepted.resources_list_changed = requested.resources_list_changed;
    accepted.resource_subscriptions = requested.resource_subscriptions.as_ref().map(|uris| {
        let known = uris.iter().filter(|uri| resources::named(uri).is_ok());
        known.take(WATCHED_MAX).cloned().collect()
    });
    accepted
}

/// What a client of a revision with sessions watches.
#[derive(Default)]
pub(crate) struct Session {
    watched: Mutex<HashSet<String>>,
}

impl Session {
    /// Watches a resource.
    ///
    /// # Errors
    /// Where there is none of that name, or too many are watched.
    pub(crate) fn watch(&self, uri: String) -> Result<(), ErrorData> {
        resources::named(&uri)?;
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if watched.len() >= WATCHED_MAX && !watched.contains(&uri) {
            let what =
                format!("{WATCHED_MAX} resources are watched, which is the most: leave some");
            return Err(ErrorData::invalid_params(what, None));
        }
        watched.insert(uri);
        Ok(())
    }

    /// Watches it no more.
    pub(crate) fn leave(&self, uri: &str) {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner).remove(uri);
    }

    fn of(&self, news: &News) -> Vec<String> {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.iter().filter(|uri| news.is_of(uri)).cloned().collect()
    }
}

/// Tells a session, until it ends.
pub(crate) async fn tell(events: Events, session: Arc<Session>, peer: Peer<RoleServer>) {
    let mut news = events.subscribe();
    loop {
        let news = match tokio::time::timeout(LISTENED_FOR, next(&mut news)).await {
            Ok(news) => news,
            Err(_) if peer.is_transport_closed() => return,
            Err(_) => continue,
        };
        if news.is_of_list() && peer.notify_resource_list_changed().await.is_err() {
            return;
        }
        for uri in session.of(&news) {
            let changed = ResourceUpdatedNotificationParam::new(uri);
            if peer.notify_resource_updated(changed).await.is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::PROJECTS;

    fn project(id: &str) -> News {
        News::Project(id.to_owned())
    }

    #[test]
    fn which_resources_have_changed() {
        let of = |id: &str| format!("{PROJECTS}/{id}/layers");
        for (news, list, one, other) in [
            (project("one"), true, true, false),
            (News::List, true, false, false),
            (News::Begun, true, true, true),
            (News::Everything, true, true, true),
        ] {
            assert_eq!(news.is_of(PROJECTS), list, "{news:?}");
            assert_eq!((news.is_of(&of("one")), news.is_of(&of("two"))), (one, other), "{news:?}");
            assert!(!news.is_of("file:///etc/passwd"));
        }
    }

    #[test]
    fn events_as_news() {
        let event = |kind| Event { kind, project_id: Some("one".to_owned()), ..Event::default() };
        assert_eq!(News::of(&event(Some(EventKind::Change))), [project("one")]);
        assert_eq!(News::of(&event(Some(EventKind::Project))), [project("one"), News::List]);
        assert_eq!(News::of(&event(None)), [News::Everything]);
    }

    #[test]
    fn a_session_watches_so_many() {
        let session = Session::default();
        assert!(session.watch("file:///etc/passwd".to_owned()).is_err());
        for n in 0..WATCHED_MAX {
            session.watch(format!("{PROJECTS}/p{n}")).unwrap();
        }
        assert!(session.watch(format!("{PROJECTS}/another")).is_err());
        session.watch(format!("{PROJECTS}/p0")).unwrap();
        session.leave(&format!("{PROJECTS}/p0"));
        session.watch(format!("{PROJECTS}/another")).unwrap();
        assert_eq!(session.of(&project("another")), [format!("{PROJECTS}/another")]);
    }

    #[test]
    fn only_what_there_is_is_accepted() {
        let known = format!("{PROJECTS}/p/layers");
        let requested = SubscriptionFilter::builder()
            .resources_list_changed()
            .tools_list_changed()
            .resource_subscriptions([known.clone(), "file:///x".to_owned()])
            .build();
        let accepted = accepted(&requested);
        assert_eq!(accepted.resource_subscriptions, Some(vec![known]));
        assert_eq!(
            (accepted.resources_list_changed, accepted.tools_list_changed),
            (Some(true), None)
        );
    }
}
