//! Programs that people and applications use: one table, from which client strings, user agents and ids of applications follow.
//!
//! Not here: when they are used (`life`), how a record spells them (`native`, `sign_in`).

use super::event::Second;
use super::id::Guid;

/// A program that people or applications use.
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
    /// The Entra portal.
    EntraPortal,
    /// Exchange Online PowerShell.
    ExchangePowerShell,
    /// PowerShell for Graph.
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

/// How mailbox audit writes a client (`ClientInfoString`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Always these words.
    Fixed(&'static str),
    /// `Client=OWA;Action=ViaProxy` for reading, `Client=OWA;<user agent>;` for the rest.
    Web,
    /// These words with the application in the text: `…[AppId=<id>];`.
    Named(&'static str),
}

/// Whose address a cmdlet shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// That of the person, with a port.
    Own,
    /// That of Microsoft's portal.
    Portal,
    /// None at all.
    Nothing,
}

/// What there is to say of a program.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// Which program it is.
    pub client: Client,
    /// How mailbox audit writes it.
    pub form: Form,
    /// User agent of its sign-ins; `%` stands for the version of the day.
    pub agent: &'static str,
    /// What version the browser had when Chrome had its own, less Chrome's.
    pub ahead: i64,
    /// Operating system of its sign-ins.
    pub system: &'static str,
    /// Its browser, without the version; empty for programs that are none.
    pub browser: &'static str,
    /// `clientAppUsed` of its sign-ins.
    pub used: &'static str,
    /// Application that signs in; all zeros where that is the application which uses the program.
    pub app: Guid,
    /// Name of that application.
    pub app_name: &'static str,
    /// `AppPoolName` of its cmdlets; empty where there is none.
    pub pool: &'static str,
    /// Whose address its cmdlets show.
    pub shown: Shown,
    /// Whether records of mailbox audit have a `SessionId`.
    pub has_session: bool,
    /// Whether records of mailbox audit say with which token it came.
    pub has_token: bool,
}

const WINDOWS: &str = "Windows10";
const RICH: &str = "Mobile Apps and Desktop clients";
const BROWSER: &str = "Browser";
const EXCHANGE: Guid = Guid(0x0000_0002_0000_0ff1_ce00_0000_0000_0000);
const WEB: Guid = Guid(0x9199_bf20_a13f_4107_85dc_0211_4787_ef48);
const MOBILE: Guid = Guid(0x2792_2004_5251_4030_b22d_91ec_d9a3_7ea4);
const OFFICE: Guid = Guid(0xd359_0ed6_52b3_4102_aeff_aad2_292a_b01c);
const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%.0.0.0 \
                    Safari/537.36 Edg/%.0.0.0";
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%.0.0.0 Safari/537.36";
const POWERSHELL: &str =
    "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.26100.7705";

/// A program that is nothing special: the rows of the table say what is.
const PLAIN: Spec = Spec {
    client: Client::Server,
    form: Form::Fixed(""),
    agent: "",
    ahead: 0,
    system: "",
    browser: "",
    used: "",
    app: Guid(0),
    app_name: "",
    pool: "",
    shown: Shown::Own,
    has_session: false,
    has_token: false,
};

/// Outlook on the web in some browser.
const fn web(
    client: Client,
    agent: &'static str,
    system: &'static str,
    browser: &'static str,
) -> Spec {
    Spec {
        client,
        form: Form::Web,
        agent,
        system,
        browser,
        used: BROWSER,
        app: WEB,
        app_name: "One Outlook Web",
        pool: "MSExchangeOWAAppPool",
        has_session: true,
        has_token: true,
        ..PLAIN
    }
}

/// Outlook on a phone.
const fn phone(
    client: Client,
    form: &'static str,
    agent: &'static str,
    system: &'static str,
) -> Spec {
    Spec {
        client,
        form: Form::Fixed(form),
        agent,
        system,
        browser: "Mobile Safari",
        used: RICH,
        app: MOBILE,
        app_name: "Outlook Mobile",
        has_token: true,
        ..PLAIN
    }
}

