//! DynamoDB on AWS is reached over TLS. A build without a TLS client compiles and fails only when it is used.

use store::Store;
use tokio::{io::AsyncReadExt, net::TcpListener};

/// The first byte of a TLS record that carries a handshake (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 22;

#[tokio::test]
async fn an_https_endpoint_is_greeted_with_a_tls_handshake() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let store = Store::at(&format!("https://{}", listener.local_addr().unwrap()), "tickets");
    let asking = tokio::spawn(async move { store.workspace().await.is_err() });
    let (mut stream, _) = listener.accept().await.unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), HANDSHAKE);
    drop((stream, listener));
    assert!(asking.await.unwrap());
}
