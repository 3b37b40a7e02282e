//! The protocol over HTTP: who may come, how much they may send, how long they may take. What they say
//! is the SDK's business and the server's.
//!
//! Whoever comes shows a token, since any program and any page in a browser reaches a local port. Pages
//! are kept out by their `Origin` besides, and names that somebody has pointed at this machine by `Host`.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::lines::LINE_BYTES_MAX;
use crate::server::Server;
use crate::token::Token;

/// Where the protocol is.
pub const PATH: &str = "/mcp";
/// Connections at once: each client has one or two, and one more that events come by.
const CONNECTIONS_MAX: usize = 256;
/// Clients of older revisions at once, whose sessions are remembered.
const SESSIONS_MAX: usize = 64;
/// How long a session is remembered that nobody uses: people go for lunch.
const SESSION_KEPT_FOR: Duration = Duration::from_secs(4 * 60 * 60);
/// How long a request's head may take, and how long a connection may be idle.
const HEAD_WITHIN: Duration = Duration::from_secs(60);
/// How long its body may take.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// The first revision that has no sessions.
const WITHOUT_SESSIONS: &str = "2026-07-28";

/// Who may come, and where.
#[derive(Debug)]
pub struct Door {
    /// Where it listens.
    pub address: SocketAddr,
    /// What whoever comes has to show.
    pub token: Token,
    /// Whether others than this machine's programs may come.
    pub allow_remote: bool,
    /// Names and addresses that others know this machine by.
    pub hosts: Vec<String>,
}

type Body = BoxBody<Bytes, Infallible>;
type Service = StreamableHttpService<Server, LocalSessionManager>;

/// A door that is open.
pub struct Listener {
    listener: TcpListener,
    front: Arc<Front>,
}

struct Front {
    service: Service,
    sessions: Arc<LocalSessionManager>,
    token: Token,
}

impl Listener {
    /// Listens.
    ///
    /// # Errors
    /// Where it is not told how others may come, or the address cannot be listened on.
    pub async fn open(server: Server, door: Door) -> Result<Self> {
        let hosts = hosts(&door)?;
        let listener = TcpListener::bind(door.address)
            .await
            .with_context(|| format!("cannot listen on {}", door.address))?;
        let mut sessions = LocalSessionManager::default();
        sessions.session_config.keep_alive = Some(SESSION_KEPT_FOR);
        let sessions = Arc::new(sessions);
        let config = StreamableHttpServerConfig::default()
            .with_allowed_hosts(hosts)
            .with_allowed_origins(["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"])
            .enforce_origin_validation()
            .with_max_request_body_bytes(LINE_BYTES_MAX);
        let service = Service::new(move || Ok(server.for_session()), Arc::clone(&sessions), config);
        let front = Arc::new(Front { service, sessions, token: door.token });
        Ok(Self { listener, front })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Where the system does not say.
    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves whoever comes, for ever.
    ///
    /// # Errors
    /// Where nobody can come any more.
    pub async fn serve(self) -> Result<()> {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        loop {
            let place = Arc::clone(&places).acquire_owned().await?;
            let stream = match self.listener.accept().await {
                Ok((stream, _)) => stream,
                // It was gone before it was taken, or there are no descriptors left just now.
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            };
            let front = Arc::clone(&self.front);
            tokio::spawn(async move {
                front.connection(stream).await;
                drop(place);
            });
        }
    }
}

impl Front {
    async fn connection(self: Arc<Self>, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let service = service_fn(move |request| {
            let front = Arc::clone(&self);
            async move { Ok::<_, Infallible>(front.answer(request).await) }
        });
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .serve_connection(TokioIo::new(stream), service);
        // What breaks here is broken for its client, who sees it.
        let _ = served.await;
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        if request.uri().path() != PATH {
            let what = format!("nothing is here: the Model Context Protocol is at {PATH}");
            return said(StatusCode::NOT_FOUND, &what);
        }
        let shown = request.headers().get(AUTHORIZATION).map(HeaderValue::as_bytes);
        if !shown.is_some_and(|shown| self.token.is_shown_by(shown)) {
            return unauthorized();
        }
        if self.opens_a_session(&request).await {
            let what = format!(
                "{SESSIONS_MAX} sessions are open, which is the most: close one, or come later"
            );
            return said(StatusCode::SERVICE_UNAVAILABLE, &what);
        }
        let (head, body) = request.into_parts();
        let body = timeout(BODY_WITHIN, Limited::new(body, LINE_BYTES_MAX).collect()).await;
        match body {
            Ok(Ok(body)) => {
                let request = Request::from_parts(head, Full::new(body.to_bytes()));
                self.service.handle(request).await
            }
            Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => said(
                StatusCode::PAYLOAD_TOO_LARGE,
                &format!(
                    "a request has {LINE_BYTES_MAX} bytes at the most: send it in several calls"
                ),
            ),
            Ok(Err(error)) => {
                said(StatusCode::BAD_REQUEST, &format!("the request broke off: {error}"))
            }
            Err(_) => said(StatusCode::REQUEST_TIMEOUT, "the request took too long to come"),
        }
    }

