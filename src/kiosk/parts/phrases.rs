//! The fixed phrases of the parts.

use crate::words::Phrase;

const fn p(zh: &'static str, en: &'static str) -> Phrase {
    Phrase::new(zh, en)
}

// ── header ──
pub const NAME: Phrase = p("明白", "Mingbai");
pub const TO_HOME: Phrase = p("回到首页", "To the first page");
pub const SKIP: Phrase = p("跳到正文", "Skip to the content");
/// Named in the language it leads to, for whoever cannot read the present one.
pub const OTHER_LANGUAGE: Phrase = p("English", "中文");
pub const LARGE: Phrase = p("大字", "Large text");
pub const OFFLINE: Phrase = p("离线可用", "Works offline");

// ── keypad ──
pub const KEYS: Phrase = p("屏幕键盘", "On-screen keys");
pub const DELETE: Phrase = p("删除", "Delete");
pub const CLEAR: Phrase = p("清空", "Clear");

// ── stepper ──
pub const FEWER: Phrase = p("减少", "Fewer");
pub const MORE: Phrase = p("增加", "More");

// ── photo ──
pub const PHOTO: Phrase = p("拍照或选择文件", "Take or choose a picture");
pub const PHOTO_CAMERA: Phrase = p("拍照", "Take a picture");
pub const PHOTO_HINT: Phrase =
    p("不是必须。可以附最多 3 张照片或 PDF,窗口能提前看到。", "Optional. Up to 3 pictures or PDFs, so that the window can look at them ahead.");
pub const PHOTO_REMOVE: Phrase = p("移除", "Remove");
pub const PHOTO_BUSY: Phrase = p("正在处理…", "One moment …");
pub const PHOTO_TOO_LARGE: Phrase = p("文件超过 8 MB,请换一张小一些的", "The file is larger than 8 MB; please choose a smaller one");
pub const PHOTO_TOO_MANY: Phrase = p("最多 3 张", "At most 3");
pub const PHOTO_KIND: Phrase = p("请选择照片或 PDF", "Please choose a picture or a PDF");
pub const PHOTO_UNREADABLE: Phrase = p("这张照片读不出来,请换一张", "This picture cannot be read; please try another");
pub const SHUTTER: Phrase = p("拍下", "Take it");
pub const SHUTTER_HOW: Phrase = p("把材料放平,对准镜头", "Lay the document flat and hold it before the camera");
pub const CAMERA_STARTS: Phrase = p("正在打开摄像头…", "Opening the camera …");
pub const CANCEL: Phrase = p("取消", "Cancel");

// ── QR ──
pub const QR: Phrase = p("回执二维码", "The receipt's QR code");
pub const QR_FAILED: Phrase = p("二维码画不出来,请用下面的编号", "The code cannot be drawn; use the number below");

// ── flow ──
pub const FLOW_OR: Phrase = p("或", "or");
pub const FLOW_BACK: Phrase = p("回到", "back to");
pub const FLOW_TO: Phrase = p("接着", "on to");
