//! What a user can observe: the command line, the engine on the demo models, servers over sockets,
//! the screen, benchmarks, and the whole program in a pseudo-terminal; and the order of the rooms.
//! One binary, because each one links llama.cpp.

mod blocking;
mod cli;
mod engine;
mod evaluation;
mod flows;
mod names;
mod passages;
mod playground;
mod readme;
mod retrieval;
mod rooms;
mod screen;
mod selftest;
mod servers;
mod terminal;
