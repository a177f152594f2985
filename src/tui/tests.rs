//! Tests of the workbench in three words: what is given, which keys are pressed, what is seen.
//!
//! No terminal, threads or clock: replies are fed by hand, frames are buffers.

mod bench;
mod frames;
mod sample;
mod updates;
