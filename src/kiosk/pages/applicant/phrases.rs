//! The fixed phrases of the applicant's pages. Short, plain, and the same word for the same thing everywhere.

use crate::case::State;
use crate::check::{MaterialState, Outcome, PointKind};
use crate::words::{Phrase, Text};

const fn p(zh: &'static str, en: &'static str) -> Phrase {
    Phrase::new(zh, en)
}

// ── around every page ──
pub const STARTING: Phrase = p("正在准备…", "Getting ready …");
pub const CLOSE: Phrase = p("知道了", "Got it");
pub const UPDATE: Phrase = p("有新版本", "A new version is ready");
pub const UPDATE_NOW: Phrase = p("更新", "Update");
pub const LOST: Phrase = p("没有这个页面", "There is no such page");
pub const TO_HOME: Phrase = p("回到首页", "To the first page");
pub const BACK: Phrase = p("上一步", "Back");
pub const NEXT: Phrase = p("下一步", "Next");
pub const PICTURE_READING: Phrase = p("正在读取照片…", "Reading the picture …");
pub const PRINT: Phrase = p("打印", "Print");
pub const BASIS: Phrase = p("依据", "Basis");

// ── a kiosk's session ──
pub const ATTRACT_WHAT: Phrase = p("先查清条件和材料,再提交申请", "Check what you need, then apply");
pub const ATTRACT_TOUCH: Phrase = p("触摸屏幕开始", "Touch to begin");
pub const IDLE_TITLE: Phrase = p("您还在吗?", "Are you still there?");
pub const IDLE_WHY: Phrase =
    p("为保护您的信息,没有操作时会清除已填的内容。", "To protect you, everything entered is cleared when nobody is here.");
pub const IDLE_SECONDS: Phrase = p("秒后清除", "seconds until it is cleared");
pub const IDLE_STAY: Phrase = p("我还在,继续", "I am here, go on");
pub const IDLE_END: Phrase = p("结束并清除", "Finish and clear");
pub const NO_TIMER: Phrase = p("本机计时失灵,请到窗口办理", "This machine's timer has failed; please go to the window");

// ── home ──
pub const GREETING: Phrase = p("您想办什么事?", "What would you like to do?");
pub const SEARCH: Phrase = p("搜索事项", "Search");
pub const SEARCH_HINT: Phrase = p("例如:食品、spyy、办酒楼证", "Such as: food, travel agency");
pub const SEARCH_CLEAR: Phrase = p("清除", "Clear");
pub const CATEGORIES: Phrase = p("分类", "Categories");
pub const ALL: Phrase = p("全部", "All");
pub const FOUND_NONE: Phrase = p("没有找到。换个说法试试,或到", "Nothing found. Try another word, or go to");
pub const ITEMS: Phrase = p("事项", "Items");
pub const MORE: Phrase = p("显示更多", "Show more");

/// How many items are shown.
pub fn found(count: usize) -> Text {
    Text::new(format!("显示 {count} 个事项"), format!("{count} {} shown", if count == 1 { "item" } else { "items" }))
}

pub const SEARCH_NOT_HERE: Phrase = p(
    "搜索要用的目录还没有下载完,连上大厅以后才能搜。请稍后再试,或到",
    "What the search needs has not been downloaded yet; searching works once the hall has been reached. Please try again later, or go to",
);
pub const INSTANT: Phrase = p("即办", "on the spot");
pub const PROMISED: Phrase = p("承诺", "promised");
pub const ONLY_CHECK: Phrase = p("只能自查", "check only");
pub const MINE: Phrase = p("我的申请", "My applications");
pub const RESUME: Phrase = p("继续填写", "Continue");
pub const RESUME_LONG: Phrase = p("您有没填完的申请", "You have an unfinished application");
pub const NO_CATALOGUE: Phrase = p("事项目录还没有下载", "The catalogue has not been downloaded yet");
pub const NO_CATALOGUE_WHY: Phrase = p(
    "第一次使用需要连接大厅的网络。连上之后,没有网络也能用。",
    "The first visit needs the hall's network. After that it works without any.",
);
pub const TRY_AGAIN: Phrase = p("再试一次", "Try again");
pub const HOURS: Phrase = p("服务时间", "Hours");
pub const HELP_WINDOW: Phrase = p("需要帮助,请到", "For help, go to");
pub const COMPLAINT: Phrase = p("监督投诉", "Complaints");
pub const ENQUIRY: Phrase = p("咨询", "Enquiries");
pub const ADDRESS: Phrase = p("地址", "Address");
pub const ABOUT: Phrase = p("关于与隐私", "About and privacy");
pub const APP_VERSION: Phrase = p("程序", "App");
pub const CATALOGUE_VERSION: Phrase = p("目录", "Catalogue");
pub const WAITING: Phrase = p("份申请待上传", "applications waiting to be sent");
pub const SEND_NOW: Phrase = p("现在上传", "Send now");

