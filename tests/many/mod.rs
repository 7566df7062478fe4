//! A catalogue of any size, for tests and measurements: items that differ in name, everyday names, place and numbers as
//! the items of a province do, the same for the same seed. [`sources`] are an author's files, [`items`] what they compile
//! to (one of them is compiled, so that ten thousand are quickly there).

use mingbai::catalogue::author::{self, HALL_FILE, Source};
use mingbai::catalogue::{Aliases, Item, LimitKind};
use mingbai::words::Text;
use pinyin::ToPinyin;

/// County and district names, in Chinese and English.
const PLACES: [(&str, &str); 50] = [
    ("钦南区", "Qinnan District"),
    ("钦北区", "Qinbei District"),
    ("灵山县", "Lingshan County"),
    ("浦北县", "Pubei County"),
    ("防城区", "Fangcheng District"),
    ("港口区", "Gangkou District"),
    ("上思县", "Shangsi County"),
    ("东兴市", "Dongxing City"),
    ("海城区", "Haicheng District"),
    ("银海区", "Yinhai District"),
    ("铁山港区", "Tieshangang District"),
    ("合浦县", "Hepu County"),
    ("青秀区", "Qingxiu District"),
    ("兴宁区", "Xingning District"),
    ("江南区", "Jiangnan District"),
    ("良庆区", "Liangqing District"),
    ("邕宁区", "Yongning District"),
    ("武鸣区", "Wuming District"),
    ("横州市", "Hengzhou City"),
    ("宾阳县", "Binyang County"),
    ("上林县", "Shanglin County"),
    ("马山县", "Mashan County"),
    ("隆安县", "Long'an County"),
    ("城中区", "Chengzhong District"),
    ("鱼峰区", "Yufeng District"),
    ("柳南区", "Liunan District"),
    ("柳北区", "Liubei District"),
    ("柳江区", "Liujiang District"),
    ("柳城县", "Liucheng County"),
    ("鹿寨县", "Luzhai County"),
    ("融安县", "Rong'an County"),
    ("融水县", "Rongshui County"),
    ("三江县", "Sanjiang County"),
    ("秀峰区", "Xiufeng District"),
    ("叠彩区", "Diecai District"),
    ("象山区", "Xiangshan District"),
    ("七星区", "Qixing District"),
    ("雁山区", "Yanshan District"),
    ("临桂区", "Lingui District"),
    ("阳朔县", "Yangshuo County"),
    ("灵川县", "Lingchuan County"),
    ("全州县", "Quanzhou County"),
    ("兴安县", "Xing'an County"),
    ("永福县", "Yongfu County"),
    ("灌阳县", "Guanyang County"),
    ("龙胜县", "Longsheng County"),
    ("资源县", "Ziyuan County"),
    ("平乐县", "Pingle County"),
    ("荔浦市", "Lipu City"),
    ("恭城县", "Gongcheng County"),
];

