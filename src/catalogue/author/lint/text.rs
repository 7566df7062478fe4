//! What a text leaves open, says in one language only, or says otherwise than its rule.

use super::Report;
use super::numbers::{self, Compared, Named};
use crate::catalogue::author::Catalogue;
use crate::catalogue::{Basis, Condition, Decided, Fact, Item, Laws, Material, Standard};
use crate::rules::{Rule, Type};
use crate::words::{Lang, Text};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) fn check(item: &Item, catalogue: &Catalogue, report: &mut Report) {
    for (place, text) in texts(item) {
        untranslated(&place, text, report);
        languages_differ(&place, text, report);
    }
    // What a gate says may be advice; where its rule has numbers, the text has no others.
    for gate in item.gates.iter().filter(|gate| numbers::of_rule(&gate.when).iter().any(|compared| compared.firm)) {
        says_as_the_rule(item, &format!("gates[{}].say", gate.code), &gate.say, &gate.when, report);
    }
    for condition in &item.conditions {
        of_condition(item, condition, &catalogue.laws, report);
    }
    for material in &item.materials {
        of_material(item, material, report);
    }
    for (at, limit) in item.limits.iter().enumerate() {
        indefinite(&format!("limits[{at}].start"), &limit.start, report);
    }
    for fact in &item.facts {
        missing_unit(&format!("facts[{}]", fact.code), fact, report);
    }
}

/// The texts of `hall.toml`.
pub(super) fn hall(catalogue: &Catalogue, report: &mut Report) {
    let hall = &catalogue.hall;
    let of_hall = [
        ("name", &hall.name),
        ("address", &hall.address),
        ("hours", &hall.hours),
        ("enquiry", &hall.enquiry),
        ("complaint", &hall.complaint),
        ("help_window", &hall.help_window),
    ];
    let of_hall = of_hall.into_iter().map(|(key, text)| (format!("hall.{key}"), text));
    let categories = catalogue.categories.iter().map(|c| (format!("categories[{}].name", c.code), &c.name));
    let laws = catalogue.laws.iter().map(|(code, law)| (format!("laws.{code}.name"), &law.name));
    let documents = catalogue.documents.iter().map(|(code, document)| (format!("documents.{code}.name"), &document.name));
    for (place, text) in of_hall.chain(categories).chain(laws).chain(documents) {
        untranslated(&place, text, report);
    }
}

/// Every text of an item, with its place.
fn texts(item: &Item) -> Vec<(String, &Text)> {
    let mut all: Vec<(String, &Text)> = [
        ("name", &item.name),
        ("summary", &item.summary),
        ("body", &item.body),
        ("window", &item.window),
        ("hours", &item.hours),
        ("result.name", &item.result.name),
        ("result.validity", &item.result.validity),
        ("result.delivery", &item.result.delivery),
        ("enquiry", &item.enquiry),
        ("complaint", &item.complaint),
    ]
    .map(|(place, text)| (place.to_owned(), text))
    .into();
    all.extend(item.label.iter().map(|text| ("label".to_owned(), text)));
    for fact in &item.facts {
        texts_of_fact(&format!("facts[{}]", fact.code), fact, &mut all);
    }
    all.extend(item.derived.iter().map(|derived| (format!("derived[{}].name", derived.code), &derived.name)));
    for gate in &item.gates {
        let place = format!("gates[{}]", gate.code);
        all.push((format!("{place}.say"), &gate.say));
        all.extend(gate.go.iter().map(|text| (format!("{place}.go"), text)));
    }
    for condition in &item.conditions {
        let place = format!("conditions[{}]", condition.code);
        all.push((format!("{place}.text"), &condition.text));
        all.push((format!("{place}.remedy"), &condition.remedy));
        if let Decided::HumanCheck(what) = &condition.decided {
            all.push((format!("{place}.human_check"), what));
        }
    }
    for material in &item.materials {
        let place = format!("materials[{}]", material.code);
        all.push((format!("{place}.name"), &material.name));
        all.push((format!("{place}.obtain"), &material.obtain));
        all.extend(material.standards.iter().map(|standard| (format!("{place}.standards[{}].text", standard.code), &standard.text)));
    }
    for (at, limit) in item.limits.iter().enumerate() {
        all.push((format!("limits[{at}].start"), &limit.start));
        all.extend(limit.note.iter().map(|text| (format!("limits[{at}].note"), text)));
    }
    all.extend(item.fees.iter().enumerate().map(|(at, fee)| (format!("fees[{at}].name"), &fee.name)));
    for step in &item.flow {
        all.push((format!("flow[{}].name", step.code), &step.name));
        all.extend(step.takes.iter().map(|text| (format!("flow[{}].takes", step.code), text)));
    }
    all
}