// ── item ──
pub const NO_ITEM: Phrase = p("目录里没有这个事项", "The catalogue has no such item");
pub const NOT_HERE: Phrase = p("这个事项还没有下载到本机", "This item has not been downloaded to this device yet");
pub const NOT_HERE_WHY: Phrase = p(
    "现在连不上大厅。连上之后会自动显示;着急的话,请到",
    "The hall cannot be reached. It will appear by itself once it can; if you cannot wait, go to",
);
pub const START: Phrase = p("开始自查和申请", "Check and apply");
pub const START_AGAIN: Phrase = p("重新开始", "Start over");
pub const PRE_CHECK: Phrase = p("开始自查", "Check yourself");
pub const PRE_CHECK_WHY: Phrase = p(
    "这里只能自查和准备材料。这件事依法要本人到窗口办理,不能网上提交。",
    "Here you can only check and prepare. By law this must be done in person at the window; it cannot be filed from a device.",
);
pub const IN_SHORT: Phrase = p("一看就懂", "In short");
pub const CONDITIONS: Phrase = p("要满足的条件", "What the law requires");
pub const BY_PERSON: Phrase = p("由窗口人员判断", "Judged by a person");
pub const BY_RULE: Phrase = p("本机按规则判断,规则是", "Checked by this rule");
pub const GATE_WHEN: Phrase = p("本机这样判断", "When this applies");
pub const NEEDED_WHEN: Phrase = p("什么情况下需要", "Needed when");
pub const LOCAL: Phrase = p("地方规定", "Local rule");
pub const GATES: Phrase = p("这些情况不用在这里办", "Who does not need this here");
pub const MATERIALS: Phrase = p("要带的材料", "What to bring");
pub const FLOW: Phrase = p("办理流程", "How it goes");
pub const LIMITS: Phrase = p("多久办好", "How long it takes");
pub const STATUTORY: Phrase = p("法定时限", "Statutory limit");
pub const PROMISED_LIMIT: Phrase = p("承诺时限", "Promised limit");
pub const FROM: Phrase = p("起算:", "Counted from:");
pub const FEES: Phrase = p("费用", "Fees");
pub const FREE: Phrase = p("不收费", "Free of charge");
pub const VISITS: Phrase = p("最多跑几次", "Visits to the hall");
pub const VISITS_UNIT: Phrase = p("次", "at most");
pub const WINDOW: Phrase = p("办理窗口", "Window");
pub const BODY: Phrase = p("实施机关", "Responsible body");
pub const RESULT: Phrase = p("办成后得到", "What you get");
pub const VALIDITY: Phrase = p("有效期", "Validity");
pub const DELIVERY: Phrase = p("怎么拿", "Delivery");
pub const AS_OF: Phrase = p("内容核对日期", "Checked as of");
pub const CONTACT: Phrase = p("咨询和投诉", "Enquiries and complaints");
pub const GO: Phrase = p("请到", "Where to go");
pub const TO_OTHER_ITEM: Phrase = p("去看这个事项", "See that item");
pub const ORIGINALS: Phrase = p("原件", "Originals");
pub const COPIES: Phrase = p("复印件", "Copies");
pub const STANDARDS: Phrase = p("要求", "It must be");
pub const OBTAIN: Phrase = p("去哪里拿", "Where to get it");
pub const REQUIRED: Phrase = p("必须", "required");
pub const OPTIONAL: Phrase = p("可以不带", "optional");
pub const DEFERRABLE: Phrase = p("可以后补", "may follow later");
pub const SOMETIMES: Phrase = p("有些情况必须", "required in some cases");
pub const PAPER: Phrase = p("纸质", "paper");
pub const ELECTRONIC: Phrase = p("电子", "electronic");
pub const PAPER_OR_ELECTRONIC: Phrase = p("纸质或电子", "paper or electronic");

