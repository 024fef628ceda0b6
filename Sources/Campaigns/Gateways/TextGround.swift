// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
public import Messaging

/// What a workspace says of its text messages.
public struct TextRules: Sendable, Hashable {
    /// Whether messages are not sent without an account.
    public var needsAccount: Bool
    /// Whether gateways may be on this machine and in private networks.
    public var allowsInside: Bool
    /// The words by which a reply stops messages.
    public var stopWords: StopWords

    /// The rules that hold until somebody says otherwise.
    public init(
        needsAccount: Bool = false,
        allowsInside: Bool = false,
        stopWords: StopWords = StopWords()
    ) {
        self.needsAccount = needsAccount
        self.allowsInside = allowsInside
        self.stopWords = stopWords
    }
}

/// What text messages need from rooms that this one does not know; given by the composition root.
public struct TextGround: Sendable {
    /// What takes messages where no gateway is set up.
    let outbox: any MessageTransport<OutgoingText>
    /// The password or API key of an account.
    let secret: @Sendable (SMSAccount, WorkspaceID, Connection) throws -> String
    /// What a workspace says of its messages.
    public let rules: @Sendable (WorkspaceID, Connection) throws -> TextRules
    /// The key of a workspace's addresses.
    public let key: @Sendable (WorkspaceID) throws -> CallbackKey
    /// Where the outside world reaches the public addresses, without a slash at its end; nil when it
    /// does not: then no reports are asked for and no links shortened.
    public let publicAddress: String?
    private let transports = GatewayTransports()

    /// Brings what there is.
    public init(
        outbox: any MessageTransport<OutgoingText>,
        publicAddress: String?,
        secret: @escaping @Sendable (SMSAccount, WorkspaceID, Connection) throws -> String,
        rules: @escaping @Sendable (WorkspaceID, Connection) throws -> TextRules,
        key: @escaping @Sendable (WorkspaceID) throws -> CallbackKey
    ) {
        self.outbox = outbox
        self.publicAddress = publicAddress
        self.secret = secret
        self.rules = rules
        self.key = key
    }

    /// An outbox alone, for a program without accounts.
    public init(outbox: any MessageTransport<OutgoingText>) {
        self.init(
            outbox: outbox,
            publicAddress: nil,
            secret: { _, _, _ in "" },
            rules: { _, _ in TextRules() },
            key: { _ in CallbackKey([UInt8](repeating: 0, count: 32)) }
        )
    }

    /// What takes the messages of a workspace: the gateway of its active account, or the outbox.
    ///
    /// - Throws: `MessagingError` where an account is needed and there is none, or its settings cannot
    ///   be used.
    public func transport(
        of workspace: WorkspaceID,
        in connection: Connection
    ) throws -> any MessageTransport<OutgoingText> {
        if let account = try SMSAccountStore(workspace).active(in: connection) {
            return try transport(account, of: workspace, in: connection)
        }
        guard try !rules(workspace, connection).needsAccount else {
            throw MessagingError.setting(name: "SMS account", problem: "is not set up")
        }
        return outbox
    }

    /// What takes an account's messages, with the connections that are open already.
    ///
    /// - Throws: `MessagingError` for settings that cannot be used.
    public func transport(
        _ account: SMSAccount,
        of workspace: WorkspaceID,
        in connection: Connection
    ) throws -> any MessageTransport<OutgoingText> {
        try transports.transport(
            account,
            of: workspace,
            secret: try secret(account, workspace, connection),
            allowsInside: try rules(workspace, connection).allowsInside
        )
    }
}