/// A portal in Edge, or a command line.
const fn admin(client: Client, app: Guid, app_name: &'static str) -> Spec {
    Spec {
        client,
        agent: EDGE,
        system: WINDOWS,
        browser: "Edge",
        used: BROWSER,
        app,
        app_name,
        pool: "MSExchangeAdminApiNetCore",
        ..PLAIN
    }
}

/// Every program, in the order of [`Client`]. Source: TELEMETRY §4.3, §7.5.
const SPECS: [Spec; 18] = [
    Spec {
        client: Client::Outlook,
        form: Form::Fixed("Client=MSExchangeRPC"),
        agent: "Mozilla/5.0 (compatible; MSAL 1.0)",
        system: WINDOWS,
        used: RICH,
        app: OFFICE,
        app_name: "Microsoft Office",
        has_session: true,
        has_token: true,
        ..PLAIN
    },
    Spec {
        client: Client::OutlookMac,
        form: Form::Fixed(
            "Client=WebServices;MacOutlook/16.105.26020814 (ARM64; Mac OS X Version 15.7.3 (Build 24G419));",
        ),
        agent: "Mozilla/5.0 (compatible; MSAL 1.0) PKeyAuth/1.0",
        system: "MacOs",
        used: RICH,
        app: OFFICE,
        app_name: "Microsoft Office",
        has_token: true,
        ..PLAIN
    },
    web(Client::WebEdge, EDGE, WINDOWS, "Edge"),
    web(Client::WebChrome, CHROME, WINDOWS, "Chrome"),
    Spec {
        ahead: 3,
        ..web(
            Client::WebFirefox,
            "Mozilla/5.0 (X11; Linux x86_64; rv:%.0) Gecko/20100101 Firefox/%.0",
            "Linux",
            "Firefox",
        )
    },
    Spec {
        ahead: -118,
        ..web(
            Client::WebSafari,
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2 Safari/605.1.15",
            "MacOs",
            "Safari",
        )
    },
    phone(
        Client::PhoneApple,
        "Client=OutlookService;Outlook-iOS/2.0;",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 PKeyAuth/1.0",
        "Ios 18.7",
    ),
    phone(
        Client::PhoneAndroid,
        "Client=OutlookService;Outlook-Android/2.0;",
        "Mozilla/5.0 (Linux; Android 15; SM-A556B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%.0.0.0 Mobile Safari/537.36 PKeyAuth/1.0",
        "Android 15",
    ),
    admin(
        Client::ExchangeAdminCenter,
        Guid(0x497e_ffe9_df71_4043_a8bb_14cf_78c4_b63b),
        "Exchange Admin Center",
    ),
    Spec {
        shown: Shown::Portal,
        ..admin(
            Client::AdminPortal,
            Guid(0x0000_0006_0000_0ff1_ce00_0000_0000_0000),
            "Microsoft Office 365 Portal",
        )
    },
    admin(
        Client::EntraPortal,
        Guid(0xc44b_4083_3bb0_49c1_b47d_974e_53cb_df3c),
        "Azure Portal",
    ),
    Spec {
        agent: POWERSHELL,
        browser: "",
        used: RICH,
        ..admin(
            Client::ExchangePowerShell,
            Guid(0xfb78_d390_0c51_40cd_8e17_fdbf_ab77_341b),
            "Microsoft Exchange REST API Based Powershell",
        )
    },
    Spec {
        agent: POWERSHELL,
        browser: "",
        used: RICH,
        ..admin(
            Client::GraphPowerShell,
            Guid(0x14d8_2eec_204b_4c2f_b7e8_296a_70da_b67e),
            "Microsoft Graph Command Line Tools",
        )
    },
    Spec {
        client: Client::Ews,
        form: Form::Named("Client=WebServices;ExchangeServicesClient/15.00.0913.015"),
        agent: "ExchangeServicesClient/15.00.0913.015",
        used: "Exchange Web Services",
        system: "Windows",
        ..PLAIN
    },
    Spec {
        client: Client::Rest,
        form: Form::Fixed("Client=REST;;"),
        agent: "python-requests/2.32.5",
        used: RICH,
        has_token: true,
        ..PLAIN
    },
    Spec {
        client: Client::Imap,
        form: Form::Fixed("Client=POP3/IMAP4;Protocol=IMAP4"),
        agent: "BAV2ROPC",
        used: "IMAP4",
        ..PLAIN
    },
    Spec {
        client: Client::RestSystem,
        form: Form::Fixed("Client=REST;Client=RESTSystem;;"),
        shown: Shown::Nothing,
        ..PLAIN
    },
    Spec {
        client: Client::Server,
        form: Form::Fixed("Client=WebServices;Action=ConfigureGroupMailbox"),
        shown: Shown::Nothing,
        app: EXCHANGE,
        app_name: "Office 365 Exchange Online",
        ..PLAIN
    },
];

