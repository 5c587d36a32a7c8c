//! Servers over real sockets: the dialects byte by byte, every kind of failure, what leaves this
//! machine, and real servers if their addresses are given.

#[allow(dead_code)]
pub mod asking;
#[allow(dead_code)]
pub mod authority;
mod commands;
mod connection;
mod detection;
mod dialects;
mod faults;
#[allow(dead_code)]
pub mod fixture;
mod passages;
mod privacy;
mod real;
mod streaming;
