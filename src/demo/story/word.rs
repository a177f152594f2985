//! Words of scenario files that stand for values of other modules: one table for each kind, from which reading and errors follow.
//!
//! Not here: words whose enum knows them itself (`#[serde(rename)]`).

use crate::demo::client::Client;
use crate::demo::event::{Folder, MailOperation, Resource};
use crate::demo::place::Network;
use crate::demo::tenant::{Publisher, Purpose, Role};
use serde::de::{Deserialize, Deserializer, Error};

/// Values that have words.
pub(super) trait Words: Copy + PartialEq + 'static {
    /// What they are, for errors.
    const WHAT: &'static str;
    /// The words with their values.
    const TABLE: &'static [(&'static str, Self)];

    /// The word of a value; its kind where it has none.
    fn word(self) -> &'static str {
        let found = Self::TABLE.iter().find(|(_, value)| *value == self);
        found.map_or(Self::WHAT, |(word, _)| word)
    }

    /// The value of a word.
    fn read(word: &str) -> Result<Self, String> {
        let found = Self::TABLE.iter().find(|(known, _)| *known == word);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let known: Vec<_> = Self::TABLE.iter().map(|(word, _)| *word).collect();
            format!(
                "there is no {} `{word}`; known are {}",
                Self::WHAT,
                known.join(", ")
            )
        })
    }
}

/// A value read by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named<T>(pub T);

impl<'de, T: Words> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        T::read(&word).map(Self).map_err(D::Error::custom)
    }
}

/// Writes the table of a kind of words.
macro_rules! tables {
    ($($kind:ident, $what:literal: $($word:literal $value:ident $(($inner:expr))?),+;)*) => {
        $(impl Words for $kind {
            const WHAT: &'static str = $what;
            const TABLE: &'static [(&'static str, Self)] = &[$(($word, Self::$value $(($inner))?),)+];
        })*
    };
}

tables! {
    Role, "role":
        "staff" Staff, "chief-executive" ChiefExecutive, "chief-finance" ChiefFinance, "executive" Executive,
        "assistant" Assistant, "finance" Finance, "human-resources" HumanResources,
        "global-administrator" GlobalAdministrator, "exchange-administrator" ExchangeAdministrator, "helpdesk" Helpdesk,
        "service-account" ServiceAccount, "dormant" Dormant, "guest" Guest, "partner" Partner;
    Purpose, "purpose of an application":
        "backup" Backup, "customers" Customers, "scanner" Scanner, "planner" Planner, "internal" Internal, "migration" Migration;
    Publisher, "kind of publisher":
        "own" Own, "verified" Verified, "unverified" Unverified;
    Network, "network":
        "office" Office, "home" Home, "phone" Phone, "hosting" Hosting;
    Client, "program":
        "outlook" Outlook, "outlook-mac" OutlookMac, "web-edge" WebEdge, "web-chrome" WebChrome, "web-firefox" WebFirefox,
        "web-safari" WebSafari, "phone-apple" PhoneApple, "phone-android" PhoneAndroid,
        "exchange-admin-center" ExchangeAdminCenter, "admin-portal" AdminPortal, "entra-portal" EntraPortal,
        "exchange-powershell" ExchangePowerShell, "graph-powershell" GraphPowerShell, "ews" Ews, "rest" Rest, "imap" Imap;
    Resource, "resource":
        "exchange" Exchange, "graph" Graph, "management" Management, "azure" AzureManagement;
    Folder, "folder":
        "top" Top, "inbox" Inbox, "sent" Sent, "drafts" Drafts, "deleted" Deleted, "calendar" Calendar, "contacts" Contacts,
        "archive" Archive, "outbox" Outbox, "own-0" Own(0), "own-1" Own(1), "own-2" Own(2), "own-3" Own(3);
    MailOperation, "operation in a mailbox":
        "bind" Bind, "bind-throttled" BindThrottled, "sync" Sync, "send" Send, "send-as" SendAs, "send-on-behalf" SendOnBehalf,
        "create" Create, "update" Update, "move" Move, "move-to-deleted" MoveToDeletedItems, "soft-delete" SoftDelete,
        "hard-delete" HardDelete, "attachment" AttachmentAccess, "search" Search,
        "add-folder-permission" AddFolderPermissions, "modify-folder-permission" ModifyFolderPermissions,
        "remove-folder-permission" RemoveFolderPermissions, "update-folder-permission" UpdateFolderPermissions,
        "calendar-delegation" UpdateCalendarDelegation, "inbox-rule" UpdateInboxRules;
}
