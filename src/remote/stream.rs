//! One request: sent, retried once where that can help, read to its end within its deadlines, and
//! told as events.
