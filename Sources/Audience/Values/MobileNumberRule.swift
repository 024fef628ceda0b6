// SPDX-License-Identifier: Apache-2.0

/// Mobile numbers as E.164 digits with country code, without `+`.
///
/// Pure (spec/audience.md).
public struct MobileNumberRule: Sendable {
    private let countryCode: String?

    /// Makes the rule.
    ///
    /// - Parameter countryCode: Digits that replace the leading zero of a national number.
    public init(countryCode: String?) {
        self.countryCode = countryCode
    }

    /// What became of a number.
    public enum Outcome: Equatable, Sendable {
        /// It was in its normal form.
        case same
        /// Its normal form.
        case changed(String)
        /// It is no mobile number, and why.
        case refused(String)
    }

    /// Brings a number into its normal form: 8 to 15 digits that do not start with zero.
    ///
    /// The zero of `+32 (0)470 12 34 56` is the national prefix, which is not dialled abroad.
    public func normalise(_ text: Bytes) -> Outcome {
        if isNormal(text) { return .same }
        var digits: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case 48...57: digits.append(byte)
            case UInt8(ascii: "+") where digits.isEmpty: digits = [48, 48]
            case UInt8(ascii: "(")
            where digits.starts(with: [48, 48]) && rest.starts(with: [48, 41]):
                rest = rest.dropFirst(2)
            case UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "("),
                UInt8(ascii: ")"):
                continue
            default: return .refused("a mobile number holds digits only")
            }
        }
        return international(digits)
    }

    private func international(_ digits: [UInt8]) -> Outcome {
        var number = digits[...]
        if number.starts(with: [48, 48]) {
            number = number.dropFirst(2)
        } else if number.first == 48 {
            guard let countryCode else {
                return .refused("a national number, and the workspace has no country code")
            }
            number = ArraySlice(Array(countryCode.utf8)) + number.dropFirst()
        }
        guard (8...15).contains(number.count), number.first != 48 else {
            return .refused("a mobile number has 8 to 15 digits with its country code")
        }
        return .changed(String(decoding: number, as: UTF8.self))
    }

    private func isNormal(_ text: Bytes) -> Bool {
        (8...15).contains(text.count) && text[0] != 48
            && text.allSatisfy { (48...57).contains($0) }
    }
}
