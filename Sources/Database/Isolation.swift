// SPDX-License-Identifier: Apache-2.0

/// What a writing transaction may take for granted about the others (docs/decisions, "Isolation").
///
/// SQLite has one writer at a time, so that all three are the same to it but for turns.
public enum Isolation: Sendable, Hashable {
    /// As if there were no other writer; repeated by itself after a conflict.
    case serial
    /// Each statement guards itself: by its condition, a unique key or a lock. Repeated by itself
    /// after a deadlock. For hot paths, where `serial` would repeat too often.
    case guarded
    /// Guarded, one of many transactions of one work that keeps its own checkpoint: gives way to
    /// others and is not repeated, so that a conflict is thrown.
    case bulk
}
