//! A terminator of TLS before the engine, with a certificate like those of DynamoDB: RSA, 2,048 bits, one below a root.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

/// Where it answers, and the file with the root that programs have to trust.
#[derive(Debug)]
pub struct Tls {
    pub endpoint: String,
    pub root: PathBuf,
}

impl Tls {
    /// Starts it before `target`, an address. Its certificates are made in `folder`.
    pub async fn start(target: &str, folder: &Path) -> Self {
        let [root, root_key, leaf, leaf_key, request, names] =
            ["root.pem", "root.key", "leaf.pem", "leaf.key", "leaf.csr", "names"].map(|it| folder.join(it));
        fs::write(&names, "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n").unwrap();
        let (root_text, root_key_text) = (root.to_str().unwrap(), root_key.to_str().unwrap());
        let new = ["req", "-newkey", "rsa:2048", "-nodes", "-sha256", "-subj"];
        openssl(
            &[&new[..], &["/CN=bench root", "-x509", "-days", "2", "-out", root_text, "-keyout", root_key_text]]
                .concat(),
        );
        let key_text = leaf_key.to_str().unwrap();
        openssl(&[&new[..], &["/CN=bench", "-out", request.to_str().unwrap(), "-keyout", key_text]].concat());
        openssl(&[
            "x509",
            "-req",
            "-sha256",
            "-days",
            "2",
            "-CAcreateserial",
            "-in",
            request.to_str().unwrap(),
            "-CA",
            root_text,
            "-CAkey",
            root_key_text,
            "-extfile",
            names.to_str().unwrap(),
            "-out",
            leaf.to_str().unwrap(),
        ]);
        let chain = vec![CertificateDer::from_pem_file(&leaf).unwrap(), CertificateDer::from_pem_file(&root).unwrap()];
        let key = PrivateKeyDer::from_pem_file(&leaf_key).unwrap();
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("https://{}", listener.local_addr().unwrap());
        let target: String = target.trim_start_matches("http://").into();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, target) = (acceptor.clone(), target.clone());
                tokio::spawn(async move {
                    let Ok(mut inside) = acceptor.accept(stream).await else { return };
                    let Ok(mut outside) = TcpStream::connect(&target).await else { return };
                    let _ = tokio::io::copy_bidirectional(&mut inside, &mut outside).await;
                });
            }
        });
        Self { endpoint, root }
    }
}

fn openssl(arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).output().expect("openssl is needed for measuring over TLS");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
