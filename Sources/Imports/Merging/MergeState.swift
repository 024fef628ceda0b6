// SPDX-License-Identifier: Apache-2.0

/// How far a merge has come; saved with each transaction, so that it goes on from there.
struct MergeState: Codable, Sendable {
    /// The key of the last row that was dealt with.
    var key: [UInt8] = []
    /// The line of that row.
    var line: Int64 = -1
    /// Whether a row with that key was accepted, so that further ones are duplicates.
    var isKeyAccepted = false
    /// How many rows were dealt with.
    var done: Int64 = 0
    /// The ledger so far.
    var breakdown = ImportBreakdown()
    /// Permissions that an existing profile gained.
    var optIns = 0
    /// Permissions that an existing profile lost.
    var optOuts = 0
    /// Whether the table was empty, so that nothing is looked up.
    var isFresh = false
    /// Indexes that were dropped and have to be built again at the end.
    var droppedIndexes: [String] = []

    /// Whether a row was dealt with before the interruption.
    func hasPassed(_ record: StagedRecord) -> Bool {
        key.withUnsafeBufferPointer { own in
            switch compare(record.key, own) {
            case 0: record.line <= line
            case let order: order < 0
            }
        }
    }
}
