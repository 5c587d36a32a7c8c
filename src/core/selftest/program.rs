//! The program that runs one test on one solution. The test starts it: the file's own entry point
//! is renamed, and in Python the file is not the main module.

use super::site::TestedFunction;
use crate::{
    language::Language,
    sandbox::{Check, Program},
};

/// The new name of the file's own `main`.
const OTHER_MAIN: &str = "main_of_the_file";

/// The filled file plus a test, as a program that ends without error iff the test passes.
pub fn with_test(file: &str, site: &TestedFunction, test: &str) -> Program {
    let mut source = file.to_owned();
    let test = match site.language {
        Language::Python => format!("\n\n{test}\n"),
        Language::Java => {
            format!(
                "\npublic static void main(String[] arguments) throws Throwable {{\n{test}\n}}\n"
            )
        }
        // A macro that accepts commas outside parentheses, as in `assert(f() == T{1, 2})`.
        Language::Cpp => format!(
            "\n#include <cstdlib>\n#undef assert\n\
             #define assert(...) ((__VA_ARGS__) ? void() : std::abort())\n\
             int main() {{\n{test}\nreturn 0;\n}}\n"
        ),
    };
    source.insert_str(site.place, &test);
    for main in site.mains.iter().rev() {
        let moved = match main.start >= site.place {
            true => test.len(),
            false => 0,
        };
        source.replace_range(main.start + moved..main.end + moved, OTHER_MAIN);
    }
    Program {
        language: site.language,
        source,
        check: Check::RunsToEnd,
    }
}
