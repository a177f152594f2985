//! Programs that people and applications use: one table, from which client strings, user agents and ids of applications follow.
//!
//! Not here: when they are used (`life`), how a record spells them (`native`, `sign_in`).

/// A program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Client {
    /// Outlook for Windows, over MAPI.
    Outlook,
    /// Outlook for the Mac.
    OutlookMac,
    /// Outlook on the web in Edge on Windows.
    WebEdge,
    /// Outlook on the web in Chrome on Windows.
    WebChrome,
    /// Outlook on the web in Firefox on Linux.
    WebFirefox,
    /// Outlook on the web in Safari on the Mac.
    WebSafari,
    /// Outlook on an iPhone.
    PhoneApple,
    /// Outlook on an Android phone.
    PhoneAndroid,
    /// Exchange admin centre.
    ExchangeAdminCenter,
    /// Microsoft 365 admin centre: its cmdlets show Microsoft's address.
    AdminPortal,
    /// Entra portal.
    EntraPortal,
    /// Exchange Online PowerShell.
    ExchangePowerShell,
    /// Graph PowerShell.
    GraphPowerShell,
    /// An application over EWS.
    Ews,
    /// An application over Graph.
    Rest,
    /// An application over IMAP.
    Imap,
    /// Microsoft's own background reading.
    RestSystem,
    /// Microsoft's own servers.
    Server,
}
