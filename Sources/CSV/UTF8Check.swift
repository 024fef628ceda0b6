// SPDX-License-Identifier: Apache-2.0

/// Tells well-formed UTF-8 from other bytes (RFC 3629, section 4) and repairs the latter.
enum UTF8Check {
    /// What the bytes at one place are.
    enum Sequence: Equatable {
        /// A character of so many bytes.
        case character(Int)
        /// The start of a character, of so many bytes, which the end of the bytes cuts off.
        case cut(Int)
        /// So many bytes that belong to no character (the "maximal subpart" of Unicode, chapter 3).
        case invalid(Int)
    }

    /// The offset of the first byte that is not part of a character, or nil.
    static func firstInvalid(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var position = 0
        while position < bytes.count {
            position = skipASCII(base, bytes.count, from: position)
            guard position < bytes.count else { return nil }
            guard case .character(let length) = sequence(base, bytes.count, at: position) else {
                return position
            }
            position += length
        }
        return nil
    }

    /// Copies bytes with U+FFFD in the place of each part that is not UTF-8.
    static func repair(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout Storage<UInt8>) {
        output.removeAll()
        guard let base = bytes.baseAddress else { return }
        var position = 0
        while position < bytes.count {
            let length: Int
            switch sequence(base, bytes.count, at: position) {
            case .character(let found):
                length = found
                output.append(UnsafeBufferPointer(start: base + position, count: length))
            case .cut(let found), .invalid(let found):
                length = found
                output.append(0xEF)
                output.append(0xBF)
                output.append(0xBD)
            }
            position += length
        }
    }

    /// The greatest length up to `limit` that cuts no character in two.
    static func wholeCharacters(_ bytes: UnsafeBufferPointer<UInt8>, upTo limit: Int) -> Int {
        guard limit < bytes.count else { return bytes.count }
        var length = limit
        while length > 0, limit - length < 3, bytes[length] & 0xC0 == 0x80 { length -= 1 }
        return bytes[length] & 0xC0 == 0x80 ? limit : length
    }

    /// The character, or what stands in its place, at a position.
    static func sequence(_ base: UnsafePointer<UInt8>, _ count: Int, at position: Int) -> Sequence {
        let lead = base[position]
        guard lead >= 0x80 else { return .character(1) }
        guard let (length, second) = shape(lead) else { return .invalid(1) }
        var read = 1
        while read < length {
            guard position + read < count else { return .cut(read) }
            let allowed = read == 1 ? second : 0x80...0xBF
            guard allowed.contains(base[position + read]) else { return .invalid(read) }
            read += 1
        }
        return .character(length)
    }

    /// The length a first byte announces and the second bytes it allows.
    @inline(__always)
    private static func shape(_ lead: UInt8) -> (Int, ClosedRange<UInt8>)? {
        switch lead {
        case 0xC2...0xDF: (2, 0x80...0xBF)
        case 0xE0: (3, 0xA0...0xBF)
        case 0xED: (3, 0x80...0x9F)
        case 0xE1...0xEF: (3, 0x80...0xBF)
        case 0xF0: (4, 0x90...0xBF)
        case 0xF1...0xF3: (4, 0x80...0xBF)
        case 0xF4: (4, 0x80...0x8F)
        default: nil
        }
    }

    /// The offset of the first byte from `start` on that is not ASCII, or the end.
    @inline(__always)
    static func skipASCII(
        _ base: UnsafePointer<UInt8>,
        _ count: Int,
        from start: Int,
    ) -> Int {
        var position = start
        while position + 8 <= count {
            let word = UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self)
            let high = UInt64(littleEndian: word) & 0x8080_8080_8080_8080
            guard high == 0 else { return position + high.trailingZeroBitCount / 8 }
            position += 8
        }
        while position < count, base[position] < 0x80 { position += 1 }
        return position
    }
}
