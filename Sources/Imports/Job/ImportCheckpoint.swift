// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
internal import Files
internal import Tasks

/// Where an interrupted import goes on.
struct ImportCheckpoint: Codable, Sendable {
    /// The file in the spool, once it was fetched.
    var file: SpoolFile?
    /// The file's own name.
    var fileName: String?
    /// How many rows it has, once it was staged and the merge may begin.
    var staged: Int64?
    /// The header's names.
    var header: [String] = []
    /// Whether a person accepted a file that was held.
    var isAccepted = false
    /// How far the merge has come.
    var merge: MergeState?
}

extension TaskRun {
    /// The merge state of the last transaction that was committed.
    func savedState() throws -> MergeState? {
        let present = try database.readBlocking { try store.task(task.id, in: $0).checkpoint }
        return try present.map { try JSONText.decode(ImportCheckpoint.self, from: $0).merge } ?? nil
    }
}
