// SPDX-License-Identifier: Apache-2.0

/// A setting of a workspace: its name, default and the values that it takes.
public struct Setting<Value: LosslessStringConvertible & Sendable>: Sendable {
    /// The name, unique among settings.
    public let name: String
    /// What holds until somebody sets it.
    public let standard: Value
    /// What it does, in a sentence, with its unit.
    public let summary: String
    /// The values that it takes, in words that follow "must be".
    public let rule: String
    let accepts: @Sendable (Value) -> Bool
}

extension Setting where Value == Bool {
    /// Whether imports trigger campaigns (spec/imports.md); off as a guard.
    public static let importTriggersEnabled = Setting(
        name: "importTriggersEnabled",
        standard: false,
        summary: "Whether automated imports may trigger API campaigns.",
        rule: "true or false",
        accepts: { _ in true }
    )

    /// Whether webhooks may go to this machine and private networks; off, since whoever may make a
    /// webhook could reach what only the server can.
    public static let webhooksMayStayInside = Setting(
        name: "webhooksMayStayInside",
        standard: false,
        summary: "Whether webhooks may go to this machine and to private networks.",
        rule: "true or false",
        accepts: { _ in true }
    )

    /// Whether gateways of text messages may be on this machine and in private networks; off for the
    /// same reason.
    public static let smsGatewaysMayStayInside = Setting(
        name: "smsGatewaysMayStayInside",
        standard: false,
        summary: "Whether SMS gateways may be on this machine and in private networks.",
        rule: "true or false",
        accepts: { _ in true }
    )

    /// Whether text messages need an account; without one they go to the outbox otherwise.
    public static let smsNeedsAccount = Setting(
        name: "smsNeedsAccount",
        standard: false,
        summary: "Whether text messages are not sent without an SMS account (NO_ACCOUNT).",
        rule: "true or false",
        accepts: { _ in true }
    )
}

extension Setting where Value == Int {
    /// How old the latest missed run may be to run at start-up, in hours (spec/imports.md).
    public static let missedRunWindowHours = Setting(
        name: "missedRunWindowHours",
        standard: 12,
        summary: "Hours for which a run that was missed while the system was down is made up.",
        in: 0...168
    )

    /// How long files stay in the transferbox, in days.
    public static let transferboxDays = Setting(
        name: "transferboxDays",
        standard: 5,
        summary: "Days for which the transferbox keeps a file.",
        in: 1...365
    )

    /// How long task records are kept, in days (spec/task-history.md).
    public static let taskRetentionDays = Setting(
        name: "taskRetentionDays",
        standard: 400,
        summary: "Days for which Task History keeps a finished task.",
        in: 1...3_650
    )

    private init(name: String, standard: Int, summary: String, in range: ClosedRange<Int>) {
        self.init(
            name: name,
            standard: standard,
            summary: summary,
            rule: "a number from \(range.lowerBound) to \(range.upperBound)",
            accepts: { range.contains($0) }
        )
    }
}

extension Setting where Value == String {
    /// The sender of the product's own mails; no mails are sent while it is empty.
    public static let mailFrom = Setting(
        name: "mailFrom",
        standard: "",
        summary: "Sender address of notices by mail; empty for no notices.",
        rule: "an e-mail address or empty",
        accepts: { $0.isEmpty || (try? FieldRules.email($0)) == $0 }
    )

    /// The words by which a reply stops text messages; those of several languages while it is empty.
    public static let smsStopWords = Setting(
        name: "smsStopWords",
        standard: "",
        summary: "Words that stop SMS, separated by blanks; empty for the usual ones.",
        rule: "at most 1000 characters",
        accepts: { $0.count <= 1_000 && !$0.utf8.contains(0) }
    )
}

/// Any setting, its value as text: for the console, the API and the documentation.
public struct AnySetting: Sendable {
    /// The name.
    public let name: String
    /// What holds until somebody sets it.
    public let standard: String
    /// What it does, in a sentence.
    public let summary: String
    /// The values that it takes, in words that follow "must be".
    public let rule: String
    let accepts: @Sendable (String) -> Bool

    /// Forgets a setting's type.
    public init<Value>(_ setting: Setting<Value>) {
        name = setting.name
        standard = setting.standard.description
        summary = setting.summary
        rule = setting.rule
        accepts = { text in
            guard let value = Value(text), value.description == text else { return false }
            return setting.accepts(value)
        }
    }

    /// Every setting that there is, in the order in which they are shown.
    public static let all = [
        AnySetting(.importTriggersEnabled), AnySetting(.missedRunWindowHours),
        AnySetting(.transferboxDays), AnySetting(.taskRetentionDays), AnySetting(.mailFrom),
        AnySetting(.webhooksMayStayInside), AnySetting(.smsGatewaysMayStayInside),
        AnySetting(.smsNeedsAccount), AnySetting(.smsStopWords),
    ]
}
