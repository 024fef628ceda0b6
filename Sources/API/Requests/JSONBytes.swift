// SPDX-License-Identifier: Apache-2.0
import Common
import Foundation

/// Writes JSON as bytes, keys in the order in which they are written.
///
/// Answers of 200 rows are written for each request, so nothing is built in between.
struct JSONBytes: Sendable {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 1_024) {
        bytes.reserveCapacity(capacity)
    }

    /// Bytes that are JSON already.
    mutating func raw(_ json: some Sequence<UInt8>) { bytes.append(contentsOf: json) }

    /// Text that is JSON already.
    mutating func raw(_ json: String) { bytes.append(contentsOf: json.utf8) }

    /// null.
    mutating func null() { raw("null") }

    /// true or false.
    mutating func boolean(_ value: Bool) { raw(value ? "true" : "false") }

    /// A whole number.
    mutating func integer(_ value: Int64) {
        guard value < 0 || value > 9 else { return bytes.append(48 + UInt8(value)) }
        if value < 0 { bytes.append(0x2D) }
        var rest = value.magnitude
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var count = 0
        while rest > 0 {
            digits[count] = 48 + UInt8(rest % 10)
            rest /= 10
            count += 1
        }
        while count > 0 {
            count -= 1
            bytes.append(digits[count])
        }
    }

    /// A number; whole ones without a fraction.
    mutating func number(_ value: Double) {
        if let whole = Int64(exactly: value) { return integer(whole) }
        raw(value.isFinite ? value.description : "null")
    }

    /// Seconds since 1970, with as many decimals as needed.
    mutating func moment(_ microseconds: Int64) {
        let magnitude = microseconds.magnitude
        if microseconds < 0 { bytes.append(0x2D) }
        integer(Int64(magnitude / 1_000_000))
        var fraction = magnitude % 1_000_000
        guard fraction > 0 else { return }
        bytes.append(0x2E)
        var unit: UInt64 = 100_000
        while fraction > 0 {
            bytes.append(48 + UInt8(fraction / unit))
            fraction %= unit
            unit /= 10
        }
    }

    /// A string.
    mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { utf8($0) }
    }

    /// A string by its UTF-8 bytes (RFC 8259, section 7).
    mutating func utf8(_ value: UnsafeBufferPointer<UInt8>) {
        bytes.append(0x22)
        var start = 0
        for (position, byte) in value.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C
        {
            bytes.append(contentsOf: value[start..<position])
            escape(byte)
            start = position + 1
        }
        bytes.append(contentsOf: value[start...])
        bytes.append(0x22)
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x22: raw("\\\"")
        case 0x5C: raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        default:
            raw("\\u00")
            bytes.append(contentsOf: String(byte >> 4, radix: 16).utf8)
            bytes.append(contentsOf: String(byte & 15, radix: 16).utf8)
        }
    }
}

extension JSONBytes {
    /// A value as JSON, keys sorted.
    init(_ value: some Encodable) throws {
        self.init()
        raw(try JSONText.encode(value))
    }
}
