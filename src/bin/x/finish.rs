//! What is done to the files that Trunk leaves, in this order: wasm-opt; names by final content, so that the same name
//! never means other bytes (Trunk names the wasm by what cargo built, before wasm-bindgen and wasm-opt); the names
//! written into boot.js; the service worker's list; compressed copies, which the hall sends as they are.

use crate::app::files_below;
use crate::{say, tools};
use anyhow::{Context, Result, bail, ensure};
use mingbai::signing::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Files that the service worker does not keep: itself, and the list that it reads.
const NOT_KEPT: [&str; 2] = ["service-worker.js", "precache.js"];
/// Kinds of file that are smaller when compressed.
const COMPRESSIBLE: [&str; 8] = ["html", "js", "css", "wasm", "svg", "json", "webmanifest", "txt"];
const LIST: &str = "precache.js";
/// precache.js is a script, because that is what a service worker can import.
const LIST_BEGINS: &str = "const PRECACHE = ";

/// Every file of the app with its digest. The version is made from them: other bytes, other version.
#[derive(Serialize, Deserialize)]
pub struct Precache {
    pub version: String,
    pub files: Vec<Kept>,
}

#[derive(Serialize, Deserialize)]
pub struct Kept {
    /// Path on the server, from `/`.
    pub url: String,
    pub sha256: String,
}

impl Precache {
    pub fn read(dist: &Path) -> Result<Precache> {
        let path = dist.join(LIST);
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let json = text.trim().strip_prefix(LIST_BEGINS).and_then(|rest| rest.strip_suffix(';'));
        serde_json::from_str(json.context("precache.js does not begin as it should")?).context("reading the list in precache.js")
    }

    fn of(dist: &Path) -> Result<Precache> {
        let mut files = Vec::new();
        for path in kept(dist)? {
            files.push(Kept { url: url(dist, &path), sha256: sha256(&fs::read(&path)?) });
        }
        let version = sha256(serde_json::to_string(&files)?.as_bytes()).chars().take(12).collect();
        Ok(Precache { version, files })
    }

    /// Is every file there, with these bytes?
    pub fn holds(&self, dist: &Path) -> bool {
        self.files.iter().all(|f| fs::read(dist.join(f.url.trim_start_matches('/'))).is_ok_and(|bytes| sha256(&bytes) == f.sha256))
    }
}

/// Completes the app in `dist`.
pub fn run(dist: &Path) -> Result<()> {
    ensure!(dist.join("index.html").is_file(), "{} holds no app: it has no index.html", dist.display());
    for path in with_extension(dist, "wasm")? {
        optimise(&path)?;
    }
    let js = name_by_content(dist, ".js")?;
    let wasm = name_by_content(dist, "_bg.wasm")?;
    fill(&dist.join("boot.js"), &[("{{kiosk_js}}", &js), ("{{kiosk_wasm}}", &wasm)])?;
    drop_trunk_links(&dist.join("index.html"))?;
    let list = Precache::of(dist)?;
    fs::write(dist.join(LIST), format!("{LIST_BEGINS}{};\n", serde_json::to_string(&list)?))?;
    compress(dist)?;
    report(dist, &list)
}

/// wasm-opt, where it could be had. It reads from the module itself which features of wasm it may use.
pub fn optimise(path: &Path) -> Result<()> {
    let Some(wasm_opt) = tools::wasm_opt() else {
        say::line(&format!("{}: not optimised, wasm-opt is missing", name(path)));
        return Ok(());
    };
    let out = path.with_extension("opt");
    // The decoder works on every frame of a camera; the rest waits for people.
    let level = if name(path).starts_with("decoder") { "-O3" } else { "-Oz" };
    let mut command = Command::new(wasm_opt);
    let status = command.arg(path).arg(level).arg("--output").arg(&out).status().context("starting wasm-opt")?;
    ensure!(status.success(), "{}: failed ({status})", say::shown(&command));
    fs::rename(&out, path).with_context(|| format!("replacing {}", path.display()))
}

/// Renames `kiosk-<Trunk's hash><end>` to a name made from its bytes, which it returns.
fn name_by_content(dist: &Path, end: &str) -> Result<String> {
    let files = fs::read_dir(dist)?.collect::<std::io::Result<Vec<_>>>()?;
    let found: Vec<PathBuf> = files.iter().map(|f| f.path()).filter(|p| name(p).starts_with("kiosk-") && name(p).ends_with(end)).collect();
    let [path] = found.as_slice() else { bail!("expected one kiosk-…{end} in {}, found {}", dist.display(), found.len()) };
    let digest: String = sha256(&fs::read(path)?).chars().take(16).collect();
    let named = format!("kiosk-{digest}{end}");
    fs::rename(path, dist.join(&named)).with_context(|| format!("renaming {}", path.display()))?;
    Ok(named)
}

