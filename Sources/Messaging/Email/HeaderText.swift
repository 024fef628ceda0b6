// SPDX-License-Identifier: Apache-2.0

/// Text that goes into a header.
enum HeaderText {
    /// Puts a text on one line, so that a value can never start a header of its own.
    ///
    /// Each run of control characters and Unicode line separators, with the spaces around it, becomes
    /// one space; spaces at both ends are dropped.
    static func fold(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isBreak) || text.first == " " || text.last == " "
        else { return text }
        let pieces = text.unicodeScalars.split(whereSeparator: isBreak)
        return pieces.map { piece in
            let start = piece.drop { $0 == " " }
            return start.lastIndex { $0 != " " }.map { String(start[...$0]) } ?? ""
        }.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar == "\u{2028}"
            || scalar == "\u{2029}"
    }
}
