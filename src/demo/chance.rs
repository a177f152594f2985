//! Chance that is the same on every machine: each decision has a key of its own, so that no decision depends on the order of others.
//!
//! Whole numbers only: what a floating-point library rounds differently elsewhere would be another tenant there. Not here: what is
//! decided.

use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// What a decision is about, so that the same numbers give different chances to different questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Domain(pub &'static str);

/// A source of chance for one decision, or a few that belong together.
#[derive(Debug, Clone)]
pub struct Dice(SplitMix64);

impl Dice {
    /// The dice of one decision: the seed of the tenant, what it is about, and which one it is.
    pub fn of(seed: u64, domain: Domain, which: &[u64]) -> Self {
        let named = mixed_text(seed, domain.0);
        Self::keyed(which.iter().fold(named, |key, part| mixed(key ^ *part)))
    }

    /// The dice of a key that is mixed already.
    pub fn keyed(key: u64) -> Self {
        Self(SplitMix64::seed_from_u64(key))
    }

    /// Any number of 64 bits.
    pub fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `sides`; 0 where there are no sides.
    pub fn below(&mut self, sides: u64) -> u64 {
        let wide = u128::from(self.number()) * u128::from(sides);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A place in a list of so many; 0 where it is empty.
    pub fn index(&mut self, count: usize) -> usize {
        let below = self.below(u64::try_from(count).unwrap_or(u64::MAX));
        usize::try_from(below).unwrap_or(0)
    }

    /// A number from `first` up to `last`, both possible.
    pub fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last.saturating_sub(first) + 1)
    }

    /// Whether something happens that happens `parts` times in `of`.
    pub fn happens(&mut self, parts: u64, of: u64) -> bool {
        self.below(of) < parts
    }

    /// One of a list.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.index(of.len()))
    }

    /// Which of several weights is met; `None` where they add up to nothing.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> Option<usize> {
        let all: u64 = weights.clone().map(u64::from).sum();
        let mut left = self.below(all);
        for (at, weight) in weights.enumerate() {
            if left < u64::from(weight) {
                return Some(at);
            }
            left -= u64::from(weight);
        }
        None
    }
}

/// A number and a text, mixed into one number.
pub fn mixed_text(number: u64, text: &str) -> u64 {
    text.bytes()
        .fold(number, |key, byte| mixed(key ^ u64::from(byte)))
}

/// A number mixed so that it looks like chance; different numbers stay different (the finaliser of `SplitMix64`).
pub fn mixed(number: u64) -> u64 {
    SplitMix64::seed_from_u64(number).next_u64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_gives_the_same_chance_everywhere() {
        let mut dice = Dice::of(7, Domain("test"), &[1, 2]);
        let numbers = [dice.number(), dice.below(100), dice.between(5, 9)];
        assert_eq!(numbers, [5_299_764_996_190_156_014, 29, 5], "value-stable");
    }

    #[test]
    fn a_key_is_about_one_thing() {
        let first = |domain, which: &[u64]| Dice::of(7, Domain(domain), which).number();
        assert_ne!(first("a", &[1]), first("b", &[1]));
        assert_ne!(first("a", &[1]), first("a", &[2]));
        assert_ne!(first("a", &[1, 2]), first("a", &[2, 1]));
    }

    #[test]
    fn bounds_hold() {
        let mut dice = Dice::keyed(1);
        for _ in 0..1000 {
            assert!(dice.below(7) < 7);
            assert!((5..=9).contains(&dice.between(5, 9)));
        }
        assert_eq!((dice.below(0), dice.index(0)), (0, 0));
        assert_eq!(dice.weighted([0, 0].into_iter()), None);
        assert_eq!(dice.weighted([0, 3, 0].into_iter()), Some(1));
    }
}
