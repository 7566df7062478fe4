//! What a seed decides of a round: what is handed in, what goes wrong, and whether anybody has patience. The same seed
//! draws the same round; when exactly each blow falls is up to the machine.

use super::proxy::{At, Blow, Moment, Strike, Victim};
use crate::dice::Dice;
use std::fmt;

/// The prepared application that has an attachment of several chunks.
pub const PICTURED: usize = 1;

/// The next round's seed.
pub fn after(seed: u64) -> u64 {
    mixed(seed.wrapping_add(0x9e37_79b9_7f4a_7c15))
}

/// Neighbouring seeds, far apart (the finaliser of splitmix64).
fn mixed(seed: u64) -> u64 {
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Network, browser or hall: a blow at the proxy.
    Struck(Strike),
    /// Five tabs with the same drafts, all pressed at once.
    FiveTabs,
    /// The browser closes the database so many milliseconds after the press, and says so to the page, or not.
    DatabaseClosed { after: u64, told: bool },
    /// No byte more than so many may be stored.
    QuotaFull(u64),
    /// The clock is off by hours.
    Clock(i64),
    /// A new version of the app comes while an application is open.
    NewVersion,
    /// The hall dies and is put back from its backup.
    Restored,
    /// The phone dies when all is handed in, and its browser finds no databases afterwards.
    DatabasesLost,
    /// Somebody at a kiosk goes through all the forms, and the kiosk dies at the next blow too.
    Kiosk,
}

/// Every kind of fault.
pub const KINDS: [&str; 19] = [
    "browser-killed",
    "hall-killed",
    "body-cut",
    "answer-cut",
    "delayed",
    "doubled",
    "five-posts",
    "429",
    "500",
    "502",
    "login-page",
    "five-tabs",
    "database-closed",
    "quota-full",
    "clock",
    "new-version",
    "restored",
    "databases-lost",
    "kiosk",
];

impl Fault {
    pub fn kind(self) -> &'static str {
        match self {
            Fault::Struck(strike) => match strike.blow {
                Blow::Kill(Victim::Browser, ..) => "browser-killed",
                Blow::Kill(Victim::Hall, ..) => "hall-killed",
                Blow::CutBody(_) => "body-cut",
                Blow::CutAnswer(_) => "answer-cut",
                Blow::Delay(_) => "delayed",
                Blow::Repeat(_) => "doubled",
                Blow::AtOnce(_) => "five-posts",
                Blow::Instead(200, _) => "login-page",
                Blow::Instead(429, _) => "429",
                Blow::Instead(502, _) => "502",
                Blow::Instead(..) => "500",
            },
            Fault::FiveTabs => "five-tabs",
            Fault::DatabaseClosed { .. } => "database-closed",
            Fault::QuotaFull(_) => "quota-full",
            Fault::Clock(_) => "clock",
            Fault::NewVersion => "new-version",
            Fault::Restored => "restored",
            Fault::DatabasesLost => "databases-lost",
            Fault::Kiosk => "kiosk",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        match self {
            Fault::Struck(Strike { at, blow: Blow::Kill(_, moment, ms), .. }) => write!(f, "{kind}({at:?} {moment:?}+{ms}ms)"),
            Fault::Struck(Strike { at, times, .. }) => write!(f, "{kind}({at:?}×{times})"),
            Fault::Clock(hours) => write!(f, "{kind}({hours:+}h)"),
            Fault::DatabaseClosed { after, told } => write!(f, "{kind}({after}ms{})", if *told { " told" } else { "" }),
            _ => f.write_str(kind),
        }
    }
}

/// One round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub seed: u64,
    /// Which of the prepared applications are handed in, in this order.
    pub submissions: Vec<usize>,
    pub faults: Vec<Fault>,
    /// Nobody presses "send now": the device must do it all by itself.
    pub patient: bool,
    /// The hall is backed up when all is done.
    pub backup: bool,
}

