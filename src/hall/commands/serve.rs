//! `hall serve`: the server, until it is told to stop.

use super::{DataFolder, Ended, Ending, Holidays, Unlocking, Voice, wait};
use crate::hall;
use clap::Args;
use serde::Serialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::signal::unix::{SignalKind, signal};

/// Run the hall's server. A new data folder is set up first. Ctrl-C or SIGTERM stops it.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    unlock: Unlocking,
    /// Where to listen; port 0 takes any free port.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A folder of catalogue files; by default the sample catalogue inside this program.
    #[arg(long, value_name = "DIR")]
    catalogue: Option<PathBuf>,
    /// Certificate chain, PEM. Phones and cameras need TLS everywhere but on this machine.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    #[command(flatten)]
    holidays: Holidays,
    /// Free disk space below which nothing new is taken in; devices keep it and send it again.
    #[arg(long, value_name = "MIB", default_value_t = hall::KEEP_FREE >> 20)]
    keep_free: u64,
}

#[derive(Serialize)]
struct Listening<'a> {
    ready: bool,
    url: &'a str,
    pid: u32,
}

impl Serve {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        hall::observe::log_to_stderr();
        let config = hall::Config {
            data: self.data.path()?,
            unlock: self.unlock.unlock()?,
            listen: self.listen,
            catalogue: self.catalogue,
            tls: self.tls_cert.zip(self.tls_key),
            holidays: self.holidays.holidays,
            keep_free: self.keep_free.saturating_mul(1 << 20),
        };
        let mut told = Ok(());
        wait(async {
            // Taken before the server says that it is ready, so that no signal is missed.
            let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
            let stop = async move {
                tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            };
            let ready = |at: &hall::Ready| {
                let listening = Listening { ready: true, url: &at.url, pid: std::process::id() };
                told = voice.tell(&listening, || format!("大厅服务已启动 the hall is open: {}", at.url));
            };
            Ok(hall::serve(config, ready, stop).await?)
        })?;
        told?;
        Ok(Ending::Done)
    }
}
