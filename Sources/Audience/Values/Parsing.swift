// SPDX-License-Identifier: Apache-2.0

/// A string of the bytes.
func string(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }

/// The bytes without spaces, tabs and no-break spaces of ASCII around them.
func trim(_ bytes: Bytes) -> Bytes {
    var start = 0
    var end = bytes.count
    while start < end, isBlank(bytes[start]) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return start == 0 && end == bytes.count ? bytes : Bytes(rebasing: bytes[start..<end])
}

extension String {
    /// The text without blanks of ASCII around it.
    var trimmingBlanks: String {
        var text = self
        return text.withUTF8 { string(trim($0)) }
    }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

/// How many Unicode scalars the bytes hold.
func characterCount(_ bytes: Bytes) -> Int {
    bytes.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
}

/// A decimal 64-bit integer with an optional sign; nil for anything else.
func parseInteger(_ bytes: Bytes) -> Int64? {
    guard let first = bytes.first else { return nil }
    let isNegative = first == UInt8(ascii: "-")
    let start = isNegative || first == UInt8(ascii: "+") ? 1 : 0
    guard bytes.count > start, bytes.count < 21 else { return nil }
    var value: Int64 = 0
    for byte in bytes[start...] {
        guard byte >= 48, byte <= 57 else { return nil }
        let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
        let digit = Int64(byte - 48)
        let (sum, carry) =
            isNegative
            ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
        guard !overflow, !carry else { return nil }
        value = sum
    }
    return value
}

/// A finite decimal number with `.`; nil for anything else, such as `0x10` or `nan`.
func parseDouble(_ bytes: Bytes) -> Double? {
    let isPlain = bytes.allSatisfy { byte in
        (48...57).contains(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
    }
    guard isPlain, let value = Double(string(bytes)), value.isFinite else { return nil }
    return value
}

/// `1/0`, `true/false`, `yes/no`, `y/n` in any case; nil for anything else.
func parseBoolean(_ bytes: Bytes) -> Bool? {
    guard bytes.count <= 5 else { return nil }
    if bytes.count == 1 {
        switch bytes[0] {
        case UInt8(ascii: "1"), UInt8(ascii: "y"), UInt8(ascii: "Y"): return true
        case UInt8(ascii: "0"), UInt8(ascii: "n"), UInt8(ascii: "N"): return false
        default: return nil
        }
    }
    switch string(bytes).lowercased() {
    case "true", "yes": return true
    case "false", "no": return false
    default: return nil
    }
}

/// An address with its domain in lower case, which loses nothing (RFC 5321, section 2.4).
func lowercasedDomain(_ bytes: Bytes) -> Cell {
    guard let at = bytes.lastIndex(of: UInt8(ascii: "@")),
        bytes[at...].contains(where: { (65...90).contains($0) })
    else { return .borrowed(bytes) }
    let local = string(Bytes(rebasing: bytes[..<at]))
    return .text(local + string(Bytes(rebasing: bytes[at...])).lowercased())
}
