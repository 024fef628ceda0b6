// SPDX-License-Identifier: Apache-2.0
public import Audience
public import Common
import Database

/// The tables that an export reads, as they stand: one profile table, one custom table, or a custom
/// table with the profile table that its rows belong to.
public struct ExportTables: Sendable {
    /// The workspace.
    public let workspace: WorkspaceID
    /// The profile table; nil for rows that belong to no profile.
    public let profiles: ProfileTable?
    /// The custom table; nil for what is about profiles alone.
    public let rows: RowTable?
    /// The lists of the profile table.
    public let lists: [MailingList]
    /// The segmentations of the profile table.
    public let segmentations: [Segmentation]

    /// A profile table with its lists and segmentations.
    public init(
        profiles: ProfileTable,
        lists: [MailingList] = [],
        segmentations: [Segmentation] = []
    ) {
        workspace = profiles.workspace
        self.profiles = profiles
        rows = nil
        self.lists = lists
        self.segmentations = segmentations
    }

    /// A custom table, with the profile table that its rows belong to, if they do.
    public init(rows: RowTable, of workspace: WorkspaceID, profiles: ProfileTable? = nil) {
        self.workspace = workspace
        self.profiles = profiles
        self.rows = rows
        lists = []
        segmentations = []
    }

    /// The id by which shared relations name the table.
    var id: Int64 { rows?.id.value ?? profiles?.id.value ?? 0 }

    /// The name of the table that rows are of.
    var name: String { rows?.name ?? profiles?.name ?? "" }

    /// Reads the tables that a definition names.
    ///
    /// - Throws: ``ExportsError/badSetting(_:reason:)`` when the table that the type needs is not
    ///   named; what tells that a table does not exist.
    static func read(
        _ definition: ExportDefinition,
        _ workspace: WorkspaceID,
        in connection: Connection
    ) throws -> ExportTables {
        if let kind = definition.pair.facts.exportType.rowKind {
            return try read(kind, definition, workspace, in: connection)
        }
        guard let id = definition.table else {
            throw ExportsError.badSetting("table", reason: "a profile table is required")
        }
        let table = try ProfileTableStore(workspace).table(id, in: connection)
        let lists = try ListStore(workspace).all(of: table.id, in: connection)
        let segmentations = try SegmentationStore(workspace).all(of: table.id, in: connection)
        return ExportTables(profiles: table, lists: lists, segmentations: segmentations)
    }

    private static func read(
        _ kind: CustomTableKind,
        _ definition: ExportDefinition,
        _ workspace: WorkspaceID,
        in connection: Connection
    ) throws -> ExportTables {
        guard let id = definition.customTable else {
            throw ExportsError.badSetting("customTable", reason: "a custom table is required")
        }
        let store = CustomTableStore(workspace)
        // Of a table that was deleted there are no rows to read, but the records of their deletion.
        let readsRecords = definition.pair.rows?.keyOfDeletedRow != nil
        let table =
            try readsRecords
            ? store.tableOrDeleted(id, in: connection) : store.table(id, in: connection)
        guard table.kind == kind else {
            throw ExportsError.badSetting(
                "customTable",
                reason: "\(table.name) is not of the kind \(kind.rawValue)"
            )
        }
        return ExportTables(rows: RowTable(table), of: workspace, profiles: table.owners)
    }
}

/// A custom table as exports read it.
///
/// Its physical table has the columns `id`, those of its attributes, `created_at`, `updated_at`,
/// `created_stamp`, `updated_stamp` and, when rows belong to profiles, `profile_id`.
public struct RowTable: Sendable, Hashable {
    /// Its id.
    public let id: CustomTableID
    /// Its technical name.
    public let name: String
    /// The physical table.
    public let physicalName: String
    /// Its attributes in the order of their definition, the business key among them.
    public let attributes: [Attribute]
    /// The business key; nil when it is the technical id, which counts up by itself.
    public let businessKey: Attribute?
    /// Whether its rows belong to profiles.
    public let belongsToProfiles: Bool

    /// Describes a custom table.
    public init(
        id: CustomTableID,
        name: String,
        physicalName: String,
        attributes: [Attribute],
        businessKey: Attribute?,
        belongsToProfiles: Bool
    ) {
        self.id = id
        self.name = name
        self.physicalName = physicalName
        self.attributes = attributes
        self.businessKey = businessKey
        self.belongsToProfiles = belongsToProfiles
    }
}

extension RowTable {
    /// A custom table of the Audience room.
    public init(_ table: CustomTable) {
        self.init(
            id: table.id,
            name: table.name,
            physicalName: table.physicalName,
            attributes: table.attributes,
            businessKey: table.businessKey,
            belongsToProfiles: table.kind.hasOwner
        )
    }
}

extension ExportType {
    /// The kind of custom tables that the type is about; nil for the others.
    public var rowKind: CustomTableKind? {
        switch self {
        case .linkedData, .linkedDataChanges: .linkedData
        case .interactions, .interactionChanges: .interaction
        case .repository, .repositoryChanges: .repository
        default: nil
        }
    }
}
