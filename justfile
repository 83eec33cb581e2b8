# Recipes for development: `just` lists them. Each is one or two commands that also work alone.

_list:
    @just --list --unsorted

# Build the command: target/release/scr
build:
    cargo build --release --locked

# Run all tests, or those that match: just test -p scr-store
test *ARGS='--workspace':
    cargo test --locked {{ ARGS }}

# Check format, lints and API documentation
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

# Measure the speed of measures, statistics, evaluation and methods
bench:
    cargo bench --locked -p scr-measures -p scr-stats -p scr-eval -p scr-methods

# Draw phantoms, segment, score, publish and serve: just demo --images 10
demo *ARGS:
    cargo run --release --locked -- demo {{ ARGS }}

# Fuzz every reader of foreign input: just fuzz SECONDS TARGET...
fuzz *ARGS:
    fuzz/run {{ ARGS }}

# Write the generated documentation again, and open the API documentation
docs:
    cargo run --release --locked -- measures --format markdown > docs/reference/measures.md
    SCR_WRITE_DOCS=1 cargo test --locked -p scr --test all help::
    cargo doc --workspace --no-deps --locked --open

# Check the types of the scripts and bundle the viewer's into static/viewer (needs Node.js)
viewer:
    npm --prefix crates/scr-web/viewer ci --silent --ignore-scripts
    npm --prefix crates/scr-web/viewer run check
    npm --prefix crates/scr-web/viewer run bundle

# Run everything that must pass before a change lands
ci:
    bash .ci/run
