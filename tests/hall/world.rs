//! A hall that runs, and the people and devices around it.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use mingbai::api::*;
use mingbai::calendar::hall_date;
use mingbai::case::Act;
use mingbai::catalogue::Item;
use mingbai::catalogue::bundle::{self, Bundle, in_force};
use mingbai::check::{Application, Declared, assess};
use mingbai::hall::keys::Unlock;
use mingbai::hall::{self, Config};
use mingbai::receipt::claims::sign;
use mingbai::receipt::{Claims, DeviceKey, Kind, MaterialMark, Profile, TrustList, identity};
use mingbai::rules::Today;
use mingbai::signing::{HEARTBEAT, Signed, TRUST_LIST, from_hex, hex, key_id};
use mingbai::submission::{Applicant, Attachment, Sealed, SealedChunk, SealingKey, Submission, seal, seal_chunk};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

pub const ITEM: &str = "association-setup";
/// What an applicant typed, none of which may be readable at the hall without its key.
pub const NAME: &str = "王小明测试";
pub const IDENTIFIER: &str = "11010519491231002X";
pub const PHONE: &str = "13800138000";
pub const PASSWORD: &str = "correct horse battery";

/// Everything that all halls of this process have logged.
pub static LOG: LazyLock<Mutex<Vec<u8>>> = LazyLock::new(Mutex::default);

#[derive(Clone, Copy)]
struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A data folder, and room beside it for the file that opens its keys.
pub struct Data {
    folder: PathBuf,
    _room: TempDir,
}

impl Data {
    pub fn new() -> Data {
        let room = tempfile::tempdir().unwrap();
        Data { folder: room.path().join("data"), _room: room }
    }

    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// What is there to open the keys with.
    pub fn unlock(&self) -> Unlock {
        Unlock::KeyFile(self.folder.with_extension("unlock"))
    }
}

pub struct World {
    pub data: Data,
    pub url: String,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl World {
    pub async fn start() -> World {
        World::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> World {
        World::open(Data::new(), change).await
    }

    pub async fn open(data: Data, change: impl FnOnce(&mut Config)) -> World {
        hall::observe::log_to(|| Log);
        let mut config = config(data.path());
        change(&mut config);
        let (stop, stopped) = oneshot::channel();
        let (ready, listening) = oneshot::channel();
        let running = tokio::spawn(async move {
            let on_ready = |at: &hall::Ready| ready.send(at.url.clone()).unwrap();
            let stopped = async { stopped.await.unwrap_or(()) };
            hall::serve(config, on_ready, stopped).await.unwrap();
        });
        let url = listening.await.unwrap();
        World { data, url, stop, running }
    }

    /// Stops cleanly and starts again in the same folder.
    pub async fn restart(self) -> World {
        self.restart_with(|_| {}).await
    }

    pub async fn restart_with(self, change: impl FnOnce(&mut Config)) -> World {
        World::open(self.stop().await, change).await
    }

    /// Stops cleanly; the folder stays.
    pub async fn stop(self) -> Data {
        let World { data, stop, running, .. } = self;
        stop.send(()).unwrap();
        running.await.unwrap();
        data
    }

    pub fn anonymous(&self) -> Client {
        Client { http: reqwest::Client::new(), base: format!("{}/api/v1", self.url), cookie: None }
    }

    /// Adds somebody of that role and signs them in.
    pub async fn staff(&self, user: &str, role: Role) -> Client {
        add_staff(self.data.path(), user, role).await;
        let mut client = self.anonymous();
        assert_eq!(client.sign_in(user, PASSWORD).await.status(), StatusCode::OK);
        client
    }

    pub async fn clerk(&self) -> Clerk {
        Clerk(self.staff("clerk", Role::Clerk).await)
    }

    pub async fn operator(&self) -> Operator {
        Operator(self.staff("operator", Role::Operator).await)
    }

    /// A phone that nobody enrolled.
    pub async fn phone(&self) -> Device {
        Device::new(self.anonymous(), true).await
    }

    pub async fn kiosk(&self) -> Device {
        self.enrolled(Profile::Kiosk, "东门 1 号").await
    }

    pub async fn desk(&self) -> Device {
        self.enrolled(Profile::Desk, "12 号窗口").await
    }

    async fn enrolled(&self, profile: Profile, name: &str) -> Device {
        let code = hall::devices::code(self.data.path(), profile).await.unwrap().code;
        let device = Device::new(self.anonymous(), false).await;
        let answer = device.enrol(&code, name).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        device
    }
}

/// A hall with the sample catalogue, on any port.
pub fn config(data: &Path) -> Config {
    let listen = "127.0.0.1:0".parse().unwrap();
    let data = data.to_owned();
    Config { data, unlock: Unlock::default(), listen, catalogue: None, tls: None, holidays: None, keep_free: hall::KEEP_FREE }
}

/// Why such a hall does not start.
pub async fn unserved(config: Config) -> hall::Error {
    hall::serve(config, |_| {}, std::future::pending()).await.unwrap_err()
}

pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() { copy_folder(&path, &to) } else { std::fs::copy(&path, &to).map(|_| ()).unwrap() }
    }
}

