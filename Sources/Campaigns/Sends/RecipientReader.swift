// SPDX-License-Identifier: Apache-2.0
internal import Audience
internal import Common
internal import Database
internal import Messaging

/// The attributes of a recipient by technical name, and what the caller of the send said of them.
struct RecipientAttributes: Sendable {
    let table: ProfileTable
    var values: [String: PersonalisationValue] = [:]
    /// They win over the attributes.
    var parameters: [String: PersonalisationValue] = [:]
    /// Whether the profile was deleted since the send was planned.
    var isGone = true

    /// The text of the attribute with a role, or of the parameter of its name.
    func text(_ role: AttributeRole) -> String? {
        guard let name = table.attribute(role)?.name,
            case .text(let text) = parameters[name] ?? values[name]
        else { return nil }
        return text
    }
}

/// Reads the attributes of a group's recipients.
struct RecipientReader: Sendable {
    let table: ProfileTable
    /// The attributes that are read.
    private let attributes: [Attribute]

    /// A reader of all attributes, or of those with some names or roles.
    init(
        table: ProfileTable,
        names: Set<String>? = nil,
        roles: [AttributeRole] = []
    ) {
        self.table = table
        let wanted = names.map { $0.union(roles.compactMap { table.attribute($0)?.name }) }
        attributes = table.attributes.filter { wanted?.contains($0.name) ?? true }
    }

    /// The attributes and parameters of the recipients of one send, in their order.
    func recipients(
        _ group: [Interaction],
        in connection: Connection
    ) throws -> [RecipientAttributes] {
        guard let send = group.first?.send else { return [] }
        let profiles = group.map { $0.profile }
        var found = try attributes(of: profiles, in: connection)
        let given = try SendParameterStore(workspace: table.workspace, send: send)
            .parameters(of: profiles, in: connection)
        for (position, parameters) in given { found[position].parameters = parameters }
        return found
    }

    /// The attributes of profiles, in their order; none of one that is gone.
    func attributes(
        of profiles: [ProfileID],
        in connection: Connection
    ) throws
        -> [RecipientAttributes]
    {
        var found = profiles.map { _ in RecipientAttributes(table: table) }
        let lookup = Lookup(
            table: table.physicalName,
            key: "id",
            columns: ["id"] + attributes.map(\.column),
            keys: profiles.map(\.sql)
        )
        try connection.lookup(lookup) { position, cursor in
            found[position].isGone = false
            for (offset, attribute) in attributes.enumerated() {
                let value = PersonalisationValue(cursor.value(offset + 1), attribute)
                if let value { found[position].values[attribute.name] = value }
            }
        }
        return found
    }
}

extension PersonalisationValue {
    /// An attribute's value as a message sees it; nil when there is none.
    init?(_ value: SQLValue, _ attribute: Attribute) {
        switch (value, attribute.type) {
        case (.null, _), (.bytes, _): return nil
        case (.text(let text), _) where attribute.isMultiValued:
            self = .list(SeveralValues.texts(text).map { .text($0) })
        case (.text(let text), _): self = .text(text)
        case (.double(let number), _): self = .number(number)
        case (.integer(let number), .boolean): self = .boolean(number != 0)
        case (.integer(let number), .date): self = .text(Day(number: number).description)
        case (.integer(let number), .moment):
            self = .text(Instant(microseconds: number).description)
        case (.integer(let number), _): self = .integer(number)
        case (.boolean(let flag), _): self = .boolean(flag)
        case (.day(let day), _): self = .text(day.description)
        case (.moment(let moment), _): self = .text(moment.description)
        }
    }
}
