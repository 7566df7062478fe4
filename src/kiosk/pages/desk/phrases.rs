//! The words of the desk: fixed phrases, and the names of verdicts, states, acts, outcomes and marks. A clerk reads the same
//! word for the same thing everywhere.

use crate::case::{Act, ActName, State};
use crate::check::{self, MaterialState, Outcome, PointKind};
use crate::receipt::{MaterialMark, Profile, Verdict};
use crate::words::Phrase;

const fn p(zh: &'static str, en: &'static str) -> Phrase {
    Phrase::new(zh, en)
}

// ── the desk itself ──
pub const DESK: Phrase = p("窗口", "Desk");
pub const SCAN: Phrase = p("扫码核验", "Scan");
pub const CASES: Phrase = p("办件", "Cases");
pub const NAVIGATION: Phrase = p("窗口导航", "Desk navigation");
pub const ONLINE: Phrase = p("已连接大厅", "Connected to the hall");
pub const OFFLINE_ONLY: Phrase = p("离线:仅可核验", "Offline: verification only");
pub const SIGN_IN: Phrase = p("登录", "Sign in");
pub const SIGN_OUT: Phrase = p("退出登录", "Sign out");
pub const USER: Phrase = p("工号", "User");
pub const PASSWORD: Phrase = p("密码", "Password");
pub const SIGN_IN_FIRST: Phrase = p("请先登录再办理", "Sign in to work on cases");
pub const SIGN_IN_NEEDS_HALL: Phrase = p(
    "大厅暂时连不上,连上后才能登录。扫码核验不受影响。",
    "The hall cannot be reached; signing in has to wait. Scanning works without it.",
);
pub const WRONG_SIGN_IN: Phrase = p("工号或密码不对", "User or password is wrong");
pub const NOT_A_DESK: Phrase = p("本机还没有登记为窗口", "This machine is not enrolled as a desk");
pub const CHECKING: Phrase = p("正在查询…", "Checking …");
pub const WELCOME: Phrase = p("今天要做什么?", "What comes next?");
pub const SCAN_LONG: Phrase = p("扫描申请人的回执二维码,核验真伪", "Scan the applicant's receipt and see whether it is genuine");
pub const CASES_LONG: Phrase = p("查看办件,收件、受理、补正", "See cases; take in, accept, ask for corrections");

// ── enrolment ──
pub const ENROL: Phrase = p("登记本机", "Enrol this machine");
pub const ENROL_HOW: Phrase = p(
    "请运维人员在运维页生成一次性登记码(10 分钟内有效),填入下面。",
    "Ask the operator for a one-time code (good for 10 minutes) and enter it here.",
);
pub const ENROL_CODE: Phrase = p("登记码", "Enrolment code");
pub const ENROL_NAME: Phrase = p("本机名称", "Name of this machine");
pub const ENROL_NAME_HINT: Phrase = p("例如:12 号窗口", "Such as: window 12");
pub const ENROL_CHOOSE: Phrase = p("运维码(自定,6 至 12 位数字)", "Operator code (your choice, 6 to 12 digits)");
pub const ENROL_CHOOSE_HOW: Phrase = p(
    "以后在本机打开运维页时要输入。请记在只有运维人员能看到的地方。",
    "Asked on this machine's operator page from now on. Keep it where only operators see it.",
);
pub const ENROL_DO: Phrase = p("登记", "Enrol");
pub const ENROLLING: Phrase = p("正在登记…", "Enrolling …");
pub const ENROL_BLANK: Phrase = p("请填写登记码和本机名称", "Enter the code and a name");

