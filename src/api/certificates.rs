//! [`Certificates`]: what encrypts connections, read again when the files change, so that a new certificate needs no restart.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto};

use x509_cert::der::Decode;

use super::stamp::{Stamp, with_files};

/// How often the files are looked at.
const GLANCE: Duration = Duration::from_secs(1);

/// Where certificates are, each PEM.
#[derive(Debug, Clone)]
pub struct CertificateFiles {
    /// The server's, with those that lead to its root.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// Who signs the certificates that callers have to show; unset: they need none.
    pub client_ca: Option<PathBuf>,
}

/// The certificates that new connections are encrypted with.
#[derive(Clone)]
pub(super) struct Certificates {
    files: CertificateFiles,
    http1: bool,
    stamp: Vec<Option<Stamp>>,
    config: Arc<RwLock<Arc<ServerConfig>>>,
}

impl Certificates {
    /// Reads the files, for connections on which HTTP/1 may be spoken as well as HTTP/2, or not.
    ///
    /// # Errors
    /// Where one can't be read, or they don't fit each other.
    pub fn open(files: CertificateFiles, http1: bool) -> Result<Self, String> {
        // Before they are read: what changes meanwhile is then seen to have.
        let stamp = files.stamp();
        let config = Arc::new(RwLock::new(Arc::new(files.read(http1)?)));
        Ok(Self { files, http1, stamp, config })
    }

    /// What encrypts the next connection.
    pub fn acceptor(&self) -> TlsAcceptor {
        self.config.read().unwrap_or_else(PoisonError::into_inner).clone().into()
    }

    /// Reads the files again whenever they change, for as long as it is awaited. Files that can't be read leave what was read before.
    pub async fn follow(self) {
        let mut known = self.stamp.clone();
        loop {
            tokio::time::sleep(GLANCE).await;
            let (files, http1) = (self.files.clone(), self.http1);
            let before = known.clone();
            let looked = with_files(move || {
                let now = files.stamp();
                let read = (now != before).then(|| files.read(http1));
                (now, read)
            });
            let Some((now, Some(read))) = looked.await else { continue };
            match read {
                Ok(config) => {
                    *self.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
                    tracing::info!("the certificates were read again");
                }
                Err(why) => tracing::error!(why, "the certificates can't be read; those that were read before stay"),
            }
            known = now;
        }
    }
}

impl CertificateFiles {
    fn stamp(&self) -> Vec<Option<Stamp>> {
        let files = [Some(&self.certificate), Some(&self.key), self.client_ca.as_ref()];
        files.into_iter().flatten().map(|file| Stamp::of(file)).collect()
    }

    /// When the first of the server's certificates ends; they are read as for a server before.
    ///
    /// # Errors
    /// Where a file can't be read, or they don't fit each other.
    pub fn end(&self) -> Result<SystemTime, String> {
        self.read(false)?;
        let ends = certificates(&self.certificate)?.into_iter().map(|certificate| {
            let read = x509_cert::Certificate::from_der(&certificate);
            read.map(|read| read.tbs_certificate.validity.not_after.to_system_time())
        });
        let ends: Result<Vec<SystemTime>, _> = ends.collect();
        let ends = ends.map_err(|error| format!("{}: {error}", self.certificate.display()))?;
        Ok(ends.into_iter().min().unwrap_or(SystemTime::UNIX_EPOCH))
    }

    fn read(&self, http1: bool) -> Result<ServerConfig, String> {
        let certificates = certificates(&self.certificate)?;
        let key = PrivateKeyDer::from_pem_slice(&bytes(&self.key)?);
        let key = key.map_err(|error| format!("{}: {error}", self.key.display()))?;
        let provider = Arc::new(crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| error.to_string())?;
        let builder = match &self.client_ca {
            None => builder.with_no_client_auth(),
            Some(ca) => {
                let mut roots = RootCertStore::empty();
                for root in self::certificates(ca)? {
                    roots.add(root).map_err(|error| format!("{}: {error}", ca.display()))?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder.with_client_cert_verifier(verifier.map_err(|error| format!("{}: {error}", ca.display()))?)
            }
        };
        let config = builder.with_single_cert(certificates, key);
        let mut config = config.map_err(|error| format!("{}: {error}", self.certificate.display()))?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        if http1 {
            config.alpn_protocols.push(b"http/1.1".to_vec());
        }
        Ok(config)
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>, String> {
    if Stamp::of(file).is_none() {
        return Err(format!("{}: there is no such file", file.display()));
    }
    fs::read(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let of_file = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes(file)?).collect();
    match found {
        Ok(found) if found.is_empty() => Err(of_file(&"no certificate is in it")),
        found => found.map_err(|error| of_file(&error)),
    }
}