    /// Whether a request may open a session, and there are too many.
    async fn opens_a_session(&self, request: &Request<Incoming>) -> bool {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let has_none = header("mcp-session-id").is_none();
        let is_newer = header("mcp-protocol-version").is_some_and(|v| v >= WITHOUT_SESSIONS);
        request.method() == Method::POST
            && has_none
            && !is_newer
            && self.sessions.sessions.read().await.len() >= SESSIONS_MAX
    }
}

/// The names that a request may call this machine by.
fn hosts(door: &Door) -> Result<Vec<String>> {
    let mut hosts: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    let ip = door.address.ip();
    if ip.is_loopback() {
        hosts.push(ip.to_string());
    } else {
        ensure!(
            door.allow_remote,
            "{ip} can be reached from other machines: give --allow-remote where that is meant, else \
             listen on 127.0.0.1"
        );
        ensure!(
            !is_any(ip) || !door.hosts.is_empty(),
            "say with --allow-host by which name or address others reach this machine"
        );
        if !is_any(ip) {
            hosts.push(ip.to_string());
        }
    }
    hosts.extend(door.hosts.iter().cloned());
    Ok(hosts)
}

fn is_any(ip: IpAddr) -> bool {
    ip.is_unspecified()
}

fn unauthorized() -> Response<Body> {
    let what = "a token is needed: send `Authorization: Bearer TOKEN`, with the token that goxel-mcp \
                printed when it started, or that of its --token-file";
    let mut response = said(StatusCode::UNAUTHORIZED, what);
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

fn said(status: StatusCode, what: &str) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::from(format!("{what}\n"))).boxed());
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_come_where_that_is_said_twice() {
        let door = |address: &str, allow_remote, hosts: &[&str]| Door {
            address: address.parse().unwrap(),
            token: Token::new().unwrap(),
            allow_remote,
            hosts: hosts.iter().map(|&host| host.to_owned()).collect(),
        };
        let names = |door: Door| hosts(&door).map_err(|error| error.to_string());
        assert!(names(door("127.0.0.2:0", false, &[])).unwrap().contains(&"127.0.0.2".to_owned()));
        let refused = names(door("192.0.2.1:80", false, &["a"])).unwrap_err();
        assert!(refused.contains("--allow-remote"), "{refused}");
        let refused = names(door("0.0.0.0:80", true, &[])).unwrap_err();
        assert!(refused.contains("--allow-host"), "{refused}");
        let found = names(door("0.0.0.0:80", true, &["goxel.example"])).unwrap();
        assert!(found.contains(&"goxel.example".to_owned()));
        assert!(!found.contains(&"0.0.0.0".to_owned()));
    }
}
