//! The running server: what all requests share, from the listening socket to a clean stop.

use super::auth::Doors;
use super::catalogue::Catalogues;
use super::keys::{Keys, Unlock};
use super::limits::Limits;
use super::lock::Lock;
use super::problem::{self, Refusal};
use super::store::Store;
use super::{Error, catalogue, init, intake, now, observe, open, routes, sweep, trust};
use axum_server::tls_rustls::RustlsConfig;
use axum_server::{Address, Handle, Server};
use hyper_util::rt::TokioTimer;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How to run the server.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data folder; set up when it is new.
    pub data: PathBuf,
    /// What opens its keys.
    pub unlock: Unlock,
    /// Port 0 takes any free port.
    pub listen: SocketAddr,
    /// A folder of TOML files; the sample catalogue when absent.
    pub catalogue: Option<PathBuf>,
    /// Certificate chain and private key, PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Departures of a further year, `date,kind` lines.
    pub holidays: Option<PathBuf>,
    /// Bytes of the disk that stay free: below that nothing new is taken in, so that the database and what is on record
    /// already always have room.
    pub keep_free: u64,
}

/// What stays free unless somebody says otherwise.
pub const KEEP_FREE: u64 = 512 << 20;

/// The server takes requests now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    pub address: SocketAddr,
    /// An address that a browser on this machine can open.
    pub url: String,
}

/// What all requests share.
pub struct Shared {
    pub store: Store,
    pub keys: Keys,
    pub catalogues: Catalogues,
    pub trust: trust::Opened,
    pub open: open::Kept,
    pub doors: Doors,
    pub limits: Limits,
    pub queue: intake::Queue,
    pub keep_free: u64,
    pub metrics: observe::Metrics,
    /// Under TLS: cookies are `Secure`, browsers are told to stay with https.
    pub secure: bool,
}

/// The hall, as the routes see it.
#[derive(Clone)]
pub struct Hall(Arc<Shared>);

impl std::ops::Deref for Hall {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Hall {
    /// The hall's code, which every receipt and envelope names.
    pub fn code(&self) -> &str {
        self.catalogues.hall()
    }

    async fn open(config: &Config) -> Result<Hall, Error> {
        init(&config.data, &config.unlock).await?;
        let keys = Keys::open(&config.data, &config.unlock)?;
        let store = Store::open(&config.data).await?;
        let calendar = catalogue::calendar(config.holidays.as_deref())?;
        let read = catalogue::load(config.catalogue.as_deref())?;
        let now = now();
        trust::prepare(&store, &keys, &read.catalogue.hall.code, now).await?;
        let catalogues = Catalogues::open(&store, &keys, read, calendar, now).await?;
        Hall::of(store, keys, catalogues, config.tls.is_some(), config.keep_free)
    }

    /// The hall as a command works in it, with the catalogue that is published, beside the running server or without one.
    pub async fn beside(data: &Path, unlock: &Unlock) -> Result<Hall, Error> {
        let keys = Keys::open(data, unlock)?;
        let store = Store::open(data).await?;
        let catalogues = Catalogues::published(&store, &keys).await?;
        let hall = Hall::of(store, keys, catalogues, false, KEEP_FREE)?;
        trust::renew(&hall, now()).await?;
        Ok(hall)
    }

    fn of(store: Store, keys: Keys, catalogues: Catalogues, secure: bool, keep_free: u64) -> Result<Hall, Error> {
        Ok(Hall(Arc::new(Shared {
            store,
            keys,
            catalogues,
            trust: trust::Opened::default(),
            open: open::Kept::default(),
            doors: Doors::default(),
            limits: Limits::default(),
            queue: intake::Queue::default(),
            keep_free,
            metrics: observe::metrics()?,
            secure,
        })))
    }

    /// Is there room for something new, with so many times the space that is kept free? Sent again later, there may be.
    pub fn room(&self, reserves: u64) -> Result<(), Refusal> {
        if self.store.chunks.free()? < self.keep_free.saturating_mul(reserves) {
            tracing::error!("the disk is nearly full: nothing new is taken in");
            return Err(problem::NO_ROOM.after(ROOM_AGAIN));
        }
        Ok(())
    }

