//! What a user can observe: the command line, the engine on the demo models, servers over sockets,
//! the screen, benchmarks, and the whole program in a pseudo-terminal. One binary, because each one
//! links llama.cpp.

mod cli;
mod engine;
mod evaluation;
mod passages;
mod retrieval;
mod screen;
mod selftest;
mod servers;
mod terminal;
