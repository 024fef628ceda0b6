// SPDX-License-Identifier: Apache-2.0

extension CSVDialect {
    /// More of a sample than this is not looked at.
    static let longestSample = 262_144

    /// Finds the dialect of a file from its first bytes; 64 KB are plenty.
    ///
    /// Encoding: a byte order mark decides; else NUL bytes at every other place mean UTF-16; else
    /// text that is UTF-8, but for stray bytes, is UTF-8; else Windows-1252 (of which ISO 8859-1 is
    /// a part in practice). Delimiter: the one that cuts the most records into as many fields as the
    /// header has, more fields counting more; comma when none does. Quote: `"`, unless the header is
    /// enclosed in `'` and nothing in the sample speaks against it.
    ///
    /// - Parameters:
    ///   - sample: The first bytes of the file; they may end anywhere.
    ///   - isWholeFile: Whether the sample is the whole file, so that a character cut off at its
    ///     end is not UTF-8. Default: false.
    /// - Returns: The dialect; that of ``init(delimiter:quote:encoding:)`` for an empty file.
    public static func detect(sample: [UInt8], isWholeFile: Bool = false) -> CSVDialect {
        sample.withUnsafeBytes { detect(sample: $0, isWholeFile: isWholeFile) }
    }

    /// Finds the dialect of a file from its first bytes, as ``detect(sample:isWholeFile:)``.
    public static func detect(
        sample: UnsafeRawBufferPointer,
        isWholeFile: Bool = false,
    ) -> CSVDialect {
        let start = UnsafeRawBufferPointer(rebasing: sample.prefix(longestSample))
        let isWhole = isWholeFile && start.count == sample.count
        let encoding = Encoding.detect(start.assumingMemoryBound(to: UInt8.self), isWhole)
        var best = Layout(dialect: CSVDialect(encoding: encoding), fit: 0)
        for quote in [UInt8(ascii: "'"), .quote] {
            for delimiter in Delimiter.allCases {
                let dialect = CSVDialect(delimiter: delimiter, quote: quote, encoding: encoding)
                if quote != .quote, !dialect.isQuoting(start) { continue }
                let fit = dialect.fit(start)
                if fit > best.fit { best = Layout(dialect: dialect, fit: fit) }
            }
        }
        return best.dialect
    }

    private struct Layout {
        var dialect: CSVDialect
        var fit: Double
    }

    /// How well the delimiter cuts the sample: 0 when it does not occur in the header.
    private func fit(_ sample: UnsafeRawBufferPointer) -> Double {
        var counts: [Int] = []
        var bad = 0
        let take = { (record: borrowing CSVRecord) -> CSVReader.Step in
            counts.append(record.fieldCount)
            switch record.problem {
            case .textAfterClosingQuote, .tooLong, .tooManyFields: bad += 1
            default: break
            }
            return .next
        }
        var reader = CSVReader(dialect: self)
        reader.append(sample, take)
        // The last record of a sample is cut somewhere: it counts only when it is the first too.
        if counts.isEmpty { reader.finish(take) }
        guard let header = counts.first, header > 1 else { return 0 }
        let same = max(0, counts.count { $0 == header } - bad)
        let share = Double(same) / Double(counts.count)
        return share * share * Double(header - 1)
    }

    /// Whether the header begins and ends with this quote, and no record speaks against it.
    private func isQuoting(_ sample: UnsafeRawBufferPointer) -> Bool {
        var isEnclosed: Bool?
        var isRefuted = false
        let take = { (record: borrowing CSVRecord) -> CSVReader.Step in
            let ends = record.raw.first == quote && record.raw.last == quote
            isEnclosed = isEnclosed ?? ends
            if case .textAfterClosingQuote = record.problem { isRefuted = true }
            for index in 0..<record.fieldCount where record.field(index).first == .quote {
                isRefuted = true
            }
            return isRefuted ? .stop : .next
        }
        var reader = CSVReader(dialect: self)
        reader.append(sample, take)
        if isEnclosed == nil { reader.finish(take) }
        return isEnclosed == true && !isRefuted
    }
}
