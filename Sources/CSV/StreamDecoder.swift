// SPDX-License-Identifier: Apache-2.0

/// Turns the bytes of a file into UTF-8, part by part.
///
/// What has no meaning in the encoding becomes the byte 0xFF, which is never part of UTF-8: the
/// record's own check finds it there and reports that record.
struct StreamDecoder: ~Copyable, Sendable {
    /// So many bytes are decoded at a time, which bounds the memory.
    static let partLength = 32_768
    private static let invalid: UInt8 = 0xFF

    private let encoding: CSVDialect.Encoding
    private var output = Storage<UInt8>(capacity: 64)
    private var halfUnit: UInt8?
    private var highSurrogate: UInt16?

    init(_ encoding: CSVDialect.Encoding) {
        self.encoding = encoding
    }

    /// The UTF-8 of a part; valid until the next call.
    mutating func decode(_ part: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        output.removeAll()
        // Each byte of a single-byte encoding, each unit of UTF-16, gives at most 3 bytes.
        output.reserve(part.count * 3 + 4)
        switch encoding {
        case .utf8: return part
        case .iso8859_1, .windows1252: decodeSingleBytes(part)
        case .utf16LittleEndian, .utf16BigEndian: for byte in part { append(utf16: byte) }
        }
        return output.elements
    }

    /// What the end of the file left open: half a unit or half a surrogate pair.
    mutating func finish() -> UnsafeBufferPointer<UInt8> {
        output.removeAll()
        if highSurrogate != nil { output.append(Self.invalid) }
        if halfUnit != nil { output.append(Self.invalid) }
        highSurrogate = nil
        halfUnit = nil
        return output.elements
    }

    /// ASCII is copied in runs, other bytes are looked up one by one.
    private mutating func decodeSingleBytes(_ part: UnsafeBufferPointer<UInt8>) {
        guard let base = part.baseAddress else { return }
        var position = 0
        while position < part.count {
            let end = UTF8Check.skipASCII(base, part.count, from: position)
            output.append(UnsafeBufferPointer(rebasing: part[position..<end]))
            guard end < part.count else { return }
            append(singleByte: part[end])
            position = end + 1
        }
    }

    private mutating func append(singleByte byte: UInt8) {
        guard encoding == .windows1252, 0x80...0x9F ~= byte else { return append(UInt32(byte)) }
        let scalar = Self.windows1252Block[Int(byte - 0x80)]
        if scalar == 0 {
            output.append(Self.invalid)
        } else {
            append(UInt32(scalar))
        }
    }

    private mutating func append(utf16 byte: UInt8) {
        guard let first = halfUnit else {
            halfUnit = byte
            return
        }
        halfUnit = nil
        let (high, low) = encoding == .utf16BigEndian ? (first, byte) : (byte, first)
        append(unit: UInt16(high) << 8 | UInt16(low))
    }

    private mutating func append(unit: UInt16) {
        if let high = highSurrogate {
            highSurrogate = nil
            if 0xDC00...0xDFFF ~= unit {
                return append(0x10000 + (UInt32(high - 0xD800) << 10 | UInt32(unit - 0xDC00)))
            }
            output.append(Self.invalid)
        }
        switch unit {
        case 0xD800...0xDBFF: highSurrogate = unit
        case 0xDC00...0xDFFF: output.append(Self.invalid)
        default: append(UInt32(unit))
        }
    }

    /// Writes a code point as UTF-8 (RFC 3629, section 3).
    @inline(__always)
    private mutating func append(_ scalar: UInt32) {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | (scalar >> shift & 0x3F)) }
        switch scalar {
        case ..<0x80:
            output.append(UInt8(scalar))
        case ..<0x800:
            output.append(UInt8(0xC0 | scalar >> 6))
            output.append(tail(0))
        case ..<0x10000:
            output.append(UInt8(0xE0 | scalar >> 12))
            output.append(tail(6))
            output.append(tail(0))
        default:
            output.append(UInt8(0xF0 | scalar >> 18))
            output.append(tail(12))
            output.append(tail(6))
            output.append(tail(0))
        }
    }

    /// Code points of the bytes 0x80 to 0x9F, 0 where none is assigned (Unicode's CP1252.TXT).
    private static let windows1252Block: [UInt16] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
    ]
}
