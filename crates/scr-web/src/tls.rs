//! TLS of the server's own, for sites without a proxy in front.
//!
//! Obtains and renews no certificate, and reads one once: a renewed one asks for a restart.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

/// A certificate and its key, ready for use.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// Error of a certificate that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file without valid PEM content of the expected kind.
    #[error("cannot read {what} in {}", path.display())]
    File {
        /// Certificates or a key.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Message of the reader.
        source: pem::Error,
    },
    /// Certificate and key do not fit, or cannot be used.
    #[error("cannot use the certificate in {} with the key in {}", certificate.display(), key.display())]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// Problem.
        source: rustls::Error,
    },
}

impl Tls {
    /// Reads a certificate, with those that vouch for it after it, and its private key,
    /// both as PEM.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let wrong = |what, path: &Path| {
            let path = path.to_owned();
            move |source| TlsError::File { what, path, source }
        };
        let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect)
            .map_err(wrong("certificates", certificate))?;
        let secret = PrivateKeyDer::from_pem_file(key).map_err(wrong("a private key", key))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder.with_no_client_auth().with_single_cert(certificates, secret)
            });
        let mut config = config.map_err(|source| {
            let certificate = certificate.to_owned();
            let key = key.to_owned();
            TlsError::Pair { certificate, key, source }
        })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    pub(crate) async fn accept(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        self.0.accept(stream).await
    }
}
