// SPDX-License-Identifier: Apache-2.0
import Audience
import Common

/// What is wrong with a member, or was not taken as it was given.
struct MemberProblem: Sendable, Hashable, Codable {
    /// What is wrong, in one word for programs: a ``ValueProblem/Code``, a ``ValueWarning``, or one
    /// of ``Code``.
    var code: String
    /// The property to blame, by the name that the member gave it, if one is.
    var property: String?
    /// The value that the member gave.
    var value: String?
    /// What is wrong, for people; never the value.
    var message: String
    /// Whether the member was saved all the same; absent when it was not.
    var warning: Bool?

    /// What can be wrong besides values.
    enum Code: String {
        case notAnObject, unknownKey, unknownProperty, givenTwice, wrongType, missingIdentifier
        case ambiguous, unknownList
    }

    init(_ code: Code, _ property: String?, value: String? = nil, _ message: String) {
        self.code = code.rawValue
        self.property = property
        self.value = value
        self.message = message
    }

    init(_ property: String?, value: String?, _ problem: ValueProblem) {
        code = problem.code.rawValue
        self.property = property
        self.value = value
        message = problem.message
    }

    init(_ property: String, value: String?, _ warning: ValueWarning) {
        code = warning.rawValue
        self.property = property
        self.value = value
        message = warning.message
        self.warning = true
    }

    init(_ refusal: MergeRefusal, property: String?, value: String?) {
        code = refusal.code
        self.property = property
        self.value = value
        message = refusal.message
    }
}

/// The problems of a bulk's members by identifier, `#index` where there is none.
struct MemberProblems {
    private(set) var byMember: [String: [MemberProblem]] = [:]

    mutating func add(_ problems: [MemberProblem], of member: GivenMember) {
        guard !problems.isEmpty else { return }
        byMember[member.label, default: []] += problems
    }

    /// The JSON object; equal problems give equal text.
    func json() throws -> String { try JSONText.encode(byMember) }
}
