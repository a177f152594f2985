//! Sign-ins of applications, and the hands with which they work.
//!
//! Not here: what they do in mailboxes (the parent module).

use super::Kind;
use crate::demo::chance::{Dice, Domain, mixed};
use crate::demo::client::Client;
use crate::demo::event::{Act, Actor, Event, Hand, Resource, SignIn, SignInKind};
use crate::demo::id::{ApplicationId, Guid, Key, Origin};
use crate::demo::life::{Scene, routine};
use crate::demo::place::{self, Network};
use crate::demo::tenant::{Purpose, Tenant};
use std::net::IpAddr;

/// Where keys of lanes begin: there are never so many people.
pub(super) const LANE_KEYS: u32 = 0x80_0000;

/// The hands of an application: its servers, its protocol.
pub(super) fn hand(tenant: &Tenant, application: ApplicationId, kind: Kind) -> Option<Hand> {
    let place = tenant.application(application)?.place;
    Some(Hand {
        actor: Actor::Application(application),
        client: if kind == Kind::Migration {
            Client::Ews
        } else {
            Client::Rest
        },
        address: servers(tenant, application)?,
        place,
        session: 0,
    })
}

/// The address of an application's own servers.
pub(in crate::demo::life) fn servers(
    tenant: &Tenant,
    application: ApplicationId,
) -> Option<IpAddr> {
    let place = tenant.application(application)?.place;
    let which = tenant.seed ^ mixed(u64::from(application.0));
    Some(place::address(place, Network::Hosting, which))
}

/// An application signs in with its credential at the beginning of an hour in which it works.
pub(super) fn signs_in(
    scene: &Scene<'_>,
    hand: Hand,
    application: ApplicationId,
    into: &mut Vec<Event>,
) {
    let Some(known) = scene.tenant.application(application) else {
        return;
    };
    let day = (scene.time - scene.plan.period.start).div_euclid(86_400);
    let is_renewed = known.purpose == Purpose::Customers && day > routine::renewal(scene.tenant);
    let credential = match known.credentials.first().copied() {
        Some(_) if is_renewed => Some(renewed(scene.tenant, application)),
        old => old,
    };
    let nth = application.0;
    let key = Key::new(Origin::SignIn, scene.hour, LANE_KEYS | nth, 0);
    let resource = if hand.client == Client::Ews {
        Resource::Exchange
    } else {
        Resource::Graph
    };
    let sign_in = SignIn {
        kind: SignInKind::ServicePrincipal,
        hand,
        resource,
        error: 0,
        credential,
    };
    into.push(Event {
        time: scene.time + i64::from(nth % 5),
        key,
        act: Act::SignIn(sign_in),
    });
}

/// The key id of the credential that an application gets when the usual one is renewed.
pub(in crate::demo::life) fn renewed(tenant: &Tenant, application: ApplicationId) -> Guid {
    let number = Dice::of(tenant.seed, Domain("renewed"), &[u64::from(application.0)]).number();
    Guid::of(number, tenant.seed)
}

/// A resource of the company's own application signs in, once an hour.
pub(super) fn managed(scene: &Scene<'_>, application: ApplicationId, into: &mut Vec<Event>) {
    let Some(hand) = hand(scene.tenant, application, Kind::Customers) else {
        return;
    };
    let key = Key::new(Origin::SignIn, scene.hour, LANE_KEYS | application.0, 1);
    let sign_in = SignIn {
        kind: SignInKind::ManagedIdentity,
        hand,
        resource: Resource::Graph,
        error: 0,
        credential: None,
    };
    let time = scene.time + 420 + i64::from(application.0) * 60;
    into.push(Event {
        time,
        key,
        act: Act::SignIn(sign_in),
    });
}
