//! Whose certificates a deployed function trusts.

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};

/// Those of Amazon Trust Services, which sign for every endpoint under amazonaws.com
/// (<https://www.amazontrust.com/repository/>). The first one expires at the end of 2037.
const AMAZON: &str = include_str!("amazon-roots.pem");

/// What names another endpoint than DynamoDB's own, the one that counts first.
pub(super) const ENDPOINTS: [&str; 2] = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"];

/// What names somebody on the way who may sign instead, or other authorities.
const OTHERS: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/// How regions begin that have another domain than amazonaws.com, and other authorities.
const APART: [&str; 4] = ["cn-", "eusc-", "us-iso", "eu-iso"];

/// Whether a function with this environment needs to trust nobody but Amazon. An endpoint without TLS needs nobody.
pub(super) fn is_amazon_enough(environment: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &&str| environment(name).filter(|it| !it.is_empty());
    let apart = set(&"AWS_REGION").is_none_or(|region| APART.iter().any(|it| region.starts_with(it)));
    let over_tls = ENDPOINTS.iter().filter_map(set).any(|endpoint| !endpoint.starts_with("http://"));
    !apart && !over_tls && OTHERS.iter().find_map(set).is_none()
}

/// A client that trusts Amazon's authorities alone. Reading those of the system took 28 of the 47 million instructions
/// of a cold start.
pub(super) fn amazon() -> SharedHttpClient {
    let trusted = TlsContext::builder().with_trust_store(TrustStore::empty().with_pem_certificate(AMAZON)).build();
    let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    // Building a context cannot fail; should it ever, the system's authorities are the safe answer.
    trusted.map(|it| builder.clone().tls_context(it)).unwrap_or(builder).build_https()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use aws_sdk_dynamodb::Client;
    use tokio::{io::AsyncReadExt, net::TcpListener};

    /// The authorities are read when the first connection is made.
    #[tokio::test]
    async fn a_client_that_trusts_amazon_greets_with_a_tls_handshake() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let store = Store::at(&format!("https://{}", listener.local_addr().unwrap()), "tickets");
        let config = store.client.config().to_builder().http_client(amazon()).build();
        let store = Store { client: Client::from_conf(config), ..store };
        let asking = tokio::spawn(async move { store.workspace().await.is_err() });
        let (mut stream, _) = listener.accept().await.unwrap();
        assert_eq!(stream.read_u8().await.unwrap(), 22);
        drop((stream, listener));
        assert!(asking.await.unwrap());
    }

    #[test]
    fn amazon_is_enough_at_its_own_endpoints_alone() {
        let enough = |set: &[(&str, &str)]| {
            is_amazon_enough(|name| {
                let found = set.iter().find(|(it, _)| *it == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        let region = ("AWS_REGION", "eu-central-1");
        assert!(enough(&[region]));
        assert!(enough(&[("AWS_REGION", "us-gov-west-1")]));
        assert!(enough(&[region, ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:8000"), ("HTTPS_PROXY", "")]));
        for other in [
            ("AWS_ENDPOINT_URL_DYNAMODB", "https://dynamodb.corp.example"),
            ("AWS_ENDPOINT_URL", "https://vpce-1.dynamodb.eu-central-1.vpce.amazonaws.com"),
            ("https_proxy", "http://proxy.corp.example:3128"),
            ("SSL_CERT_FILE", "/opt/corp.pem"),
            ("AWS_REGION", "cn-north-1"),
        ] {
            assert!(!enough(&[other, region]), "{other:?}");
        }
        assert!(!enough(&[]));
    }
}
