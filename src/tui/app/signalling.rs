//! The person as a signal (MCCom, arXiv 2603.05974): what they do with the completion that is shown,
//! as evidence for the router and as a line that is kept.
