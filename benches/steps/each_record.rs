//! What is found out about each record before it is indexed. Counts records.
//!
//! Not here: reading them.

use super::stage::STAGE;
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use grantline::hunt::{facet, grant};
use grantline::query::{self, FIELDS, Kind};
use grantline::record::Located;

fn over_all(bencher: Bencher<'_, '_>, look: impl Fn(&Located) + Sync) {
    bencher
        .counter(ItemsCount::new(STAGE.records.len()))
        .bench(|| STAGE.records.iter().for_each(&look));
}

/// The permission changes in it.
#[divan::bench(sample_count = 20)]
fn changes(bencher: Bencher<'_, '_>) {
    over_all(bencher, |located| {
        black_box(grant::changes(&located.record));
    });
}

/// Its facets, changes among them.
#[divan::bench(sample_count = 20)]
fn facets(bencher: Bencher<'_, '_>) {
    over_all(bencher, |located| {
        black_box(facet::facets(&located.record));
    });
}

/// The values of its keyword fields.
#[divan::bench(sample_count = 20)]
fn keywords(bencher: Bencher<'_, '_>) {
    over_all(bencher, |located| {
        for field in FIELDS.iter().filter(|field| field.kind == Kind::Keyword) {
            query::record_keywords(&located.record, field.field, &mut |value| {
                black_box(value);
            });
        }
    });
}

/// How much it tells.
#[divan::bench(sample_count = 20)]
fn quality(bencher: Bencher<'_, '_>) {
    over_all(bencher, |located| {
        black_box(located.record.quality());
    });
}
