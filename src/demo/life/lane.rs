//! Lanes: what applications and Microsoft's own services do, by their own rhythm, and the share of the records that each has.
//!
//! Not here: people (`person`), what Microsoft's provisioning writes (`noise`).

mod sign_in;

use super::mailbox::mail;
use super::{Scene, admin, habit, noise};
use crate::demo::chance::{Dice, Domain, mixed};
use crate::demo::client::Client;
use crate::demo::event::{Act, Actor, Event, Folder, Hand, Logon, MailOperation, Second, Service};
use crate::demo::id::{ApplicationId, Key, MailboxId, Origin, PersonId};
use crate::demo::place::{self, Local, Place};
use crate::demo::tenant::{MailboxKind, Purpose, Tenant};
use crate::demo::world::Period;
use sign_in::{LANE_KEYS, hand, managed, signs_in};
use std::net::{IpAddr, Ipv6Addr};

pub(super) use sign_in::{renewed, servers};

/// What runs in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The backup of every mailbox, at night.
    Backup,
    /// The customer database on the mailboxes of sales, in working hours.
    Customers,
    /// The scanner of attachments, at all hours.
    Scanner,
    /// The planner in the calendars of those who consented.
    Planner,
    /// The sanctioned migration, in one night of a weekend.
    Migration,
    /// Microsoft's background reading.
    RestSystem,
    /// Cmdlets of Microsoft's provisioning.
    Provisioning,
    /// Folder permissions of group mailboxes.
    Groups,
    /// Microsoft's changes of the directory.
    Directory,
    /// Strangers who try passwords, from abroad.
    Spray,
}

/// Share of people in all records but planned ones, in parts of a thousand: the other lanes have the rest.
pub(super) const PEOPLE: u64 = 460;

/// Each lane with its share, in parts of a thousand.
///
/// What was counted in a real log, and how it is kept:
///
/// | counted | here |
/// |---|---|
/// | 205 of 318 `MailItemsAccessed` are background reading of Microsoft | a third of what people do is reading (a sixth of all); with the applications a fifth of all; so background reading is 36 in 100 |
/// | 2,701 and 825 records by `ServiceHost` in its two spellings | 3 to 1 |
/// | of 3,526 of them 47 grants on the discovery mailbox, 85 of each `Install-` cmdlet and its like | [`noise::CMDLETS`] has these numbers |
/// | 12 of 13 `ModifyFolderPermissions` are of group mailboxes | of a thousand records 4 |
/// | 107 records of service principals added by Microsoft | of a thousand records 8, with `Update user.` |
///
/// The log counted was of a small tenant, in which provisioning was two thirds of everything; in one that works it is a tenth.
pub(super) const LANES: [(Kind, u64); 10] = [
    (Kind::Backup, 28),
    (Kind::Customers, 12),
    (Kind::Scanner, 12),
    (Kind::Planner, 5),
    (Kind::Migration, 7),
    (Kind::RestSystem, 360),
    (Kind::Provisioning, 96),
    (Kind::Groups, 4),
    (Kind::Directory, 8),
    (Kind::Spray, 8),
];

/// The lanes of a tenant.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    /// Of each lane: what its hours add up to, and what they shall add up to.
    scales: Vec<(u64, u64)>,
    /// Mailboxes of people and shared ones: the first so many.
    boxes: u32,
    /// Mailboxes of sales.
    sales: Vec<MailboxId>,
    /// Mailboxes of groups.
    groups: Vec<MailboxId>,
}

/// First hour of the nightly backup and how many it takes, by the clock of the head office.
const BACKUP: (u8, u8) = (0, 6);

/// The Saturday of the migration, as a day of the log: the third, or the first of a short log.
pub(super) fn migration(period: Period) -> i64 {
    if period.days >= 28 { 19 } else { 5 }
}

/// How busy a lane is in an hour.
fn busy(kind: Kind, period: Period, (seed, there): (u64, &Place), local: Local) -> u64 {
    let is_working = there.is_working_day(local.day);
    let is_day = is_working && (7..19).contains(&local.hour);
    let day = local.day - habit::date(0);
    let saturday = migration(period);
    match kind {
        Kind::Backup => u64::from((BACKUP.0..BACKUP.0 + BACKUP.1).contains(&local.hour)),
        Kind::Customers => u64::from(is_day),
        Kind::Scanner if is_day => 4,
        Kind::Planner if is_day => 9,
        Kind::Scanner | Kind::Planner | Kind::Provisioning | Kind::Directory => 1,
        Kind::Migration => {
            let is_on =
                day == saturday && local.hour >= 20 || day == saturday + 1 && local.hour < 6;
            u64::from(is_on)
        }
        Kind::Spray => noise::campaign(seed, local),
        Kind::RestSystem => {
            if is_day {
                13
            } else {
                10
            }
        }
        Kind::Groups => {
            if is_day {
                6
            } else {
                1
            }
        }
    }
}

