//! Stories in tenants of several seeds and sizes: whether all stage, and whether the records and the hunt bear out what is said of them.

mod bench;
mod faults;
mod records;
mod staging;
