// SPDX-License-Identifier: Apache-2.0
public import Files

/// What the jobs of this room work with; filled by the composition root.
public struct ExportServices: Sendable {
    /// Where files are made and kept.
    public var spool: Spool
    /// Where files go.
    public var locations: LocationStore
    /// Sends reports; nil when there is no mail.
    public var mailer: (any ReportMailer)?
    /// The program's version, for manifests.
    public var program: String
    /// Events are sorted in memory up to this many bytes; 32 MB by default.
    public var sortLimit: Int
    /// Windows of so many rows are read by several readers; 100,000 by default.
    public var largeWindow: Int64

    /// Gathers the services.
    public init(
        spool: Spool,
        locations: LocationStore,
        mailer: (any ReportMailer)? = nil,
        program: String,
        sortLimit: Int = 1 << 25,
        largeWindow: Int64 = 100_000
    ) {
        self.spool = spool
        self.locations = locations
        self.mailer = mailer
        self.program = program
        self.sortLimit = sortLimit
        self.largeWindow = largeWindow
    }
}

/// Sends the report of an execution by e-mail.
public protocol ReportMailer: Sendable {
    /// Hands a plain text over to be sent.
    func send(subject: String, text: String, to recipients: [String]) async throws
}
