//! Folders of a mailbox as mailbox audit writes them: paths in the language of the mailbox, and entry ids.
//!
//! Not here: what is in them (`message`).

use crate::demo::chance::{Dice, Domain};
use crate::demo::event::Folder;
use crate::demo::id::{MailboxId, PlaceId};
use crate::demo::json::{Json, STANDARD, base64};
use crate::demo::place;
use crate::demo::tenant::{MailboxKind, Tenant};

/// Names of folders in one language.
struct Names {
    language: &'static str,
    inbox: &'static str,
    sent: &'static str,
    drafts: &'static str,
    deleted: &'static str,
    calendar: &'static str,
    contacts: &'static str,
    archive: &'static str,
    outbox: &'static str,
    /// What people call their own folders below the Inbox.
    own: [&'static str; 8],
}

/// Names by language; the first stands for all that are not in the table. Source: what Outlook calls its folders.
const NAMES: [Names; 9] = [
    Names {
        language: "en",
        inbox: "Inbox",
        sent: "Sent Items",
        drafts: "Drafts",
        deleted: "Deleted Items",
        calendar: "Calendar",
        contacts: "Contacts",
        archive: "Archive",
        outbox: "Outbox",
        own: [
            "Projects",
            "Invoices",
            "Customers",
            "Travel",
            "Team",
            "Contracts",
            "Follow up",
            "Newsletters",
        ],
    },
    Names {
        language: "nl",
        inbox: "Postvak IN",
        sent: "Verzonden items",
        drafts: "Concepten",
        deleted: "Verwijderde items",
        calendar: "Agenda",
        contacts: "Contactpersonen",
        archive: "Archief",
        outbox: "Postvak UIT",
        own: [
            "Projecten",
            "Facturen",
            "Klanten",
            "Reizen",
            "Team",
            "Contracten",
            "Nog doen",
            "Nieuwsbrieven",
        ],
    },
    Names {
        language: "de",
        inbox: "Posteingang",
        sent: "Gesendete Elemente",
        drafts: "Entwürfe",
        deleted: "Gelöschte Elemente",
        calendar: "Kalender",
        contacts: "Kontakte",
        archive: "Archiv",
        outbox: "Postausgang",
        own: [
            "Projekte",
            "Rechnungen",
            "Kunden",
            "Reisen",
            "Team",
            "Verträge",
            "Wiedervorlage",
            "Newsletter",
        ],
    },
    Names {
        language: "fr",
        inbox: "Boîte de réception",
        sent: "Éléments envoyés",
        drafts: "Brouillons",
        deleted: "Éléments supprimés",
        calendar: "Calendrier",
        contacts: "Contacts",
        archive: "Archive",
        outbox: "Boîte d'envoi",
        own: [
            "Projets",
            "Factures",
            "Clients",
            "Voyages",
            "Équipe",
            "Contrats",
            "A TRAITER",
            "Lettres d'information",
        ],
    },
    Names {
        language: "es",
        inbox: "Bandeja de entrada",
        sent: "Elementos enviados",
        drafts: "Borradores",
        deleted: "Elementos eliminados",
        calendar: "Calendario",
        contacts: "Contactos",
        archive: "Archivo",
        outbox: "Bandeja de salida",
        own: [
            "Proyectos",
            "Facturas",
            "Clientes",
            "Viajes",
            "Equipo",
            "Contratos",
            "Pendiente",
            "Boletines",
        ],
    },
    Names {
        language: "pt",
        inbox: "Caixa de Entrada",
        sent: "Itens Enviados",
        drafts: "Rascunhos",
        deleted: "Itens Eliminados",
        calendar: "Calendário",
        contacts: "Contactos",
        archive: "Arquivo",
        outbox: "A Enviar",
        own: [
            "Projetos",
            "Faturas",
            "Clientes",
            "Viagens",
            "Equipa",
            "Contratos",
            "Pendentes",
            "Boletins",
        ],
    },
    Names {
        language: "pl",
        inbox: "Skrzynka odbiorcza",
        sent: "Elementy wysłane",
        drafts: "Wersje robocze",
        deleted: "Elementy usunięte",
        calendar: "Kalendarz",
        contacts: "Kontakty",
        archive: "Archiwum",
        outbox: "Skrzynka nadawcza",
        own: [
            "Projekty",
            "Faktury",
            "Klienci",
            "Podróże",
            "Zespół",
            "Umowy",
            "Do zrobienia",
            "Biuletyny",
        ],
    },
    Names {
        language: "sv",
        inbox: "Inkorgen",
        sent: "Skickat",
        drafts: "Utkast",
        deleted: "Borttaget",
        calendar: "Kalender",
        contacts: "Kontakter",
        archive: "Arkiv",
        outbox: "Utkorgen",
        own: [
            "Projekt",
            "Fakturor",
            "Kunder",
            "Resor",
            "Team",
            "Avtal",
            "Att göra",
            "Nyhetsbrev",
        ],
    },
    Names {
        language: "ja",
        inbox: "受信トレイ",
        sent: "送信済みアイテム",
        drafts: "下書き",
        deleted: "削除済みアイテム",
        calendar: "予定表",
        contacts: "連絡先",
        archive: "アーカイブ",
        outbox: "送信トレイ",
        own: [
            "プロジェクト",
            "請求書",
            "顧客",
            "出張",
            "チーム",
            "契約",
            "対応待ち",
            "ニュース",
        ],
    },
];

/// The folders of one mailbox.
pub(in crate::demo) struct Folders {
    names: &'static Names,
    /// The mailbox as entry ids name it, and its database.
    own: [u8; 16],
    store: [u8; 16],
}

impl Folders {
    /// The folders of a mailbox of a tenant.
    pub(in crate::demo) fn of(tenant: &Tenant, mailbox: MailboxId) -> Self {
        let place = tenant
            .mailbox(mailbox)
            .map_or(PlaceId(0), |found| found.place);
        // Groups and Exchange's own mailboxes have English folders wherever they are.
        let is_english = tenant
            .mailbox(mailbox)
            .is_none_or(|found| matches!(found.kind, MailboxKind::Group | MailboxKind::Discovery));
        let language = if is_english { "en" } else { language(place) };
        let found = NAMES.iter().find(|names| names.language == language);
        let [english, ..] = &NAMES;
        let mut dice = Dice::of(tenant.seed, Domain("mailbox"), &[u64::from(mailbox.0)]);
        let mut sixteen =
            || (u128::from(dice.number()) << 64 | u128::from(dice.number())).to_be_bytes();
        Self {
            names: found.unwrap_or(english),
            own: sixteen(),
            store: sixteen(),
        }
    }

