// SPDX-License-Identifier: Apache-2.0

/// Who changes what, for whom, by which way, and when: passed to every mutating call.
public struct Context: Sendable, Hashable {
    /// The workspace that the call works in; nothing outside it is read or written.
    public var workspace: WorkspaceID
    /// Who acts: a user's name, or the part of the system that does.
    public var actor: String
    /// By which way a change comes; recorded with subscription changes and deletions.
    public var source: ChangeSource
    /// The moment of the call.
    public var moment: Instant

    /// Makes a context.
    public init(workspace: WorkspaceID, actor: String, source: ChangeSource, moment: Instant) {
        self.workspace = workspace
        self.actor = actor
        self.source = source
        self.moment = moment
    }

    /// The same call at another moment.
    public func at(_ moment: Instant) -> Context {
        Context(workspace: workspace, actor: actor, source: source, moment: moment)
    }
}

/// The way by which a change came (spec/audience.md, "Change sources").
public enum ChangeSource: String, CaseIterable, Sendable, Codable {
    /// The unsubscribe link in a mail, and subscribing again there.
    case emailLink = "email_link"
    /// The unsubscribe button of a mail client (RFC 8058).
    case listUnsubscribe = "list_unsubscribe"
    /// A form.
    case form
    /// The system itself: SMS STOP, complaints, retention.
    case automation
    /// A file that a person imported; the command line and the console.
    case manualImport = "manual_import"
    /// A person's edit; the command line and the console.
    case manualEdit = "manual_edit"
    /// An automated import.
    case fileImport = "file_import"
    /// The API.
    case api

    /// Whether the change came from outside the product; the export filter groups by this.
    public var isExternal: Bool { self == .fileImport || self == .api }
}

/// How a consent or subscription was collected.
public struct Collection: Sendable, Hashable, Codable {
    /// Where it was collected, such as `checkout`.
    public var source: String?
    /// The technical trace of the means, such as a form's address.
    public var way: String?
    /// When it was collected.
    public var moment: Instant?

    /// Makes a trio; all three are optional.
    public init(source: String? = nil, way: String? = nil, moment: Instant? = nil) {
        self.source = source
        self.way = way
        self.moment = moment
    }
}
