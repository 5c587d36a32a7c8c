//! What may leave this machine: offline, the patterns of files that stay here, and connections that
//! anybody on the way could read.