// ── questions ──
pub const QUESTION: Phrase = p("问题", "Question");
pub const YES: Phrase = p("是", "Yes");
pub const NO: Phrase = p("否", "No");
pub const YUAN: Phrase = p("元", "yuan");
pub const DATE_HINT: Phrase = p("输入 8 位数字,例如 20270331 表示 2027 年 3 月 31 日", "Eight digits: 20270331 is 31 March 2027");
pub const ADD_ROW: Phrase = p("添加一条", "Add one");
pub const REMOVE_ROW: Phrase = p("删除这一条", "Remove this one");
pub const ROW: Phrase = p("第", "No.");
pub const NO_ROWS: Phrase = p("一条也没有的话,直接按下一步。", "If there are none, just go on.");
pub const ANSWER_FIRST: Phrase = p("请先回答这个问题", "Please answer first");
pub const CHOOSE_FIRST: Phrase = p("请选一个", "Please choose one");
pub const NOT_A_NUMBER: Phrase = p("请输入整数,例如 50", "Please enter a whole number, such as 50");
pub const NOT_AN_AMOUNT: Phrase = p("请输入金额,例如 30000 或 1234.50", "Please enter an amount, such as 30000 or 1234.50");
pub const NOT_A_DATE: Phrase = p("这不是有效的日期,例如 20270331", "This is no date; an example: 20270331");
pub const ROWS_UNFINISHED: Phrase = p("还有一条没有填好", "One of the entries is not complete");

// ── materials ──
pub const MATERIAL: Phrase = p("材料", "Document");
pub const HAVE_IT: Phrase = p("这份材料您有吗?", "Do you have it?");
pub const HAVE: Phrase = p("有", "I have it");
pub const HAVE_NOT: Phrase = p("还没有", "Not yet");
pub const AS_ELECTRONIC: Phrase = p("我有电子版", "I have it in electronic form");
pub const VALID_UNTIL: Phrase = p("有效期到哪一天?", "Valid until which day?");
pub const LONG_TERM: Phrase = p("长期有效", "No expiry");
pub const ISSUED_ON: Phrase = p("哪一天签发的?", "Issued on which day?");
pub const NUMBER: Phrase = p("上面的编号", "The number on it");
pub const COUNT_FIRST: Phrase = p("有几份?请填原件或复印件的份数", "How many? Enter the originals or copies you have");
pub const FILL_IN: Phrase = p("请填写", "Please fill this in");
pub const SAY_FIRST: Phrase = p("请选“有”或“还没有”", "Please say whether you have it");
pub const HAVE_NOT_OK: Phrase = p(
    "没关系,最后会一次性告诉您缺什么、去哪里办。",
    "That is all right. At the end you are told everything that is missing, and where to get it.",
);