fn fill(path: &Path, places: &[(&str, &str)]) -> Result<()> {
    let mut text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    for (place, value) in places {
        ensure!(text.contains(place), "{} has no {place} to fill in", path.display());
        text = text.replace(place, value);
    }
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// Trunk leaves its own `<link data-trunk rel="rust">` in the page when it injects no scripts.
fn drop_trunk_links(path: &Path) -> Result<()> {
    let text = fs::read_to_string(path)?;
    let mut kept = String::new();
    let mut rest = text.as_str();
    while let Some((before, link)) = rest.split_once("<link") {
        let (tag, after) = link.split_once('>').context("index.html has a <link that does not end")?;
        kept.push_str(before);
        if tag.contains("data-trunk") {
            rest = after.trim_start();
        } else {
            kept.push_str(&format!("<link{tag}>"));
            rest = after;
        }
    }
    kept.push_str(rest);
    fs::write(path, kept).with_context(|| format!("writing {}", path.display()))
}

/// A `.br` beside every file that gets smaller by it.
fn compress(dist: &Path) -> Result<()> {
    let mut files = Vec::new();
    files_below(dist, &mut files)?;
    for path in files {
        if !path.extension().is_some_and(|e| COMPRESSIBLE.iter().any(|c| e == *c)) {
            continue;
        }
        let bytes = fs::read(&path)?;
        let small = brotli(&bytes)?;
        if small.len() < bytes.len() {
            fs::write(compressed(&path), small)?;
        }
    }
    Ok(())
}

/// At the highest quality: it is done once and sent many times.
fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 24);
    out.write_all(bytes).context("compressing")?;
    out.flush().context("compressing")?;
    Ok(out.into_inner())
}

fn report(dist: &Path, list: &Precache) -> Result<()> {
    let mut whole = (0, 0);
    for file in list.files.iter().map(|f| dist.join(f.url.trim_start_matches('/'))) {
        let (plain, sent) = sizes(&file)?;
        whole = (whole.0 + plain, whole.1 + sent);
        if file.extension().is_some_and(|e| e == "wasm") {
            say::line(&format!("  {}: {}, sent as {}", name(&file), say::kilobytes(plain), say::kilobytes(sent)));
        }
    }
    let (plain, sent) = (say::kilobytes(whole.0), say::kilobytes(whole.1));
    say::line(&format!("  app version {}: {} files, {plain}, sent as {sent}", list.version, list.files.len()));
    Ok(())
}

/// Bytes of a file, and of what is sent for it.
pub fn sizes(path: &Path) -> Result<(u64, u64)> {
    let plain = fs::metadata(path).with_context(|| format!("reading {}", path.display()))?.len();
    Ok((plain, fs::metadata(compressed(path)).map_or(plain, |m| m.len())))
}

fn compressed(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

fn kept(dist: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    files_below(dist, &mut files)?;
    files.retain(|path| {
        let hidden = path.strip_prefix(dist).unwrap_or(path).components().any(|c| c.as_os_str().to_string_lossy().starts_with('.'));
        !hidden && path.extension().is_none_or(|e| e != "br") && !NOT_KEPT.contains(&name(path).as_str())
    });
    files.sort();
    Ok(files)
}

fn with_extension(dist: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    files_below(dist, &mut files)?;
    files.retain(|path| path.extension().is_some_and(|e| e == extension));
    Ok(files)
}

fn url(dist: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(dist).unwrap_or(path).components();
    parts.map(|c| format!("/{}", c.as_os_str().to_string_lossy())).collect()
}

fn name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn built() -> tempfile::TempDir {
        let dist = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(dist.path().join(name), text).unwrap();
        write(
            "index.html",
            "<head><link rel=\"icon\" href=\"/i.svg\"><link data-trunk rel=\"rust\" href=\"../Cargo.toml\">\n<script src=\"/boot.js\"></script></head>",
        );
        write("boot.js", "import init from './{{kiosk_js}}'; init('{{kiosk_wasm}}');");
        write("kiosk-0123.js", &"export default () => {};".repeat(20));
        write("service-worker.js", "importScripts('precache.js');");
        fs::write(dist.path().join("kiosk-0123_bg.wasm"), b"\0asm\x01\0\0\0").unwrap();
        dist
    }

    #[test]
    fn finishing_names_by_content_and_lists_what_is_there() {
        let dist = built();
        run(dist.path()).unwrap();
        let list = Precache::read(dist.path()).unwrap();
        let urls: Vec<&str> = list.files.iter().map(|f| f.url.as_str()).collect();
        assert_eq!(urls.len(), 4, "{urls:?}");
        assert!(urls.contains(&"/index.html") && urls.contains(&"/boot.js"), "{urls:?}");
        let boot = fs::read_to_string(dist.path().join("boot.js")).unwrap();
        let js = urls.iter().find(|u| u.starts_with("/kiosk-") && u.ends_with(".js")).unwrap();
        assert!(boot.contains(js.trim_start_matches('/')), "{boot}");
        assert!(!urls.iter().any(|u| u.contains("0123")), "{urls:?}");
        assert!(list.holds(dist.path()));
        assert_eq!(list.version.len(), 12);
        assert!(dist.path().join(format!("{}.br", js.trim_start_matches('/'))).is_file());
        let page = fs::read_to_string(dist.path().join("index.html")).unwrap();
        assert_eq!(page, "<head><link rel=\"icon\" href=\"/i.svg\"><script src=\"/boot.js\"></script></head>");
    }

    #[test]
    fn other_bytes_are_another_version_and_are_noticed() {
        let (one, two) = (built(), built());
        fs::write(two.path().join("kiosk-0123.js"), "export default () => 1;").unwrap();
        run(one.path()).unwrap();
        run(two.path()).unwrap();
        let list = Precache::read(one.path()).unwrap();
        assert_ne!(list.version, Precache::read(two.path()).unwrap().version);
        fs::write(one.path().join("boot.js"), "changed").unwrap();
        assert!(!list.holds(one.path()));
    }

    #[test]
    fn a_boot_script_without_its_places_is_refused() {
        let dist = built();
        fs::write(dist.path().join("boot.js"), "import './kiosk.js'").unwrap();
        assert!(run(dist.path()).unwrap_err().to_string().contains("{{kiosk_js}}"));
    }
}
