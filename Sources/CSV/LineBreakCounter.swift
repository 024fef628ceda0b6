// SPDX-License-Identifier: Apache-2.0

/// Counts line ends inside records: CRLF, LF and CR each count once, also across parts.
struct LineBreakCounter: Sendable {
    private var found = 0
    private var afterCarriageReturn = false

    mutating func count(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes {
            if byte == .carriageReturn || (byte == .lineFeed && !afterCarriageReturn) { found += 1 }
            afterCarriageReturn = byte == .carriageReturn
        }
    }

    /// The count so far; starts again from 0.
    @inline(__always)
    mutating func take() -> Int {
        let taken = found
        found = 0
        afterCarriageReturn = false
        return taken
    }
}
