// SPDX-License-Identifier: Apache-2.0

/// What is wrong with one record; the records after it are read as usual.
///
/// The descriptions name places and never a value, so they are safe to log. Field numbers in the
/// cases count from 0, in the descriptions from 1.
public enum CSVProblem: Error, Sendable, Hashable {
    /// A quoted field was still open at the end of the file.
    case unterminatedQuote(field: Int)
    /// Something other than a delimiter or a line end followed a closing quote.
    case textAfterClosingQuote(field: Int)
    /// The record holds a NUL character.
    case nulByte(field: Int)
    /// The record holds bytes that mean nothing in the file's encoding.
    case invalidBytes(field: Int)
    /// The record is longer than the limit, in bytes of UTF-8.
    case tooLong(limit: Int)
    /// The record has more fields than the limit.
    case tooManyFields(limit: Int)
}

extension CSVProblem: CustomStringConvertible {
    /// The problem in a plain sentence, without any value of the record.
    public var description: String {
        switch self {
        case .unterminatedQuote(let field):
            "The quote that opens field \(field + 1) is never closed."
        case .textAfterClosingQuote(let field):
            "Field \(field + 1) has text after its closing quote."
        case .nulByte(let field):
            "Field \(field + 1) holds a NUL character."
        case .invalidBytes(let field):
            "Field \(field + 1) holds bytes that are invalid in the file's encoding."
        case .tooLong(let limit):
            "The record is longer than \(limit) bytes."
        case .tooManyFields(let limit):
            "The record has more than \(limit) fields."
        }
    }
}
