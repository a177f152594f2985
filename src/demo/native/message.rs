//! Messages of a folder: message `n` has the same ids, size and subject whoever touches it.
//!
//! Not here: who touches it (`mail`).

use super::server;
use crate::demo::chance::{Dice, Domain};
use crate::demo::event::Folder;
use crate::demo::id::{Guid, MailboxId};
use crate::demo::json::{digits, escape, hex};
use crate::demo::tenant::Tenant;

/// Domains of companies that the tenant has mail from. All of a reserved top level.
const PARTNERS: [&str; 12] = [
    "mail.northgate-freight.example",
    "tailspin-ports.example",
    "mx2.lindqvist-papier.example",
    "smtp.oakbridge-legal.example",
    "mailer.crestline-energy.example",
    "wideworld-parts.example",
    "mx.bergmann-technik.example",
    "outbound.alpenrail.example",
    "mail.delmar-seguros.example",
    "relay.hollis-audit.example",
    "news.trade-weekly.example",
    "mg.invoicecloud.example",
];

/// Sizes of messages as powers of two, each as often as it stands here; one message in 32 has large attachments on top.
const POWERS: [u32; 16] = [
    12, 13, 13, 14, 14, 14, 14, 15, 15, 15, 15, 15, 16, 16, 17, 18,
];

/// What mail is about, as subjects begin.
const TOPICS: [&str; 40] = [
    "Weekly report",
    "Meeting notes",
    "Offer",
    "Purchase order",
    "Invoice",
    "Delivery date",
    "Question about the contract",
    "Budget",
    "Planning next week",
    "Holiday request",
    "New price list",
    "Site visit",
    "Customer complaint",
    "Minutes of the board meeting",
    "Draft for review",
    "Agenda",
    "Follow-up of our call",
    "Quarterly figures",
    "Training day",
    "Access to the shared drive",
    "Payment reminder",
    "Change of address",
    "Status of order",
    "Timesheet",
    "Travel booking",
    "Onboarding",
    "Supplier audit",
    "Insurance renewal",
    "Test results",
    "Transport damage",
    "Forecast",
    "Project plan",
    "Lease",
    "Newsletter",
    "Maintenance window",
    "Job interview",
    "Sample shipment",
    "Presentation",
    "Service ticket",
    "Lunch",
];

/// One message of a folder.
#[derive(Debug, Clone)]
pub(in crate::demo) struct Message {
    dice: Dice,
    /// Its number in the store.
    pub(super) item: [u8; 6],
    /// How many bytes it has.
    pub(super) size: u64,
    /// Whether it was written in the tenant.
    is_own: bool,
    /// How its subject and sender are chosen.
    choice: u64,
}

impl Message {
    /// Message `number` of a folder of a mailbox.
    pub(in crate::demo) fn of(
        tenant: &Tenant,
        mailbox: MailboxId,
        folder: Folder,
        number: u32,
    ) -> Self {
        let which = [u64::from(mailbox.0) << 40 | place_of(folder) << 32 | u64::from(number)];
        let mut dice = Dice::of(tenant.seed, Domain("message"), &which);
        let choice = dice.number();
        let power = POWERS
            .get(usize::try_from(choice >> 60).unwrap_or(0))
            .map_or(15, |power| {
                power + u32::from((choice >> 52).is_multiple_of(32)) * 5
            });
        let size = dice.between(1 << power, 2 << power);
        // Stores count on whatever happens in them; no two messages of a mailbox have one number.
        let counted = 0x3a00_0000 + u64::from(number) * 257 + place_of(folder);
        let [_, _, item @ ..] = counted.to_be_bytes();
        Self {
            dice,
            item,
            is_own: matches!(
                folder,
                Folder::Sent
                    | Folder::Drafts
                    | Folder::Outbox
                    | Folder::Calendar
                    | Folder::Contacts
            ),
            size,
            choice,
        }
    }