// ── scanning ──
pub const CAMERA: Phrase = p("摄像头", "Camera");
pub const CAMERA_DEFAULT: Phrase = p("默认摄像头", "Default camera");
pub const START: Phrase = p("开始扫描", "Start scanning");
pub const STOP: Phrase = p("停止", "Stop");
pub const STARTING: Phrase = p("正在打开摄像头…", "Opening the camera …");
pub const TORCH: Phrase = p("补光灯", "Torch");
pub const LIVE: Phrase = p("实时画面", "Live picture");
pub const CAMERA_OFF: Phrase = p("摄像头未打开。扫码枪随时可用。", "The camera is off. A USB scanner works at any time.");
pub const LOOKING: Phrase = p("请把回执二维码放到镜头前", "Hold the receipt's QR code in front of the camera");
pub const SAME: Phrase = p("这个码已核验过,请拿开,换下一个", "This code has been judged. Take it away, then show the next");
pub const WAITING: Phrase = p("等待扫码", "Waiting for a code");
pub const VERDICT: Phrase = p("核验结论", "Verdict");
pub const NEXT: Phrase = p("下一个", "Next");
pub const OPEN_CASE: Phrase = p("打开办件", "Open the case");
pub const KEYS: Phrase = p("空格或回车:下一个 · O:打开办件", "Space or Enter: next · O: open the case");
pub const TYPED: Phrase = p("没有二维码?输入 11 位办件短号", "No code? Type the 11 digits of the short number");
pub const TYPED_OPEN: Phrase = p("打开", "Open");
pub const TYPED_DIGITS: Phrase = p("短号只有数字", "The short number is digits only");
pub const TYPED_CHECK: Phrase =
    p("校验位不符,有一位输错了,请再看一遍", "The check digits do not fit: one digit is mistyped, please look again");
pub const TYPED_OFFLINE: Phrase = p("离线时不能打开办件,请扫二维码核验", "Cases cannot be opened offline; scan the code instead");
pub const ITEM: Phrase = p("事项", "Item");
pub const OUTCOME: Phrase = p("自查结果", "Self-check");
pub const MATERIALS: Phrase = p("申报的材料", "Materials declared");
pub const ISSUED_AT: Phrase = p("签发时间", "Issued");
pub const ISSUED_BY: Phrase = p("签发设备", "Issued by");
pub const BY_HALL: Phrase = p("大厅", "the hall");
pub const BY_APPLICANT: Phrase = p("申请人自己的设备", "the applicant's own device");
pub const UNKNOWN_DEVICE: Phrase = p("未知设备", "an unknown device");
pub const SHORT_NUMBER: Phrase = p("办件短号", "Short number");
pub const NO_NUMBER_YET: Phrase = p("尚未送达大厅,还没有短号", "Not at the hall yet, so it has no number");
pub const WHY: Phrase = p("说明", "Notes");
pub const NO_RESERVATION: Phrase = p("全部核验通过,没有遗留", "Every check was made and passed");
pub const CLAIMS_ONLY: Phrase = p("以下是二维码自称的内容,不可采信", "What the code claims; not to be believed");
pub const SELF_ISSUED_WHY: Phrase = p(
    "由申请人自己的设备签发:内容完整,但没有人担保,请逐项核对",
    "Signed by the applicant's own device: unaltered, but vouched for by nobody. Check each point",
);
pub const RECHECKED: Phrase = p(
    "申请人自助签发的办件,大厅已用自己的规则从头到尾重新核对,不依赖设备的结论",
    "Self-issued by the applicant: the hall has re-checked it in full with its own rules and does not rely on the device",
);
pub const QUEUED_WHY: Phrase =
    p("数据还在签发设备上,送达大厅后才能打开办件", "The data is still on the device; the case opens once it has reached the hall");
