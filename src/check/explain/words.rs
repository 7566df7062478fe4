//! Words as a short list for a page, or in one line.

use crate::words::{Lang, Text};

/// A sentence and what stands below it. It may repeat an applicant's answers, so there is no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Words {
    /// The sentence; above a list, what the list is.
    pub text: Text,
    pub joint: Joint,
    pub parts: Vec<Words>,
}

/// How parts stand to each other and to the sentence above them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// No parts: the sentence is everything.
    Alone,
    /// One part, which the sentence leads to: 如果…:….
    Then,
    /// Parts that all count.
    All,
    /// Parts of which one is enough.
    Any,
    /// Parts that cover one case each.
    Cases,
}

impl Words {
    pub(super) fn alone(text: Text) -> Words {
        Words { text, joint: Joint::Alone, parts: vec![] }
    }

    pub(super) fn cut() -> Words {
        Words::alone(Text { zh: "…".to_owned(), en: "…".to_owned() })
    }

    pub(super) fn then(text: Text, part: Words) -> Words {
        Words { text, joint: Joint::Then, parts: vec![part] }
    }

    /// A list; what has only one part is that part.
    pub(super) fn list(text: Text, joint: Joint, mut parts: Vec<Words>) -> Words {
        match parts.pop() {
            None => Words::alone(text),
            Some(only) if parts.is_empty() => only,
            Some(last) => {
                parts.push(last);
                Words { text, joint, parts }
            }
        }
    }

    /// All of it in one line.
    pub fn line(&self) -> Text {
        Text { zh: self.in_line(Lang::Zh), en: self.in_line(Lang::En) }
    }

    fn in_line(&self, lang: Lang) -> String {
        let last = self.parts.len().saturating_sub(1);
        let part = |(at, part): (usize, &Words)| {
            // Without brackets it would not be seen where a part ends.
            let clear = match part.joint {
                Joint::Alone => true,
                Joint::Then => at == last || self.joint == Joint::Cases,
                Joint::All | Joint::Any | Joint::Cases => self.joint == Joint::Then,
            };
            if clear { part.in_line(lang) } else { format!("({})", part.in_line(lang)) }
        };
        let parts: Vec<String> = self.parts.iter().enumerate().map(part).collect();
        let text = self.text.get(lang);
        match (self.joint, lang) {
            (Joint::Alone, _) => text.to_owned(),
            (Joint::Then, Lang::Zh) => format!("{text}:{}", parts.concat()),
            (Joint::Then, Lang::En) => format!("{text}: {}", parts.concat()),
            (Joint::All, Lang::Zh) => parts.join(";并且"),
            (Joint::All, Lang::En) => parts.join("; and "),
            (Joint::Any, Lang::Zh) => parts.join(";或"),
            (Joint::Any, Lang::En) => parts.join("; or "),
            (Joint::Cases, Lang::Zh) => parts.join(";"),
            (Joint::Cases, Lang::En) => parts.join("; "),
        }
    }
}

/// Pieces of Chinese put together, with the space that stands between Chinese and Latin letters or digits.
pub(super) fn zh(pieces: &[&str]) -> String {
    let latin = |c: char| c.is_ascii_alphanumeric();
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let mut all = String::new();
    for piece in pieces {
        let (before, after) = (all.chars().last(), piece.chars().next());
        if let (Some(before), Some(after)) = (before, after)
            && (latin(before) && han(after) || han(before) && (latin(after) || after == '-'))
        {
            all.push(' ');
        }
        all.push_str(piece);
    }
    all
}

/// `A、B或C`, `A, B or C`.
pub(super) fn enumerated(all: &[Text], last_zh: &str, last_en: &str) -> Text {
    let zh_of = |texts: &[Text]| texts.iter().map(|t| t.zh.as_str()).collect::<Vec<_>>().join("、");
    let en_of = |texts: &[Text]| texts.iter().map(|t| t.en.as_str()).collect::<Vec<_>>().join(", ");
    match all {
        [] => Text::default(),
        [only] => only.clone(),
        [first @ .., last] => Text { zh: zh(&[&zh_of(first), last_zh, &last.zh]), en: format!("{} {last_en} {}", en_of(first), last.en) },
    }
}
