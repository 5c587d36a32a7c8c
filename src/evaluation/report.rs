//! The report on a run, as data: made once here, written as text, Markdown, HTML or JSON elsewhere.