    /// Closes the database, unless somebody still shares the hall.
    pub async fn close(self) {
        if let Some(shared) = Arc::into_inner(self.0) {
            shared.store.close().await;
        }
    }
}

/// How long requests under way may take once the server has been told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How long the head of a request may take to arrive.
const HEADERS: Duration = Duration::from_secs(20);
/// When a device that found no room tries again.
const ROOM_AGAIN: Duration = Duration::from_secs(300);
/// How often the metrics are tidied, and whether another catalogue or signing key is due is looked at.
const UPKEEP: Duration = Duration::from_secs(10);
/// How often chunks that nothing needs are collected.
const SWEEP: Duration = Duration::from_secs(3600);

/// Serves until `shutdown`, then lets the requests under way finish. `on_ready` is called once, when it listens.
pub async fn serve(
    config: Config,
    on_ready: impl FnOnce(&Ready),
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let _lock = Lock::to_serve(&config.data)?;
    let hall = Hall::open(&config).await?;
    let listening = |cause| Error::Listen { address: config.listen, cause };
    let listener = TcpListener::bind(config.listen).map_err(listening)?;
    listener.set_nonblocking(true).map_err(listening)?;
    let address = listener.local_addr().map_err(listening)?;
    let tls = match &config.tls {
        Some((certificate, key)) => {
            // Fails only when a provider is installed already, which then serves as well.
            let _ = rustls::crypto::ring::default_provider().install_default();
            Some(RustlsConfig::from_pem_file(certificate, key).await.map_err(Error::Tls)?)
        }
        None => None,
    };

    let handle = Handle::new();
    let stopping = tokio::spawn({
        let handle = handle.clone();
        async move {
            shutdown.await;
            handle.graceful_shutdown(Some(GRACE));
        }
    });
    let upkeep = tokio::spawn({
        let hall = hall.clone();
        async move {
            let mut swept = Instant::now();
            loop {
                tokio::time::sleep(UPKEEP).await;
                if swept.elapsed() >= SWEEP {
                    swept = Instant::now();
                    // With little room left, what nobody came back for within a day goes too: the device still has it.
                    let tight = hall.store.chunks.free().is_ok_and(|free| free / 4 < hall.keep_free);
                    if let Err(cause) = sweep::sweep(&hall.store, if tight { sweep::TIGHT } else { sweep::AGE }).await {
                        tracing::error!(%cause, "chunks that nothing needs cannot be collected");
                    }
                }
                hall.metrics.run_upkeep();
                if let Err(cause) = trust::renew(&hall, now()).await {
                    tracing::error!(%cause, "the signing key that nears its end cannot be replaced");
                }
                if let Err(cause) = hall.catalogues.renew(&hall.store, &hall.keys, now()).await {
                    tracing::error!(%cause, "the catalogue of today cannot be published");
                }
            }
        }
    });

    let app = routes::app(hall.clone()).into_make_service_with_connect_info::<SocketAddr>();
    on_ready(&Ready { address, url: url(address, tls.is_some()) });
    let served = match tls {
        Some(tls) => prompt(axum_server::from_tcp_rustls(listener, tls).map_err(listening)?).handle(handle).serve(app).await,
        None => prompt(axum_server::from_tcp(listener).map_err(listening)?).handle(handle).serve(app).await,
    };
    stopping.abort();
    upkeep.abort();
    // It shares the hall until it has ended.
    let _ = upkeep.await;
    hall.close().await;
    served.map_err(listening)
}

/// Hangs up on those who do not finish saying what they want.
fn prompt<A: Address, Acceptor>(mut server: Server<A, Acceptor>) -> Server<A, Acceptor> {
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
    server
}

fn url(address: SocketAddr, secure: bool) -> String {
    let mut open = address;
    if open.ip().is_unspecified() {
        open.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("{}://{open}", if secure { "https" } else { "http" })
}
