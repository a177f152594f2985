//! A tenant as large as its log is to be, written by the program itself.
//!
//! Not here: what is in it (`grantline::demo`).

use super::child::{self, Ran};
use grantline::demo::{Options, World};
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

/// Days of a log.
const DAYS: u32 = 63;

/// What a tenant is asked to be, and what was planted in it.
pub struct Tenant {
    options: Options,
    /// Ids of the records that make the planted grants.
    pub planted: Vec<String>,
}

impl Tenant {
    /// A tenant with so many records of ordinary life; those of the stories come on top.
    pub fn new(records: u64) -> Self {
        let users = u32::try_from(records.div_ceil(700).clamp(40, 20_000));
        let options = Options {
            users: users.expect("it is not large"),
            days: DAYS,
            records,
            ..Options::default()
        };
        let world = World::new(options.clone()).expect("there is such a tenant");
        let stories = world.labels.stories.into_iter();
        let grants = stories.flat_map(|story| story.grants);
        Self {
            options,
            planted: grants.flat_map(|grant| grant.records).collect(),
        }
    }

    /// Writes its log into a file, in one shape.
    pub fn write(&self, shape: &str, path: &Path) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantline"));
        command.args(["demo", "generate", "--progress", "none", "--shape", shape]);
        let numbers = [
            ("--users", u64::from(self.options.users)),
            ("--days", u64::from(self.options.days)),
            ("--records", self.options.records),
        ];
        for (name, number) in numbers {
            command.arg(name).arg(number.to_string());
        }
        let file = File::create(path).expect("the file can be made");
        command.args(["-o", "-"]).stdout(Stdio::from(file));
        let ran = child::run(&mut command).expect("the program starts");
        assert!(ran.status.success(), "{shape}: {}", ran.status);
        ran
    }
}