impl Plan {
    /// `prepared`: how many applications there are to choose from.
    pub fn of(seed: u64, prepared: usize) -> Plan {
        // Chance of this kind stands still at zero.
        let mut dice = Dice(mixed(seed) | 1);
        let mut submissions: Vec<usize> = (0..prepared).collect();
        submissions.rotate_left(dice.below(prepared));
        submissions.truncate(1 + dice.below(3));
        let mut faults: Vec<Fault> = Vec::new();
        for _ in 0..=dice.below(4) {
            let fault = fault(&mut dice);
            if !faults.iter().any(|known| known.kind() == fault.kind() || both_lost(*known, fault)) {
                faults.push(fault);
            }
        }
        let chunks = |fault: &Fault| matches!(fault, Fault::Struck(strike) if strike.at == At::Chunk);
        if faults.iter().any(chunks) && !submissions.contains(&PICTURED) {
            submissions[0] = PICTURED;
        }
        Plan { seed, submissions, faults, patient: dice.below(12) == 0, backup: dice.below(5) == 0 }
    }

    pub fn strikes(&self) -> Vec<Strike> {
        self.faults.iter().filter_map(|fault| if let Fault::Struck(strike) = fault { Some(*strike) } else { None }).collect()
    }

    pub fn has(&self, fault: impl Fn(&Fault) -> bool) -> bool {
        self.faults.iter().any(fault)
    }
}

/// What the hall has received, the device keeps in its databases only: both cannot be lost at once.
fn both_lost(one: Fault, other: Fault) -> bool {
    [one, other].iter().all(|fault| matches!(fault, Fault::Restored | Fault::DatabasesLost | Fault::QuotaFull(_))) && one != other
}

fn fault(dice: &mut Dice) -> Fault {
    match dice.below(42) {
        0..8 => Fault::Struck(browser_killed(dice)),
        8..14 => Fault::Struck(hall_killed(dice)),
        14..28 => Fault::Struck(network(dice)),
        28..30 => Fault::FiveTabs,
        30..32 => Fault::DatabaseClosed { after: dice.below(250) as u64, told: dice.below(2) == 0 },
        32..34 => Fault::QuotaFull([1, 200_000][dice.below(2)]),
        34..36 => Fault::Clock([-30, -7, -1, 1, 5, 30][dice.below(6)]),
        36..38 => Fault::NewVersion,
        38 => Fault::Restored,
        39..41 => Fault::DatabasesLost,
        _ => Fault::Kiosk,
    }
}

/// At any moment of enqueue, drain or acknowledgement.
fn browser_killed(dice: &mut Dice) -> Strike {
    let (at, moment, after) = match dice.below(4) {
        0 | 1 => (At::Pressed, Moment::After, dice.below(400)),
        2 => ([At::Submission, At::Chunk][dice.below(2)], [Moment::Before, Moment::During][dice.below(2)], dice.below(40)),
        _ => (At::Submission, Moment::After, dice.below(120)),
    };
    Strike { at, blow: Blow::Kill(Victim::Browser, moment, after as u64), times: 1 }
}

/// Before, during and after its commit.
fn hall_killed(dice: &mut Dice) -> Strike {
    let at = [At::Submission, At::Submission, At::Submission, At::Chunk][dice.below(4)];
    let (moment, after) = match dice.below(4) {
        0 => (Moment::Before, 0),
        1 | 2 => (Moment::During, dice.below(40)),
        _ => (Moment::After, 0),
    };
    Strike { at, blow: Blow::Kill(Victim::Hall, moment, after as u64), times: 1 }
}

fn network(dice: &mut Dice) -> Strike {
    let at = [At::Submission, At::Submission, At::Chunk, At::Api][dice.below(4)];
    let blow = match dice.below(10) {
        0 => Blow::CutBody(dice.below(100)),
        1 | 2 => Blow::CutAnswer(dice.below(100)),
        3 => Blow::Delay(300 + 100 * dice.below(20) as u64),
        4 => Blow::Repeat(2),
        5 => Blow::AtOnce(5),
        other => Blow::Instead([429, 500, 502, 200][other - 6], dice.below(2) == 0),
    };
    let times = if at == At::Api { 2 + dice.below(8) } else { 1 + dice.below(2) };
    Strike { at, blow, times: times as u32 }
}
