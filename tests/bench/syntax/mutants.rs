//! x
pub fn measure(_report: &mut crate::figure::Report, _tasks: &[super::data::Task]) {}
