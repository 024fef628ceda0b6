// SPDX-License-Identifier: Apache-2.0
internal import Common

/// Reads the text of one attribute's values into cells.
///
/// Pure (spec/audience.md).
public struct ValueReader {
    private let attribute: Attribute
    private let longest: Int
    private let accepted: Set<String>
    private let separator: UInt8
    private let phones: MobileNumberRule

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - attribute: The attribute whose values are read.
    ///   - countryCode: What national mobile numbers are completed with; they are refused if nil.
    ///   - separator: Separates several values in one cell; a comma unless set.
    public init(
        _ attribute: Attribute,
        countryCode: String? = nil,
        separator: UInt8 = UInt8(ascii: ",")
    ) {
        self.attribute = attribute
        self.separator = separator
        longest = attribute.restriction.maxLength ?? (attribute.type == .string ? 255 : .max)
        accepted = Set(attribute.restriction.acceptedValues)
        phones = MobileNumberRule(countryCode: countryCode)
    }

    /// Reads a value; blanks around it do not count, and a blank value is null.
    public func read(_ text: Bytes) -> Reading {
        let bare = trim(text)
        guard !bare.isEmpty else { return .value(.null) }
        let trimmed = attribute.type == .text ? text : bare
        guard !attribute.isMultiValued else { return readSeveral(trimmed) }
        return readOne(trimmed)
    }

    private func readOne(_ text: Bytes) -> Reading {
        switch attribute.type {
        case .string, .text: return readText(text)
        case .integer:
            guard let value = parseInteger(text) else {
                return refuse(.notAnInteger, "no whole number of 64 bits")
            }
            return checked(.integer(value), text)
        case .number:
            guard let value = parseDouble(text) else {
                return refuse(.notANumber, "no number with . as the decimal point")
            }
            return checked(.double(value), text)
        case .boolean:
            guard let value = parseBoolean(text) else {
                return refuse(.notABoolean, "none of 1/0, true/false, yes/no, y/n")
            }
            return .value(.integer(value ? 1 : 0))
        case .date:
            guard let day = Day(iso8601: string(text)) else {
                return refuse(.notADate, "no day as YYYY-MM-DD")
            }
            return .value(.integer(day.number))
        case .moment:
            guard let moment = Instant(iso8601: string(text)) else {
                return refuse(.notAMoment, "no moment in ISO 8601")
            }
            return .value(.integer(moment.microseconds))
        }
    }

    private func readText(_ text: Bytes) -> Reading {
        switch attribute.role {
        case .mobileNumber:
            switch phones.normalise(text) {
            case .same: return checked(.borrowed(text), text)
            case .changed(let number): return .value(.text(number))
            case .refused(let words): return refuse(.notAMobileNumber, words)
            }
        case .emailAddress: return checked(lowercasedDomain(text), text)
        case .language: return readLanguage(text)
        case .timeZone:
            guard Zone(string(text)) != nil else { return .warned(nil, .unknownTimeZone) }
            return .value(.borrowed(text))
        default: return checked(.borrowed(text), text)
        }
    }

    private func readLanguage(_ text: Bytes) -> Reading {
        let given = string(text)
        let code = given.prefix { $0 != "-" && $0 != "_" }.lowercased()
        guard Languages.codes.contains(code) else { return .warned(nil, .unknownLanguage) }
        let isWhole = code.utf8.count == text.count
        return isWhole ? .value(.text(code)) : .warned(.text(code), .normalised)
    }

    private func readSeveral(_ text: Bytes) -> Reading {
        var values: [String] = []
        for part in text.split(separator: separator) {
            switch read(part) {
            case .skipped: continue
            case .value(let value): values.append(value)
            case .refused(let problem): return .refused(problem)
            }
        }
        return .value(values.isEmpty ? .null : .text("[" + values.joined(separator: ",") + "]"))
    }

    private enum Part {
        case skipped
        case value(String)
        case refused(ValueProblem)
    }

    /// Reads one of several values as JSON text.
    private func read(_ part: Slice<Bytes>) -> Part {
        let text = trim(Bytes(rebasing: part))
        guard !text.isEmpty else { return .skipped }
        if attribute.type == .integer {
            guard let value = parseInteger(text) else {
                return .refused(ValueProblem(.notAnInteger, "no whole number of 64 bits"))
            }
            return .value(String(value))
        }
        if case .refused(let problem) = checked(.null, text) { return .refused(problem) }
        return .value((try? JSONText.encode(string(text))) ?? "\"\"")
    }

    /// Applies the attribute's restriction to the text of a value.
    private func checked(_ cell: Cell, _ text: Bytes) -> Reading {
        if text.count > longest, characterCount(text) > longest {
            return refuse(.tooLong, "more than \(longest) characters")
        }
        if let fewest = attribute.restriction.minLength, characterCount(text) < fewest {
            return refuse(.tooShort, "fewer than \(fewest) characters")
        }
        if !accepted.isEmpty, !accepted.contains(string(text)) {
            return refuse(.notAccepted, "none of the accepted values")
        }
        return .value(cell)
    }

    private func refuse(_ code: ValueProblem.Code, _ words: String) -> Reading {
        .refused(ValueProblem(code, words))
    }
}

/// Reads a truth value that belongs to no attribute, such as a list's column in a file.
public enum BooleanReader {
    /// What was read.
    public enum Outcome: Equatable {
        /// Nothing but blanks.
        case blank
        /// A truth value.
        case value(Bool)
        /// Something else.
        case refused(ValueProblem)
    }

    /// Reads `1/0`, `true/false`, `yes/no`, `y/n` in any case.
    public static func read(_ text: Bytes) -> Outcome {
        let trimmed = trim(text)
        guard !trimmed.isEmpty else { return .blank }
        guard let value = parseBoolean(trimmed) else {
            return .refused(
                ValueProblem(.notABoolean, "none of 1/0, true/false, yes/no, y/n")
            )
        }
        return .value(value)
    }
}