impl Lanes {
    /// The lanes of a tenant in which people weigh so much.
    pub(super) fn new(tenant: &Tenant, period: Period, people: u64) -> Self {
        let mut sums = [0; LANES.len()];
        for day in 0..i64::from(period.days) {
            for hours in (0..24).map(|hour| raw(tenant, period, day, hour)) {
                for (sum, busy) in sums.iter_mut().zip(hours) {
                    *sum += busy;
                }
            }
        }
        let wanted = LANES.iter().map(|(_, share)| {
            let wide = u128::from(people.max(1 << 30)) * u128::from(*share) / u128::from(PEOPLE);
            u64::try_from(wide).unwrap_or(u64::MAX)
        });
        let ids = || (0..).map(MailboxId).zip(&tenant.mailboxes);
        let is_sales = |id: PersonId| {
            tenant
                .person(id)
                .is_some_and(|person| person.department == 4)
        };
        let own = ids().filter(|(_, mailbox)| mailbox.owner.is_some_and(is_sales));
        let groups = ids().filter(|(_, mailbox)| mailbox.kind == MailboxKind::Group);
        Self {
            scales: sums.into_iter().zip(wanted).collect(),
            boxes: ids()
                .take_while(|(id, _)| admin::is_used(tenant, *id))
                .map(|_| 1)
                .sum(),
            sales: own.map(|(id, _)| id).collect(),
            groups: groups.map(|(id, _)| id).collect(),
        }
    }

    /// The weights of each lane in each hour of a day; none outside the log.
    pub(super) fn day(&self, tenant: &Tenant, period: Period, day: i64) -> Vec<[u64; 24]> {
        let mut weights = vec![[0; 24]; LANES.len()];
        if !(0..i64::from(period.days)).contains(&day) {
            return weights;
        }
        for hour in 0..24 {
            let busy = raw(tenant, period, day, hour);
            for ((weights, busy), (sum, wanted)) in weights.iter_mut().zip(busy).zip(&self.scales) {
                let wide = u128::from(busy) * u128::from(*wanted) / u128::from((*sum).max(1));
                if let Some(weight) = usize::try_from(hour)
                    .ok()
                    .and_then(|hour| weights.get_mut(hour))
                {
                    *weight = u64::try_from(wide).unwrap_or(u64::MAX);
                }
            }
        }
        weights
    }

    /// Puts the events of an hour into a list: so many of each lane.
    pub(super) fn fill(
        &self,
        scene: &Scene<'_>,
        counts: impl Iterator<Item = u32>,
        into: &mut Vec<Event>,
    ) {
        for ((kind, _), count) in LANES.into_iter().zip(counts) {
            let purpose = match kind {
                Kind::Backup => Purpose::Backup,
                Kind::Customers => Purpose::Customers,
                Kind::Scanner => Purpose::Scanner,
                Kind::Planner => Purpose::Planner,
                Kind::Migration => Purpose::Migration,
                Kind::RestSystem
                | Kind::Provisioning
                | Kind::Groups
                | Kind::Directory
                | Kind::Spray => {
                    self.services(scene, kind, count, into);
                    continue;
                }
            };
            if let Some(application) = scene.tenant.of_purpose(purpose).next() {
                self.application(scene, (kind, application), count, into);
            }
        }
        for application in scene.tenant.of_purpose(Purpose::Internal) {
            managed(scene, application, into);
        }
    }

