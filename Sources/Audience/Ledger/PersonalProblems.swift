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

extension ImportLedger {
    /// The problems that name a person: by profile, by identifier, or in one of the line's fields.
    ///
    /// A line with the wrong number of columns has no identifier, and one that is identified by a
    /// number may hold an address: so all retained lines of the workspace are read once. This is
    /// for one person at a time; lines are retained for a limited time.
    func problems(
        naming person: DossierPerson,
        in connection: Connection
    ) throws
        -> [TaskProblem]
    {
        let names = PersonalNames(person)
        var found: [TaskProblem] = []
        try connection.each(
            """
            SELECT task_id, line, number, batch, outcome, column_name, code, message, fields,
                identifier, profile_id
            FROM import_problem
            WHERE workspace_id = $1
                AND (profile_id IS NOT NULL OR identifier IS NOT NULL OR fields IS NOT NULL)
            ORDER BY task_id, line, number
            """,
            [workspace]
        ) { cursor in
            let row = cursor.copy()
            let problem = try ImportProblem(row)
            if names.name(problem) {
                found.append(TaskProblem(task: try row.get("task_id"), problem: problem))
            }
            return true
        }
        return found
    }

    /// Erases the original fields of the lines that name a person.
    ///
    /// - Returns: How many problems lost their fields.
    @discardableResult
    func erase(_ person: DossierPerson, in transaction: Transaction) throws -> Int {
        let found = try problems(naming: person, in: transaction)
        for entry in found {
            try transaction.execute(
                """
                UPDATE import_problem SET fields = NULL, identifier = NULL
                WHERE workspace_id = $1 AND task_id = $2 AND line = $3
                """,
                [workspace, entry.task, entry.problem.line]
            )
        }
        return found.count
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
