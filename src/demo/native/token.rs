//! Sessions and tokens: the ids by which records of mailbox audit, cmdlets and sign-ins are joined (TELEMETRY §4.6).
//!
//! Tokens are renewed a little less than hourly; one that is used, and the sign-in that asked for it in the same while, have one id.
//! Not here: which session somebody is in (the event says it).

use crate::demo::chance::mixed;
use crate::demo::change::value::base64_of;
use crate::demo::client::Client;
use crate::demo::event::{Actor, Hand, Resource, Second};
use crate::demo::id::Guid;
use crate::demo::json::Json;
use crate::demo::tenant::Tenant;

/// Seconds that a token is used before the next one.
const LIFE: Second = 3_900;

/// Id of a session, for mailbox audit and sign-ins; `None` for no session.
pub(in crate::demo) fn session(tenant: &Tenant, session: u64) -> Option<Guid> {
    (session != 0).then(|| Guid::of(session, tenant.seed ^ 0x5e55_1011))
}

/// The token that hands hold at a moment.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo) struct Token {
    /// When it was given.
    pub(in crate::demo) issued: Second,
    /// Its id as a GUID.
    pub(in crate::demo) id: Guid,
}

impl Token {
    /// The token that hands hold at a moment; `None` for people without a session and for services.
    pub(in crate::demo) fn of(tenant: &Tenant, hand: &Hand, time: Second) -> Option<Self> {
        let holder = match hand.actor {
            Actor::Application(application) => mixed(!u64::from(application.0)),
            Actor::Person(_) | Actor::OnBehalf(..) if hand.session != 0 => hand.session,
            Actor::Person(_) | Actor::OnBehalf(..) | Actor::Service(_) => return None,
        };
        let phase = i64::from(u16::try_from(mixed(holder) % 3_900).unwrap_or(0));
        let turn = (time - phase).div_euclid(LIFE);
        let key = mixed(holder ^ mixed(turn.unsigned_abs()));
        Some(Self {
            issued: phase + turn * LIFE,
            id: Guid::of(key, tenant.seed ^ 0x70ce_4011),
        })
    }

    /// Whether a token for a resource is the one that a program reads mail with.
    pub(in crate::demo) fn opens(client: Client, resource: Resource) -> bool {
        let own = if client == Client::Rest {
            Resource::Graph
        } else {
            Resource::Exchange
        };
        own == resource
    }

    /// Writes when it was issued and its id: the last members of `AppAccessContext`.
    pub(super) fn write(self, json: &mut Json<'_>) {
        json.name("IssuedAtTime").time(self.issued);
        json.name("UniqueTokenId").plain(&self.written());
    }

    /// Its id as records write it.
    pub(in crate::demo) fn written(self) -> String {
        base64_of(&[self.id])
    }
}
