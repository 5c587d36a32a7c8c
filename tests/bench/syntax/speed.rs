//! x
pub fn measure(_report: &mut crate::figure::Report) {}
