// SPDX-License-Identifier: Apache-2.0

extension CSVDialect.Encoding {
    /// Finds the encoding of text from its first bytes, as `CSVDialect.detect` tells.
    static func detect(_ sample: UnsafeBufferPointer<UInt8>, _ isWhole: Bool) -> Self {
        marked(sample) ?? unmarkedUTF16(sample)
            ?? (isUTF8(sample, isWhole) ? .utf8 : .windows1252)
    }

    private static func marked(_ sample: UnsafeBufferPointer<UInt8>) -> Self? {
        if sample.starts(with: ByteOrderMark.bytes) { return .utf8 }
        if sample.starts(with: [0xFF, 0xFE]) { return .utf16LittleEndian }
        if sample.starts(with: [0xFE, 0xFF]) { return .utf16BigEndian }
        return nil
    }

    /// UTF-16 when more pairs of bytes are a Latin character in it than are anything else.
    private static func unmarkedUTF16(_ sample: UnsafeBufferPointer<UInt8>) -> Self? {
        var little = 0
        var big = 0
        for start in stride(from: 0, to: sample.count - 1, by: 2) {
            switch (sample[start], sample[start + 1]) {
            case (0, 0): break
            case (_, 0): little += 1
            case (0, _): big += 1
            default: break
            }
        }
        let pairs = sample.count / 2
        if little * 2 > pairs { return .utf16LittleEndian }
        return big * 2 > pairs ? .utf16BigEndian : nil
    }

    /// UTF-8 when there is no other byte, or at most one for four characters beyond ASCII.
    ///
    /// One damaged row must not turn every accent of a file into two wrong characters.
    private static func isUTF8(_ sample: UnsafeBufferPointer<UInt8>, _ isWhole: Bool) -> Bool {
        guard let base = sample.baseAddress else { return true }
        var characters = 0
        var strays = 0
        var position = 0
        while position < sample.count {
            switch UTF8Check.sequence(base, sample.count, at: position) {
            case .character(let length):
                if length > 1 { characters += 1 }
                position += length
            case .cut(let length):
                if isWhole { strays += 1 }
                position += length
            case .invalid(let length):
                strays += 1
                position += length
            }
        }
        return strays * 4 <= characters
    }
}
