//! An outbox in a file, for a kiosk that will never be online again: what it still held, on its way to the hall by hand.
//! JSON Lines in UTF-8: first the [`Head`], then for each submission its chunks and after them its envelope, at last the
//! end. An envelope that the hall had acknowledged before it was put back from a backup comes with that acknowledgement, as
//! in a [`Resend`](super::Resend). All in it is sealed; the file says nothing about anybody, and importing it twice files
//! nothing twice. A file without its last line was cut off, and what is whole in it is still good.

#[cfg(not(target_family = "wasm"))]
pub use read::{LONGEST, Line, Reader, Unreadable};

use super::Acknowledgement;
use crate::submission::{Digest, Sealed};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The format, in the first line.
pub const FORMAT: &str = "mingbai-outbox/1";

/// The first line: whose outbox, and how much should follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    pub format: String,
    pub hall: String,
    /// Key id of the device, hex; none where it has no key.
    pub device: Option<String>,
    /// By the device's clock.
    pub exported_at: DateTime<Utc>,
    pub submissions: usize,
    pub chunks: usize,
}

impl Head {
    pub fn line(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string(self)? + "\n")
    }
}

/// The line of a chunk; it comes before the envelope that names it.
pub fn chunk_line(digest: &Digest, bytes: &[u8]) -> String {
    format!("{{\"chunk\":\"{digest}\",\"bytes\":\"{}\"}}\n", BASE64.encode(bytes))
}

/// `before` is what the hall has acknowledged, and lost.
pub fn sealed_line(sealed: &Sealed, before: Option<&Acknowledgement>) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Line<'a> {
        sealed: &'a Sealed,
        #[serde(skip_serializing_if = "Option::is_none")]
        acknowledgement: Option<&'a Acknowledgement>,
    }
    Ok(serde_json::to_string(&Line { sealed, acknowledgement: before })? + "\n")
}

/// The last line.
pub fn end_line() -> &'static str {
    "{\"end\":true}\n"
}

/// Reading, which only the hall does.
#[cfg(not(target_family = "wasm"))]
mod read {
    use super::{Acknowledgement, BASE64, FORMAT, Head};
    use crate::submission::{Digest, Sealed, SealedChunk};
    use base64::Engine as _;
    use serde::Deserialize;

    /// The longest line that can be one, in bytes: the largest envelope and the largest chunk in base64 are shorter.
    pub const LONGEST: usize = 4 * 1024 * 1024;

