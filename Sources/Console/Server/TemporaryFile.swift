// SPDX-License-Identifier: Apache-2.0
import API
import Files

/// A file that a page answers piece by piece, as the API does.
typealias TemporaryFile = TemporaryDownload

extension TemporaryFile {
    /// A file of the spool.
    static func spooled(_ file: SpoolFile, _ visit: Visit) async throws -> TemporaryFile {
        try await spooled(file, visit.services.rooms)
    }

    /// The file from its beginning, in pieces.
    var body: SiteAnswer.Body { .pieces(pieces) }
}
