//! What a person does in an hour: sign-ins, mail of their own, of others', and what their role brings with it.
//!
//! Not here: how much (`life`), from where (`habit`).

use super::habit::{Device, Habit, Today};
use super::mailbox::{self, OWN, mail};
use super::profile::Shape;
use super::sharing::Share;
use super::{Scene, Window, admin};
use crate::demo::chance::{Dice, Domain, mixed};
use crate::demo::client::Client;
use crate::demo::event::{
    Act, Actor, Event, Hand, Logon, MailOperation, Resource, Second, SignIn, SignInKind,
};
use crate::demo::id::{ApplicationId, Key, MailboxId, Origin, PersonId};
use crate::demo::place;
use crate::demo::tenant::{Purpose, Role};

/// The part of somebody's day that falls into an hour: which of its records.
pub(super) struct Part<'p> {
    pub(super) id: PersonId,
    pub(super) habit: &'p Habit,
    pub(super) day: i64,
    pub(super) window: Window,
    pub(super) from: u32,
    pub(super) to: u32,
}

/// Why sign-ins fail and how often: wrong password, the question whether to stay signed in, a second factor, an expired password, a locked account.
const FAILURES: [(u32, u32); 6] = [
    (50126, 52),
    (50140, 20),
    (50074, 12),
    (50076, 8),
    (50055, 4),
    (50053, 4),
];

/// Seconds that one go at the mail takes at most.
const BURST: u64 = 420;

/// Puts a person's events of an hour into a list; `ordinal` counts their records of the hour.
pub(super) fn fill(
    scene: &Scene<'_>,
    part: &Part<'_>,
    mut ordinal: u32,
    into: &mut Vec<Event>,
) -> u32 {
    let whose = u64::from(part.id.0);
    let mut dice = Dice::of(
        scene.tenant.seed,
        Domain("hour"),
        &[whose, u64::from(scene.hour) << 1 | u64::from(ordinal > 0)],
    );
    let desk = Desk::new(scene, part);
    let times = times(scene.time, part.to - part.from, &mut dice);
    let mut renewed = [false; 2];
    let begun = ordinal;
    for (index, time) in (part.from..).zip(times) {
        let act = desk.act(index, time, &mut dice);
        if let Some((device, hand)) = desk.device(&act)
            && !std::mem::replace(&mut renewed[usize::from(device)], true)
            && !is_sign_in(&act)
        {
            let key = begun * 2 + u32::from(device);
            into.push(Event {
                time: (time - 1).max(scene.time),
                key: Key::new(Origin::SignIn, scene.hour, part.id.0, key),
                act: sign_in(SignInKind::NonInteractive, hand, 0, &mut dice),
            });
        }
        let key = Key::new(Origin::Ordinary, scene.hour, part.id.0, ordinal);
        into.push(Event { time, key, act });
        ordinal += 1;
    }
    ordinal
}

/// Whether it is a sign-in that succeeds.
fn is_sign_in(act: &Act) -> bool {
    matches!(act, Act::SignIn(sign_in) if sign_in.error == 0)
}

/// Moments of an hour, in order: in a few bursts, as people look at their mail.
fn times(start: Second, count: u32, dice: &mut Dice) -> Vec<Second> {
    let bursts = 1 + count / 6;
    let mut begins = [0; 8];
    let begins = begins
        .get_mut(..usize::try_from(bursts.min(8)).unwrap_or(8))
        .unwrap_or_default();
    for begin in &mut *begins {
        *begin = dice.below(3600 - BURST);
    }
    let mut times: Vec<Second> = (0..count)
        .map(|_| {
            let begin = dice.one(begins).copied().unwrap_or(0);
            let spread = if count > 60 {
                dice.below(3600)
            } else {
                begin + dice.below(BURST)
            };
            start + i64::try_from(spread).unwrap_or(0)
        })
        .collect();
    times.sort_unstable();
    times
}

/// A sign-in with somebody's hands.
fn sign_in(kind: SignInKind, hand: Hand, error: u32, dice: &mut Dice) -> Act {
    let resource = if dice.happens(2, 3) {
        Resource::Exchange
    } else {
        Resource::Graph
    };
    Act::SignIn(SignIn {
        kind,
        hand,
        resource,
        error,
        credential: None,
    })
}

/// Somebody at work: their devices and mailboxes.
struct Desk<'d> {
    scene: &'d Scene<'d>,
    part: &'d Part<'d>,
    desktop: Hand,
    phone: Option<Hand>,
    /// Of ten acts, how many are done on the phone.
    on_phone: u64,
    own: Option<MailboxId>,
    shares: &'d [Share],
    program: Option<ApplicationId>,
}

impl<'d> Desk<'d> {
    fn new(scene: &'d Scene<'d>, part: &'d Part<'d>) -> Self {
        let seed = scene.tenant.seed;
        let Part {
            id,
            habit,
            day,
            window,
            ..
        } = *part;
        let hour = place::info(window.place).map_or(12, |place| place.local(scene.time).hour);
        let is_late = !(7..19).contains(&hour);
        let shape = match window.shape {
            Shape::Office if is_late => Shape::Home,
            shape => shape,
        };
        let today = Today {
            shape,
            place: window.place,
            much: 0,
        };
        let phone = habit
            .phone
            .map(|_| habit.hand(seed, id, day, today, Device::Phone));
        Self {
            scene,
            part,
            desktop: habit.hand(seed, id, day, today, Device::Desktop),
            phone,
            on_phone: match shape {
                Shape::Quiet => 10,
                _ if is_late => 9,
                _ => 1,
            },
            own: scene.tenant.mailbox_of(id),
            shares: scene.plan.sharing.of(id),
            program: program(scene, id).filter(|_| habit.role == Role::Staff),
        }
    }

