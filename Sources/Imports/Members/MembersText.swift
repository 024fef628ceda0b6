// SPDX-License-Identifier: Apache-2.0
import Audience

/// Copies the array of members without their passwords, which are never stored in clear.
struct MembersText {
    private(set) var json: [UInt8] = []
    /// How many members there are.
    private(set) var count = 0

    /// Whether a name is that of a password, in whatever case.
    private static func isPassword(_ name: RawText) -> Bool {
        guard name.isEscaped || name.bytes.count == 8 else { return false }
        return name.string.lowercased() == "password"
    }

    /// Reads the array that comes next.
    mutating func read(_ scanner: inout JSONScanner) throws {
        let start = scanner.offset
        var hasPasswords = false
        var count = 0
        var probe = scanner
        try probe.array { scanner, _ in
            count += 1
            guard try scanner.kind() == .object else {
                try scanner.skip()
                return
            }
            try MembersText.probe(&scanner, &hasPasswords)
        }
        self.count = count
        guard hasPasswords else {
            json = Array(probe.text(since: start))
            scanner = probe
            return
        }
        try copy(&scanner)
    }

    private static func probe(_ scanner: inout JSONScanner, _ hasPasswords: inout Bool) throws {
        try scanner.object { scanner, name in
            if isPassword(name) { hasPasswords = true }
            guard try scanner.kind() == .object else {
                try scanner.skip()
                return
            }
            try probe(&scanner, &hasPasswords)
        }
    }

    private mutating func copy(_ scanner: inout JSONScanner) throws {
        json.append(UInt8(ascii: "["))
        try scanner.array { scanner, position in
            if position > 0 { json.append(UInt8(ascii: ",")) }
            try copyValue(&scanner)
        }
        json.append(UInt8(ascii: "]"))
    }

    private mutating func copyValue(_ scanner: inout JSONScanner) throws {
        guard try scanner.kind() == .object else {
            json.append(contentsOf: try scanner.skip())
            return
        }
        json.append(UInt8(ascii: "{"))
        var isFirst = true
        try scanner.object { scanner, name in
            guard !MembersText.isPassword(name) else {
                try scanner.skip()
                return
            }
            if !isFirst { json.append(UInt8(ascii: ",")) }
            isFirst = false
            json.append(UInt8(ascii: "\""))
            json.append(contentsOf: name.bytes)
            json.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
            try copyValue(&scanner)
        }
        json.append(UInt8(ascii: "}"))
    }
}
