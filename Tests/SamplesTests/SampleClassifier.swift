// SPDX-License-Identifier: Apache-2.0
import CSV
import Common
import Foundation
import Messaging

/// Tells what kind of sample each row is, by rules simpler than and apart from those of Imports.
struct SampleClassifier {
    private let doNotContact: Set<String>
    private var identifiers: Set<String> = []
    private var addresses: Set<String> = []

    init(doNotContact: some Sequence<String>) {
        self.doNotContact = Set(doNotContact)
    }

    /// Tells the kind of the next row of the file.
    mutating func kind(of row: SampleRow) -> SampleKind {
        if let kind = problemKind(row) ?? refusal(row) { return kind }
        identifiers.insert(row[.userID])
        let isNewAddress = addresses.insert(row[.email]).inserted
        return Self.warning(row) ?? withheld(row, isNewAddress: isNewAddress) ?? .plain
    }

    private func problemKind(_ row: SampleRow) -> SampleKind? {
        guard let problem = row.problem else { return nil }
        return switch problem {
        case .nulByte: .nul
        case .invalidBytes: .invalidBytes
        case .textAfterClosingQuote: .textAfterQuote
        default: nil
        }
    }

    private func refusal(_ row: SampleRow) -> SampleKind? {
        let width = SampleRow.Column.allCases.count
        if row.fields.count < width { return .fewerFields }
        if row.fields.count > width { return .moreFields }
        if row[.userID].isEmpty { return .blankIdentifier }
        if identifiers.contains(row[.userID]) { return .duplicate }
        return Self.badValue(row)
    }

    private static func badValue(_ row: SampleRow) -> SampleKind? {
        if !row[.birthDate].isEmpty, !isDay(row[.birthDate]) { return .noDay }
        if !row[.loyaltyPoints].isEmpty, Int64(row[.loyaltyPoints]) == nil { return .noInteger }
        let truths: [SampleRow.Column] = [
            .emailSubscription, .smsSubscription, .marketingConsent, .newsletter,
        ]
        if truths.contains(where: { !row[$0].isEmpty && truth(row[$0]) == nil }) {
            return .noBoolean
        }
        if row.fields.contains(where: { $0.unicodeScalars.count > 255 }) { return .tooLong }
        return badNumber(row[.mobileNumber])
    }

    private static func badNumber(_ text: String) -> SampleKind? {
        if text.contains(where: \.isLetter) { return .noNumber }
        let digits = text.filter(\.isNumber)
        return digits.hasPrefix("0") && !digits.hasPrefix("00") ? .nationalNumber : nil
    }

    private static func isDay(_ text: String) -> Bool {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard text.count == 10, parts.count == 3 else { return false }
        return DateComponents(year: parts[0], month: parts[1], day: parts[2])
            .isValidDate(in: Calendar(identifier: .gregorian))
    }

    private static func truth(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "true", "yes", "y": true
        case "0", "false", "no", "n": false
        default: nil
        }
    }

    private static func warning(_ row: SampleRow) -> SampleKind? {
        let primary = row[.language].split { "-_".contains($0) }.first.map(String.init) ?? ""
        let isKnown = primary.count == 2 && Locale.LanguageCode(primary).isISOLanguage
        if !isKnown { return .unknownLanguage }
        if primary != row[.language] { return .otherLanguageForm }
        if Zone(row[.timeZone]) == nil { return .unknownTimeZone }
        if !row[.mobileNumber].isEmpty, row[.smsSubscription].isEmpty { return .smsPermissionBlank }
        let isBlank = !row[.email].isEmpty && row[.emailSubscription].isEmpty
        return isBlank ? .emailPermissionBlank : nil
    }

    private func withheld(_ row: SampleRow, isNewAddress: Bool) -> SampleKind? {
        if row[.email].isEmpty { return .noAddress }
        if !EmailAddress.isValid(row[.email]) { return .invalidAddress }
        if Self.truth(row[.emailSubscription]) == false { return .emailOff }
        if doNotContact.contains(row[.email]) { return .doNotContact }
        return isNewAddress ? nil : .sharedAddress
    }
}
