//! How a refusal reads on the wire: RFC 9457 problem+json with a stable code and a title in both languages. What went
//! wrong inside is logged and never sent.

use crate::api::Problem;
use crate::words::Phrase;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::io::ErrorKind;
use std::time::Duration;

/// A kind of refusal. Codes are part of the contract: append, never rename.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    pub status: StatusCode,
    pub code: &'static str,
    pub title: Phrase,
}

macro_rules! kinds {
    ($($name:ident = $status:ident, $code:literal, $zh:literal, $en:literal;)*) => {
        $(pub const $name: Kind = Kind { status: StatusCode::$status, code: $code, title: Phrase::new($zh, $en) };)*
        /// Every kind there is.
        pub const ALL: &[Kind] = &[$($name),*];
    };
}

kinds! {
    ADDRESS = BAD_REQUEST, "address", "地址里有不合格式的部分", "A part of the address is malformed";
    JSON = BAD_REQUEST, "json", "请求内容不是有效的 JSON", "The request is not valid JSON";
    BODY = BAD_REQUEST, "body", "请求内容没有完整送达", "The request did not arrive whole";
    MEDIA_TYPE = UNSUPPORTED_MEDIA_TYPE, "media-type", "不接受这种内容类型", "This type of content is not accepted";
    TOO_LARGE = PAYLOAD_TOO_LARGE, "too-large", "内容超过大小上限", "The content is over the size limit";
    SHAPE = UNPROCESSABLE_ENTITY, "shape", "请求内容缺项、多项或类型不对", "The request lacks something, has too much, or has a wrong type";
    NOT_FOUND = NOT_FOUND, "not-found", "没有这个内容", "There is nothing here";
    METHOD = METHOD_NOT_ALLOWED, "method", "这个地址不接受这种操作", "This address does not take this method";
    TIMEOUT = REQUEST_TIMEOUT, "timeout", "等待时间过长,请再试一次", "It took too long: please try again";
    RATE = TOO_MANY_REQUESTS, "rate", "请求太频繁,请稍候再试", "Too many requests: please wait a little";
    ORIGIN = FORBIDDEN, "origin", "请求来自别的网站", "The request comes from another site";
    INTERNAL = INTERNAL_SERVER_ERROR, "internal", "大厅系统出错,请稍后再试", "The hall's system failed: please try again later";

    SIGN_IN = UNAUTHORIZED, "sign-in", "请先登录", "Please sign in first";
    PASSWORD = UNAUTHORIZED, "password", "用户名或密码不对", "The user name or the password is wrong";
    ROLE = FORBIDDEN, "role", "您的岗位无权进行这项操作", "Your role may not do this";

    OTHER_ID = UNPROCESSABLE_ENTITY, "other-id", "地址与内容的编号不一致", "The id in the address and in the content differ";
    OTHER_HALL = UNPROCESSABLE_ENTITY, "other-hall", "这份提交是给另一个大厅的", "This submission is for another hall";
    SEALING_KEY = UNPROCESSABLE_ENTITY, "sealing-key", "提交所用的加密公钥不是本大厅的", "The submission is sealed to a key that is not this hall's";
    RECEIPT = UNPROCESSABLE_ENTITY, "receipt", "随附的回执无法识别,或者与提交不一致", "The receipt with it cannot be read, or does not fit the submission";
    SIGNATURE = FORBIDDEN, "signature", "回执的签名不符", "The signature of the receipt does not fit";
    UNKNOWN_DEVICE = FORBIDDEN, "unknown-device", "签发回执的设备没有登记", "The device that issued the receipt is not enrolled";
    REVOKED = FORBIDDEN, "revoked", "签发回执的设备已被吊销", "The device that issued the receipt had been revoked";
    ENVELOPE = UNPROCESSABLE_ENTITY, "envelope", "提交无法解封,或者内容与摘要不符", "The submission cannot be opened, or its content does not fit its digest";
    CONTENT = UNPROCESSABLE_ENTITY, "content", "解封后的内容不是一份提交,或者编号、事项与信封不一致", "What was sealed is not a submission, or is another one than the envelope says";
    TOO_MANY = UNPROCESSABLE_ENTITY, "too-many", "附件数量超过上限", "There are more attachments than allowed";
    CONFLICT = CONFLICT, "conflict", "同一编号已经有一份内容不同的提交", "There is already another submission under this id";
    DAY_FULL = SERVICE_UNAVAILABLE, "day-full", "今天的编号已经用完,明天会自动再次提交", "Today's numbers are used up; it will be sent again tomorrow";
    NO_ROOM = SERVICE_UNAVAILABLE, "no-room", "大厅的存储空间不足,会自动再次提交", "The hall is short of storage; it will be sent again";
    BUSY = SERVICE_UNAVAILABLE, "busy", "大厅系统繁忙,会自动再次提交", "The hall is busy; it will be sent again";
    ACKNOWLEDGEMENT = UNPROCESSABLE_ENTITY, "acknowledgement", "随附的不是本大厅对这份提交的回执", "What came with it is not this hall's receipt for this submission";
    TOO_MANY_IDS = UNPROCESSABLE_ENTITY, "too-many-ids", "一次询问的编号超过上限", "There are more ids than may be asked for at once";
    DIGEST = UNPROCESSABLE_ENTITY, "digest", "内容与名称里的摘要不符", "The content does not have the digest in its name";

    CODE = FORBIDDEN, "code", "登记码不对、已用过或已过期", "The code is wrong, used or out of date";
    PUBLIC_KEY = UNPROCESSABLE_ENTITY, "public-key", "公钥不是有效的 Ed25519 公钥", "The public key is not a valid Ed25519 key";
    NAME = UNPROCESSABLE_ENTITY, "name", "名称应为 1 至 60 个字", "A name has 1 to 60 characters";
    NOT_IN_FORCE = FORBIDDEN, "not-in-force", "设备没有登记、已到期或已被吊销", "The device is not enrolled, its certificate ran out, or it is revoked";
    DEVICE_EXISTS = CONFLICT, "device-exists", "这把密钥已经登记过", "This key is enrolled already";
    PROFILE = UNPROCESSABLE_ENTITY, "profile", "只有自助机和窗口工位需要登记", "Only kiosks and desks are enrolled";

    REVISION = CONFLICT, "revision", "这个办件刚刚有了变动,请看过再决定", "This case has just changed: look again before you decide";
    ACT = UNPROCESSABLE_ENTITY, "act", "现在不能这样处理,或者内容不完整", "This cannot be done now, or something is missing";
    NO_ITEM = CONFLICT, "no-item", "目录里没有这个事项,无法作出决定", "The catalogue has no such item, so nothing can be decided";
    ATTACHMENT = UNPROCESSABLE_ENTITY, "attachment", "附件不是可以显示的图片或 PDF,或者已损坏", "The attachment is no picture or PDF that can be shown, or it is damaged";
}