pub const TRUST_LIST: Phrase = p("信任清单", "Trust list");
pub const NO_TRUST_LIST: Phrase = p("没有信任清单", "No trust list");
pub const UNKNOWN_ITEM: Phrase = p("本机目录里没有这个事项", "This desk's catalogue does not have the item");
pub const MARKS_DIFFER: Phrase = p(
    "回执的目录版本与本机不同,材料名称可能对不上,请以办件为准",
    "The receipt was made with another catalogue version: material names may not match, the case is what counts",
);
pub const SCAN_AGAIN: Phrase = p("也可能没有扫全,请再扫一次", "It may have been read only in part: scan it once more");
pub const FIRST_SCAN: Phrase = p("首次扫码,已记录", "First scan, recorded");
pub const FIRST_HERE: Phrase = p("本窗口首次扫码,已记录", "First scan at this desk, recorded");
pub const SCAN_NOT_RECORDED: Phrase = p("不是真回执,不计入扫码记录", "Not genuine: not put on record");
pub const SCANNED_BEFORE: Phrase = p("此前扫过", "Scanned before");
pub const FIRST_AT: Phrase = p("首次(办件归该窗口):", "First (that desk keeps the case):");
pub const RECORDING: Phrase = p("正在记录…", "Recording …");
pub const ASKING_HALL: Phrase = p("正在询问大厅…", "Asking the hall …");
pub const OFFLINE_RECORD: Phrase =
    p("离线记录,连上大厅后合并;其他窗口是否扫过暂时不知道", "Recorded offline and merged later; scans at other desks are not known now");
pub const NOBODY_RECORD: Phrase = p(
    "本窗口还没有人登录:登录后送到大厅;其他窗口是否扫过暂时不知道",
    "Nobody is signed in here: sent to the hall after signing in; scans at other desks are not known now",
);
pub const MERGED: Phrase = p(
    "离线期间的扫码已送达大厅。下列回执别的窗口先扫过:",
    "The scans made offline have reached the hall. Another desk had scanned these first:",
);
pub const MERGED_SEEN: Phrase = p("知道了", "Understood");
pub const IDENTITY: Phrase = p("身份证号核对", "Check the ID number");
pub const IDENTITY_FITS: Phrase = p("✓ 与回执相符", "✓ Fits the receipt");
pub const IDENTITY_DIFFERS: Phrase = p("✕ 与回执不符:请核对是否本人", "✕ Does not fit the receipt: is this the person?");
pub const IDENTITY_MISTYPED: Phrase = p("号码有误,请再看一遍", "Not a valid number: please look again");
pub const IDENTITY_NONE: Phrase =
    p("回执里没有可核对的身份证信息,请打开办件核对", "The receipt has no ID number to compare with; open the case to compare");

// ── cases ──
pub const FILTER: Phrase = p("按状态筛选", "Filter by state");
pub const ALL: Phrase = p("全部", "All");
pub const STATE: Phrase = p("状态", "State");
pub const RECEIVED_AT: Phrase = p("收到时间", "Received");
pub const CLOCK: Phrase = p("期限", "Clock");
pub const NO_CASES: Phrase = p("没有这样的办件", "No such cases");
pub const RELOAD: Phrase = p("刷新", "Refresh");
pub const ANSWER_BY: Phrase = p("答复期限", "Answer by");
pub const DUE_PROMISED: Phrase = p("承诺办结", "Due (promised)");
pub const DUE_STATUTORY: Phrase = p("法定办结", "Due (statutory)");
pub const DEEMED: Phrase = p("逾期未答复,依法视为已受理", "Deemed accepted: not answered in time");
pub const DEEMED_LONG: Phrase = p(
    "行政许可法第32条:逾期不告知补正的,自收到申请之日起即为受理。办结期限已经开始计算。",
    "Administrative Licensing Law art. 32: without an answer in time the application is accepted from the day of receipt. The limit is running.",
);
pub const PROVISIONAL: Phrase = p("暂定:节假日安排尚未公布", "provisional: holidays not announced yet");
pub const ACCEPTED_ON: Phrase = p("受理日期", "Accepted on");
pub const NO_CLOCK: Phrase = p("没有进行中的期限", "No limit is running");

