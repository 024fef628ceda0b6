// SPDX-License-Identifier: Apache-2.0
public import Common

/// What can go wrong with workspaces, users, settings and secrets.
public enum AccountsError: Error, Hashable, CustomStringConvertible {
    /// There is no such workspace.
    case noSuchWorkspace
    /// The context belongs to another workspace than the store.
    case otherWorkspace
    /// There is no such entity in the workspace.
    case noSuchEntity(EntityID)
    /// Users are limited to the entity; without it they would be limited to none.
    case entityInUse(EntityID)
    /// There is no such user in the workspace.
    case noSuchUser(UserID)
    /// There is no such token in the workspace.
    case noSuchToken(TokenID)
    /// Without this user nobody could administer the workspace.
    case lastAdministrator(UserID)
    /// Another one has this name or address; names the field.
    case taken(field: String)
    /// A field has a form that is not allowed; the rule in words.
    case invalid(field: String, rule: String)
    /// There is no such setting.
    case noSuchSetting(String)
    /// The key file cannot be used.
    case unusableKey(path: String, reason: String)
    /// The secret was sealed with another key.
    case otherKey(secret: String)
    /// The sealed secret was changed or moved.
    case damaged(secret: String)

    /// A sentence that is safe to print.
    public var description: String {
        switch self {
        case .noSuchWorkspace: "there is no such workspace"
        case .otherWorkspace: "the call belongs to another workspace"
        case .noSuchEntity(let id): "there is no entity \(id)"
        case .entityInUse(let id): "users are limited to entity \(id); change them first"
        case .noSuchUser(let id): "there is no user \(id)"
        case .noSuchToken(let id): "there is no token \(id)"
        case .lastAdministrator(let id): "user \(id) is the last active administrator"
        case .taken(let field): "another one has this \(field)"
        case .invalid(let field, let rule): "\(field) must be \(rule)"
        case .noSuchSetting(let name): "there is no setting \(name)"
        case .unusableKey(let path, let reason): "the key file \(path) cannot be used: \(reason)"
        case .otherKey(let secret): "the secret \(secret) was sealed with another key"
        case .damaged(let secret): "the sealed secret \(secret) was changed or moved"
        }
    }
}
