// SPDX-License-Identifier: Apache-2.0

/// The relaxed forms of headers and bodies that signatures cover (RFC 6376 section 3.4).
///
/// Pure. Messages have CRLF line ends.
enum DKIMCanonical {
    /// A header field as it stands in a message.
    struct Field {
        /// The name in lower case.
        var name: String
        /// What follows the colon, folds included, without the line end.
        var value: ArraySlice<UInt8>
    }

    /// The fields of a message in order, and where its body starts.
    static func split(_ message: [UInt8]) -> (fields: [Field], body: ArraySlice<UInt8>) {
        var fields: [Field] = []
        var position = 0
        while position < message.count {
            let end = lineEnd(message, from: position)
            if end == position { return (fields, message[min(end + 2, message.count)...]) }
            var stop = end
            while stop + 2 < message.count, isBlank(message[stop + 2]) {
                stop = lineEnd(message, from: stop + 2)
            }
            let line = message[position..<stop]
            if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                let name = line[..<colon].map(\.lowercasedASCII).filter { !isBlank($0) }
                fields.append(
                    Field(
                        name: String(decoding: name, as: UTF8.self),
                        value: line[(colon + 1)...]
                    )
                )
            }
            position = min(stop + 2, message.count)
        }
        return (fields, message[message.count...])
    }

    /// A header field, without its line end: name in lower case, unfolded, blanks collapsed.
    static func header(_ name: String, _ value: some Sequence<UInt8>) -> [UInt8] {
        var output = Array(name.utf8) + [UInt8(ascii: ":")]
        let start = output.count
        var owesBlank = false
        for byte in value {
            if isBlank(byte) || byte == 0x0D || byte == 0x0A {
                owesBlank = true
            } else {
                if owesBlank, output.count > start { output.append(UInt8(ascii: " ")) }
                owesBlank = false
                output.append(byte)
            }
        }
        return output
    }

    /// A body: blanks collapsed, none at the end of a line, no empty lines at the end.
    static func body(_ source: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(source.count + 2)
        var kept = 0
        var owesBlank = false
        for byte in source {
            switch byte {
            case 0x20, 0x09: owesBlank = true
            case 0x0D: continue
            case 0x0A:
                owesBlank = false
                output.append(0x0D)
                output.append(0x0A)
            default:
                if owesBlank { output.append(0x20) }
                owesBlank = false
                output.append(byte)
                kept = output.count
            }
        }
        output.removeSubrange(kept...)
        if kept > 0 { output += [0x0D, 0x0A] }
        return output
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Where the CRLF of a line stands, or the message ends.
    private static func lineEnd(_ message: [UInt8], from start: Int) -> Int {
        var index = start
        while index < message.count {
            if message[index] == 0x0D, index + 1 < message.count, message[index + 1] == 0x0A {
                return index
            }
            index += 1
        }
        return message.count
    }
}