// ── one case ──
pub const CASE: Phrase = p("办件", "Case");
pub const APPLICANT: Phrase = p("申请人", "Applicant");
pub const NAME: Phrase = p("姓名或名称", "Name");
pub const IDENTIFIER: Phrase = p("证件号码", "Identifier");
pub const PHONE: Phrase = p("联系电话", "Phone");
pub const CONTACT: Phrase = p("联系人", "Contact");
pub const CAPTURED_AT: Phrase = p("申报时间", "Filed on the device");
pub const FROM_DEVICE: Phrase = p("来源设备", "From device");
pub const ANSWERS: Phrase = p("申请人的回答", "The applicant's answers");
pub const NO_ANSWERS: Phrase = p("没有需要回答的问题", "Nothing was asked");
pub const DECLARED: Phrase = p("申报", "Declared");
pub const STANDARDS: Phrase = p("受理标准(请核对)", "Standards to look at");
pub const NOT_DECLARED: Phrase = p("没有申报", "Not declared");
pub const HAS_NOT: Phrase = p("没有", "Does not have it");
pub const ELECTRONIC: Phrase = p("电子件", "electronic");
pub const VALID_UNTIL: Phrase = p("有效期至", "valid until");
pub const ISSUED_ON: Phrase = p("签发于", "issued on");
pub const NUMBER: Phrase = p("编号", "number");
pub const POINT_WHY: Phrase = p("为什么", "Why");
pub const RECHECK: Phrase = p("大厅复核", "The hall's re-check");
pub const ON_DEVICE: Phrase = p("设备自查", "On the device");
pub const AT_HALL: Phrase = p("大厅复核", "At the hall");
pub const AGREE: Phrase = p("两者一致", "They agree");
pub const DIFFERENCES: Phrase = p("不一致之处", "Where they differ");
pub const ITEM_VERSION: Phrase = p("事项版本", "Version of the item");
pub const PERSON: Phrase = p("请核对本人:", "Is this the person?");
pub const LAST_FOUR: Phrase = p("证件号末四位", "Identifier ends in");
pub const DIFFER: Phrase = p("两者不一致,以大厅复核为准", "They differ; the hall's re-check counts");
pub const POINTS: Phrase = p("需要留意", "Points to look at");
pub const NO_POINTS: Phrase = p("没有发现问题", "Nothing was found");
pub const PROBLEMS: Phrase = p("内容问题", "Problems of content");
pub const PHOTOS: Phrase = p("照片和附件", "Photos and attachments");
pub const OPEN_PDF: Phrase = p("打开 PDF", "Open the PDF");
pub const SAVE_PDF: Phrase = p("存为文件", "Save it as a file");
pub const PHOTO_FAILED: Phrase = p("附件没有取到", "The attachment could not be fetched");
pub const PAGES_NOTED: Phrase =
    p("点开才会调取;谁在何时打开,系统有记录。", "A page is fetched when it is opened; who opened it is recorded.");
pub const PAGE_PICTURE: Phrase = p("照片", "Picture");
pub const PAGE_PDF: Phrase = p("PDF 文件", "PDF");
pub const PAGE_BEFORE: Phrase = p("上一页", "Previous");
pub const PAGE_AFTER: Phrase = p("下一页", "Next");
pub const PAGE_AGAIN: Phrase = p("再取一次", "Fetch it again");
pub const PAGE_KEYS: Phrase = p("键盘:← → 翻页,+ − 缩放,R 旋转,Esc 关闭", "Keys: ← → page, + − zoom, R rotate, Esc close");
pub const ZOOM_IN: Phrase = p("放大", "Zoom in");
pub const ZOOM_OUT: Phrase = p("缩小", "Zoom out");
pub const ROTATE: Phrase = p("旋转", "Rotate");
pub const SCANS: Phrase = p("扫码记录", "Scans");
pub const NO_SCANS: Phrase = p("没有扫过", "Never scanned");
pub const TIMELINE: Phrase = p("办理过程", "Record");
pub const BY_SYSTEM: Phrase = p("系统", "the system");
pub const ACTS: Phrase = p("办理", "Decide");
pub const NO_ACTS: Phrase = p("已办结,没有可做的", "Decided; nothing more to do");
pub const CORRECTS: Phrase = p("补正的办件", "Corrects case");
pub const CASE_OFFLINE: Phrase = p("离线时不能打开办件", "Cases cannot be opened offline");
pub const CASE_UNKNOWN: Phrase =
    p("大厅没有这个办件。可能还没有送达,请稍后再试。", "The hall has no such case. It may not have arrived yet; try again later.");
