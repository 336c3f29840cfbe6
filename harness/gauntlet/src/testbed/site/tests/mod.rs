//! The running site, seen by a plain HTTP client that decodes nothing.

mod edge;
mod facts;
mod faults;
mod health;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, StatusCode};
use wasm_gauntlet_model::fault::Fault;

use super::TestbedSite;

/// One answer, wire bytes kept.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    /// A header's lines joined; `-` if there is none.
    fn header(&self, name: &str) -> String {
        let lines = self.headers.get_all(name).iter();
        let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
        if lines.is_empty() { "-".to_owned() } else { lines.join(", ") }
    }
}

/// A site, a client, and one of the site's two addresses.
struct Visitor {
    site: TestbedSite,
    client: Client,
    base: String,
}

impl Visitor {
    fn of_origin(faults: &[Fault]) -> Self {
        let mut visitor = Self::of_edge(faults);
        visitor.base = visitor.site.origin_url();
        visitor
    }

    fn of_edge(faults: &[Fault]) -> Self {
        // An error means that a provider is already installed, which works too.
        rustls::crypto::ring::default_provider().install_default().ok();
        let site = TestbedSite::start(faults, None).expect("a site starts");
        let client = Client::builder().no_proxy().build().expect("a client");
        let base = site.site_url();
        Self { site, client, base }
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let url = format!("{}{}", self.base, path.trim_start_matches('/'));
        let mut request = self.client.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        // Of a body that breaks off, the bytes that came are the result.
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            body.extend_from_slice(&chunk);
        }
        Answer { status, headers, body }
    }

    async fn get(&self, path: &str, offer: &str) -> Answer {
        self.ask(Method::GET, path, &[("accept-encoding", offer)]).await
    }

    /// Paths of the shim, which the page names, and of the module, which the shim names.
    async fn discover(&self) -> (String, String) {
        let page = String::from_utf8(self.get("/", "identity").await.body).expect("text");
        let shim = between(&page, "<script type=\"module\" src=\"", "\"");
        let script = String::from_utf8(self.get(&shim, "identity").await.body).expect("text");
        let module = between(&script, "const MODULE = \"", "\"");
        // Another origin is served by the same edge.
        let path = module.strip_prefix("http://").and_then(|url| url.split_once('/'));
        (shim, path.map_or(module.clone(), |(_, path)| format!("/{path}")))
    }
}

fn between(text: &str, from: &str, to: &str) -> String {
    let rest = text.split_once(from).expect(from).1;
    rest.split_once(to).expect(to).0.to_owned()
}
