//! Native entry: the hall's server and its commands.

#[cfg(not(target_family = "wasm"))]
fn main() -> std::process::ExitCode {
    use clap::Parser;
    mingbai::hall::commands::Cli::parse().run()
}

#[cfg(target_family = "wasm")]
fn main() {}