pub async fn add_staff(data: &Path, user: &str, role: Role) {
    let staff = Staff {
        user: user.into(),
        name: format!("工作人员{user}"),
        post: "窗口人员".into(),
        window: "12 号窗口".into(),
        phone: "0777-0000000".into(),
        role,
    };
    hall::staff::add(data, &staff, PASSWORD).await.unwrap();
}

/// Anyone with a browser.
#[derive(Clone)]
pub struct Client {
    pub http: reqwest::Client,
    pub base: String,
    pub cookie: Option<String>,
}

impl Client {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &impl Serialize) -> Response {
        self.request(Method::POST, path).json(body).send().await.unwrap()
    }

    pub async fn sign_in(&mut self, user: &str, password: &str) -> Response {
        let answer = self.post("/session", &SignIn { user: user.into(), password: password.into() }).await;
        if let Some(cookie) = answer.headers().get(header::SET_COOKIE) {
            self.cookie = cookie.to_str().unwrap().split(';').next().map(str::to_owned);
        }
        answer
    }

    pub async fn submit(&self, sealed: &Sealed) -> Response {
        self.request(Method::PUT, &format!("/submissions/{}", sealed.id)).json(sealed).send().await.unwrap()
    }

    pub async fn send_again(&self, sealed: &Sealed, acknowledgement: &Acknowledgement) -> Response {
        let resend = Resend { sealed: sealed.clone(), acknowledgement: acknowledgement.clone() };
        self.request(Method::PUT, &format!("/submissions/{}/again", sealed.id)).json(&resend).send().await.unwrap()
    }

    pub async fn send_chunk(&self, chunk: &SealedChunk) -> Response {
        let request = self.request(Method::PUT, &format!("/chunks/{}", chunk.digest));
        request.header(header::CONTENT_TYPE, "application/octet-stream").body(chunk.bytes.clone()).send().await.unwrap()
    }

    pub async fn hall(&self) -> HallInfo {
        read(self.get("/hall").await).await
    }

    pub async fn head(&self) -> Bundle {
        let root = from_hex(&self.hall().await.root).unwrap();
        Bundle::open(&read::<Signed>(self.get("/catalogue").await).await, &root).unwrap()
    }

    pub async fn part(&self, part: &bundle::Part) -> Vec<u8> {
        let answer = self.get(&format!("/catalogue/parts/{}", part.sha256)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let bytes = answer.bytes().await.unwrap().to_vec();
        part.check(&bytes).unwrap();
        bytes
    }

    pub async fn catalogue(&self) -> Catalogue {
        let head = self.head().await;
        let mut items = Vec::new();
        for pack in &head.packs {
            items.extend(pack.items(&self.part(pack).await).unwrap());
        }
        Catalogue { head, items }
    }

    pub async fn trust(&self) -> TrustList {
        let root = from_hex(&self.hall().await.root).unwrap();
        read::<Signed>(self.get("/trust").await).await.open(TRUST_LIST, &root).unwrap()
    }
}

