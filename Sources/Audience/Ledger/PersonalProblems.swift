// SPDX-License-Identifier: Apache-2.0
import Common
import Database

/// A problem with the task that it belongs to.
struct TaskProblem {
    var task: TaskID
    var problem: ImportProblem
}

extension ImportProblem {
    /// No person's identifier holds a NUL, which text in a database cannot; the fields keep it.
    var storedIdentifier: String? {
        identifier.flatMap { $0.utf8.contains(0) ? nil : $0 }
    }
}

/// Recognises a person in fields that someone gave, however they were typed.
public struct PersonalNames: Sendable {
    private let profile: ProfileID
    /// What names the person where it stands as the line's identifier.
    private let identifiers: Set<String>
    /// What names the person in any field: not a short key such as `1`, which any column may hold.
    private let tellingTexts: Set<String>
    private let number: String?

    /// What names a person.
    public init(_ person: DossierPerson) {
        profile = person.profile
        identifiers = Set(person.identifiers.map { $0.lowercased() })
        tellingTexts = identifiers.filter { $0.count >= PersonalNames.tellingLength }
        number = person.mobileNumber
    }

    func name(_ problem: ImportProblem) -> Bool {
        if problem.profile == profile { return true }
        if let identifier = problem.identifier, isIdentifier(identifier) { return true }
        return problem.fields?.contains(where: isTelling) == true
    }

    /// Whether a text that identifies someone names the person.
    public func isIdentifier(_ text: String) -> Bool {
        let text = text.trimmingBlanks
        return identifiers.contains(text.lowercased()) || isNumber(text)
    }

    /// Whether a text in any field names the person; a short key such as `1` does not.
    public func isTelling(_ field: String) -> Bool {
        let text = field.trimmingBlanks
        return tellingTexts.contains(text.lowercased()) || isNumber(text)
    }

    private func isNumber(_ text: String) -> Bool {
        guard let number else { return false }
        var text = text
        switch text.withUTF8({ MobileNumberRule(countryCode: nil).normalise($0) }) {
        case .same: return text == number
        case .changed(let normal): return normal == number
        case .refused: return isNational(text, of: number)
        }
    }

    /// Whether the text is the number with a leading zero for its country code.
    private func isNational(_ text: String, of number: String) -> Bool {
        let digits = text.filter(\.isNumber)
        return digits.hasPrefix("0") && digits.count >= PersonalNames.tellingLength
            && number.hasSuffix(digits.dropFirst())
    }

    private static let tellingLength = 6
}
