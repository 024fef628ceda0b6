// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files
import Tasks

/// Where an interrupted import goes on.
struct ImportCheckpoint: Codable, Sendable {
    /// The file in the spool, once it was fetched.
    var file: SpoolFile?
    /// The file's own name; set before the file is fetched when the run is for that file alone.
    var fileName: String?
    /// The file as it lay in the location when it was fetched.
    var remote: RemoteFile?
    /// The automated import as it was when the run began: later edits concern later runs.
    var definition: AutomatedImportDefinition?
    /// How many rows it has, once it was staged and the merge may begin.
    var staged: Int64?
    /// The header's names.
    var header: [String] = []
    /// Whether a person accepted a file that was held.
    var isAccepted = false
    /// How far the merge has come.
    var merge: MergeState?
}

extension TaskRecord {
    /// Where the import stands; nil when nothing was saved yet.
    func importCheckpoint() throws -> ImportCheckpoint? {
        try checkpoint.map { try JSONText.decode(ImportCheckpoint.self, from: $0) }
    }
}

extension TaskRun {
    /// The merge state of the last transaction that was committed.
    func savedState() throws -> MergeState? {
        try database.readBlocking { try store.task(task.id, in: $0) }.importCheckpoint()?.merge
    }
}
