// SPDX-License-Identifier: Apache-2.0

/// Cells that a spreadsheet would run (OWASP, "CSV Injection").
enum Formula {
    /// Whether a cell starts as a formula does and is not a plain number.
    static func isOne(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
        switch cell.first {
        case UInt8(ascii: "="), UInt8(ascii: "@"), 0x09, .carriageReturn: true
        case UInt8(ascii: "+"), UInt8(ascii: "-"): !isNumber(cell.dropFirst())
        default: false
        }
    }

    /// Digits, with at most one decimal point between two of them: `12`, `0.5`.
    private static func isNumber(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let parts = text.split(
            separator: UInt8(ascii: "."),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        return parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        }
    }
}
