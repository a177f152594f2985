//! Grants that Microsoft's own service makes, as patterns of who did what to whom.
//!
//! The embedded rows can be extended by a file of the user's with the same columns: `actor,target,grantee,operation,rights,reason,source`. They label
//! and fold a grant away, they never drop it. Not here: approvals, which are an analyst's (`case`).

use super::table;
use crate::query::Pattern;
use crate::text::fold;
use std::sync::LazyLock;

const SYSTEM_GRANTS: &str = include_str!("../../../assets/catalog/system-grants.csv");

/// Columns of a row, in order.
const COLUMNS: [&str; 7] = [
    "actor",
    "target",
    "grantee",
    "operation",
    "rights",
    "reason",
    "source",
];

/// Columns that are patterns: the first of them.
const PATTERNS: usize = 5;

/// Columns that a row must have; the source may be left out.
const NEEDED: usize = 6;

/// What a grant is compared by, in the record's own spellings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deed<'a> {
    /// Who made it, `UserId` of its record.
    pub actor: &'a str,
    /// Whose mailbox; empty for all.
    pub target: &'a str,
    /// Who got it.
    pub grantee: &'a str,
    /// Operation of its record, in the normal form.
    pub operation: &'a str,
    /// Its rights, each compared with the pattern.
    pub rights: &'a [String],
}

/// Patterns of grants that are Microsoft's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Noise {
    rows: Vec<Row>,
}

/// What actor, target, grantee, operation and rights must be like, and why such a grant is noise.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    wanted: [Wanted; PATTERNS],
    reason: String,
}

/// What a value must be like.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    /// Any value will do: the column is empty, or has stars only.
    Any,
    /// There must be no value (`-`).
    Nothing,
    /// The folded value must fit.
    Like(Pattern),
}

impl Wanted {
    fn read(column: &str) -> Self {
        match column {
            "-" => Self::Nothing,
            _ => Pattern::of_pieces(column.split('*')).map_or(Self::Any, Self::Like),
        }
    }

    fn fits(&self, folded: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Nothing => folded.is_empty(),
            Self::Like(pattern) => pattern.matches(folded),
        }
    }

    /// Whether every right fits; no rights are nothing.
    fn fits_all(&self, folded: &[String]) -> bool {
        match folded {
            [] => self.fits(""),
            rights => rights.iter().all(|right| self.fits(right)),
        }
    }
}

static EMBEDDED: LazyLock<Noise> = LazyLock::new(|| {
    let lines = table::lines(SYSTEM_GRANTS).filter_map(Result::ok);
    Noise {
        rows: lines.filter_map(|line| row(&line).ok()).collect(),
    }
});

impl Noise {
    /// The patterns that come with the program.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Those of a file after the embedded ones.
    ///
    /// # Errors
    /// Says line and column of the first row that cannot be read, and what it should be.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut noise = Self::embedded().clone();
        for line in table::lines(text) {
            noise.rows.push(row(&line?)?);
        }
        Ok(noise)
    }

    /// Why a grant is Microsoft's own; `None` when it is not.
    pub fn reason(&self, deed: &Deed<'_>) -> Option<&str> {
        let [actor, target, grantee, operation] =
            [deed.actor, deed.target, deed.grantee, deed.operation].map(fold);
        let rights: Vec<String> = deed.rights.iter().map(|right| fold(right)).collect();
        let fits_row = |row: &&Row| {
            let [of_actor, of_target, of_grantee, of_operation, of_rights] = &row.wanted;
            of_actor.fits(&actor)
                && of_target.fits(&target)
                && of_grantee.fits(&grantee)
                && of_operation.fits(&operation)
                && of_rights.fits_all(&rights)
        };
        self.rows
            .iter()
            .find(fits_row)
            .map(|row| row.reason.as_str())
    }
}

