//! The worker that reads what was pasted.

fn main() {
    duplex_worker::run(duplex_worker::reader::start);
}
