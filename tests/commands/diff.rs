//! What changed between two catalogues: folders of files, and what was built from them.

use crate::program::{Folder, hall};
use mingbai::catalogue::author::sample;
use serde_json::json;

/// The sample with a passage changed in one of its files, in a folder of its own.
fn written(folder: &Folder, name: &str, changes: &[(&str, &str, &str)]) -> String {
    std::fs::create_dir(folder.path(name)).unwrap();
    for source in sample() {
        let mut text = source.text;
        for (_, from, to) in changes.iter().filter(|(file, _, _)| *file == source.name) {
            assert!(text.contains(from), "{} has no `{from}`", source.name);
            text = text.replacen(from, to, 1);
        }
        folder.write(&format!("{name}/{}", source.name), text);
    }
    folder.path(name).display().to_string()
}

#[test]
fn what_changed_is_said_of_folders_and_of_built_catalogues_alike() {
    let folder = Folder::new();
    let old = written(&folder, "old", &[]);
    let new = written(
        &folder,
        "new",
        &[
            ("association-setup.toml", "version = 2026-11-01", "version = 2027-03-01"),
            ("association-setup.toml", "individuals >= 50 ||", "individuals >= 40 ||"),
            ("association-setup.toml", "50 名以上个人会员", "40 名以上个人会员"),
            ("association-setup.toml", "At least 50 individual members", "At least 40 individual members"),
            ("travel-agency.toml", "length = 8", "length = 6"),
        ],
    );
    let told = hall(["catalogue", "diff", &old, &new, "--json"]);
    assert_eq!(told.exit, 0, "{told:?}");
    let changes = told.objects().unwrap();
    let codes: Vec<&str> = changes.iter().map(|change| change["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["condition.looser", "limit.shorter"], "{told:?}");
    assert_eq!((&changes[0]["item"], &changes[0]["from"]), (&json!("association-setup"), &json!("2027-03-01")));
    let example = &changes[0]["examples"][0]["facts"];
    assert!((40..50).contains(&example["individuals"].as_i64().unwrap()), "{example}");
    assert!(changes[0]["say"]["en"].as_str().unwrap().contains("individual members"), "{}", changes[0]["say"]);

    let said = hall(["catalogue", "diff", &old, &new]);
    for part in ["社会团体成立登记(association-setup),自 2027-03-01 起", "条件更宽", "a looser condition", "名"] {
        assert!(said.out.contains(part), "{}", said.out);
    }

    // The same of what devices get.
    let data = folder.path("data").display().to_string();
    assert_eq!(hall(["init", "--data", &data]).exit, 0);
    let built = folder.path("new.json").display().to_string();
    assert_eq!(hall(["catalogue", "build", &new, "--data", &data, "--out", &built]).exit, 0);
    assert_eq!(hall(["catalogue", "diff", &old, &built, "--json"]).objects(), Some(changes));

    let none = hall(["catalogue", "diff", &new, &built, "--json"]);
    assert_eq!((none.exit, none.object()), (0, json!({ "changes": 0 })));
    assert!(hall(["catalogue", "diff", &old, &old]).out.contains("nothing changes for applicants"));
}

#[test]
fn what_is_no_catalogue_is_refused() {
    let folder = Folder::new();
    let sound = written(&folder, "sound", &[]);
    let wrong = written(&folder, "wrong", &[("marriage.toml", "visits = 1", "visits = \"one\"")]);
    let refused = hall(["catalogue", "diff", &sound, &wrong, "--json"]);
    assert_eq!((refused.exit, &refused.object()["file"]), (1, &json!("marriage.toml")));
    let empty = folder.write("empty.json", r#"{"head":{"payload":"{}","kid":"","signature":""},"parts":{}}"#);
    let text = folder.write("text.txt", "catalogue");
    for file in [empty.as_str(), &text, "nowhere"] {
        let refused = hall(["catalogue", "diff", &sound, file]);
        assert!(refused.exit == 2 && !refused.err.is_empty(), "{refused:?}");
    }
}

#[test]
fn an_application_is_assessed_under_the_version_of_its_day() {
    let folder = Folder::new();
    let dir = written(&folder, "catalogue", &[]);
    let sample = sample().into_iter().find(|source| source.name == "port-operation.toml").unwrap().text;
    let later = sample.replacen("version = 2026-11-01", "version = 2027-03-01", 1).replacen("technicians >= 1", "technicians >= 3", 1);
    folder.write("catalogue/port-operation@2027-03-01.toml", later);
    let answers = folder.write("answers.json", r#"{"facts":{"business":"cargo","technicians":2,"managers":1},"materials":{}}"#);
    for (day, version, state) in [("2027-02-28", "2026-11-01", "met"), ("2027-03-01", "2027-03-01", "not-met")] {
        let run = ["assess", "--item", "port-operation", "--answers", &answers, "--catalogue", &dir, "--today", day, "--json"];
        let assessment = hall(run).object();
        let people = assessment["conditions"].as_array().unwrap().iter().find(|finding| finding["code"] == "people").unwrap();
        assert_eq!((&assessment["version"], &people["state"]), (&json!(version), &json!(state)), "{day}");
    }
}
