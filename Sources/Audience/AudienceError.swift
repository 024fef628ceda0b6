// SPDX-License-Identifier: Apache-2.0
public import Common

/// What can go wrong in the Audience room; names things, never personal values.
public enum AudienceError: Error, Hashable, CustomStringConvertible, RetryAdvising {
    /// A technical name that does not follow the rules.
    case badName(String, rule: String)
    /// A name that is taken.
    case nameTaken(String)
    /// There is no such table.
    case noSuchTable(String)
    /// There is no such attribute.
    case noSuchAttribute(String, table: String)
    /// There is no such list.
    case noSuchList(String)
    /// There is no such search.
    case noSuchSearch(String)
    /// There is no such custom table.
    case noSuchCustomTable(String)
    /// There is no such row of a custom table.
    case noSuchRow(String, table: String)
    /// There is no such segmentation.
    case noSuchSegmentation(String)
    /// A segmentation does not follow the rules.
    case badSegmentation(String)
    /// There is no such profile.
    case noSuchProfile(String)
    /// Several profiles have the value.
    case ambiguous(attribute: String)
    /// A role is given twice in one table.
    case roleTaken(AttributeRole)
    /// Something that only strings and integers can be.
    case notMultiValued(String)
    /// A table's business key cannot change once set.
    case businessKeyIsSet
    /// An attribute that was given twice, by two of its names.
    case givenTwice(String)
    /// A value does not fit its attribute.
    case badValue(attribute: String, problem: ValueProblem)
    /// A search expression is wrong, at a place in it.
    case badExpression(String, path: String)

    /// A sentence that is safe to print.
    public var description: String {
        switch self {
        case .badName(let name, let rule): "the name \(name) is not possible: \(rule)"
        case .nameTaken(let name): "the name \(name) is taken"
        case .noSuchTable(let name): "there is no profile table \(name)"
        case .noSuchAttribute(let name, let table): "\(table) has no attribute \(name)"
        case .noSuchList(let name): "there is no list \(name)"
        case .noSuchSearch(let name): "there is no search \(name)"
        case .noSuchCustomTable(let name): "there is no custom table \(name)"
        case .noSuchRow(let what, let table): "\(table) has no row \(what)"
        case .noSuchSegmentation(let name): "there is no segmentation \(name)"
        case .badSegmentation(let words): "the segmentation is not possible: \(words)"
        case .noSuchProfile(let what): "there is no profile \(what)"
        case .ambiguous(let attribute): "several profiles have this \(attribute)"
        case .roleTaken(let role): "the role \(role.rawValue) is given to another attribute"
        case .notMultiValued(let name):
            "\(name) cannot have several values: only strings and integers can"
        case .businessKeyIsSet: "the business key cannot change once it is set"
        case .givenTwice(let name): "\(name) is given twice"
        case .badValue(let attribute, let problem): "\(attribute): \(problem.message)"
        case .badExpression(let words, let path): "the search is wrong at \(path): \(words)"
        }
    }

    /// Nothing of this mends itself.
    public var retryAdvice: RetryAdvice { .never }
}
