// SPDX-License-Identifier: Apache-2.0
public import Common
public import Messaging

/// The addresses at which gateways tell of text messages, each with a token that proves that it is
/// ours.
///
/// Paths only: where they stand is the server's matter.
public enum TextAddress: Sendable, Hashable {
    /// Reports on one contact's message.
    case report(WorkspaceID, InteractionID)
    /// Replies to the numbers of an account.
    case replies(WorkspaceID, SMSAccountID)
    /// Stops that the operator of an account tells.
    case stops(WorkspaceID, SMSAccountID)

    /// The first part of all of them.
    public static let root = "sms"

    private var parts: [String] {
        switch self {
        case .report(let workspace, let interaction):
            ["report", "\(workspace)", "\(interaction)"]
        case .replies(let workspace, let account): ["reply", "\(workspace)", "\(account)"]
        case .stops(let workspace, let account): ["stop", "\(workspace)", "\(account)"]
        }
    }

    /// The workspace.
    public var workspace: WorkspaceID {
        switch self {
        case .report(let workspace, _), .replies(let workspace, _), .stops(let workspace, _):
            workspace
        }
    }

    /// The path, such as `sms/report/1/204/TOKEN`.
    public func path(_ key: CallbackKey) -> String {
        let path = parts.joined(separator: "/")
        return "\(TextAddress.root)/\(path)/\(key.token(for: path))"
    }

    /// Reads what follows the root; only with the workspace's key is it known whether it is ours.
    public init?(path: [String]) {
        guard path.count == 4, let workspace = Int64(path[1]), let number = Int64(path[2]) else {
            return nil
        }
        switch path[0] {
        case "report": self = .report(WorkspaceID(workspace), InteractionID(number))
        case "reply": self = .replies(WorkspaceID(workspace), SMSAccountID(number))
        case "stop": self = .stops(WorkspaceID(workspace), SMSAccountID(number))
        default: return nil
        }
    }

    /// Whether a path's token is ours; takes the same time whatever is wrong.
    public func isGenuine(_ token: String, _ key: CallbackKey) -> Bool {
        key.accepts(token, for: parts.joined(separator: "/"))
    }
}