fn texts_of_fact<'a>(place: &str, fact: &'a Fact, all: &mut Vec<(String, &'a Text)>) {
    all.push((format!("{place}.name"), &fact.name));
    all.push((format!("{place}.ask"), &fact.ask));
    all.extend(fact.help.iter().map(|text| (format!("{place}.help"), text)));
    all.extend(fact.unit.iter().map(|text| (format!("{place}.unit"), text)));
    all.extend(fact.options.iter().map(|option| (format!("{place}.options[{}].name", option.code), &option.name)));
    for field in &fact.fields {
        texts_of_fact(&format!("{place}.fields[{}]", field.code), field, all);
    }
}

fn of_condition(item: &Item, condition: &Condition, laws: &Laws, report: &mut Report) {
    let place = format!("conditions[{}]", condition.code);
    match &condition.decided {
        Decided::Rule(rule) => {
            indefinite(&format!("{place}.text"), &condition.text, report);
            numbers(item, &place, &condition.text, rule, report);
        }
        // A person may judge what the law itself leaves open: it is declared, and has its basis.
        Decided::HumanCheck(_) if condition.basis.iter().any(|basis| is_statute(basis, laws)) => {}
        Decided::HumanCheck(what) => {
            for (name, text) in [("text", &condition.text), ("human_check", what)] {
                for found in terms(text) {
                    report.error(
                        "text.indefinite-without-statute",
                        format!("{place}.{name}.{}", key(found.lang)),
                        Text::new(
                            format!("“{}”{},而依据中没有法律、法规、规章", found.term, found.kind.what.zh),
                            format!("“{}” {}, and the basis is no statute", found.term, found.kind.what.en),
                        ),
                        Text::new(
                            "只有法律、法规、规章自己没有写死的,才能留给人判断:写上它的条文,或者删去这个要求。",
                            "Only what a statute itself leaves open may be left to a person: cite its article, or drop the requirement.",
                        ),
                    );
                }
            }
        }
    }
    indefinite_remedy(&format!("{place}.remedy"), &condition.remedy, report);
}

fn is_statute(basis: &Basis, laws: &Laws) -> bool {
    laws.get(&basis.law).is_some_and(|law| law.kind.is_statute())
}

fn of_material(item: &Item, material: &Material, report: &mut Report) {
    let place = format!("materials[{}]", material.code);
    indefinite(&format!("{place}.name"), &material.name, report);
    indefinite_remedy(&format!("{place}.obtain"), &material.obtain, report);
    if material.standards.is_empty() {
        report.error(
            "text.missing-standard",
            place.clone(),
            Text::new("没有受理标准:带什么样的才收", "no acceptance standard: what must it be like to be accepted?"),
            Text::new("在 standards 中写至少一条标准。", "Give at least one under standards."),
        );
    }
    for Standard { code, text, rule } in &material.standards {
        let place = format!("{place}.standards[{code}]");
        indefinite(&format!("{place}.text"), text, report);
        if let Some(rule) = rule {
            numbers(item, &place, text, rule, report);
        }
    }
}

fn missing_unit(place: &str, fact: &Fact, report: &mut Report) {
    if fact.ty == Type::Int && fact.unit.is_none() {
        report.warn(
            "text.missing-unit",
            place,
            Text::new("数字没有单位:“42”后面应写什么", "a number without a unit: 42 of what?"),
            Text::new(
                "写上 unit,中文用量词,如 { zh = \"名\", en = \"people\" }。",
                "Add a unit, such as { zh = \"名\", en = \"people\" }.",
            ),
        );
    }
    for field in &fact.fields {
        missing_unit(&format!("{place}.fields[{}]", field.code), field, report);
    }
}

