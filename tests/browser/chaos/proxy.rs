//! The network between browsers and hall: our own, so that it can be as bad as networks are. It passes every request on
//! as it came, one a connection, unless a [`Blow`] is waiting for it; it notes what the hall has said, and hears what the
//! page reports of itself (to addresses below `/chaos/`, which the hall never sees).

use super::tally::{Heard, Witness};
use crate::browser::kill_tree;
use mingbai::api::{Acknowledgement, Resend};
use mingbai::submission::Digest;
use std::io::{Error, ErrorKind, Result};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// How long the hall may take, and a browser to say what it wants.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest head of a request.
const HEAD: usize = 64 * 1024;
/// What a network that wants to be paid first says to everything.
const LOGIN_PAGE: &str = "<!doctype html><title>Wi-Fi</title><form><input name=code><button>Sign in</button></form>";

/// Which requests a blow is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// No request at all: the moment in which the button is pressed.
    Pressed,
    Submission,
    Chunk,
    /// Everything that is asked of the interface.
    Api,
}

/// Before the hall hears of a request, while it works, or when it has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Before,
    During,
    After,
}

/// Who may be killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victim {
    Browser,
    Hall,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// SIGKILL, so many milliseconds into the moment.
    Kill(Victim, Moment, u64),
    /// The hall gets so many percent of the request, then both lines are dead.
    CutBody(usize),
    /// The browser gets so many percent of the answer.
    CutAnswer(usize),
    /// Milliseconds.
    Delay(u64),
    /// The hall gets it so many times: one after the other, or all at once.
    Repeat(usize),
    AtOnce(usize),
    /// Another answer: a status with `Retry-After` if it is 429, a login page if it is 200. The hall may have had the request.
    Instead(u16, bool),
}

/// A blow that waits for its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strike {
    pub at: At,
    pub blow: Blow,
    /// For so many requests.
    pub times: u32,
}

/// What proxy and test share.
#[derive(Default)]
pub struct Shared {
    pub strikes: Vec<Strike>,
    /// The version of the app that the hall seems to serve.
    pub version: Option<String>,
    /// The processes that may be killed.
    pub browser: Option<u32>,
    pub hall: Option<u32>,
    /// Blows that are falling.
    falling: usize,
    pub witness: Witness,
}

#[derive(Clone)]
pub struct Proxy {
    shared: Arc<Mutex<Shared>>,
    hall: u16,
}

pub struct Request {
    method: String,
    pub path: String,
    /// Head and body as they came, but for the connection's own headers.
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn at(&self) -> Option<At> {
        let path = self.path.strip_prefix("/api/v1/")?;
        Some(match self.method.as_str() {
            "PUT" if path.starts_with("submissions/") => At::Submission,
            "PUT" if path.starts_with("chunks/") => At::Chunk,
            _ => At::Api,
        })
    }

    fn submission(&self) -> Option<Uuid> {
        let path = self.path.strip_prefix("/api/v1/submissions/").filter(|_| self.method == "PUT")?;
        path.trim_end_matches("/again").parse().ok()
    }

    /// The envelope's digest, as it was sent.
    fn envelope(&self) -> Option<Digest> {
        if !self.path.ends_with("/again") {
            return Some(Digest::of(&self.body));
        }
        let again: Resend = serde_json::from_slice(&self.body).ok()?;
        serde_json::to_vec(&again.sealed).ok().map(|sealed| Digest::of(&sealed))
    }

    pub fn bytes(&self) -> Vec<u8> {
        [self.head.as_bytes(), &self.body].concat()
    }
}