// ── verdict ──
pub const THE_LIST: Phrase = p("一次说清:还需要这些", "The one complete list");
pub const FINE: Phrase = p("已经符合的", "What is fine already");
pub const WHY: Phrase = p("为什么", "Why");
pub const REMEDY: Phrase = p("怎么办", "What to do");
pub const HUMAN: Phrase = p("会看什么", "What they look at");
pub const FIX: Phrase = p("去修改", "Change this");
pub const GO_ON: Phrase = p("继续提交", "Go on to submit");
pub const GO_ON_ANYWAY: Phrase = p("仍然提交", "Submit all the same");
pub const ANYWAY_WHY: Phrase = p(
    "您有权现在就提交,但窗口也会要求补上同样的内容。补齐再提交更快。",
    "You have the right to submit now, but the window will ask for the same. It is quicker to complete it first.",
);
pub const PREPARED: Phrase = p("接下来", "What comes next");
pub const PREPARED_GO: Phrase = p("带齐上面的材料,本人到窗口办理:", "Take the documents above and go in person to:");
pub const BRING: Phrase = p("要带的材料", "What to bring");
pub const AS_DECLARED: Phrase =
    p("以上按您填写的内容判断,最终以窗口审核为准。", "This is judged from what you entered; the window decides.");

// ── confirm ──
pub const CONFIRM: Phrase = p("确认并提交", "Confirm and submit");
pub const WHO: Phrase = p("申请人是谁?", "Who applies?");
pub const PERSON_NAME: Phrase = p("姓名", "Name");
pub const ORGANISATION_NAME: Phrase = p("单位名称", "Name of the organisation");
pub const PAPER_KIND: Phrase = p("证件种类", "Kind of document");
pub const RESIDENT_ID: Phrase = p("居民身份证", "Resident ID");
pub const PASSPORT: Phrase = p("中国护照", "Chinese passport");
pub const OTHER_PAPER: Phrase = p("其他证件", "Another document");
pub const IDENTIFIER: Phrase = p("证件号码", "Number of the document");
pub const CREDIT_CODE: Phrase = p("统一社会信用代码", "Unified social credit code");
pub const CONTACT_PERSON: Phrase = p("联系人姓名", "Name of the person to speak to");
pub const PHONE: Phrase = p("联系电话", "Phone");
pub const PHONE_HINT: Phrase = p("手机号码,或带区号的固定电话", "A mobile number, or a landline with its area code");
pub const NOT_A_PHONE: Phrase = p("固定电话请带区号,共 10 至 12 位", "A landline needs its area code: 10 to 12 digits in all");
pub const WHAT_IS_SENT: Phrase = p("将要提交的内容", "What will be sent");
pub const SENT_ANSWERS: Phrase = p("您的回答", "Your answers");
pub const SENT_MATERIALS: Phrase = p("申报的材料", "Documents declared");
pub const SENT_PHOTOS: Phrase = p("张照片", "pictures");
pub const NONE: Phrase = p("没有", "none");
pub const CONSENT: Phrase = p("个人信息使用告知", "How your data is used");
pub const CONSENT_AGREE: Phrase =
    p("我已阅读,同意为办理此事使用上述信息", "I have read this and agree to the use of my data for this matter");
pub const CONSENT_SENSITIVE: Phrase =
    p("我单独同意使用证件号码和材料照片(敏感个人信息)", "I agree separately to the use of my identifier and pictures (sensitive data)");
pub const CONSENT_FIRST: Phrase = p(
    "两项都同意后才能提交。不同意也可以直接到窗口办理。",
    "Both are needed to submit. If you do not agree, you can go to the window instead.",
);
pub const TRUE_WORDS: Phrase = p("提交即表示以上内容真实。", "By submitting you say that all this is true.");
pub const SUBMIT: Phrase = p("提交申请", "Submit");
pub const SUBMITTING: Phrase = p("正在保存…", "Saving …");
pub const SUBMIT_FAILED: Phrase = p("没有提交成功,填写的内容都还在。", "It was not submitted; everything you entered is still here.");

pub const SUBMITTED_BEFORE: Phrase =
    p("这份申请已经在另一个窗口里提交了,时间是", "This application was already submitted in another window, at");
pub const SUBMITTED_BEFORE_THEN: Phrase = p(
    "您之后在这里改的内容没有提交。可以看已提交那份的回执,也可以用这里的内容另办一份新的申请。",
    "What you have changed here since then was not submitted. See the receipt of what was, or begin a new application with what is here.",
);
pub const SUBMITTED_BEFORE_SEE: Phrase = p("看那份的回执", "See its receipt");
pub const SUBMITTED_BEFORE_ANEW: Phrase = p("用这些内容另办一份", "Begin a new one with this");

