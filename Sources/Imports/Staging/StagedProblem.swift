// SPDX-License-Identifier: Apache-2.0
import CSV

/// What is wrong with a row's text although it has as many fields as the header.
enum StagedProblem: UInt8, CaseIterable {
    case unterminatedQuote = 1
    case textAfterClosingQuote
    case nulByte
    case invalidBytes
    case other
}

extension StagedProblem {
    init(_ problem: CSVProblem) {
        switch problem {
        case .unterminatedQuote: self = .unterminatedQuote
        case .textAfterClosingQuote: self = .textAfterClosingQuote
        case .nulByte: self = .nulByte
        case .invalidBytes: self = .invalidBytes
        case .tooLong, .tooManyFields: self = .other
        }
    }

    /// The problem with a code, if there is one.
    init?(code: String) {
        guard let problem = StagedProblem.allCases.first(where: { $0.code == code }) else {
            return nil
        }
        self = problem
    }

    /// What is wrong, for programs.
    var code: String {
        switch self {
        case .unterminatedQuote: "unterminatedQuote"
        case .textAfterClosingQuote: "textAfterClosingQuote"
        case .nulByte: "nulByte"
        case .invalidBytes: "invalidBytes"
        case .other: "unreadable"
        }
    }

    /// What is wrong, for people.
    var message: String {
        switch self {
        case .unterminatedQuote: "a quote is opened and never closed"
        case .textAfterClosingQuote: "there is text behind a closing quote"
        case .nulByte: "the row holds a NUL character"
        case .invalidBytes: "the row holds bytes that are invalid in the file's encoding"
        case .other: "the row cannot be read"
        }
    }
}
