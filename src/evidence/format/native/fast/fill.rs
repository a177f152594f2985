//! The fields of a record from the texts of a row, in the order in which the strict reader fills them.
//!
//! Every field is set: the record held another one. Not here: lists, which are read where they stand.

use super::super::super::super::fields::{flag, integer, is_null};
use super::super::super::mailbox::path_or_name;
use super::super::{
    detailed_agent, embedded_app, is_among, is_sign_in, judge_sign_in, own_agent, record_type,
    targets,
};
use super::members::{COUNT, Slot};
use super::scan::{Cursor, Text};
use super::{Names, Spare};
use crate::record::{Address, FolderMember, Identifier, LogonType, Outcome, Record, UserType};
use crate::text::trimmed;
use crate::time;

/// The texts of a row.
pub(super) struct Texts<'a> {
    cursor: &'a Cursor<'a>,
    texts: &'a [Text; COUNT],
}

impl<'a> Texts<'a> {
    pub(super) fn new(cursor: &'a Cursor<'a>, texts: &'a [Text; COUNT]) -> Self {
        Self { cursor, texts }
    }

    /// A text as it stands.
    #[inline]
    fn own(&self, slot: Slot) -> &'a str {
        self.cursor.text(self.texts[slot as usize])
    }

    /// A text without blanks around it; empty where it says that there is none.
    #[inline]
    fn text(&self, slot: Slot) -> &'a str {
        let text = trimmed(self.own(slot));
        if matches!(text.len(), 4 | 6) && is_null(text) {
            ""
        } else {
            text
        }
    }

    /// The first of several texts that is not empty.
    fn first(&self, slots: &[Slot]) -> &'a str {
        let texts = slots.iter().map(|slot| self.text(*slot));
        texts
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }

    /// Fills all of a record but its lists. Nothing when it has no time, id or operation, which the strict reader has more to say of.
    pub(super) fn fill(
        &self,
        record: &mut Record,
        names: &Names,
        identifiers: &[Identifier],
        spare: &mut Spare,
    ) -> Option<()> {
        self.event(record)?;
        self.extras(record, names, spare);
        targets(identifiers, &mut record.targets, || spare.target());
        self.folder(record, spare);
        self.addresses(record, names);
        self.agent(record);
        self.application(record);
        self.result(record);
        record.country.clear();
        record.degraded.clear();
        Some(())
    }

    fn event(&self, record: &mut Record) -> Option<()> {
        let id = self.text(Slot::Id);
        let created = self.text(Slot::CreationTime);
        record.time = Some(time::parse(created)?);
        record.operation.set(self.text(Slot::Operation));
        if id.is_empty() || record.operation.as_str().is_empty() || time::is_ambiguous(created) {
            return None;
        }
        id.clone_into(&mut record.id.0);
        record.record_type = record_type(self.text(Slot::RecordType));
        record.user_type = UserType::read(self.text(Slot::UserType));
        record.external = flag(self.text(Slot::ExternalAccess));
        record.logon = LogonType::read(self.text(Slot::LogonType));
        let count = integer(self.text(Slot::OperationCount));
        record.operation_count = count.and_then(|count| u64::try_from(count).ok());
        let texts = [
            (&mut record.workload, self.text(Slot::Workload)),
            (&mut record.user, self.text(Slot::UserId)),
            (&mut record.user_key, self.text(Slot::UserKey)),
            (&mut record.tenant, self.text(Slot::OrganizationId)),
            (&mut record.object, self.text(Slot::ObjectId)),
            (&mut record.mailbox.owner, self.text(Slot::MailboxOwnerUpn)),
            (&mut record.mailbox.guid, self.text(Slot::MailboxGuid)),
            (&mut record.mailbox.sid, self.text(Slot::MailboxOwnerSid)),
            (&mut record.logon_sid, self.text(Slot::LogonUserSid)),
            (
                &mut record.correlation,
                self.first(&[Slot::InterSystemsId, Slot::CorrelationId]),
            ),
        ];
        for (field, text) in texts {
            text.clone_into(field);
        }
        Some(())
    }

    fn extras(&self, record: &mut Record, names: &Names, spare: &mut Spare) {
        for (name, slot) in &names.extras {
            let value = self.text(*slot);
            if !value.is_empty() {
                record.extended.push(spare.property(name, value));
            }
        }
    }

    /// The folder that the record itself names: its permission, and the folder alone where no item names one.
    fn folder(&self, record: &mut Record, spare: &mut Spare) {
        let folder = super::FOLDER.map(|slot| self.own(slot));
        record.member = record.member.take().or_else(|| member(folder));
        let path = path_or_name(folder[0], folder[1]);
        if record.folders.is_empty() && !path.is_empty() {
            record.folders.push(spare.folder(path));
        }
    }

    fn addresses(&self, record: &mut Record, names: &Names) {
        let mut all = names.addresses.iter();
        let slots = all.find(|(types, _)| is_among(record.record_type, types));
        let slots = slots.map_or(&[][..], |(_, slots)| slots);
        let first = self.first(slots);
        record.address.set(first);
        record.other_addresses.clear();
        for text in slots.iter().map(|slot| self.text(*slot)) {
            if text.is_empty() || text == first {
                continue;
            }
            let other = Address::read(text);
            let mut known = record.other_addresses.iter();
            let is_known = other.ip == record.address.ip || known.any(|known| known.ip == other.ip);
            if other.ip.is_some() && !is_known {
                record.other_addresses.push(other);
            }
        }
    }

    fn agent(&self, record: &mut Record) {
        let agent = self.first(&[Slot::ClientInfoString, Slot::UserAgent]);
        if agent.is_empty() {
            match own_agent(&record.extended) {
                Some(own) => own.clone_into(&mut record.agent),
                None => detailed_agent(&record.extended).clone_into(&mut record.agent),
            }
        } else {
            agent.clone_into(&mut record.agent);
        }
        if record.agent.is_empty() {
            self.text(Slot::ActorInfoString)
                .clone_into(&mut record.agent);
        }
    }

    fn application(&self, record: &mut Record) {
        let (own, text) = (|slot| self.own(slot), |slot| self.text(slot));
        let app = &mut record.app;
        self.first(&[Slot::AppId, Slot::ApplicationId])
            .clone_into(&mut app.id);
        or(text(Slot::ClientAppId), own(Slot::ContextClient)).clone_into(&mut app.client);
        or(own(Slot::ContextName), text(Slot::ApplicationDisplayName)).clone_into(&mut app.name);
        if app.id.is_empty() && app.client.is_empty() {
            embedded_app(&record.agent).clone_into(&mut app.id);
        }
        app.resource.clear();
        if is_sign_in(record) {
            record.app.resource.clone_from(&record.object);
        }
        or(own(Slot::ContextToken), text(Slot::UniqueTokenId)).clone_into(&mut record.token);
        let session = or(text(Slot::SessionId), own(Slot::ContextSession));
        or(session, own(Slot::DeviceSession)).clone_into(&mut record.session);
    }

    fn result(&self, record: &mut Record) {
        self.text(Slot::ResultStatus).clone_into(&mut record.status);
        if is_sign_in(record) {
            let error = integer(self.text(Slot::ErrorNumber)).unwrap_or(0);
            judge_sign_in(record, error, self.text(Slot::LogonError));
        } else {
            record.outcome = Outcome::of_status(&record.status);
        }
    }
}

fn or<'t>(text: &'t str, other: &'t str) -> &'t str {
    if text.is_empty() { other } else { text }
}

/// The entry of a folder permission change, from path, name, account, SID and rights.
pub(super) fn member([path, name, upn, sid, rights]: [&str; 5]) -> Option<FolderMember> {
    let named = !upn.is_empty() || !sid.is_empty() || !rights.is_empty();
    named.then(|| FolderMember {
        folder: path_or_name(path, name).to_owned(),
        upn: upn.to_owned(),
        sid: sid.to_owned(),
        rights: rights.to_owned(),
    })
}