/// The consent text's version: it travels with the submission. A changed text needs a new one.
pub const CONSENT_VERSION: &str = "2026-11-01";

/// What the applicant consents to (个人信息保护法 arts. 14, 17, 29, 47), one short sentence each.
pub const CONSENT_TEXT: [Phrase; 5] = [
    p("用来做什么:只用于受理和办理您申请的这一件事。", "What for: only to handle this one application."),
    p(
        "用哪些:姓名、证件号码、电话、您的回答、材料信息和您附上的照片。",
        "Which: name, identifier, phone, your answers, what you said of the documents, and pictures you added.",
    ),
    p(
        "谁能看:大厅经办人员。提交时已加密,只有大厅能打开;共用设备上不留可读内容。",
        "Who sees it: the hall's staff. It is encrypted so that only the hall can open it; a shared device keeps nothing readable.",
    ),
    p("保存多久:按政务档案的规定保存,期满删除。", "How long: as the rules for official records say; then it is deleted."),
    p(
        "您的权利:可以查询、更正、撤回同意或要求删除,请到窗口或拨打咨询电话。",
        "Your rights: to see, correct, withdraw or delete; ask at the window or by phone.",
    ),
];

// ── receipt ──
pub const RECEIPT: Phrase = p("自助申报回执", "Filing receipt");
pub const SAVED_HERE: Phrase = p("已存在本机,尚未送达大厅", "Saved on this device, not yet at the hall");
pub const SAVED_HERE_WHY: Phrase =
    p("联网后自动上传,不用重新填写。请先留存这张二维码。", "It is sent by itself once there is a network. Keep this code in the meantime.");
pub const SENDING: Phrase = p("正在上传…", "Sending …");
pub const AT_HALL: Phrase = p("大厅已收到", "Received by the hall");
pub const AT_HALL_ON: Phrase = p("收到时间", "Received");
pub const ATTENTION: Phrase = p("已存在本机,上传遇到问题", "Saved on this device; sending has met a problem");
pub const ATTENTION_WHY: Phrase = p("内容没有丢失。请带这张二维码到窗口说明。", "Nothing is lost. Show this code at the window.");
pub const NOT_ACCEPTANCE: Phrase = p("提交回执,不等于受理", "Filing receipt — not acceptance");
pub const SHORT_NUMBER: Phrase = p("办件短号", "Short number");
pub const SHORT_NUMBER_HOW: Phrase = p("不能扫码时,报这个号码", "Where nobody can scan, say this number");
pub const NEXT_STEPS: Phrase = p("接下来", "What comes next");
pub const STEP_KEEP: Phrase = p("保存这张回执:打印,或用手机拍下来", "Keep this receipt: print it, or photograph it");
pub const STEP_BRING: Phrase = p("带上材料原件和回执,到", "Bring the originals and this receipt to");
pub const STEP_ANSWER: Phrase = p(
    "窗口当场或 5 个工作日内答复:受理,或一次说清还缺什么",
    "The window answers on the spot or within 5 working days: accepted, or everything that is missing, told at once",
);
pub const PHOTOGRAPH: Phrase = p(
    "请用手机拍下二维码。离开后本机不保留可读内容。",
    "Photograph the code with your phone. Nothing readable stays here after you leave.",
);
pub const TAKE: Phrase = p("带走回执:任选一种,也可以都用", "Take the receipt along: any of these, or all");
pub const TAKE_PAPER_HOW: Phrase = p("纸质回执,窗口可以扫", "on paper, for the window to scan");
pub const TAKE_PHONE: Phrase = p("存到手机", "By phone");
pub const TAKE_PHONE_HOW: Phrase = p("手机扫一扫,看进度、存回执", "scan, see the progress, keep the receipt");
pub const TAKE_NUMBER: Phrase = p("抄下短号", "Write the number down");
pub const TAKE_NUMBER_HOW: Phrase = p("没有手机也能查", "works without a phone");
pub const TAKE_DONE: Phrase = p("好了", "Done");
pub const FAILED_BEFORE: Phrase = p("上一位没有打印出来", "did not print for the person before");
pub const CAME_OUT: Phrase = p("纸质回执出来了吗?", "Has the paper come out?");
pub const CAME_OUT_YES: Phrase = p("出来了", "Yes");
pub const CAME_OUT_NO: Phrase = p("没有,或者看不清", "No, or it cannot be read");
pub const NOT_OUT: Phrase = p("没有打印出来", "It was not printed");
pub const NOT_OUT_WHY: Phrase = p(
    "申请已经存好,不受影响。打印机的问题已记下,会报给工作人员。请换一种办法带走回执,或者到",
    "Your application is safe. The printer's trouble has been noted for the staff. Take the receipt along another way, or ask at",
);
pub const PHONE_SCAN: Phrase = p("用手机扫这个码", "Scan this code with your phone");
pub const PHONE_HOW: Phrase = p(
    "用相机或微信“扫一扫”打开网页:看办理进度,把回执存成图片。网页上没有姓名和证件号。",
    "Your phone's camera opens a page with the progress, and keeps the receipt as a picture. It shows no name and no ID number.",
);
pub const PHONE_LATER: Phrase = p(
    "大厅还没有收到,手机上现在会显示“还没有送达”,送达后再打开就有。现在请先拍下屏幕上的回执二维码,或者打印。",
    "The hall does not have it yet; until it has, your phone's page says so. For now photograph the receipt's code, or print it.",
);
pub const NUMBER_HOW: Phrase =
    p("请抄下这个号码。到窗口或打电话时报它,就能查到。", "Write this number down. Say it at the window or on the phone.");
