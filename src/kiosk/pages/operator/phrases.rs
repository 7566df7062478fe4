//! The words of the operator's page: short ones for a technician who stands at a machine, and with every finding what to do.

use crate::api::{Alarm, Part};
use crate::words::Phrase;

const fn p(zh: &'static str, en: &'static str) -> Phrase {
    Phrase::new(zh, en)
}

// ── the page ──
pub const OPERATOR: Phrase = p("运维", "Operator");
pub const NAVIGATION: Phrase = p("运维导航", "Operator navigation");
pub const DESK: Phrase = p("窗口", "Desk");
pub const STATUS: Phrase = p("本机状况", "This machine");
pub const TEST: Phrase = p("自检", "Self-test");
pub const SERVICE: Phrase = p("维护", "Service");
pub const FLEET: Phrase = p("设备总览", "Fleet");
pub const LOCK: Phrase = p("锁定", "Lock");
pub const CONNECTED: Phrase = p("已连接", "online");
pub const NOT_CONNECTED: Phrase = p("连不上大厅", "the hall cannot be reached");
pub const UNKNOWN: Phrase = p("未知", "unknown");
pub const CHECKING: Phrase = p("正在查询…", "Checking …");
pub const CANCEL: Phrase = p("取消", "Cancel");
pub const OPERATOR_ONLY: Phrase =
    p("只有运维人员可以看设备总览、生成登记码", "Only an operator may see the fleet and make enrolment codes");

// ── the code ──
pub const CODE: Phrase = p("运维码", "Operator code");
pub const CODE_HOW: Phrase =
    p("登记本机时设定的 6 至 12 位数字,不需要联网。", "The 6 to 12 digits chosen when this machine was enrolled. Works without a network.");
pub const CODE_OPEN: Phrase = p("打开", "Open");
pub const CODE_OPENING: Phrase = p("正在核对…", "Checking …");
pub const CODE_WRONG: Phrase = p("运维码不对", "The operator code is wrong");
pub const CODE_WAIT: Phrase = p("输错次数太多,请等待", "Too many wrong codes: wait for");
pub const CODE_NONE: Phrase =
    p("本机还没有运维码。请运维人员登录后设定一个。", "This machine has no operator code yet. An operator signs in here and sets one.");
pub const CODE_FORGOTTEN: Phrase = p("忘记运维码?", "Forgotten the code?");
pub const CODE_FORGOTTEN_HOW: Phrase = p("运维人员用工号登录后,可以设定新的运维码。", "An operator who signs in may set a new one.");
pub const CODE_NEW: Phrase = p("新的运维码", "New operator code");
pub const CODE_SET: Phrase = p("设定", "Set");
pub const CODE_IS_SET: Phrase = p("新的运维码已生效", "The new operator code is in force");
pub const CODE_OPERATOR_ONLY: Phrase = p("只有运维人员可以设定运维码", "Only an operator may set the operator code");

// ── the queue ──
pub const QUEUE: Phrase = p("待上传的申请", "Submissions waiting");
pub const QUEUE_EMPTY: Phrase = p("全部已送达大厅,没有等待上传的申请。", "The hall has everything; nothing is waiting.");
pub const QUEUE_SINCE: Phrase = p("保存于", "Saved");
pub const QUEUE_TRIES: Phrase = p("已试", "Tries");
pub const QUEUE_NEXT: Phrase = p("下次", "Next");
pub const QUEUE_SIZE: Phrase = p("大小", "Size");
pub const QUEUE_FIRST: Phrase = p("只列出最早的", "Only the oldest are listed:");
pub const SEND_ALL: Phrase = p("全部立即上传", "Send all now");
pub const SEND_ONE: Phrase = p("立即上传", "Send now");
pub const WAITS: Phrase = p("等待上传", "waiting");
pub const SENDS: Phrase = p("正在上传", "sending");
pub const NEEDS_OPERATOR: Phrase = p("需要运维处理", "needs an operator");
pub const REFUSED: Phrase = p("大厅拒收", "refused by the hall");
pub const NEEDS_OPERATOR_DO: Phrase = p(
    "请先解决上面的原因(例如重新登记本机),再按“立即上传”。数据仍在本机,没有丢失。",
    "Mend the cause first (such as by enrolling this machine again), then press “Send now”. The data is still here.",
);
pub const REFUSED_DO: Phrase = p(
    "再次上传多半仍会被拒。请导出后交大厅管理员处理,并请申请人到窗口。数据仍在本机,没有丢失。",
    "Sending again will probably be refused again. Export it for the hall's administrator and ask the applicant to a \
     window. The data is still here.",
);
pub const NOW: Phrase = p("现在", "now");

