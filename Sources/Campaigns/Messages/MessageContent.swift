// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database
public import Messaging

/// What a message says, by its channel.
public enum MessageContent: Sendable, Hashable {
    /// A mail.
    case email(EmailContent)
    /// A text message.
    case sms(SMSContent)
    /// The lines of a file for print, a call center or an audience.
    case file(Channel, FileLayout)

    /// The channel that it is written for.
    public var channel: Channel {
        switch self {
        case .email: .email
        case .sms: .sms
        case .file(let channel, _): channel
        }
    }

    /// The mail, if it is one.
    public var email: EmailContent? {
        guard case .email(let content) = self else { return nil }
        return content
    }

    /// The text message, if it is one.
    public var sms: SMSContent? {
        guard case .sms(let content) = self else { return nil }
        return content
    }

    /// The layout of the file, if it is one.
    public var file: FileLayout? {
        guard case .file(_, let layout) = self else { return nil }
        return layout
    }

    /// Checks that the content can be sent: addresses, languages, templates.
    ///
    /// - Throws: `MessagingError`, which names the part and the place.
    public func check() throws {
        switch self {
        case .email(let content): _ = try EmailTemplate(content)
        case .sms(let content): _ = try SMSTemplate(content)
        case .file(_, let layout): try layout.check()
        }
    }
}

extension MessageContent {
    /// The column `content`, whose shape the column `channel` tells.
    var json: SQLValue {
        switch self {
        case .email(let content): JSONColumn(content).sql
        case .sms(let content): JSONColumn(content).sql
        case .file(_, let layout): JSONColumn(layout).sql
        }
    }

    init(_ row: Row, _ channel: Channel) throws {
        switch channel {
        case .email: self = .email(try row.json("content"))
        case .sms: self = .sms(try row.json("content"))
        case .print, .callCenter, .customAudience:
            self = .file(channel, try row.json("content"))
        }
    }
}