pub const NUMBER_LATER: Phrase = p(
    "大厅收到后才有短号。现在请打印,或者拍下回执二维码,凭它一样能办。",
    "The hall gives the number once it has received your application. For now print the receipt or photograph its code: that is enough.",
);
pub const KEEP: Phrase = p("存为图片", "Keep as a picture");
pub const NO_PICTURE: Phrase = p("图片画不出来,请截屏或者打印", "The picture cannot be drawn: take a picture of the screen, or print");
pub const KEPT_HERE: Phrase = p("回执也保存在“我的申请”里", "The receipt is also kept under “My applications”");
pub const FINISH: Phrase = p("完成,清除本机内容", "Finish and clear this machine");
pub const NO_RECEIPT: Phrase = p("本机没有这份回执", "This device has no such receipt");
pub const LOADING: Phrase = p("正在读取…", "Reading …");
pub const ITEM: Phrase = p("事项", "Item");
pub const FILED_AT: Phrase = p("申报时间", "Filed");
pub const RECEIPT_ID: Phrase = p("回执编号", "Receipt id");

// ── where it stands ──
pub const STATUS: Phrase = p("办理进度", "Progress");
pub const NO_STATUS: Phrase = p("这个网址不完整", "This address is not complete");
pub const NO_STATUS_WHY: Phrase = p("请重新扫码,或者到窗口报短号查询。", "Scan the code again, or say your short number at the window.");
pub const NOT_YET: Phrase = p("还没有送达大厅", "Not at the hall yet");
pub const NOT_YET_WHY: Phrase = p(
    "申请还存在自助机里,联网后会自动上传,本页会自己更新。请保留回执二维码的照片或打印件。",
    "It is still on the kiosk, which sends it once there is a network; this page follows. Keep the photograph or print of the receipt.",
);
pub const STATUS_FAILED: Phrase = p("现在查不到", "It cannot be looked up now");
pub const LOOK_AGAIN: Phrase = p("再查一次", "Look again");
pub const STATUS_PRIVATE: Phrase = p(
    "本页不显示姓名和证件号,手机上也不留内容。有这个网址的人都能看到进度,请不要转发。",
    "This page shows no name and no ID number and keeps nothing on the phone. Whoever has its address sees the progress: do not pass it on.",
);

