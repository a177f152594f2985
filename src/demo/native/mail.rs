//! Mailbox audit: record types 2, 3, 50 and 101.
//!
//! Who is logged how follows TELEMETRY §4.3: an application with rights of its own looks like the owner. Not here: folders and messages
//! (`folder`, `message`).

mod content;

use super::folder::Folders;
use super::identity::{Identity, UserKey, Who, name_of, push_sid};
use super::token::{self, Token};
use super::{Head, address, head, property, server};
use crate::demo::chance::{Dice, Domain, mixed};
use crate::demo::client::{Client, Form, Spec};
use crate::demo::event::{Event, Grantee, Logon, Mail, MailOperation, Second, Service};
use crate::demo::id::Guid;
use crate::demo::json::{Json, digits};
use crate::demo::tenant::{Mailbox, MailboxKind, Tenant};
use std::net::{IpAddr, Ipv6Addr};

/// Microsoft Graph and Exchange Online, as `AppId`.
const GRAPH: Guid = Guid(0x0000_0003_0000_0000_c000_0000_0000_0000);
const EXCHANGE: Guid = Guid(0x0000_0002_0000_0ff1_ce00_0000_0000_0000);

/// Operations with their names and record types, in the order of [`MailOperation`]. Source: TELEMETRY §4.1, §4.4.
pub(super) const OPERATIONS: [(MailOperation, &str, u64); 20] = [
    (MailOperation::Bind, "MailItemsAccessed", 50),
    (MailOperation::BindThrottled, "MailItemsAccessed", 50),
    (MailOperation::Sync, "MailItemsAccessed", 2),
    (MailOperation::Send, "Send", 2),
    (MailOperation::SendAs, "SendAs", 2),
    (MailOperation::SendOnBehalf, "SendOnBehalf", 2),
    (MailOperation::Create, "Create", 2),
    (MailOperation::Update, "Update", 2),
    (MailOperation::Move, "Move", 3),
    (MailOperation::MoveToDeletedItems, "MoveToDeletedItems", 3),
    (MailOperation::SoftDelete, "SoftDelete", 3),
    (MailOperation::HardDelete, "HardDelete", 3),
    (MailOperation::AttachmentAccess, "AttachmentAccess", 50),
    (MailOperation::Search, "SearchQueryInitiatedExchange", 101),
    (
        MailOperation::AddFolderPermissions,
        "AddFolderPermissions",
        2,
    ),
    (
        MailOperation::ModifyFolderPermissions,
        "ModifyFolderPermissions",
        2,
    ),
    (
        MailOperation::RemoveFolderPermissions,
        "RemoveFolderPermissions",
        2,
    ),
    (
        MailOperation::UpdateFolderPermissions,
        "UpdateFolderPermissions",
        2,
    ),
    (
        MailOperation::UpdateCalendarDelegation,
        "UpdateCalendarDelegation",
        2,
    ),
    (MailOperation::UpdateInboxRules, "UpdateInboxRules", 2),
];

/// Name and record type of an operation.
pub(super) fn named(operation: MailOperation) -> (&'static str, u64) {
    OPERATIONS
        .get(operation as usize)
        .map_or(("", 0), |(_, name, kind)| (*name, *kind))
}

/// Appends the record of something done in a mailbox; false where the tenant has no such mailbox or actor.
pub(super) fn write(tenant: &Tenant, event: &Event, mail: &Mail, out: &mut Vec<u8>) -> bool {
    let (Some(mailbox), Some(who)) = (
        tenant.mailbox(mail.mailbox),
        Who::of(tenant, mail.hand.actor),
    ) else {
        return false;
    };
    let (operation, record_type) = named(mail.operation);
    let case = Case {
        tenant,
        event,
        mail,
        mailbox,
        who,
        spec: mail.hand.client.spec(),
        operation,
        record_type,
        folders: Folders::of(tenant, mail.mailbox),
    };
    Json::document(out, |json| case.write(json));
    true
}

/// Everything that one record is about.
struct Case<'t> {
    tenant: &'t Tenant,
    event: &'t Event,
    mail: &'t Mail,
    mailbox: &'t Mailbox,
    who: Who<'t>,
    spec: &'static Spec,
    operation: &'static str,
    record_type: u64,
    folders: Folders,
}

