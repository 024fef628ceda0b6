// SPDX-License-Identifier: Apache-2.0

/// How deeply JSON is nested: reading it costs more with each level, so that a few kilobytes could
/// keep a core busy.
///
/// Pure.
enum JSONDepth {
    /// The deepest nesting that is read; searches nest less.
    static let most = 64

    /// Whether arrays and objects stand in each other more deeply than that.
    static func isTooDeep(_ json: some Sequence<UInt8>) -> Bool {
        var depth = 0
        var isInText = false
        var isEscaped = false
        for byte in json {
            if isEscaped {
                isEscaped = false
            } else if isInText {
                isEscaped = byte == 0x5C
                isInText = byte != 0x22
            } else {
                switch byte {
                case 0x22: isInText = true
                case 0x5B, 0x7B:
                    depth += 1
                    if depth > most { return true }
                case 0x5D, 0x7D: depth -= 1
                default: break
                }
            }
        }
        return false
    }
}