/// Reads an answer that must be a success.
pub async fn read<T: DeserializeOwned>(answer: Response) -> T {
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{status}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// Reads an answer that must be a problem, and gives its code.
pub async fn refused(answer: Response) -> (StatusCode, String) {
    let status = answer.status();
    let kind = answer.headers().get(header::CONTENT_TYPE).cloned();
    let text = answer.text().await.unwrap();
    assert_eq!(kind.as_ref().and_then(|k| k.to_str().ok()), Some("application/problem+json"), "{status}: {text}");
    let problem: Problem = serde_json::from_str(&text).unwrap();
    assert_eq!(problem.status, status.as_u16());
    assert!(!problem.title.zh.is_empty() && !problem.title.en.is_empty());
    (status, problem.code)
}

/// Who works at the window.
pub struct Clerk(pub Client);

impl Clerk {
    pub async fn case(&self, which: &str) -> CaseView {
        read(self.0.get(&format!("/cases/{which}")).await).await
    }
    pub async fn list(&self, query: &str) -> Vec<CaseRow> {
        read(self.0.get(&format!("/cases{query}")).await).await
    }
    pub async fn try_act(&self, number: &str, revision: u32, act: Act) -> Response {
        self.0.post(&format!("/cases/{number}/acts"), &Decide { revision, act }).await
    }
    pub async fn act(&self, number: &str, revision: u32, act: Act) -> CaseView {
        read(self.try_act(number, revision, act).await).await
    }
}

/// Who looks after devices.
pub struct Operator(pub Client);

impl Operator {
    pub async fn code(&self, profile: Profile) -> DeviceCode {
        read(self.0.post("/device-codes", &NewCode { profile }).await).await
    }
    pub async fn devices(&self) -> Vec<DeviceKey> {
        read(self.0.get("/devices").await).await
    }
    pub async fn fleet(&self) -> Vec<FleetRow> {
        read(self.0.get("/fleet").await).await
    }
    pub async fn revoke(&self, kid: &str) -> Response {
        self.0.post(&format!("/devices/{kid}/revoke"), &()).await
    }
}

/// The catalogue as a device keeps it: the head, and what is in the packs.
pub struct Catalogue {
    pub head: Bundle,
    pub items: Vec<Item>,
}

impl Catalogue {
    /// The version that counts today.
    pub fn item(&self, code: &str) -> Option<&Item> {
        in_force(&self.items, code, hall_date(now()))
    }
}

/// A kiosk, a desk or a phone: a key, and what it keeps of the hall.
pub struct Device {
    pub client: Client,
    pub key: SigningKey,
    pub self_issued: bool,
    pub hall: HallInfo,
    pub sealing: SealingKey,
    pub catalogue: Catalogue,
}

/// A submission as the outbox holds it.
pub struct Filing {
    pub submission: Submission,
    pub sealed: Sealed,
    pub chunks: Vec<SealedChunk>,
}

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

pub fn now() -> DateTime<Utc> {
    DateTime::<Utc>::from(std::time::SystemTime::now()).trunc_subsecs(0)
}

impl Device {
    async fn new(client: Client, self_issued: bool) -> Device {
        let (hall, catalogue, sealing) = (client.hall().await, client.catalogue().await, client.trust().await.sealing);
        Device { client, key: SigningKey::from_bytes(&random()), self_issued, hall, sealing, catalogue }
    }

    pub fn public(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    pub fn kid(&self) -> String {
        hex(&key_id(&self.public()))
    }

    pub async fn enrol(&self, code: &str, name: &str) -> Response {
        self.client.post("/devices", &Enrol { code: code.into(), public: hex(&self.public()), name: name.into() }).await
    }

    /// What an applicant would confirm now.
    pub fn prepare(&self) -> Submission {
        self.prepare_with(self.catalogue.item(ITEM).unwrap(), &self.catalogue.head.version)
    }

    /// The same with another version of the item, or of the catalogue.
    pub fn prepare_with(&self, item: &Item, catalogue: &str) -> Submission {
        let facts = [("scope", "local".into()), ("individuals", 60.into()), ("units", 0.into())];
        let declared =
            |m: &mingbai::catalogue::Material| Declared { have: true, originals: m.originals, copies: m.copies, ..Default::default() };
        let application = Application {
            facts: facts.into_iter().map(|(code, value): (&str, serde_json::Value)| (code.to_owned(), value)).collect(),
            materials: item.materials.iter().map(|m| (m.code.clone(), declared(m))).collect(),
        };
        let captured_at = now();
        let today = Today { date: hall_date(captured_at), calendar: &self.catalogue.head.calendar };
        let assessment = assess(item, &application, &today);
        Submission {
            id: Uuid::from_bytes(random()),
            salt: hex(&random::<16>()),
            item: item.code.clone(),
            item_version: item.version,
            catalogue_version: catalogue.to_owned(),
            applicant: Applicant { name: NAME.into(), identifier: IDENTIFIER.into(), phone: PHONE.into(), contact: String::new() },
            application,
            attachments: vec![],
            consent: "1".into(),
            captured_at,
            assessment,
            corrects: None,
        }
    }

    pub fn claims(&self, submission: &Submission) -> Claims {
        Claims {
            hall: self.hall.code.clone(),
            id: submission.id,
            kind: Kind::Queued,
            issued_at: submission.captured_at,
            expires_at: submission.captured_at + TimeDelta::days(90),
            item: submission.item.clone(),
            catalogue: submission.catalogue_version.clone(),
            digest: hex(&submission.freeze().unwrap().digest.short()),
            outcome: submission.assessment.outcome,
            materials: MaterialMark::all(&submission.application, &submission.assessment),
            short_number: None,
            self_issued: self.self_issued.then(|| hex(&self.public())),
            identity: identity::commit(&submission.id, &submission.applicant.identifier),
        }
    }

    pub fn seal_with(&self, submission: Submission, claims: &Claims, chunks: Vec<SealedChunk>) -> Filing {
        let receipt = sign(claims, &self.key).unwrap();
        let names = chunks.iter().map(|c| c.digest).collect();
        let frozen = submission.freeze().unwrap();
        let sealed = seal(&frozen, submission.id, &submission.item, &self.hall.code, &self.sealing, names, receipt).unwrap();
        Filing { submission, sealed, chunks }
    }

    pub fn seal(&self, submission: Submission) -> Filing {
        let claims = self.claims(&submission);
        self.seal_with(submission, &claims, vec![])
    }

    /// With a photo of a material in one or more chunks.
    pub fn seal_with_photo(&self, bytes: &[u8]) -> Filing {
        let piece = |plain: &[u8]| seal_chunk(plain, &self.hall.code, &self.sealing).unwrap();
        let chunks: Vec<_> = bytes.chunks(mingbai::submission::CHUNK).map(piece).collect();
        let mut submission = self.prepare();
        submission.attachments.push(Attachment {
            material: self.catalogue.item(ITEM).unwrap().materials[0].code.clone(),
            media_type: "image/jpeg".into(),
            length: bytes.len() as u64,
            chunks: chunks.iter().map(|c| c.digest).collect(),
        });
        let claims = self.claims(&submission);
        self.seal_with(submission, &claims, chunks)
    }

    /// All is well.
    pub fn heartbeat(&self) -> Heartbeat {
        Heartbeat {
            at: now(),
            app: hall::web::build(),
            catalogue: Some(self.catalogue.head.version.clone()),
            trust: Some(1),
            waiting: 0,
            attention: 0,
            oldest: None,
            scans: 0,
            usage: Some(1_000_000),
            quota: Some(1_000_000_000),
            camera: Part::Works,
            printer: Part::Untested,
        }
    }

    pub async fn beat(&self, heartbeat: &Heartbeat) -> Response {
        self.client.post("/heartbeats", &Signed::sign(heartbeat, HEARTBEAT, &self.key).unwrap()).await
    }

    /// Prepares, sends and is acknowledged.
    pub async fn file(&self) -> (Filing, Acknowledgement) {
        let filing = self.seal(self.prepare());
        let answer = self.client.submit(&filing.sealed).await;
        (filing, read(answer).await)
    }
}
