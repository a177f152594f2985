//! When Exchange stops writing what is read in a mailbox: at the thousandth record of reading within a day, for the next 24 hours.
//!
//! Whatever reads there, reading is not logged then. What would have been a record of it is one of an attachment, so that the number of
//! records stays as asked for. Stories are counted and left as they are told. Not here: who reads how much (`lane`, `person`).

use crate::demo::event::{Act, Event, Mail, MailOperation, Second};
use crate::demo::id::Origin;

/// Records of reading within 24 hours, the one included that says that it is the last. Source: Microsoft's description of
/// `MailItemsAccessed`.
const MOST: u16 = 1000;

/// Hours that are counted together: 24, and the one that is not over.
const HOURS: u32 = 25;

/// How much has been read in each mailbox.
#[derive(Debug, Default)]
pub(in crate::demo) struct Throttle(Vec<Read>);

/// How much has been read in one mailbox.
#[derive(Debug, Clone, Copy, Default)]
struct Read {
    /// Records of each hour of the day, and all of them.
    hours: [u16; HOURS as usize],
    all: u16,
    /// The hour of the log of the last one.
    hour: u32,
    /// Nothing is logged before.
    silent_until: Second,
}

impl Throttle {
    /// For so many mailboxes.
    pub(in crate::demo) fn new(mailboxes: usize) -> Self {
        Self(vec![Read::default(); mailboxes])
    }

    /// Lets an event of an hour of the log pass, after all before it.
    pub(in crate::demo) fn pass(&mut self, hour: u32, event: &mut Event) {
        let is_told = event.key.0 >> 60 == Origin::Story as u64;
        let Act::Mail(mail) = &mut event.act else {
            return;
        };
        let is_bind = matches!(
            mail.operation,
            MailOperation::Bind | MailOperation::BindThrottled
        );
        if let Some(read) = self.0.get_mut(mail.mailbox.index()).filter(|_| is_bind) {
            read.pass((hour, event.time), is_told, mail);
        }
    }
}

impl Read {
    fn pass(&mut self, (hour, time): (u32, Second), is_told: bool, mail: &mut Mail) {
        if time < self.silent_until && !is_told {
            mail.operation = MailOperation::AttachmentAccess;
            return;
        }
        self.turn(hour);
        self.all += 1;
        if let Some(own) = self.hours.get_mut((hour % HOURS) as usize) {
            *own += 1;
        }
        if self.all >= MOST && !is_told {
            mail.operation = MailOperation::BindThrottled;
        }
        if mail.operation == MailOperation::BindThrottled {
            let silent_until = time + 86_400;
            *self = Self {
                hour,
                silent_until,
                ..Self::default()
            };
        }
    }

    /// Forgets the hours that are a day ago.
    fn turn(&mut self, hour: u32) {
        for past in self.hour + 1..=hour.min(self.hour + HOURS) {
            if let Some(own) = self.hours.get_mut((past % HOURS) as usize) {
                self.all -= std::mem::take(own);
            }
        }
        self.hour = hour;
    }
}