/// A refusal on its way out.
#[derive(Debug)]
pub struct Refusal {
    kind: Kind,
    detail: Option<String>,
    retry_after: Option<Duration>,
}

impl Kind {
    /// With a detail for the sender. It never repeats what they sent.
    pub fn because(self, detail: impl Into<String>) -> Refusal {
        Refusal { detail: Some(detail.into()), ..self.into() }
    }
    pub fn after(self, wait: Duration) -> Refusal {
        Refusal { retry_after: Some(wait), ..self.into() }
    }
}

impl Refusal {
    /// For those who do not get it over the wire.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

impl From<Kind> for Refusal {
    fn from(kind: Kind) -> Refusal {
        Refusal { kind, detail: None, retry_after: None }
    }
}

/// Whatever fails inside: logged here, told as `internal`.
fn internal(cause: &dyn std::fmt::Display) -> Refusal {
    tracing::error!(%cause, "failed inside");
    INTERNAL.into()
}

/// A disk that is full and a database that somebody else holds pass: the sender tries again.
const PASSES: Duration = Duration::from_secs(60);

fn passing(kind: Kind, cause: &dyn std::fmt::Display) -> Refusal {
    tracing::error!(%cause, code = kind.code, "cannot be done now");
    kind.after(PASSES)
}

fn from_database(cause: &sqlx::Error) -> Refusal {
    /// SQLite's own numbers; the higher bits tell more.
    const BUSY_CODE: i32 = 5;
    const FULL_CODE: i32 = 13;
    let code = cause.as_database_error().and_then(|error| error.code()).and_then(|code| code.parse::<i32>().ok());
    match (cause, code.map(|code| code & 0xff)) {
        (_, Some(FULL_CODE)) => passing(NO_ROOM, cause),
        (_, Some(BUSY_CODE)) | (sqlx::Error::PoolTimedOut, _) => passing(BUSY, cause),
        (sqlx::Error::Io(inner), _) => from_file(inner),
        _ => internal(cause),
    }
}

fn from_file(cause: &std::io::Error) -> Refusal {
    match cause.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => passing(NO_ROOM, cause),
        _ => internal(cause),
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(cause: sqlx::Error) -> Refusal {
        from_database(&cause)
    }
}

impl From<std::io::Error> for Refusal {
    fn from(cause: std::io::Error) -> Refusal {
        from_file(&cause)
    }
}

impl From<super::Error> for Refusal {
    fn from(cause: super::Error) -> Refusal {
        match &cause {
            super::Error::Database(inner) => from_database(inner),
            super::Error::File { cause: inner, .. } => from_file(inner),
            _ => internal(&cause),
        }
    }
}

macro_rules! from_inside {
    ($($cause:ty),*) => {
        $(impl From<$cause> for Refusal {
            fn from(cause: $cause) -> Refusal {
                internal(&cause)
            }
        })*
    };
}

from_inside!(getrandom::Error, crate::receipt::Unreadable, crate::signing::Untrusted);

// What serde says may quote what it read, which may be about a person: only the place is logged.
impl From<serde_json::Error> for Refusal {
    fn from(cause: serde_json::Error) -> Refusal {
        internal(&format_args!("JSON of the wrong {:?}, line {}, column {}", cause.classify(), cause.line(), cause.column()))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Refusal { kind, detail, retry_after } = self;
        let problem =
            Problem { kind: "about:blank".into(), status: kind.status.as_u16(), code: kind.code.into(), title: kind.title.text(), detail };
        let mut response = (kind.status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(wait) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs_f64().ceil().max(1.0) as u64));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_not_the_halls_fault() {
        let of = |kind: ErrorKind| Refusal::from(super::super::Error::File { what: "", path: "".into(), cause: kind.into() });
        for (refusal, code) in [
            (of(ErrorKind::StorageFull), "no-room"),
            (of(ErrorKind::QuotaExceeded), "no-room"),
            (of(ErrorKind::PermissionDenied), "internal"),
            (sqlx::Error::PoolTimedOut.into(), "busy"),
            (sqlx::Error::Io(ErrorKind::StorageFull.into()).into(), "no-room"),
            (sqlx::Error::RowNotFound.into(), "internal"),
        ] {
            assert_eq!(refusal.kind.code, code);
            assert_eq!(refusal.retry_after.is_some(), code != "internal");
        }
    }

    #[test]
    fn codes_are_told_apart() {
        let codes: std::collections::BTreeSet<_> = ALL.iter().map(|k| k.code).collect();
        assert_eq!(codes.len(), ALL.len());
    }
}
