// SPDX-License-Identifier: Apache-2.0
public import Database

/// Something of a campaign that is counted, with the status or link that tells its kinds apart.
public struct CampaignMeasure: Sendable, Hashable {
    /// What is counted.
    public enum Name: String, Sendable, CaseIterable, SQLConvertible {
        /// Everyone in the audience.
        case targeted
        /// Handed over.
        case sent
        /// In a file that is ready for its channel.
        case ready
        /// Left out by a rule, by status.
        case filtered
        /// Left out by something that is wrong, by status.
        case inError
        /// In flight when the program stopped, and not resolved.
        case inDoubt
        /// Held back by a stop.
        case stopped
        /// Recipients whose message came back, by status.
        case bounce
        /// Recipients who opened.
        case open
        /// Recipients who clicked.
        case click
        /// Recipients who clicked a link, by its name or address.
        case link
        /// Recipients who unsubscribed.
        case unsubscription
        /// Recipients who complained.
        case complaint
        /// Text messages that arrived.
        case delivered
        /// Recipients who answered STOP.
        case stop
        /// Contacts whose file was taken.
        case downloaded
    }

    /// What is counted.
    public var name: Name
    /// The status or link; empty where there is none.
    public var detail: String

    init(_ name: Name, _ detail: String = "") {
        self.name = name
        // A bounded key: addresses of links have no limit of their own.
        self.detail = String(detail.unicodeScalars.prefix(400))
    }

    static let targeted = CampaignMeasure(.targeted)
    static let sent = CampaignMeasure(.sent)
    static let ready = CampaignMeasure(.ready)
    static let inDoubt = CampaignMeasure(.inDoubt)
    static let stopped = CampaignMeasure(.stopped)

    static func notSent(_ exclusion: Exclusion) -> CampaignMeasure {
        CampaignMeasure(
            exclusion.category == .filtered ? .filtered : .inError,
            exclusion.status
        )
    }

    static func event(_ event: ContactEvent, _ status: String? = nil) -> CampaignMeasure {
        switch event {
        case .bounce: CampaignMeasure(.bounce, status ?? "")
        case .click: CampaignMeasure(.click)
        case .open: CampaignMeasure(.open)
        case .unsubscription: CampaignMeasure(.unsubscription)
        case .complaint: CampaignMeasure(.complaint)
        }
    }
}