// ── indefinite words ──

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    kinds: Vec<Kind>,
    except: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    what: Text,
    mend: Text,
    zh: Vec<String>,
    en: Vec<String>,
}

// The file is part of the program; `tests::the_terms_are_read` reads it.
static TERMS: LazyLock<Option<Terms>> = LazyLock::new(|| toml::from_str(include_str!("terms.toml")).ok());

/// A term in a text.
struct Found {
    lang: Lang,
    term: &'static str,
    kind: &'static Kind,
    /// Characters of the text before it.
    before: usize,
}

/// The terms of a text, each once.
fn terms(text: &Text) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let Some(terms) = TERMS.as_ref() else { return found };
    for lang in [Lang::Zh, Lang::En] {
        let written = text.get(lang).to_lowercase();
        let listed = |kind: &'static Kind| {
            let terms = if lang == Lang::Zh { &kind.zh } else { &kind.en };
            terms.iter().map(move |term| (term.as_str(), kind))
        };
        let mut all: Vec<(&'static str, &'static Kind)> = terms.kinds.iter().flat_map(listed).collect();
        all.sort_by_key(|(term, _)| std::cmp::Reverse(term.len()));
        let mut taken: Vec<Range<usize>> = quoted_names(&written);
        for (term, kind) in all {
            for (at, _) in written.match_indices(term) {
                let span = at..at + term.len();
                if !taken.iter().any(|t| t.start < span.end && span.start < t.end) && stands(terms, &written, &span, term, lang) {
                    taken.push(span);
                    if !found.iter().any(|f| f.lang == lang && f.term == term) {
                        found.push(Found { lang, term, kind, before: written[..at].chars().count() });
                    }
                }
            }
        }
    }
    found
}

/// The titles in a text, 《…》: what they say is not ours.
fn quoted_names(text: &str) -> Vec<Range<usize>> {
    let end = |(at, _): (usize, &str)| text[at..].find('》').map(|length| at..at + length);
    text.match_indices('《').filter_map(end).collect()
}

/// Whether the term that stands here has the meaning that its list is about.
fn stands(terms: &Terms, text: &str, span: &Range<usize>, term: &str, lang: Lang) -> bool {
    let covered = |word: &String| text.match_indices(word.as_str()).any(|(at, _)| at <= span.start && span.end <= at + word.len());
    if terms.except.get(term).is_some_and(|words| words.iter().any(covered)) {
        return false;
    }
    let after = &text[span.end..];
    match lang {
        Lang::Zh => term != "等" || leaves_open(&text[..span.start], after),
        Lang::En => !text[..span.start].ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric),
    }
}

/// Whether 等 between these leaves a list open. `等 3 项` closes it with a number; at the head of a clause it says `wait`.
fn leaves_open(before: &str, after: &str) -> bool {
    let counted = after.trim_start().starts_with(|c: char| c.is_ascii_digit() || "一二两三四五六七八九十".contains(c));
    !counted && before.trim_end().ends_with(|c: char| !",。;:!?".contains(c))
}

fn sentence(found: &Found) -> (Text, Text) {
    let Found { term, kind, .. } = found;
    let message = Text::new(format!("“{term}”{}", kind.what.zh), format!("“{term}” {}", kind.what.en));
    (message, kind.mend.clone())
}

/// Terms where the program decides.
fn indefinite(place: &str, text: &Text, report: &mut Report) {
    for found in terms(text) {
        let (message, mend) = sentence(&found);
        let help = Text::new(
            format!("{}只有人能判断的条件,改用 human_check。", mend.zh),
            format!("{} If only a person can judge the condition, make it a human_check.", mend.en),
        );
        report.error("text.indefinite", format!("{place}.{}", key(found.lang)), message, help);
        report.mark(found.term, found.before);
    }
}

/// Terms in advice bind nobody, but help nobody either.
fn indefinite_remedy(place: &str, text: &Text, report: &mut Report) {
    for found in terms(text) {
        let (message, help) = sentence(&found);
        report.warn("text.vague-remedy", format!("{place}.{}", key(found.lang)), message, help);
        report.mark(found.term, found.before);
    }
}

// ── languages ──

fn is_han(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c)
}