// ── health ──
pub const HEALTH: Phrase = p("设备状况", "Health");
pub const REFRESH_NOW: Phrase = p("立即更新", "Refresh now");
pub const FINE: Phrase = p("正常", "fine");
pub const LOOK: Phrase = p("留意", "look after it");
pub const BROKEN: Phrase = p("故障", "broken");
pub const ALL_FINE: Phrase = p("一切正常", "Everything is fine");
pub const TO_LOOK: Phrase = p("项需要留意", "to look after");
pub const TO_MEND: Phrase = p("项故障", "broken");
pub const CONNECTION: Phrase = p("连接", "Connection");
pub const LAST_CONTACT: Phrase = p("上次联系", "last contact");
pub const CONNECTION_DO: Phrase = p(
    "请检查网线和路由器。本机照常收件,联网后自动上传。",
    "Check cable and router. The machine goes on working and sends once it is online.",
);
pub const OUTBOX: Phrase = p("待上传", "Waiting");
pub const NOTHING_WAITS: Phrase = p("没有", "nothing");
pub const OLDEST: Phrase = p("最早一件", "oldest");
pub const NEED_ATTENTION: Phrase = p("件需要处理", "needing attention");
pub const SCANS_WAITING: Phrase = p("条扫码记录待上传", "scans waiting for the hall");
pub const OUTBOX_ATTENTION_DO: Phrase = p("请看上面列出的原因。", "See the reasons in the list.");
pub const OUTBOX_OLD_DO: Phrase = p("等待已超过半小时,请检查网络。", "Waiting for more than half an hour: check the network.");
pub const STORAGE: Phrase = p("存储空间", "Storage");
pub const STORAGE_DO: Phrase = p(
    "请尽快联网上传;一直不能联网时,先导出再清理。",
    "Go online soon so that it can send; if that is not possible, export before anything is cleared.",
);
pub const KEPT: Phrase = p("存储保护", "Storage kept");
pub const PERSISTENT: Phrase = p("浏览器不会自行清除", "the browser will not clear it");
pub const NOT_PERSISTENT: Phrase = p("空间紧张时浏览器可能清除", "the browser may clear it when space is short");
pub const NOT_PERSISTENT_DO: Phrase = p(
    "请把本页安装为应用,或在浏览器设置里允许持久存储。",
    "Install the page as an app, or allow persistent storage in the browser's settings.",
);
pub const CLOCK: Phrase = p("时钟偏差", "Clock");
pub const SECONDS: Phrase = p("秒", "s");
pub const CLOCK_UNKNOWN: Phrase = p("开机后还没有与大厅比对", "not compared with the hall since start");
pub const CLOCK_UNKNOWN_DO: Phrase = p("联网后会自动比对。", "They are compared once the hall is in reach.");
pub const CLOCK_DO: Phrase = p("请校准系统时间,否则回执上的时间不准。", "Set the system's time: receipts carry it.");
pub const APP_VERSION: Phrase = p("程序版本", "App version");
pub const HALLS_VERSION: Phrase = p("大厅", "hall");
pub const APP_DO: Phrase = p(
    "新版本会在没有人使用时自动换上;也可以刷新页面。",
    "The new version takes over when nobody is at it; reloading the page does it too.",
);
pub const CATALOGUE: Phrase = p("目录版本", "Catalogue");
pub const CATALOGUE_DO: Phrase =
    p("本机没有目录,不能自查。请联网一次。", "There is no catalogue, so nothing can be checked. Go online once.");
pub const KEY: Phrase = p("设备密钥", "Device key");
pub const TRUST: Phrase = p("信任清单", "Trust list");
pub const VALID_UNTIL: Phrase = p("有效至", "valid until");
pub const KEY_REVOKED: Phrase = p("已吊销", "revoked");
pub const KEY_EXPIRED: Phrase = p("已到期", "expired");
pub const KEY_UNKNOWN: Phrase = p("大厅的信任清单里没有", "not in the hall's trust list");
pub const KEY_DO: Phrase = p(
    "本机签发的回执不再受信任。请导出待上传的申请,取消登记后重新登记。",
    "Receipts from here are no longer trusted. Export what waits, end the enrolment and enrol again.",
);
pub const KEY_SOON_DO: Phrase = p(
    "证书即将到期。本机连上大厅后会自动续期,请检查网络。",
    "The certificate ends soon. It is renewed once this device reaches the hall: check the network.",
);
pub const CAMERA: Phrase = p("摄像头", "Camera");
pub const PRINTER: Phrase = p("打印机", "Printer");
pub const WORKS: Phrase = p("可用", "works");
pub const FAILS: Phrase = p("上次自检不通过", "failed its last test");
pub const UNTESTED: Phrase = p("没有测试过", "not tested");
pub const UNTESTED_DO: Phrase = p("请做一次自检。", "Run the self-test.");
pub const CAMERA_DO: Phrase = p("请检查接线和镜头,再做一次自检。", "Check cable and lens, then run the self-test again.");
pub const PRINTER_DO: Phrase = p("请检查纸、墨和电源,再做一次自检。", "Check paper, ink and power, then run the self-test again.");