impl Case<'_> {
    fn write(&self, json: &mut Json<'_>) {
        let who = self.identity();
        self.context(json);
        let first = Head {
            operation: self.operation,
            record_type: self.record_type,
            status: self.status(),
            workload: "Exchange",
        };
        head(json, self.tenant, self.event, &who, &first);
        let address = self.address();
        if self.record_type != 50 {
            json.name("ClientIP")
                .plain_with(|out| address::push(address, out));
        }
        json.name("UserId").text(who.user);
        self.application(json);
        json.name("ClientIPAddress")
            .plain_with(|out| address::push(address, out));
        json.name("ClientInfoString");
        self.client(json);
        if self.spec.client == Client::Outlook {
            json.name("ClientProcessName").plain("OUTLOOK.EXE");
            json.name("ClientVersion")
                .plain_with(|out| push_outlook(self.event.time - self.who.lag(), out));
        }
        json.name("ExternalAccess")
            .flag(self.who.is_external(self.tenant));
        self.guest(json);
        self.logon(json);
        self.operation_properties(json);
        json.name("OrganizationName").text(&self.tenant.domain);
        json.name("OriginatingServer").plain_with(|out| {
            // A mailbox stays on a server for a few days.
            let moved = self.event.time.unsigned_abs() / 400_000;
            let which = mixed(u64::from(self.mail.mailbox.0) ^ (moved << 32));
            server::push(self.tenant, which, self.event.time, out);
            out.extend_from_slice(b"\\r\\n");
        });
        if let Some(session) = self.session().filter(|_| self.spec.has_session) {
            json.name("SessionId").guid(session);
        }
        content::write(self, json);
    }

    /// `ResultStatus`: of groups of messages, some now and then cannot be touched.
    fn status(&self) -> &'static str {
        let detail = self.mail.detail.as_ref();
        if detail.is_some_and(|detail| detail.failed) {
            "Failed"
        } else if self.record_type == 3 && self.dice("status").happens(1, 150) {
            "PartiallySucceeded"
        } else {
            "Succeeded"
        }
    }

    /// Chance inside this record.
    fn dice(&self, domain: &'static str) -> Dice {
        Dice::of(self.tenant.seed, Domain(domain), &[self.event.key.0])
    }

    fn session(&self) -> Option<Guid> {
        token::session(self.tenant, self.mail.hand.session)
    }

    /// Applications with rights of their own and Microsoft's reading go under the name of the owner.
    fn identity(&self) -> Identity<'_> {
        let mailbox = self.mailbox;
        match self.who {
            Who::Person(person, _) => Identity::person(person),
            Who::Application(application) => Identity {
                user: &mailbox.address,
                user_key: UserKey::Guid(application.app_id),
                user_type: 5,
            },
            Who::Service(Service::RestSystem) => Identity {
                user: &mailbox.address,
                user_key: UserKey::Puid(mailbox.puid),
                user_type: 0,
            },
            Who::Service(service) => Identity::service(service),
        }
    }

    /// The address that the record shows: through Graph that of Microsoft's front end.
    fn address(&self) -> IpAddr {
        let hand = &self.mail.hand;
        // One front end for a while, as connections are kept.
        let while_of = |of: u64| {
            let key = mixed(of) ^ mixed(self.event.time.unsigned_abs() / 1_800);
            Dice::of(self.tenant.seed, Domain("front-end"), &[key])
        };
        match (self.who, hand.client) {
            (Who::Service(Service::RestSystem), _) => {
                let mut dice = while_of(u64::from(self.mail.mailbox.0));
                address::exchange(self.tenant, &mut dice)
            }
            (Who::Service(_), _) => IpAddr::V6(Ipv6Addr::LOCALHOST),
            (Who::Application(application) | Who::Person(_, Some(application)), Client::Rest) => {
                let [.., a, b, c, d] = application.app_id.0.to_be_bytes();
                let mut dice = while_of(u64::from(u32::from_be_bytes([a, b, c, d])));
                address::front_end(&mut dice)
            }
            _ => hand.address,
        }
    }

    /// `AppAccessContext`, which comes first where there is one.
    fn context(&self, json: &mut Json<'_>) {
        let hand = &self.mail.hand;
        let token = Token::of(self.tenant, hand, self.event.time);
        let Some(token) = token.filter(|_| self.spec.has_token) else {
            return;
        };
        json.name("AppAccessContext").object(|json| {
            if let Some(session) = self.session() {
                json.name("AADSessionId").guid(session);
            }
            if let (Client::Rest, Some(application)) = (hand.client, self.who.application()) {
                json.name("APIId").guid(GRAPH);
                json.name("ClientAppId").guid(application.app_id);
            }
            token.write(json);
        });
    }

    /// `AppId` and `ClientAppId`: an API with the application that called it, or an application alone.
    fn application(&self, json: &mut Json<'_>) {
        let (app, client) = match (self.who, self.mail.hand.client) {
            (Who::Service(Service::RestSystem), _) => self.background(),
            (Who::Service(_), _) => (None, None),
            (who, Client::Rest) => (Some(GRAPH), who.application().map(|found| found.app_id)),
            (who, client) => match who.application() {
                Some(application) => (Some(application.app_id), Some(application.app_id)),
                None if matches!(self.spec.form, Form::Web) => (Some(EXCHANGE), None),
                None => (Some(client.application().0), None),
            },
        };
        if let Some(app) = app {
            json.name("AppId").guid(app);
        }
        if let Some(client) = client {
            json.name("ClientAppId").guid(client);
        }
    }

    /// The applications under which Microsoft reads in the background: some records name none, half name a caller that is in no public
    /// list of Microsoft's applications. Source: TELEMETRY §7.4, §7.5.
    fn background(&self) -> (Option<Guid>, Option<Guid>) {
        const CALLER: Guid = Guid(0x3c8e_478f_21ca_493a_b87c_c736_6d66_4d54);
        const READERS: [Guid; 6] = [
            Guid(0x1393_7bba_652e_4c46_b222_3003_f4d1_ff97),
            Guid(0xb669_c6ea_1adf_453f_b8bc_6d52_6592_b419),
            Guid(0x35d5_4a08_36c9_4847_9018_9393_4c62_740c),
            Guid(0x48af_08dc_f6d2_435f_b2a7_069a_bd99_c086),
            Guid(0x66a8_8757_258c_4c72_893c_3e8b_ed4d_6899),
            Guid(0x20a1_1fe0_faa8_4df5_baf2_f965_f8f9_972e),
        ];
        let mut dice = self.dice("background");
        if dice.happens(1, 6) {
            return (None, None);
        }
        let reader = dice.one(&READERS).copied();
        (reader, dice.happens(3, 5).then_some(CALLER))
    }

    fn client(&self, json: &mut Json<'_>) {
        match (self.spec.form, self.who) {
            (Form::Fixed(_), Who::Application(_)) if self.spec.client == Client::Rest => {
                json.plain("Client=REST;Client=RESTSystem;;");
            }
            (Form::Fixed(text), _) => json.plain(text),
            (Form::Web, _) if self.is_read() => json.plain("Client=OWA;Action=ViaProxy"),
            (Form::Web, _) => json.plain_with(|out| {
                out.extend_from_slice(b"Client=OWA;");
                let released = self.event.time - self.who.lag();
                self.spec.push_agent(released, out);
                out.push(b';');
            }),
            (Form::Named(text), who) => json.plain_with(|out| {
                out.extend_from_slice(text.as_bytes());
                if let Some(application) = who.application() {
                    out.extend_from_slice(b"[AppId=");
                    application.app_id.push(out);
                    out.push(b']');
                }
                out.push(b';');
            }),
        }
    }

    fn is_read(&self) -> bool {
        matches!(
            self.mail.operation,
            MailOperation::Bind | MailOperation::BindThrottled | MailOperation::Sync
        )
    }

    /// Guests and partners are of another tenant.
    fn guest(&self, json: &mut Json<'_>) {
        if let Who::Person(person, _) = self.who
            && person.tenant != self.tenant.id
        {
            json.name("ExternalUserTenantId").guid(person.tenant);
        }
    }

    fn logon(&self, json: &mut Json<'_>) {
        let logon = self.mail.logon as u64;
        let owner = self.mailbox.rid;
        json.name("InternalLogonType").number(logon);
        json.name("LogonType").number(logon);
        match self.who {
            Who::Person(person, _) if self.mail.logon != Logon::Owner => {
                json.name("LogonUserDisplayName").text(&person.name);
                let sid = |out: &mut Vec<u8>| push_sid(self.tenant, person.rid, out);
                json.name("LogonUserSid").plain_with(sid);
            }
            Who::Service(service) if service != Service::RestSystem => {
                json.name("LogonUserSid").plain("S-1-5-18");
            }
            _ => {
                let sid = |out: &mut Vec<u8>| push_sid(self.tenant, owner, out);
                json.name("LogonUserSid").plain_with(sid);
            }
        }
        json.name("MailboxGuid").guid(self.mailbox.guid);
        if matches!(self.mailbox.kind, MailboxKind::Group | MailboxKind::Shared) {
            json.name("MailboxOwnerMasterAccountSid").plain("S-1-5-10");
        }
        let sid = |out: &mut Vec<u8>| push_sid(self.tenant, owner, out);
        json.name("MailboxOwnerSid").plain_with(sid);
        json.name("MailboxOwnerUPN").text(&self.mailbox.address);
    }

    fn operation_properties(&self, json: &mut Json<'_>) {
        let access = |json: &mut Json<'_>, kind: &str, throttled: &str| {
            json.name("OperationProperties").list(|json| {
                property(json, "MailAccessType", kind);
                property(json, "IsThrottled", throttled);
            });
        };
        match self.mail.operation {
            MailOperation::Bind => access(json, "Bind", "False"),
            MailOperation::BindThrottled => access(json, "Bind", "True"),
            MailOperation::Sync => access(json, "Sync", "False"),
            MailOperation::AttachmentAccess => json.name("OperationProperties").list(|json| {
                property(json, "AttachmentAccessType", "Bind");
            }),
            MailOperation::UpdateInboxRules => content::rule(self, json),
            _ => {}
        }
    }
}