/// Trades: the official word and what people say, in both languages.
const TRADES: [(&str, &str, &str, &str); 40] = [
    ("食品销售", "food sales", "卖食品", "grocery"),
    ("餐饮服务", "catering", "开饭店", "open a restaurant"),
    ("药品零售", "drug retail", "开药店", "pharmacy"),
    ("烟草零售", "tobacco retail", "卖香烟", "sell cigarettes"),
    ("道路客运", "passenger transport", "跑客运", "bus line"),
    ("道路货运", "road freight", "跑货运", "trucking"),
    ("水路运输", "water transport", "跑船", "shipping line"),
    ("旅馆住宿", "lodging", "开宾馆", "open a hotel"),
    ("公共浴室", "public baths", "开澡堂", "bath house"),
    ("美容美发", "hair and beauty", "开理发店", "hair salon"),
    ("游泳场所", "swimming pools", "开游泳馆", "swimming pool"),
    ("网络游戏", "online games", "做游戏", "game studio"),
    ("出版物零售", "book retail", "开书店", "bookshop"),
    ("电影放映", "film projection", "开电影院", "cinema"),
    ("民办教育", "private education", "办学校", "private school"),
    ("幼儿托育", "child care", "办托儿所", "nursery"),
    ("养老服务", "elderly care", "办养老院", "care home"),
    ("医疗诊所", "medical clinics", "开诊所", "doctor's surgery"),
    ("口腔诊疗", "dental care", "看牙", "dentist"),
    ("动物诊疗", "veterinary care", "开宠物医院", "vet"),
    ("种子生产", "seed production", "卖种子", "seed shop"),
    ("农药经营", "pesticide trade", "卖农药", "pesticides"),
    ("兽药经营", "animal drug trade", "卖兽药", "animal medicine"),
    ("饲料生产", "feed production", "做饲料", "feed mill"),
    ("水产养殖", "aquaculture", "养鱼", "fish farm"),
    ("渔业捕捞", "fishing", "打鱼", "fishing boat"),
    ("木材加工", "timber processing", "开木材厂", "sawmill"),
    ("危险化学品", "hazardous chemicals", "卖化学品", "chemicals"),
    ("烟花爆竹", "fireworks", "卖鞭炮", "firecrackers"),
    ("成品油零售", "fuel retail", "开加油站", "petrol station"),
    ("燃气经营", "gas supply", "卖煤气", "bottled gas"),
    ("供水服务", "water supply", "办水厂", "waterworks"),
    ("房地产开发", "property development", "盖商品房", "real estate"),
    ("建筑施工", "construction", "包工程", "builder"),
    ("物业服务", "property management", "管小区", "caretaker"),
    ("户外广告", "outdoor advertising", "挂广告牌", "billboard"),
    ("人力资源", "human resources", "开职介所", "job agency"),
    ("劳务派遣", "labour dispatch", "派工人", "temp agency"),
    ("典当", "pawnbroking", "开当铺", "pawn shop"),
    ("拍卖", "auctioneering", "办拍卖行", "auction house"),
];

const OBJECTS: [(&str, &str); 6] = [
    ("营业场所", "premises"),
    ("从业人员", "staff"),
    ("设施设备", "equipment"),
    ("经营范围", "scope"),
    ("法定代表人", "representative"),
    ("技术方案", "technical plan"),
];

const ACTS: [(&str, &str); 7] = [
    ("设立", "establish"),
    ("变更", "change"),
    ("延续", "renew"),
    ("注销", "cancel"),
    ("补办", "replace"),
    ("年检", "inspect"),
    ("迁移", "move"),
];

const KINDS: [(&str, &str); 3] = [("许可", "permit"), ("登记", "registration"), ("审批", "approval")];

/// Characters of which the names of towns are made.
const TOWN: &str = "大小平新石龙水沙那良久隆太百长白旧武张寨垌坡塘江三官安北民福泉厚陆屋檀圩烟墩伯劳文利丰南黄屯板城马犀牛尖山康熙岭贵台青洞彬桥\
    金窝樟木乐六硍龙门寺场东场丽光那思丁河双旺松铁康睦德合浦公馆曲樟闸口西常乐廉州党沙岗乌家星岛湖榄根凤凰翠屏荷叶竹梅兰桂柳松柏枫云雾霞虹泉溪涧湾滩";

const CATEGORIES: [&str; 4] = ["business", "health", "transport", "construction"];

