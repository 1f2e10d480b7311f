//! The whole portal on one machine: the local gateway, the sign-in page, demo data.

pub mod demo;
pub mod first_start;
pub mod gateway;
mod sign_in;
pub mod vendor;

pub use demo::Cast;
pub use sign_in::{address as sign_in_address, link as sign_in_link, teammate_link as teammate_sign_in_link};

use axum::{
    Router,
    routing::{get, post},
};
use std::{io, net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;
use vendor::Vendor;
use web::App;

/// A portal that answers on loopback.
#[derive(Debug)]
pub struct Portal {
    listener: TcpListener,
    address: SocketAddr,
}

impl Portal {
    /// Listens on the port; 0 is any free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn bind(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Scheme and authority of its pages.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until `stop` resolves, then lets requests under way finish. The sign-in page lists the people of `cast`, and
    /// beside the portal there are their vendor's sites.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(self, app: App, cast: Cast, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let (app, cast) = (Arc::new(app), Arc::new(cast));
        let vendor = Vendor::beside(&app, &cast, self.address.port());
        let invoke = gateway::in_process(app.clone(), vendor.as_ref().map(|it| it.portal.clone()));
        let sign_in = sign_in::SignIn { app, cast };
        let router = Router::new()
            .route("/", get(vendor::home).with_state(vendor.clone()))
            .route("/sign-in", get(vendor::sign_in).with_state((vendor.clone(), sign_in)))
            .route("/vendor-sign-out", post(vendor::sign_out).with_state(vendor))
            .route("/vendor.css", get(vendor::style))
            .route("/vendor.js", get(vendor::script))
            .fallback(gateway::serve)
            .with_state(invoke);
        axum::serve(self.listener, router).with_graceful_shutdown(stop).await
    }

    /// Serves functions that run elsewhere, and nothing else: there is no sign-in page.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve_functions(self, invoke: gateway::Invoke) -> io::Result<()> {
        axum::serve(self.listener, Router::new().fallback(gateway::serve).with_state(invoke)).await
    }
}
