//! Quiz, progress, glossary.
