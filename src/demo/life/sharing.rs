//! Who works in which mailboxes besides their own: shared ones, and those of whom they assist.
//!
//! Not here: what they do there.

use crate::demo::id::{MailboxId, PersonId};
use crate::demo::tenant::Tenant;

/// A mailbox that somebody else works in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Share {
    /// Who works there.
    person: PersonId,
    /// In which mailbox.
    pub(super) mailbox: MailboxId,
    /// First day of the log on which they may.
    pub(super) since: u16,
    /// Whether they may send as it.
    pub(super) may_send: bool,
    /// Whether it is that of somebody they assist.
    pub(super) assists: bool,
}

/// All such mailboxes, by person.
#[derive(Debug, Default)]
pub(super) struct Sharing(Vec<Share>);

impl Sharing {
    /// Those of a tenant, as its mailboxes and people have it; newcomers get the first shared mailbox of a colleague.
    pub(super) fn new(tenant: &Tenant) -> Self {
        let mailboxes = (0..).map(MailboxId).zip(&tenant.mailboxes);
        let shared = mailboxes.flat_map(|(id, mailbox)| {
            mailbox.delegates.iter().map(move |person| Share {
                person: *person,
                mailbox: id,
                since: 0,
                may_send: mailbox.senders.contains(person),
                assists: false,
            })
        });
        let people = (0..).map(PersonId).zip(&tenant.people);
        let assisted = people.clone().filter_map(|(person, who)| {
            Some(Share {
                person,
                mailbox: tenant.mailbox_of(who.assists?)?,
                since: 0,
                may_send: true,
                assists: true,
            })
        });
        let given = people.filter_map(|(person, who)| {
            Some(Share {
                person,
                mailbox: super::routine::desk(tenant, person).filter(|_| who.joins > 0)?,
                since: who.joins + 1,
                may_send: true,
                assists: false,
            })
        });
        let mut all: Vec<Share> = shared.chain(assisted).chain(given).collect();
        all.sort_unstable();
        Self(all)
    }

    /// Those of a person.
    pub(super) fn of(&self, person: PersonId) -> &[Share] {
        let from = self.0.partition_point(|share| share.person < person);
        let rest = self.0.get(from..).unwrap_or_default();
        let count = rest.partition_point(|share| share.person == person);
        rest.get(..count).unwrap_or_default()
    }
}
