//! `hall backup`, `restore`, `verify`, `outbox import` from outside: what they say, and how they end.

use crate::program::{Folder, Ran, hall, serve_and_stop};
use serde_json::json;

const PASSPHRASE: &str = "six words that nobody will guess\n";

/// The same for programs, whose answer must be JSON, and for people.
fn asked(args: &[&str]) -> (Ran, Ran) {
    (hall(args.iter().copied().chain(["--json"])), hall(args))
}

#[test]
fn a_hall_is_backed_up_verified_and_put_back() {
    let folder = Folder::new();
    let path = |name: &str| folder.path(name).display().to_string();
    let (data, file, secret) = (path("data"), path("hall.backup"), folder.write("passphrase", PASSPHRASE));
    assert_eq!(hall(["init", "--data", &data]).exit, 0);
    let early = hall(["backup", &file, "--data", &data]);
    assert!(early.exit == 1 && early.err.contains("hall serve"), "{early:?}");
    serve_and_stop(["serve", "--data", &data, "--listen", "127.0.0.1:0", "--json"], "TERM");

    let made = hall(["backup", &file, "--data", &data, "--json"]);
    let object = made.object();
    assert_eq!((made.exit, &object["cases"], &object["keys"], &object["missing"]), (0, &json!(0), &json!(false), &json!([])));
    let (again, _) = asked(&["backup", &file, "--data", &data]);
    assert!(again.exit == 1 && again.err.contains("--force") && again.err.contains("已经存在"), "{again:?}");
    let said = hall(["backup", &file, "--data", &data, "--force"]);
    assert!(said.exit == 0 && said.out.contains("密钥不在备份里") && said.out.contains("hall key export"), "{said:?}");
    let sealed = hall(["backup", &file, "--data", &data, "--force", "--passphrase-file", &secret]);
    assert!(sealed.exit == 0 && sealed.out.contains("under the passphrase") && !sealed.out.contains(PASSPHRASE.trim()), "{sealed:?}");

    let fresh = path("fresh");
    let without = hall(["restore", &file, "--data", &fresh]);
    assert!(without.exit == 2 && without.err.contains("--passphrase-file"), "{without:?}");
    let restored = hall(["restore", &file, "--data", &fresh, "--passphrase-file", &secret]);
    assert!(restored.exit == 0 && restored.out.contains("自动补传") && restored.out.contains("send again"), "{restored:?}");
    let onto = hall(["restore", &file, "--data", &fresh, "--json"]).object();
    assert!(onto["epoch"].as_i64().is_some_and(|epoch| epoch > 0) && onto["replaced"].is_string() && onto["hall"].is_string(), "{onto}");

    let (told, said) = asked(&["verify", "--data", &fresh]);
    assert_eq!((told.exit, told.object()), (0, json!({ "cases": 0, "chunks": 0, "unneeded": 0, "errors": 0, "warnings": 0 })));
    assert!(said.exit == 0 && said.out.contains("错误 0") && said.out.contains("0 errors"), "{said:?}");
    std::fs::remove_file(folder.path("fresh/keys/sealed.json")).unwrap();
    let (told, said) = asked(&["verify", "--data", &fresh]);
    let lines = told.objects().unwrap();
    assert_eq!((told.exit, &lines[0]["code"], &lines[0]["severity"], &lines[1]["errors"]), (1, &json!("keys"), &json!("error"), &json!(1)));
    assert!(said.exit == 1 && said.out.contains("error[keys]"), "{said:?}");
}

#[test]
fn what_cannot_be_read_is_misuse() {
    let folder = Folder::new();
    let path = |name: &str| folder.path(name).display().to_string();
    let (data, none) = (path("data"), path("none"));
    assert_eq!(hall(["init", "--data", &data]).exit, 0);
    let (text, short) = (folder.write("text", "not a backup"), folder.write("short", "short\n"));
    for (args, exit) in [
        (vec!["restore", &none, "--data", &data], 2),
        (vec!["restore", &text, "--data", &data], 1),
        (vec!["backup", &none, "--data", &data, "--passphrase-file", &none], 2),
        (vec!["backup", &none, "--data", &data, "--passphrase-file", &short], 2),
        (vec!["backup", &none, "--data", &path("nowhere")], 1),
        (vec!["verify", "--data", &path("nowhere")], 2),
        (vec!["outbox", "import", &none, "--data", &data], 2),
        (vec!["outbox", "import", &text, "--data", &path("nowhere")], 1),
        (vec!["outbox", "import", &text, "--data", &data], 1),
    ] {
        let (told, said) = asked(&args);
        assert!(told.exit == exit && said.exit == exit && !said.err.is_empty() && told.out.is_empty(), "{args:?}: {told:?} {said:?}");
    }
    serve_and_stop(["serve", "--data", &data, "--listen", "127.0.0.1:0", "--json"], "TERM");
    let not_one = hall(["outbox", "import", &text, "--data", &data]);
    assert!(not_one.exit == 2 && not_one.err.contains("not an export"), "{not_one:?}");
    let empty = r#"{"format":"mingbai-outbox/1","hall":"h","device":null,"exported_at":"2026-11-25T00:00:00Z","submissions":0,"chunks":0}"#;
    let cut = folder.write("cut", format!("{empty}\n"));
    let (told, said) = asked(&["outbox", "import", &cut, "--data", &data]);
    assert_eq!((told.exit, told.object()), (1, json!({ "result": "cut-off" })));
    assert!(said.exit == 1 && said.out.contains("cut off"), "{said:?}");
    let whole = folder.write("whole", format!("{empty}\n{{\"end\":true}}\n"));
    assert_eq!(hall(["outbox", "import", &whole, "--data", &data]).exit, 0);
}
