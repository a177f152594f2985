//! What a story makes: applications, guests, technicians of partners, accounts. Their ids follow from the story alone.
//!
//! Not here: choosing among what is there (`cast`).

use super::cast::Played;
use super::root::{Root, elsewhere};
use super::script::{Casting, New};
use crate::demo::chance::{Dice, Domain, mixed_text};
use crate::demo::id::{Guid, PlaceId};
use crate::demo::tenant::{Application, Person, Publisher, Purpose, Role, Tenant};

/// Adds to the tenant what a casting makes.
pub(super) fn make(
    tenant: &mut Tenant,
    casting: &Casting,
    kind: New,
    key: Root,
) -> Result<Played, String> {
    let lacks = |what: &str| format!("the cast `{}` needs `{what}`", casting.name);
    let named = mixed_text(key.0, &casting.name);
    let mut dice = Dice::of(tenant.seed, Domain("story thing"), &[named]);
    let name = dice.one(&casting.names).ok_or_else(|| lacks("names"))?;
    let place = home(tenant, &casting.country, &mut dice);
    let of = Maker {
        casting,
        name: name.clone(),
        place,
    };
    if kind == New::Application {
        let application = of.application(tenant, &mut dice);
        return Ok(Played::Application(tenant.add_application(application)));
    }
    let domain = match (kind, &casting.domain) {
        (New::User, _) => tenant.domain.clone(),
        (_, Some(domain)) => domain.clone(),
        (_, None) => return Err(lacks("domain")),
    };
    let person = of.person(tenant, kind, &domain, &mut dice);
    Ok(Played::Person(tenant.add_person(person)))
}

/// Where something is from: one of the countries, or the head office's.
fn home(tenant: &Tenant, countries: &[String], dice: &mut Dice) -> PlaceId {
    let head_office = tenant.sites.first().copied().unwrap_or_default();
    elsewhere(tenant, countries, dice).unwrap_or(head_office)
}

/// What is known of a new thing before its kind.
struct Maker<'c> {
    casting: &'c Casting,
    name: String,
    place: PlaceId,
}

impl Maker<'_> {
    fn application(self, tenant: &Tenant, dice: &mut Dice) -> Application {
        let publisher = self.casting.publisher.map_or(Publisher::Own, |one| one.0);
        let is_own = publisher == Publisher::Own;
        let mut id = || Guid::of(dice.number(), tenant.seed);
        Application {
            name: self.name,
            app_id: id(),
            object: id(),
            registration: Some(id()).filter(|_| is_own),
            owner: Some(id()).filter(|_| !is_own).unwrap_or(tenant.id),
            publisher,
            purpose: Purpose::Planted,
            permissions: self.casting.permissions.clone(),
            scopes: self.casting.scopes.clone(),
            place: self.place,
            credentials: Vec::new(),
            is_approved: self.casting.approved,
        }
    }

    fn person(self, tenant: &Tenant, kind: New, domain: &str, dice: &mut Dice) -> Person {
        let alias = alias(&self.name);
        let sign_in = format!("{alias}@{domain}");
        let (role, upn) = match kind {
            New::Guest => {
                let upn = format!("{alias}_{domain}#EXT#@{}", tenant.domain);
                (Role::Guest, upn)
            }
            New::Partner => (Role::Partner, sign_in.clone()),
            New::User | New::Application => (Role::Staff, sign_in.clone()),
        };
        // One organisation is one tenant, whoever comes from it.
        let organization = mixed_text(0, domain);
        let is_own = matches!(kind, New::User);
        let rid = u32::try_from(dice.between(4_000, 90_000)).unwrap_or(0);
        Person {
            name: self.name,
            alias,
            upn,
            sign_in,
            object: Guid::of(dice.number(), tenant.seed),
            puid: latest(tenant, |person| person.puid) + 1 + dice.below(1 << 24),
            rid: latest(tenant, |person| person.rid).saturating_add(rid),
            role,
            site: 0,
            home: self.place,
            department: 0,
            mailbox: None,
            assists: None,
            joins: 0,
            leaves: u16::MAX,
            tenant: if is_own {
                tenant.id
            } else {
                Guid::of(organization, 0)
            },
            is_planted: true,
        }
    }
}

/// The highest number of a kind among the accounts that ordinary life made: what comes after it is the newest.
fn latest<N: Ord + Default>(tenant: &Tenant, of: impl Fn(&Person) -> N) -> N {
    let known = tenant.people.iter().filter(|person| !person.is_planted);
    known.map(of).max().unwrap_or_default()
}

/// First letter and last name, as most organisations do.
fn alias(name: &str) -> String {
    let lower = name.to_lowercase();
    let plain =
        |word: &str| -> String { word.chars().filter(char::is_ascii_alphanumeric).collect() };
    match lower.split_once(' ') {
        Some((first, last)) => {
            let initial: String = plain(first).chars().take(1).collect();
            format!("{initial}.{}", plain(last))
        }
        None => lower,
    }
}
