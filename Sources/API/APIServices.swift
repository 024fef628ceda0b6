// SPDX-License-Identifier: Apache-2.0
public import Accounts
public import Audience
public import Campaigns
public import Common
public import Database
public import Files
public import Messaging

/// What the API works with; given by the composition root.
public struct APIServices: Sendable {
    /// The database.
    public let database: Database
    /// Files between two steps.
    public let spool: Spool
    /// Where files come from and go to.
    public let locations: LocationStore
    /// What all rooms hold on a person.
    public let dossier: Dossier
    /// What understands the searches of all rooms.
    public let searches: SearchCompiler
    /// The sealed secrets of a workspace.
    public let secrets: @Sendable (WorkspaceID) throws -> SecretStore
    /// What text messages need.
    public let texts: TextGround
    /// What mails need besides what their authors wrote.
    public let mails: MailGround
    /// What takes mails to those who look them over.
    public let transport: any MessageTransport<OutgoingMail>
    /// The version of the program.
    public let version: String
    /// How many are subscribed to lists.
    public let subscriptionCounts = SubscriptionCounts()

    /// Brings the rooms together.
    public init(
        database: Database,
        spool: Spool,
        locations: LocationStore,
        dossier: Dossier,
        searches: SearchCompiler,
        secrets: @escaping @Sendable (WorkspaceID) throws -> SecretStore,
        texts: TextGround,
        mails: MailGround,
        transport: any MessageTransport<OutgoingMail>,
        version: String
    ) {
        self.database = database
        self.spool = spool
        self.locations = locations
        self.dossier = dossier
        self.searches = searches
        self.secrets = secrets
        self.texts = texts
        self.mails = mails
        self.transport = transport
        self.version = version
    }
}
