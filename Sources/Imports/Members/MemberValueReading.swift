// SPDX-License-Identifier: Apache-2.0
import Audience

// The values of attributes.
extension MemberReader {
    func readValue(
        of attribute: Int?,
        _ name: String,
        _ scanner: inout JSONScanner,
        _ member: inout GivenMember
    ) throws {
        guard let attribute else {
            let value = String(decoding: try scanner.skip(), as: UTF8.self)
            member.problems.append(
                MemberProblem(.unknownProperty, name, value: value, "there is no such attribute")
            )
            return
        }
        guard !member.values.contains(where: { $0.attribute == attribute }) else {
            try scanner.skip()
            member.problems.append(
                MemberProblem(.givenTwice, name, "another name of the attribute is given too")
            )
            return
        }
        try read(attribute, name, &scanner, &member)
    }

    private func read(
        _ attribute: Int,
        _ name: String,
        _ scanner: inout JSONScanner,
        _ member: inout GivenMember
    ) throws {
        switch try scanner.kind() {
        case .null:
            try scanner.null()
            member.values.append(.init(attribute: attribute, name: name, cell: .null))
        case .number: take(try scanner.number(), attribute, name, &member)
        case .boolean:
            take(try scanner.boolean() ? "true" : "false", attribute, name, &member)
        case .text:
            let text = try scanner.text()
            guard text.isEscaped else { return take(text.bytes, attribute, name, &member) }
            take(text.string, attribute, name, &member)
        case .array where table.attributes[attribute].isMultiValued:
            guard let joined = try readSeveral(name, &scanner, &member) else { return }
            take(joined, attribute, name, &member, isJoined: true)
        case .array, .object: try refuse(name, "one value", &scanner, &member)
        }
    }

    /// Several values with separators between them; nil when one is no single value.
    private func readSeveral(
        _ name: String,
        _ scanner: inout JSONScanner,
        _ member: inout GivenMember
    ) throws -> String? {
        var parts: [String] = []
        var isPlain = true
        try scanner.array { scanner, _ in
            switch try scanner.kind() {
            case .text: parts.append(try scanner.text().string)
            case .number: parts.append(String(decoding: try scanner.number(), as: UTF8.self))
            default:
                isPlain = false
                try refuse(name, "an array of strings or of whole numbers", &scanner, &member)
            }
        }
        guard isPlain else { return nil }
        guard !parts.contains(where: { $0.utf8.contains(0) }) else {
            refuseNUL(name, parts.joined(separator: ","), &member)
            return nil
        }
        return parts.joined(separator: "\0")
    }

    private func take(
        _ text: String,
        _ attribute: Int,
        _ name: String,
        _ member: inout GivenMember,
        isJoined: Bool = false
    ) {
        guard isJoined || !text.utf8.contains(0) else { return refuseNUL(name, text, &member) }
        var text = text
        text.withUTF8 { take($0, attribute, name, &member, isBorrowed: false) }
    }

    private func take(
        _ bytes: Bytes,
        _ attribute: Int,
        _ name: String,
        _ member: inout GivenMember,
        isBorrowed: Bool = true
    ) {
        var value: String {
            String(decoding: bytes, as: UTF8.self).replacing("\0", with: ",")
        }
        switch readers[attribute].read(bytes) {
        case .value(let cell):
            let kept = isBorrowed ? cell : cell.owned
            member.values.append(.init(attribute: attribute, name: name, cell: kept))
        case .warned(let cell, let warning):
            if let kept = isBorrowed ? cell : cell?.owned {
                member.values.append(.init(attribute: attribute, name: name, cell: kept))
            }
            member.warnings.append(MemberProblem(name, value: value, warning))
        case .refused(let problem):
            member.problems.append(MemberProblem(name, value: value, problem))
        }
    }

    /// Both engines would cut the text there or refuse it (design/sql.md).
    private func refuseNUL(_ name: String, _ value: String, _ member: inout GivenMember) {
        let problem = ValueProblem(.nulCharacter, "text with a NUL character")
        member.problems.append(MemberProblem(name, value: value, problem))
    }
}
