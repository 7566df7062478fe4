//! What the browser tests need from the system: Chromium, its driver, a Chinese font, and poppler, which draws printed pages.
//! Installed through apt-get where that is there and allowed; else the person is told what is missing, and everything that
//! can be tested is.

use crate::chromium;
use crate::say::{self, Steps};
use crate::tools::answer;
use anyhow::Result;
use std::process::Command;

pub fn install(steps: &mut Steps) {
    steps.next("Chromium, its driver, a Chinese font and poppler");
    let mut missing = Vec::new();
    if let Err(why) = chromium::find() {
        missing.extend(["chromium", "chromium-driver"]);
        say::line(&format!("  {why}"));
    }
    if !has_chinese_font() {
        missing.push("fonts-noto-cjk");
    }
    if !has_poppler() {
        missing.push("poppler-utils");
    }
    if missing.is_empty() {
        return;
    }
    if let Err(error) = apt(steps, &missing) {
        say::line(&format!("  {} could not be installed: {error:#}", missing.join(", ")));
    }
    if let Err(why) = chromium::find() {
        say::line(&format!("  The browser tests will fail: {why}. Install Chromium and chromedriver, or set CHROME and CHROMEDRIVER."));
    } else if !has_chinese_font() {
        say::line("  There is no Chinese font: the tests run, but pictures show boxes for Chinese text.");
    }
    if !has_poppler() {
        say::line("  The tests of printed pages will fail: there is no pdftoppm. Install poppler.");
    }
}

fn has_poppler() -> bool {
    answer(Command::new("pdftoppm").arg("-v")).is_some()
}

fn has_chinese_font() -> bool {
    answer(Command::new("fc-list").args([":lang=zh", "family"])).is_some_and(|list| !list.trim().is_empty())
}

/// As root, or through a sudo that asks nothing. Where the package lists are old or missing they are fetched first.
fn apt(steps: &Steps, packages: &[&str]) -> Result<()> {
    let root = answer(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    let apt_get = |arguments: &[&str]| {
        let mut command = Command::new(if root { "apt-get" } else { "sudo" });
        if !root {
            command.args(["-n", "apt-get"]);
        }
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    let install = [&["install", "-y", "--no-install-recommends"], packages].concat();
    if steps.run(&mut apt_get(&install)).is_ok() {
        return Ok(());
    }
    steps.run(&mut apt_get(&["update"]))?;
    steps.run(&mut apt_get(&install))
}