fn untranslated(place: &str, text: &Text, report: &mut Report) {
    let says = |text: &str| text.chars().any(char::is_alphabetic);
    if says(&text.zh) && !text.zh.chars().any(is_han) && text.zh.chars().filter(char::is_ascii_alphabetic).count() > 3 {
        report.error(
            "text.untranslated",
            format!("{place}.zh"),
            Text::new("这里应是中文", "this should be Chinese"),
            Text::new("把这句话译成中文。", "Translate it into Chinese."),
        );
    }
    if let Some(word) = han_words(&text.en).find(|word| !is_quoted(word, text)) {
        report.error(
            "text.untranslated",
            format!("{place}.en"),
            Text::new(format!("英文里有中文“{word}”"), format!("there is Chinese in the English: {word}")),
            Text::new("译成英文;中文名称要在两种文字里都加引号。", "Translate it; a Chinese name is put in quotation marks."),
        );
    }
}

/// The runs of Chinese characters in a text.
fn han_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_han(c)).filter(|run| !run.is_empty())
}

/// A name in quotation marks in either language, such as “钦州市”, may stand in the English as it is, and so may the Chinese
/// word in brackets after its translation.
fn is_quoted(word: &str, text: &Text) -> bool {
    if text.en.contains(&format!("({word})")) && text.zh.contains(word) {
        return true;
    }
    let marks = [('“', '”'), ('《', '》'), ('「', '」'), ('‘', '’'), ('"', '"')];
    let inside = |text: &str, (open, close): (char, char)| {
        text.match_indices(open).any(|(at, mark)| {
            let rest = &text[at + mark.len()..];
            rest.find(close).is_some_and(|end| rest[..end].contains(word))
        })
    };
    [&text.zh, &text.en].iter().any(|text| marks.iter().any(|mark| inside(text, *mark)))
}

/// Both languages of a text name the same numbers.
fn languages_differ(place: &str, text: &Text, report: &mut Report) {
    let (zh, en) = (numbers::in_zh(&text.zh), numbers::in_en(&text.en));
    let only_zh = numbers::lacking(&zh, &en).into_iter().map(|named| ("中文", "the Chinese", "英文", "the English", named));
    let only_en = numbers::lacking(&en, &zh).into_iter().map(|named| ("英文", "the English", "中文", "the Chinese", named));
    if let Some((here, here_en, there, there_en, Named { written, .. })) = only_zh.chain(only_en).next() {
        report.error(
            "text.languages-differ",
            format!("{place}.en"),
            Text::new(format!("{here}写“{written}”,{there}没有"), format!("{here_en} says “{written}”, {there_en} does not")),
            Text::new("让两种文字说同样的数和单位。", "Let both languages give the same numbers and units."),
        );
    }
}

// ── numbers ──

/// The text names the numbers of its rule, and no others.
fn numbers(item: &Item, place: &str, text: &Text, rule: &Rule, report: &mut Report) {
    if says_as_the_rule(item, &format!("{place}.text"), text, rule, report) {
        says_all_of_the_rule(place, text, rule, report);
    }
}

fn named(text: &Text) -> [(Lang, Vec<Named>); 2] {
    [(Lang::Zh, numbers::in_zh(&text.zh)), (Lang::En, numbers::in_en(&text.en))]
}

/// Whether every number of the text is one of the rule, or of what is asked, on the side of the bound that the rule puts it.
fn says_as_the_rule(item: &Item, place: &str, text: &Text, rule: &Rule, report: &mut Report) -> bool {
    let (compared, bounds, asked) = (numbers::of_rule(rule), numbers::bounds_of_rule(rule), asked(item, rule));
    let mut sound = true;
    for (lang, named) in &named(text) {
        let unknown = |n: &&Named| {
            !compared.iter().any(|c| c.readings.iter().any(|r| numbers::agree(std::slice::from_ref(n), *r)))
                && !numbers::agree(&asked, n.quantity)
        };
        for Named { written, .. } in named.iter().filter(|n| n.firm).filter(unknown) {
            sound = false;
            report.error(
                "text.number",
                format!("{place}.{}", key(*lang)),
                Text::new(
                    format!("文字写“{written}”,规则和所问的问题里没有"),
                    format!("the text says “{written}”; neither the rule nor what is asked does"),
                ),
                Text::new("让文字与规则一致:数字、单位都要相同。", "Let text and rule agree, in number and in unit."),
            );
        }
        for Named { written, .. } in named.iter().filter(|n| numbers::crossed(n, &bounds)) {
            report.error(
                "text.bound",
                format!("{place}.{}", key(*lang)),
                Text::new(
                    format!("正好“{written}”的,文字和规则说得不一样"),
                    format!("text and rule differ on exactly “{written}”"),
                ),
                Text::new(
                    "“至少、以上、不超过、以下”包括本数,“超过、不满”不包括;规则中 >= 和 <= 包括,> 和 < 不包括。",
                    "“At least” and “at most” include the number, “more than” and “fewer than” do not; in a rule >= and <= do, > and < do not.",
                ),
            );
        }
    }
    sound
}

