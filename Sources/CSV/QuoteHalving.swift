// SPDX-License-Identifier: Apache-2.0

extension RecordScanner {
    /// Copies the fields of a record with each doubled quote made one; answers where they stand.
    mutating func halveQuotes(
        of raw: UnsafeBufferPointer<UInt8>,
        into output: inout Storage<UInt8>,
    ) -> UnsafeBufferPointer<FieldRange> {
        output.removeAll()
        output.reserve(raw.count)
        for index in 0..<fields.count {
            let range = fields.elements[index]
            let content = UnsafeBufferPointer(rebasing: raw[range.start..<range.end])
            let start = output.count
            if range.hasDoubledQuotes {
                appendHalved(content, to: &output)
            } else {
                output.append(content)
            }
            replaceField(index, with: FieldRange(start: start, end: output.count))
        }
        return fields.elements
    }

    /// Copies up to each quote and leaves out its twin.
    private func appendHalved(
        _ content: UnsafeBufferPointer<UInt8>,
        to output: inout Storage<UInt8>,
    ) {
        var rest = content
        while let quoteIndex = rest.firstIndex(of: quote) {
            output.append(UnsafeBufferPointer(rebasing: rest[...quoteIndex]))
            rest = UnsafeBufferPointer(rebasing: rest[min(quoteIndex + 2, rest.count)...])
        }
        output.append(rest)
    }
}
