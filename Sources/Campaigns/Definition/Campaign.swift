// SPDX-License-Identifier: Apache-2.0
public import Common
public import Database
internal import Foundation

/// By which way a campaign reaches people.
public enum Channel: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// E-mail.
    case email
    /// Text messages.
    case sms
    /// Letters, by a file for whoever prints them.
    case print
    /// Calls, by a file for whoever makes them.
    case callCenter
    /// An audience of an advertising platform, by a file for it.
    case customAudience

    /// Whether it hands contacts over as a file.
    public var isFile: Bool { self != .email && self != .sms }
}

/// What kind of campaign it is (spec/campaigns.md).
public enum CampaignKind: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// Sent once.
    case oneShot
    /// A step of a story that others start.
    case scenarized
    /// An answer to something a person did.
    case transactional
    /// Several messages compared.
    case abTest
}

/// What starts a campaign's sends.
public enum Initiation: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// A schedule.
    case schedule
    /// The API, or an import.
    case api
}

/// Whether a campaign may send.
public enum CampaignState: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// It is being made.
    case draft
    /// It may send.
    case active
    /// It sends no more.
    case finished
}

/// A message with its audience rules, over one profile table.
public struct Campaign: Sendable, Hashable {
    /// Its id.
    public var id: CampaignID
    /// The profile table that it works over.
    public var table: ProfileTableID
    /// The entity that it belongs to.
    public var entity: EntityID?
    /// The name that people see.
    public var displayName: String
    /// The name for programs: ASCII without blanks, unique in the workspace.
    public var technicalName: String
    /// Its channel.
    public var channel: Channel
    /// Its kind.
    public var kind: CampaignKind
    /// What starts its sends.
    public var initiation: Initiation
    /// The message.
    public var content: MessageContent
    /// The list that recipients must be subscribed to.
    public var list: ListID?
    /// Whom it leaves out.
    public var rules: CampaignRules
    /// Whether it may send.
    public var state: CampaignState

    /// Whether an import may trigger it.
    public var isTriggerable: Bool {
        initiation == .api && (kind == .scenarized || kind == .transactional)
    }
}

/// Derives technical names.
///
/// Pure.
public enum CampaignName {
    /// A name of ASCII letters, digits and underscores; accents are dropped, the rest becomes `_`.
    public static func technical(from displayName: String) -> String {
        var name = ""
        for scalar in displayName.decomposedStringWithCanonicalMapping.unicodeScalars {
            if scalar.properties.generalCategory == .nonspacingMark { continue }
            let isPlain =
                scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            if isPlain {
                name.unicodeScalars.append(scalar)
            } else if !name.isEmpty, name.last != "_" {
                name.append("_")
            }
        }
        while name.last == "_" { name.removeLast() }
        return name.isEmpty ? "campaign" : name
    }
}