pub const OTHER_VERSION: Phrase = p(
    "本机目录的事项版本与申报时不同,名称按本机目录显示",
    "This desk's version of the item differs from the one filed; names are shown from this desk's",
);
pub const SOMEONE_ELSE: Phrase = p(
    "刚才有别的同事处理了这个办件,已重新载入,请看过再决定。",
    "A colleague acted on this case meanwhile. It has been reloaded: look again before deciding.",
);

// ── decisions ──
pub const CANCEL: Phrase = p("取消", "Cancel");
pub const SENDING: Phrase = p("正在提交…", "Sending …");
pub const TAKE_IN_HOW: Phrase =
    p("按实际收到的份数填写,默认是申报的份数。", "Enter what was actually handed over; prefilled from the declaration.");
pub const ORIGINALS: Phrase = p("原件", "Originals");
pub const COPIES: Phrase = p("复印件", "Copies");
pub const TAKE_IN_SEND: Phrase = p("确认收件", "Take in");
pub const TAKE_IN_BAD: Phrase = p("份数应为 0 至 50 的整数", "Each count is a whole number from 0 to 50");
pub const TAKE_IN_NONE: Phrase = p("请至少填写一份收到的材料", "Enter at least one material that was handed over");
pub const ACCEPT_HOW: Phrase = p("受理后开始计算办结期限:", "Once accepted, the limit begins to run:");
pub const ACCEPT_BASIS: Phrase =
    p("行政许可法第32条第(5)项;受理当日不计入", "Administrative Licensing Law art. 32(5); the day of acceptance is not counted");
pub const ACCEPT_DESPITE: Phrase =
    p("大厅复核列出了以下问题,请确认已经核实:", "The hall's re-check lists these points. Confirm that you have looked at them:");
pub const ACCEPT_NO_LIMIT: Phrase = p("本事项没有规定办结期限", "The item names no limit");
pub const ACCEPT_SEND: Phrase = p("确认受理", "Accept");
pub const ASK_HOW: Phrase = p(
    "补正只告知一次,请把需要补正的内容一次列全。复核发现的问题已勾选,标准可以修改。",
    "Corrections are told once: list everything. What the re-check found is ticked; each standard can be edited.",
);
pub const CONDITIONS: Phrase = p("条件", "Conditions");
pub const MATERIALS_SHORT: Phrase = p("材料", "Materials");
pub const STANDARD: Phrase = p("应达到的标准", "The standard to meet");
pub const ASK_NONE: Phrase = p("请至少勾选一项", "Tick at least one point");
pub const ASK_BLANK: Phrase = p("勾选的每一项都要写明标准", "Each ticked point needs its standard");
pub const ASK_CHOSEN: Phrase = p("已选", "Chosen");
pub const ASK_SEND: Phrase = p("发出补正告知书", "Issue the notice of correction");
pub const SUPPLIED_HOW: Phrase = p(
    "确认补正告知书列出的材料已经全部收齐。5 个工作日的答复期限从今天重新计算。",
    "Confirm that everything on the notice has come in. The five working days to answer start again today.",
);
pub const SUPPLIED_SEND: Phrase = p("确认收齐", "Everything is in");
pub const REFUSE_HOW: Phrase =
    p("不予受理要写明理由和依据,并告知该去哪里办。", "A refusal needs its reason and basis, and says where to go instead.");
