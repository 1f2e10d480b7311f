//! The whole portal on one machine: the local gateway, the sign-in page, demo data.

pub mod demo;
pub mod first_start;
pub mod gateway;
mod sign_in;

pub use demo::Cast;
pub use sign_in::{address as sign_in_address, link as sign_in_link, teammate_link as teammate_sign_in_link};

use axum::{Router, routing::get};
use std::{io, net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;
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

    /// Serves until `stop` resolves, then lets requests under way finish. The sign-in page lists the people of `cast`.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(self, app: App, cast: Cast, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let app = Arc::new(app);
        let sign_in = sign_in::SignIn { app: app.clone(), cast: Arc::new(cast) };
        let router = Router::new()
            .route("/", get(async || axum::response::Redirect::to("/tickets")))
            .route("/sign-in", get(sign_in::serve).with_state(sign_in))
            .fallback(gateway::serve)
            .with_state(gateway::in_process(app));
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
