//! The outbox of a kiosk that will never be online again, brought to the hall in a file ([`crate::api::export`]): each
//! submission takes the way it would have taken over the network. What the hall has already is known again, and what it had
//! before it was put back from a backup gets its number back, so a file may be imported twice, and beside the running server.

use super::intake::{self, Taken};
use super::problem::Refusal;
use super::{Error, Hall, now};
use crate::api::export::{LONGEST, Line, Reader, Unreadable};
use crate::api::{Acknowledgement, Resend};
use crate::submission::{Sealed, SealedChunk};
use crate::words::Text;
use serde::Serialize;
use std::io::{BufRead, Read};
use uuid::Uuid;

/// What became of one submission, or of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "result")]
pub enum Imported {
    Received {
        id: Uuid,
        short_number: String,
    },
    /// The hall had it already.
    Known {
        id: Uuid,
        short_number: String,
    },
    Refused {
        id: Uuid,
        code: &'static str,
        why: Text,
    },
    /// A line that cannot be read; what it held is lost to this file.
    Unreadable {
        why: String,
    },
    /// The file ends before its end.
    CutOff,
}

impl Imported {
    /// It is at the hall.
    pub fn good(&self) -> bool {
        matches!(self, Imported::Received { .. } | Imported::Known { .. })
    }
}

/// Why nothing of the file can be imported.
#[derive(Debug, thiserror::Error)]
pub enum NotImported {
    #[error(transparent)]
    Format(#[from] Unreadable),
    #[error("reading the file: {0}")]
    File(#[from] std::io::Error),
    #[error("keeping a chunk: {0}")]
    Chunk(std::io::Error),
    #[error(transparent)]
    Hall(#[from] Error),
}

/// Imports all that is whole, and tells of each.
pub async fn import(hall: &Hall, mut file: impl BufRead, mut tell: impl FnMut(Imported)) -> Result<(), NotImported> {
    let mut reader = Reader::default();
    let Some(head) = line(&mut file)? else { return Err(Unreadable::NotAnExport.into()) };
    reader.read(&head)?;
    while let Some(line) = line(&mut file)? {
        match reader.read(&line) {
            Ok(Line::Chunk(SealedChunk { digest, bytes })) => {
                hall.store.chunks.keep(digest, bytes.into()).await.map_err(NotImported::Chunk)?;
            }
            Ok(Line::Sealed(sealed, before)) => tell(submission(hall, *sealed, before).await),
            Ok(Line::Head(_) | Line::End) => {}
            Err(wrong) => tell(Imported::Unreadable { why: wrong.to_string() }),
        }
    }
    if !reader.ended() {
        tell(Imported::CutOff);
    }
    Ok(())
}

async fn submission(hall: &Hall, sealed: Sealed, before: Option<Acknowledgement>) -> Imported {
    let id = sealed.id;
    let taken = match before {
        None => intake::take(hall, sealed, None, now()).await,
        Some(acknowledgement) => intake::take_again(hall, Resend { sealed, acknowledgement }, now()).await,
    };
    match taken {
        Ok(Taken::New(acknowledgement)) => Imported::Received { id, short_number: acknowledgement.short_number },
        Ok(Taken::Known(acknowledgement)) => Imported::Known { id, short_number: acknowledgement.short_number },
        Ok(Taken::Wanting(_)) => {
            let why = Text::new("附件不完整:文件里缺少它的一部分", "An attachment is not whole: a part of it is not in the file");
            Imported::Refused { id, code: "chunks", why }
        }
        Err(refusal) => refused(id, &refusal),
    }
}

fn refused(id: Uuid, refusal: &Refusal) -> Imported {
    let kind = refusal.kind();
    Imported::Refused { id, code: kind.code, why: kind.title.text() }
}

/// The next line. One that is too long to be one is passed over, and read as an empty one, which cannot be read either.
fn line(file: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut bytes = Vec::new();
    if file.by_ref().take(LONGEST as u64).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.len() == LONGEST && !bytes.ends_with(b"\n") {
        bytes.clear();
        file.skip_until(b'\n')?;
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}
