//! Servers over real sockets: the dialects byte by byte, every way of failing, what leaves this
//! machine, and, where their addresses are given, real servers.

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
