use std::process::ExitCode;

fn main() -> ExitCode {
    routelens::cli::main()
}
