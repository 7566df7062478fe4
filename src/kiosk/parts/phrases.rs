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
pub const PHOTO_CAMERA: Phrase = p("拍照", "Take a picture");
pub const PHOTO_CHOOSE: Phrase = p("选择照片或 PDF", "Choose pictures or PDFs");
pub const PHOTO_HINT: Phrase =
    p("不是必须。可以附最多 10 页,窗口能提前看到。", "Optional. Up to 10 pages, so that the window can look at them ahead. ");
pub const PHOTO_HINT_PDF: Phrase = p(
    "照片里的拍摄地点等信息会去掉;PDF 原样提交,里面如有作者等信息不会去掉。",
    "Place and time are removed from pictures; a PDF is sent as it is, with what its properties say.",
);
pub const PHOTO_LOOK: Phrase = p("放大查看", "Look at it");
pub const PHOTO_REMOVE: Phrase = p("移除", "Remove");
pub const PHOTO_RETAKE: Phrase = p("重拍这一页", "Take this page again");
pub const PHOTO_REPLACE: Phrase = p("换一个文件", "Choose another file");
pub const PHOTO_BEFORE: Phrase = p("上一页", "Previous page");
pub const PHOTO_AFTER: Phrase = p("下一页", "Next page");
pub const PHOTO_CLOSE: Phrase = p("看好了", "Done");
pub const PHOTO_OPEN_PDF: Phrase = p("打开 PDF", "Open the PDF");
pub const PHOTO_BUSY: Phrase = p("正在处理…", "One moment …");
pub const SHUTTER: Phrase = p("拍下", "Take it");
pub const SHUTTER_HOW: Phrase = p("把材料放平,对准镜头", "Lay the document flat and hold it before the camera");
pub const CAMERA_STARTS: Phrase = p("正在打开摄像头…", "Opening the camera …");
pub const CANCEL: Phrase = p("取消", "Cancel");

// ── QR ──
pub const QR: Phrase = p("回执二维码", "The receipt's QR code");
pub const PROGRESS_QR: Phrase = p("查进度的二维码", "QR code that leads to the progress");
pub const QR_FAILED: Phrase = p("二维码画不出来,请用下面的编号", "The code cannot be drawn; use the number below");

// ── flow ──
pub const FLOW_OR: Phrase = p("或", "or");
pub const FLOW_BACK: Phrase = p("回到", "back to");
pub const FLOW_TO: Phrase = p("接着", "on to");
