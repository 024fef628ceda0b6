// SPDX-License-Identifier: Apache-2.0

/// Why a value does not fit its attribute.
public struct ValueProblem: Error, Hashable, Sendable {
    /// What is wrong, in one word for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// No whole number of 64 bits.
        case notAnInteger
        /// No decimal number.
        case notANumber
        /// No truth value.
        case notABoolean
        /// No calendar day `YYYY-MM-DD`.
        case notADate
        /// No moment in ISO 8601.
        case notAMoment
        /// Fewer characters than allowed.
        case tooShort
        /// More characters than allowed.
        case tooLong
        /// Not one of the accepted values.
        case notAccepted
        /// No mobile number with a country code.
        case notAMobileNumber
        /// Text with a NUL character.
        case nulCharacter
        /// Mandatory, and blank.
        case mandatory
        /// Taken by another profile.
        case uniqueTaken
        /// Taken by an earlier row of the same file.
        case uniqueTakenInFile
        /// Another value of a business key that is set.
        case businessKeyIsSet
    }

    /// What is wrong, for programs.
    public var code: Code
    /// What is wrong, for people; never the value itself.
    public var message: String

    /// Makes a problem.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// Why a value was not taken exactly as it was given, although its row is imported.
public enum ValueWarning: String, Sendable, CaseIterable {
    /// The value was changed to fit, and something was lost.
    case normalised
    /// No language of ISO 639-1; the column is left as it is.
    case unknownLanguage
    /// No time zone of the IANA database; the column is left as it is.
    case unknownTimeZone
    /// The person had opted out earlier; the opt-in was left out.
    case optInLeftOut
    /// An address came with a blank channel permission.
    case permissionMissing

    /// What happened, for people.
    public var message: String {
        switch self {
        case .normalised: "the value was normalised and something was lost"
        case .unknownLanguage: "no language of ISO 639-1; the column was left as it was"
        case .unknownTimeZone: "no time zone of the IANA database; the column was left as it was"
        case .optInLeftOut: "the person had opted out earlier; the opt-in was left out"
        case .permissionMissing: "the address came without its channel permission"
        }
    }
}

/// What became of a value that was read.
public enum Reading {
    /// The value fits.
    case value(Cell)
    /// The value fits after a change; `nil` leaves the column as it is.
    case warned(Cell?, ValueWarning)
    /// The value does not fit.
    case refused(ValueProblem)
}