/// Reads a row.
fn row(line: &table::Line) -> Result<Row, String> {
    let columns = COLUMNS.join(",");
    let place = |column: usize| format!("line {}, column {column}", line.number);
    if let Some((column, _)) = line.fields.get(COLUMNS.len()) {
        return Err(format!(
            "{}: more than the {} columns {columns}",
            place(*column),
            COLUMNS.len()
        ));
    }
    if line.fields.len() < NEEDED {
        let end = line
            .fields
            .last()
            .map_or(1, |(column, field)| column + field.chars().count());
        return Err(format!(
            "{}: {} columns, not the {} of {columns}",
            place(end),
            line.fields.len(),
            COLUMNS.len()
        ));
    }
    let mut fields = line.fields.iter().map(|(_, field)| field.clone());
    let wanted = std::array::from_fn(|_| Wanted::read(&fields.next().unwrap_or_default()));
    let reason = fields.next().unwrap_or_default();
    let reason_at = line.fields.get(PATTERNS).map_or(1, |(column, _)| *column);
    if reason.is_empty() {
        return Err(format!(
            "{}: say the reason that is shown with such grants",
            place(reason_at)
        ));
    }
    if wanted.iter().all(|wanted| *wanted == Wanted::Any) {
        return Err(format!(
            "{}: the row fits every grant; name an actor, target, grantee, operation or right",
            place(1)
        ));
    }
    Ok(Row { wanted, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_line_is_read() {
        let rows: Result<Vec<Row>, String> = table::lines(SYSTEM_GRANTS)
            .map(|line| row(&line?))
            .collect();
        assert_eq!(rows.as_ref(), Ok(&EMBEDDED.rows));
    }

    const DISCOVERY: &str = "NAMPR06A007.PROD.OUTLOOK.COM/x/y/DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}";

    fn is_noise(
        actor: &str,
        target: &str,
        grantee: &str,
        operation: &str,
        rights: &[&str],
    ) -> bool {
        let rights: Vec<String> = rights.iter().map(|right| (*right).to_owned()).collect();
        let deed = Deed {
            actor,
            target,
            grantee,
            operation,
            rights: &rights,
        };
        Noise::embedded().reason(&deed).is_some()
    }

    #[test]
    #[rustfmt::skip]
    fn service_grants_are_recognised_in_every_spelling() {
        const ADD: &str = "Add-MailboxPermission";
        const MODIFY: &str = "ModifyFolderPermissions";
        for (actor, target, grantee, operation, rights, expected) in [
            ("NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)", "a", "b", ADD, &["FullAccess"][..], true),
            ("nt authority\\system (Microsoft.Exchange.Servicehost)", "a", "b", ADD, &["FullAccess"], true),
            ("NT AUTHORITY\\SYSTEM (w3wp)", "a", "b", ADD, &[], true),
            ("NT AUTHORITY\\SYSTEM (MSExchangeMailboxAssistants)", "a", "b", ADD, &[], true),
            ("NT Service\\MSExchangeRepl (Microsoft.Exchange.ServiceHost)", "a", "b", ADD, &[], true),
            ("SpoolsProvisioning-ApplicationAccount@EURPR04A009.prod.outlook.com", "a", "b", ADD, &[], true),
            ("devilfish-applicationaccount", "a", "b", ADD, &[], true),
            ("Administrator@NAMPR06A007.prod.outlook.com", "a", "b", ADD, &[], true),
            ("NAMPRD06\\Administrator (Microsoft.Exchange.ServiceHost)", "a", "b", ADD, &[], true),
            ("EXAMPLE\\Administrator (w3wp)", "a", "b", ADD, &[], false),
            ("fim_password_service@support.onmicrosoft.com", "a", "b", ADD, &[], true),
            ("S-1-5-18", "a", "b", MODIFY, &[], true),
            ("", DISCOVERY, "x/Discovery Management", ADD, &["FullAccess"], true),
            ("", DISCOVERY, "mallory@example.com", ADD, &["FullAccess"], false),
            ("mallory@example.com", DISCOVERY, "x/Discovery Management", ADD, &["FullAccess"], false),
            ("", "victor", "x/Organization Management", ADD, &["FullAccess"], true),
            ("mallory@example.com", "victor", "x/Organization Management", ADD, &["FullAccess"], false),
            ("", "SystemMailbox{1f05a927-aaaa}", "x", ADD, &[], true),
            ("", "QuarantineOrgShard{1f05a927}", "x", ADD, &[], true),
            ("mallory@example.com", "SystemMailbox{1f05a927-aaaa}", "x", ADD, &[], false),
            ("", "Julian", "NAMPR06A007\\Mega54612-1308911214", ADD, &[], false),
            ("alice@example.com", "group@example.com", "Member@local", MODIFY, &["ReadAny"], true),
            ("alice@example.com", "group@example.com", "owner@LOCAL", MODIFY, &["ReadAny"], true),
            ("alice@example.com", "a", "NT AUTHORITY\\SELF", ADD, &["FullAccess", "ReadPermission"], true),
            ("alice@example.com", "a", "Everyone", MODIFY, &["FreeBusySimple", "FreeBusyDetailed"], true),
            ("alice@example.com", "a", "Everyone", MODIFY, &["FreeBusySimple", "ReadAny"], false),
        ] {
            assert_eq!(is_noise(actor, target, grantee, operation, rights), expected, "{actor} {target} {grantee}");
        }
    }

    #[test]
    fn a_file_of_the_user_extends_the_embedded_rows() {
        let text = "# ours\n\nsvc-migrate@example.com,,,,,our migration,approved\n,\"*,OU=Test,*\",,Add-MailboxPermission,FullAccess,\"tests, not people\"\n";
        let noise = Noise::parse(text).unwrap();
        let deed = Deed {
            actor: "SVC-Migrate@example.com",
            target: "a",
            grantee: "b",
            ..Deed::default()
        };
        assert_eq!(noise.reason(&deed), Some("our migration"));
        assert_eq!(Noise::embedded().reason(&deed), None);
        let rights = ["FullAccess".to_owned()];
        let deed = Deed {
            actor: "alice",
            target: "CN=a,OU=Test,DC=b",
            grantee: "b",
            operation: "Add-MailboxPermission",
            rights: &rights,
        };
        assert_eq!(noise.reason(&deed), Some("tests, not people"));
        assert_eq!(
            noise.reason(&Deed {
                operation: "Add-RecipientPermission",
                ..deed
            }),
            None
        );
        let system = Deed {
            actor: "NT AUTHORITY\\SYSTEM (w3wp)",
            ..Deed::default()
        };
        assert!(noise.reason(&system).is_some());
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        for (text, fault) in [
            (
                "a,b\n",
                "line 1, column 4: 2 columns, not the 7 of actor,target,grantee,operation,rights,reason,source",
            ),
            (
                "# x\na,,,,,,s,t",
                "line 2, column 10: more than the 7 columns actor,target,grantee,operation,rights,reason,source",
            ),
            (
                "a,,,,,,s",
                "line 1, column 7: say the reason that is shown with such grants",
            ),
            (
                ",,*,,,why,s",
                "line 1, column 1: the row fits every grant; name an actor, target, grantee, operation or right",
            ),
            ("a,\"b,,,,why", "line 1, column 3: a quote is not closed"),
            (
                "a,\"b\"c,,,,why",
                "line 1, column 6: a comma must follow a closed quote",
            ),
        ] {
            let found = Noise::parse(text).err();
            let found = found.as_deref().unwrap_or("nothing");
            assert!(
                found.starts_with(fault.split(": ").next().unwrap()),
                "{text}: {found}"
            );
            assert!(
                found.ends_with(fault.split(": ").last().unwrap()),
                "{text}: {found}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[a*\\-\",\n# é]{0,60}") {
            let _ = Noise::parse(&text);
        }
    }
}
