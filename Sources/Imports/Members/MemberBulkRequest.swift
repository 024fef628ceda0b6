// SPDX-License-Identifier: Apache-2.0
public import Audience
internal import Common

/// A request of the bulk member API, read from the JSON of its body (spec/imports.md).
///
/// Only the request as a whole is judged; what is wrong with one member is found when the bulk runs.
public struct MemberBulkRequest: Sendable, Hashable {
    /// The most members of a request.
    public static let mostMembers = 1_000

    /// Groups bulks; nil for an import of its own.
    public private(set) var importID: String?
    /// The caller's own number.
    public private(set) var requestNumber: Int64?
    /// What it does.
    public private(set) var operation = BulkOperation.create
    /// What names a member that is updated.
    public private(set) var identifierType = MemberIdentifierType.id
    /// What several values do in an update.
    public private(set) var severalValues = SeveralValuesPolicy.replace
    /// Whether nothing is written.
    public private(set) var isDryRun = false
    /// The profile table's technical name.
    public private(set) var profileTable = "profiles"
    /// How many members there are.
    public private(set) var memberCount = 0
    /// The members: JSON, an array, without passwords.
    public private(set) var members: [UInt8] = []
    /// The members as they are kept; packed here, where no lock is held.
    private(set) var packed: [UInt8] = []

    /// Reads a request.
    ///
    /// - Throws: ``ImportError/unreadableRequest(_:)`` when it is no JSON,
    ///   ``ImportError/badField(_:rule:)`` when an attribute is unknown, missing or wrong.
    public init(json: [UInt8]) throws {
        guard String(validating: json, as: UTF8.self) != nil else {
            throw ImportError.unreadableRequest("it is not in UTF-8")
        }
        try json.withUnsafeBufferPointer { bytes in
            do {
                try read(JSONScanner(bytes))
            } catch let fault as JSONScanner.Fault {
                throw ImportError.unreadableRequest("it is no JSON at byte \(fault.offset)")
            }
        }
        guard (1...Self.mostMembers).contains(memberCount) else {
            throw ImportError.badField("members", rule: "1 to \(Self.mostMembers) members")
        }
        packed = try BulkPayload.pack(members)
    }

    private mutating func read(_ start: JSONScanner) throws {
        var scanner = start
        guard try scanner.kind() == .object else {
            throw ImportError.unreadableRequest("it is no JSON object")
        }
        var seen: Set<String> = []
        // A body that is no JSON further on is that in the first place.
        var refusal: ImportError?
        try scanner.object { scanner, name in
            let name = name.string
            var field = RequestField(name: name, scanner: scanner)
            try scanner.skip()
            guard refusal == nil else { return }
            do {
                guard seen.insert(name).inserted else { throw field.wrong("given once") }
                try take(&field)
            } catch let error as ImportError { refusal = error }
        }
        try scanner.end()
        if let refusal { throw refusal }
    }

    private mutating func take(_ field: inout RequestField) throws {
        switch field.name {
        case "import_id": importID = try field.text(1...255)
        case "request_number": requestNumber = try field.integer()
        case "members": try takeMembers(&field)
        case "operation": operation = try field.word(BulkOperation.self) ?? operation
        case "member_identifier_type":
            identifierType = try field.word(MemberIdentifierType.self) ?? identifierType
        case "multi_values_update_mode":
            severalValues = try field.word(UpdateMode.self)?.policy ?? severalValues
        case "dry_run": isDryRun = try field.boolean() ?? isDryRun
        case "profile_table": profileTable = try field.text(1...64) ?? profileTable
        default: throw ImportError.badField(field.name, rule: "no attribute of this resource")
        }
    }

    private mutating func takeMembers(_ field: inout RequestField) throws {
        guard try field.scanner.kind() == .array else { throw field.wrong("an array of members") }
        var text = MembersText()
        try text.read(&field.scanner)
        members = text.json
        memberCount = text.count
    }

    /// The words of `multi_values_update_mode`.
    private enum UpdateMode: String, CaseIterable {
        case replace, update, append

        var policy: SeveralValuesPolicy { self == .append ? .append : .replace }
    }
}

/// One attribute of a request, its value unread.
private struct RequestField {
    let name: String
    var scanner: JSONScanner

    func wrong(_ rule: String) -> ImportError { .badField(name, rule: rule) }

    /// A string of so many characters; nil for null.
    mutating func text(_ length: ClosedRange<Int>) throws -> String? {
        let rule = "a string of \(length.lowerBound) to \(length.upperBound) characters"
        switch try scanner.kind() {
        case .null: return nil
        case .text:
            let text = try scanner.text().string
            let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
            guard length.contains(text.unicodeScalars.count), isPlain else { throw wrong(rule) }
            return text
        default: throw wrong(rule)
        }
    }

    mutating func integer() throws -> Int64? {
        switch try scanner.kind() {
        case .null: return nil
        case .number:
            let digits = String(decoding: try scanner.number(), as: UTF8.self)
            guard let value = Int64(digits) else { throw wrong("a whole number of 64 bits") }
            return value
        default: throw wrong("a whole number of 64 bits")
        }
    }

    mutating func boolean() throws -> Bool? {
        switch try scanner.kind() {
        case .null: return nil
        case .boolean: return try scanner.boolean()
        default: throw wrong("true or false")
        }
    }

    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ type: Word.Type
    ) throws -> Word?
    where Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
        switch try scanner.kind() {
        case .null: return nil
        case .text:
            guard let word = Word(rawValue: try scanner.text().string) else {
                throw wrong("one of \(words)")
            }
            return word
        default: throw wrong("one of \(words)")
        }
    }
}