    /// The device, by number, whose token an act needs: one lasts for little more than an hour.
    fn device(&self, act: &Act) -> Option<(bool, Hand)> {
        let hand = act.hand();
        if hand.session == 0 || matches!(act, Act::SignIn(sign_in) if sign_in.error != 0) {
            return None;
        }
        match self.phone {
            Some(phone) if phone.session == hand.session => Some((true, phone)),
            _ => Some((false, self.desktop)),
        }
    }

    /// The device at which something is typed: the phone on a day off.
    fn main(&self) -> Hand {
        let phone = self
            .phone
            .filter(|_| self.part.window.shape == Shape::Quiet);
        phone.unwrap_or(self.desktop)
    }

    fn hand(&self, dice: &mut Dice) -> Hand {
        let phone = self.phone.filter(|_| dice.happens(self.on_phone, 10));
        phone.unwrap_or(self.desktop)
    }

    /// The `index`th act of the day.
    fn act(&self, index: u32, time: Second, dice: &mut Dice) -> Act {
        let hand = self.hand(dice);
        if let Some(error) = self.signs_in(index, dice) {
            return sign_in(SignInKind::Interactive, self.main(), error, dice);
        }
        let is_desk = hand.client == self.desktop.client;
        match self.part.habit.role {
            Role::Guest => return sign_in(SignInKind::Interactive, hand, 0, dice),
            Role::ExchangeAdministrator
            | Role::GlobalAdministrator
            | Role::Helpdesk
            | Role::Partner
                if is_desk && dice.happens(admin::share(self.part.habit.role), 100) =>
            {
                return admin::act(self.scene.tenant, hand, self.part.habit.role, dice);
            }
            _ => {}
        }
        let mail = self
            .elsewhere(hand, time, dice)
            .or_else(|| self.at_home(hand, time, dice));
        mail.unwrap_or_else(|| sign_in(SignInKind::Interactive, self.main(), 0, dice))
    }

    /// Whether the `index`th act of the day is a sign-in, and with which error: mostly the first is one, one in twelve fails first.
    fn signs_in(&self, index: u32, dice: &mut Dice) -> Option<u32> {
        let day = u64::try_from(self.part.day + 1).unwrap_or(0);
        let luck = mixed(u64::from(self.part.id.0) << 24 ^ day ^ self.scene.tenant.seed);
        let records = self.part.window.records;
        let fails = luck.is_multiple_of(12) && records > 3;
        match index {
            0 if fails => {
                let at = dice.weighted(FAILURES.iter().map(|(_, weight)| *weight));
                at.and_then(|at| FAILURES.get(at)).map(|(code, _)| *code)
            }
            1 if fails => Some(0),
            0 if records == 1 => (luck >> 8).is_multiple_of(4).then_some(0),
            0 => (!(luck >> 8).is_multiple_of(8)).then_some(0),
            _ => dice.happens(1, 80).then_some(0),
        }
    }

    /// Something in another's mailbox, for those who work in some: assistants half of the time, others less.
    fn elsewhere(&self, hand: Hand, time: Second, dice: &mut Dice) -> Option<Act> {
        let share = dice.one(self.shares)?;
        let often = if share.assists { 50 } else { 24 };
        if i64::from(share.since) > self.part.day || !dice.happens(often, 100) {
            return None;
        }
        let operation = match dice.below(10) {
            0..=4 => MailOperation::Bind,
            5 => MailOperation::Sync,
            6 | 7 if share.assists => MailOperation::SendOnBehalf,
            6 | 7 if share.may_send => MailOperation::SendAs,
            8 => MailOperation::Create,
            9 => MailOperation::Update,
            _ => MailOperation::MoveToDeletedItems,
        };
        let seed = self.scene.tenant.seed;
        let mut act = mail(
            seed,
            hand,
            (share.mailbox, Logon::Delegated),
            operation,
            (time, dice),
        );
        if share.assists {
            act.folder = admin::assisted_folder(operation, act.folder, dice);
        }
        Some(Act::Mail(act))
    }

    /// Something in their own mailbox.
    fn at_home(&self, hand: Hand, time: Second, dice: &mut Dice) -> Option<Act> {
        let own = self.own?;
        let operation = mailbox::operation(&OWN, dice);
        let mut hand = hand;
        let is_reading = matches!(operation, MailOperation::Bind | MailOperation::Update);
        if let Some(program) = self.program.filter(|_| is_reading && dice.happens(1, 2)) {
            hand.actor = Actor::OnBehalf(program, self.part.id);
            hand.client = Client::Rest;
            hand.session = 0;
        }
        let seed = self.scene.tenant.seed;
        Some(Act::Mail(mail(
            seed,
            hand,
            (own, Logon::Owner),
            operation,
            (time, dice),
        )))
    }
}

/// The mail program of a third party that somebody uses beside their usual one: one in twelve does.
fn program(scene: &Scene<'_>, id: PersonId) -> Option<ApplicationId> {
    let chance = mixed(scene.tenant.seed ^ u64::from(id.0) << 8 ^ 0x9a11);
    if !chance.is_multiple_of(12) {
        return None;
    }
    let nth = usize::try_from(chance >> 8 & 1).unwrap_or(0);
    scene.tenant.of_purpose(Purpose::MailProgram).nth(nth)
}
