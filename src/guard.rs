//! The door: who may use the served book. Whoever was given its address by the terminal that it was started in may,
//! and nobody else on this machine; nor may a page of another site that the same browser has open.

use anyhow::{Context, Result};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use std::sync::Arc;

/// The header in which a page of the book shows its token.
pub const TOKEN_HEADER: &str = "x-loopback-token";

/// What a request gets that does not come with the key.
const NO_KEY: &str = include_str!("no_key.html");
const NEW_KEY: &str =
    "the book was started again and has a new key: open the address that its terminal shows";

/// What goes with every answer.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        // mdBook's pages have scripts and styles of their own in them.
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'none'",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

/// What a start of the book makes up, and tells only to whom it concerns.
pub struct Guard {
    port: u16,
    /// It comes in the address that is printed, and then as a cookie with every request of that browser.
    pub key: String,
    /// Every page of the book has it, and no page of another site can read it. It comes with each request to do
    /// something.
    pub token: String,
}

impl Guard {
    /// The guard of the book on this port, with a key and a token that nobody can guess.
    pub fn new(port: u16) -> Result<Guard> {
        Ok(Guard {
            port,
            key: random()?,
            token: random()?,
        })
    }

    /// The address that lets its reader in.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/?key={}", self.port, self.key)
    }

    /// A cookie is sent to every port of a host, so two books need two names.
    fn cookie(&self) -> String {
        format!("loopback_{}", self.port)
    }

    /// Whether the request comes from a browser that was let in.
    fn is_known(&self, headers: &HeaderMap) -> bool {
        let name = self.cookie();
        let cookies = headers.get_all(header::COOKIE).iter();
        cookies
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .any(|(its, value)| its == name && equal(value, &self.key))
    }

    /// Why the request is refused, if it is; or where to go on, with the cookie set, if it has the key.
    fn refusal(&self, request: &Request) -> Option<Response> {
        let headers = request.headers();
        let ours = [
            format!("127.0.0.1:{}", self.port),
            format!("localhost:{}", self.port),
        ];
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        // A name that somebody made to point to this machine (DNS rebinding) is known by this header.
        let Some(host) = host.filter(|host| ours.iter().any(|ours| ours == host)) else {
            let refusal = (StatusCode::MISDIRECTED_REQUEST, "not this book's address");
            return Some(refusal.into_response());
        };
        let mut parameters = request.uri().query().unwrap_or_default().split('&');
        if let Some(key) = parameters.find_map(|parameter| parameter.strip_prefix("key="))
            && request.method() == Method::GET
            && equal(key, &self.key)
        {
            let cookie = format!(
                "{}={}; Path=/; HttpOnly; SameSite=Strict",
                self.cookie(),
                self.key
            );
            // Not by a redirection: a browser that came here from elsewhere would not send the cookie with it.
            let page = way_in(path_of_a_page(request.uri().path()));
            return Some(([(header::SET_COOKIE, cookie)], Html(page)).into_response());
        }
        let only_reads = [Method::GET, Method::HEAD].contains(request.method());
        if !self.is_known(headers) {
            return Some(match only_reads {
                true => (StatusCode::FORBIDDEN, Html(NO_KEY)).into_response(),
                // A page of an earlier start asks. It shows what it is told as it stands.
                false => (StatusCode::FORBIDDEN, NEW_KEY).into_response(),
            });
        }
        if only_reads {
            return None;
        }
        let has = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let why = if has("origin") != Some(&format!("http://{host}")) {
            "not from a page of this book"
        } else if !has(TOKEN_HEADER).is_some_and(|token| equal(token, &self.token)) {
            "the book was started again: load this page again"
        } else {
            return None;
        };
        Some((StatusCode::FORBIDDEN, why).into_response())
    }
}

/// A page that leads on to this address.
pub fn way_in(address: &str) -> String {
    include_str!("way_in.html").replace("{address}", address)
}

/// The path, if it may be the path of a page, or else that of the first page. Two slashes would begin the name of
/// another host, and a quotation mark would end the address in the page.
fn path_of_a_page(path: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/_-.".contains(c);
    if path.chars().all(plain) && !path.contains("//") {
        path
    } else {
        "/"
    }
}

/// Lets through what comes from the book's own reader, and gives every answer the headers that it needs.
pub async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = match guard.refusal(&request) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let unless_told = headers.entry(header::CACHE_CONTROL);
    unless_told.or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Compares in a time that does not depend on where they differ.
fn equal(one: &str, other: &str) -> bool {
    let pairs = one.bytes().zip(other.bytes());
    one.len() == other.len() && pairs.fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// 128 bits of the system's randomness, as hexadecimal digits.
fn random() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("{error}"))
        .context("this system gives no random numbers")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
