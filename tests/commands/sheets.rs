//! A catalogue that goes out as a workbook and comes back: into new folders, over old ones, or not at all.

use crate::program::{Folder, hall};
use mingbai::catalogue::author::sheets::{At, Cell, export};
use mingbai::catalogue::author::{self, HALL_FILE};
use mingbai::hall::xlsx;
use std::collections::BTreeMap;
use std::path::Path;

/// Names and contents of a folder's files.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())).collect()
}

#[test]
fn a_workbook_is_imported_whole_or_not_at_all() {
    let folder = Folder::new();
    let path = |name: &str| folder.path(name).display().to_string();
    let book = path("目录.xlsx");
    let exported = hall(["catalogue", "export", "--xlsx", &book, "--json"]);
    assert_eq!((exported.exit, exported.object()["files"].as_u64()), (0, Some(author::sample().len() as u64)), "{exported:?}");

    // Into a folder that is not there yet.
    let out = path("deep/new");
    let import = |book: &str, more: &[&str]| hall(["catalogue", "import", "--xlsx", book, "--out", &out, "--json"].iter().chain(more));
    let imported = import(&book, &[]);
    assert_eq!((imported.exit, imported.object()["files"].clone()), (0, exported.object()["files"].clone()), "{imported:?}");
    let first = files(&folder.path("deep/new"));
    assert_eq!(first.len(), author::sample().len());
    assert_eq!(hall(["catalogue", "check", &out]).exit, 0);

    // Over it only when asked to; what is no catalogue file stays.
    assert_eq!(import(&book, &[]).exit, 2, "it is not empty");
    folder.write("deep/new/schema.json", "{}");
    folder.write("deep/new/withdrawn.toml", "code = 1");
    folder.write("deep/new/marriage.toml", format!("# keep this\n{}", first["marriage.toml"]));
    folder.write("deep/new/hall.toml", "# this goes\n");
    let replaced = import(&book, &["--replace"]);
    assert_eq!(replaced.exit, 0, "{replaced:?}");
    let second = files(&folder.path("deep/new"));
    assert_eq!(second.get("schema.json").map(String::as_str), Some("{}"));
    assert!(!second.contains_key("withdrawn.toml") && second["marriage.toml"].starts_with("# keep this\n"));
    assert!(first.iter().filter(|(name, _)| *name != "marriage.toml").all(|(name, text)| second[name] == *text));
    assert_eq!(std::fs::read_dir(folder.path("deep")).unwrap().count(), 1, "nothing is left beside it");

    // A workbook with mistakes changes nothing, and tells the cells.
    let mut bad = export::export(&author::sample()).unwrap();
    let page = bad.pages.iter_mut().find(|page| page.name == "申请材料").unwrap();
    page.cells.insert(At::new(1, 5), Cell::Text("不知道".into()));
    page.cells.insert(At::new(2, 1), Cell::Text("Not a code".into()));
    let bad = folder.write("坏.xlsx", xlsx::write(&bad).unwrap());
    let refused = import(&bad, &["--replace"]);
    let told = refused.objects().unwrap();
    assert_eq!(refused.exit, 1, "{refused:?}");
    assert!(
        told.iter().any(|f| f["sheet"] == "申请材料" && f["cell"] == "F2" && f["message"]["zh"].is_string() && f["help"]["en"].is_string())
    );
    let said = hall(["catalogue", "import", "--xlsx", &bad, "--out", &path("other")]);
    assert_eq!(said.exit, 1);
    assert!(said.out.contains("申请材料!F2:1:1: error[cell.choice]") && said.out.contains("^^^"), "{}", said.out);
    assert!(!folder.path("other").exists());
    assert_eq!(files(&folder.path("deep/new")), second);

    // Killed in the middle of writing, it leaves the folder as it was, and the next run puts all in order.
    folder.write("deep/new/schema.json", "[]");
    let before = files(&folder.path("deep/new"));
    let limited = [
        "-c",
        "ulimit -f 8; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_hall"),
        "catalogue",
        "import",
        "--replace",
        "--xlsx",
        &book,
        "--out",
        &out,
    ];
    let killed = std::process::Command::new("sh").args(limited).output().unwrap();
    assert!(!killed.status.success(), "{killed:?}");
    assert_eq!(files(&folder.path("deep/new")), before);
    assert!(folder.path("deep/.new.importing").exists(), "it was killed while it wrote");
    assert_eq!(import(&book, &["--replace"]).exit, 0);
    assert_eq!(files(&folder.path("deep/new")), before);
    assert!(!folder.path("deep/.new.importing").exists());
}

#[test]
fn what_cannot_be_read_or_replaced_is_misuse() {
    let folder = Folder::new();
    let path = |name: &str| folder.path(name).display().to_string();
    let book = path("book.xlsx");
    assert_eq!(hall(["catalogue", "export", "--xlsx", &book]).exit, 0);
    let import = |book: &str, out: &str| hall(["catalogue", "import", "--replace", "--xlsx", book, "--out", out]);
    for content in ["", "not a workbook"] {
        let odd = folder.write("odd.xlsx", content);
        let ran = import(&odd, &path("out"));
        assert!(ran.exit == 2 && ran.err.contains("odd.xlsx"), "{ran:?}");
    }
    assert_eq!(import(&path("absent.xlsx"), &path("out")).exit, 2);
    assert_eq!(import(&path(""), &path("out")).exit, 2, "a folder is no workbook");
    assert_eq!(hall(["catalogue", "export", "--xlsx", &book, &path("absent")]).exit, 2);
    // Folders that hold no catalogue, or more than one.
    std::fs::create_dir_all(folder.path("home/inner")).unwrap();
    folder.write("home/letter.txt", "dear");
    assert_eq!(import(&book, &path("home")).exit, 2);
    folder.write(&format!("home/{HALL_FILE}"), "");
    let ran = import(&book, &path("home"));
    assert!(ran.exit == 2 && ran.err.contains("inner"), "{ran:?}");
    assert_eq!(std::fs::read_to_string(folder.path("home/letter.txt")).unwrap(), "dear");
    folder.write("file", "x");
    let ran = import(&book, &path("file"));
    assert!(ran.exit == 2 && ran.err.contains("不是文件夹"), "{ran:?}");
    assert_eq!(hall(["catalogue", "export", "--xlsx", &path("home")]).exit, 1, "a folder is no place for a file");
    assert!(!folder.path("home.new").exists());
    assert!(!folder.path("out").exists());
    // An empty folder may be written to as it is.
    std::fs::create_dir(folder.path("empty")).unwrap();
    assert_eq!(hall(["catalogue", "import", "--xlsx", &book, "--out", &path("empty")]).exit, 0);
}