    /// Name of a folder, as its last part.
    pub(in crate::demo) fn name(&self, folder: Folder) -> &'static str {
        let names = self.names;
        match folder {
            Folder::Top => "",
            Folder::Inbox => names.inbox,
            Folder::Sent => names.sent,
            Folder::Drafts => names.drafts,
            Folder::Deleted => names.deleted,
            Folder::Calendar => names.calendar,
            Folder::Contacts => names.contacts,
            Folder::Archive => names.archive,
            Folder::Outbox => names.outbox,
            Folder::Own(number) => names
                .own
                .get(usize::from(number) % names.own.len())
                .copied()
                .unwrap_or_default(),
        }
    }

    /// Path of a folder: `\Inbox`.
    pub(in crate::demo) fn path(&self, folder: Folder) -> String {
        match folder {
            Folder::Own(number) => {
                let name = self.name(folder);
                let times = usize::from(number) / self.names.own.len();
                // A second folder of the same name is the year before.
                match times {
                    0 => format!("\\{}\\{name}", self.names.inbox),
                    _ => format!("\\{}\\{name} {}", self.names.inbox, 2026 - times.min(99)),
                }
            }
            _ => format!("\\{}", self.name(folder)),
        }
    }

    /// Writes `Id`, what `between` writes, and `Path`, `Name` before it where asked: the members of a folder.
    pub(super) fn write(&self, json: &mut Json<'_>, folder: Folder, has_name: bool) {
        json.name("Id").plain_with(|out| self.push_id(folder, out));
        if has_name {
            json.name("Name").text(self.name(folder));
        }
        json.name("Path").text(&self.path(folder));
    }