    fn application(
        &self,
        scene: &Scene<'_>,
        (kind, application): (Kind, ApplicationId),
        count: u32,
        into: &mut Vec<Event>,
    ) {
        let Some(hand) = hand(scene.tenant, application, kind).filter(|_| count > 0) else {
            return;
        };
        signs_in(scene, hand, application, into);
        let seed = scene.tenant.seed;
        for nth in 0..count {
            let mut dice = dice(scene, kind, nth);
            let (mailbox, order) = self.mailbox(scene, kind, (nth, count), &mut dice);
            let operation = does(kind, order, &mut dice);
            // Not before the token is there.
            let signed_in = i64::from(application.0 % 5);
            let time = scene.time + moment(nth, count, &mut dice).max(signed_in);
            let mut hand = hand;
            if let (Kind::Planner, Some(owner)) = (
                kind,
                scene
                    .tenant
                    .mailbox(mailbox)
                    .and_then(|mailbox| mailbox.owner),
            ) {
                hand.actor = Actor::OnBehalf(application, owner);
            }
            let mut act = mail(
                seed,
                hand,
                (mailbox, Logon::Owner),
                operation,
                (time, &mut dice),
            );
            if kind == Kind::Planner {
                act.folder = Folder::Calendar;
            }
            into.push(Event {
                time,
                key: key(scene, kind, nth),
                act: Act::Mail(act),
            });
        }
    }

    fn services(&self, scene: &Scene<'_>, kind: Kind, count: u32, into: &mut Vec<Event>) {
        for nth in 0..count {
            let mut dice = dice(scene, kind, nth);
            let time = scene.time + moment(nth, count, &mut dice);
            let act = match kind {
                Kind::RestSystem => self.background(scene, time, &mut dice),
                Kind::Groups => noise::group(scene.tenant, &self.groups, &mut dice),
                Kind::Directory => noise::directory(scene.tenant, &mut dice),
                Kind::Spray => noise::spray(scene.tenant, time, &mut dice),
                _ => noise::provisioning(scene.tenant, &mut dice),
            };
            into.push(Event {
                time,
                key: key(scene, kind, nth),
                act,
            });
        }
    }

    /// Microsoft reads in the background, in the name of the owner, from a server of its own.
    fn background(&self, scene: &Scene<'_>, time: Second, dice: &mut Dice) -> Act {
        let mailbox = open(
            scene,
            u32::try_from(dice.below(u64::from(self.boxes))).unwrap_or(0),
            self.boxes,
        );
        let place = scene.tenant.mailbox(mailbox).map(|mailbox| mailbox.place);
        let hand = Hand {
            actor: Actor::Service(Service::RestSystem),
            client: Client::RestSystem,
            address: server(u64::from(mailbox.0) ^ scene.tenant.seed),
            place: place.unwrap_or_default(),
            session: 0,
        };
        Act::Mail(mail(
            scene.tenant.seed,
            hand,
            (mailbox, Logon::Owner),
            MailOperation::Bind,
            (time, dice),
        ))
    }

    /// The mailbox of the `nth` of so many records of an hour, and the how manieth of that mailbox this is.
    fn mailbox(
        &self,
        scene: &Scene<'_>,
        kind: Kind,
        (nth, count): (u32, u32),
        dice: &mut Dice,
    ) -> (MailboxId, u64) {
        let (nth, count) = (u64::from(nth), u64::from(count.max(1)));
        let boxes = u64::from(self.boxes);
        let (from, span) = match kind {
            Kind::Customers => {
                let sales = dice.one(&self.sales).copied();
                return (open(scene, sales.unwrap_or_default().0, self.boxes), 0);
            }
            Kind::Planner => return (planned(scene, self.boxes, dice), 0),
            Kind::Scanner => (dice.below(boxes), 0),
            Kind::Backup => {
                // Each hour of the night has its part of the mailboxes, one after the other.
                let local = head_office(scene.tenant).map(|place| place.local(scene.time).hour);
                let part = u64::from(local.unwrap_or(0).saturating_sub(BACKUP.0));
                let parts = u64::from(BACKUP.1);
                let from = boxes * part / parts;
                (from, boxes * (part + 1) / parts - from)
            }
            _ => (0, boxes),
        };
        let step = nth * span / count;
        // Where not every mailbox has a record, chance decides which of its neighbours does.
        let luck = if span > count {
            dice.below(span / count)
        } else {
            0
        };
        let order = nth - (step * count).div_ceil(span.max(1)).min(nth);
        let at = u32::try_from(from + step + luck).unwrap_or(0);
        (open(scene, at, self.boxes), order)
    }
}

/// Most records of reading of a mailbox in a day that Exchange writes; the last says that it stops.
const THROTTLE: u64 = 1000;

