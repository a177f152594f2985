//! Who acts, as the records of the unified log spell them: `UserId`, `UserKey`, `UserType`.
//!
//! Not here: SIDs of mailbox audit (`mail`), actors of directory changes (`entra`).

use crate::demo::chance::mixed;
use crate::demo::event::{Actor, Second, Service};
use crate::demo::id::{ApplicationId, Guid, PersonId};
use crate::demo::json::{Json, digits, escape, hex};
use crate::demo::tenant::{Application, Person, Role, Tenant};

/// Who it is that acts.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo) enum Who<'t> {
    /// A person, and the application that acts in their name.
    Person(&'t Person, Option<&'t Application>),
    /// An application by itself.
    Application(&'t Application),
    /// A service of Microsoft.
    Service(Service),
}

impl<'t> Who<'t> {
    /// The actor of a tenant; `None` for indexes of another.
    pub(in crate::demo) fn of(tenant: &'t Tenant, actor: Actor) -> Option<Self> {
        let person = |id: PersonId| tenant.person(id);
        let application = |id: ApplicationId| tenant.application(id);
        Some(match actor {
            Actor::Person(id) => Self::Person(person(id)?, None),
            Actor::Application(id) => Self::Application(application(id)?),
            Actor::OnBehalf(by, id) => Self::Person(person(id)?, Some(application(by)?)),
            Actor::Service(service) => Self::Service(service),
        })
    }

    /// The application that acts, by itself or for a person.
    pub(in crate::demo) fn application(self) -> Option<&'t Application> {
        match self {
            Self::Person(_, application) => application,
            Self::Application(application) => Some(application),
            Self::Service(_) => None,
        }
    }

    /// The `UserId` of an application that acts by itself; empty for others.
    pub(super) fn principal(self) -> String {
        match self {
            Self::Application(application) => format!("ServicePrincipal_{}", application.object),
            Self::Person(..) | Self::Service(_) => String::new(),
        }
    }

    /// How long after its release somebody has another version of a program; servers have it at once.
    pub(in crate::demo) fn lag(self) -> Second {
        match self {
            Self::Person(person, _) => {
                i64::from(u32::try_from(mixed(person.puid) % 777_600).unwrap_or(0))
            }
            Self::Application(_) | Self::Service(_) => 0,
        }
    }

    /// Whether it is not of the tenant's own: a guest, a partner, Microsoft.
    pub(in crate::demo) fn is_external(self, tenant: &Tenant) -> bool {
        match self {
            Self::Person(person, _) => person.tenant != tenant.id,
            Self::Application(_) => false,
            Self::Service(service) => service != Service::RestSystem,
        }
    }
}

/// What `UserKey` holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum UserKey<'i> {
    /// A PUID alone.
    Puid(u64),
    /// A PUID with the domain behind it, as Entra writes it.
    PuidAt(u64, &'i str),
    /// An application or object id.
    Guid(Guid),
    /// The same text as `UserId`, or words.
    Text(&'i str),
}

/// An actor as a record has it.
#[derive(Debug, Clone)]
pub(super) struct Identity<'i> {
    pub(super) user: &'i str,
    pub(super) user_key: UserKey<'i>,
    pub(super) user_type: u64,
}

impl<'i> Identity<'i> {
    /// A person: type 0 but for guests and partners.
    pub(super) fn person(person: &'i Person) -> Self {
        Self {
            user: name_of(person),
            user_key: UserKey::Puid(person.puid),
            user_type: match person.role {
                Role::Partner => 9,
                Role::Guest => 10,
                _ => 0,
            },
        }
    }

    /// A service of Microsoft, by its own name.
    pub(super) fn service(service: Service) -> Self {
        let (user, user_type) = spelling(service);
        Self {
            user,
            user_key: UserKey::Text(user),
            user_type,
        }
    }

    /// Writes the value of `UserKey`.
    pub(super) fn key(&self, json: &mut Json<'_>) {
        match self.user_key {
            UserKey::Puid(puid) => json.plain_with(|out| hex(puid, 16, out)),
            UserKey::PuidAt(puid, domain) => json.plain_with(|out| {
                hex(puid, 16, out);
                out.push(b'@');
                escape(domain, out);
            }),
            UserKey::Guid(guid) => json.guid(guid),
            UserKey::Text(text) => json.text(text),
        }
    }
}

/// The name under which the unified log knows a person: partners keep that of their own tenant.
pub(super) fn name_of(person: &Person) -> &str {
    if person.role == Role::Partner {
        &person.sign_in
    } else {
        &person.upn
    }
}

/// `UserId` and `UserType` of services. Source: TELEMETRY §7.4.
pub(super) fn spelling(service: Service) -> (&'static str, u64) {
    match service {
        Service::ServiceHost => ("NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)", 3),
        Service::Servicehost => ("NT AUTHORITY\\SYSTEM (Microsoft.Exchange.Servicehost)", 3),
        Service::WebProcess => ("NT AUTHORITY\\SYSTEM (w3wp)", 3),
        Service::MailboxAssistants => ("NT AUTHORITY\\SYSTEM (MSExchangeMailboxAssistants)", 3),
        Service::ForwardSync => (
            "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.Management.ForwardSync)",
            3,
        ),
        Service::LocalSystem => ("S-1-5-18", 2),
        // Background reading goes under the name of the owner.
        Service::RestSystem => ("", 0),
        Service::Certificate => ("Certificate", 4),
        Service::PasswordWriteBack => ("fim_password_service@support.onmicrosoft.com", 0),
    }
}

/// Appends the SID of an account of the tenant.
pub(super) fn push_sid(tenant: &Tenant, rid: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(b"S-1-5-21");
    for part in tenant.sid.iter().chain([&rid]) {
        out.push(b'-');
        digits(u64::from(*part), 1, out);
    }
}

/// Appends the canonical name of an object of the tenant in Exchange.
pub fn canonical(tenant: &Tenant, name: &str) -> String {
    format!(
        "{}/Microsoft Exchange Hosted Organizations/{}/{name}",
        tenant.forest, tenant.domain
    )
}
