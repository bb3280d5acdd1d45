//! Every path, and what may be done there.

use super::{Server, access, api, gossip, metrics, page, problem, reconcile, views};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, delete, get, post, put};
use std::sync::Arc;

type Methods = MethodRouter<Arc<Server>>;

/// A method at a path, and who answers it.
pub(super) struct Route {
    pub method: &'static str,
    pub path: &'static str,
    handler: fn() -> Methods,
}

impl Route {
    const fn get(path: &'static str, handler: fn() -> Methods) -> Route {
        Route { method: "GET", path, handler }
    }

    const fn post(path: &'static str, handler: fn() -> Methods) -> Route {
        Route { method: "POST", path, handler }
    }
}

/// All of them; whoever adds one describes it in `api/openapi.json`.
pub(super) const ROUTES: [Route; 20] = [
    Route::get("/", || get(page::index)),
    Route::get("/peers", || get(gossip::peers)),
    Route::get("/peers/", || get(gossip::peers)),
    Route::post("/gossip", || post(gossip::gossip)),
    Route::post("/gossip/", || post(gossip::gossip)),
    Route::post("/reconcile/", || post(reconcile::reconcile)),
    Route::get("/state", || get(views::state)),
    Route::get("/messages", || get(views::messages)),
    Route::get("/healthz", || get(views::healthz)),
    Route::get("/metrics", || get(metrics::metrics)),
    Route::get("/api/v1/node", || get(views::node)),
    Route::get("/api/v1/peers", || get(views::peers)),
    Route::get("/api/v1/state", || get(api::state::all)),
    Route::get("/api/v1/state/{key}", || get(api::state::one)),
    Route { method: "PUT", path: "/api/v1/state/{key}", handler: || put(api::state::set) },
    Route { method: "DELETE", path: "/api/v1/state/{key}", handler: || delete(api::state::remove) },
    Route::post("/api/v1/publish", || post(api::publish::publish)),
    Route::get("/api/v1/events", || get(api::events::events)),
    Route::get("/api/v1/network", || get(api::network::network)),
    Route::get("/api/v1/openapi.json", || get(api::openapi)),
];

pub(super) fn router(server: Arc<Server>) -> Router {
    let mut router = Router::new();
    for Route { path, handler, .. } in &ROUTES {
        router = router.route(path, handler());
    }
    router
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(from_fn_with_state(server.clone(), access::guard))
        .with_state(server)
}

/// What may be done at a path, as an `allow` header says it.
pub(super) fn allowed(path: &str) -> String {
    let here = ROUTES.iter().filter(|route| is_at(route.path, path));
    let methods: Vec<&str> = here.map(|route| route.method).collect();
    // Whoever answers GET answers HEAD.
    methods.join(", ").replace("GET", "GET, HEAD")
}

/// Whether a path is that route's; `{…}` stands for one segment.
fn is_at(route: &str, path: &str) -> bool {
    let (mut route, mut path) = (route.split('/'), path.split('/'));
    loop {
        match (route.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted.starts_with('{') && !found.is_empty() => {}
            (Some(wanted), Some(found)) if wanted == found => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    #[test]
    fn a_path_is_told_what_may_be_done_there() {
        assert_eq!(allowed("/api/v1/state/mood"), "GET, HEAD, PUT, DELETE");
        assert_eq!(allowed("/gossip/"), "POST");
        assert_eq!(allowed("/api/v1/state"), "GET, HEAD");
    }

    #[test]
    fn the_openapi_document_has_every_route_and_no_other() {
        let document: Value = serde_json::from_str(api::OPENAPI).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let described: BTreeSet<(String, String)> = paths
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters");
                methods.map(move |method| (path.clone(), method.to_uppercase()))
            })
            .collect();
        let routed: BTreeSet<(String, String)> =
            ROUTES.iter().map(|route| (route.path.into(), route.method.into())).collect();
        assert_eq!(described, routed);
    }

    #[test]
    fn the_openapi_document_refers_to_what_it_has_and_asks_writers_for_the_token() {
        let document: Value = serde_json::from_str(api::OPENAPI).unwrap();
        let mut waiting = vec![&document];
        while let Some(value) = waiting.pop() {
            if let Some(Value::String(to)) = value.get("$ref") {
                let found = document.pointer(to.trim_start_matches('#'));
                assert!(found.is_some(), "{to}");
            }
            match value {
                Value::Object(members) => waiting.extend(members.values()),
                Value::Array(items) => waiting.extend(items),
                _ => {}
            }
        }
        for route in ROUTES.iter().filter(|route| route.method != "GET") {
            let operation = &document["paths"][route.path][route.method.to_lowercase()];
            let is_gossip = !route.path.starts_with("/api/");
            assert_eq!(operation.get("security").is_none(), is_gossip, "{}", route.path);
        }
    }

    #[test]
    fn the_openapi_document_says_that_pages_of_others_are_refused_everywhere() {
        let document: Value = serde_json::from_str(api::OPENAPI).unwrap();
        for route in &ROUTES {
            let operation = &document["paths"][route.path][route.method.to_lowercase()];
            let forbidden = &operation["responses"]["403"];
            assert!(forbidden.is_object(), "{} {}", route.method, route.path);
        }
    }
}
