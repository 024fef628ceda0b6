// SPDX-License-Identifier: Apache-2.0
import Audience
import Common

/// Reads the members of a payload as the attributes and lists that they fill.
struct MemberReader {
    let table: ProfileTable
    let lists: [MailingList]
    let operation: BulkOperation
    let identifierType: MemberIdentifierType
    let emailAddress: Int?
    let mobileNumber: Int?
    let readers: [ValueReader]
    private let names: [String: Int]
    private let roles: [AttributeRole: Int]

    /// Separates several values: no text holds it.
    private static let separator: UInt8 = 0

    init(_ table: ProfileTable, _ lists: [MailingList], _ bulk: MemberBulk, countryCode: String?) {
        self.table = table
        self.lists = lists
        operation = bulk.operation
        identifierType = bulk.identifierType
        let attributes = table.attributes
        readers = attributes.map {
            ValueReader($0, countryCode: countryCode, separator: MemberReader.separator)
        }
        names = MemberReader.names(of: attributes)
        roles = Dictionary(
            attributes.indices.compactMap { index in attributes[index].role.map { ($0, index) } }
        ) { first, _ in first }
        emailAddress = roles[.emailAddress]
        mobileNumber = roles[.mobileNumber]
    }

    /// Technical names before aliases, ignoring case.
    private static func names(of attributes: [Attribute]) -> [String: Int] {
        var names: [String: Int] = [:]
        for (index, attribute) in attributes.enumerated() {
            names[attribute.name.lowercased()] = index
        }
        for (index, attribute) in attributes.enumerated() {
            for alias in attribute.aliases where names[alias.lowercased()] == nil {
                names[alias.lowercased()] = index
            }
        }
        return names
    }

    /// Reads all members of a bulk, which has a place among those that are applied at once.
    func read(_ payload: Bytes, of bulk: Int = 0) throws -> [GivenMember] {
        var members: [GivenMember] = []
        var scanner = JSONScanner(payload)
        try scanner.array { scanner, index in
            var member = GivenMember(index: index, bulk: bulk)
            if try scanner.kind() == .object {
                try readMember(&scanner, &member)
            } else {
                try scanner.skip()
                member.problems.append(
                    MemberProblem(.notAnObject, nil, "a member is an object")
                )
            }
            members.append(member)
        }
        return members
    }

    private func readMember(_ scanner: inout JSONScanner, _ member: inout GivenMember) throws {
        try scanner.object { scanner, name in
            switch name.string {
            case "id": try readID(&scanner, &member)
            case "properties":
                try object("properties", &scanner, &member) { scanner, name, member in
                    try readProperty(name.string, &scanner, &member)
                }
            case "sms_enabled": try readPermission(.smsEnabled, name, &scanner, &member)
            case "email_enabled": try readPermission(.emailEnabled, name, &scanner, &member)
            case "push_enabled": try readPermission(.pushEnabled, name, &scanner, &member)
            case "optin_channel": member.channel = try readWord(name, &scanner, &member)
            case "optin_subchannel": member.subchannel = try readWord(name, &scanner, &member)
            case "consents":
                try object("consents", &scanner, &member) { scanner, name, member in
                    try readConsent(name.string, &scanner, &member)
                }
            case let other:
                try scanner.skip()
                member.problems.append(
                    MemberProblem(.unknownKey, other, "a member has no such key")
                )
            }
        }
        name(&member)
    }

    /// Finds what names a member, and what is missing to find its profile.
    private func name(_ member: inout GivenMember) {
        switch (operation, identifierType) {
        case (.update, .id):
            member.identifier = member.profile.map { "\($0)" }
        case (.update, .email): member.identifier = text(emailAddress, of: member)
        case (.update, .msisdn): member.identifier = text(mobileNumber, of: member)
        case (.create, _):
            member.identifier = text(emailAddress, of: member) ?? text(mobileNumber, of: member)
        }
        guard member.identifier == nil, member.problems.isEmpty else { return }
        let wanted = operation == .create ? "email or msisdn" : identifierType.rawValue
        member.problems.append(
            MemberProblem(.missingIdentifier, nil, "the member needs: \(wanted)")
        )
    }