    /// Appends `InternetMessageId`, with its brackets and escaped for JSON.
    pub(in crate::demo) fn push_id(&self, tenant: &Tenant, out: &mut Vec<u8>) {
        let mut dice = self.dice.clone();
        let (first, second) = (dice.number(), dice.number());
        out.push(b'<');
        match self.choice & 15 {
            _ if self.is_own => server::push_message_id(tenant, first, second, out),
            // Exchange Online: those of the tenant's own people, and of most others.
            0..=8 => server::push_message_id(tenant, first, second, out),
            9 | 10 => {
                Guid::of(first, second).push(out);
                out.push(b'@');
                escape(&tenant.domain, out);
            }
            11 => {
                digits(1_600_000_000 + first % 170_000_000, 10, out);
                out.push(b'.');
                digits(second % 10_000_000, 7, out);
                push_partner(first, out);
            }
            12 | 13 => {
                hex(first, 16, out);
                hex(second, 4, out);
                push_partner(first, out);
            }
            _ => {
                Guid::of(first, second).push(out);
                push_partner(second, out);
            }
        }
        out.push(b'>');
    }

    /// Its subject, made up of a topic.
    pub(in crate::demo) fn subject(&self) -> String {
        let mut dice = self.dice.clone();
        let topic = dice.one(&TOPICS).copied().unwrap_or_default();
        let number = dice.below(90_000) + 10_000;
        let prefix = match self.choice >> 8 & 7 {
            0..=2 => "RE: ",
            3 => "FW: ",
            _ => "",
        };
        match self.choice >> 12 & 3 {
            0 => format!("{prefix}{topic} {number}"),
            1 => format!("{prefix}{topic} - {}", number % 52 + 1),
            _ => format!("{prefix}{topic}"),
        }
    }

    /// Its attachments, as mailbox audit lists them; `None` for most.
    pub(super) fn attachments(&self) -> Option<String> {
        const NAMES: [&str; 8] = [
            "image001.png",
            "quotation.pdf",
            "report.xlsx",
            "minutes.docx",
            "invoice.pdf",
            "contract (signed).pdf",
            "slides.pptx",
            "scan0001.pdf",
        ];
        let mut dice = self.dice.clone();
        dice.happens(1, 4).then(|| {
            let name = dice.one(&NAMES).copied().unwrap_or_default();
            format!("{name} ({}b)", self.size * 7 / 10)
        })
    }
}

/// Appends an address of somebody whom the tenant deals with.
pub(super) fn push_partner_address(which: u64, out: &mut Vec<u8>) {
    const DESKS: [&str; 5] = ["orders", "info", "payments", "service", "office"];
    let desk = Dice::keyed(!which).one(&DESKS).copied();
    out.extend_from_slice(desk.unwrap_or_default().as_bytes());
    out.push(b'@');
    // The domain of their addresses is that of their servers without the server's name.
    let host = partner(which);
    let domain = host.split_once('.').map(|(_, domain)| domain);
    let domain = domain.filter(|domain| domain.contains('.')).unwrap_or(host);
    out.extend_from_slice(domain.as_bytes());
}

fn push_partner(which: u64, out: &mut Vec<u8>) {
    out.push(b'@');
    out.extend_from_slice(partner(which).as_bytes());
}

/// The server of somebody whom the tenant deals with.
fn partner(which: u64) -> &'static str {
    let chosen = Dice::keyed(which).one(&PARTNERS).copied();
    chosen.unwrap_or_default()
}

/// A number for each folder.
fn place_of(folder: Folder) -> u64 {
    match folder {
        Folder::Top => 0,
        Folder::Inbox => 1,
        Folder::Sent => 2,
        Folder::Drafts => 3,
        Folder::Deleted => 4,
        Folder::Calendar => 5,
        Folder::Contacts => 6,
        Folder::Archive => 7,
        Folder::Outbox => 8,
        // 0 to 239 without meeting those above; a mailbox has fewer folders than that.
        Folder::Own(number) => 16 + u64::from(number % 240),
    }
}