    /// What a line says.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub enum Line {
        Head(Head),
        Chunk(SealedChunk),
        Sealed(Box<Sealed>, Option<Acknowledgement>),
        End,
    }

    /// What is wrong with a line. Lines count from 1.
    #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
    pub enum Unreadable {
        #[error("the file is not an export of an outbox")]
        NotAnExport,
        #[error("the export has the format {0:?}; this program reads {FORMAT:?}")]
        Format(String),
        #[error("line {0} cannot be read: it is damaged or cut off")]
        Line(usize),
        #[error("line {0}: the chunk {1} does not have the bytes that its name promises")]
        Chunk(usize, Digest),
        #[error("line {0} stands after the end")]
        AfterEnd(usize),
    }

    /// Reads an export line by line, in its order.
    #[derive(Debug, Default)]
    pub struct Reader {
        /// Lines read so far.
        at: usize,
        begun: bool,
        ended: bool,
    }

    #[derive(Deserialize)]
    #[serde(untagged, deny_unknown_fields)]
    enum Raw {
        Chunk {
            chunk: Digest,
            bytes: String,
        },
        Sealed {
            sealed: Box<Sealed>,
            #[serde(default)]
            acknowledgement: Option<Acknowledgement>,
        },
        End {
            end: bool,
        },
    }

    impl Reader {
        /// The next line. After an error the reader can go on: a damaged line costs the submission it belongs to, and no other.
        pub fn read(&mut self, line: &str) -> Result<Line, Unreadable> {
            self.at += 1;
            if !self.begun {
                let head = head(line)?;
                self.begun = true;
                return Ok(Line::Head(head));
            }
            if self.ended {
                return Err(Unreadable::AfterEnd(self.at));
            }
            match serde_json::from_str(line).map_err(|_| Unreadable::Line(self.at))? {
                Raw::Chunk { chunk, bytes } => {
                    let bytes = BASE64.decode(bytes).map_err(|_| Unreadable::Line(self.at))?;
                    if Digest::of(&bytes) != chunk {
                        return Err(Unreadable::Chunk(self.at, chunk));
                    }
                    Ok(Line::Chunk(SealedChunk { digest: chunk, bytes }))
                }
                Raw::Sealed { sealed, acknowledgement } => Ok(Line::Sealed(sealed, acknowledgement)),
                Raw::End { end: true } => {
                    self.ended = true;
                    Ok(Line::End)
                }
                Raw::End { end: false } => Err(Unreadable::Line(self.at)),
            }
        }

        /// The last line has been read: nothing was cut off.
        pub fn ended(&self) -> bool {
            self.ended
        }
    }

    fn head(line: &str) -> Result<Head, Unreadable> {
        #[derive(Deserialize)]
        struct Any {
            format: String,
        }
        // A later format may have other fields: it is told by its name first.
        let Any { format } = serde_json::from_str(line).map_err(|_| Unreadable::NotAnExport)?;
        if format != FORMAT {
            return Err(if format.starts_with("mingbai-outbox/") { Unreadable::Format(format) } else { Unreadable::NotAnExport });
        }
        serde_json::from_str(line).map_err(|_| Unreadable::NotAnExport)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::SealedChunk;
    use uuid::Uuid;

    fn file() -> (Vec<Line>, Vec<String>) {
        let head = Head {
            format: FORMAT.into(),
            hall: "hall".into(),
            device: Some("0011223344556677".into()),
            exported_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            submissions: 2,
            chunks: 1,
        };
        let bytes = vec![0, 255, 10, 13];
        let digest = Digest::of(&bytes);
        let sealed = |n: u128, chunks: Vec<Digest>| Sealed {
            id: Uuid::from_u128(n),
            hall: "hall".into(),
            item: "item".into(),
            kid: "k1".into(),
            digest: Digest::of(b"content"),
            encapsulated: "AA==".into(),
            ciphertext: "AA==".into(),
            chunks,
            receipt: "MB1:\u{660e}".into(),
        };
        let (first, second) = (sealed(1, vec![digest]), sealed(2, vec![]));
        let before = Acknowledgement {
            id: second.id,
            digest: second.digest,
            received_at: DateTime::from_timestamp(1_790_000_000, 0).unwrap(),
            short_number: "270101000137".into(),
            receipt: "MB1:".into(),
        };
        let lines = vec![
            head.line().unwrap(),
            chunk_line(&digest, &bytes),
            sealed_line(&first, None).unwrap(),
            sealed_line(&second, Some(&before)).unwrap(),
            end_line().to_owned(),
        ];
        let said = vec![
            Line::Head(head),
            Line::Chunk(SealedChunk { digest, bytes }),
            Line::Sealed(Box::new(first), None),
            Line::Sealed(Box::new(second), Some(before)),
            Line::End,
        ];
        (said, lines)
    }

    #[test]
    fn what_is_written_is_read() {
        let (said, lines) = file();
        let mut reader = Reader::default();
        for (at, (line, said)) in lines.iter().zip(said).enumerate() {
            assert!(line.ends_with('\n') && line.matches('\n').count() == 1, "one line each");
            assert!(!reader.ended(), "line {at}");
            assert_eq!(reader.read(line), Ok(said), "line {at}");
        }
        assert!(reader.ended());
        assert_eq!(reader.read(&lines[1]), Err(Unreadable::AfterEnd(6)));
    }

    #[test]
    fn every_line_cut_off_anywhere_is_noticed_and_the_next_is_read() {
        let (said, lines) = file();
        for (at, line) in lines.iter().enumerate().skip(1) {
            for length in 0..line.len() - 1 {
                let Some(cut) = line.get(..length) else { continue };
                let mut reader = Reader::default();
                reader.read(&lines[0]).unwrap();
                assert_eq!(reader.read(cut), Err(Unreadable::Line(2)), "line {at} cut off at {length}");
                assert_eq!(reader.read(&lines[2]), Ok(said[2].clone()));
                assert!(!reader.ended());
            }
        }
    }

    #[test]
    fn what_is_not_an_export_is_refused_with_its_reason() {
        let (_, lines) = file();
        let other = |from: &str, to: &str| lines[0].replace(from, to);
        let other_digest = Digest::of(b"other");
        let heads = [
            (String::new(), Unreadable::NotAnExport),
            (lines[2].clone(), Unreadable::NotAnExport),
            (other("mingbai-outbox/1", "something/1"), Unreadable::NotAnExport),
            (other("\"hall\":", "\"hell\":"), Unreadable::NotAnExport),
            (other("mingbai-outbox/1", "mingbai-outbox/2"), Unreadable::Format("mingbai-outbox/2".into())),
            (r#"{"format":"mingbai-outbox/9","all":"else"}"#.into(), Unreadable::Format("mingbai-outbox/9".into())),
        ];
        for (line, wrong) in heads {
            assert_eq!(Reader::default().read(&line), Err(wrong), "{line}");
        }
        let rest = [
            (chunk_line(&other_digest, b"bytes"), Unreadable::Chunk(2, other_digest)),
            (r#"{"end":false}"#.into(), Unreadable::Line(2)),
            (r#"{"end":true,"more":1}"#.into(), Unreadable::Line(2)),
            (lines[0].clone(), Unreadable::Line(2)),
            (lines[3].replace("\"received_at\"", "\"at\""), Unreadable::Line(2)),
        ];
        for (line, wrong) in rest {
            let mut reader = Reader::default();
            reader.read(&lines[0]).unwrap();
            assert_eq!(reader.read(&line), Err(wrong), "{line}");
        }
    }
}