    private func text(_ attribute: Int?, of member: GivenMember) -> String? {
        guard let attribute, let cell = member.cell(attribute) else { return nil }
        let described = table.attributes[attribute]
        return ValueText.text(cell.sql(described.type), of: described)
    }
}

// The parts of a member.
extension MemberReader {
    private func object(
        _ name: String,
        _ scanner: inout JSONScanner,
        _ member: inout GivenMember,
        _ body: (inout JSONScanner, RawText, inout GivenMember) throws -> Void
    ) throws {
        switch try scanner.kind() {
        case .null: try scanner.null()
        case .object: try scanner.object { try body(&$0, $1, &member) }
        default: try refuse(name, "an object", &scanner, &member)
        }
    }

    private func readID(_ scanner: inout JSONScanner, _ member: inout GivenMember) throws {
        let text: String
        switch try scanner.kind() {
        case .null: return try scanner.null()
        case .number: text = String(decoding: try scanner.number(), as: UTF8.self)
        case .text: text = try scanner.text().string
        default: return try refuse("id", "a whole number", &scanner, &member)
        }
        guard let id = Int64(text), id > 0 else {
            let problem = ValueProblem(.notAnInteger, "no id of a profile")
            member.problems.append(MemberProblem("id", value: text, problem))
            return
        }
        member.profile = ProfileID(id)
    }

    private func readWord(
        _ name: RawText,
        _ scanner: inout JSONScanner,
        _ member: inout GivenMember
    ) throws -> String? {
        switch try scanner.kind() {
        case .null: try scanner.null()
        case .text:
            let text = try scanner.text().string
            if text.utf8.count <= 255, !text.utf8.contains(0) { return text }
            let problem = ValueProblem(.tooLong, "more than 255 bytes, or a NUL character")
            member.problems.append(MemberProblem(name.string, value: text, problem))
        default: try refuse(name.string, "a string", &scanner, &member)
        }
        return nil
    }

    private func readConsent(
        _ name: String,
        _ scanner: inout JSONScanner,
        _ member: inout GivenMember
    ) throws {
        let property = "consents.\(name)"
        guard let list = lists.firstIndex(where: { $0.name.lowercased() == name.lowercased() })
        else {
            let value = String(decoding: try scanner.skip(), as: UTF8.self)
            member.problems.append(
                MemberProblem(.unknownList, property, value: value, "there is no such list")
            )
            return
        }
        guard try scanner.kind() == .object else {
            return try refuse(property, "an object with a status", &scanner, &member)
        }
        var status: Bool?
        try scanner.object { scanner, key in
            let isBoolean = try scanner.kind() == .boolean
            guard key.string == "status", isBoolean else {
                return try refuse("\(property).\(key.string)", "true or false", &scanner, &member)
            }
            status = try scanner.boolean()
        }
        guard let status else { return }
        member.standings.append((list, status))
    }

    private func readPermission(
        _ role: AttributeRole,
        _ name: RawText,
        _ scanner: inout JSONScanner,
        _ member: inout GivenMember
    ) throws {
        if try scanner.kind() == .null { return try scanner.null() }
        try readValue(of: roles[role], name.string, &scanner, &member)
    }

    private func readProperty(
        _ name: String,
        _ scanner: inout JSONScanner,
        _ member: inout GivenMember
    ) throws {
        try readValue(of: names[name] ?? names[name.lowercased()], name, &scanner, &member)
    }

    /// A value of another kind than the place takes.
    func refuse(
        _ property: String,
        _ wanted: String,
        _ scanner: inout JSONScanner,
        _ member: inout GivenMember
    ) throws {
        let value = String(decoding: try scanner.skip(), as: UTF8.self)
        member.problems.append(
            MemberProblem(.wrongType, property, value: value, "it must be \(wanted)")
        )
    }
}