/// What tells one item from another.
struct Entry {
    code: String,
    words: Vec<(&'static str, String)>,
    name: Text,
    aliases: Aliases,
    category: &'static str,
    promised: u32,
}

/// The files of a catalogue: the sample's hall and `count` items.
#[allow(dead_code)]
pub fn sources(count: usize, seed: u64) -> Vec<Source> {
    let items = (0..count).map(|at| entry(at, seed)).map(|entry| Source { name: format!("{}.toml", entry.code), text: entry.text() });
    std::iter::once(hall()).chain(items).collect()
}

/// The items of such a catalogue, in its order.
#[allow(dead_code)]
pub fn items(count: usize, seed: u64) -> Vec<Item> {
    let first = author::compile(&sources(1, seed)).unwrap_or_else(|found| panic!("{}", found[0])).items.remove(0);
    (0..count).map(|at| entry(at, seed).item(&first)).collect()
}

fn hall() -> Source {
    author::sample().into_iter().find(|source| source.name == HALL_FILE).expect("the sample has a hall")
}

/// The `at`th of all combinations, taken in leaps so that neighbours differ in everything.
fn entry(at: usize, seed: u64) -> Entry {
    const ALL: u64 = (PLACES.len() * TRADES.len() * OBJECTS.len() * ACTS.len() * KINDS.len()) as u64;
    // A prime that divides no list's length: all combinations are met before one comes again.
    const LEAP: u64 = 104_729;
    let mut rest = ((at as u64 * LEAP + seed * 7_919) % ALL) as usize;
    let mut take = |length: usize| {
        let taken = rest % length;
        rest /= length;
        taken
    };
    let (place, trade) = (PLACES[take(PLACES.len())], TRADES[take(TRADES.len())]);
    let (object, act, kind) = (OBJECTS[take(OBJECTS.len())], ACTS[take(ACTS.len())], KINDS[take(KINDS.len())]);
    // Nine in ten items are a town's own.
    let town = (at % 10 > 0).then(|| [leap(at as u64 * 31 + seed), leap(at as u64 * 57 + seed + 1)].into_iter().collect::<String>());
    let (town_zh, town_en) = town.map_or_else(Default::default, |town| (format!("{town}镇"), format!("{} Town, ", roman(&town))));
    let name = Text {
        zh: [place.0, &town_zh, trade.0, object.0, act.0, kind.0].concat(),
        en: format!("{} to {} the {} for {} in {town_en}{}", capital(kind.1), act.1, object.1, trade.1, place.1),
    };
    let aliases = Aliases {
        zh: vec![trade.2.into(), format!("{town_zh}{}{}", trade.2, act.0), format!("{}{}", act.0, object.0), format!("{}证", trade.0)],
        en: vec![trade.3.into(), format!("{} {} {}", act.1, trade.3, object.1)],
    };
    let words =
        [("PLACE_ZH", place.0), ("PLACE_EN", place.1), ("TRADE_ZH", trade.0), ("TRADE_EN", trade.1), ("ACT_ZH", act.0), ("ACT_EN", act.1)];
    Entry {
        code: format!("item-{at:05}"),
        words: words.map(|(word, text)| (word, text.to_owned())).into(),
        name,
        aliases,
        category: CATEGORIES[at % CATEGORIES.len()],
        promised: 1 + at as u32 % 20,
    }
}

fn leap(at: u64) -> char {
    let town: Vec<char> = TOWN.chars().filter(|c| !c.is_ascii()).collect();
    town[(at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize % town.len()]
}

fn roman(name: &str) -> String {
    capital(&name.to_pinyin().flatten().map(|syllable| syllable.plain().replace('ü', "u")).collect::<String>())
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

impl Entry {
    fn text(&self) -> String {
        let list = |words: &[String]| words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        let mut all = self.words.clone();
        all.extend([
            ("CODE", self.code.clone()),
            ("NAME_ZH", self.name.zh.clone()),
            ("NAME_EN", self.name.en.clone()),
            ("ALIASES_ZH", list(&self.aliases.zh)),
            ("ALIASES_EN", list(&self.aliases.en)),
            ("CATEGORY", self.category.into()),
            ("PROMISED", self.promised.to_string()),
            ("STAFF", (1 + self.promised / 4).to_string()),
        ]);
        all.iter().fold(include_str!("item.toml").to_owned(), |text, (word, value)| text.replace(word, value))
    }

    /// The first item with this one's names and numbers.
    fn item(&self, first: &Item) -> Item {
        let word = |wanted: &str| self.words.iter().find(|(word, _)| *word == wanted).map(|(_, text)| text.clone()).unwrap_or_default();
        let mut item = first.clone();
        item.code = self.code.clone();
        item.name = self.name.clone();
        item.summary = Text {
            zh: format!("在{}办理{}的{},由本人或者代理人申请", word("PLACE_ZH"), word("TRADE_ZH"), word("ACT_ZH")),
            en: format!("For those who {} {} in {}, themselves or through an agent", word("ACT_EN"), word("TRADE_EN"), word("PLACE_EN")),
        };
        item.aliases = self.aliases.clone();
        item.category = self.category.into();
        item.body = Text { zh: format!("{}行政审批局", word("PLACE_ZH")), en: format!("Approval Bureau of {}", word("PLACE_EN")) };
        item.limits.iter_mut().filter(|limit| limit.kind == LimitKind::Promised).for_each(|limit| limit.length = self.promised);
        item
    }
}