/// What an application does next in a mailbox. Reading beyond the bound is not logged: what is then is attachments.
fn does(kind: Kind, order: u64, dice: &mut Dice) -> MailOperation {
    match kind {
        Kind::Customers if dice.happens(1, 4) => MailOperation::Update,
        Kind::Customers if dice.happens(1, 8) => MailOperation::Move,
        Kind::Scanner if dice.happens(1, 2) => MailOperation::AttachmentAccess,
        Kind::Migration if dice.happens(1, 4) => MailOperation::Sync,
        _ if order + 1 == THROTTLE => MailOperation::BindThrottled,
        _ if order + 1 > THROTTLE => MailOperation::AttachmentAccess,
        _ => MailOperation::Bind,
    }
}

fn head_office(tenant: &Tenant) -> Option<&'static Place> {
    tenant.sites.first().copied().and_then(place::info)
}

/// How busy each lane is in an hour of a day of the log.
fn raw(tenant: &Tenant, period: Period, day: i64, hour: i64) -> [u64; LANES.len()] {
    let time = period.start + day * 86_400 + hour * 3600;
    let Some(there) = head_office(tenant) else {
        return [0; LANES.len()];
    };
    let local = there.local(time);
    LANES.map(|(kind, _)| busy(kind, period, (tenant.seed, there), local))
}

fn dice(scene: &Scene<'_>, kind: Kind, nth: u32) -> Dice {
    let lane = u64::from(lane(kind)) << 32 | u64::from(nth);
    Dice::of(
        scene.tenant.seed,
        Domain("lane"),
        &[u64::from(scene.hour), lane],
    )
}

fn lane(kind: Kind) -> u32 {
    kind as u32
}

/// Keys of lanes: above those of people; the `whose` grows where an hour has more than a key can count.
fn key(scene: &Scene<'_>, kind: Kind, nth: u32) -> Key {
    let is_service = matches!(
        kind,
        Kind::RestSystem | Kind::Provisioning | Kind::Groups | Kind::Directory
    );
    let origin = if is_service {
        Origin::Service
    } else {
        Origin::Ordinary
    };
    Key::new(
        origin,
        scene.hour,
        LANE_KEYS | lane(kind) << 12 | nth >> 20,
        nth,
    )
}

/// Seconds into the hour of the `nth` of so many: one after the other, not like clockwork.
fn moment(nth: u32, count: u32, dice: &mut Dice) -> Second {
    let at = (u64::from(nth) * 3600 + dice.below(3600)) / u64::from(count.max(1));
    i64::try_from(at.min(3599)).unwrap_or(0)
}

/// A mailbox that is in use on the day: the first from a number on whose owner has come.
fn open(scene: &Scene<'_>, at: u32, boxes: u32) -> MailboxId {
    let day = (scene.time - scene.plan.period.start).div_euclid(86_400);
    let is_open = |id: &MailboxId| {
        let owner = scene.tenant.mailbox(*id).and_then(|mailbox| mailbox.owner);
        let joins = owner
            .and_then(|owner| scene.tenant.person(owner))
            .map(|person| person.joins);
        i64::from(joins.unwrap_or(0)) <= day
    };
    let from = (0..boxes.min(64)).map(|more| MailboxId((at + more) % boxes.max(1)));
    let mut from = from;
    from.find(is_open).unwrap_or(MailboxId(at % boxes.max(1)))
}

/// The mailbox of somebody who consented to the planner before the log: one in ten of the staff.
fn planned(scene: &Scene<'_>, boxes: u32, dice: &mut Dice) -> MailboxId {
    for _ in 0..40 {
        let id = MailboxId(u32::try_from(dice.below(u64::from(boxes))).unwrap_or(0));
        let owner = scene.tenant.mailbox(id).and_then(|mailbox| mailbox.owner);
        let person = owner.and_then(|owner| scene.tenant.person(owner));
        let stays = person.is_some_and(|person| {
            person.role.is_colleague() && person.joins == 0 && person.leaves == u16::MAX
        });
        if stays && mixed(scene.tenant.seed ^ u64::from(id.0)).is_multiple_of(10) {
            return id;
        }
    }
    MailboxId(0)
}

/// An address of Microsoft's servers in Europe, as background reading shows (`2603:10a6::/32`).
pub(super) fn server(which: u64) -> IpAddr {
    let [a, b, c, d, ..] = mixed(which).to_be_bytes().map(u16::from);
    IpAddr::V6(Ipv6Addr::new(
        0x2603,
        0x10a6,
        a % 0x40,
        b << 4 | c & 0xf,
        0,
        0,
        0,
        d,
    ))
}
