// SPDX-License-Identifier: Apache-2.0
public import Files
public import Tasks

extension TaskRecord {
    /// The files in the spool that an import task was given or has fetched; some may be gone.
    ///
    /// - Throws: `DecodingError` for the record of another type.
    public func importFiles() throws -> [SpoolFile] {
        var files: [SpoolFile] = []
        switch try parameters(as: ImportParameters.self).origin {
        case .upload(let file, _), .replay(_, let file, _): files.append(file)
        case .automated: break
        }
        if let file = try importCheckpoint()?.file, !files.contains(file) { files.append(file) }
        return files
    }
}
