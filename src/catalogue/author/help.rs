//! How to mend what the compiler finds in a file, by the finding's code.

use crate::words::Phrase;

const HELP: [(&str, Phrase); 21] = [
    (
        "file.missing",
        Phrase::new(
            "在这个文件夹里放一个 hall.toml,写明大厅、分类和法规。",
            "Put a hall.toml into the folder: the hall, its categories, the laws.",
        ),
    ),
    ("file.name", Phrase::new("改文件名,或者改 code 与 version。", "Rename the file, or mend its `code` and `version`.")),
    (
        "file.code",
        Phrase::new(
            "写成如 food-business;事实和材料的编码用下划线,如 full_time_staff。",
            "Write it like food-business; facts and materials have underscores, like full_time_staff.",
        ),
    ),
    ("file.duplicate-code", Phrase::new("换一个没有用过的编码。", "Choose a code that is not in use.")),
    ("file.reserved-word", Phrase::new("规则里它另有意思,换一个编码。", "It means something else in rules: choose another code.")),
    ("file.unknown-category", Phrase::new("用 hall.toml 中已有的分类,或者在那里加上它。", "Use a category of hall.toml, or add it there.")),
    (
        "file.unknown-item",
        Phrase::new(
            "核对事项编码;不在本目录中的,用 go 写明去哪里办。",
            "Check the item's code; for one outside this catalogue say in `go` where to go.",
        ),
    ),
    (
        "file.unknown-document",
        Phrase::new(
            "用 hall.toml 的 [documents] 中已有的证照,或者在那里加上它。",
            "Use a document of [documents] in hall.toml, or add it there.",
        ),
    ),
    ("file.unknown-step", Phrase::new("next 写流程中已有步骤的编码。", "Let `next` name steps of this flow.")),
    ("file.options", Phrase::new("choice 写 options;其他类型不写。", "Give a choice its `options`; give no other type any.")),
    (
        "file.bounds",
        Phrase::new(
            "min 不大于 max,写在 int 或 money 类型上;金额以分计。",
            "Let `min` be at most `max`, and only for int and money, which counts fen.",
        ),
    ),
    ("file.fields", Phrase::new("list 写 fields;其他类型不写。", "Give a list its `fields`; give no other type any.")),
    ("file.nested-list", Phrase::new("把里面的列表改成另一个事实。", "Make the inner list a fact of its own.")),
    ("file.no-go", Phrase::new("加上 go = { zh = \"…\", en = \"…\" }。", "Add go = { zh = \"…\", en = \"…\" }.")),
    ("file.number", Phrase::new("加上 asks = [\"number\"],或者删去 number。", "Add asks = [\"number\"], or drop `number`.")),
    (
        "rule.one-decision",
        Phrase::new(
            "程序能判断的写 rule;只有人能判断的写 human_check。",
            "Write a rule where a program can decide, human_check where only a person can.",
        ),
    ),
    (
        "law.no-basis",
        Phrase::new(
            "写成 basis = [\"法规:条\"];没有依据的,不要求。",
            "Write basis = [\"law:article\"]; what has no basis is not required.",
        ),
    ),
    (
        "law.unknown-law",
        Phrase::new("用 hall.toml 的 [laws] 中已有的法规,或者在那里加上它。", "Use a law of [laws] in hall.toml, or add it there."),
    ),
    (
        "law.basis-form",
        Phrase::new("写成如 \"licensing:42\" 或 \"associations:10(1)\"。", "Write it like \"licensing:42\" or \"associations:10(1)\"."),
    ),
    (
        "law.no-statutory-limit",
        Phrase::new(
            "加上 [[limits]],kind = \"statutory\",写明时长、单位、起算日和依据。",
            "Add [[limits]] with kind = \"statutory\", its length, unit, start and basis.",
        ),
    ),
    ("law.limit-length", Phrase::new("核对时长和单位(day 或 working-day)。", "Check the length and its unit (day or working-day).")),
];

/// `None` for a code that says how to mend it where it is found.
pub fn of(code: &str) -> Option<Phrase> {
    HELP.iter().find(|(known, _)| *known == code).map(|(_, help)| *help)
}
