// SPDX-License-Identifier: Apache-2.0
import Audience
import Common

/// Recognises a person in payloads and errors of bulks.
struct MemberNames {
    private let names: PersonalNames
    private let profile: ProfileID
    /// The names of the attributes that identify people, in lower case.
    private let identifiers: Set<String>

    init(_ person: DossierPerson) {
        names = PersonalNames(person)
        profile = person.profile
        let attributes = [
            person.table.businessKey, person.table.attribute(.emailAddress),
            person.table.attribute(.mobileNumber),
        ].compactMap { $0 }
        identifiers = Set(attributes.flatMap { [$0.name] + $0.aliases }.map { $0.lowercased() })
    }

    /// The members that name the person, by their places, as JSON.
    func members(in payload: [UInt8]) throws -> [(index: Int, text: String)] {
        var found: [(Int, String)] = []
        try each(payload) { index, text, isNamed in
            if isNamed { found.append((index, String(decoding: text, as: UTF8.self))) }
        }
        return found
    }

    /// The payload with null in the place of members that name the person: the others keep theirs.
    func without(_ payload: [UInt8]) throws -> [UInt8] {
        var json: [UInt8] = [UInt8(ascii: "[")]
        try each(payload) { index, text, isNamed in
            if index > 0 { json.append(UInt8(ascii: ",")) }
            if isNamed {
                json.append(contentsOf: Array("null".utf8))
            } else {
                json.append(contentsOf: text)
            }
        }
        return json + [UInt8(ascii: "]")]
    }

    /// The errors that name the person, and the others.
    func split(
        _ errors: String?
    ) throws -> (named: [String: [MemberProblem]], others: [String: [MemberProblem]]) {
        guard let errors else { return ([:], [:]) }
        let all = try JSONText.decode([String: [MemberProblem]].self, from: errors)
        let named = all.filter { label, problems in
            names.isIdentifier(label) || label == "\(profile)"
                || problems.contains { $0.value.map(names.isTelling) == true }
        }
        return (named, all.filter { named[$0.key] == nil })
    }

    private func each(_ payload: [UInt8], _ body: (Int, Bytes, Bool) throws -> Void) throws {
        try payload.withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            try scanner.array { scanner, index in
                _ = try scanner.kind()
                let start = scanner.offset
                let isNamed = try isNamed(&scanner, property: nil)
                try body(index, scanner.text(since: start), isNamed)
            }
        }
    }

    /// Whether any value of a member names the person; reads it to its end.
    private func isNamed(_ scanner: inout JSONScanner, property: String?) throws -> Bool {
        var isNamed = false
        switch try scanner.kind() {
        case .object:
            try scanner.object { scanner, name in
                if try self.isNamed(&scanner, property: name.string) { isNamed = true }
            }
        case .array:
            try scanner.array { scanner, _ in
                if try self.isNamed(&scanner, property: property) { isNamed = true }
            }
        case .text: isNamed = names(try scanner.text().string, property)
        case .number:
            isNamed = names(String(decoding: try scanner.number(), as: UTF8.self), property)
        case .boolean, .null: try scanner.skip()
        }
        return isNamed
    }

    private func names(_ text: String, _ property: String?) -> Bool {
        if property == "id" { return text == "\(profile)" }
        guard let property, identifiers.contains(property.lowercased()) else {
            return names.isTelling(text)
        }
        return names.isIdentifier(text)
    }
}
