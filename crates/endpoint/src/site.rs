//! What the binary serves: the router, with a short way to the routes that are asked most.

use crate::http::reply::Reply;
use crate::router::{Endpoint, Open, routes_of, with_page};
use crate::routes::proxy;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use axum::{BoxError, Router};
use std::net::SocketAddr;
use std::sync::Arc;
use tower_service::Service as _;

/// The routes that are asked most are found by their names, and all others by the router, whose
/// way from a request to its handler costs as much as the handler. A clone is the same.
#[derive(Clone)]
pub struct Site(Arc<Ways>);

struct Ways {
    router: Router,
    base: String,
    open: Open,
}

impl From<Router> for Site {
    /// The routes of this router alone.
    fn from(router: Router) -> Self {
        Self(Arc::new(Ways {
            router,
            base: String::new(),
            open: Open::default(),
        }))
    }
}

impl Site {
    fn open(endpoint: &Endpoint) -> Self {
        let state = &endpoint.0;
        let open = Open::new(state);
        Self(Arc::new(Ways {
            router: with_page(routes_of(state, &open), state),
            base: state.config.base.clone(),
            open,
        }))
    }

    /// Answers a request of a connection with this peer.
    pub async fn answer<B>(self, request: Request<B>, peer: SocketAddr) -> Response<Reply>
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
    {
        let Ways { router, base, open } = &*self.0;
        let path = request.uri().path().strip_prefix(base.as_str());
        let served = open.served.iter().find(|served| path == Some(served.path));
        if let Some(served) = served {
            let (parts, body) = request.into_parts();
            return Arc::clone(served).serve(Some(peer), parts, body).await;
        }
        let below = path.and_then(|path| path.strip_prefix(proxy::PATH));
        if let Some(proxy) = &open.proxy
            && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        {
            let (parts, body) = request.into_parts();
            return Arc::clone(proxy).serve(Some(peer), parts, body).await;
        }
        let mut router = router.clone();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let Ok(answer) = router.call(request).await;
        answer.map(Reply::passing)
    }
}

impl Endpoint {
    /// As [`Endpoint::site`], for a server of hyper, with a short way to the routes of the contract.
    pub fn direct(&self) -> Site {
        Site::open(self)
    }
}
