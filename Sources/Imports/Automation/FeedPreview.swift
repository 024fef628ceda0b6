// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Files

extension ImportPreview {
    /// Finds the file that a definition would take now, fetches it and reads its beginning.
    ///
    /// The call blocks. Nothing is kept, and the file does not count as taken.
    ///
    /// - Throws: ``ImportError``, or what the Files room says of location and file.
    public static func read(
        _ definition: AutomatedImportDefinition,
        workspace: WorkspaceID,
        spool: Spool,
        locations: LocationStore,
        database: Database
    ) throws -> (fileName: String, preview: ImportPreview) {
        let record = try database.readBlocking { connection in
            try locations.find(named: definition.location, workspace, in: connection)
        }
        let access = try locations.access(to: record, workspace: workspace)
        let found = try definition.selector.select(from: access.list(folder: definition.folder))
        guard let file = found.first else {
            throw ImportError.noFile(
                pattern: definition.selector.pattern,
                folder: definition.folder
            )
        }
        let name = "\(workspace)-preview-\(SystemRandomness().token())"
        let writer = try spool.create(.fetched, name: name)
        defer { writer.abandon() }
        try access.fetch(definition.path(of: file.name), into: writer)
        let spooled = try writer.finish()
        defer { try? spool.remove(spooled) }
        let preview = try ImportError.reading {
            try spool.withLocalPath(of: spooled) { path in
                try read(
                    path: path,
                    plan: definition.plan,
                    workspace: workspace,
                    database: database
                )
            }
        }
        return (file.name, preview)
    }
}

extension AutomatedImportDefinition {
    /// A file's path in the location.
    func path(of name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }
}

extension FileSelector {
    /// The name or the expression, for messages.
    var pattern: String {
        switch match {
        case .exact(let name): name
        case .expression(let text): text
        }
    }
}