impl Proxy {
    /// Listens on a free port, which it returns too.
    pub async fn start(hall: u16) -> (Proxy, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port for the proxy");
        let port = listener.local_addr().expect("its address").port();
        let proxy = Proxy { shared: Arc::default(), hall };
        let serving = proxy.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let proxy = serving.clone();
                // A line that dies is what this proxy is for.
                tokio::spawn(async move { proxy.exchange(line).await });
            }
        });
        (proxy, port)
    }

    pub fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().expect("what the proxy shares")
    }

    /// The network is good again, and nobody will be killed any more. Returns the blows that have not fallen.
    pub async fn calm(&self) -> Vec<Strike> {
        let left = std::mem::take(&mut self.shared().strikes);
        self.fallen().await;
        left
    }

    /// Waits until nothing is left of whoever is being killed.
    pub async fn fallen(&self) {
        while self.shared().falling > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn exchange(&self, mut line: TcpStream) -> Result<()> {
        let mut request = timeout(PATIENCE, read(&mut line)).await??;
        if let Some(word) = request.path.strip_prefix("/chaos/") {
            let heard = serde_json::from_slice(&request.body).unwrap_or_else(|e| panic!("the page says of {word}: {e}"));
            let pressed = matches!(heard, Heard::Pressed);
            self.shared().witness.hear(heard);
            if pressed && let Some(Blow::Kill(victim, _, after)) = self.blow(At::Pressed) {
                self.kill(victim, after);
            }
            return line.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await;
        }
        let version = self.shared().version.clone().filter(|_| request.path == "/precache.js");
        if version.is_some() {
            let plain = |name: &str| !["accept-encoding", "if-none-match"].contains(&name);
            request.head = headers(&request.head, plain);
        }
        let blow = request.at().and_then(|at| self.blow(at));
        let answer = match blow {
            Some(Blow::CutBody(percent)) => return self.send_part(&request, percent).await,
            Some(Blow::Instead(status, passed)) => {
                if passed {
                    self.pass(&request).await?;
                }
                instead(status)
            }
            Some(Blow::Repeat(times)) => {
                for _ in 1..times {
                    self.pass(&request).await?;
                }
                self.pass(&request).await?
            }
            Some(Blow::AtOnce(times)) => self.all_at_once(request, times).await?,
            Some(Blow::Kill(victim, Moment::Before, after)) => {
                self.kill(victim, after);
                sleep(Duration::from_millis(after)).await;
                self.pass(&request).await?
            }
            Some(Blow::Kill(victim, Moment::During, after)) => {
                self.kill(victim, after);
                self.pass(&request).await?
            }
            Some(Blow::Kill(victim, Moment::After, after)) => {
                let answer = self.pass(&request).await?;
                self.kill(victim, after);
                answer
            }
            Some(Blow::Delay(time)) => {
                let answer = self.pass(&request).await?;
                sleep(Duration::from_millis(time)).await;
                answer
            }
            Some(Blow::CutAnswer(percent)) => {
                let answer = self.pass(&request).await?;
                return line.write_all(&answer[..answer.len() * percent / 100]).await;
            }
            None => self.pass(&request).await?,
        };
        let answer = match version {
            Some(version) => as_version(answer, &version),
            None => answer,
        };
        line.write_all(&answer).await
    }

    /// The blow that waits for such a request, if one does.
    fn blow(&self, at: At) -> Option<Blow> {
        let mut shared = self.shared();
        let fits = |strike: &Strike| strike.at == at || (strike.at == At::Api && at != At::Pressed);
        let place = shared.strikes.iter().position(fits)?;
        let strike = &mut shared.strikes[place];
        strike.times -= 1;
        let blow = strike.blow;
        if strike.times == 0 {
            shared.strikes.remove(place);
        }
        Some(blow)
    }

    /// In so many milliseconds.
    fn kill(&self, victim: Victim, after: u64) {
        let mut shared = self.shared();
        let process = match victim {
            Victim::Browser => shared.browser,
            Victim::Hall => shared.hall,
        };
        let Some(process) = process else { return };
        shared.falling += 1;
        let proxy = self.clone();
        tokio::spawn(async move {
            sleep(Duration::from_millis(after)).await;
            let killed = tokio::task::spawn_blocking(move || kill_tree(process)).await;
            proxy.shared().falling -= 1;
            killed.expect("killing");
        });
    }

    /// To the hall and back, noting what was said.
    async fn pass(&self, request: &Request) -> Result<Vec<u8>> {
        let id = request.submission();
        if let (Some(id), Some(envelope)) = (id, request.envelope()) {
            self.shared().witness.sent(id, envelope);
        }
        let answer = timeout(PATIENCE, ask(self.hall, &request.bytes())).await??;
        if let Some(acknowledgement) = id.and_then(|_| acknowledged(&answer)) {
            self.shared().witness.answered(acknowledgement);
        }
        Ok(answer)
    }

    async fn send_part(&self, request: &Request, percent: usize) -> Result<()> {
        let mut hall = TcpStream::connect(("127.0.0.1", self.hall)).await?;
        let part = request.head.len() + request.body.len() * percent / 100;
        hall.write_all(&request.bytes()[..part]).await
    }

    async fn all_at_once(&self, request: Request, times: usize) -> Result<Vec<u8>> {
        let request = Arc::new(request);
        let mut posts = JoinSet::new();
        for _ in 0..times {
            let (proxy, request) = (self.clone(), request.clone());
            posts.spawn(async move { proxy.pass(&request).await });
        }
        // The browser hears the last of them; the witness has heard them all.
        let mut last = Err(Error::from(ErrorKind::ConnectionAborted));
        while let Some(post) = posts.join_next().await {
            last = post.expect("a post");
        }
        last
    }
}

