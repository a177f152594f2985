//! Whose hands do a step: where they are, with which program, in which session.
//!
//! A person who is nowhere in particular is where ordinary life has them, in that day's session, so that a step of a day at work fits
//! into it. Not here: what they do.

use super::super::cast::Played;
use super::super::script::Step;
use super::super::word::Words;
use super::{Somewhere, Stage, needed};
use crate::demo::chance::Domain;
use crate::demo::client::Client;
use crate::demo::event::{Actor, Hand};
use crate::demo::id::{ApplicationId, Guid, PersonId};
use crate::demo::life;
use crate::demo::place::{self, Network};
use crate::demo::tenant::Purpose;
use std::net::{IpAddr, Ipv4Addr};

/// The name of the place at which people live.
const HOME: &str = "home";

/// The name of the place at which they work.
const OFFICE: &str = "office";

/// Stands for whatever program was last.
const ANY: &str = "";

impl Stage<'_> {
    /// The hand of a step.
    pub(super) fn hand(&self, step: &Step) -> Result<Hand, String> {
        let by = needed(step.by.as_ref())?;
        match self.look(by)? {
            Played::Person(id) => self.of_person(*id, by, step),
            Played::Application(id) => self.of_application(*id, step),
            _ => Err(format!("`{by}` cannot act")),
        }
    }

    pub(super) fn of_person(
        &self,
        person: PersonId,
        by: &str,
        step: &Step,
    ) -> Result<Hand, String> {
        let from = step.from.as_deref();
        let mut hand = match from {
            None => {
                let usual = life::usual(self.tenant, self.period, person, self.now);
                usual.unwrap_or_else(|| self.at_desk(person, Network::Home))
            }
            Some(HOME) => self.at_desk(person, Network::Home),
            Some(OFFICE) => self.at_desk(person, Network::Office),
            Some(name) => {
                let Somewhere { place, address } = self.somewhere(name)?;
                Hand {
                    place,
                    address,
                    client: Client::WebChrome,
                    ..self.at_desk(person, Network::Home)
                }
            }
        };
        hand.actor = Actor::Person(person);
        if let Some(client) = step.with {
            hand.client = client.0;
        }
        if let Some(session) = self.own_session(by, from, hand.client) {
            hand.session = session;
        } else if let Some(from) = from {
            hand.session = self.session(by, from, self.day);
        }
        Ok(hand)
    }

    /// The session that a step of the part began: with the same program, or else the last.
    fn own_session(&self, by: &str, from: Option<&str>, client: Client) -> Option<u64> {
        let of = |client| {
            let from = from.unwrap_or_default().to_owned();
            self.sessions.get(&(by.to_owned(), from, client)).copied()
        };
        of(client.word()).or_else(|| of(ANY))
    }

    /// A person at their desk, with a browser. Whoever the story made has an address by their object id: their place in the tenant's
    /// list depends on what else is planted.
    fn at_desk(&self, person: PersonId, network: Network) -> Hand {
        let known = self.tenant.person(person);
        let place = known.map(|person| person.home).unwrap_or_default();
        let own = known.map_or(0, |person| lowest(person.object));
        let address = match known {
            Some(known) if !known.is_planted => life::desk(self.tenant, person, network),
            _ => Some(place::address(place, network, own)),
        };
        Hand {
            actor: Actor::Person(person),
            client: Client::WebEdge,
            address: address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            place,
            session: self.session("", HOME, own),
        }
    }

    fn of_application(&self, application: ApplicationId, step: &Step) -> Result<Hand, String> {
        let known = self.tenant.application(application);
        let place = known.map(|one| one.place).unwrap_or_default();
        let address = match known {
            Some(known) if known.purpose == Purpose::Planted => Some(place::address(
                place,
                Network::Hosting,
                lowest(known.app_id),
            )),
            _ => life::servers(self.tenant, application),
        };
        let at = match step.from.as_deref() {
            Some(name) => self.somewhere(name)?,
            None => Somewhere {
                place,
                address: address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            },
        };
        let actor = match &step.on_behalf {
            Some(name) => Actor::OnBehalf(application, self.person(name)?),
            None => Actor::Application(application),
        };
        Ok(Hand {
            actor,
            client: step.with.map_or(Client::Rest, |one| one.0),
            address: at.address,
            place: at.place,
            session: 0,
        })
    }

    fn somewhere(&self, name: &str) -> Result<Somewhere, String> {
        self.setting.places.get(name).copied().ok_or_else(|| {
            let known = self.setting.places.keys().map(String::as_str);
            let known: Vec<_> = known.chain([HOME, OFFICE]).collect();
            format!("there is no place `{name}`; known are {}", known.join(", "))
        })
    }

    /// The key of a session of this part.
    pub(super) fn session(&self, by: &str, from: &str, which: u64) -> u64 {
        let root = self.setting.root.and(by).and(from);
        root.dice(self.tenant.seed, Domain("story session"), which)
            .number()
    }

    /// Begins a new session of somebody at a place, with a program.
    pub(super) fn begin_session(&mut self, by: &str, from: &str, client: Client) -> u64 {
        let session = self.session(by, from, (1 << 32) + self.turn);
        for client in [client.word(), ANY] {
            let of = (by.to_owned(), from.to_owned(), client);
            self.sessions.insert(of, session);
        }
        session
    }
}

/// The lowest bits of an id.
fn lowest(id: Guid) -> u64 {
    u64::try_from(id.0 & u128::from(u64::MAX)).unwrap_or(0)
}