/// What a state means for the applicant.
pub fn state_why(state: State) -> Phrase {
    match state {
        State::Received => p("大厅已经收到,窗口还没有处理。", "The hall has it; the window has not taken it up yet."),
        State::TakenIn => p("窗口已收下材料,正在审查。", "The window has taken the documents in and is looking at them."),
        State::Correcting => {
            p("请按补正告知书一次补齐,交到窗口。", "Bring what the notice of correction lists to the window, all at once.")
        }
        State::Accepted => p("已经受理,在办结期限内作出决定。", "Accepted; it is decided by the date below."),
        State::Refused => p("理由和救济途径写在不予受理决定书里。", "The decision says why, and what you may do about it."),
    }
}

// ── mine ──
pub const NO_RECORDS: Phrase = p("还没有申请", "No applications yet");
pub const UNREADABLE_RECORDS: Phrase = p(
    "这里没有能显示的申请,但本机还留有本版本读不出来的内容(例如以前的草稿)。更新本应用后也许能读;不需要的话,可以在下面全部删除。",
    "There is nothing to show, but this device still holds something that this version cannot read, such as an earlier draft. An \
     update may read it; if you do not need it, delete everything below.",
);
pub const DRAFTS: Phrase = p("没填完的", "Unfinished");
pub const SUBMITTED: Phrase = p("已提交的", "Submitted");
pub const OPEN_RECEIPT: Phrase = p("看回执", "See the receipt");
pub const PROGRESS: Phrase = p("进度", "Progress");
pub const DUE: Phrase = p("办结期限", "Due");
pub const CHANGED: Phrase = p("最后修改", "Changed");
pub const DELETE_DRAFT: Phrase = p("删除", "Delete");
pub const DELETE_ALL: Phrase = p("删除本机上我的全部内容", "Delete everything of mine on this device");
pub const DELETE_ALL_WHY: Phrase = p(
    "草稿、照片、回执和本机的签名密钥都会删除,不能恢复。大厅已经收到的申请不受影响。",
    "Drafts, pictures, receipts and this device's signing key are deleted for good. What the hall has received is not affected.",
);
pub const DELETE_ALL_UNSENT: Phrase = p(
    "份已提交的申请还没有送达大厅,会一起删除,等于撤回。想保留请先点“不删除”,联网等它们送达。",
    "submitted but not yet at the hall: deleted too, which withdraws them. To keep them, keep everything for now and go online until they are sent.",
);
pub const DELETE_ALL_YES: Phrase = p("全部删除", "Delete everything");
pub const DELETE_ALL_NO: Phrase = p("不删除", "Keep it");

// ── about ──
pub const ABOUT_WHAT: Phrase = p(
    "“明白”帮您在申请之前弄清条件和材料。没有网络也能用,判断依据与大厅完全相同。",
    "Mingbai tells you what is needed before you apply. It works without a network and decides by the same rules as the hall.",
);
pub const PRIVACY: Phrase = p("隐私", "Privacy");
pub const ACCESSIBILITY: Phrase = p("无障碍", "Accessibility");
pub const ACCESSIBILITY_TEXT: [Phrase; 3] = [
    p("每页右上角可切换中英文和大字。", "Language and large text are switched at the top of every page."),
    p("可以只用键盘操作,支持读屏软件。", "Everything works with the keyboard alone and with screen readers."),
    p("遇到困难,窗口人员可以代为办理。", "If anything is difficult, the staff at the window will do it with you."),
];
pub const STATE_HERE: Phrase = p("本机状态", "This device");
pub const HALL_VERSION: Phrase = p("大厅程序", "The hall's program");
pub const CONNECTION: Phrase = p("连接", "Connection");
pub const CONNECTED: Phrase = p("已连接大厅", "connected to the hall");
pub const NOT_CONNECTED: Phrase = p("离线", "offline");
pub const STORAGE: Phrase = p("存储", "Storage");
pub const STORAGE_KEPT: Phrase = p("浏览器会一直保留", "the browser keeps it");
pub const STORAGE_MAY_GO: Phrase = p(
    "浏览器可能在空间不足或久不使用时清除,请打印或拍下回执",
    "the browser may clear it when space is short or after long disuse; print or photograph your receipts",
);
pub const KEEP_IT: Phrase = p("请浏览器一直保留", "Ask the browser to keep it");
pub const QUEUE: Phrase = p("待上传", "Waiting to be sent");
pub const UNKNOWN: Phrase = p("未知", "unknown");

