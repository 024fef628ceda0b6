// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Messaging
internal import Synchronization

/// The transports to gateways that are in use, one an account, so that connections are kept.
final class GatewayTransports: Sendable {
    private struct Entry {
        var account: SMSAccount
        var secret: String
        var allowsInside: Bool
        var transport: GatewayTransport
    }

    private struct Place: Hashable {
        var workspace: WorkspaceID
        var account: SMSAccountID
    }

    private let entries = Mutex<[Place: Entry]>([:])

    /// The transport of an account as it is now; a new one when anything was changed.
    func transport(
        _ account: SMSAccount,
        of workspace: WorkspaceID,
        secret: String,
        allowsInside: Bool
    ) throws -> GatewayTransport {
        try entries.withLock { entries in
            let place = Place(workspace: workspace, account: account.id)
            if let entry = entries[place], entry.account == account, entry.secret == secret,
                entry.allowsInside == allowsInside
            {
                return entry.transport
            }
            let transport = try account.transport(secret, allowsInside)
            entries[place] = Entry(
                account: account,
                secret: secret,
                allowsInside: allowsInside,
                transport: transport
            )
            return transport
        }
    }
}

extension SMSAccount {
    fileprivate func transport(
        _ secret: String,
        _ allowsInside: Bool
    ) throws -> GatewayTransport {
        switch provider {
        case .kannel(let settings):
            try GatewayTransport(
                KannelGateway(
                    url: settings.url,
                    user: settings.user,
                    password: secret,
                    route: settings.route
                ),
                connections: connections,
                allowsInside: allowsInside
            )
        case .http(let description):
            try GatewayTransport(
                HTTPProvider(description, secret: secret),
                connections: connections,
                allowsInside: allowsInside
            )
        }
    }
}