/// Appends the version of Outlook at a moment: there is another one every four weeks.
fn push_outlook(time: Second, out: &mut Vec<u8>) {
    let turn = (time - 1_769_990_400).div_euclid(28 * 86_400);
    let turn = u64::try_from(turn).unwrap_or(0);
    out.extend_from_slice(b"16.0.");
    digits(19_628 + turn * 104, 5, out);
    out.push(b'.');
    digits(20_140 + turn * 22, 5, out);
}

/// Name and SID of whom a folder permission is for.
fn grantee(tenant: &Tenant, mailbox: &Mailbox, who: Grantee) -> (String, String) {
    let sid = |rid: u32| {
        let mut out = Vec::new();
        push_sid(tenant, rid, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    };
    let local = |last: u8| {
        let parts = mailbox.guid.0.to_be_bytes();
        let parts = parts.chunks_exact(4).map(|part| {
            let word = part
                .iter()
                .fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
            format!("-{word}")
        });
        format!("S-1-8{}-{last}", parts.collect::<String>())
    };
    match who {
        Grantee::Person(id) => tenant
            .person(id)
            .map(|person| (name_of(person).to_owned(), sid(person.rid)))
            .unwrap_or_default(),
        Grantee::Application(id) => tenant
            .application(id)
            .map(|application| {
                let [.., a, b, c, d] = application.object.0.to_be_bytes();
                let rid = u32::from_be_bytes([a, b, c, d]) % 40_000_000;
                (application.object.to_string(), sid(rid))
            })
            .unwrap_or_default(),
        Grantee::Default => ("Everyone".to_owned(), "S-1-1-0".to_owned()),
        Grantee::Anonymous => ("Anonymous".to_owned(), "S-1-5-7".to_owned()),
        Grantee::LocalMembers => ("Member@local".to_owned(), local(1)),
        Grantee::LocalOwners => ("Owner@local".to_owned(), local(0)),
    }
}
