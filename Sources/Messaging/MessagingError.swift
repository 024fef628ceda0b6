// SPDX-License-Identifier: Apache-2.0

/// What went wrong while a message was prepared.
///
/// The descriptions name settings, variables and places, never a recipient's values.
public enum MessagingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A setting of the mail or its transport is not usable: an address, a language, a host.
    case setting(name: String, problem: String)
    /// A template does not parse; line and column count from 1, in characters.
    case templateSyntax(part: String, line: Int, column: Int, problem: String)
    /// A variable has neither a value nor a default, or its value cannot be printed.
    case variableValue(name: String, part: String)
    /// The message could not be built from its rendered parts.
    case generation(problem: String)
    /// The built message is larger than the limit; both in bytes.
    case tooLarge(bytes: Int, limit: Int)

    /// The status reason of the interaction (spec/campaigns.md, "Eligibility").
    public var reason: EmailReason {
        switch self {
        case .setting: .parameterError
        case .templateSyntax, .generation: .generationError
        case .variableValue: .variableValueError
        case .tooLarge: .sizeTooHeavy
        }
    }

    /// One plain sentence for the person who reads the report.
    public var description: String {
        switch self {
        case .setting(let name, let problem):
            "The \(name) \(problem)."
        case .templateSyntax(let part, let line, let column, let problem):
            "The \(part) is not a valid template: line \(line), column \(column): \(problem)."
        case .variableValue(let name, let part):
            "The variable \(name) in the \(part) has no printable value and no default."
        case .generation(let problem):
            "The mail could not be generated: \(problem)."
        case .tooLarge(let bytes, let limit):
            "The built mail has \(bytes) bytes; the limit is \(limit)."
        }
    }
}

/// Why a mail could not be built, by its name in interactions and exports.
public enum EmailReason: String, Sendable, CaseIterable {
    /// One of the mail's settings is faulty.
    case parameterError = "EMAIL_PARAMETER_ERROR"
    /// A personalisation value is missing without default, or faulty.
    case variableValueError = "VARIABLE_VALUE_ERROR"
    /// Personalisation or rendering failed.
    case generationError = "EMAIL_GENERATION_ERROR"
    /// The mail is over the size limit once built (category FILTERED; the others are IN_ERROR).
    case sizeTooHeavy = "EMAIL_SIZE_TOO_HEAVY"
}