/// Applicants go by the text: it names every number that decides.
fn says_all_of_the_rule(place: &str, text: &Text, rule: &Rule, report: &mut Report) {
    let named = named(text);
    for Compared { readings, written, .. } in numbers::of_rule(rule).iter().filter(|c| c.firm) {
        let silent = named.iter().find(|(_, named)| !readings.iter().any(|reading| numbers::agree(named, *reading)));
        if let Some((lang, _)) = silent {
            let (zh, en) = match lang {
                Lang::Zh => ("中文", "the Chinese text"),
                Lang::En => ("英文", "the English text"),
            };
            report.error(
                "text.number",
                format!("{place}.rule"),
                Text::new(
                    format!("规则比较的是 {written},{zh}没有写"),
                    format!("the rule compares with {written}, which {en} does not say"),
                ),
                Text::new("把这个数写进文字:申请人要按它准备。", "Say it in the text: applicants go by it."),
            );
        }
    }
}

/// The numbers in the questions that a rule's answers come from: `年满 18 周岁` may be an option's name.
fn asked(item: &Item, rule: &Rule) -> Vec<Named> {
    let paths = rule.expr.paths();
    let mut texts = Vec::new();
    item.facts.iter().filter(|fact| paths.contains(fact.code.as_str())).for_each(|fact| texts_of_fact("", fact, &mut texts));
    texts.iter().flat_map(|(_, text)| numbers::in_zh(&text.zh).into_iter().chain(numbers::in_en(&text.en))).collect()
}

/// A language's key in the table of a text.
fn key(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(zh: &str, en: &str) -> Vec<&'static str> {
        terms(&Text::new(zh, en)).iter().map(|f| f.term).collect()
    }

    #[test]
    fn the_terms_are_read() {
        let terms = TERMS.as_ref().expect("terms.toml");
        let known: Vec<&String> = terms.kinds.iter().flat_map(|kind| kind.zh.iter().chain(&kind.en)).collect();
        for term in &known {
            assert_eq!(known.iter().filter(|other| *other == term).count(), 1, "{term} twice");
        }
        for (term, words) in &terms.except {
            assert!(known.contains(&term), "{term} is excepted from nothing");
            assert!(words.iter().all(|word| word.contains(term.as_str())), "{term}: {words:?}");
        }
    }

    #[test]
    fn every_term_is_found_where_it_stands_alone_and_in_no_exception() {
        let terms = TERMS.as_ref().expect("terms.toml");
        for kind in &terms.kinds {
            for term in &kind.zh {
                assert_eq!(found(&format!("有身份证{term}"), ""), [term.as_str()]);
            }
            for term in &kind.en {
                assert_eq!(found("", &format!("It has {term}, too")), [term.as_str()]);
            }
        }
        for (term, words) in &terms.except {
            for word in words {
                assert!(!found(word, word).contains(&term.as_str()), "{term} in {word}");
            }
        }
    }

    #[test]
    fn titles_counted_lists_and_parts_of_words_are_left_alone() {
        assert_eq!(found("《高等学校等单位管理办法》", ""), Vec::<&str>::new());
        assert_eq!(found("有申请表、章程等 3 份", ""), Vec::<&str>::new());
        assert_eq!(found("有申请表、章程等三份", "the fetch"), Vec::<&str>::new());
        assert_eq!(found("等男方满 22 周岁再来,等通知", ""), Vec::<&str>::new());
        assert_eq!(found("身份证等", "ETC."), ["等", "etc"]);
    }
}
