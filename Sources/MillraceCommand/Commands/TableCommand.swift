// SPDX-License-Identifier: Apache-2.0
import Accounts
import ArgumentParser
import Audience
import Common
import Database
import Millrace

struct TableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table",
        abstract: "Custom tables: linked data, interaction rows, repositories.",
        discussion: "Rows come in by `millrace import --custom-table NAME FILE` and by the API.",
        subcommands: [
            Create.self, List.self, AddAttribute.self, Rows.self, DeleteRow.self, Clear.self,
        ]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create a custom table.")

        @Argument(help: "Its technical name.") var name: String
        @Option(help: "linkedData, interaction or repository.") var kind: String
        @Option(help: "The profile table that rows of linked data and interactions belong to.")
        var profiles = "profiles"
        @Option(help: "The attribute that is its key; without one each row gets a number as key.")
        var key: String?
        @Option(help: "NAME:TYPE, with :mandatory, :unique or :several; repeatable, in order.")
        var attribute: [String] = []
        @Option(help: "The name that people see.") var displayName: String?
        @OptionGroup var common: CommonOptions

        func run() async throws {
            guard let chosen = CustomTableKind(rawValue: kind) else {
                throw ValidationError("\(kind) is none of linkedData, interaction, repository")
            }
            let attributes = try attribute.map { try AttributeOption($0).attribute }
            let session = try await common.session()
            let made = try await session.change("customTable.create", of: name) { transaction in
                let owners = try ProfileTableStore(session.workspace.id)
                    .table(named: profiles, in: transaction)
                return try CustomTableStore(session.workspace.id).create(
                    name: name,
                    displayName: displayName ?? name,
                    kind: chosen,
                    owners: chosen.hasOwner ? owners : nil,
                    attributes: attributes,
                    businessKey: key,
                    by: session.context,
                    in: transaction
                )
            }
            try session.output.show(CustomTableView(made, rows: 0))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List custom tables.")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let views = try await session.installation.database.read { connection in
                try CustomTableStore(session.workspace.id).all(in: connection).map { table in
                    CustomTableView(table, rows: try CustomRowStore(table).count(in: connection))
                }
            }
            try session.output.show(views, empty: "There is no custom table.")
        }
    }

    struct AddAttribute: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add an attribute to a custom table."
        )

        @Argument(help: "The table.") var table: String
        @Argument(help: "NAME:TYPE, with :mandatory, :unique or :several.") var attribute: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let new = try AttributeOption(attribute).attribute
            let session = try await common.session()
            try await session.change("customTable.update", of: table) { transaction in
                let store = CustomTableStore(session.workspace.id)
                let found = try store.table(named: table, in: transaction)
                try store.add(new, to: found, in: transaction)
            }
            try session.output.show(Sentence(message: "\(table) has the attribute \(new.name)."))
        }
    }

    struct Rows: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the rows of a custom table, or of one person in it."
        )

        @Argument(help: "The table.") var table: String
        @Option(help: "The business key of the person.") var profile: String?
        @Option(help: "How many at most.") var limit = 20
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            let views = try await session.installation.database.read { connection in
                let table = try CustomTableStore(session.workspace.id)
                    .table(named: table, in: connection)
                let store = CustomRowStore(table)
                guard let profile, let owners = table.owners else {
                    return try store.page(limit: limit, in: connection).map(CustomRowView.init)
                }
                let found = try session.profile(profile, in: owners, connection)
                return try store.page(of: found.id, limit: limit, in: connection)
                    .map(CustomRowView.init)
            }
            try session.output.show(views, empty: "There is no such row.")
        }
    }

    struct DeleteRow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete one row.")

        @Argument(help: "The table.") var table: String
        @Argument(help: "The row's business key.") var key: String
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let session = try await common.session()
            try await session.change("customRow.delete", of: table) { transaction in
                let found = try CustomTableStore(session.workspace.id)
                    .table(named: table, in: transaction)
                guard let row = try CustomRowStore(found).find(key, in: transaction) else {
                    throw AudienceError.noSuchRow(key, table: table)
                }
                try RowDeletion(found, by: session.context.at(transaction.moment))
                    .delete(row.id, in: transaction)
            }
            try session.output.show(Sentence(message: "The row is deleted."))
        }
    }

    struct Clear: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete all rows of a custom table, as a task."
        )

        @Argument(help: "The table.") var table: String
        @Flag(help: "Delete the table too.") var drop = false
        @Flag(help: "Do it.") var yes = false
        @OptionGroup var common: CommonOptions

        func run() async throws {
            guard yes else { throw ValidationError("this cannot be undone; say --yes") }
            let session = try await common.session()
            let task = try await session.change("customTable.clear", of: table) { transaction in
                let found = try CustomTableStore(session.workspace.id)
                    .table(named: table, in: transaction)
                return try CustomTableClearingJob.start(
                    found.id,
                    dropsTable: drop,
                    by: session.context.at(transaction.moment),
                    in: transaction
                )
            }
            try await session.finish(task)
        }
    }
}

/// An attribute as an option describes it: `NAME:TYPE` and words behind further colons.
struct AttributeOption {
    let attribute: NewAttribute

    init(_ text: String) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, let type = AttributeType(rawValue: parts[1]) else {
            throw ValidationError("\(text) is no attribute; use NAME:TYPE, such as amount:number")
        }
        var attribute = NewAttribute(parts[0], type)
        for word in parts.dropFirst(2) {
            switch word {
            case "mandatory": attribute.isMandatory = true
            case "unique": attribute.isUnique = true
            case "several": attribute.isMultiValued = true
            default: throw ValidationError("\(word) is none of mandatory, unique, several")
            }
        }
        self.attribute = attribute
    }
}

/// A custom table as the command line shows it.
struct CustomTableView: Shown {
    var id: Int64
    var name: String
    var displayName: String
    var kind: String
    var profileTable: String?
    var businessKey: String?
    var attributes: [String]
    var rows: Int

    init(_ table: CustomTable, rows: Int) {
        id = table.id.value
        name = table.name
        displayName = table.displayName
        kind = table.kind.rawValue
        profileTable = table.owners?.name
        businessKey = table.businessKey?.name
        attributes = table.attributes.map { "\($0.name):\($0.type.rawValue)" }
        self.rows = rows
    }

    var lines: [String] {
        let owner = profileTable.map { " of \($0)" } ?? ""
        let key = businessKey ?? "a number"
        return [
            "\(name): \(kind)\(owner), key \(key), rows \(rows)",
            "  \(attributes.joined(separator: ", "))",
        ]
    }
}

/// A row as the command line shows it.
struct CustomRowView: Shown {
    var id: Int64
    var profileId: Int64?
    var values: [String: String]
    private var order: [String]

    init(_ row: CustomRow) {
        id = row.id.value
        profileId = row.profile?.value
        let pairs = row.table.attributes.compactMap { attribute in
            row.text(attribute).map { (attribute.name, $0) }
        }
        values = Dictionary(pairs) { first, _ in first }
        order = pairs.map(\.0)
    }

    private enum CodingKeys: String, CodingKey {
        case id, profileId, values
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encodeIfPresent(profileId, forKey: .profileId)
        try container.encode(values, forKey: .values)
    }

    var lines: [String] {
        let owner = profileId.map { "  profile \($0)" } ?? ""
        let cells = order.map { "\($0): \(values[$0] ?? "")" }.joined(separator: ", ")
        return ["\(id)\(owner)  \(cells)"]
    }
}