pub const REASON: Phrase = p("理由", "Reason");
pub const BASIS: Phrase = p("依据", "Basis");
pub const BASIS_CHOOSE: Phrase = p("从本事项的依据中选择…", "Choose from the item's bases …");
pub const GO: Phrase = p("请申请人前往(可不填)", "Where to go instead (may be empty)");
pub const REFUSE_BLANK: Phrase = p("理由和依据都要填写", "Both reason and basis are needed");
pub const REFUSE_SEND: Phrase = p("确认不予受理", "Refuse");

// ── notices ──
pub const SCAN_FOR_PROGRESS: Phrase = p("手机扫码查进度", "Scan for the progress");
pub const NOTICES: Phrase = p("告知书", "Notices");
pub const PRINT: Phrase = p("打印", "Print");
pub const CLOSE: Phrase = p("收起", "Close");
pub const SEAL: Phrase = p("(盖章)", "(seal)");
pub const NOTICE_NUMBER: Phrase = p("编号", "Number");

pub const YES: Phrase = p("是", "Yes");
pub const NO: Phrase = p("否", "No");

/// What the verdict says, in the exact words the hall's staff are trained on.
pub fn verdict(verdict: Verdict) -> Phrase {
    match verdict {
        Verdict::Received => p("真实,大厅已收到", "Genuine, received by the hall"),
        Verdict::Queued => p("真实,设备已暂存,尚未送达", "Genuine, queued on the device, not yet delivered"),
        Verdict::SelfIssued => p("申请人自助签发(请核对)", "Self-issued by the applicant (please check)"),
        Verdict::NotGenuine => p("不是真回执", "Not a genuine receipt"),
        Verdict::CannotTell => p("无法判断", "Cannot tell"),
    }
}

/// The verdict's sign: a shape of its own for each, so that colour is never the only difference.
pub fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Received => "✓",
        Verdict::Queued => "↥",
        Verdict::SelfIssued => "!",
        Verdict::NotGenuine => "✕",
        Verdict::CannotTell => "?",
    }
}

/// The value of `data-verdict`.
pub fn verdict_code(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Received => "received",
        Verdict::Queued => "queued",
        Verdict::SelfIssued => "self-issued",
        Verdict::NotGenuine => "not-genuine",
        Verdict::CannotTell => "cannot-tell",
    }
}

pub fn state(state: State) -> Phrase {
    match state {
        State::Received => p("待处理", "Received"),
        State::TakenIn => p("已收件", "Taken in"),
        State::Correcting => p("待补正", "Waiting for corrections"),
        State::Accepted => p("已受理", "Accepted"),
        State::Refused => p("不予受理", "Refused"),
    }
}

/// The value of `data-state`, and of the filter.
pub fn state_code(state: State) -> &'static str {
    match state {
        State::Received => "received",
        State::TakenIn => "taken-in",
        State::Correcting => "correcting",
        State::Accepted => "accepted",
        State::Refused => "refused",
    }
}

pub const STATES: [State; 5] = [State::Received, State::TakenIn, State::Correcting, State::Accepted, State::Refused];

/// The button of an act.
pub fn act(name: ActName) -> Phrase {
    match name {
        ActName::TakeIn => p("收件", "Take in"),
        ActName::Accept => p("受理", "Accept"),
        ActName::AskCorrection => p("补正", "Ask for correction"),
        ActName::Supplied => p("补正已收齐", "Corrections are in"),
        ActName::Refuse => p("不予受理", "Refuse"),
    }
}

/// The act's `data-test` name.
pub fn act_code(name: ActName) -> &'static str {
    match name {
        ActName::TakeIn => "act-take-in",
        ActName::Accept => "act-accept",
        ActName::AskCorrection => "act-ask-correction",
        ActName::Supplied => "act-supplied",
        ActName::Refuse => "act-refuse",
    }
}

