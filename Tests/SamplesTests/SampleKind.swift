// SPDX-License-Identifier: Apache-2.0

/// What a row of people.csv is a sample of, by the name it has in Samples/README.md.
enum SampleKind: String, CaseIterable {
    case nul = "a NUL character"
    case invalidBytes = "a byte that is not UTF-8"
    case textAfterQuote = "text after a closing quote"
    case fewerFields = "fewer fields than the header"
    case moreFields = "more fields than the header"
    case blankIdentifier = "blank `user_id`"
    case duplicate = "a `user_id` that stands further up"
    case noDay = "`birth_date` is no day"
    case noInteger = "`loyalty_points` is no whole number"
    case noBoolean = "a yes-or-no column is neither"
    case tooLong = "text of more than 255 characters"
    case nationalNumber = "mobile number without its country code"
    case noNumber = "mobile number with letters"

    case otherLanguageForm = "language of another form, such as `fr-BE`"
    case unknownLanguage = "unknown language"
    case unknownTimeZone = "unknown time zone"
    case emailPermissionBlank = "e-mail address, blank `email_subscription`"
    case smsPermissionBlank = "mobile number, blank `sms_subscription`"

    case noAddress = "no e-mail address"
    case invalidAddress = "address with wrong syntax"
    case emailOff = "e-mail switched off"
    case doNotContact = "address in `do-not-contact.txt`"
    case sharedAddress = "address of a person further up"

    case plain = "nothing odd"

    /// What becomes of such a row, by the line of the breakdown that counts it.
    var outcome: Outcome {
        switch self {
        case .fewerFields, .moreFields: .wrongColumns
        case .blankIdentifier: .emptyIdentifier
        case .duplicate: .duplicate
        case .nul, .invalidBytes, .textAfterQuote, .noDay, .noInteger, .noBoolean, .tooLong,
            .nationalNumber, .noNumber:
            .notSaved
        case .otherLanguageForm, .unknownLanguage, .unknownTimeZone, .emailPermissionBlank,
            .smsPermissionBlank:
            .warned
        case .noAddress, .invalidAddress, .emailOff, .doNotContact, .sharedAddress, .plain:
            .imported
        }
    }

    enum Outcome: String, CaseIterable {
        case imported = "Imported"
        case warned = "Warnings"
        case duplicate = "Failed by duplicated rows"
        case wrongColumns = "Failed by the wrong number of columns"
        case emptyIdentifier = "Failed by empty identifier"
        case notSaved = "Failed during profile saving"

        var isFailure: Bool { rawValue.hasPrefix("Failed") }
    }
}