/// An outcome as the applicant reads it: its sign (a shape of its own for each, so that colour is never the only
/// difference), its word, its sentence.
pub fn outcome(outcome: Outcome) -> (&'static str, Phrase, Phrase) {
    match outcome {
        Outcome::NotRequired => {
            ("○", p("不用办", "Not needed"), p("您的情况依法不需要办理这个手续。", "In your case the law does not ask for this."))
        }
        Outcome::Elsewhere => (
            "→",
            p("到别处办", "Go elsewhere"),
            p("这件事不在这里办,下面写明去哪里。", "This is not done here; below it says where to go."),
        ),
        Outcome::Open => ("…", p("还没答完", "Not finished"), p("还有问题没有回答。", "Some questions are still open.")),
        Outcome::NotMet => (
            "✕",
            p("条件还不够", "Not yet"),
            p("有条件没有达到,下面写明是哪些、怎么办。", "A condition is not met; below it says which, and what to do."),
        ),
        Outcome::Incomplete => (
            "!",
            p("材料还不齐", "Incomplete"),
            p("条件够了,材料还差下面这些。", "The conditions are met; these documents are still missing."),
        ),
        Outcome::ReadyWithDeferral => (
            "✓",
            p("可以提交,有材料后补", "Ready, some to follow"),
            p("可以先提交,下面的材料以后再补。", "You can submit now; these documents may follow later."),
        ),
        Outcome::ReadyForPerson => (
            "✓",
            p("齐了", "Ready"),
            p(
                "您能做的都齐了,下面几点要由窗口人员判断。",
                "All that you can do is done. A person at the window judges what is listed below.",
            ),
        ),
        Outcome::Ready => {
            ("✓", p("齐了", "Ready"), p("条件和材料都符合,可以提交。", "Conditions and documents are complete; you can submit."))
        }
    }
}

/// The value of `data-outcome`.
pub fn outcome_code(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotRequired => "not-required",
        Outcome::Elsewhere => "elsewhere",
        Outcome::Open => "open",
        Outcome::NotMet => "not-met",
        Outcome::Incomplete => "incomplete",
        Outcome::ReadyWithDeferral => "ready-with-deferral",
        Outcome::ReadyForPerson => "ready-for-person",
        Outcome::Ready => "ready",
    }
}

/// Sign and word of a point on the list.
pub fn point(kind: PointKind) -> (&'static str, Phrase) {
    match kind {
        PointKind::NotRequired => ("○", p("不用办", "not needed")),
        PointKind::Elsewhere => ("→", p("到别处办", "elsewhere")),
        PointKind::NotMet => ("✕", p("条件不够", "not met")),
        PointKind::Person => ("?", p("由窗口人员判断", "for a person to judge")),
        PointKind::Missing => ("＋", p("还缺", "missing")),
        PointKind::Defective => ("!", p("不合要求", "needs work")),
        PointKind::Deferred => ("↻", p("可以后补", "may follow later")),
    }
}

pub fn material_state(state: MaterialState) -> Phrase {
    match state {
        MaterialState::Open => p("是否需要还不清楚", "not known yet"),
        MaterialState::NotNeeded => p("不需要", "not needed"),
        MaterialState::Undeclared => p("还没填", "not filled in yet"),
        MaterialState::Good => p("符合", "fine"),
        MaterialState::Missing => p("还缺", "missing"),
        MaterialState::Defective => p("不合要求", "needs work"),
        MaterialState::Deferred => p("以后再补", "to follow"),
        MaterialState::Without => p("没有(不是必须)", "without (optional)"),
    }
}
