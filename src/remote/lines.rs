//! Framing: bytes as they come become lines of bounded length, and lines become the data of
//! server-sent events, or lines of JSON.