// ── self-test ──
pub const TEST_HOW: Phrase = p(
    "逐项试一遍:大约一分钟,中间会问两个问题。不影响待上传的申请。",
    "Tries every part: about a minute, with two questions. What waits is not touched.",
);
pub const TEST_START: Phrase = p("开始自检", "Start the self-test");
pub const TEST_AGAIN: Phrase = p("再做一次", "Run it again");
pub const TEST_RUNNING: Phrase = p("正在自检…", "Testing …");
pub const TEST_GOOD: Phrase = p("自检全部通过", "Everything passed");
pub const TEST_BAD: Phrase = p("自检有未通过的项目", "Something did not pass");
pub const STEP_DATABASE: Phrase = p("本机存储:写入、读回", "Storage: write and read back");
pub const STEP_KEYS: Phrase = p("签名、加密、核验", "Sign, seal and verify");
pub const STEP_INSTALLED: Phrase = p("程序完整保存在本机", "The app is wholly kept here");
pub const STEP_HALL: Phrase = p("联系大厅", "Reach the hall");
pub const STEP_CLOCK: Phrase = p("时钟", "Clock");
pub const STEP_CAMERA: Phrase = p("摄像头画面", "Camera picture");
pub const STEP_SOUND: Phrase = p("扬声器", "Loudspeaker");
pub const STEP_PRINTER: Phrase = p("打印机", "Printer");
pub const WAITING: Phrase = p("等待", "waiting");
pub const RUNNING: Phrase = p("进行中", "running");
pub const PASSED: Phrase = p("通过", "passed");
pub const FAILED: Phrase = p("不通过", "failed");
pub const SKIPPED: Phrase = p("跳过", "skipped");
pub const HEARD: Phrase = p("听到两声提示音了吗?", "Did you hear two tones?");
pub const PRINTED: Phrase = p("测试页打印出来了吗?", "Has the test page come out?");
pub const YES: Phrase = p("是", "Yes");
pub const NO: Phrase = p("否", "No");
pub const AGAIN: Phrase = p("再试一次", "Try again");
pub const NONE_HERE: Phrase = p("本机没有", "There is none here");
pub const NOT_HEARD: Phrase = p("没有声音。请检查音量和接线", "No sound: check volume and cable");
pub const NOT_PRINTED: Phrase = p("没有打印出来。请检查纸、墨和电源", "Nothing came out: check paper, ink and power");
pub const NO_CAMERA: Phrase = p("本机没有摄像头", "This machine has no camera");
pub const TEST_PAGE: Phrase = p("打印测试页", "Printer test page");
pub const TEST_PAGE_HOW: Phrase =
    p("字迹清楚、二维码能扫、四边没有缺,就是好的。", "Good when the letters are clear, the code scans and nothing is cut off.");

// ── export ──
pub const EXPORT: Phrase = p("导出待上传的申请", "Export what waits");
pub const EXPORT_HOW: Phrase = p(
    "用于再也不能联网的机器:把所有还没有送达的申请存成一个文件,用 U 盘带到大厅,由管理员用下面的命令导入。文件里的内容全部加密,只有大厅能打开。导出不改变本机的任何内容;导入两次也不会重复。",
    "For a machine that will never be online again: everything not delivered yet goes into one file. Carry it to the hall, \
     where an administrator imports it with the command below. All of it is sealed and only the hall can open it. Exporting \
     changes nothing here, and importing twice files nothing twice.",
);
pub const EXPORT_DO: Phrase = p("导出到文件", "Export to a file");
pub const EXPORTING: Phrase = p("正在导出…", "Exporting …");
pub const EXPORTED: Phrase = p("已导出", "Exported:");
pub const EXPORT_LEFT_OUT: Phrase = p("件读不出来,没有导出", "could not be read and are not in it");
pub const EXPORT_NONE: Phrase = p("没有等待上传的申请,不用导出。", "Nothing is waiting, so there is nothing to export.");
pub const SUBMISSIONS: Phrase = p("件申请", "submissions");