/// An entry of the record.
pub fn happened(event: &Act) -> Phrase {
    match event.name() {
        Some(name) => act(name),
        None => p("进入大厅系统", "Entered the hall's system"),
    }
}

pub fn outcome(outcome: Outcome) -> Phrase {
    match outcome {
        Outcome::NotRequired => p("无需办理", "No licence needed"),
        Outcome::Elsewhere => p("应到别处办理", "Another body or item"),
        Outcome::Open => p("还有问题未答", "Questions remain"),
        Outcome::NotMet => p("条件不满足", "Conditions not met"),
        Outcome::Incomplete => p("材料不齐", "Incomplete"),
        Outcome::ReadyWithDeferral => p("可办,部分材料容缺后补", "Ready, some materials to follow"),
        Outcome::ReadyForPerson => p("齐全,有需人工判断之处", "Complete, a person must judge a point"),
        Outcome::Ready => p("齐全", "Ready"),
    }
}

/// How a material is marked on a receipt.
pub fn mark(mark: MaterialMark) -> Phrase {
    match mark {
        MaterialMark::Missing => p("缺", "missing"),
        MaterialMark::Original => p("原件", "original"),
        MaterialMark::Copy => p("复印件", "copy"),
        MaterialMark::Electronic => p("电子件", "electronic"),
        MaterialMark::Later => p("容缺后补", "to follow"),
        MaterialMark::NotNeeded => p("不需要", "not needed"),
    }
}

/// The style of a mark: `good`, `later`, `missing` or `none`.
pub fn mark_class(mark: MaterialMark) -> &'static str {
    match mark {
        MaterialMark::Missing => "mark missing",
        MaterialMark::Later => "mark later",
        MaterialMark::NotNeeded => "mark none",
        MaterialMark::Original | MaterialMark::Copy | MaterialMark::Electronic => "mark good",
    }
}

pub fn material_state(state: MaterialState) -> Phrase {
    match state {
        MaterialState::Open => p("是否需要未定", "need not known"),
        MaterialState::NotNeeded => p("不需要", "not needed"),
        MaterialState::Undeclared => p("未申报完整", "not fully declared"),
        MaterialState::Good => p("符合", "good"),
        MaterialState::Missing => p("缺", "missing"),
        MaterialState::Defective => p("不符合标准", "below standard"),
        MaterialState::Deferred => p("容缺后补", "to follow"),
        MaterialState::Without => p("未提供(非必要)", "without (optional)"),
    }
}

pub fn material_class(state: MaterialState) -> &'static str {
    match state {
        MaterialState::Good => "mark good",
        MaterialState::Missing | MaterialState::Defective => "mark missing",
        MaterialState::Deferred | MaterialState::Undeclared | MaterialState::Open => "mark later",
        MaterialState::NotNeeded | MaterialState::Without => "mark none",
    }
}

pub fn point(kind: PointKind) -> Phrase {
    match kind {
        PointKind::NotRequired => p("无需办理", "no licence needed"),
        PointKind::Elsewhere => p("应到别处办理", "another body or item"),
        PointKind::NotMet => p("条件不满足", "condition not met"),
        PointKind::Person => p("需人工判断", "for a person to judge"),
        PointKind::Missing => p("缺材料", "missing"),
        PointKind::Defective => p("材料不符合标准", "below standard"),
        PointKind::Deferred => p("容缺后补", "to follow"),
    }
}

/// Must the applicant do something about it before acceptance?
pub fn needs_correction(point: &check::Point) -> bool {
    matches!(point.kind, PointKind::NotMet | PointKind::Missing | PointKind::Defective)
}

pub fn profile(profile: Profile) -> Phrase {
    match profile {
        Profile::Personal => p("个人设备", "personal device"),
        Profile::Kiosk => p("自助机", "kiosk"),
        Profile::Desk => p("窗口", "desk"),
    }
}
