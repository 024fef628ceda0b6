// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Files

/// A file's header with its first rows: what Refresh schema and the mapping of an upload show.
public struct FileSample: Sendable, Hashable {
    /// How many rows are shown (spec/imports.md).
    public static let rowCount = 30

    /// The file's name.
    public var fileName: String
    /// The header's names in order.
    public var header: [String]
    /// The first rows, at most ``rowCount``.
    public var rows: [[String]]

    /// Looks at a file in the spool; blocks.
    ///
    /// - Throws: ``ImportError``, or what the Files room says of the file.
    public init(_ file: SpoolFile, name: String, in spool: Spool, format: FileFormat) throws {
        fileName = name
        (header, rows) = try ImportError.reading {
            try FileHead(path: spool.path(of: file), format: format)
                .read(rows: FileSample.rowCount)
        }
    }

    /// Finds the file that a definition would take now, fetches it and looks at it; blocks.
    ///
    /// - Throws: ``ImportError``, or what the Files room says of location and file.
    public init(
        _ definition: AutomatedImportDefinition,
        of workspace: WorkspaceID,
        spool: Spool,
        locations: LocationStore,
        database: Database,
        token: String = SystemRandomness().token()
    ) throws {
        let record = try database.readBlocking { connection in
            try locations.find(named: definition.location, workspace, in: connection)
        }
        let access = try locations.access(for: record.location, workspace: workspace)
        let found = try definition.selector.select(from: access.list(folder: definition.folder))
        guard let file = found.first else {
            throw ImportError.noFile(
                pattern: definition.selector.pattern,
                folder: definition.folder
            )
        }
        let writer = try spool.create(.fetched, name: "\(workspace)-sample-\(token)")
        defer { writer.abandon() }
        try access.fetch(definition.path(of: file.name), into: writer)
        let spooled = try writer.finish()
        defer { try? spool.remove(spooled) }
        try self.init(spooled, name: file.name, in: spool, format: definition.plan.format)
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