// ── this machine ──
pub const MACHINE: Phrase = p("本机", "This machine");
pub const PROFILE: Phrase = p("用途", "Profile");
pub const NAME: Phrase = p("名称", "Name");
pub const PAPER: Phrase = p("打印纸", "Paper");
pub const PAPER_A4: Phrase = p("A4", "A4");
pub const PAPER_THERMAL: Phrase = p("80 毫米热敏纸", "80 mm thermal roll");
pub const CHANGE_CODE: Phrase = p("更换运维码", "Change the operator code");
pub const UNENROL: Phrase = p("取消本机登记", "End this machine's enrolment");
pub const UNENROL_SURE: Phrase =
    p("取消后本机不能再签发受信任的回执,也不能核验。确定吗?", "This machine will no longer issue trusted receipts or verify them. Sure?");
pub const UNENROL_UNSENT: Phrase = p(
    "件申请还没有送达大厅,取消后大厅可能不再接收。请先上传,或者先导出。",
    "submissions have not reached the hall, which may refuse them afterwards. Send or export them first.",
);
pub const UNENROL_SCANS: Phrase = p(
    "次扫码记录还没有送达大厅。请先联网,并请窗口人员登录,再取消登记。",
    "scans have not reached the hall. Go online and have a clerk sign in before you end it.",
);
pub const UNENROL_YES: Phrase = p("确定取消登记", "Yes, end it");
pub const UNENROL_YES_UNSENT: Phrase = p("仍有未送达的申请,仍要取消登记", "End it although submissions are unsent");

// ── codes for new machines ──
pub const CODES: Phrase = p("设备登记码", "Enrolment codes");
pub const CODES_HOW: Phrase = p("登记码只能用一次,10 分钟内有效。", "A code works once, for 10 minutes.");
pub const MAKE_KIOSK: Phrase = p("生成自助机登记码", "Code for a kiosk");
pub const MAKE_DESK: Phrase = p("生成窗口登记码", "Code for a desk");
pub const VALID_TO: Phrase = p("有效至", "Valid until");
pub const CODE_EXPIRED: Phrase = p("登记码已过期,请重新生成", "The code has expired; make another");

// ── fleet ──
pub const FLEET_NONE: Phrase = p("还没有登记的设备", "No device is enrolled yet");
pub const FLEET_ALARMS: Phrase = p("台设备有告警", "machines with alarms");
pub const FLEET_ALL_FINE: Phrase = p("所有设备正常", "Every machine is fine");
pub const FLEET_MACHINE: Phrase = p("设备", "Machine");
pub const FLEET_SEEN: Phrase = p("上次联系", "Last seen");
pub const FLEET_WAITING: Phrase = p("待上传", "Waiting");
pub const FLEET_VERSIONS: Phrase = p("版本", "Versions");
pub const FLEET_ALARM: Phrase = p("告警", "Alarms");
pub const NEVER: Phrase = p("从未", "never");
pub const FLEET_STALE: Phrase = p("大厅没有回答,以下是之前的情况", "The hall does not answer; this is as it was");

/// An alarm, in words.
pub fn alarm(alarm: Alarm) -> Phrase {
    match alarm {
        Alarm::Silent => p("失去联系", "silent"),
        Alarm::Unsent => p("申请积压", "unsent submissions"),
        Alarm::Attention => p("申请需要处理", "submissions need somebody"),
        Alarm::Storage => p("存储快满", "storage almost full"),
        Alarm::Clock => p("时钟不准", "clock is off"),
        Alarm::Behind => p("版本落后", "behind in versions"),
        Alarm::Expired => p("证书到期,须重新登记", "certificate has run out: enrol again"),
        Alarm::Camera => p("摄像头故障", "camera fails"),
        Alarm::Printer => p("打印机故障", "printer fails"),
    }
}

/// The value of `data-alarm`.
pub fn alarm_code(alarm: Alarm) -> &'static str {
    match alarm {
        Alarm::Silent => "silent",
        Alarm::Unsent => "unsent",
        Alarm::Attention => "attention",
        Alarm::Storage => "storage",
        Alarm::Clock => "clock",
        Alarm::Behind => "behind",
        Alarm::Expired => "expired",
        Alarm::Camera => "camera",
        Alarm::Printer => "printer",
    }
}

pub fn part(part: Part) -> Phrase {
    match part {
        Part::Untested => UNTESTED,
        Part::Works => WORKS,
        Part::Fails => FAILS,
    }
}
