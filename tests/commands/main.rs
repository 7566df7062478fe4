//! The `hall` program from outside: every command with good and bad input, its exit code and the shape of its answer.
//! `cases.toml` and `rules.toml` are data; what needs keys, pictures or a running server is written out here.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod backups;
mod diff;
mod keys;
mod pictures;
mod program;
mod receipts;
mod sheets;

use program::{Folder, hall, hall_in};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// `part` is in `whole`: members of objects may be fewer, everything else must be equal.
fn holds(whole: &Json, part: &Json) -> bool {
    match (whole, part) {
        (Json::Object(whole), Json::Object(part)) => {
            part.iter().all(|(name, part)| whole.get(name).is_some_and(|whole| holds(whole, part)))
        }
        _ => whole == part,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    files: BTreeMap<String, String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    run: Vec<String>,
    #[serde(default)]
    exit: i32,
    json: Option<Json>,
    /// Stands in what goes to stderr.
    error: Option<String>,
}

#[test]
fn every_case_ends_as_its_file_says() {
    let folder = Folder::new();
    let Cases { files, cases } = toml::from_str(include_str!("cases.toml")).unwrap();
    let mut wrong = String::new();
    for (name, text) in &files {
        folder.write(name, text);
    }
    for case in cases {
        let place = |arg: &String| match arg.strip_prefix('{').and_then(|a| a.strip_suffix('}')) {
            Some(name) if files.contains_key(name) => folder.path(name).display().to_string(),
            _ => arg.clone(),
        };
        let run: Vec<String> = case.run.iter().map(place).collect();
        // For people first: something is said, in both languages where it is an answer.
        let said = hall_in(&folder, &run);
        let with_json: Vec<String> = run.iter().cloned().chain(["--json".to_owned()]).collect();
        let told = hall_in(&folder, &with_json);
        let fits = [&said, &told].iter().all(|ran| ran.exit == case.exit)
            && case.error.as_ref().is_none_or(|error| told.err.contains(error.as_str()))
            && case.json.as_ref().is_none_or(|part| told.objects().as_deref().is_some_and(|all| all.len() == 1 && holds(&all[0], part)))
            && (said.exit != 2 || !said.err.is_empty())
            && (case.json.is_none() || !said.out.trim().is_empty() && said.objects().is_none());
        if !fits {
            writeln!(wrong, "{:?}\n  {said:?}\n  {told:?}", case.run).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    facts: Json,
    rules: Vec<RuleCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleCase {
    rule: String,
    value: Option<Json>,
    because: Option<Vec<String>>,
    missing: Option<Vec<String>>,
    /// Part of the message.
    fault: Option<String>,
    refused: Option<String>,
}

#[test]
fn rules_have_the_value_their_file_says() {
    let folder = Folder::new();
    let Rules { facts, rules } = toml::from_str(include_str!("rules.toml")).unwrap();
    let file = folder.write("facts.json", facts.to_string());
    let mut wrong = String::new();
    for case in rules {
        let (status, message) = match (&case.fault, &case.refused, &case.value) {
            (Some(message), _, _) => ("fault", Some(message)),
            (_, Some(message), _) => ("refused", Some(message)),
            (_, _, Some(_)) => ("value", None),
            _ => ("unknown", None),
        };
        let ran = hall(["rule", "eval", &case.rule, "--facts", &file, "--today", "2026-11-24", "--json"]);
        let answer = ran.object();
        let listed = |name: &str, expected: &Option<Vec<String>>| expected.as_ref().is_none_or(|e| answer[name] == json!(e));
        let fits = answer["status"] == status
            && ran.exit == i32::from(message.is_some())
            && answer["value"] == case.value.clone().unwrap_or(Json::Null)
            && listed("because", &case.because)
            && listed("missing", &case.missing)
            && match message {
                None => answer["message"].is_null(),
                Some(part) => {
                    answer["message"]["en"].as_str().is_some_and(|m| m.contains(part.as_str())) && answer["message"]["zh"].is_string()
                }
            };
        if !fits {
            writeln!(wrong, "{}: exit {}, {answer}", case.rule, ran.exit).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Nothing that can be typed as a rule may hang or end the program otherwise than with an answer.
#[test]
fn hostile_rules_get_an_answer() {
    let folder = Folder::new();
    let list: Vec<i64> = (0..500).collect();
    let facts =
        json!({ "l": { "type": "list", "of": { "type": "int" }, "value": list }, "s": { "type": "string", "value": "a".repeat(5000) } });
    let file = folder.write("facts.json", facts.to_string());
    for rule in [
        "(".repeat(3000),
        "!".repeat(3999) + "true",
        "-".repeat(3999) + "1",
        format!("{}1{}", "(".repeat(1500), ")".repeat(1500)),
        format!("{}1{}", "[".repeat(1500), "]".repeat(1500)),
        "true ? ".repeat(500) + "true" + &": true".repeat(500),
        "1".repeat(4000),
        vec!["l.size()"; 300].join(" + "),
        "l.all(a, l.all(b, l.all(c, l.all(d, a + b + c + d >= 0))))".into(),
        "l.all(a, l.all(b, a + b >= 0))".into(),
        "l.map(a, l.map(b, l))".into(),
        "s.matches('(a*)*b')".into(),
        "s.matches('(a{1000}){1000}')".into(),
        "\u{0}".replace('\u{0}', "\u{1}") + "\u{fffd}\u{202e}",
        "\"\\u0000\"".into(),
        "x".repeat(100_000),
        "`".into(),
        "\\".into(),
    ] {
        let ran = hall(["rule", "eval", "--facts", &file, "--json", "--", &rule]);
        let status = ran.object()["status"].as_str().unwrap_or_default().to_owned();
        let expected = if matches!(status.as_str(), "value" | "unknown") { 0 } else { 1 };
        assert_eq!(ran.exit, expected, "{}: {ran:?}", rule.chars().take(80).collect::<String>());
    }
}

#[test]
fn an_assessment_is_told_in_both_languages() {
    let folder = Folder::new();
    let answers = json!({
        "facts": { "scope": "local", "individuals": 42, "units": 0, "full_time_staff": 1, "funds": 3_000_000 },
        "materials": { "application": { "have": true, "originals": 1 }, "consent": { "have": false } },
    });
    let file = folder.write("answers.json", answers.to_string());
    let args = ["assess", "--item", "association-setup", "--answers", &file, "--today", "2026-11-24"];
    let told = hall(args.iter().copied().chain(["--json"]));
    assert_eq!((told.exit, told.object()["item"].as_str()), (0, Some("association-setup")));
    assert!(told.object()["points"].as_array().unwrap().iter().any(|point| point["id"] == "condition.members"));
    let said = hall(args);
    assert_eq!(said.exit, 0);
    let because = "有 42 名个人会员,需要 50 名;或有 0 个单位会员,需要 30 个";
    for part in
        ["社会团体成立登记", "Registering a social organisation", "50 名以上个人会员", "At least 50 individual members", "缺少", because]
    {
        assert!(said.out.contains(part), "{part} in {}", said.out);
    }
}

#[test]
fn mistakes_in_a_catalogue_are_shown_at_their_place() {
    let folder = Folder::new();
    let sample = mingbai::catalogue::author::sample();
    let text = |name: &str| sample.iter().find(|s| s.name == name).unwrap().text.clone();
    folder.write("hall.toml", text("hall.toml"));
    let item = text("association-setup.toml");
    let broken = item.replacen("individuals >= 50", "individals >= 50", 1);
    assert_ne!(broken, item);
    folder.write("association-setup.toml", &broken);
    let dir = folder.path("").display().to_string();
    let told = hall(["catalogue", "check", &dir, "--json"]);
    assert_eq!(told.exit, 1);
    let findings = told.objects().unwrap();
    let line = broken.lines().position(|l| l.contains("individals")).unwrap() + 1;
    let found = findings.iter().find(|f| f["line"] == line).unwrap_or_else(|| panic!("{findings:?}"));
    assert_eq!(found["file"], "association-setup.toml");
    let column = broken.lines().nth(line - 1).unwrap().find("individals").unwrap() + 1;
    assert_eq!(found["column"], column);
    assert!(found["message"]["zh"].is_string() && found["message"]["en"].is_string());
    let said = hall(["catalogue", "check", &dir]);
    assert_eq!(said.exit, 1);
    assert!(said.out.contains(&format!("association-setup.toml:{line}:{column}")) && said.out.contains('^'), "{}", said.out);
    assert_eq!(hall(["catalogue", "check"]).exit, 0, "the sample itself is sound");
}

/// What compiles may still be wrong: the linter says where, what and how to mend it, and nothing is built from it.
#[test]
fn what_the_linter_finds_is_told_and_keeps_the_catalogue_from_being_built() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("catalogue")).unwrap();
    for source in mingbai::catalogue::author::sample() {
        let text = source.text.replacen("3 万元以上活动资金", "较多活动资金", 1);
        folder.write(&format!("catalogue/{}", source.name), text);
    }
    let dir = folder.path("catalogue").display().to_string();
    let told = hall(["catalogue", "check", &dir, "--json"]);
    let findings = told.objects().unwrap();
    let found = findings.iter().find(|f| f["code"] == "text.indefinite").unwrap_or_else(|| panic!("{findings:?}"));
    assert_eq!((told.exit, &found["file"], &found["severity"]), (1, &json!("association-setup.toml"), &json!("error")));
    assert_eq!(found["place"], "conditions[funds].text.zh");
    for said in ["message", "help"] {
        assert!(found[said]["zh"].is_string() && found[said]["en"].is_string(), "{found}");
    }
    let said = hall(["catalogue", "check", &dir]);
    assert!(said.out.contains("error[text.indefinite]") && said.out.contains("“较”") && said.out.contains('^'), "{}", said.out);
    let data = folder.path("data").display().to_string();
    assert_eq!(hall(["init", "--data", &data]).exit, 0);
    let out = folder.path("built.json").display().to_string();
    let built = hall(["catalogue", "build", &dir, "--data", &data, "--out", &out]);
    assert!(built.exit == 1 && !std::path::Path::new(&out).exists(), "{built:?}");
}

#[test]
fn a_hall_is_set_up_once_and_builds_a_signed_catalogue() {
    let folder = Folder::new();
    let data = folder.path("data").display().to_string();
    let made = hall(["init", "--data", &data, "--demo-staff", "--json"]);
    assert_eq!(made.exit, 0, "{made:?}");
    let made = made.object();
    assert_eq!(made["created"], true);
    let roles: Vec<&str> = made["staff"].as_array().unwrap().iter().map(|s| s["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["clerk", "approver", "editor", "inspector", "operator"]);
    for person in made["staff"].as_array().unwrap() {
        assert!(person["password"].as_str().is_some_and(|p| p.len() >= 12) && person["user"].is_string() && person["name"].is_string());
    }
    let again = hall(["init", "--data", &data, "--demo-staff", "--json"]);
    assert_eq!((again.exit, again.object()), (0, json!({ "created": false, "staff": [] })));

    let code = hall(["device", "code", "--data", &data, "--profile", "desk", "--json"]).object();
    assert!(code["code"].as_str().is_some_and(|c| c.len() == 8) && code["profile"] == "desk" && code["expires_at"].is_string(), "{code}");

    let person = ["--name", "宁某", "--role", "clerk", "--post", "窗口人员", "--window", "3 号窗口", "--phone", "0777-0000003"];
    let add = |user: &str| hall(["staff", "add", "--data", &data, "--user", user, "--json"].into_iter().chain(person));
    let added = add("ning");
    assert_eq!((added.exit, added.object()["user"].as_str()), (0, Some("ning")), "{added:?}");
    assert!(added.object()["password"].is_string());
    assert_eq!(add("ning").exit, 1, "a user name is given once");
    assert_eq!(add("Ning!").exit, 1);
    let typed = program::hall_with_input(
        ["staff", "add", "--data", &data, "--user", "zhong", "--password-stdin", "--json"].into_iter().chain(person),
        "correct horse battery\n",
    );
    assert_eq!((typed.exit, typed.object().get("password")), (0, None), "{typed:?}");

    let out = folder.path("bundle.json");
    let build = ["catalogue", "build", "--data", &data, "--out", out.to_str().unwrap(), "--json"];
    let built = hall(build);
    assert_eq!(built.exit, 0, "{built:?}");
    let bytes = std::fs::read(&out).unwrap();
    assert_eq!(built.object()["bytes"], bytes.len());
    let whole: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let signed: mingbai::signing::Signed = serde_json::from_value(whole["head"].clone()).unwrap();
    let root = mingbai::hall::keys::Keys::open(&folder.path("data"), &Default::default()).unwrap().root_public();
    let bundle = mingbai::catalogue::bundle::Bundle::open(&signed, &root).unwrap();
    let object = built.object();
    assert_eq!((object["version"].as_str(), object["items"].as_u64()), (Some(bundle.version.as_str()), Some(bundle.count.into())));
    assert_eq!((object["sequence"].as_u64(), bundle.sequence), (Some(1), 1));
    for part in bundle.parts() {
        let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, whole["parts"][&part.sha256].as_str().unwrap());
        part.check(&bytes.unwrap()).unwrap();
    }
    assert_eq!(whole["parts"].as_object().unwrap().len(), bundle.parts().count());
    assert_eq!(hall(build).object(), built.object(), "the same content has the same version");
}

#[test]
fn the_server_says_once_that_it_is_ready_and_stops_cleanly() {
    let folder = Folder::new();
    let data = folder.path("data").display().to_string();
    for signal in ["TERM", "INT"] {
        let (ready, ran) = program::serve_and_stop(["serve", "--data", &data, "--listen", "127.0.0.1:0", "--json"], signal);
        assert_eq!(ready["ready"], true);
        assert!(ready["url"].as_str().is_some_and(|u| u.starts_with("http://127.0.0.1:")) && ready["pid"].is_u64(), "{ready}");
        assert_eq!((ran.exit, ran.out.as_str()), (0, ""), "{ran:?}");
    }
}