    /// Appends the entry id of a folder as mailbox audit writes it: its length, the entry of the store, the kind of object.
    pub(super) fn push_id(&self, folder: Folder, out: &mut Vec<u8>) {
        let mut bytes = [0; 48];
        let kind = if folder == Folder::Calendar { 2 } else { 1 };
        let parts: [&[u8]; 8] = [
            &[46, 0, 0, 0, 0],
            &self.own,
            &[1, 0],
            &self.store,
            &counter(folder),
            &[0, 0],
            &[kind],
            &[],
        ];
        fill(&mut bytes, parts.into_iter().flatten());
        base64(&bytes, STANDARD, out);
    }

    /// Appends the entry id of a message in a folder.
    pub(super) fn push_item(&self, folder: Folder, item: [u8; 6], out: &mut Vec<u8>) {
        let mut bytes = [0; 72];
        let parts: [&[u8]; 9] = [
            &[70, 0, 0, 0, 0],
            &self.own,
            &[7, 0],
            &self.store,
            &counter(folder),
            &[0, 0],
            &self.store,
            &item,
            &[0, 0, kind(folder)],
        ];
        fill(&mut bytes, parts.into_iter().flatten());
        base64(&bytes, STANDARD, out);
    }

    /// Appends the id that a message keeps when it is moved.
    pub(super) fn push_immutable(&self, folder: Folder, item: [u8; 6], out: &mut Vec<u8>) {
        let mut bytes = [0; 48];
        let parts: [&[u8]; 6] = [
            &[46, 0, 0, 0, 0],
            &self.own,
            &[7, 0],
            &self.store,
            &item,
            &[0, 0, kind(folder)],
        ];
        fill(&mut bytes, parts.into_iter().flatten());
        base64(&bytes, STANDARD, out);
    }
}

fn fill<'b>(bytes: &mut [u8], from: impl Iterator<Item = &'b u8>) {
    for (to, from) in bytes.iter_mut().zip(from) {
        *to = *from;
    }
}

/// Kind of the items of a folder: message, appointment, contact.
fn kind(folder: Folder) -> u8 {
    match folder {
        Folder::Calendar => 15,
        Folder::Contacts => 17,
        _ => 9,
    }
}

/// Number of a folder in its store: the same in every mailbox for those that Exchange makes.
fn counter(folder: Folder) -> [u8; 6] {
    let number: u16 = match folder {
        Folder::Top => 0x108,
        Folder::Sent => 0x109,
        Folder::Deleted => 0x10a,
        Folder::Outbox => 0x10b,
        Folder::Inbox => 0x10c,
        Folder::Calendar => 0x10d,
        Folder::Contacts => 0x10e,
        Folder::Drafts => 0x10f,
        Folder::Archive => 0x11b,
        Folder::Own(number) => 0x140 + u16::from(number),
    };
    let [high, low] = number.to_be_bytes();
    [0, 0, 0, 0, high, low]
}

/// Language of the folders of mailboxes at a place.
fn language(place: PlaceId) -> &'static str {
    place::info(place).map_or("en", |place| place.language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const ALL: [Folder; 12] = [
        Folder::Top,
        Folder::Inbox,
        Folder::Sent,
        Folder::Drafts,
        Folder::Deleted,
        Folder::Calendar,
        Folder::Contacts,
        Folder::Archive,
        Folder::Outbox,
        Folder::Own(0),
        Folder::Own(8),
        Folder::Own(255),
    ];

    #[test]
    fn folders_of_a_mailbox_are_told_apart_in_every_language() {
        for names in &NAMES {
            let folders = Folders {
                names,
                own: [1; 16],
                store: [2; 16],
            };
            let paths: BTreeSet<String> = ALL.map(|folder| folders.path(folder)).into();
            assert_eq!(paths.len(), ALL.len(), "{paths:?}");
            let ids = ALL.map(|folder| {
                let mut id = Vec::new();
                folders.push_id(folder, &mut id);
                assert_eq!(id.len(), 64);
                assert!(id.starts_with(b"LgAAAA"));
                id
            });
            assert_eq!(BTreeSet::from(ids).len(), ALL.len());
        }
    }
}