/// What a client of some application is called that has no program of its own in the table.
const THUNDERBIRD: (Guid, &str) = (
    Guid(0x9e5f_94bc_e8a4_4e73_b8be_6336_4c29_d753),
    "Mozilla Thunderbird",
);

impl Client {
    /// Every program, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        SPECS.iter().map(|spec| spec.client)
    }

    /// What there is to say of it.
    pub fn spec(self) -> &'static Spec {
        SPECS.get(self as usize).unwrap_or(&PLAIN)
    }

    /// Id and name of the application that signs in when a person uses it.
    pub fn application(self) -> (Guid, &'static str) {
        let spec = self.spec();
        if spec.app == Guid(0) {
            THUNDERBIRD
        } else {
            (spec.app, spec.app_name)
        }
    }

    /// `AppId` of its cmdlets: Outlook on the web shows Exchange itself.
    pub fn cmdlet_app(self) -> Guid {
        match self.spec().form {
            Form::Web => EXCHANGE,
            Form::Fixed(_) | Form::Named(_) => self.spec().app,
        }
    }
}

impl Spec {
    /// Version of its browser at a moment: browsers have one every four weeks.
    pub fn version(&self, time: Second) -> u64 {
        /// The day on which Chrome 144 came: 13 January 2026.
        const CHROME_144: Second = 1_768_262_400;
        let since = (time - CHROME_144).div_euclid(28 * 86_400);
        u64::try_from(144 + self.ahead + since).unwrap_or(0)
    }

    /// Appends its user agent at a moment.
    pub fn push_agent(&self, time: Second, out: &mut Vec<u8>) {
        for (at, part) in self.agent.split('%').enumerate() {
            if at > 0 {
                super::json::digits(self.version(time), 1, out);
            }
            out.extend_from_slice(part.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_at_the_place_of_their_client() {
        for (at, spec) in SPECS.iter().enumerate() {
            assert_eq!(spec.client as usize, at);
            assert_eq!(spec.client.spec().client, spec.client);
        }
    }

    #[test]
    fn agents_grow_older_with_the_log() {
        for (client, start, end) in [
            (Client::WebChrome, "Chrome/144.0.0.0", "Chrome/146.0.0.0"),
            (Client::WebFirefox, "rv:147.0)", "Firefox/149.0"),
        ] {
            for (time, expected) in [(1_769_990_400, start), (1_774_000_000, end)] {
                let mut out = Vec::new();
                client.spec().push_agent(time, &mut out);
                let agent = String::from_utf8(out).unwrap();
                assert!(agent.contains(expected), "{agent}");
            }
        }
    }

    #[test]
    fn no_text_of_the_table_needs_an_escape() {
        for spec in &SPECS {
            let texts = [spec.agent, spec.system, spec.browser, spec.app_name];
            for text in texts {
                assert!(!text.contains(['"', '\\']), "{text}");
            }
        }
    }
}
