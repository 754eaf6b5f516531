//! The worker that runs the models of `sim` by their names.

fn main() {
    duplex_worker::run(sim::job::start);
}