/// One request, whole. Its connection ends with it: the header says so to both sides.
pub async fn read(line: &mut TcpStream) -> Result<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if bytes.len() > HEAD || line.read_buf(&mut bytes).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    };
    let mut body = bytes.split_off(end);
    let head = String::from_utf8(bytes).map_err(Error::other)?;
    let lengths = head.lines().filter_map(|line| line.split_once(':')).filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = lengths.filter_map(|(_, length)| length.trim().parse::<usize>().ok()).next().unwrap_or(0);
    while body.len() < length {
        if line.read_buf(&mut body).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    let mut words = head.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let kept = headers(&head, |name| name != "connection");
    let head = kept.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    Ok(Request { method, path, head, body })
}

/// A head with those headers only whose name is wanted.
fn headers(head: &str, wanted: impl Fn(&str) -> bool) -> String {
    let keeps = |line: &&str| line.split_once(':').is_none_or(|(name, _)| wanted(&name.to_ascii_lowercase()));
    let (first, rest) = head.split_once("\r\n").unwrap_or((head, ""));
    std::iter::once(first).chain(rest.split("\r\n").filter(keeps)).collect::<Vec<_>>().join("\r\n")
}

pub async fn ask(hall: u16, request: &[u8]) -> Result<Vec<u8>> {
    let mut line = TcpStream::connect(("127.0.0.1", hall)).await?;
    line.write_all(request).await?;
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await?;
    if answer.is_empty() { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(answer) }
}

/// The acknowledgement in an answer, if it is one and whole.
fn acknowledged(answer: &[u8]) -> Option<Acknowledgement> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let good = [b"HTTP/1.1 200", b"HTTP/1.1 201"].iter().any(|start| answer.starts_with(*start));
    serde_json::from_slice(&answer[end + 4..]).ok().filter(|_| good)
}

fn instead(status: u16) -> Vec<u8> {
    let (reason, kind, extra, body) = match status {
        200 => ("OK", "text/html; charset=utf-8", "", LOGIN_PAGE.to_owned()),
        429 => ("Too Many Requests", "application/problem+json", "Retry-After: 1\r\n", problem(status)),
        502 => ("Bad Gateway", "text/html", "", "<h1>502 Bad Gateway</h1>".to_owned()),
        status => ("Error", "application/problem+json", "", problem(status)),
    };
    let length = body.len();
    format!("HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n{extra}\r\n{body}")
        .into_bytes()
}

fn problem(status: u16) -> String {
    let title = serde_json::json!({ "zh": "稍后再试", "en": "Try again later" });
    serde_json::json!({ "type": "about:blank", "status": status, "code": "chaos", "title": title }).to_string()
}

/// The list of the app's files under another version: all of them verify.
fn as_version(mut answer: Vec<u8>, version: &str) -> Vec<u8> {
    let mark = br#""version":""#;
    let place = answer.windows(mark.len()).position(|bytes| bytes == mark).expect("the list names its version") + mark.len();
    let end = place + answer[place..].iter().position(|byte| *byte == b'"').expect("the end of its name");
    assert_eq!(end - place, version.len(), "versions of one length");
    answer[place..end].copy_from_slice(version.as_bytes());
    answer
}
