//! The fast reader against the strict one.

use super::*;
