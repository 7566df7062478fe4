//! `hall init`, `hall staff add`: what an operator sets up before and beside the server.

use super::{DataFolder, Ended, Ending, Misuse, Unlocking, Voice, named, wait};
use crate::api::{Role, Staff as Person};
use crate::hall;
use clap::{Args, Subcommand};
use serde::Serialize;
use std::path::Path;

/// Create the hall's keys and database, once. Keys that an earlier version left as plain files are sealed.
#[derive(Args)]
pub struct Init {
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    unlock: Unlocking,
    /// Add one person of each role, with generated passwords that are shown once.
    #[arg(long)]
    demo_staff: bool,
}

#[derive(Serialize)]
struct Initialised {
    created: bool,
    staff: Vec<SignIn>,
}

/// What somebody needs to sign in. Printed once, kept nowhere.
#[derive(Serialize)]
struct SignIn {
    user: String,
    /// Absent when the operator has chosen it.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    role: Role,
    name: String,
}

impl SignIn {
    fn line(&self) -> String {
        let shown = self.password.as_deref().map(|p| format!(", 密码 password {p}")).unwrap_or_default();
        format!("{}: 用户名 user {}{shown}", self.name, self.user)
    }
}

impl Init {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        let (folder, unlock) = (self.data.path()?, self.unlock.unlock()?);
        let done = wait(async {
            let created = hall::init(&folder, &unlock).await?.created;
            let mut staff = Vec::new();
            if created && self.demo_staff {
                for person in demo_staff() {
                    staff.push(add(&folder, person, None).await?);
                }
            }
            Ok(Initialised { created, staff })
        })?;
        voice.tell(&done, || {
            let place = folder.display();
            let first = match done.created {
                true => format!("已在 {place} 建立密钥和数据库\nkeys and database created in {place}"),
                false => format!("{place} 早已建立,没有改动\n{place} had been set up before: nothing was changed"),
            };
            done.staff.iter().fold(first, |said, one| said + "\n" + &one.line())
        })?;
        Ok(Ending::Done)
    }
}

fn demo_staff() -> impl Iterator<Item = Person> {
    let people = [
        ("clerk", "李窗口(演示)", Role::Clerk, "窗口人员", "12 号窗口"),
        ("approver", "陈审批(演示)", Role::Approver, "审批人", "审批科"),
        ("editor", "黄目录(演示)", Role::Editor, "目录管理员", "综合科"),
        ("inspector", "韦监察(演示)", Role::Inspector, "监察员", "监察室"),
        ("operator", "覃运维(演示)", Role::Operator, "运维", "信息科"),
    ];
    people.into_iter().map(|(user, name, role, post, window)| Person {
        user: user.into(),
        name: name.into(),
        post: post.into(),
        window: window.into(),
        phone: "0777-0000000(示例)".into(),
        role,
    })
}

/// Adds `person`, with a generated password unless one is given.
async fn add(data: &Path, person: Person, given: Option<String>) -> anyhow::Result<SignIn> {
    let generated = if given.is_none() { Some(hall::staff::generate_password()?) } else { None };
    let password = given.as_ref().or(generated.as_ref()).map_or("", String::as_str);
    hall::staff::add(data, &person, password).await?;
    Ok(SignIn { user: person.user, password: generated, role: person.role, name: person.name })
}

/// People who may sign in.
#[derive(Subcommand)]
pub enum Staff {
    Add(Box<Add>),
}

/// Add somebody who may sign in. What is given here is printed on notices.
#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    data: DataFolder,
    /// User name for signing in.
    #[arg(long)]
    user: String,
    /// Full name.
    #[arg(long)]
    name: String,
    #[arg(long, value_parser = named::<Role, _>(["clerk", "approver", "editor", "inspector", "operator"]))]
    role: Role,
    /// Post or title.
    #[arg(long)]
    post: String,
    /// Window or office.
    #[arg(long)]
    window: String,
    /// Telephone number at work.
    #[arg(long)]
    phone: String,
    /// Read the password from the first line of stdin instead of generating one.
    #[arg(long)]
    password_stdin: bool,
}

impl Staff {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        let Staff::Add(add_args) = self;
        let Add { data, user, name, role, post, window, phone, password_stdin } = *add_args;
        let folder = set_up(&data)?;
        let password = if password_stdin {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).map_err(|e| Misuse(format!("reading the password: {e}")))?;
            Some(line.trim_end_matches(['\r', '\n']).to_owned())
        } else {
            None
        };
        let person = Person { user, name, post, window, phone, role };
        let added = wait(add(&folder, person, password))?;
        voice.tell(&added, || added.line())?;
        Ok(Ending::Done)
    }
}

/// The data folder, which must have been set up: a mistyped one would otherwise be made.
pub(super) fn set_up(data: &DataFolder) -> anyhow::Result<std::path::PathBuf> {
    let folder = data.path()?;
    hall::keys::exist(&folder)?;
    Ok(folder)
}
